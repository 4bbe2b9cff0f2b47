"""A body that is called plain holds no image and no leak, whatever the parser makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.glance import is_plain, may_hold_images
from publisher.content.images.finding import image_sources
from publisher.content.leaks import find_leaks

PLAIN = [
    "",
    "Words, *emphasis* and `code`. And / or, 3 < 4, R&D, 50 %, who?! At 10:30.",
    "# One\n\n## Two\n\n1. a\n2. b\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "[a link](https://example.com/x?y=1#z) and [another]( <http://example.com> 'title') and [here](#part)",
    "![remote](https://example.com/a.png)",
    "<https://example.com> and https://example.com/a/b and [mail](mailto:a@example.com)",
    "[a](https://example.com) [b]: https://example.com/b",
    "- [ ] open\n* [x] done\n1. [X] done too",
    "```html\n<img src=a.png>\n{{ x }}\n![a](b.png)\n```\n\nText\n\n~~~~\n~~~\n[[x]]\n~~~~\n",
    "```\nnever closed ![a](b.png)",
    "~~~ `x`\n![a](b.png)\n   ~~~~~ \t\ntext",
    "```\n" + "{{ x }}\n" * 10_000 + "```",
]
DOUBTFUL = [
    "![a](b.png)",
    "![a]\n(b.png)",
    "![a](\nb.png)",
    "![a][r]\n\n[r]: b.png",
    "![r]\n\n[r]:\n  b.png",
    "> ![a](\n> https://example.com/a.png)",
    "<img src=b.png>",
    "text <IMG SRC=b.png>",
    "<!-- c --> ```\n",
    "<div>\n```\n![a](b.png)\n```\n</div>",
    "> ```\n![a](b.png)\n```\n",
    "- ```\n```\n![a](b.png)\n```",
    "   ```\n```\n![a](b.png)\n\n```\n```",
    "````\n```\n````\n![a](b.png)",
    "``` a`b\n![a](b.png)\n```",
    "```\n```~\n```\n![a](b.png)",
    "~~~ `x`\n~~~~\n![a](b.png)",
    "~~~\n```\n~~~\n![a](b.png)\n```",
    "```\n\t```\n```\n![a](b.png)",
    "[a](other.md)",
    "[a](/other)",
    "[[wiki]]",
    "{{ liquid }}",
    "{% tag %}",
    "> [!NOTE]\n> x",
    ":::note\nx\n:::",
    "!!! note\n    x",
    "??? note\n    x",
    "import X from './x'",
    "<Component />",
    "see C:\\Users\\ana\\a.png",
    "see file:///home/ana/a.png",
    "see /home/ana/a.png",
    "---\ntitle: x\n---\n",
    "text\n\n+++\ntitle = 'x'\n+++\n",
    "&#123;&#123; x",
]


@pytest.mark.parametrize("body", PLAIN)
def test_what_most_articles_hold_is_plain(body):
    """Prose, links to the web, tables, tasks, and fenced code whatever is in it."""
    assert is_plain(body)
    assert image_sources(body) == []
    assert find_leaks(body) == []


@pytest.mark.parametrize("body", DOUBTFUL)
def test_what_may_be_looked_for_is_doubtful(body):
    """At the start, or after something plain."""
    assert not is_plain(body)
    assert not is_plain(f"Text\n\n```\ncode\n```\n\n{body}")


@pytest.mark.parametrize(
    ("body", "may"),
    [
        ("![a](https://e.org/a.png) [![b](<http://e.org/b.png>)](c.md)", False),
        ("text [r]: b.png", False),
        ("![a](b.png)", True),
        ("![a](//e.org/b.png)", True),
        ("![a](https://e.org/not an address)\n\n[a]: b.png", True),
        ("![a\\](https://e.org) b](c.png)", True),
        ("![`](https://e.org)` b](c.png)", True),
        ("<IMG src=https://e.org/a.png>", True),
    ],
)
def test_images_on_the_web_need_no_file(body, may):
    """But one whose address is none leads to the reference of its name."""
    assert may_hold_images(body) is may


_PIECES = [
    "![a](b.png)", "![r](https://e.org/a b)", "![", "](https://e.org)",
    "![r]", "[r]: b.png", "<img src=b.png>", "[a](https://e.org)", "[a](b.md)", "{{ x }}", "[[w]]",
    "```", "~~~", "````", "~~~~", "`", "``", "text", "- ", "> ", "1. ", "    ", "  ", "\t", "\n", "\n\n", "# ", "<div>",
    "</div>", "<!--", "-->", "---", "+++", "title: x", ":::", "[x]", "[ ]", "\\", "|", "](", "]: ", "(", ")", "<", ">",
    "https://e.org/", "/home/ana/", "file:///x", "&lt;", "!", "[", "import x from 'y'", "{: .a}", "*", "_",
]  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))
def test_plain_is_never_said_wrongly(body):
    """For any mixture of what means something in Markdown."""
    if is_plain(body):
        assert image_sources(body) == []
        assert find_leaks(body) == []
    if not may_hold_images(body):
        assert image_sources(body) == []
