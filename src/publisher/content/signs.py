"""How the syntax of other tools looks in a text: templates, shortcodes, components, admonitions, attributes, wikis.

All quantifiers are bounded: what is longer is not one of these, and looking for an end that is not there must be quick.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from publisher.content.allowlist import TAGS
from publisher.content.prose import BLANK, Prose, without
from publisher.content.tags import names
from publisher.models.article import Leak

__all__ = ["HTML", "JSX_ATTRIBUTES", "MARKS", "signs", "template"]

#: Where in a text, what, and what stands there.
Sign = tuple[int, Leak, str]

#: What a text must have one of, or a brace, or ``<`` and a capital, or ``import`` or ``export`` at its start.
MARKS = ("[[", "[!", ":::", "!!!", "???")

# https://gohugo.io/content-management/shortcodes/; {{</* x */>}} is how Hugo writes one that is to be seen.
_SHORTCODE = re.compile(r"\{\{[<%](?:(?!\}\}).){0,2000}?[>%]\}\}", re.DOTALL)

# Liquid, Jinja, Handlebars and Vue: {{ x }}, {{{ x }}}, {% x %}, {# x #}. Braces around nothing are no template.
_LIQUID = re.compile(
    r"\{{2,3}(?=[^{}]*\w)(?:(?!\}\}).){1,1000}\}{2,3}|\{%(?:(?!%\}).){1,1000}%\}|\{\#\s(?:(?!\#\}).){1,1000}\s\#\}",
    re.DOTALL,
)
# TeX between dollars, where braces are its own: $\frac{{a}}{2}$. Prices hold none of \ ^ _.
_TEX = re.compile(r"\$\$(?:(?!\$\$).){1,1000}\$\$|\$(?=\S)(?=[^$\n]*[\\^_])[^$\n]{1,500}(?<=\S)\$", re.DOTALL)

# https://mdxjs.com/docs/what-is-mdx/: import and export where a paragraph begins, and nothing like them in prose.
_ESM = re.compile(
    r"""
    import\s+(?:[\w$*{][^'"\n;]*(?:\n[^'"\n;]*){0,20}?\sfrom\s+)?(?:'[^'\n]+'|"[^"\n]+")[ \t]*;?[ \t]*(?=\n|\Z)
    | export\s+(?:
        (?:const|let|var)\s+[\w$]+\s*=
        | (?:async\s+)?function\b\s*\*?\s*[\w$]*\s*\(
        | class\s+\w+\s*(?:extends\b|\{)
        | default\s+(?:function\b|class\b|async\b|[({]|[\w$.]+\(|[\w$.]+;)
        | \{[^}]*\}
        | \*\s+from\b
    )[^\n]*
    """,
    re.VERBOSE,
)
# A comment, or an attribute that is an expression. style={{a: b}} holds an object; without a name it is a template.
_JSX = re.compile(
    r"""
    \{/\*(?:(?!\*/).){0,1000}\*/\}
    | <[A-Za-z][\w.:-]*\s(?:[^<>={}]|=(?!\{)){0,500}=\{(?:\{[^{}|]*(?::|\.\.\.)[^{}|]*\}\}|(?!\{)[^\n]{0,40})
    """,
    re.VERBOSE | re.DOTALL,
)
# No tag of Markdown has a dot in its name, so it stands there as text. After a word it is a type: List<A.B>.
_DOTTED = re.compile(r"(?<!\w)</?[A-Z]\w*(?:\.[A-Za-z]\w*)+(?=[\s/>])")

#: Attributes that only JSX has, in lower case.
JSX_ATTRIBUTES = frozenset({"classname", "htmlfor"})

#: The elements of HTML. Browsers know them in capitals too; what else begins with a capital is a component.
HTML = TAGS | names(
    "applet area base basefont blink body button canvas datalist dialog dir embed fieldset font form frame frameset"
    " head html image input keygen label legend link map marquee math menu menuitem meta meter nobr noembed noframes"
    " noscript object optgroup option output param plaintext portal progress script search select slot style svg"
    " template textarea title xmp"
)

_ATTRIBUTE = r"""(?:[.#][A-Za-z_][\w:.-]*|[\w:-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s{}"'=]+))"""
# https://kramdown.gettalong.org/syntax.html#inline-attribute-lists and its extensions, for Python-Markdown too; then
# those of Pandoc and others: #id and .class at the end of a line or behind an element, key=value behind a link or code.
_ATTRIBUTE_LIST = re.compile(
    rf"""
    \{{:\s*(?:{_ATTRIBUTE}|(?:no_)?toc)(?:\s+(?:{_ATTRIBUTE}|[\w-]+))*\s*\}}
    | \{{::\w[^{{}}\n]*\}} | \{{:/\w*\}}
    | (?:^|(?<=[\s\])*_{BLANK}]))\{{\s*[.#][A-Za-z_][\w:.-]*(?:\s+(?:{_ATTRIBUTE}|[\w-]+))*\s*\}}(?=[ \t]*$)
    | (?:(?<=\])|(?<={BLANK})|(?<=\]\()[^()\n]*\))(?P<list>\{{\s*{_ATTRIBUTE}(?:\s+{_ATTRIBUTE})*\s*\}})
    """,
    re.VERBOSE | re.MULTILINE,
)
# The parser understands this one.
_HEADING_ID = re.compile(r"[ \t]*\{#[^\s{}#]+\}[ \t]*$")

# ":::note" of Docusaurus and VuePress, "::: {.note}" of Pandoc; ":::" ends it.
_CONTAINER = re.compile(r"^[ \t]*:{3,}[ \t]*(?:[A-Za-z{\[].*)?$", re.MULTILINE)
# '!!! note "Title"' and '??? note' of Material for MkDocs: a type that it knows, or a title in quotes.
_MKDOCS = re.compile(
    r"""^[ \t]*(?:!!!|\?\?\?\+?)[ \t]+(?:(?:note|abstract|summary|tldr|info|todo|tip|hint|important|success|check|done
    |question|help|faq|warning|caution|attention|failure|fail|missing|danger|error|bug|example|quote|cite|seealso)
    \b(?:[ \t]+\w+)*(?:[ \t]+".*")?|\w+[ \t]+"[^"\n]*")[ \t]*$""",
    re.MULTILINE | re.VERBOSE,
)
# "> [!NOTE]": an alert to GitHub and a callout to Obsidian, and the word in brackets everywhere else.
_ALERT = re.compile(r"\[![A-Za-z][\w-]*\][+-]?(?:[ \t].*)?$", re.MULTILINE)

# A page has a letter in its name: [[1]] and [[1, 2]] are notes and numbers. Behind a word it is an index: x[[i]].
_WIKI = re.compile(r"!?(?<![A-Za-z0-9_)\]])\[\[(?!\s)(?=[^\]\n]*[^\W\d])(?P<page>[^\[\]\n]+)\]\](?![(\[])")

# The parser takes no file: for a link, so that all of it is seen.
_FILE = re.compile(r"(?:\]\(\s*<?|\]:\s*<?|<)(?P<path>file:[^\s<>)]*)", re.IGNORECASE)

# What each must have to be there, the kind, and how it looks. TeX is in the way only.
_ROW: Final[tuple[tuple[str, Leak | None, re.Pattern[str]], ...]] = (
    ("{{", "shortcode", _SHORTCODE),
    ("$", None, _TEX),
    ("{", "mdx", _JSX),
    ("<", "mdx", _DOTTED),
    ("{", "liquid", _LIQUID),
    (":::", "admonition", _CONTAINER),
    ("!!!", "admonition", _MKDOCS),
    ("???", "admonition", _MKDOCS),
    ("{", "attribute-list", _ATTRIBUTE_LIST),
)


def signs(piece: Prose) -> Iterator[Sign]:
    """The signs in a text, kind by kind: each kind sees only what the kinds before it have left."""
    bare = piece.bare
    if piece.block == "heading":
        own = _HEADING_ID.search(bare)
        bare = without(bare, own.start(), own.end()) if own else bare
    if piece.block == "paragraph" and piece.level == 1:
        at = 0
        while esm := _ESM.match(bare, at):
            yield at, "mdx", esm[0]
            at = esm.end() + 1
    for mark, kind, look in _ROW:
        for found in look.finditer(bare) if mark in bare else ():
            group = "list" if kind == "attribute-list" and found["list"] else 0
            if kind:
                yield found.start(group), kind, found[group]
            bare = without(bare, found.start(group), found.end(group))
    if piece.block == "alert" and (alert := _ALERT.match(bare)):
        yield 0, "admonition", alert[0]
    for file in _FILE.finditer(bare) if ":" in bare else ():
        yield file.start("path"), "local-path", file["path"]
    for wiki in _WIKI.finditer(bare) if "[[" in bare else ():
        # "[[see]]" is a link in brackets where a reference is called "see".
        if piece.block == "html" or "[[" + re.split(r"\W", wiki["page"], maxsplit=1)[0] in piece.shown:
            yield wiki.start(), "wiki-link", wiki[0]


def template(address: str) -> tuple[Leak, str] | None:
    """The template that an address is made with, if it is."""
    shortcode, liquid = _SHORTCODE.search(address), _LIQUID.search(address)
    if shortcode:
        return "shortcode", shortcode[0]
    return ("liquid", liquid[0]) if liquid else None
