"""What a site's content management system shows to a stranger."""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import Undecided, found, need
from facts.cms import CmsFacts, Trials
from facts.cms_table import BY_ID
from facts.declared import Target, Vantage

UNKNOWN_SYSTEM = "No content management system was recognised"


def known(cms: CmsFacts, target: Target) -> Verdict | None:
    """None when the system is known; where there ought to be one, an unknown one decides nothing.

    Raises `Undecided`.
    """
    if cms.product:
        return None
    if "cms" in target.roles:
        raise Undecided(UNKNOWN_SYSTEM, cms.base[:200])
    return not_applicable(UNKNOWN_SYSTEM)


def name_of(cms: CmsFacts) -> str:
    """The system's name."""
    return BY_ID[cms.product].name if cms.product in BY_ID else ""


def _shown(cms: CmsFacts, trials: Trials) -> list[str]:
    """Where it showed; all must be known where it showed nowhere."""
    return [f"{cms.base}{path}"[:300] for path in found(trials, trials)]


@check(Severity.CRITICAL)
def installer(cms: CmsFacts, target: Target) -> Verdict:
    """No installer or upgrade script of the content management system is ready to run.

    Why: whoever opens a waiting installer first sets the administrator's password, and owns the
        site.
    Fix: finish the installation or the upgrade, then delete the installer, or deny its address in
        the web server.
    """
    other = known(cms, target)
    ready = _shown(cms, cms.installer)
    if ready:
        return failed("An installer is ready to run", system=name_of(cms), urls=ready)
    return other or (
        passed("No installer is ready to run", system=name_of(cms), tried=len(cms.installer))
        if cms.installer
        else not_applicable("No installer of this system is known")
    )


@check(Severity.HIGH)
def admin_exposed(cms: CmsFacts, target: Target) -> Verdict:
    """The log-in page of the newsroom's system can't be reached from outside.

    Why: passwords are guessed and stolen; a log-in page that the whole world reaches is where that
        is tried, day and night.
    Fix: let only the newsroom's addresses or a VPN reach it, or put a second lock before it in the
        web server.
    """
    if target.vantage is Vantage.INTERNAL:
        return not_applicable("From inside, editors must reach the log-in page")
    pages = _shown(cms, cms.admin)
    if pages:
        return failed("The editors' log-in is open to the world", system=name_of(cms), urls=pages)
    if not cms.product and "cms" in target.roles:
        raise Undecided(UNKNOWN_SYSTEM, cms.base[:200])
    return passed("No log-in page for editors was found", tried=len(cms.admin))


@check(Severity.HIGH)
def debug(cms: CmsFacts) -> Verdict:
    """Messages for developers are off, and no log of them is public.

    Why: they show paths, queries and sometimes passwords, and spare an attacker the search.
    Fix: switch debugging off on the public site, write errors to a log outside of the web folder,
        and delete a public debug.log.
    """
    public = _shown(cms, cms.debug)
    if public:
        return failed("Messages for developers are public", system=name_of(cms), urls=public)
    if not cms.debug:
        raise Undecided("This was not tried", cms.base[:200])
    return passed("No messages for developers were seen", tried=len(cms.debug))


@check(Severity.MEDIUM)
def user_listing(cms: CmsFacts, target: Target) -> Verdict:
    """The names of editors and administrators can't be listed by a stranger.

    Why: with the names known, only the passwords are left to guess.
    Fix: close the interface that lists users for those who are not logged in, and let author pages
        use pen names that are no log-in names.
    """
    other = known(cms, target)
    lists = _shown(cms, cms.users)
    if lists:
        return failed("A stranger can list the users", system=name_of(cms), urls=lists)
    return other or (
        passed("No list of users was found", system=name_of(cms), tried=len(cms.users))
        if cms.users
        else not_applicable("No list of users of this system is known")
    )


@check(Severity.MEDIUM)
def legacy_api(cms: CmsFacts, target: Target) -> Verdict:
    """Old interfaces with a log-in of their own, such as XML-RPC, are closed.

    Why: they know no lockout and no second factor: one request tries hundreds of passwords.
    Fix: deny the address in the web server (for WordPress: /xmlrpc.php), unless an application of
        yours needs it; then let only its addresses in.
    """
    other = known(cms, target)
    answers = _shown(cms, cms.legacy)
    if answers:
        return failed("An old log-in interface answers", system=name_of(cms), urls=answers)
    return other or (
        passed("No old log-in interface answers", system=name_of(cms), tried=len(cms.legacy))
        if cms.legacy
        else not_applicable("No old interface of this system is known")
    )


@check(Severity.MEDIUM)
def registration(cms: CmsFacts, target: Target) -> Verdict:
    """Strangers can't make themselves an account in the newsroom's system.

    Why: many attacks need an account first; one that anybody may open is half the way in.
    Fix: switch registration off in the system's settings; readers' accounts belong in a system of
        their own.
    """
    other = known(cms, target)
    forms = _shown(cms, cms.registration)
    if forms:
        return failed("Strangers may open an account", system=name_of(cms), urls=forms)
    return other or (
        passed("Nobody can open an account", system=name_of(cms), tried=len(cms.registration))
        if cms.registration
        else not_applicable("No registration page of this system is known")
    )


@check(Severity.LOW)
def version_hidden(cms: CmsFacts, target: Target) -> Verdict:
    """The site does not tell strangers the exact version of its content management system.

    Why: with the exact version, attackers pick the sites that a new hole is in, within hours.
    Fix: take the version out of pages, feeds and files' addresses; but above all, update soon.
    """
    version, exact = need(cms.version), need(cms.exact)
    if version and exact:
        return failed(
            "The exact version is shown",
            system=name_of(cms), version=version[:60], at=cms.version_at[:300],
        )  # fmt: skip
    return known(cms, target) or passed(
        "The exact version is not shown", system=name_of(cms), shown=version[:60]
    )
