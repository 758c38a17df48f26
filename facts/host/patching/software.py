"""Runtimes, web servers, databases and CMSs: which versions are installed, and by whom.

A distribution supports its own packages with its release; what comes from elsewhere (another
repository, /usr/local, /opt, an unpacked archive) lives as long as its maker supports it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from facts.base import Unknown
from facts.declared import Look
from facts.host.asks import Answers, Ask, filled, sections
from facts.host.patching.model import Program
from facts.host.places import USUAL, web_roots

_NAMES = (
    "'php[0-9]*' php php-fpm php-cli 'libapache2-mod-php*' 'python3.*' nodejs"
    " 'openjdk-*' 'temurin-*' 'java-*-openjdk*' nginx 'nginx-*' apache2 httpd 'mysql-server*'"
    " 'mysql-community-server*' 'mariadb-server*' MariaDB-server 'postgresql-[0-9]*'"
    " 'postgresql[0-9]*-server' postgresql-server wordpress 'drupal*'"
)
_BELOW = r"-path */wp-includes/version.php -o -path */libraries/src/Version.php -o -path"
_VERSION_FILES = (
    *_BELOW.split(), "*/core/lib/Drupal.php", "-o",
    "-path", "*/includes/bootstrap.inc", "-o", "-path", "*/data/config/config_global.php",
)  # fmt: skip
_WORDS = ("-e", "wp_version", "-e", "VERSION", "-e", "version")


def asks(look: Look) -> tuple[Ask, ...]:
    """What is asked.  A CMS's settings may stand near its version: those answers are not stored."""
    tests = " ".join(f"'{word}'" if "*" in word else word for word in _VERSION_FILES)
    return (
        Ask(
            "patching.packages",
            "set -f; if command -v dpkg-query >/dev/null; then dpkg-query -W -f"
            " '${db:Status-Status}\\t${Package}\\t${Version}\\t${Maintainer}\\n' "
            + _NAMES
            + " 2>/dev/null; elif command -v rpm >/dev/null; then rpm -qa --qf"
            " 'installed\\t%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{VENDOR}\\n' "
            + _NAMES
            + "; elif command -v apk >/dev/null; then apk info -v | grep -E"
            " '^(php|python3-|nodejs|openjdk|nginx-|apache2-|mariadb-|mysql-|postgresql)'"
            " | sed 's/^/apk /'; else exit 127; fi; echo end",
            seconds=20,
        ),
        Ask(
            "patching.binaries",
            "T=; command -v timeout >/dev/null && T='timeout 4';"
            " for f in /usr/local/bin/* /usr/local/sbin/* /usr/local/*/bin/* /usr/local/*/sbin/*"
            " /opt/*/bin/* /opt/*/sbin/* /opt/*/*/bin/*; do case ${f##*/} in"
            " php|php-fpm|nginx|httpd|node) a=-v ;; mysqld|mariadbd|postgres) a=--version ;;"
            " python3.[0-9]|python3.[0-9][0-9]) a=-V ;; java) a=-version ;; *) continue ;; esac;"
            ' case $(readlink -f -- "$f") in /usr/bin/*|/usr/sbin/*|/usr/lib/*) continue ;; esac;'
            ' if [ -f "$f" ] && [ -x "$f" ]; then printf \'==> %s <==\\n\' "$f";'
            ' $T "$f" $a 2>&1 | head -n 3; fi; done; echo \'==> end <==\'',
            seconds=25,
        ),
        Ask(
            "patching.cms",
            web_roots(look)
            + "web_roots | while read -r d; do [ -r \"$d\" ] && [ -x \"$d\" ] || echo \"! $d\";"
            f" find \"$d\" -maxdepth 5 -type f \\( {tests} \\) -exec grep -sHF -m 40"
            " -e wp_version -e VERSION -e version {} + 2>/dev/null;"
            ' find "$d" -maxdepth 2 -type d ! -readable 2>/dev/null | sed \'s/^/! /\'; done;'
            " echo end",
            seconds=25,
            most=1 << 20,
            keep=False,
        ),
        Ask(
            "patching.cms.root",
            (
                *("find", *USUAL, "-maxdepth", "5", "-type", "f", "(", *_VERSION_FILES, ")"),
                *("-exec", "grep", "-sHF", "-m", "40", *_WORDS, "{}", "+"),
            ),
            seconds=25,
            most=1 << 20,
            keep=False,
        ),
    )  # fmt: skip


