"""What the PDFs of a province take, beside WeasyPrint: `python benchmarks/pdf.py [SYSTEMS]`.

A made-up province of 120 agencies under the profile level3 (211 requirements a system), judged and
kept; SYSTEMS of an agency are 1 unless told otherwise.  Ours is `press-scan report --format pdf`,
from the store to 121 files: medians of three, and the memory of 30 agencies beside that of 120.
WeasyPrint makes the same agencies' pages, press-scan's own HTML, in one process for each core; a
few of them, reckoned up, unless WHOLE=1 is set.  It is put into a virtual environment of its own
(`pip install weasyprint`; Debian: libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0).
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterable
from pathlib import Path

from benchmarks.made_up import fill

AGENCIES, FEW, RUNS = 120, 30, 3
WEASYPRINT = "weasyprint==70.0"
SAMPLE = 4  # pages that WeasyPrint makes, for each core
PEER = """
import sys, weasyprint
for name in sys.argv[1:]:
    weasyprint.HTML(name).write_pdf(name + ".pdf")
"""


def kept(folder: Path, agencies: int, systems: int) -> Path:
    """A store with the province, judged."""
    db = folder / f"{agencies}.db"
    fill(db, agencies, systems=systems)
    judge = [sys.executable, "-m", "press_scan", "judge", "latest", "--db", str(db)]
    subprocess.run(judge, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return db


def report(db: Path, form: str, out: Path) -> dict[str, float]:
    """`press-scan report`: seconds, seconds of CPU, and peak MiB of it and of its largest child."""
    begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    child = subprocess.Popen(
        [sys.executable, "-m", "press_scan", "report", "latest", "--format", form,
         "--output", str(out), "--db", str(db)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    peaks: dict[int, int] = {}
    while child.poll() is None:
        for pid in (child.pid, *_children(child.pid)):
            peaks[pid] = max(peaks.get(pid, 0), _peak(pid))
        time.sleep(0.2)
    if child.returncode:
        sys.exit(f"press-scan report ended with {child.returncode}")
    took, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    own, worker = peaks.pop(child.pid), max(peaks.values(), default=0)
    return {"seconds": took, "CPU": cpu, "MiB": own, "MiB of a worker": worker}


def _children(pid: int) -> Iterable[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return ()


def _peak(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(x.split()[1]) // 1024 for x in lines if x.startswith("VmHWM")), 0)


def pages(files: Iterable[Path]) -> int:
    """How many pages these PDFs have, by poppler."""
    told = (subprocess.run(["pdfinfo", one], capture_output=True, text=True) for one in files)
    return sum(
        int(line.split()[1])
        for done in told
        for line in done.stdout.splitlines()
        if line.startswith("Pages")
    )


def weasyprint(folder: Path, files: list[Path]) -> float:
    """Seconds for these pages, in one process for each core."""
    python = folder / "peer" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "peer", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", WEASYPRINT], check=True)
    cores = os.cpu_count() or 1
    begun = time.monotonic()
    running = [
        subprocess.Popen([python, "-c", PEER, *map(str, files[at::cores])], stderr=subprocess.PIPE)
        for at in range(cores)
    ]
    failed = [said for one in running for said in [one.communicate()[1]] if one.returncode]
    if failed:
        sys.exit(failed[0].decode())
    return time.monotonic() - begun


def main() -> None:
    """Measure, and print a table."""
    systems = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with tempfile.TemporaryDirectory(prefix="press-scan-bench-") as name:
        folder = Path(name)
        small = report(kept(folder, FEW, systems), "pdf", folder / "few")
        db = kept(folder, AGENCIES, systems)
        ours = [report(db, "pdf", folder / "out") for _ in range(RUNS)]
        made = sorted((folder / "out").rglob("*.pdf"))
        report(db, "html", folder / "html")
        html = sorted((folder / "html" / "agencies").glob("*.html"))
        asked = html if os.environ.get("WHOLE") else html[: SAMPLE * (os.cpu_count() or 1)]
        theirs = weasyprint(folder, asked)
        seconds = statistics.median(one["seconds"] for one in ours)
        peer = theirs * len(html) / len(asked)
        print(json.dumps({
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python "
                       f"{platform.python_version()}",
            "agencies": AGENCIES, "systems of an agency": systems,
            "files": len(made), "pages": pages(made),
            "MB": round(sum(one.stat().st_size for one in made) / 1e6),
            "seconds": round(seconds, 1), "each": [round(one["seconds"], 1) for one in ours],
            "seconds of CPU": round(statistics.median(one["CPU"] for one in ours), 1),
            f"peak MiB, {FEW} agencies": [small["MiB"], small["MiB of a worker"]],
            f"peak MiB, {AGENCIES} agencies": [max(one[what] for one in ours)
                                               for what in ("MiB", "MiB of a worker")],
            f"{WEASYPRINT}: seconds for {len(asked)} agencies": round(theirs, 1),
            f"{WEASYPRINT}: pages of them": pages(Path(f"{one}.pdf") for one in asked),
            f"{WEASYPRINT}: seconds for {AGENCIES}": round(peer, 1),
            "times faster": round(peer / seconds, 1),
        }, indent=2))  # fmt: skip


if __name__ == "__main__":
    main()
