"""What raw HTML may hold once it is cleaned: elements, attributes, addresses and styles.

It is what WordPress lets authors write, more or less: text, tables, pictures and media, classes and ids for themes and
anchors, styles of letters and boxes; no forms, no scripts, no frames but the players of YouTube and Vimeo. Links get no
``rel`` of ours: those in Markdown get none either, and what to say of links is the site's own affair.
"""

from __future__ import annotations

import re

from publisher.content.tags import names

__all__ = ["ATTRIBUTES", "NEEDS", "SCHEMES", "TAGS", "kept_value"]

#: The elements that may stay; of others only the content does.
TAGS = names(
    "a abbr acronym address article aside audio b bdi bdo big blockquote br caption center cite code col colgroup data"
    " dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i iframe img ins kbd"
    " li main mark meter nav ol p picture pre progress q rp rt rtc ruby s samp section small source span strike strong"
    " sub summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr"
)

_ANYWHERE = names("aria-describedby aria-hidden aria-label aria-labelledby class dir id lang role style title")
_CELL = names("align colspan headers rowspan valign")
_MEDIA = names("controls crossorigin height loop muted poster preload src width")

#: The attributes that may stay on an element, and under ``*`` those that may on each.
ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": _ANYWHERE,
    "a": names("download href hreflang name rel target type"),
    "audio": _MEDIA - {"height", "poster", "width"},
    "blockquote": frozenset({"cite"}),
    "col": frozenset({"align", "span", "width"}),
    "colgroup": frozenset({"align", "span", "width"}),
    "data": frozenset({"value"}),
    "del": frozenset({"cite", "datetime"}),
    "details": frozenset({"name", "open"}),
    "div": frozenset({"align"}),
    "h1": frozenset({"align"}),
    "h2": frozenset({"align"}),
    "h3": frozenset({"align"}),
    "h4": frozenset({"align"}),
    "h5": frozenset({"align"}),
    "h6": frozenset({"align"}),
    "hr": frozenset({"align", "size", "width"}),
    "iframe": names("allow allowfullscreen frameborder height loading referrerpolicy src width"),
    "img": names("align alt border decoding fetchpriority height hspace loading sizes src srcset vspace width"),
    "ins": frozenset({"cite", "datetime"}),
    "li": frozenset({"value"}),
    "meter": names("high low max min optimum value"),
    "ol": frozenset({"reversed", "start", "type"}),
    "p": frozenset({"align"}),
    "progress": frozenset({"max", "value"}),
    "q": frozenset({"cite"}),
    "source": names("height media sizes src srcset type width"),
    "table": names("align border cellpadding cellspacing summary width"),
    "tbody": frozenset({"align", "valign"}),
    "td": _CELL | {"height", "width"},
    "tfoot": frozenset({"align", "valign"}),
    "th": _CELL | {"abbr", "height", "scope", "width"},
    "thead": frozenset({"align", "valign"}),
    "time": frozenset({"datetime"}),
    "tr": frozenset({"align", "valign"}),
    "track": names("default kind label src srclang"),
    "ul": frozenset({"type"}),
    "video": _MEDIA | {"playsinline"},
}

#: The schemes of addresses, which nh3 finds as browsers do; ``data`` is for pictures only: see :func:`kept_value`.
SCHEMES = names("data ftp ftps geo http https irc ircs mailto news sip sms tel webcal xmpp")
# What the page itself loads: from the web, or from beside itself.
_LOADED = re.compile(r"(?!\s*[a-z][a-z0-9+.-]*:)|\s*https?:", re.IGNORECASE)
_PICTURE = re.compile(r"\s*data:image/(?:avif|gif|jpeg|png|webp)[;,]", re.IGNORECASE)
_EMBEDDED = re.compile(
    r"(?:https:)?//(?:(?:www\.)?youtube\.com/embed/|www\.youtube-nocookie\.com/embed/|player\.vimeo\.com/video/)"
    r"[\w-]+(?:[?#][^\s]*)?"
)
# How something looks in its place; nothing that moves it elsewhere, hides it or loads something.
_STYLE = re.compile(
    r"(?!margin.*:.*-)(?:text-align|vertical-align|white-space|(?:min-|max-)?(?:width|height)|color|background-color"
    r"|font-(?:family|size|style|variant|weight)|line-height|text-(?:decoration|indent|transform)|float|clear"
    r"|(?:border|margin|padding)(?:-(?:top|right|bottom|left|color|style|width|radius|collapse|spacing))?)"
    r"\s*:\s*[\w\s.,%#-]+",
    re.IGNORECASE,
)

#: Elements that are nothing without their address.
NEEDS = {"iframe": "src", "img": "src", "source": "src", "track": "src"}


def kept_value(element: str, attribute: str, value: str) -> str | None:
    """What may stay of an attribute's value, once its name and the scheme of its address may."""
    if element == "iframe" and attribute == "src":
        return value if _EMBEDDED.fullmatch(value) else None
    if attribute == "srcset":
        return value if all(_LOADED.match(one) for one in value.split(",")) else None
    if attribute in ("src", "poster", "href"):
        squeezed = re.sub(r"[\x00-\x20]", "", value)
        if attribute == "href":
            return None if squeezed.lower().startswith("data:") else value
        return value if _LOADED.match(squeezed) or (element == "img" and _PICTURE.match(squeezed)) else None
    if attribute == "style":
        return "; ".join(one.strip() for one in value.split(";") if _STYLE.fullmatch(one.strip())) or None
    if element == "a" and attribute == "target":
        return value if value == "_blank" else None
    return value
