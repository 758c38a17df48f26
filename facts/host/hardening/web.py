"""The files of the sites on a host: secrets in code, which CMS, who may write there.  Pure.

The log-in looks at every folder that a site is served from; what it may not read there is seen by
root's questions, which know the usual folders only.  Both answer in the same lines.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from facts.base import Unknown
from facts.declared import Look
from facts.host import searches
from facts.host.asks import Answers, Ask
from facts.host.places import USUAL, web_roots
from facts.host.searches import Searched

SECONDS = 10.0
MOST = 1 << 20

# What looks like a secret, as extended regular expressions of grep.  No backslash, no quotation
# mark and no ^ at the start: they would have another meaning in sudoers.
KEYS = (
    r"-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----(.n[A-Za-z0-9+/]{20}|[[:space:]]*$)",
    r"(^|[^A-Za-z0-9])(AKIA|ASIA)[A-Z0-9]{16}([^A-Za-z0-9]|$)",
    r"(^|[^A-Za-z0-9])(gh[pousr]_[A-Za-z0-9]{36}|glpat-[A-Za-z0-9_-]{20}|github_pat_[A-Za-z0-9_]{60})",
    r"(^|[^A-Za-z0-9])(xox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{8,}|sk_live_[A-Za-z0-9]{20,})",
    r"(^|[^0-9])[0-9]{8,10}:AA[A-Za-z0-9_-]{33}([^A-Za-z0-9_-]|$)",
)
_NAMES = (
    "password|passwd|passphrase|pwd|pass|dbpass|matkhau|mat_khau|secret|secret_key|api_key|apikey"
    "|access_key|access_token|auth_token"
)
_VALUE = "[A-Za-z0-9@!#&^*+~_-]"  # at least six of these, a digit among them
_LONG = "|".join(f"{_VALUE}{{{n},}}[0-9]{_VALUE}{{{5 - n},}}" for n in range(6))
_QUOTE = "[!-(]"  # a quotation mark, or a sign beside them: sudoers takes no quoted quotes
_PASSWORD = (
    f"(^|[^A-Za-z0-9_])([A-Za-z0-9]+_)*({_NAMES})[^A-Za-z0-9_]{{0,2}}[[:space:]]*(=|=>|:|,)"
    f"[[:space:]]*{_QUOTE}({_LONG}){_QUOTE}"
)
PASSWORDS = (_PASSWORD,)
CODE = ("php", "inc", "phtml", "js", "mjs", "ts", "py", "rb", "pl", "sh", "java", "cs", "yml",
        "yaml", "ini", "json", "xml", "conf", "cfg", "toml", "properties", "pem", "key", "ppk",
        "bak", "old")  # fmt: skip
KNOWN = ("wp-config.php", "wp-config-sample.php", "configuration.php", "configuration.php-dist",
         "settings.php", "settings.local.php", "default.settings.php", "config.php",
         "config_global.php", "LocalConfiguration.php", "AdditionalConfiguration.php",
         "config.inc.php", "config-db.php", "parameters.yml", "parameters.php", "database.php",
         "database.yml", "web.config", "package-lock.json", "composer.lock", "yarn.lock",
         "installed.json")  # fmt: skip
# Folders of libraries' own tests and examples, and of what is no code of the site.
ASIDE = ("node_modules", "tests", "Tests", "test", "_test", "docs", "examples", ".git", ".svn",
         "languages", "language", "translations", "lang", "i18n", "locale")  # fmt: skip

FREE = ("cache", "uploads", "node_modules")  # folders that many files lie in, and no code should

MARKS = {  # a CMS's own file -> (the CMS, the lines that tell its version or how it hashes)
    "*/wp-includes/version.php": "[$]wp_version *=",
    "*/administrator/manifests/files/joomla.xml": "<version>",
    "*/libraries/cms/version/version.php": "RELEASE *=|DEV_LEVEL *=",
    "*/core/lib/Drupal.php": "const VERSION *=",
    "*/includes/bootstrap.inc": "define[(].VERSION.",
    "*/Classes/Information/Typo3Version.php": "VERSION *=",
    "*/vinades/nukeviet/Core/Encryption.php": "SSHA|password_hash *[(]",
    "*/wp-password-bcrypt/*.php": "password_hash *[(]",
    "*/mu-plugins/*bcrypt*.php": "password_hash *[(]",
}


def _code(paths: str, patterns: tuple[str, ...], flags: str = "") -> str:
    """A find that names the files of code with one of these patterns in them."""
    aside = _either("-name", (*ASIDE, *FREE))
    kinds = _either("-name", (*(f"*.{kind}" for kind in CODE), "id_rsa"))
    known = " ".join(f"! -name {shlex.quote(name)}" for name in (*KNOWN, "*.min.js"))
    greps = " ".join(f"-e {shlex.quote(pattern)}" for pattern in patterns)
    return (
        f"find {paths} -xdev -type d {aside} -prune -o -type f {kinds} {known}"
        f" -size -1024k -exec grep -lE{flags} {greps} {{}} +"
    )


def _marks(paths: str) -> str:
    """A find that prints the lines of a CMS's own files."""
    lines = "|".join(dict.fromkeys(MARKS.values()))
    return (
        f"find {paths} -xdev -maxdepth 9 -type d {_either('-name', FREE)} -prune -o"
        f" -type f {_either('-path', MARKS)}"
        f" -exec grep -HE -m 6 -e {shlex.quote(lines)} {{}} +"
    )


