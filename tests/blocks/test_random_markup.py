"""Whatever Markdown is put together, the block editor takes the markup as it is."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from judging import is_good
from markdown_documents import IMAGES, documents

from publisher import Article, render
from publisher.errors import ContentError
from publisher.rendering import Placed

pytestmark = pytest.mark.blocks

PLACES = ({}, {src: Placed(f"https://blog.example.com/{at}.png", str(at + 7)) for at, src in enumerate(IMAGES)})
MARKS = ("", "018f-mark")
#: For a longer search: PUBLISHER_RANDOM_DOCUMENTS=2000.
thorough = settings(
    max_examples=int(os.environ.get("PUBLISHER_RANDOM_DOCUMENTS", "100")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
# What the renderer does not get right yet; documents() and rendered() avoid it.
KNOWN = (
    ("current", "text of nothing but an empty tag", "**<kbd></kbd>**"),
    ("current", "a cell of nothing but an empty tag", "| a | <wbr> |\n| --- | --- |"),
    ("6.1", "an address in the text of a link", "[<https://e.org/>](https://e.org/)"),
    ("6.1", "an HTML link in the text of a link", '[<a href="#x">word</a>](https://e.org/)'),
    ("6.1", "HTML that is not closed", "<div>"),
    ("6.1", "an HTML table without a body", "<table><tr><td>1</td></tr></table>"),
)


def rendered(body, placed=None, mark=""):
    return render(Article(title="T", body=body), "blocks", placed, mark=mark)


def searched(body, placed, mark):
    assume("<wbr>" not in body.lower())
    try:
        return rendered(body, placed, mark)
    except ContentError:
        # A piece of code may end up where it is HTML, and block delimiters in HTML are refused.
        assume("<!-- wp:" not in body)
        raise


def assert_good(judged, editor, markup):
    (verdict,) = judged(editor, {"document": markup})
    for name in verdict.names:
        event(name)
    assert is_good(verdict, editor), f"{verdict}\nmarkup:\n{markup}"


@thorough
@given(body=documents(broken_html=True), placed=st.sampled_from(PLACES), mark=st.sampled_from(MARKS))
def test_the_current_editor_changes_nothing_in_any_document(judged, body, placed, mark):
    assert_good(judged, "current", searched(body, placed, mark))


@thorough
@given(body=documents(broken_html=False), placed=st.sampled_from(PLACES), mark=st.sampled_from(MARKS))
def test_the_editor_of_6_1_takes_every_document_whose_raw_html_is_whole(judged, body, placed, mark):
    assert_good(judged, "6.1", searched(body, placed, mark))


@pytest.mark.xfail(strict=True, reason="the renderer does not get this right yet")
@pytest.mark.parametrize(
    ("editor", "body"), [(editor, body) for editor, _, body in KNOWN], ids=[one[1] for one in KNOWN]
)
def test_the_editor_takes_what_is_known_to_be_wrong(validators, editor, body):
    (verdict,) = validators(editor).verdicts({"document": rendered(body)})
    assert is_good(verdict, editor), str(verdict)
