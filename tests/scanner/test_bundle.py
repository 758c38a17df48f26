"""Bundles: what was packed is what is taken; what leads elsewhere or never ends is refused."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.bundle import BadBundle, offers_in, write_bundle
from scanner.data_sets import SETS
from scanner.data_shelf import Lack, State, take_in
from scanner.unpack import BadArchive, untar, unzip
from tests.scanner import tables
from tests.scanner.tables import NOW, put

BOTH = pytest.mark.parametrize("name", ["b.tar.gz", "b.zip"])
LIMITS = {"files": 20, "each": 1 << 20, "all_of": 2 << 20}


def tar(*members: tuple[tarfile.TarInfo | str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(*members: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def special(kind: bytes, name: str = "known-exploited.json") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


def linked() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("known-exploited.json")
    info.external_attr = 0o120777 << 16
    return info


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    take_in(folder, offers_in(put(tmp_path / "in")), NOW)
    return folder


@BOTH
def test_there_and_back(data, tmp_path, name):
    manifest = write_bundle(data, tmp_path / name)
    assert set(manifest.tables) == {one.name for one in SETS}
    found = take_in(tmp_path / "other", offers_in(tmp_path / name), NOW)
    assert {one.state for one in found} == {State.BROUGHT}
    for one in SETS:
        assert (tmp_path / "other" / one.file).read_bytes() == (data / one.file).read_bytes()
    first = (tmp_path / name).read_bytes()
    write_bundle(data, tmp_path / name)
    assert (tmp_path / name).read_bytes() == first


def test_a_data_folder_is_a_bundle_and_keeps_its_dates(tmp_path):
    offers = {"retire.js": offers_in(put(tmp_path / "in"))["retire.js"]}
    (one,) = take_in(tmp_path / "data", offers, NOW)
    assert one.now.date.isoformat() == "2026-01-01"
    manifest = json.loads((tmp_path / "data" / "manifest.json").read_bytes())
    manifest["tables"]["retire.js"]["date"] = "2026-11-20"
    (tmp_path / "data" / "manifest.json").write_text(json.dumps(manifest))
    offers = offers_in(tmp_path / "data")
    found = {one.of.name: one for one in take_in(tmp_path / "other", offers, NOW)}
    assert found["retire.js"].now.date.isoformat() == "2026-11-20"
    assert found["kev"].state is State.ABSENT


def test_what_is_not_what_the_manifest_says_is_refused(data, tmp_path):
    (data / "known-exploited.json").write_bytes(tables.kev("2026-11-22"))
    found = {one.of.name: one for one in take_in(tmp_path / "other", offers_in(data), NOW)}
    assert found["kev"].why == "It is not what its manifest says"
    assert found["mozilla"].state is State.BROUGHT
    (data / "manifest.json").write_bytes(b"{}}")
    with pytest.raises(BadBundle, match="Its manifest was not understood"):
        offers_in(data)


def test_links_and_pipes_in_a_folder_are_not_followed(tmp_path):
    folder = put(tmp_path / "in", kev=None, retire=None)
    secret = tmp_path / "kev"
    secret.write_bytes(tables.kev())
    (folder / "known_exploited_vulnerabilities.json").symlink_to(secret)
    os.mkfifo(folder / "jsrepository-v5.json")
    offers = offers_in(folder)
    for name in ("kev", "retire.js"):
        assert isinstance(offers[name], Lack)
        assert offers[name].state is State.REFUSED
        assert offers[name].why == "It holds something that is no plain file"


@pytest.mark.parametrize(("packed", "why"), [
    (b"", "It is neither a folder nor a .tar.gz nor a .zip"),
    (b"garbage", "It is neither a folder nor a .tar.gz nor a .zip"),
    (b"PK\3\4" + b"x" * 99, "It is no whole archive"),
    (b"\x1f\x8b" + b"x" * 99, "It is no whole archive"),
    (tar(("known-exploited.json", tables.kev()))[:-30], "It is no whole archive"),
    (zipped(("known-exploited.json", tables.kev()))[:-30], "It is no whole archive"),
    (tar(("other.json", b"{}")), "It has none of the data sets"),
    (zipped(("other.json", b"{}")), "It has none of the data sets"),
    *[(pack((name, b"x")), "It holds a name that leads elsewhere")
      for pack in (tar, zipped)
      for name in ("../known-exploited.json", "/etc/cron.d/x", "a/../../b", "C:/x", "a//b")],
    (tar((special(tarfile.SYMTYPE), b"")), "It holds something that is no plain file"),
    (tar((special(tarfile.LNKTYPE), b"")), "It holds something that is no plain file"),
    (tar((special(tarfile.CHRTYPE), b"")), "It holds something that is no plain file"),
    (tar((special(tarfile.FIFOTYPE), b"")), "It holds something that is no plain file"),
    (zipped((linked(), b"/etc/passwd")), "It holds something that is no plain file"),
    (tar(*[(f"{n}.json", b"") for n in range(60)]), "It holds too many files"),
    (zipped(*[(f"{n}.json", b"") for n in range(60)]), "It holds too many files"),
])  # fmt: skip
def test_a_bundle_that_is_none_is_refused_whole(tmp_path, packed, why):
    (tmp_path / "b").write_bytes(packed)
    with pytest.raises(BadBundle) as told:
        offers_in(tmp_path / "b")
    assert told.value.message == why


@pytest.mark.parametrize("pack", [
    lambda: tar(("known-exploited.json", bytes(200 << 20))),
    lambda: zipped(("known-exploited.json", bytes(200 << 20))),
    lambda: _long_header(200 << 20),
])  # fmt: skip
def test_what_unpacks_without_end_is_refused_in_little_memory(pack):
    packed = pack()
    tracemalloc.start()
    try:
        with pytest.raises(BadArchive):
            (unzip if packed.startswith(b"PK") else untar)(packed, **LIMITS)
        assert tracemalloc.get_traced_memory()[1] < 24 << 20
    finally:
        tracemalloc.stop()


def _long_header(size: int) -> bytes:
    """A tar whose first header says that a name of so many bytes follows."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, size
    return gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + b"a" * size, 1)


def test_an_encrypted_or_odd_zip_is_refused():
    packed = bytearray(zipped(("a.json", b"{}")))
    packed[packed.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(BadArchive, match="packed in a way"):
        unzip(bytes(packed), **LIMITS)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.json", b"{}")
    with pytest.raises(BadArchive, match="packed in a way"):
        unzip(out.getvalue(), **LIMITS)


def test_an_empty_data_folder_makes_no_bundle(tmp_path):
    with pytest.raises(BadBundle, match="none of the data sets"):
        write_bundle(tmp_path, tmp_path / "b.zip")
    assert not list(tmp_path.iterdir())


SMALL = {"tar": (untar, tar(("a.json", b"{}"), ("b.json", b"[1]" * 99))),
         "zip": (unzip, zipped(("a.json", b"{}"), ("b.json", b"[1]" * 99)))}  # fmt: skip


@given(st.sampled_from(sorted(SMALL)), st.data())
def test_no_bytes_break_the_unpacking(kind, data):
    read, good = SMALL[kind]
    if kind == "tar":
        good = gzip.decompress(good)[:4096]
    at = data.draw(st.integers(0, len(good) - 1))
    new = data.draw(st.binary(min_size=1, max_size=12))
    bad = good[:at] + new + good[at + len(new) :]
    try:
        found = read(gzip.compress(bad, 1) if kind == "tar" else bad, **LIMITS)
    except BadArchive:
        return
    assert len(found) <= LIMITS["files"]
