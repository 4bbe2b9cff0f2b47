"""Every example of the CommonMark and GFM specifications becomes markup that the block editor takes as it is."""

from __future__ import annotations

import pytest
from judging import all_good, is_good

from publisher import Article, render

pytestmark = pytest.mark.blocks

#: A mark with all that must be escaped in the attributes of a block.
MARK = '018f-"é<>&--\\'


@pytest.fixture(scope="module", params=["", MARK], ids=["plain", "marked"])
def markups(request, spec_examples):
    """Every example as block markup, by its name."""
    return {
        one.name: render(Article(title="T", body=one.markdown), "blocks", mark=request.param) for one in spec_examples
    }


@pytest.fixture(scope="module")
def verdicts_of_6_1(judged, markups):
    return judged("6.1", markups)


def test_the_examples_are_those_of_both_specifications(spec_examples):
    named = {one.name: one for one in spec_examples}
    assert len(named) == len(spec_examples) == 652 + 672
    assert named["commonmark-1"].markdown == "\tfoo\tbaz\t\tbim\n"
    assert named["commonmark-1"].html == "<pre><code>foo\tbaz\t\tbim\n</code></pre>\n"
    assert sum("<table>" in one.html and one.name.startswith("gfm") for one in spec_examples) > 10


def test_the_current_editor_changes_nothing_in_any_example(judged, markups):
    all_good(judged("current", markups), markups, "current")


def test_the_editor_of_6_1_finds_no_fault_outside_of_raw_html(verdicts_of_6_1):
    faulty = [verdict for verdict in verdicts_of_6_1 if not is_good(verdict, "6.1")]
    faults = {(message["what"], message["block"]) for verdict in faulty for message in verdict.messages}
    assert faults <= {("invalid", "core/html")}


@pytest.mark.xfail(strict=True, reason="raw HTML that is not whole stays as it was written; to 6.1 that is invalid")
def test_the_editor_of_6_1_takes_every_example(verdicts_of_6_1, markups):
    all_good(verdicts_of_6_1, markups, "6.1")


def test_every_example_that_shows_something_becomes_blocks(validators, spec_examples, markups):
    shown = {one.name: markups[one.name] for one in spec_examples if one.html.strip()}
    assert [verdict.id for verdict in validators("current").verdicts(shown) if verdict.blocks == 0] == []
