"""The content management system behind a site."""

from checks.cms import outside, versions

__all__ = ["outside", "versions"]
