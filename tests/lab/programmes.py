"""Programmes that ffmpeg makes: a tone, as live and recorded HLS and DASH, and to Icecast."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FFMPEG = ["/usr/bin/ffmpeg", "-nostdin", "-loglevel", "error"]
TONE = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"]
AAC = ["-map", "0", "-c:a", "aac", "-b:a", "64k"]
HLS = ["-f", "hls", "-hls_time", "1"]
LIVE = [*HLS, "-hls_list_size", "4", "-hls_flags", "delete_segments"]
STARTS_WITHIN = 30.0  # seconds


def hls(folder: Path, name: str, *, key: str = "", base: str = "") -> list[str]:
    """Options that write a live playlist; `key` is the address of its AES key, as written."""
    more = ["-hls_key_info_file", str(_key(folder, key))] if key else []
    more += ["-hls_base_url", base] if base else []
    files = ["-hls_segment_filename", str(folder / f"{name}-%d.ts")]
    return [*AAC, *LIVE, *more, *files, str(folder / f"{name}.m3u8")]


def dash(folder: Path, name: str, *, timeline: bool = True) -> list[str]:
    """Options that write a live manifest; without a timeline the clock counts its segments."""
    media = f"{name}-$RepresentationID$-$Number%05d$.m4s"
    files = ["-init_seg_name", f"{name}-init-$RepresentationID$.m4s", "-media_seg_name", media]
    how = ["-seg_duration", "1", "-window_size", "4", "-use_timeline", str(int(timeline))]
    return [*AAC, "-f", "dash", *how, *files, str(folder / f"{name}.mpd")]


def mount(address: str, port: int, name: str, word: str) -> list[str]:
    """Options that send to a mount of Icecast."""
    url = f"icecast://source:{word}@{address}:{port}/{name}"
    mp3 = ["-c:a", "libmp3lame", "-b:a", "64k", "-f", "mp3"]
    return ["-map", "0", *mp3, "-content_type", "audio/mpeg", url]


def record(folder: Path, name: str) -> None:
    """A programme of three seconds, with its end."""
    files = ["-hls_segment_filename", str(folder / f"{name}-%d.ts")]
    out = [*AAC, *HLS, "-hls_list_size", "0", *files, str(folder / f"{name}.m3u8")]
    subprocess.run([*FFMPEG, *TONE, "-t", "3", *out], check=True, timeout=60)


@contextmanager
def on_air(outputs: list[str], *written: Path) -> Iterator[None]:
    """A live programme while the block lasts; waits until these files are there."""
    child = subprocess.Popen([*FFMPEG, "-re", *TONE, *outputs], stdin=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + STARTS_WITHIN
        while not all(one.is_file() for one in written):
            if child.poll() is not None or time.monotonic() > ends:
                raise RuntimeError("ffmpeg did not start its programme")
            time.sleep(0.05)
        yield
    finally:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(10)
        if child.poll() is None:
            child.kill()
            child.wait()


def _key(folder: Path, url: str) -> Path:
    """A key of AES, and the file that tells ffmpeg of it."""
    key = folder / "key.bin"
    key.write_bytes(os.urandom(16))
    info = folder / "key.info"
    info.write_text(f"{url}\n{key}\n")
    return info
