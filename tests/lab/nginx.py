"""A real nginx with a configuration of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.places import running

MIME = "/etc/nginx/mime.types"

_CONFIG = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 256; }}
http {{
    include {mime};
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path {folder}/t-body;
    proxy_temp_path {folder}/t-proxy;
    fastcgi_temp_path {folder}/t-fastcgi;
    uwsgi_temp_path {folder}/t-uwsgi;
    scgi_temp_path {folder}/t-scgi;
{http}
}}
"""


@contextmanager
def nginx(folder: Path, http: str, *, address: str, port: int) -> Iterator[None]:
    """Run nginx while the block lasts.

    `http` is what stands in `http {}`: server blocks with their own `listen`.  `address` and `port`
    say one place where it listens, to know when it is ready.
    """
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / f"nginx-{port}.conf"
    config.write_text(_CONFIG.format(user=user, folder=folder, mime=MIME, http=http))
    argv = ["/usr/sbin/nginx", "-e", f"{folder}/nginx-start.log", "-c", str(config)]
    with running(argv, address, port, folder / "nginx-out.log"):
        yield
