"""A sentence with blanks: English as it stands, and what a translator needs to say it otherwise."""

from __future__ import annotations


class Message(str):
    """A string that remembers its template and what was filled in.

    `Message('unknown key "{key}"', key="adress")` is the English text; a catalogue is looked up by
    `template` and filled with `args`.  The template is a literal: blanks are `{name}` only.
    """

    template: str
    args: dict[str, object]

    __slots__ = ("args", "template")

    def __new__(cls, template: str, /, **args: object) -> Message:
        """Fill the template in."""
        message = super().__new__(cls, template.format(**args) if args else template)
        message.template = template
        message.args = args
        return message

    @classmethod
    def of(cls, template: str, /, **args: object) -> Message:
        """The same for a template that was marked with `N_` elsewhere."""
        return cls(template, **args)

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """For pickle and copy."""
        return (self.template,), self.args


def N_(template: str) -> str:  # noqa: N802  # gettext's name for it
    """Mark a literal for translation, and hand it back as it is."""
    return template