def _writable(paths: str) -> str:
    """A find of folders and code that others than root may write: mode, owner, group, path."""
    kinds = _either("-name", ("*.php", "*.phtml", "*.inc", "*.js", "*.html", "*.cgi"))
    return (
        f"find {paths} -xdev ( -type d {_either('-name', FREE)} -prune ) -o"
        f" ( -type d -o -type f {kinds} )"
        " ( ! -user root -perm -200 -o -perm -020 -o -perm -002 )"
        " -exec stat -c '%a %u %g %F|%n' {} +"
    )


def _either(test: str, values: Iterable[str]) -> str:
    return f"( {' -o '.join(f'{test} {shlex.quote(value)}' for value in values)} )"


def _as_root(command: str) -> tuple[str, ...]:
    return tuple(shlex.split(command))


def _in_shell(command: str) -> str:
    """The same for a shell: its brackets are quoted, and what it must not expand."""
    words = ['"$r"' if word == "ROOT" else shlex.quote(word) for word in shlex.split(command)]
    return " ".join(words)


PARTS = ("keys", "passwords", "cms", "writable")


def _commands(paths: str) -> dict[str, str]:
    return {
        "keys": _code(paths, KEYS),
        "passwords": _code(paths, PASSWORDS, "i"),
        "cms": _marks(paths),
        "writable": _writable(paths),
    }


ROOT_ASKS = tuple(
    Ask(f"hardening.web-{part}-root", _as_root(command), seconds=SECONDS, most=MOST)
    for part, command in _commands(" ".join(USUAL)).items()
)


def asks(look: Look) -> tuple[Ask, ...]:
    """Of the log-in: in every folder of a site; of root: in the usual ones."""
    own = [
        Ask(
            f"hardening.web-{part}",
            f'{web_roots(look)} web_roots | while read -r r; do echo "==> $r <==";'
            f" {_in_shell(command)} 2>&1; done; echo '==> end <=='",
            seconds=SECONDS,
            most=MOST,
        )
        for part, command in _commands("ROOT").items()
    ]
    return (*own, *ROOT_ASKS)


def upload_folders(look: Look) -> Ask:
    """What the inventory says, through the host and back: a reader sees answers alone."""
    named = "".join(f" {shlex.quote(path)}" for path in look.uploads)
    return Ask("hardening.uploads", f"for u in{named}; do echo \"$u\"; done; echo '==> end <=='")


def uploads(answers: Answers) -> tuple[str, ...]:
    """The declared upload folders."""
    lines = answers.lines("hardening.uploads")
    return () if isinstance(lines, Unknown) else tuple(x for x in lines if x.startswith("/"))


def search(answers: Answers, part: str) -> Searched:
    """One search: what the log-in found and what root found, and whether that is all."""
    return searches.search(answers, f"hardening.web-{part}")
