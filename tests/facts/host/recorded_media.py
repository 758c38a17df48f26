"""A host on which one streaming server runs, with these settings."""

from __future__ import annotations

from facts.host import media
from facts.host.asks import Answer, Answers
from tests.factories.host_system import system
from tests.facts.host.recorded import RECORDINGS

PATHS = {
    "icecast": "/etc/icecast2/icecast.xml",
    "mediamtx": "/etc/mediamtx.yml",
    "srs": "/usr/local/srs/conf/srs.conf",
    "shoutcast": "/opt/shoutcast/sc_serv.conf",
    "nginx": "/etc/nginx/nginx.conf",
}
STARTED = {
    "icecast": "icecast2\n/\n/usr/bin/icecast2\n-b\n-c\n/etc/icecast2/icecast.xml",
    "mediamtx": "mediamtx\n/\n/usr/local/bin/mediamtx\n/etc/mediamtx.yml",
    "srs": "srs\n/usr/local/srs\n./objs/srs\n-c\nconf/srs.conf",
    "shoutcast": "sc_serv\n/opt/shoutcast\n./sc_serv\n/opt/shoutcast/sc_serv.conf",
    "nginx": "nginx\n/\nnginx: master process /usr/sbin/nginx -g daemon on; master_process on;",
}
DPKG = "\t".join(("icecast2", "2.4.4-4+b1", "amd64", "installed", "icecast2", "2.4.4-4"))


def of_file(name):
    return (RECORDINGS / "media" / name).read_text("utf-8")


def started(*products, group=""):
    told = "".join(
        f"==> process {pid} <==\n{STARTED[product]}\n==> group {pid} <==\n0::{group or '/x'}\n"
        for pid, product in enumerate(products, 50)
    )
    return f"==> self <==\n0::/\n{told}==> end <==\n"


def answers(product, text, **more):
    """What a host answers on which this server alone runs."""
    file = f"==> {PATHS[product]} <==\n{text}"
    here = {
        "processes.list": "root 1 init /sbin/init\n",
        "packages.list": f"{DPKG}\n",
        "media.running": started(product),
        "media.named": "==> end <==\n",
        "media.files": file if product != "nginx" else "",
        "nginx.files": file if product == "nginx" else "",
    }
    here.update((name.replace("__", "."), told) for name, told in more.items())
    return Answers(
        {name: t if isinstance(t, Answer) else Answer(out=t) for name, t in here.items()}
    )


def read(product, text, **more):
    (server,) = media.read(answers(product, text, **more), system()).servers
    return server


def asked(server, what="publish"):
    return {item.name: getattr(item, what) for item in server.items}


def pages(server):
    return {(page.name, page.address, page.port): page.asks for page in server.pages}
