"""What a reader gets from a page: its words, links, images and code, read from the tree that a browser builds.

It knows nothing of the renderers under test. Lexbor parses as browsers do (unclosed tags, tags across paragraphs), so
that two pages are compared by what is seen and not by how they are spelled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["Image", "Link", "Seen", "folded", "same_url", "seen"]

# What starts on a line of its own in a browser; everything else stands within a line.
_BLOCKS = re.compile(
    r"address|article|aside|blockquote|body|br|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset"
    r"|figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|html|iframe|img|input|legend|li|listing|main|menu|nav|ol"
    r"|optgroup|option|p|plaintext|pre|search|section|select|summary|table|tbody|td|textarea|tfoot|th|thead|tr|ul|xmp"
)
_UNSEEN = frozenset({"head", "script", "style", "template", "title", "-comment", "-doctype"})
# What HTML folds. U+00A0 and its like are text.
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_ESCAPE = re.compile(r"%(?P<code>[0-9A-Fa-f]{2})?")
# Encoded, these mean something else than bare.
_RESERVED = frozenset(b"%!#$&'()*+,/:;=?@[]")
_VIDEO = re.compile(
    r"https?://(?:[\w.]*\byoutube(?:-nocookie)?\.com/(?:watch\?(?:\S*&)?v=|embed/|shorts/|live/|v/)|youtu\.be/)"
    r"(?P<youtube>[\w-]{11})(?![\w-])\S*"
    r"|https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?(?P<vimeo>\d+)\S*"
)


class Link(NamedTuple):
    """A link. ``href`` of a link to a footnote is the footnote's text; ``text`` has the alt texts in brackets."""

    href: str
    text: str
    title: str = ""


class Image(NamedTuple):
    """An image; ``said`` is its title or its caption."""

    src: str
    alt: str
    said: str = ""


