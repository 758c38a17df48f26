"""What gives a thing away that should not be public: a path, and the marks of its real content.

A status alone proves nothing: many sites answer 200 for every path.  Each trial's content must
show the thing's own marks.  Only the beginning of an answer is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from facts.http import Answer

LOOKED_AT = 8192  # characters of a body


@dataclass(frozen=True)
class Signature:
    """One kind of thing: sets of marks, and its content must show all marks of one set."""

    kind: str
    sets: tuple[tuple[re.Pattern[str], ...], ...]
    html: bool = False  # it is a page; anything else that looks like a page is a soft 404

    def shows(self, answer: Answer) -> bool:
        """Is this the thing itself?"""
        start = answer.body[:LOOKED_AT]
        if answer.status not in (200, 206) or (not self.html and _is_page(start)):
            return False
        return any(all(mark.search(start) for mark in marks) for marks in self.sets)


def _sign(kind: str, *marks: str, html: bool = False) -> Signature:
    return _any(kind, marks, html=html)


def _any(kind: str, *sets: tuple[str, ...], html: bool = False) -> Signature:
    flags = re.IGNORECASE | re.MULTILINE
    return Signature(kind, tuple(tuple(re.compile(m, flags) for m in one) for one in sets), html)


def _is_page(start: str) -> bool:
    """An HTML page, by what it is rather than by what it says that it is."""
    head = start.lstrip("\ufeff \t\r\n")[:1000].lower()
    return head.startswith(("<!doctype html", "<html", "<head", "<!--")) or (
        "<html" in head and "<?php" not in head
    )


_PHP = _sign("php-source", r"<\?php")
_ZIP = _sign("zip-archive", r"\APK\x03\x04")
_GZIP_MARK = r"\A\x1f[\x8b\ufffd]\x08"
_DUMP_MARK = (
    r"^(?:-- (?:mysql|mariadb|postgresql|phpmyadmin|adminer|sqlite)|/\*!\d{5}"
    r"|(?:create table|insert into|drop table if exists|pragma foreign_keys)\s)"
)
_TAR_GZIP = _any("gzip-archive", (_GZIP_MARK,), (r"\A[^\x00]{1,100}\x00", r"ustar"))
_DUMP = _sign("database-dump", _DUMP_MARK)
_DUMP_GZIP = _any("database-dump", (_GZIP_MARK,), (_DUMP_MARK,))
_KEY = _sign("private-key", r"^-----BEGIN (?:[A-Z]{2,12} )?PRIVATE KEY-----")
_ENV = _sign(
    "environment-file",
    r"^(?-i:(?:export )?[A-Z0-9_]{0,40}(?:KEY|SECRET|PASS|TOKEN|DATABASE|DB_|APP_ENV|MAIL_"
    r"|REDIS_|AWS_)[A-Z0-9_]{0,40}\s{0,3}=)",
)
_PHPINFO = _sign(
    "phpinfo", r"<title>[^<]{0,80}phpinfo\(\)[^<]{0,20}</title>", r"PHP Version", html=True
)
_SVN_ENTRIES = _sign("svn-metadata", r"\A(?:[89]|1[0-2])\s{0,2}\n(?:\s{0,2}\n?dir\s{0,2}\n|\Z)")
_SQLITE_SVN = _sign("svn-metadata", r"\ASQLite format 3\x00")

# Where such files are left, and what each must show.  `{name}` is the site's own name without
# `www.`, `{label}` its first part.
FILES: Mapping[str, Signature] = {
    "/.git/HEAD": _sign("git-metadata", r"\A(?:ref: refs/[\w./-]{1,200}|[0-9a-f]{40})\s{0,2}\Z"),
    "/.git/config": _sign("git-metadata", r"^\[core\]", r"repositoryformatversion\s{0,4}="),
    "/.svn/entries": _SVN_ENTRIES,
    "/.svn/wc.db": _SQLITE_SVN,
    "/.hg/requires": _sign("hg-metadata", r"^(?:revlogv1|generaldelta|dotencode|fncache)\s{0,2}$"),
    "/.DS_Store": _sign("folder-metadata", r"\A\x00\x00\x00\x01Bud1"),
    "/.env": _ENV,
    "/.env.bak": _ENV,
    "/wp-config.php.bak": _PHP,
    "/wp-config.php~": _PHP,
    "/wp-config.php.save": _PHP,
    "/wp-config.php.old": _PHP,
    "/.wp-config.php.swp": _sign("editor-swap-file", r"\Ab0VIM "),
    "/config.php.bak": _PHP,
    "/configuration.php.bak": _PHP,
    "/web.config.bak": _sign(
        "configuration",
        r"<configuration[\s>]",
        r"<(?:system\.web|connectionStrings|appSettings|system\.webServer|location)[\s>/]",
    ),
    "/backup.zip": _ZIP,
    "/site.zip": _ZIP,
    "/{name}.zip": _ZIP,
    "/{label}.zip": _ZIP,
    "/backup.tar.gz": _TAR_GZIP,
    "/{name}.tar.gz": _TAR_GZIP,
    "/database.sql.gz": _DUMP_GZIP,
    "/backup.sql": _DUMP,
    "/dump.sql": _DUMP,
    "/db.sql": _DUMP,
    "/database.sql": _DUMP,
    "/{name}.sql": _DUMP,
    "/id_rsa": _KEY,
    "/.ssh/id_rsa": _KEY,
    "/server.key": _KEY,
    "/.htpasswd": _sign(
        "password-file",
        r"\A[^:\s<>]{1,64}:(?:\$(?:apr1|2[aby]|5|6|y)\$|\{SHA\}|[./0-9A-Za-z]{13}\s{0,2}$)",
    ),
    "/phpinfo.php": _PHPINFO,
    "/info.php": _PHPINFO,
    "/test.php": _PHPINFO,
}

# A listing that a server made: Apache, nginx, lighttpd, LiteSpeed, IIS, Python and Tomcat, Jetty,
# Node.
LISTING = _any(
    "directory-listing",
    (r"<title>index of /", r"<h1>index of /", r"\?C=[NMSD];?(?:&amp;)?O=[AD]|parent directory"),
    (r"<title>index of /", r"<h1>index of /", r"<a href=\"\.\./\">\.\./</a>"),
    (r"<title>index of /", r"<h[12]>index of /", r"class=\"list\"|litespeed"),
    (r"\[to parent directory\]", r"<a href="),
    (r"<title>directory listing for /", r"<h1>directory listing for /"),
    (r"<title>directory: /", r"<h1[^>]{0,80}>directory: /"),
    (r"<title>listing directory /", r"id=\"files\""),
    html=True,
)
FOLDERS: tuple[str, ...] = (
    "/uploads/",
    "/wp-content/uploads/",
    "/images/",
    "/files/",
    "/assets/",
    "/media/",
    "/backup/",
    "/data/",
)

# Status and administration pages that were left open.
STATUS_PAGES: Mapping[str, Signature] = {
    "/server-status": _sign(
        "apache-status", r"<title>apache status</title>|apache server status for", html=True
    ),
    "/server-info": _sign(
        "apache-info", r"apache server information|<title>server info", html=True
    ),
    "/nginx_status": _sign("nginx-status", r"\Aactive connections:\s{0,4}\d", r"^server accepts"),
    "/stub_status": _sign("nginx-status", r"\Aactive connections:\s{0,4}\d", r"^server accepts"),
    "/status": _sign(
        "php-fpm-status", r"^pool:\s{1,20}\S", r"^process manager:\s{1,20}\S", r"^accepted conn:"
    ),
    "/fpm-status": _sign(
        "php-fpm-status", r"^pool:\s{1,20}\S", r"^process manager:\s{1,20}\S", r"^accepted conn:"
    ),
    "/actuator": _sign("spring-actuator", r"\A\s{0,8}\{\s{0,8}\"_links\"", r"/actuator"),
    "/actuator/env": _sign(
        "spring-actuator", r"\A\s{0,8}\{", r"\"activeProfiles\"", r"\"propertySources\""
    ),
    "/metrics": _sign(
        "prometheus-metrics", r"\A# (?:HELP|TYPE) [a-zA-Z_:]", r"^[a-zA-Z_:]\S{0,200}"
    ),
    "/trace.axd": _sign(
        "aspnet-trace", r"application trace", r"requests? to this application", html=True
    ),
    "/elmah.axd": _sign(
        "aspnet-error-log", r"error log for ", r"powered by .{0,80}elmah", html=True
    ),
}
