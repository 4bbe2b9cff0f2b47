"""Block markup of which it is known what the editors make of it."""

from __future__ import annotations

__all__ = ["BAD", "BAD_IN_6_1", "GOOD", "PARAGRAPH", "REWRITTEN"]


def block(name: str, inner: str, attributes: str = "") -> str:
    return f"<!-- wp:{name} {attributes + ' ' if attributes else ''}-->\n{inner}\n<!-- /wp:{name} -->"


def listed(*items: str, tag: str = "ul", attributes: str = "") -> str:
    inner = "\n\n".join(block("list-item", f"<li>{item}</li>") for item in items)
    return block("list", f'<{tag} class="wp-block-list">{inner}</{tag}>', attributes)


def quote(inner: str) -> str:
    return block("quote", f'<blockquote class="wp-block-quote">{inner}</blockquote>')


def figure(name: str, inner: str, attributes: str = "") -> str:
    return block(name, f'<figure class="wp-block-{name}">{inner}</figure>', attributes)


def rows(cell: str, tag: str = "table") -> str:
    return f"<{tag}><tbody><tr><td>{cell}</td></tr></tbody></table>"


H2, H4 = '<h2 class="wp-block-heading">H</h2>', '<h4 class="wp-block-heading">H</h4>'
IMAGE = '<img src="a.png" alt="A"/>'
RULE = '<hr class="wp-block-separator has-alpha-channel-opacity"/>'
WRAPPER = '<div class="wp-block-embed__wrapper">\nhttps://e.org/v\n</div>'
PARAGRAPH = block("paragraph", "<p>x</p>")
PORTABLE, ORDERED, PYTHON = '{"hasFixedLayout":false}', '{"ordered":true}', '{"className":"language-py"}'

GOOD = {
    "paragraph": block("paragraph", "<p>a <em>b</em> AT&amp;T “q” é&nbsp;—<br>🥖 שלום</p>"),
    "heading": block("heading", H2),
    "heading of level 4": block("heading", H4, '{"level":4}'),
    "list": listed("a", "b" + listed("c")),
    "ordered list": listed("a", tag="ol", attributes=ORDERED),
    "quote": quote(PARAGRAPH),
    "code": block("code", '<pre class="wp-block-code language-py"><code>a&#91;0]</code></pre>', PYTHON),
    "image": figure("image", IMAGE),
    "table": figure("table", rows("1"), PORTABLE),
    "separator": block("separator", RULE),
    "html": block("html", "<details><summary>S</summary>in</details>"),
    "more": block("more", "<!--more-->"),
    "embed": figure("embed", WRAPPER, '{"url":"https://e.org/v"}'),
    "two blocks": f"{PARAGRAPH}\n\n{PARAGRAPH}",
}
# Markup, the fault that it is in the current editor, and the block that has it.
BAD = {
    "heading tag unlike its level": (block("heading", H2, '{"level":3}'), "invalid", "core/heading"),
    "ordered list that does not say so": (listed("a", tag="ol"), "invalid", "core/list"),
    "class on the code tag": (
        block("code", '<pre class="wp-block-code"><code class="language-py">x</code></pre>'),
        "invalid",
        "core/code",
    ),
    "code without its class": (block("code", "<pre><code>x</code></pre>"), "invalid", "core/code"),
    "image class without the id": (
        figure("image", '<img src="a.png" alt="A" class="wp-image-7"/>'),
        "invalid",
        "core/image",
    ),
    "table without its figure": (block("table", rows("1"), PORTABLE), "invalid", "core/table"),
    "paragraph that is not closed": (block("paragraph", "<p>a <em>b</p>"), "invalid", "core/paragraph"),
    "bad block in a quote": (quote(block("heading", H4)), "invalid", "core/heading"),
    "caption without its class": (
        figure("image", f"{IMAGE}<figcaption>C</figcaption>"),
        "migrated",
        "core/image",
    ),
    "separator without its class": (
        block("separator", '<hr class="wp-block-separator"/>'),
        "migrated",
        "core/separator",
    ),
    "list of plain items": (block("list", "<ul><li>a</li></ul>"), "migrated", "core/list"),
    "bare HTML": ("<div>x</div>", "freeform", "core/freeform"),
    "comment after the last block": (f"{PARAGRAPH}\n\n<!-- mark -->", "freeform", "core/freeform"),
    "bare more": (f"{PARAGRAPH}\n\n<!--more-->\n\n{PARAGRAPH}", "freeform", "core/freeform"),
    "block that nobody knows": (block("acme/thing", "<div>x</div>"), "missing", "acme/thing"),
}
# Valid, but opening and saving would change them.
REWRITTEN = {
    "break with a slash": block("paragraph", "<p>a<br />b</p>"),
    "default value written out": block("heading", H2, '{"level":2}'),
    "one newline between blocks": f"{PARAGRAPH}\n{PARAGRAPH}",
    "bare sign in text": block("paragraph", "<p>a > b</p>"),
}
DETAILS = f'<details class="wp-block-details"><summary>S</summary>{PARAGRAPH}</details>'
# What only the editor of 6.1 does not take, with the fault there.
BAD_IN_6_1 = {
    "details": (block("details", DETAILS), "missing"),
    "table of today's default": (figure("table", rows("1", 'table class="has-fixed-layout"')), "invalid"),
    "HTML that is not closed": (block("html", "<div>x"), "invalid"),
}
