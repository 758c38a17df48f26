"""What a site's content management system shows to a stranger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from facts.base import Unknown

Trials = Mapping[str, bool | Unknown]  # path → it showed the thing itself


@dataclass(frozen=True)
class Component:
    """A plug-in or theme that the site's pages name."""

    kind: str  # "plugin", "theme"
    name: str  # its folder's name
    version: str | Unknown  # "": none is shown
    proof: str = ""  # where it was read


@dataclass(frozen=True)
class CmsFacts:
    """One site.  No body is kept: it may hold names, and secrets."""

    observed_at: datetime
    base: str  # scheme, name and port, and the folder of the installation
    product: str  # "wordpress"; "": none was recognised
    proof: str  # what gave it away
    version: str | Unknown  # as it is shown; "": none is
    exact: bool | Unknown  # the version names one release, and not only its line
    version_at: str = ""  # where it was read
    components: tuple[Component, ...] | Unknown = ()
    admin: Trials = field(default_factory=dict)  # a log-in for editors answers
    installer: Trials = field(default_factory=dict)  # an installer is ready to run
    users: Trials = field(default_factory=dict)  # names of users are listed
    legacy: Trials = field(default_factory=dict)  # an old interface with a log-in answers
    debug: Trials = field(default_factory=dict)  # messages for developers are public
    registration: Trials = field(default_factory=dict)  # strangers may make an account
    requests: int = 0  # that the visit cost
