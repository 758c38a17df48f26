"""Takes secrets out of shell text before anything of it is kept.

Masked: values of variables, options and settings that are named like a secret, credentials in
URLs, and the options by which mysql, sshpass, curl, openssl, zip, 7z, lftp and redis-cli take a
password.  Paths of password files stay: they are needed, and they are no secrets.
"""

from __future__ import annotations

import re

MASK = "***"

_VALUE = r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"';|&)]+)"""
_NAMED = r"[\w.-]*(?:pass(?!ive)|passw(?:or)?d|passphrase|pwd|secret|token|credential|api_?key|access_?key|account_?key|private_?key|encryption_?key|bearer)[\w.-]*"  # noqa: E501
_HARMLESS = re.compile(r"(file|path|dir|fd|command|filename|manager|type|source)$", re.IGNORECASE)

_URL = re.compile(r"(\b[a-z][a-z0-9+.-]*://)([^\s/@:'\"]*):(?!//)([^\s'\"]*)@", re.IGNORECASE)
_SETTING = re.compile(rf"(?P<name>{_NAMED})(?P<mid>\s*[=:]\s*|\s*\]\s*=\s*){_VALUE}", re.IGNORECASE)
_OPTION = re.compile(rf"(?P<name>(?<!\S)--?{_NAMED})(?P<mid>\s+)(?!-){_VALUE}", re.IGNORECASE)
_OPENSSL = re.compile(r"\b(pass:)[^\s'\"]+")
_HEADER = re.compile(r"((?:authorization|x-[a-z-]*token)\s*:\s*)[^'\"\n]+", re.IGNORECASE)
_BY_PROGRAM = tuple(
    (re.compile(rf"\b(?:{programs})\b"), re.compile(rf"(?P<head>(?<!\S){option}){_VALUE}"))
    for programs, option in (
        (r"mysql\w*|mariadb[\w-]*|mydumper|mariabackup|innobackupex|xtrabackup|7z[ar]?", r"-p"),
        (r"mydumper|sshpass|mongodump|mongo|ldapsearch", r"-[pw]\s+"),
        (r"sshpass|ldapsearch", r"-[pw]"),
        (r"zip", r"-P\s*"),
        (r"curl|lftp|wput|ncftpput|smbclient", r"(?:-u|-U|--user)(?:\s+|=)"),
        (r"openssl", r"(?:-k|-K|-S)\s+"),
        (r"redis-cli|kinit", r"-a\s*"),
        (r"ncftpput|tftp", r"-p\s+"),
    )
)
_PIPED = re.compile(
    rf"(\b(?:echo|printf)\b\s+(?:-\w+\s+)*)({_VALUE})(?=[^\n;]*\|[^\n]*(?:pass|gpg))"
)
_LONG = re.compile(r"(?<![\w/.+=-])(?=[\w+=-]*[0-9])(?=[\w+=-]*[A-Za-z])[\w+=-]{32,}(?![\w/.])")


# Whatever is masked has one of these; most lines of most scripts have none, and need no more.
_MAY = re.compile(
    r"://|pass|pwd|secret|token|credential|key|bearer|authorization|echo|printf|mysql|maria"
    r"|mydumper|innobackupex|xtrabackup|7z|mongo|ldapsearch|zip|curl|lftp|wput|ncftpput|smbclient"
    r"|openssl|redis-cli|kinit|tftp|[\w+=-]{32}",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """The text with `***` in place of every secret that can be told by its shape."""
    return "\n".join(_line(line) if _MAY.search(line) else line for line in text.split("\n"))


def holds_secret(text: str) -> bool:
    """Would anything be masked?  A reference to a variable or a file is no secret."""
    plain = re.sub(r"""["']?\$[({]?\w[^"'\s;]*["']?""", MASK, _without_comments(text))
    return _secrets(masked(plain)) > _secrets(plain)


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))


def _secrets(text: str) -> int:
    return text.count(MASK)


def _line(line: str) -> str:
    line = _URL.sub(rf"\1\2:{MASK}@", line)
    line = _SETTING.sub(_named, line)
    line = _OPTION.sub(_named, line)
    line = _HEADER.sub(rf"\1{MASK}", line)
    line = _OPENSSL.sub(rf"\1{MASK}", line)
    line = _PIPED.sub(rf"\1{MASK}", line)
    for program, option in _BY_PROGRAM:
        if program.search(line):
            line = option.sub(_optional, line)
    return _LONG.sub(_long, line)


def _named(match: re.Match[str]) -> str:
    """NAME=VALUE without its value, unless the name says that the value is a file's path."""
    name, value = match["name"], match[match.lastindex or 0]
    if _HARMLESS.search(name) and re.match(r"""["']?(/|~|\$|cat\s+[/~])""", value):
        return match[0]
    if value.strip("\"'").startswith(("$", MASK)):
        return match[0]
    return f"{name}{match['mid']}{MASK}"


def _optional(match: re.Match[str]) -> str:
    value = match[match.lastindex or 0].strip("\"'")
    return match[0] if value.startswith(("$", MASK)) else f"{match['head']}{MASK}"


def _long(match: re.Match[str]) -> str:
    """A long word of letters and digits may be a key; one with few digits is a name."""
    word = match[0]
    digits = sum(char.isdigit() for char in word)
    return MASK if digits > 3 and not word.startswith("-") else word
