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
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# What editors were once seen to stumble over.
STUMBLES = (
    "**<kbd></kbd>**",
    "# <wbr>",
    "| a | <wbr> |\n| --- | --- |",
    "[<https://e.org/>](https://e.org/)",
    '[<a href="#x">word</a>](https://e.org/)',
    '<a href="#x">a[^1]</a>\n\n[^1]: a <b>note\n\n    <div>',
    "<div>",
    "</div>",
    "<a/>",
    "<table><tr><td>1</td></tr></table>",
    "<?php echo '>'; ?>",
    '<div id="a"\n*b*',
    "<!DOCTYPE html>\n\nText",
    '<iframe src="https://e.org/" frameBorder="0" allowFullScreen></iframe>',
)


def rendered(body, placed=None, mark=""):
    return render(Article(title="T", body=body), "blocks", placed, mark=mark)


def searched(body, placed, mark):
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
@given(body=documents(), placed=st.sampled_from(PLACES), mark=st.sampled_from(MARKS))
def test_the_current_editor_changes_nothing_in_any_document(judged, body, placed, mark):
    assert_good(judged, "current", searched(body, placed, mark))


@thorough
@given(body=documents(), placed=st.sampled_from(PLACES), mark=st.sampled_from(MARKS))
def test_the_editor_of_6_1_takes_any_document(judged, body, placed, mark):
    assert_good(judged, "6.1", searched(body, placed, mark))


@pytest.mark.parametrize("editor", ["current", "6.1"])
@pytest.mark.parametrize("body", STUMBLES)
def test_the_editor_takes_what_it_stumbled_over(validators, editor, body):
    (verdict,) = validators(editor).verdicts({"document": rendered(body)})
    assert is_good(verdict, editor), str(verdict)
