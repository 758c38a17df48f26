"""Sites for the tests of site probes: what a neglected one and a well-kept one serve."""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile
from pathlib import Path

from facts.declared import Kind, Target

FIXES = Path(__file__).parents[2] / "checks" / "fixes"

PHPINFO = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head>
<style type="text/css">
body {background-color: #fff; color: #222; font-family: sans-serif;}
</style>
<title>PHP 8.2.29 - phpinfo()</title><meta name="ROBOTS" content="NOINDEX,NOFOLLOW,NOARCHIVE" /></head>
<body><div class="center">
<table>
<tr class="h"><td>
<a href="http://www.php.net/"><img border="0" src="data:image/png;base64,iVBOR" alt="PHP logo" /></a>
<h1 class="p">PHP Version 8.2.29</h1>
</td></tr>
"""  # noqa: E501  # as PHP writes it
SECRET = "s3cr3t-of-the-newsroom"
PAGE = "<!DOCTYPE html><html><head><title>Báo Bạc Liêu</title></head><body>Tin mới</body></html>"


def target(url: str, address: str, port: int, name: str = "") -> Target:
    """A site on a lab server."""
    return Target(Kind.SITE, name or address, address, port, url)


def neglect(root: Path) -> set[str]:
    """Leave everything lying about in a web folder; the trials that must find something."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("config.php", SECRET * 5000)
    left = {
        ".git/HEAD": b"ref: refs/heads/main\n",
        ".git/config": b"[core]\n\trepositoryformatversion = 0\n\tbare = false\n",
        ".env": f"APP_ENV=production\nDB_PASSWORD={SECRET}\n".encode(),
        "wp-config.php.bak": f"<?php\ndefine('DB_PASSWORD', '{SECRET}');\n".encode(),
        ".htpasswd": b"admin:$apr1$abcdefgh$0123456789abcdefghijkl\n",
        "backup.zip": zipped.getvalue(),
        "backup.tar.gz": gzip.compress(b"tar"),
        "database.sql": b"-- MariaDB dump 10.19\n" + b"INSERT INTO t VALUES (1);\n" * 50_000,
        "server.key": b"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
        "phpinfo.php": PHPINFO.encode(),
        "uploads/thu-moi.pdf": b"%PDF-1.7\n",
        "index.html": PAGE.encode(),
    }
    for name, content in left.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    _svn(root / ".svn")
    return {f"/{name}" for name in left if not name.startswith(("uploads", "index"))} | {
        "/.svn/wc.db"
    }


def _svn(folder: Path) -> None:
    folder.mkdir()
    base = sqlite3.connect(folder / "wc.db")
    base.execute("CREATE TABLE nodes (path TEXT)")
    base.commit()
    base.close()


def fix(check: str, server: str) -> str:
    """A snippet that we tell people to paste."""
    return (FIXES / f"{check}.{server}").read_text("utf-8")
