"""Hosts that cost nothing: SSH servers that say again what one real host answered, in its time.

    python benchmarks/replayed_hosts.py FOLDER SECONDS COUNT

FOLDER has `out`, `err` and `mark` of one batch, `host` (a private host key) and `key.pub`.  The
servers listen at 127.77.200.1 and on, port 2277, and print `ready`.  What is left of a scan's time
is what the scanner itself costs.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import asyncssh

PORT = 2277


def address(number: int) -> str:
    """Where one of them is."""
    return f"127.77.200.{number + 1}"


async def main(folder: Path, seconds: float, count: int) -> None:
    """Serve until the end."""
    out, err = (folder / "out").read_bytes(), (folder / "err").read_bytes()
    mark = (folder / "mark").read_bytes()

    async def answer(process: asyncssh.SSHServerProcess[bytes]) -> None:
        if process.command == "true":
            process.exit(0)
            return
        first = await process.stdin.readuntil(b"\n")
        while not (own := re.match(rb"\s*M=([0-9a-f]+)", first)):
            first = await process.stdin.readuntil(b"\n")
        await asyncio.sleep(seconds)
        process.stdout.write(out.replace(mark, own[1]))
        process.stderr.write(err.replace(mark, own[1]))
        process.exit(0)

    for number in range(count):
        await asyncssh.create_server(
            asyncssh.SSHServer, address(number), PORT, server_host_keys=[str(folder / "host")],
            authorized_client_keys=str(folder / "key.pub"), process_factory=answer, encoding=None,
        )  # fmt: skip
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
