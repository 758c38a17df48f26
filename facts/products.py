"""Which product and version a banner names, and whose package it is.  Pure readers.

Names are those of the support table (`scanner/data/support.yaml`): `nginx`, `apache-http-server`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_MOST = 500  # characters of a banner that are looked at

# What banners and nmap call a product, in lower case → its name in the support table.
ALIASES: Mapping[str, str] = {
    "apache": "apache-http-server",
    "apache httpd": "apache-http-server",
    "httpd": "apache-http-server",
    "nginx": "nginx",
    "openresty": "openresty",
    "tengine": "tengine",
    "microsoft-iis": "iis",
    "microsoft iis httpd": "iis",
    "microsoft-httpapi": "http.sys",
    "php": "php",
    "asp.net": "aspnet",
    "asp.net mvc": "aspnet-mvc",
    "openssl": "openssl",
    "apache-coyote": "tomcat-connector",
    "apache tomcat": "tomcat",
    "apache tomcat/coyote jsp engine": "tomcat-connector",
    "tomcat": "tomcat",
    "jetty": "eclipse-jetty",
    "python": "python",
    "cpython": "python",
    "node.js": "nodejs",
    "express": "express",
    "next.js": "nextjs",
    "phusion passenger": "passenger",
    "litespeed": "litespeed",
    "lighttpd": "lighttpd",
    "caddy": "caddy",
    "varnish": "vinyl-cache",
    "haproxy": "haproxy",
    "openssh": "openssh",
    "dropbear sshd": "dropbear",
    "dropbear": "dropbear",
    "mysql": "mysql",
    "mariadb": "mariadb",
    "postgresql db": "postgresql",
    "postgresql": "postgresql",
    "redis key-value store": "redis",
    "redis": "redis",
    "valkey": "valkey",
    "mongodb": "mongodb",
    "elasticsearch rest api": "elasticsearch",
    "elasticsearch": "elasticsearch",
    "memcached": "memcached",
    "microsoft sql server": "mssqlserver",
    "proftpd": "proftpd",
    "vsftpd": "vsftpd",
    "pure-ftpd": "pure-ftpd",
    "exim smtpd": "exim",
    "postfix smtpd": "postfix",
    "dovecot imapd": "dovecot",
    "dovecot pop3d": "dovecot",
    "isc bind": "bind",
    "samba smbd": "samba",
    "unbound": "unbound",
    "rabbitmq": "rabbitmq",
    "icecast streaming media server": "icecast",
    "icecast": "icecast",
}

DISTRIBUTIONS: Mapping[str, str] = {
    "debian": "debian",
    "raspbian": "raspbian",
    "ubuntu": "ubuntu",
    "red hat enterprise linux": "rhel",
    "red hat": "rhel",
    "rhel": "rhel",
    "centos stream": "centos-stream",
    "centos": "centos",
    "almalinux": "almalinux",
    "rocky linux": "rocky-linux",
    "rocky": "rocky-linux",
    "oracle linux": "oracle-linux",
    "fedora": "fedora",
    "amazon linux": "amazon-linux",
    "amazon": "amazon-linux",
    "suse": "sles",
    "opensuse": "opensuse",
    "alpine": "alpine-linux",
}

_NO_VERSION = {"http.sys", "tomcat-connector"}  # the number is a protocol's, not a release's
_BY_SYSTEM = {"iis": "windows-server"}  # these come with the system, and end with it

_TOKEN = re.compile(r"([A-Za-z][\w.+-]{0,60})(?:/([\w.+~:-]{1,60}))?(?:\s{0,4}\(([^()]{0,80})\))?")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,8}(?:[a-z]\d{0,4}|-?(?:rc|beta|alpha)\.?\d{0,4})?")
_PACKAGE = (
    (re.compile(r"[+~]deb(\d{1,3})u"), "debian"),
    (re.compile(r"ubuntu\d{0,4}\.(\d\d\.\d\d)(?![\d])"), "ubuntu"),
    (re.compile(r"\.el(\d{1,2})(?![\d])"), "rhel"),
)
_WORDS = tuple(
    (re.compile(rf"\b{re.escape(word)}(?![a-z])"), name) for word, name in DISTRIBUTIONS.items()
)
_SSH = re.compile(r"(?:SSH-[\d.]{1,8}-)?(OpenSSH)_(for_Windows_)?(\d[\w.]{0,20})(.*)", re.DOTALL)
_RUNTIME_HEADERS = {
    "x-aspnet-version": "aspnet",
    "x-aspnetmvc-version": "aspnet-mvc",
}


@dataclass(frozen=True)
class Product:
    """One product that a banner names."""

    name: str
    version: str = ""  # "" when none is shown, or only a range
    distribution: str = ""  # the distribution whose package it is: "debian 12", "ubuntu", ""

    @property
    def shown(self) -> str:
        """As a person would say it: `nginx 1.22.1 (debian 12)`."""
        where = f" ({self.distribution})" if self.distribution else ""
        return f"{self.name} {self.version}".strip() + where


def from_headers(headers: Iterable[tuple[str, str]]) -> tuple[Product, ...]:
    """The web server, language runtime and framework that an answer's headers name."""
    seen: list[Product] = []
    for key, value in headers:
        name = key.lower()
        if name in ("server", "x-powered-by"):
            seen += from_banner(value)
        elif name in _RUNTIME_HEADERS:
            seen.append(Product(_RUNTIME_HEADERS[name], _number(value)))
    return tuple(dict.fromkeys(seen))


