"""Whether a body is so plain that nothing has to be looked for in it.

Parsing Markdown costs many times what everything else about loading an article does. Most bodies hold no image of
their own and nothing of an author's tools, and their characters alone prove it. A doubt means no: then the parser
decides. So this may call a body doubtful that is not, and must never do the opposite.
"""

from __future__ import annotations

import re

__all__ = ["is_plain", "may_hold_images"]

# What may begin something that is looked for, by its first character: most texts do not hold most of these at all, and
# a search for one character is many times quicker than one for any of several.
_DOUBTS = {
    "{": re.compile(r"\{"),  # templates, attributes, MDX
    "}": re.compile(r"\}"),
    "\\": re.compile(r"\\"),  # escapes, paths of Windows
    # A bracket that closes anything but a link to the web or within the page, its definition, or a task's box: local
    # images and links, wiki links, shortcodes, callouts, footnotes, reference links.
    "]": re.compile(r"\](?!(?:\(|:)[ \t]*<?(?:https?://|mailto:|\#))(?<![-*+][ \t]\[[ xX]\])(?<!\d[.)][ \t]\[[ xX]\])"),
    "<": re.compile(r"<(?=[A-Za-z/!?])(?!https?://)"),  # HTML, but not an address between < and >
    "/": re.compile(r"/(?<=[\s\"'(=~>:]/)[\w.]"),  # a path that begins with / or ~/ or C:/
    ":": re.compile(r":(?=::|(?<=[Ff][Ii][Ll][Ee]:)/)"),  # an admonition, a file's address
    "&": re.compile(r"&(?=\#?\w+;)"),  # a character that is not what it looks like
    "!": re.compile(r"!(?=!!)"),  # admonitions
    "?": re.compile(r"\?(?=\?\?)"),
    "%": re.compile(r"%(?=%)"),  # a comment of Obsidian
    "\n": re.compile(r"\n(?:---|\+\+\+|[ \t]*(?:import|export)\b)"),  # a second head, MDX
    "`": re.compile(r"`(?=``)"),  # a fence that was not told from text
    "~": re.compile(r"~(?=~~)"),
}

# Fenced code at the left margin: from its first line to one with the same sign, as often or more often, or to the end.
_SIGN_AGAIN = r"\ {0,3}(?P=sign)(?:(?<=`)`*|(?<=~)~*)[ \t]*(?:\n|\Z)"
_CODE = re.compile(
    rf"""
    \n (?P<sign> `{{3,}} (?=[^`\n]*(?:\n|\Z)) | ~{{3,}} ) [^\n]*
    (?: \n (?!{_SIGN_AGAIN}) [^\n]* )*
    (?: \n (?={_SIGN_AGAIN}) [^\n]* )?
    """,
    re.VERBOSE,
)


def is_plain(body: str) -> bool:
    """Whether a body can hold neither a local image nor a leak, whatever the parser makes of it."""
    text = f"\n{body}\n"
    if ("`" in text and "\n```" in text) or ("~" in text and "\n~~~" in text):
        # Such a fence begins code if nothing doubtful stands before it: no list, quote or HTML block can hold it. What
        # is left of any other makes a doubt.
        text = _CODE.sub("", text)
    for first, doubt in _DOUBTS.items():  # noqa: SIM110 - any() costs as much as some of the searches
        if first in text and doubt.search(text):
            return False
    return True


# An image that is not plainly on the web; and the definition of a reference that is not, which an image may lead to.
_LOCAL_IMAGE = re.compile(r"!\[(?![^][\\`<\n]*\]\(<?https?://)")
_LOCAL_REFERENCE = re.compile(r"\]:(?![ \t]*<?https?://)")


def may_hold_images(body: str) -> bool:
    """Whether a body can hold an image that is not on the web."""
    if "<img" in body.lower() or _LOCAL_IMAGE.search(body):
        return True
    return "![" in body and _LOCAL_REFERENCE.search(body) is not None
