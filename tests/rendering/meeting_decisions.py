"""Which Markdown a decision is about: patterns, and questions that no pattern can answer.

They may say yes to more than they are about, which then is not compared, but never to less: the property tests would
find it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from urllib.parse import unquote

__all__ = [
    "IN",
    "bare_link_behind_bracket",
    "mark_beside_symbol",
    "marks_of_two_lengths",
    "odd_comment",
    "odd_footnote",
    "odd_table",
    "pattern",
    "shown_otherwise_when_decoded",
    "stray_div_end",
    "tilde_beside_star",
]


def pattern(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern, re.MULTILINE).search


# How a line begins inside quotes and lists.
IN = r"^(?:[ >]|[-+*] +|\d+[.)] +)*"
_RUN = re.compile(r"[*_~]+")
_RULER = re.compile(r"(?P<edge>[ >]*)(?P<ruler>\|?(?:[ \t]*:?-+:?[ \t]*\|)*(?:[ \t]*:?-+:?[ \t]*)?)")
_HEAD = re.compile(r"(?P<edge>(?:[ >]|[-+*] +|\d+[.)] +)*)(?P<row>.*)")
_COMMENT = re.compile(r"<!--(?!-?>)(?:(?!--).)*-->", re.DOTALL)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*")
_DIV = re.compile(r"<(/?)div\b")


def _around(markdown: str, run: re.Match[str]) -> tuple[str, str]:
    return markdown[run.start() - 1 : run.start()] or " ", markdown[run.end() : run.end() + 1] or " "


def mark_beside_symbol(markdown: str) -> bool:
    def symbol(character: str) -> bool:
        return not character.isascii() and unicodedata.category(character).startswith("S")

    sides = [_around(markdown, run) for run in _RUN.finditer(markdown)]
    return any(
        (symbol(before) and not after.isspace()) or (symbol(after) and not before.isspace()) for before, after in sides
    )


def tilde_beside_star(markdown: str) -> bool:
    """Save where a blank is on one side, a letter on the other, and the marks change once."""
    for run in _RUN.finditer(markdown):
        if "~" in run[0] and run[0].strip("~"):
            before, after = _around(markdown, run)
            letter = before if after.isspace() else after
            if (
                before.isspace() == after.isspace()
                or not letter.isalnum()
                or not re.fullmatch(r"[*_]+~~|~~[*_]+", run[0])
            ):
                return True
    return False


def marks_of_two_lengths(markdown: str) -> bool:
    """Marks of one and of two characters in one text, of which some could both open and close."""
    for text in re.sub(r"\\[*_]", "!!", markdown).split("\n\n"):
        for mark in "*_":
            runs = list(re.finditer(rf"{re.escape(mark)}+", text))
            lengths = {len(run[0]) % 3 for run in runs}
            if {1, 2} <= lengths and any(_both_ways(*_around(text, run), mark) for run in runs):
                return True
    return False


def _both_ways(before: str, after: str, mark: str) -> bool:
    if before.isspace() or after.isspace():
        return False
    # An underscore between letters neither opens nor closes.
    return before.isalnum() == after.isalnum() and not (mark == "_" and before.isalnum())


def odd_table(markdown: str) -> bool:
    """A table without its outer pipes, or with a head that is not inside the same quote or item as its ruler."""
    lines = markdown.split("\n")
    for head, ruler in pairwise(lines):
        under, over = _RULER.fullmatch(ruler), _HEAD.match(head)
        if under and over and "-" in under["ruler"] and (set(under["ruler"]) & set("|:") or "|" in head):
            rows = under["ruler"].strip(), over["row"].strip()
            if not all(len(row) > 1 and row[0] == row[-1] == "|" for row in rows):
                return True
            if re.sub(r"[^ >]", " ", over["edge"]) != under["edge"]:
                return True
    return False


def odd_comment(markdown: str) -> bool:
    """One that is no comment to every parser, or that begins within a block and goes on behind it."""
    for found in re.finditer("<!--", markdown):
        comment = _COMMENT.match(markdown, found.start())
        before = markdown[markdown.rfind("\n", 0, found.start()) + 1 : found.start()]
        if not comment or (before.strip() and "\n\n" in comment[0]):
            return True
    return False


def bare_link_behind_bracket(markdown: str) -> bool:
    """If there are characters in it that mean something outside a link."""
    for found in _ADDRESS.finditer(markdown):
        before = markdown[max(0, markdown.rfind("\n\n", 0, found.start())) : found.start()]
        open_before = re.sub(r"\\[\[\]]", "", before).count("[") > before.count("]")
        if (open_before or "]" in found[0]) and re.search(r"[*~`\\\[]", found[0]):
            return True
    return False


def stray_div_end(markdown: str) -> bool:
    depth = 0
    for found in _DIV.finditer(markdown):
        depth += -1 if found[1] else 1
        if depth < 0:
            return True
    return False


_IN_ADDRESS = re.compile(r"(?:://|www\.)[^\s<]*?((?:%[0-9A-Fa-f]{2})+)")


def shown_otherwise_when_decoded(markdown: str) -> bool:
    decoded = [unquote(found[1], errors="replace") for found in _IN_ADDRESS.finditer(markdown)]
    return any("\ufffd" in text or not text.isprintable() or " " in text for text in decoded)


_FOOTNOTE = re.compile(r"^[ >]*(?:[-+*] +|\d+[.)] +)*\[\^([^\]\n]+)\]:", re.MULTILINE)


def odd_footnote(markdown: str) -> bool:
    names = [found[1].lower() for found in _FOOTNOTE.finditer(markdown)]
    return len(names) != len(set(names))
