"""A real Apache with a configuration of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.places import running

MODULES = "/usr/lib/apache2/modules"
USUAL = ("mpm_event", "authz_core", "authz_host", "mime", "dir", "alias", "headers", "rewrite",
         "setenvif")  # fmt: skip

_CONFIG = """
ServerRoot {folder}
ServerName {address}
Listen {address}:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/apache-error.log
LogLevel error
User daemon
Group daemon
StartServers 1
{modules}
<IfModule mpm_event_module>
    ThreadsPerChild 8
    MaxRequestWorkers 16
    ServerLimit 2
    MinSpareThreads 2
    MaxSpareThreads 16
</IfModule>
TypesConfig /etc/mime.types
Mutex file:{folder}
{config}
"""


@contextmanager
def apache(
    folder: Path, config: str, *, address: str, port: int, modules: tuple[str, ...] = ()
) -> Iterator[None]:
    """Run Apache while the block lasts, listening on one address and port.

    `folder` must be readable by everybody (`places.open_folder`): as root, its workers run as
    `daemon`.  `config` is added to a bare configuration, `modules` (`status`, `ssl`, ...) to the
    usual ones.
    """
    loads = "\n".join(
        f"LoadModule {name}_module {MODULES}/mod_{name}.so"
        for name in dict.fromkeys((*USUAL, *modules))
    )
    file = folder / f"apache-{port}.conf"
    file.write_text(
        _CONFIG.format(folder=folder, address=address, port=port, modules=loads, config=config)
    )
    argv = ["/usr/sbin/apache2", "-D", "FOREGROUND", "-f", str(file)]
    with running(argv, address, port, folder / "apache-out.log"):
        yield
