"""A scorecard as a mail (RFC 5322): its subject says what got better or worse; plain text, narrow.

The same scorecard gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from typing import Any

from reports import labels
from reports.i18n import Translator
from reports.identity import uuid
from reports.json_report import time_of
from reports.labels import Labels
from reports.terminal import summary_text
from reports.text import clean, shorten
from reports.view import Scorecard
from scanner.timeline import Since, Timeline

WIDTH = 72
TYPES = {
    "pdf": ("application", "pdf"),
    "csv": ("text", "csv"),
    "html": ("text", "html"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def render(card: Scorecard) -> bytes:
    """The message without sender and recipients, as a file."""
    return message(card).as_bytes()


def subject(card: Scorecard) -> str:
    """One line: whose, how it stands, what moved."""
    t = Translator(card.lang)
    if card.only:
        one = card.agencies[0]
        stands = f"{Labels(t).verdict[one.verdict]}, {t.percent(one.score)}"
        name, moved = one.name, _moved(one.time, t)
    else:
        name, moved = card.programme.name, _moved(card.time, t)
        stands = f"{labels.share(t, card.programme)} ({t.percent(card.programme.percent)})"
    return clean(shorten(f"{shorten(name, 80)}: {moved}{stands}", 200))


def _moved(of: Timeline, t: Translator) -> str:
    since = of.since
    if since is None:
        return ""
    told = []
    if since.new:
        told.append(t.ngettext("{n} new fault", "{n} new faults", since.new))
    if since.mended:
        told.append(t("{n} mended", n=since.mended))
    if since.unseen:
        told.append(t("{n} not seen again", n=since.unseen))
    return f"{', '.join(told) or t('nothing new')}; "


def changed(card: Scorecard) -> bool:
    """Is there news: something moved, or there was nothing before to compare with?"""
    of = card.agencies[0].time if card.only else card.time
    if of.since is None:
        return True
    moved: Since = of.since
    now = of.trend[-1].percent
    return bool(moved.new or moved.mended or moved.unseen) or now != moved.percent


def message(
    card: Scorecard,
    sender: str = "",
    to: Sequence[str] = (),
    attached: Mapping[str, bytes] | None = None,
) -> Message:
    """The mail; `attached` are scorecards by their format."""
    t, key = Translator(card.lang), uuid("mail", card.run.id, card.run.profile, card.only, *to)
    # not email.message.EmailMessage: it folds long words of other alphabets wrongly (Python 3.11)
    text = MIMEText("", "plain", "us-ascii")
    text.set_payload(body(card, t), _charset())
    made: Message = text
    if attached:
        made = MIMEMultipart("mixed", f"=_{key}")
        made.attach(text)
        for name, data in attached.items():
            made.attach(_file(f"{card.only or 'scorecard'}.{name}", name, data))
    made["Subject"] = Header(subject(card), "utf-8", header_name="Subject").encode()
    if sender:
        made["From"] = sender
    if to:
        made["To"] = ", ".join(to)
    made["Date"] = format_datetime(card.run.finished or card.run.started)
    made["Message-ID"] = f"<{key}@press-scan.invalid>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation answers
    made["Content-Language"] = card.lang
    return made


def _charset() -> Charset:
    """UTF-8 as quoted-printable: lines stay short, and a person can read it."""
    utf8 = Charset("utf-8")
    utf8.body_encoding = QP
    return utf8


def _file(called: str, form: str, data: bytes) -> MIMEBase:
    part = MIMEBase(*TYPES[form])
    part.set_payload(data)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=called)
    return part


def body(card: Scorecard, t: Translator) -> str:
    """The text."""
    head = [subject(card), ""]
    if (card.agencies[0].time if card.only else card.time).since is None:
        head += [t("There was no run before that can be compared."), ""]
    end = t("Written by press-scan; the scorecard tells what was seen and how to mend it.")
    return "\n".join([*head, summary_text(card, WIDTH).rstrip(), "", "-- ", end, ""])


def hook_body(card: Scorecard, style: str) -> bytes:
    """What a web address is told: the figures, or the text alone."""
    t = Translator(card.lang)
    if style == "text":
        told: dict[str, Any] = {"text": body(card, t)}
    else:
        programme = card.programme
        told = {
            "schema": "press-scan/notice/1",
            "subject": subject(card),
            "run": card.run.id,
            "profile": card.run.profile,
            "complete": card.run.complete,
            "programme": {
                "name": programme.name, "counted": programme.counted,
                "compliant": programme.compliant, "percent": programme.percent,
                "time": time_of(card.time),
            },
            "agencies": [
                {"id": one.id, "name": one.name, "verdict": one.verdict, "score": one.score,
                 "serious": one.serious, "time": time_of(one.time)}
                for one in card.agencies
            ],
        }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode("utf-8", "backslashreplace")
