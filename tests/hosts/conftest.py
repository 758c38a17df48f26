"""The session's lab.  Where the machine has no root or no namespaces the tests say so and skip;
where CI=true, that is a failure."""

from __future__ import annotations

import os

import pytest

from tests.lab.hosts_session import session
from tests.lab.roots import NoLab


@pytest.fixture(scope="session")
def lab():
    try:
        with session() as lab:
            yield lab
    except NoLab as reason:
        no_lab(reason)


def no_lab(reason: object) -> None:
    """Skip with the reason, or fail where the lab must be."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"the lab must run here: {reason}")
    pytest.skip(str(reason))
