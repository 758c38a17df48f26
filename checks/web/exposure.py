"""What a site must not show: files, listings, status pages, inner workings.  And security.txt."""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, passed
from facts.base import found, need
from facts.paths import ODD_REQUESTS, PathFacts
from facts.security_txt import PLACES, problems
from facts.signatures import FILES, FOLDERS, STATUS_PAGES

MOST_NAMED = 20  # finds that a finding lists


@check(Severity.CRITICAL)
def exposed_files(paths: PathFacts) -> Verdict:
    """No repository metadata, environment file, dump, archive, key, backup copy of a configuration
    or phpinfo page can be fetched.

    Why: such files hold passwords and source code.  Robots look for them all day, and one of them
    is often enough to take the site over.
    Fix: delete the file from the web folder, then change every password and key that was in it:
    somebody has it already.  Keep backups outside the web folder, publish without `.git`, and have
    the server refuse names that begin with a dot or end like a backup.
    """
    if exposed := found(paths.files, FILES):
        return failed("Files that nobody should see can be fetched", **_finds(paths, exposed))
    return passed("None of the files tried can be fetched", tried=len(FILES))


@check(Severity.MEDIUM)
def listing(paths: PathFacts) -> Verdict:
    """No folder of those tried lists its files.

    Why: a listing shows drafts, uploads and backups that no page links to.
    Fix: turn listings off: nginx `autoindex off;` (the default), Apache `Options -Indexes`, IIS
    `directoryBrowse enabled="false"`.
    """
    if listed := found(paths.listings, FOLDERS):
        return failed("Folders list their files", **_finds(paths, listed))
    return passed("None of the folders tried lists its files", tried=len(FOLDERS))


@check(Severity.MEDIUM)
def status_pages(paths: PathFacts) -> Verdict:
    """No status page of the server or of its runtime is public.

    Why: these pages show what visitors ask for, inner addresses, and sometimes passwords.
    Fix: allow them from the monitoring server only: nginx `allow` and `deny all`, Apache
    `Require local`, Spring `management.endpoints.web.exposure.include=health`.
    """
    if shown := found(paths.status_pages, STATUS_PAGES):
        return failed("Status pages are public", **_finds(paths, shown))
    return passed("None of the status pages tried is public", tried=len(STATUS_PAGES))


@check(Severity.MEDIUM)
def errors(paths: PathFacts) -> Verdict:
    """An error page shows no stack trace, SQL error or file path.

    Why: inner workings tell an attacker which software runs, where it lies, and how to break it.
    Fix: write errors to a log and show a plain page: PHP `display_errors = Off`, ASP.NET
    `<customErrors mode="RemoteOnly"/>`, Django `DEBUG = False`, Laravel `APP_DEBUG=false`.
    """
    if shown := found(paths.errors, ODD_REQUESTS):
        return failed("Error pages show inner workings", **_finds(paths, shown))
    return passed("The error pages tried show no inner workings", tried=len(ODD_REQUESTS))


@check(Severity.INFO)
def security_txt(paths: PathFacts) -> Verdict:
    """There is a valid, unexpired security.txt (RFC 9116).

    Why: whoever finds a hole in the site must know whom to tell, before others find it.
    Fix: serve `/.well-known/security.txt` over HTTPS as text/plain, with a `Contact:` and an
    `Expires:` less than a year away, and renew it every year.
    """
    file = need(paths.security_txt)
    if file is None:
        return failed("There is no security.txt", tried=list(PLACES))
    seen = {"url": file.url, "contact": list(file.contacts)}
    if file.expires:
        seen["expires"] = file.expires.isoformat()
    if wrong := problems(file, paths.observed_at):
        return failed("The security.txt is not valid", problems=wrong, **seen)
    return passed("The security.txt is valid", **seen)


def _finds(paths: PathFacts, keys: list[str]) -> dict[str, object]:
    """Which trials came true, and what each showed."""
    shown = {key: paths.seen.get(key, key) for key in keys[:MOST_NAMED]}
    return {"found": [s if s.startswith("/") else f"{k}: {s}" for k, s in shown.items()]}
