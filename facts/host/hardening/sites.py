"""Which CMS lies on a host, and what the web server's accounts may write there.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled
from facts.host.places import USUAL


@dataclass(frozen=True)
class Site:
    """A CMS on the host."""

    product: str  # wordpress, joomla, drupal, typo3, nukeviet
    version: str
    path: str  # its own file that says so
    hashing: str = ""  # how it stores passwords, where a file says so


PRODUCTS = (
    ("wp-includes/version.php", "wordpress"),
    ("manifests/files/joomla.xml", "joomla"),
    ("core/lib/Drupal.php", "drupal"),
    ("includes/bootstrap.inc", "drupal"),
    ("Information/Typo3Version.php", "typo3"),
    ("nukeviet/Core/Encryption.php", "nukeviet"),
)


def sites(lines: Iterable[str]) -> tuple[Site, ...]:
    """The CMSs that these lines of their own files tell of."""
    told: dict[str, list[str]] = {}
    for line in lines:
        path, colon, text = line.partition(":")
        if colon and path.startswith("/"):
            told.setdefault(path, []).append(text)
    bcrypt = [path for path in told if "bcrypt" in path]
    found = [_site(path, texts, bcrypt) for path, texts in told.items() if path not in bcrypt]
    return tuple(site for site in found if site)[:50]


def _site(path: str, texts: list[str], bcrypt: list[str]) -> Site | None:
    product = next((name for end, name in PRODUCTS if path.endswith(end)), "")
    text = " ".join(texts)
    number = re.search(r"[0-9]{1,3}(\.[0-9]{1,3}){1,3}", text)
    version = number.group() if number else ""
    if product == "nukeviet":
        return Site(product, "", path, "bcrypt" if "password_hash" in text else "salted SHA")
    if not product or not version:
        return Site(product, "", path) if product and product != "drupal" else None
    top = path.removesuffix("wp-includes/version.php")
    by_plugin = product == "wordpress" and any(other.startswith(top) for other in bcrypt)
    return Site(product, version, path, "bcrypt" if by_plugin else "")


@dataclass(frozen=True)
class Account:
    """An account that runs the web server or PHP."""

    name: str
    uid: str
    groups: tuple[str, ...]


# Folders that CMSes write to, below the folder that the site is served from.
UPLOADS = re.compile(
    r"/(wp-content/(uploads|cache|upgrade|languages|w3tc-config)|sites/[^/]+/files|images|media"
    r"|cache|tmp|temp|logs?|uploads?|files|data/(cache|tmp|logs|ip|ip_files|sessions|cookies)"
    r"|fileadmin|typo3temp|var|storage|bootstrap/cache|sessions?|administrator/(cache|logs))(/|$)"
)


def writers(
    lines: Iterable[str],
    accounts: Iterable[Account],
    declared: Iterable[str],
    roots: Iterable[str] = (),
) -> Iterator[str]:
    """The folders and code that one of these accounts may write, beyond the upload folders."""
    known = tuple(accounts)
    free = tuple(f"{folder.rstrip('/')}/" for folder in declared)
    tops = sorted({*USUAL, *roots}, key=len, reverse=True)
    for line in lines:
        match = re.fullmatch(r"([0-7]{1,5}) ([0-9]+) ([0-9]+) ([^|]+)\|(/.*)", line)
        if not match or f"{match[5]}/".startswith(free):
            continue
        below = next((match[5][len(top) :] for top in tops if match[5].startswith(top)), match[5])
        if UPLOADS.search(below):
            continue
        if any(_may_write(account, int(match[1], 8), match[2], match[3]) for account in known):
            yield match[5]


def _may_write(account: Account, mode: int, uid: str, group: str) -> bool:
    """As the kernel decides: by the owner's bits for the owner, else the group's, else the rest."""
    if account.uid == uid:
        return bool(mode & 0o200)
    return bool(mode & (0o020 if group in account.groups else 0o002))


ACCOUNTS = Ask(
    "hardening.accounts",
    "{ sed -nE 's/^[[:space:]]*user[[:space:]]*=?[[:space:]]*([A-Za-z0-9_.-]+).*/\\1/p'"
    " /etc/php/*/fpm/pool.d/*.conf /etc/php-fpm.d/*.conf /etc/php*/php-fpm.d/*.conf 2>/dev/null;"
    " ps -eo user:32=,comm= 2>/dev/null | awk '$2 ~ /^(nginx|apache2|httpd|php|lighttpd|caddy"
    '|lshttpd|litespeed|lsphp|uwsgi|gunicorn)/ && $1 != "root" {print $1}\';'
    " printf '%s\\n' www-data apache nginx nobody wwwrun; } | sort -u | while read -r u; do"
    ' id "$u" >/dev/null 2>&1 && echo "$u $(id -u "$u") $(id -G "$u")"; done;'
    " echo '==> end <=='",
)
# Accounts that are named whether or not something runs as them: they count only where it does.
USUAL_ACCOUNTS = ("www-data", "apache", "nginx", "nobody", "wwwrun")


def accounts(answers: Answers, named: Mapping[str, str] | Unknown) -> tuple[Account, ...] | Unknown:
    """The web server's and PHP's accounts.  `named`: what settings and processes name."""
    if isinstance(named, Unknown):
        return named
    text = answers.text(ACCOUNTS.name)
    if isinstance(text, Unknown):
        return text
    parts = [line.split() for line in filled(text)]
    if not parts or parts[-1] != ["==>", "end", "<=="]:
        return Unknown("The host's answer was not understood", ACCOUNTS.name)
    found = {w[0]: Account(w[0], w[1], tuple(w[2:])) for w in parts[:-1] if len(w) > 2}
    wanted = {*named, *(set(found) - set(USUAL_ACCOUNTS))} - {"root", ""}
    lacking = [name for name in named if name not in found and name not in {"root", ""}]
    if lacking:
        return Unknown("The host does not know this account", lacking[0])
    return tuple(found[name] for name in sorted(wanted))