@dataclass(frozen=True)
class Seen:
    """What a page shows, in its order.

    ``words`` have the numbers of list items, the boxes of tasks and the names of videos in them, however a video is
    shown: by its bare address, a link that says its own address, or a player. ``code`` is each ``<pre>`` as it is.
    ``frames`` are the addresses of other frames.
    """

    words: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    code: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Short, for tables and failures: ``words | [text](href) | ![alt](src "said") | …``."""
        parts = [
            " ".join(self.words),
            " ".join(f"[{link.text}]({link.href}{f' {link.title!r}' if link.title else ''})" for link in self.links),
            " ".join(f"![{one.alt}]({one.src}{f' {one.said!r}' if one.said else ''})" for one in self.images),
            " ".join(map(repr, self.code)),
            " ".join(self.frames),
        ]
        return " | ".join(part for part in parts if part)


def seen(page: str) -> Seen:
    """What is seen of a piece of HTML or of block markup; block delimiters are comments and show nothing."""
    body = LexborHTMLParser(f"<!doctype html><body>{page}").body
    reader = _Reader(_by_id(body) if body else {})
    if body is not None:
        reader.read(body)
    return Seen(
        _words(reader.text),
        tuple(_links(reader.links)),
        tuple(reader.images),
        tuple(reader.code),
        tuple(reader.frames),
    )


def _links(found: Iterable[_OpenLink]) -> Iterator[Link]:
    """Links without those that the parser opens once more, because a raw ``<a>`` was not closed."""
    last = ""
    for one in found:
        link = Link(one.href, " ".join(_words(one.text)), one.title)
        if link.text or link.href != last:
            yield link
        last = link.href


def folded(text: str) -> str:
    """Text as a browser folds it."""
    return _BLANKS.sub(" ", text).strip(" ")


def same_url(url: str) -> str:
    """One spelling of a URL: no needless percent-encoding, host in Unicode."""
    raw = bytearray()
    at = 0
    for found in _ESCAPE.finditer(url):
        raw += url[at : found.start()].encode("utf-8", "surrogatepass")
        code = found["code"]
        if code is None:
            raw += b"%25"
        elif int(code, 16) in _RESERVED:
            raw += f"%{code.upper()}".encode()
        else:
            raw.append(int(code, 16))
        at = found.end()
    raw += url[at:].encode("utf-8", "surrogatepass")
    # What is no UTF-8 stays different from everything else.
    return _unicode_host(raw.decode("utf-8", "backslashreplace").strip())


def _words(pieces: Iterable[str]) -> tuple[str, ...]:
    said = folded("".join(pieces))
    return tuple(_video(word) or word for word in said.split(" ")) if said else ()


def _unicode_host(url: str) -> str:
    try:
        host = urlsplit(url).netloc
    except ValueError:
        return url
    shown = ".".join(_unicode_label(label) for label in host.split(".")).lower()
    return url.replace(host, shown, 1) if host else url


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _by_id(body: LexborNode) -> dict[str, LexborNode]:
    found: dict[str, LexborNode] = {}
    for node in body.css("[id]"):
        found.setdefault(node.attributes["id"] or "", node)
    return found


def _video(url: str) -> str:
    """``youtube:…`` or ``vimeo:…`` if the text is the address of a video and nothing else, or else nothing."""
    found = _VIDEO.fullmatch(url.strip())
    return f"{found.lastgroup}:{found[found.lastgroup]}" if found and found.lastgroup else ""


@dataclass
class _OpenLink:
    href: str
    title: str
    text: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self, by_id: Mapping[str, LexborNode]) -> None:
        self.text: list[str] = []
        self.links: list[_OpenLink] = []
        self.images: list[Image] = []
        self.code: list[str] = []
        self.frames: list[str] = []
        self._by_id = by_id
        self._open: list[_OpenLink] = []
        self._numbers: list[int | None] = []
        self._captions: set[int] = set()

    def say(self, text: str) -> None:
        self.text.append(text)
        for link in self._open:
            link.text.append(text)

    def read(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self.say(node.text_content or "")
        elif tag not in _UNSEEN:
            edge = " " if _BLOCKS.fullmatch(tag) else ""
            self.say(edge)
            self.element(tag, {name: value or "" for name, value in node.attributes.items()}, node)
            self.say(edge)

    def element(self, tag: str, attributes: Mapping[str, str], node: LexborNode) -> None:
        match tag:
            case "img":
                self.image(attributes)
            case "input" if attributes.get("type") == "checkbox":
                self.say("☑\ufe0e" if "checked" in attributes else "☐")
            case "iframe":
                self.frame(attributes.get("src", ""))
            case "figure":
                self.figure(node)
            case "a" if "href" in attributes:
                self.link(attributes, node)
            case "ol" | "ul" | "menu":
                self.list(attributes if tag == "ol" else None, node)
            case "li":
                self.item(node)
            case "pre":
                self.code.append(node.text().rstrip(" \t\n"))
                self.children(node)
            case "figcaption" if node.mem_id in self._captions:
                self.caption(node)
            case _:
                self.children(node)

    def children(self, node: LexborNode) -> None:
        for child in node.iter(include_text=True):
            self.read(child)

    def link(self, attributes: Mapping[str, str], node: LexborNode) -> None:
        href, text = attributes["href"], node.text()
        if _video(text) and _video(text) == _video(href):
            self.children(node)
            return
        note = self._by_id.get(unquote(href.removeprefix("#"))) if href.startswith("#") else None
        if note is not None and text.startswith("↩"):
            # The way back from a footnote: one for each reference, drawn in many ways.
            self.links.append(_OpenLink("the reference", ""))
            return
        if note is not None and node.parent is not None and node.parent.tag == "sup":
            href = f"note: {' '.join(_words(list(_texts(note))))}"
        link = _OpenLink(same_url(href), folded(attributes.get("title", "")))
        self.links.append(link)
        self._open.append(link)
        self.children(node)
        self._open.pop()

    def image(self, attributes: Mapping[str, str]) -> None:
        alt = folded(attributes.get("alt", ""))
        self.images.append(Image(same_url(attributes.get("src", "")), alt, folded(attributes.get("title", ""))))
        for link in self._open:
            link.text.append(f" [{alt}] ")

    def frame(self, src: str) -> None:
        if _video(src):
            self.say(src)
        else:
            self.frames.append(same_url(src))

    def figure(self, node: LexborNode) -> None:
        """The caption of an image belongs to it, as a title does."""
        images, captions = node.css("img"), node.css("figcaption")
        if len(images) == len(captions) == 1 and not images[0].attributes.get("title"):
            self._captions.add(captions[0].mem_id)
        self.children(node)

    def caption(self, node: LexborNode) -> None:
        inner = _Reader(self._by_id)
        inner.children(node)
        self.links += inner.links
        if self.images:
            self.images[-1] = self.images[-1]._replace(said=" ".join(_words(inner.text)))

    def list(self, attributes: Mapping[str, str] | None, node: LexborNode) -> None:
        start = attributes.get("start", "1") if attributes is not None else ""
        self._numbers.append(None if attributes is None else int(start) if re.fullmatch(r"-?\d+", start) else 1)
        self.children(node)
        self._numbers.pop()

    def item(self, node: LexborNode) -> None:
        number = self._numbers[-1] if self._numbers else None
        if number is not None:
            self.say(f"{number}. ")
            self._numbers[-1] = number + 1
        self.children(node)


def _texts(node: LexborNode) -> Iterator[str]:
    """The text of a footnote without the way back."""
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            yield child.text_content or ""
        elif not (child.tag == "a" and child.text().startswith("↩")):
            yield " " if _BLOCKS.fullmatch(child.tag or "") else ""
            yield from _texts(child)
            yield " " if _BLOCKS.fullmatch(child.tag or "") else ""