_PRODUCTS = (  # a package's name, its product; the version is in the name where it has a group
    (r"php([0-9]\.[0-9])(?:-(?:cli|fpm))?|libapache2-mod-php([0-9]\.[0-9])", "php"),
    (r"php|php-(?:cli|fpm)|php[0-9]{1,2}(?:-php)?(?:-(?:cli|fpm))?", "php"),
    (r"python(3\.[0-9]{1,2})(?:-minimal)?", "python"),
    (r"nodejs", "nodejs"),
    (r"(?:openjdk|temurin)-([0-9]{1,2})-(?:jre|jdk)(?:-headless)?", "eclipse-temurin"),
    (r"java-(?:1\.)?([0-9]{1,2})(?:\.[0-9.]+)?-openjdk(?:-headless)?", "eclipse-temurin"),
    (r"nginx|nginx-core|nginx-light|nginx-full|nginx-extras", "nginx"),
    (r"apache2|httpd", "apache-http-server"),
    (r"mysql-server|mysql-server-[0-9.]+|mysql-community-server", "mysql"),
    (r"mariadb-server|mariadb-server-[0-9.]+|MariaDB-server", "mariadb"),
    (r"postgresql-([0-9]{1,2})|postgresql([0-9]{2})-server", "postgresql"),
    (r"postgresql-server", "postgresql"),
    (r"wordpress", "wordpress"),
    (r"drupal([0-9]{1,2})", "drupal"),
)
_FOREIGN = re.compile(
    r"sury|nodesource|pgdg|maria~|~(bookworm|bullseye|buster|trixie|jammy|focal|noble)\b"
    r"|[0-9]ubuntu[0-9.]+-mysql|-[0-9]+(debian|ubuntu)[0-9.]+$|\+0~20[0-9]{6}|\.remi\b|\.ngx\b"
    r"|\.MySQL|PGDG",
    re.IGNORECASE,
)
_DISTRIBUTORS = re.compile(
    r"debian\.(org|net)|ubuntu\.com|canonical|red hat|centos|almalinux|rocky|oracle|suse|fedora",
    re.IGNORECASE,
)
_ORACLE_MYSQL = re.compile(r"mysql.*oracle|oracle.*mysql", re.IGNORECASE)


def programs(answers: Answers) -> tuple[Program, ...] | Unknown:
    """Every runtime, server, database and CMS that was found."""
    packaged, built, sites = _packages(answers), _binaries(answers), _sites(answers)
    for part in (packaged, built, sites):
        if isinstance(part, Unknown):
            return part
    assert not isinstance(packaged, Unknown)
    assert not isinstance(built, Unknown) and not isinstance(sites, Unknown)
    return tuple(dict.fromkeys((*packaged, *built, *sites)))


def _packages(answers: Answers) -> list[Program] | Unknown:
    lines = answers.lines("patching.packages", (0, 1))
    if isinstance(lines, Unknown):
        return lines
    if lines[-1:] != ("end",):
        return Unknown("The host's answer was not understood", "patching.packages")
    found: dict[tuple[str, str], Program] = {}
    for line in lines[:-1]:
        parts = line.split("\t")
        if parts[0] != "installed" or len(parts) < 4:
            if line.startswith("apk "):
                parts = ["installed", *_apk(line[4:]), "alpine"]
            else:
                continue
        one = _program(parts[1], parts[2], parts[3])
        if one:
            found.setdefault((one.product, one.version), one)
    return list(found.values())


def _apk(line: str) -> tuple[str, str]:
    name, _, rest = line.partition("-")
    number = re.search(r"-([0-9][\w.]*-r[0-9]+)$", line)
    return (line[: number.start()], number[1]) if number else (name, rest)


def _program(name: str, version: str, maker: str) -> Program | None:
    for pattern, product in _PRODUCTS:
        match = re.fullmatch(pattern, name)
        if match:
            number = next((group for group in match.groups() if group), "")
            upstream = re.sub(r"^[0-9]+:", "", version)
            shown = re.match(r"[0-9]+(?:\.[0-9]+)*", upstream)
            if not number and shown is None:
                return None
            foreign = bool(_FOREIGN.search(version) or _ORACLE_MYSQL.search(maker))
            own = not foreign and (maker == "alpine" or bool(_DISTRIBUTORS.search(maker)))
            return Program(product, number or (shown[0] if shown else ""), name, own)
    return None


