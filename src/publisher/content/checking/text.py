"""What is wrong with a text: images without words, headings out of order, brackets that mean nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from publisher.content.checking.anatomy import Anatomy
from publisher.models.checkup import Finding

__all__ = ["about_text"]


def about_text(title: str, body: str, parts: Anatomy) -> Iterator[Finding]:
    """Warnings about a body, with its lines. ``title`` may be empty."""
    if not body.strip():
        yield _warning("empty body", "the article has a title and nothing below it", "Write a text.")
    yield from _headings(title, parts)
    for picture in parts.pictures:
        if picture.alt is None:
            yield _warning(
                "missing alt text",
                f"the image {picture.src!r} has no alt text",
                'Say in a few words what it shows; if it is decoration, write it as <img src="…" alt="">.',
                picture.line,
            )
    for reference in parts.undefined:
        footnote = reference.written.startswith("[^")
        noun = "footnote" if footnote else "reference"
        yield _warning(
            "broken reference",
            f"{reference.written} is shown as it stands: there is no such {noun}",
            "Define it below the text, or write a backslash before the bracket if it is meant.",
            reference.line,
        )


def _headings(title: str, parts: Anatomy) -> Iterator[Finding]:
    first = [heading for heading in parts.headings if heading.level == 1]
    if first:
        again = first[0].text and first[0].text.casefold() == title.casefold()
        many = f", one of {len(first)} in the text" if len(first) > 1 else ""
        what = "the title stands in the text once more" if again else f"a heading of level 1 besides the title{many}"
        yield _warning(
            "second title", what, "Begin with ##: the title is the page's only heading of level 1.", first[0].line
        )
    for above, below in pairwise(parts.headings):
        if below.level > above.level + 1:
            yield _warning(
                "skipped heading level",
                f"a heading of level {below.level} follows one of level {above.level}",
                f"Make it one of level {above.level + 1}.",
                below.line,
            )


def _warning(subject: str, what: str, remedy: str, line: int | None = None) -> Finding:
    return Finding(verdict="warning", subject=subject, what=what, remedy=remedy, line=line)
