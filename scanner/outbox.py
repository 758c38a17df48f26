"""Hands a message to an SMTP server, or posts it to a web address: encrypted, and verified.

No error shows a secret, nor a web address, which may be one.
"""

from __future__ import annotations

import hashlib
import hmac
import smtplib
import ssl
import time
from collections.abc import Callable
from email.message import Message as Letter
from pathlib import Path
from typing import TypeVar

import requests

from facts.message import Message
from scanner.credentials import CredentialError, resolve
from scanner.notify_settings import Mail, Webhook, hook
from scanner.version import scanner_version

WAITS = (1.0, 4.0)  # seconds before another try
SECONDS = 20.0  # for each step
SIGNATURE = "X-Press-Scan-Signature"
T = TypeVar("T")


class NotSent(Exception):
    """It could not be handed over; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class _Later(NotSent):
    """It may go later."""


def post_mail(to: Mail, message: Letter, folder: Path) -> None:
    """Hand it over, to all recipients or none.

    `folder` is where `ca` is relative to.  Raises `NotSent`.
    """
    secret = _resolved(to.password)
    context = _context(to.ca, folder)

    def once() -> None:
        try:
            with _server(to, context) as server:
                if secret is not None:
                    server.login(to.user, secret)
                refused = server.send_message(message)
        except smtplib.SMTPAuthenticationError as error:
            raise NotSent(Message("the mail server refused the log-in")) from error
        except smtplib.SMTPRecipientsRefused as error:
            raise NotSent(Message("the mail server refused every recipient")) from error
        except smtplib.SMTPResponseException as error:
            said = Message("the mail server answered {code}", code=error.smtp_code)
            raise (_Later if 400 <= error.smtp_code < 500 else NotSent)(said) from error
        except ssl.SSLCertVerificationError as error:
            raise NotSent(Message("the mail server's certificate is not trusted")) from error
        except smtplib.SMTPNotSupportedError as error:
            raise NotSent(Message("the mail server offers no encryption or log-in")) from error
        except (OSError, smtplib.SMTPException) as error:
            raise _Later(Message("the mail server could not be reached")) from error
        if refused:
            raise NotSent(Message("the mail server refused some recipients"))

    _tried(once)


def _server(to: Mail, context: ssl.SSLContext) -> smtplib.SMTP:
    if to.security == "tls":
        return smtplib.SMTP_SSL(to.host, to.port, timeout=SECONDS, context=context)
    server = smtplib.SMTP(to.host, to.port, timeout=SECONDS)
    if to.security == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


def post_hook(to: Webhook, body: bytes, folder: Path) -> None:
    """Post it; redirections are not followed.  Raises `NotSent`."""
    url = to.url or _resolved(to.url_from) or ""
    try:
        hook(url)
    except ValueError as error:
        raise NotSent(Message("the web address is none that is posted to")) from error
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"press-scan/{scanner_version()}",
    }
    secret = _resolved(to.secret)
    if secret is not None:
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers[SIGNATURE] = f"sha256={digest}"
    verify: bool | str = str(folder / to.ca) if to.ca else True

    def once() -> None:
        try:
            with requests.post(
                url, data=body, headers=headers, timeout=SECONDS, allow_redirects=False,
                verify=verify, stream=True,
            ) as answer:  # fmt: skip
                code = answer.status_code
        except requests.exceptions.SSLError as error:
            raise NotSent(Message("the web server's certificate is not trusted")) from error
        except requests.RequestException as error:
            raise _Later(Message("the web server could not be reached")) from error
        if not 200 <= code < 300:
            said = Message("the web server answered {code}", code=code)
            raise (_Later if code == 429 or code >= 500 else NotSent)(said)

    _tried(once)


def _tried(once: Callable[[], None]) -> None:
    for wait in (*WAITS, None):
        try:
            once()
        except _Later:
            if wait is None:
                raise
            time.sleep(wait)
        else:
            return


def _resolved(reference: str | None) -> str | None:
    if reference is None:
        return None
    try:
        return resolve(reference).reveal()
    except CredentialError as error:
        raise NotSent(error.message) from error


def _context(ca: str, folder: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(folder / ca) if ca else None)
    except (OSError, ssl.SSLError) as error:
        raise NotSent(Message("the file of the authority cannot be read")) from error