def from_banner(text: str) -> tuple[Product, ...]:
    """The products of a `Server` or `X-Powered-By` value.

    The first token is the product itself, known or not; those that follow are taken only when
    they are known (`OpenSSL/3.0.11`), since the others are modules.
    """
    products: list[Product] = []
    for match in _TOKEN.finditer(text[:_MOST]):
        token, version, comment = match[1], match[2] or "", match[3] or ""
        known = ALIASES.get(token.lower())
        if known is None and products:
            continue
        distribution = _distribution(version) or _distribution(comment)
        products.append(_product(known or token.lower(), _number(version), distribution))
    return tuple(products)


def from_ssh(banner: str) -> Product | None:
    """The product of an SSH identification line, or None when it names none that we know."""
    match = _SSH.match(banner.strip()[:_MOST])
    if match is None:
        return None
    tail = match[4].lower()
    own = "windows" if match[2] else "freebsd" if "freebsd" in tail else _distribution(tail)
    return Product("openssh", _number(match[3]), own)


def from_nmap(product: str, version: str = "", extra: str = "") -> Product | None:
    """What nmap says of a service (`product`, `version`, `extrainfo`), or None for no product."""
    if not product.strip():
        return None
    name = ALIASES.get(product.strip().lower(), product.strip().lower()[:80])
    text = version.strip()[:_MOST]
    if name in ("mysql", "mariadb") and "mariadb" in text.lower():
        name, text = "mariadb", text.removeprefix("5.5.5-")
    loose = " or " in text or " - " in text  # a guess between versions
    number = "" if loose else _number(text)
    return _product(name, number, _distribution(text) or _distribution(extra[:_MOST]))


def _product(name: str, version: str, distribution: str) -> Product:
    if name in _NO_VERSION:
        return Product(name)
    return Product(name, version, _BY_SYSTEM.get(name, distribution))


def _number(text: str) -> str:
    match = _NUMBER.match(text.strip().lstrip("vV"))
    return match[0] if match else ""


def _distribution(text: str) -> str:
    """`debian 12`, `ubuntu`, or "" when no distribution is named, or a third party packed it."""
    low = text.lower()
    if "sury" in low or "remi" in low:
        return ""
    for pattern, name in _PACKAGE:
        if match := pattern.search(low):
            return f"{name} {match[1]}"
    if re.search(r"\dubuntu\d", low):
        return "ubuntu"
    return next((name for word, name in _WORDS if word.search(low)), "")
