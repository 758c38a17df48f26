"""What a page's markup says: forms, what it loads, links, and policies in meta elements.  Pure.

Scripts are not run: what they add later is not seen.  The content of `template` is not loaded by
browsers and is passed over; that of `noscript` is for some readers, and counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from facts.http import Answer
from facts.markup import End, Start, Text, tokens
from facts.site import Form, Link, Page, Resource
from facts.urls import absolute

MOST = 3000  # resources of one page that are kept
MOST_FORMS = 200
MOST_LINKS = 1000
TEXT = 200  # characters of a text that are kept

# What each element loads, by its attributes.  `link` depends on its rel.
_LOADS = {
    "script": ("src",),
    "img": ("src",),
    "source": ("src",),
    "iframe": ("src",),
    "frame": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
    "body": ("background",),
    "table": ("background",),
    "td": ("background",),
}
_SETS = {"img": "srcset", "source": "srcset", "link": "imagesrcset"}
_LOADING_RELS = frozenset(
    [
        "stylesheet",
        "icon",
        "apple-touch-icon",
        "apple-touch-icon-precomposed",
        "mask-icon",
        "manifest",
        "preload",
        "prefetch",
        "modulepreload",
    ]
)
_SCRIPT_TYPES = re.compile(
    r"(?:|module|(?:text|application)/(?:x-)?(?:java|ecma)script(?:1\.\d)?|text/(?:jscript|livescript))"
)
_CSS = re.compile(
    r"(?:url\(\s{0,20}[\"']?|@import\s{1,20}[\"'])(https?://[^\"')\s<>]{1,2000})", re.IGNORECASE
)


@dataclass
class _OpenForm:
    key: str
    method: str
    actions: list[str]
    password: bool = False


@dataclass
class _Reader:
    """What has been seen of one page so far."""

    base: str
    title: str = ""
    forms: list[_OpenForm] = field(default_factory=list)
    current: _OpenForm | None = None
    strays: list[str] = field(default_factory=list)  # form attributes of password fields
    resources: list[Resource] = field(default_factory=list)
    links: list[tuple[str, list[str]]] = field(default_factory=list)
    in_link: bool = False
    in_body: bool = False
    based: bool = False
    metas: dict[str, list[str]] = field(default_factory=dict)
    cut: bool = False

    def take(self, tag: Start) -> None:
        """One start tag."""
        self.in_body = self.in_body or tag.name == "body"
        reader = getattr(self, f"_on_{tag.name}", None)
        if reader:
            reader(tag)
        for url in _loaded(tag):
            self._loads(url, tag)
        for url in _CSS.findall(tag.content if tag.name == "style" else tag.get("style")):
            self._loads(url, Start("css"))

    def _loads(self, url: str, tag: Start) -> None:
        place = absolute(self.base, url)
        if not place.startswith(("http:", "https:")):
            return
        if len(self.resources) >= MOST:
            self.cut = True
            return
        self.resources.append(
            Resource(
                url=place,
                tag=tag.name,
                integrity=tag.get("integrity")[:TEXT],
                crossorigin="crossorigin" in tag.attributes,
                executes=tag.name == "script" and _runs(tag),
            )
        )

    def _on_base(self, tag: Start) -> None:
        if tag.get("href") and not self.based:
            self.base, self.based = absolute(self.base, tag.get("href")) or self.base, True

    def _on_title(self, tag: Start) -> None:
        self.title = self.title or " ".join(tag.content.split())[:TEXT]

    def _on_meta(self, tag: Start) -> None:
        name = (tag.get("http-equiv") or tag.get("name")).strip().lower()
        if name == "content-security-policy" and self.in_body:
            return  # browsers heed it in the head only
        if name in ("content-security-policy", "referrer") and tag.get("content"):
            self.metas.setdefault(name, []).append(tag.get("content")[:8000])

    def _on_a(self, tag: Start) -> None:
        self.in_link = bool(tag.get("href")) and len(self.links) < MOST_LINKS
        if self.in_link:
            hint = [tag.get("title"), tag.get("aria-label")]
            self.links.append((absolute(self.base, tag.get("href")), hint))

    def _on_form(self, tag: Start) -> None:
        if self.current is not None:
            return  # a form inside a form is none
        if len(self.forms) >= MOST_FORMS:
            self.cut = True
            return
        method = tag.get("method").strip().lower() or "get"
        self.current = _OpenForm(tag.get("id"), method[:20], [self._action(tag.get("action"))])
        self.forms.append(self.current)

    def _on_button(self, tag: Start) -> None:
        if tag.get("formaction") and self.current:
            self.current.actions.append(self._action(tag.get("formaction")))

    def _on_input(self, tag: Start) -> None:
        self._on_button(tag)
        kind = tag.get("type").strip().lower()
        if kind == "image":
            self._loads(tag.get("src"), tag)
        if kind != "password":
            return
        if "form" in tag.attributes or self.current is None:
            self.strays.append(tag.get("form"))
        else:
            self.current.password = True

    def _action(self, reference: str) -> str:
        return absolute(self.base, reference) if reference.strip() else ""

    def text(self, text: str) -> None:
        """One text between tags."""
        if self.in_link and text.strip():
            words = self.links[-1][1]
            if sum(map(len, words)) < TEXT:
                words.append(text.strip()[:TEXT])

    def end(self, name: str) -> None:
        """One end tag."""
        if name == "form":
            self.current = None
        elif name == "a":
            self.in_link = False


def read_page(answer: Answer) -> Page:
    """Read an HTML answer.  One that is no HTML is a page with nothing in it."""
    page = Page(url=answer.url, status=answer.status, cut=answer.truncated)
    if not is_html(answer):
        return page
    reader = _Reader(base=answer.url)
    for token in _outside_templates(answer.body):
        if isinstance(token, Start):
            reader.take(token)
        elif isinstance(token, End):
            reader.end(token.name)
        else:
            reader.text(token.text)
    return Page(
        url=answer.url,
        status=answer.status,
        title=reader.title,
        forms=_forms(reader, answer.url),
        resources=tuple(reader.resources),
        links=tuple(Link(url, " ".join(filter(None, text))[:TEXT]) for url, text in reader.links),
        policies=tuple(reader.metas.get("content-security-policy", ())),
        referrers=tuple(reader.metas.get("referrer", ())),
        cut=answer.truncated or reader.cut,
    )


def is_html(answer: Answer) -> bool:
    """Does the answer call itself HTML, or look like it without saying what it is?"""
    kind = answer.header("Content-Type").lower()
    return "html" in kind if kind else answer.body.lstrip()[:1] == "<"


def _outside_templates(body: str) -> Iterator[Start | End | Text]:
    depth = 0
    for token in tokens(body):
        if isinstance(token, Start) and token.name == "template":
            depth += 1
        elif isinstance(token, End) and token.name == "template":
            depth = max(0, depth - 1)
        elif not depth:
            yield token


def _loaded(tag: Start) -> Iterator[str]:
    """The references that a browser fetches for this tag."""
    names = _LOADS.get(tag.name, ())
    if tag.name == "link" and _LOADING_RELS & set(tag.get("rel").lower().split()):
        names = ("href",)
    yield from (tag.get(name) for name in names if tag.get(name).strip())
    for candidate in tag.get(_SETS.get(tag.name, "")).split(","):
        yield from candidate.split()[:1]


def _runs(tag: Start) -> bool:
    """Is it a script that browsers run, and no data block?"""
    return bool(_SCRIPT_TYPES.fullmatch(tag.get("type").partition(";")[0].strip().lower()))


def _forms(reader: _Reader, page: str) -> tuple[Form, ...]:
    forms = list(reader.forms)
    for key in reader.strays:  # password fields outside their form, or of none: a script sends them
        owner = next((form for form in forms if key and form.key == key), None)
        if owner is None:
            owner = _OpenForm(key, "script", [""])
            if len(forms) < MOST_FORMS:
                forms.append(owner)
        owner.password = True
    return tuple(
        Form(
            method=form.method,
            actions=tuple(dict.fromkeys(action or page for action in form.actions)),
            password=form.password,
        )
        for form in forms
    )
