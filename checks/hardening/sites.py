"""Who may read and write the files of a host's sites, and what lies in them."""

from __future__ import annotations

import re

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import Undecided, Unknown, found, need
from facts.declared import Target
from facts.host.hardening import HardeningFacts
from facts.host.hardening.sites import Site

NO_SITES = "No site's files lie on this host"
SHOWN = 20

# The first version that stores new passwords with bcrypt or Argon2.  Sources: WordPress 6.8's field
# guide, Joomla 3.2's release notes, Drupal's change record 3322420 (10.1), TYPO3 9's changelog.
STRONG_SINCE = {"wordpress": (6, 8), "joomla": (3, 2), "drupal": (10, 1), "typo3": (9, 0)}


@check(Severity.HIGH)
def code_secrets(host: HardeningFacts) -> Verdict:
    """No password, token or private key lies in the code under the web root.

    Known configuration files are aside; the check of files' permissions looks at them.

    Why: code is copied, backed up, shown to developers and sometimes served by mistake; with it
        goes every password that stands in it.
    Fix: move the secret to a configuration file outside the web root that only the application may
        read, and change it: it must count as known.
    """
    roots = need(host.web_roots)
    keys, words = need(host.keys_in_code), need(host.passwords_in_code)
    if keys.count or words.count:
        return failed(
            "Secrets lie in the code under the web root",
            key_files=list(keys.files)[:SHOWN],
            password_files=list(words.files)[:SHOWN],
            count=keys.count + words.count,
        )
    if not roots:
        return not_applicable(NO_SITES)
    _whole(keys.whole)
    _whole(words.whole)
    return passed("No secret was found in the code", folders=list(roots)[:SHOWN])


@check(Severity.HIGH)
def password_hashes(host: HardeningFacts, target: Target) -> Verdict:
    """The CMS stores passwords with bcrypt, Argon2, scrypt or PBKDF2; judged by its version.

    Why: when the database is stolen, weakly hashed passwords of editors are guessed within hours,
        and then used everywhere else.
    Fix: update the CMS to a version that uses bcrypt or Argon2, or add a plug-in that does, and let
        everybody log in once, so that the stored values are renewed.
    """
    sites = need(host.sites)
    weak = [_told(site) for site in sites if _strong(site) is False]
    if weak:
        return failed("A CMS stores passwords by a weak or unlisted method", cms=weak[:SHOWN])
    for site in sites:
        need(_strong(site))
    _whole(host.sites_whole)
    if sites:
        return passed(
            "The CMS stores passwords by a strong method", cms=[_told(s) for s in sites][:SHOWN]
        )
    if "cms" in target.roles:
        raise Undecided("The host has the role of a CMS, but none that press-scan knows was found")
    return not_applicable("No CMS that press-scan knows lies on this host")


@check(Severity.HIGH)
def secrets(host: HardeningFacts) -> Verdict:
    """Shadow, private keys, CMS and database configuration files are not world-readable.

    Why: whoever gets into the smallest service on the host can read these files, and with them the
        database, the certificates or every account's password hash.
    Fix: take the right to read from others (chmod o=), and give the files to the group that needs
        them, such as www-data.
    """
    files = need(host.readable)
    if seen := [path for path, readable in files.items() if readable is True]:
        return failed(
            "Files with secrets can be read by every account", files=seen[:SHOWN], count=len(seen)
        )
    found(files, files)
    if not files:
        raise Undecided("No file with secrets was found, not even the accounts'")
    return passed("Files with secrets are kept from other accounts", files=len(files))


@check(Severity.HIGH)
def web_root(host: HardeningFacts) -> Verdict:
    """The web server's account cannot write code in the web root beyond declared upload folders.

    Why: a hole in a plug-in lets an attacker write as that account. Where it can write code, one
        upload is a program of theirs on your server.
    Fix: give the code to an account of its own (root or a deploy user) and take the right to write
        from the web server's account; leave it the upload and cache folders only.
    """
    accounts, roots = need(host.web_accounts), need(host.web_roots)
    if not accounts:
        return not_applicable("No web server is on this host")
    writable = need(host.writable)
    if writable.count:
        return failed(
            "The web server's account can write code in the web root",
            files=list(writable.files)[:SHOWN],
            count=writable.count,
            accounts=list(accounts),
        )
    if not roots:
        return not_applicable(NO_SITES)
    _whole(writable.whole)
    return passed(
        "The web server's account cannot write code in the web root",
        folders=list(roots)[:SHOWN],
        accounts=list(accounts),
    )


def _whole(whole: bool | Unknown) -> None:
    """Nothing found counts only where everything was looked at."""
    if not need(whole):
        raise Undecided("Not everything in the sites' folders was looked at")


def _strong(site: Site) -> bool | Unknown:
    if site.hashing:
        return site.hashing == "bcrypt"
    numbers = tuple(int(part) for part in re.findall(r"[0-9]{1,6}", site.version)[:2])
    since = STRONG_SINCE.get(site.product)
    if since is None or not numbers:
        return Unknown("The CMS does not say its version", site.path[:160])
    return numbers >= since


def _told(site: Site) -> str:
    return " ".join(part for part in (site.product, site.version, site.hashing) if part)[:80]
