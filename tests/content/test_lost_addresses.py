"""Links to the author's disk, and links that lead nowhere from the page, are found before they are published."""

from __future__ import annotations

import pytest
from leaks_found import found


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[a](file:///Users/ana/a.pdf)", "file:///Users/ana/a.pdf"),
        ("![a](file:///a.png)", "file:///a.png"),
        ("<file:///home/ana/a>", "file:///home/ana/a"),
        ("[a]: file:///a\n\n[a]", "file:///a"),
        ("[a](C:\\docs\\a.pdf)", "C:\\docs\\a.pdf"),
        ("[a](<C:\\Program Files\\a.pdf>)", "C:\\Program Files\\a.pdf"),
        ("[a](c:/docs/a.pdf)", "c:/docs/a.pdf"),
        ("[a](/Users/ana/a.pdf)", "/Users/ana/a.pdf"),
        ("[a](/home/ana/a%20b.pdf)", "/home/ana/a b.pdf"),
        ("[a](/&#104;ome/ana/a)", "/home/ana/a"),
        ("[a](/mnt/c/a)", "/mnt/c/a"),
        ("[a](/Volumes/Data/a)", "/Volumes/Data/a"),
        ("[a](\\\\\\\\server\\share)", "\\\\server\\share"),
        ("[a](~/a.pdf)", "~/a.pdf"),
        ("[a][b]\n\n[b]: ~/a.pdf", "~/a.pdf"),
        ("<a href='file:///a'>b</a>", "file:///a"),
        ("<a href=\"\\\\server\\share\">b</a>", "\\\\server\\share"),
        ("<video src='/home/ana/a.mp4'></video>", "/home/ana/a.mp4"),
        ("<video poster='C:\\a.png'></video>", "C:\\a.png"),
    ],
)  # fmt: skip
def test_private_paths_are_found(body, said):
    """In links, in pictures that are none because of it, and in HTML."""
    assert [(kind, text) for kind, _, text in found(body)] == [("local-path", said)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[a](b.md)", "b.md"),
        ("[a](../b/)", "../b/"),
        ("[a](./b c.html)", None),
        ("[a](<b c.html>)", "b c.html"),
        ("[a](b%20c.html)", "b c.html"),
        ("[a](größe.md)", "größe.md"),
        ("[a](?b=c)", "?b=c"),
        ("[a](b.md#c)", "b.md#c"),
        ("[a](@/blog/b.md)", "@/blog/b.md"),
        ("[a](www.e.org/b)", "www.e.org/b"),
        ("[a](a@e.org)", "a@e.org"),
        ("[a][b]\n\n[b]: c.md", "c.md"),
        ("[![a](a.png)](a-large.png)", "a-large.png"),
        ("[`a`](b.md)", "b.md"),
        ("<a href=b.html>c</a>", "b.html"),
        ("<A HREF='b.html'>c</A>", "b.html"),
        ("<div>\n<a class=x\nhref='b.html'>c</a></div>", "b.html"),
        ("<video src=a.mp4></video>", "a.mp4"),
        ("<video><source src='a.mp4'></video>", "a.mp4"),
        ("<video poster='a.png'></video>", "a.png"),
        ("<iframe src='a.html'></iframe>", "a.html"),
        ("<script src='a.js'></script>", "a.js"),
        ("<img src='/a.png' srcset='/a.png 1x, b.png 2x'>", "b.png"),
        ("> <a href=\n> 'b.html'>c</a>", "b.html"),
    ],
)
def test_links_that_lead_nowhere_are_found(body, said):
    """A page at the target has other neighbours than the file."""
    assert [(kind, text) for kind, _, text in found(body)] == ([("relative-link", said)] if said else [])


@pytest.mark.parametrize(
    "body",
    [
        "[a](https://e.org) [b](HTTP://e.org) [c](//e.org/x) [d](#e) [f](/about/) [g](/) [h](/home/) [i]()",
        "[a](mailto:a@e.org) [b](tel:+49) [c](obsidian://x) [d](data:image/png;base64,AA==)",
        "[a](/home) [b](/home/team) [c](/users/ana/x) [d](/mnt/data)",
        "https://e.org/x www.e.org a@e.org <https://e.org> <a@e.org>",
        "setup.py and Node.js and ../x/ and ~/x and C:\\x and /home/ana/x.pdf",
        "![a](a.png) <img src=a.png> <img src='C:\\a.png'>",
        "`[a](b.md)` and \\[a](b.md)",
        "<!-- <a href=b.md> --> <code><a href=b.md></code>",
        "<a name=b>c</a> <a href>d</a> <a href=''>e</a> <a href='#f'>g</a> <p data-href=b.md title='href=b'></p>",
        "[^1]\n\n[^1]: text",
        "[unused]: b.md",
    ],
)
def test_addresses_that_lead_somewhere_are_fine(body):
    """The web, the page itself, the target's own site; images are looked for elsewhere."""
    assert found(body) == []
