"""What belongs to the author's tools and must not be seen on a page: templates, components, private paths, dead links.

Code is never looked at: blocks, spans, and what stands in ``<pre>``, ``<code>`` and their like. Nor are comments,
scripts and styles, which no reader sees. A backslash before the first bracket says that the text is meant as it is.
A WordPress shortcode such as ``[gallery]`` is content: it cannot be told from text, and WordPress knows it.

Images are not looked at either: a local one becomes an asset, or is refused when it is looked for. Addresses from the
root of the site (``/about/``) mean the target's site. How each kind looks is told in :mod:`publisher.content.signs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from urllib.parse import unquote

from markdown_it.token import Token

from publisher.content.heads import heads, may_hold_a_head
from publisher.content.markdown import parse
from publisher.content.prose import BLANK, Prose, prose
from publisher.content.signs import HTML, JSX_ATTRIBUTES, MARKS, Sign, signs, template
from publisher.content.tags import attributes
from publisher.models.article import Leak

__all__ = ["FoundLeak", "find_leaks", "may_leak"]


class FoundLeak(NamedTuple):
    """A leak: the line of the body (from 1), a short excerpt of what stands there, and what to do about it."""

    kind: Leak
    line: int
    found: str
    hint: str


_HINTS: Final[dict[Leak, str]] = {
    "front-matter": "Write one front matter, at the very top of the file",
    "liquid": "Write what the template would put there, or mark it as code if it shall be read",
    "shortcode": "Write it in Markdown or HTML, or mark it as code if it shall be read",
    "mdx": "Write it in Markdown or HTML, or mark it as code if it shall be read",
    "admonition": "Write it as a quotation that begins with a bold word",
    "attribute-list": "Remove it: only a heading may have one, {#its-id}",
    "wiki-link": "Write it as [text](https://…)",
    "local-path": "Link to an address on the web",
    "relative-link": "Write the whole address, or one from the root of the site on: /…",
}

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_LOCAL = re.compile(r"[Ff][Ii][Ll][Ee]:|[A-Za-z]:[\\/]|\\|~/|/(?:home|Users|Volumes)/[^/]+/.|/mnt/[a-z]/")
_ADDRESSES = frozenset({"href", "poster", "src", "srcset"})


def find_leaks(body: str) -> list[FoundLeak]:
    """All leaks of a body, in the order of its lines."""
    tokens = parse(body)
    found: list[Sign] = [(line, "front-matter", said) for line, said in heads(_with_plain_line_ends(body), tokens)]
    found += _in_prose(tokens)
    return [
        FoundLeak(kind, line, _excerpt(said), f"{_HINTS[kind]}; or allow it: allow: [{kind}].")
        for line, kind, said in sorted(found, key=lambda one: one[0])
    ]


def _with_plain_line_ends(body: str) -> str:
    return body.replace("\r\n", "\n").replace("\r", "\n") if "\r" in body else body


def _excerpt(written: str) -> str:
    said = " ".join(re.sub(f"{BLANK}+", "…", written).split())
    return said if len(said) <= 60 else said[:59] + "…"


# --- Whether to look at all -----------------------------------------------------------------------------------------

# An address that is fine beyond doubt: a scheme or # begins it, or it plainly begins at the site's root. Quantifiers
# are possessive, since giving a blank back would make every address doubtful.
_FINE = r"""(?:(?!file:)[a-z][a-z0-9+.-]+:|\#|/(?!(?:home|users|volumes|mnt)/)[a-z0-9_.-]*(?:[/?\#)"'\s>]|\Z))"""
_DOUBTFUL_LINK = re.compile(rf"\](?:\(|:)\s*+<?+(?!{_FINE})", re.IGNORECASE)
_DOUBTFUL_ATTRIBUTE = re.compile(rf"""\b(?:href|src|poster)[\s>]*+=[\s>]*+["']?+(?!{_FINE})""", re.IGNORECASE)
_BRACE = re.compile(r"\{[{%#:./]|\{\s*[.#]|=\{|\{\s*[\w:-]+=")
_COMPONENT = re.compile(r"</?[A-Z]")
_ESM_LINE = re.compile(r"^\s*(?:import|export)\b", re.MULTILINE)


def may_leak(body: str) -> bool:
    """Whether :func:`find_leaks` can find something: a look at the text without parsing it.

    ``False`` is certain. ``True`` is not: code holds the same signs.
    """
    body = _with_plain_line_ends(body)
    lower = body.lower()
    return bool(
        any(mark in body for mark in MARKS)
        or "file:" in lower
        or ("{" in body and _BRACE.search(body))
        or _DOUBTFUL_LINK.search(body)
        or ("<" in body and (_COMPONENT.search(body) or _may_hold_a_lost_address(body, lower)))
        or (("import" in body or "export" in body) and _ESM_LINE.search(body))
        or may_hold_a_head(body)
    )


def _may_hold_a_lost_address(body: str, lower: str) -> bool:
    if any(name in lower for name in ("srcset", *JSX_ATTRIBUTES)):
        return True
    return any(name in lower for name in ("href", "src", "poster")) and bool(_DOUBTFUL_ATTRIBUTE.search(body))


def _is_worth_a_look(text: str) -> bool:
    return (
        "{" in text
        or any(mark in text for mark in MARKS)
        or "file:" in text.lower()
        or text.startswith(("import", "export"))
        or ("<" in text and bool(_COMPONENT.search(text)))
    )


# --- Looking --------------------------------------------------------------------------------------------------------


def _in_prose(tokens: Sequence[Token]) -> Iterator[Sign]:
    """The leaks of all texts with their lines."""
    open_containers = 0
    for piece in prose(tokens, _is_worth_a_look):
        found = [*signs(piece), *_links(piece), *_tags(piece)]
        for at, kind, said in sorted(found, key=lambda one: one[0]):
            if kind == "admonition" and not said.strip(" \t:") and open_containers:
                open_containers -= 1  # the end of what was told already
                continue
            open_containers += kind == "admonition" and said.lstrip().startswith(":::")
            yield piece.line_of(at), kind, said


def _links(piece: Prose) -> Iterator[Sign]:
    for link in piece.links:
        written = unquote(link.href)
        at = next((at for one in (link.href, written) if (at := piece.text.find(one, link.at)) >= 0), -1)
        made = template(written)
        if made and at < 0:
            # It stands in the definition of a reference; in the text it is found as all others are.
            yield link.at, *made
        kind = _lost(link.href)
        if kind and not made:
            yield max(at, link.at), kind, written


def _tags(piece: Prose) -> Iterator[Sign]:
    for tag in piece.tags:
        if tag.kind != "open":
            continue
        if tag.name not in HTML and tag.written[1].isupper():
            yield tag.start, "mdx", tag.written
        for attribute in attributes(tag.written):
            at = tag.start + attribute.start
            if attribute.name in JSX_ATTRIBUTES:
                yield at, "mdx", tag.written
            if attribute.name in _ADDRESSES and not (tag.name == "img" and attribute.name == "src"):
                for address in _addresses(attribute.name, attribute.value):
                    kind = _lost(address)
                    if kind:
                        yield at, kind, address


def _addresses(name: str, value: str) -> Sequence[str]:
    """The addresses in an attribute, but for those that a template writes."""
    if "{" in value:
        return ()
    if name != "srcset":
        return (value.strip(),)
    return () if "data:" in value else [one.split()[0] for one in value.split(",") if one.strip()]


def _lost(address: str) -> Leak | None:
    """What an address is that does not lead to where it led for the author."""
    if _LOCAL.match(unquote(address)):
        return "local-path"
    return "relative-link" if address and not address.startswith(("#", "/")) and not _SCHEME.match(address) else None
