"""The content management system behind a site."""

from checks.cms import outside

__all__ = ["outside"]
