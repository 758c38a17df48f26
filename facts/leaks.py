"""What an error page gives away.  Pure; says kinds, never the text, which may hold secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping

from facts.http import Answer

LOOKED_AT = 64 * 1024  # characters of an error page

_FILE = (
    r"(?:/var/www/[\w.-]|/home/[\w.-]{1,40}/(?:public_html|www|htdocs|domains|web|apps?)/[\w.-]"
    r"|/usr/share/nginx/html/[\w.-]|/srv/(?:www|http|app)/[\w.-]|/opt/[\w.-]{1,40}/[\w./-]{1,120}"
    r"\.(?:py|rb|php|jar|js)\b|[A-Z]:\\(?:inetpub|www|xampp|wamp\w{0,4}|windows|users)\\\w)"
)

_KINDS: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for kind, pattern in {
        "stack_trace": (
            r"traceback \(most recent call last\)"
            r"|^\s{0,12}(?:<[^>\n]{1,80}>)?\s{0,12}at [\w$.<>]{3,120}\((?:[\w$]{1,80}\.java:\d"
            r"|native method|unknown source)"
            r"|^\s{0,12}at [^\n]{1,120}\((?:/|file:|node:|[a-z]:\\)[^\n)]{1,200}:\d{1,6}:\d{1,6}\)"
            r"|\[(?:\w{1,40}exception)[^\]\n]{0,120}\]:? "
            r"|<b>stack trace:</b>|you're seeing this error because you have <code>debug = true"
            r"|whoops, looks like something went wrong|<title>[^<]{0,120}ignition"
            r"|\bphp (?:fatal error|parse error|warning|notice):"
            r"|<b>(?:fatal error|parse error|warning|notice|deprecated)</b>: "
            r"|^(?:#\d{1,3}) (?:/|[a-z]:\\)[^\n]{1,200}\(\d{1,6}\): "
        ),
        "sql_error": (
            r"you have an error in your sql syntax|\bSQLSTATE\[\w{2,8}\]|\bORA-\d{5}\b"
            r"|unclosed quotation mark after the character string|\bmysqli?_\w{2,30}\(\): "
            r"|\bpg_(?:query|exec|connect)\(\): |sqlite3?::?\w{0,30}(?:exception|error)"
            r"|microsoft ole db provider for|\bpsycopg2?\.\w{0,30}error|com\.mysql\.(?:cj\.)?jdbc"
            r"|org\.postgresql\.util\.psqlexception|system\.data\.sqlclient\.sqlexception"
        ),
        "file_path": rf"(?<![\w/.:-])(?<!href=\")(?<!src=\")(?<!href=')(?<!src='){_FILE}",
    }.items()
}


def leaks(answer: Answer) -> tuple[str, ...]:
    """The kinds of inner workings that an answer shows: stack_trace, sql_error, file_path.

    A file path counts on error pages only: an article may well name one.
    """
    text = answer.body[:LOOKED_AT]
    kinds = [kind for kind, pattern in _KINDS.items() if pattern.search(text)]
    return tuple(kind for kind in kinds if kind != "file_path" or answer.status >= 400)