_BINARIES = (
    (r"PHP ([0-9]+\.[0-9]+[\w.]*)", "php"),
    (r"nginx/([0-9]+\.[0-9]+[\w.]*)", "nginx"),
    (r"Apache/([0-9]+\.[0-9]+[\w.]*)", "apache-http-server"),
    (r"Python ([0-9]+\.[0-9]+[\w.]*)", "python"),
    (r"\bv([0-9]+\.[0-9]+\.[0-9]+)", "nodejs"),
    (r'version "(?:1\.)?([0-9]+)', "eclipse-temurin"),
    (r"\bVer ([0-9]+\.[0-9.]+)-MariaDB", "mariadb"),
    (r"\bVer ([0-9]+\.[0-9.]+)", "mysql"),
    (r"postgres \(PostgreSQL\) ([0-9]+(?:\.[0-9]+)?)", "postgresql"),
)


def _binaries(answers: Answers) -> list[Program] | Unknown:
    text = answers.text("patching.binaries")
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    if "end" not in parts:
        return Unknown("The host's answer was not understood", "patching.binaries")
    found = []
    for path, said in parts.items():
        if path == "end":
            continue
        one = next((p for p in _said(said)), None)
        if one is None:
            return Unknown("A program's version was not understood", path[:120])
        found.append(Program(*one, path[:120]))
    return found


def _said(text: str) -> Iterator[tuple[str, str]]:
    for pattern, product in _BINARIES:
        match = re.search(pattern, text)
        if match:
            yield product, match[1]


_CMS = (
    (r"/wp-includes/version\.php", r"\$wp_version\s*=\s*['\"]([0-9][\w.]*)", "wordpress"),
    (r"/core/lib/Drupal\.php", r"const VERSION\s*=\s*['\"]([0-9][\w.]*)", "drupal"),
    (r"/includes/bootstrap\.inc", r"define\(\s*'VERSION',\s*'([0-9][\w.]*)", "drupal"),
    (
        r"/data/config/config_global\.php",
        r"\$global_config\['version'\]\s*=\s*'([0-9][\w.]*)",
        "nukeviet",
    ),
)
_JOOMLA = "/libraries/src/Version.php"


def _sites(answers: Answers) -> list[Program] | Unknown:
    plain, rooted = answers.text("patching.cms"), answers.text("patching.cms.root", (0, 1))
    if isinstance(plain, Unknown):
        return plain
    lines = list(filled(plain))
    if lines[-1:] != ["end"]:
        return Unknown("The host's answer was not understood", "patching.cms")
    hidden = [line[2:] for line in lines if line.startswith("! ")]
    seen = lines[:-1]
    if isinstance(rooted, str):
        seen += filled(rooted)
        hidden = [d for d in hidden if not any(f"{d}/".startswith(f"{u}/") for u in USUAL)]
    if hidden:
        return Unknown("The log-in may not read this folder on the host", hidden[0][:120])
    return _versions(seen)


def _versions(lines: list[str]) -> list[Program] | Unknown:
    files: dict[str, list[str]] = {}
    for line in lines:
        path, colon, text = line.partition(".php:" if ".php:" in line else ".inc:")
        if colon:
            files.setdefault(path + colon[:-1], []).append(text)
    found = []
    for path, texts in files.items():
        said = "\n".join(texts)
        if path.endswith(_JOOMLA):
            numbers = re.findall(r"const (?:MAJOR|MINOR|PATCH)_VERSION\s*=\s*([0-9]+)", said)
            if len(numbers) == 3:
                found.append(_site("joomla", ".".join(numbers), path))
            continue
        for file, pattern, product in _CMS:
            match = re.search(pattern, said) if re.search(f"{file}$", path) else None
            if match:
                found.append(_site(product, match[1], path))
            elif file.startswith("/wp-includes") and re.search(f"{file}$", path):
                return Unknown("A program's version was not understood", path[:120])
    return found


def _site(product: str, version: str, path: str) -> Program:
    """A distribution's own packages lie in /usr/share."""
    return Program(product, version, path[:160], path.startswith("/usr/share/"))
