"""An example of a third party's checks: what `docs/writing-a-check.md` tells, as a package."""
