"""A well-kept WordPress site, as strangers see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from facts.cms import CmsFacts, Component
from facts.host.cms import CmsInside
from tests.factories import GOOD

GOOD[CmsFacts] = CmsFacts(
    observed_at=datetime(2026, 11, 23, 3, 0, tzinfo=UTC),
    base="https://www.bao.test",
    product="wordpress",
    proof="link (https://www.bao.test/)",
    version="",
    exact=False,
    components=(Component("theme", "bao-xuan", "", "/"),),
    admin={"/wp-login.php": False},
    installer={"/wp-admin/install.php": False},
    users={"/wp-json/wp/v2/users": False, "/?author=1": False},
    legacy={"/xmlrpc.php": False},
    debug={"/wp-content/debug.log": False, "/": False},
    registration={"/wp-login.php?action=register": False},
    requests=18,
)
GOOD[CmsInside] = CmsInside(
    components=(
        Component("plugin", "akismet", "5.3", "/srv/bao/wp-content/plugins/akismet/akismet.php"),
        Component("theme", "bao-xuan", "1.0", "/srv/bao/wp-content/themes/bao-xuan/style.css"),
    ),
    whole=True,
)


def cms(**changes: object) -> CmsFacts:
    """The good facts, otherwise changed."""
    return replace(GOOD[CmsFacts], **changes)
