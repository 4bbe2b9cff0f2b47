"""The same Markdown as GitHub's cmark renders it: the reference of what an article says."""

from __future__ import annotations

from cmarkgfm import cmark

__all__ = ["reference_html"]

# Raw HTML and every URL as written; footnotes as on GitHub.
_OPTIONS = cmark.Options.CMARK_OPT_UNSAFE | cmark.Options.CMARK_OPT_FOOTNOTES
# All of GFM but its tag filter, which would spoil raw HTML that authors are allowed here.
_EXTENSIONS = ("table", "strikethrough", "tasklist")


def reference_html(markdown: str, *, bare_links: bool = True) -> str:
    """GFM with footnotes as HTML; with links from bare addresses, or only with those that are written as links."""
    extensions = (*_EXTENSIONS, "autolink") if bare_links else _EXTENSIONS
    html: str = cmark.markdown_to_html_with_extensions(markdown, options=_OPTIONS, extensions=extensions)
    return html
