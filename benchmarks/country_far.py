"""What netem does, for kernels without it: each packet through loopback waits, some are lost.

    python -m benchmarks.country_far SECONDS SHARE

nftables forwards what leaves `lo` to a tap device; here it is read, and after so many seconds put
back on `lo` with a mark, by which it is let through.  A constant wait keeps the order.
"""

from __future__ import annotations

import fcntl
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time
from collections import deque

MARK, TAP = 7, "far"
_TUNSETIFF, _TAP_PLAIN = 0x400454CA, 0x1002  # IFF_TAP | IFF_NO_PI
_SO_MARK = 36
MOST = 500  # packets read before those that are due go out


def main(delay: float, loss: float) -> None:
    """Relay until the end."""
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, _TUNSETIFF, struct.pack("16sH", TAP.encode(), _TAP_PLAIN))
    for words in (("up",), ("txqueuelen", "100000")):
        subprocess.run(["ip", "link", "set", TAP, *words], check=True)
    back = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    back.setsockopt(socket.SOL_SOCKET, _SO_MARK, MARK)
    back.bind(("lo", 0))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    chance, under_way = random.Random(1), deque[tuple[float, bytes]]()
    poll = select.poll()
    poll.register(tap, select.POLLIN)
    while True:
        left = (under_way[0][0] - time.monotonic()) * 1000 if under_way else 1000.0
        if left > 0:
            poll.poll(max(left, 0.2))
        now = time.monotonic()
        for _ in range(MOST):
            try:
                frame = os.read(tap, 66000)
            except BlockingIOError:
                break
            if chance.random() >= loss:
                under_way.append((now + delay, frame))
        while under_way and under_way[0][0] <= now:
            back.send(under_way.popleft()[1])


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]))
