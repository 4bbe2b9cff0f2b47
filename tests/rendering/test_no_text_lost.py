"""No text is lost: every page shows the words, links, images and code that cmark's page of the same Markdown shows.

The exceptions are listed in decisions.py, and each of them is a test. The examples that are made up here are the same
in every run; ``NO_TEXT_LOST_EXAMPLES=20000 pytest tests/rendering/test_no_text_lost.py`` tries that many new ones.
"""

from __future__ import annotations

import os
import re

import pytest
from comparison import lost
from decisions import DIFFERENCES, LOOKS
from hypothesis import HealthCheck, Phase, assume, given, settings
from known_faults import FAULTS
from random_markdown import bare_links, documents, soups
from reference import reference_html
from seen import seen

from publisher import Article
from publisher.rendering import RENDERER, render

_MORE = int(os.environ.get("NO_TEXT_LOST_EXAMPLES", "0"))


def _examples(usual: int) -> settings:
    return settings(
        max_examples=_MORE or usual,
        derandomize=not _MORE,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


def reason_to_leave_out(markdown: str) -> str:
    """Why a property test does not compare this Markdown; empty if it does."""
    return next((one.why for one in (*DIFFERENCES, *FAULTS) if one.left_out and one.left_out(markdown)), "")


def page(markdown: str, format: str) -> str:
    return render(Article(title="T", key="k", body=markdown), format)


@pytest.mark.parametrize("format", RENDERER)
@_examples(200)
@given(documents())
def test_a_page_shows_what_its_document_says(format, markdown):
    """Documents of all constructs, nested in one another."""
    assume(not reason_to_leave_out(markdown))
    assert lost(page(markdown, format), markdown) == []


@pytest.mark.parametrize("format", RENDERER)
@_examples(400)
@given(soups())
def test_a_page_shows_what_any_characters_say(format, markdown):
    """Also where no author would write them so."""
    assume(not reason_to_leave_out(markdown))
    assert lost(page(markdown, format), markdown) == []


@pytest.mark.parametrize("format", RENDERER)
@_examples(100)
@given(bare_links())
def test_addresses_become_the_links_that_github_makes_of_them(format, markdown):
    """With marks and punctuation around them."""
    assume(not reason_to_leave_out(markdown))
    assert lost(page(markdown, format), markdown) == []


@pytest.fixture(scope="session")
def spec_examples():
    """The examples of both specifications, downloaded once."""
    from node_packages import needed
    from spec_examples import spec_examples

    with needed("the examples of CommonMark and GFM"):
        return spec_examples()


# Each is one of the decisions; the numbers are those of CommonMark 0.31.2 and GFM 0.29.
_SPEC_DIFFERENCES = {
    "commonmark-28": "&#87654321;",
    "commonmark-354": "a*€*b",
    "commonmark-602": "<https://example.com/a b>",
    "commonmark-606": "<a\\+@example.com>",
    "gfm-610": "<https://example.com/a b>",
    "gfm-614": "<a\\+@example.com>",
    "gfm-628": "ftp://example.com/a",
    "gfm-631": "ana_b@example.com",
}


# Tags that never end, and one that is never closed: the reference shows nothing of what stands behind them.
_NEVER_ENDS = ("commonmark-156", "commonmark-157", "commonmark-158", "gfm-126", "gfm-127", "gfm-128")
_MADE_WHOLE = {"blocks": (*_NEVER_ENDS, "gfm-652"), "webflow": _NEVER_ENDS}


@pytest.mark.parametrize("format", RENDERER)
def test_a_page_shows_what_the_examples_of_the_specifications_say(spec_examples, format):
    """All but those that are listed, and those do differ."""
    differing = {one.name for one in spec_examples if lost(page(one.markdown, format), one.markdown)}
    assert differing == {*_SPEC_DIFFERENCES, *_MADE_WHOLE.get(format, ())}
    assert set(_SPEC_DIFFERENCES.values()) <= {one.markdown for one in (*DIFFERENCES, *FAULTS)}


@pytest.mark.parametrize("format", RENDERER)
@pytest.mark.parametrize("look", LOOKS, ids=[one.markdown for one in LOOKS])
def test_what_only_looks_otherwise_reads_the_same(look, format):
    """The markup differs, and a reader gets the same."""
    assert look.reference in reference_html(look.markdown)
    assert look.ours[format] in page(look.markdown, format)
    assert seen(page(look.markdown, format)) == seen(reference_html(look.markdown))


def _in_each_format(differences):
    return [
        pytest.param(one, name, id=f"{name}-{one.markdown!a}")
        for one in differences
        for name in one.formats or RENDERER
        if name in RENDERER
    ]


@pytest.mark.parametrize(("difference", "format"), _in_each_format(DIFFERENCES))
def test_a_difference_is_the_one_that_is_listed(difference, format):
    """What the reference shows, and what we show."""
    assert str(seen(reference_html(difference.markdown))) == difference.reference
    assert str(seen(page(difference.markdown, format))) == difference.ours


@pytest.mark.parametrize(("fault", "format"), _in_each_format(FAULTS))
@pytest.mark.xfail(strict=True, reason="a known fault")
def test_a_fault_is_mended(fault, format):
    """Then it leaves the list."""
    assert str(seen(page(fault.markdown, format))) == fault.reference


@pytest.mark.parametrize("one", [*DIFFERENCES, *FAULTS], ids=lambda one: repr(one.markdown))
def test_what_is_listed_shows_the_difference_to_the_reference(one):
    """Each entry is an example of its own pattern."""
    assert str(seen(reference_html(one.markdown))) == one.reference != one.ours
    assert one.left_out is None or one.left_out(one.markdown)


_ACCEPTED = [one for one in DIFFERENCES if not one.left_out]


@pytest.mark.parametrize("format", RENDERER)
@pytest.mark.parametrize("one", _ACCEPTED, ids=lambda one: repr(one.markdown))
def test_what_the_comparison_accepts_is_accepted_alone(one, format):
    """Where it is not left out, the rest of its document is compared."""
    shown = page(one.markdown, format)
    assert lost(shown, one.markdown) == []
    assert lost(f"{shown}<p>more</p>", one.markdown)


def _made_up(strategy, count):
    """Documents of a strategy, the same in every run."""
    found = []

    @settings(_examples(count), max_examples=count, derandomize=True, phases=[Phase.generate])
    @given(strategy())
    def collect(markdown):
        found.append(markdown)

    collect()
    return found


@pytest.mark.parametrize(("strategy", "share"), [(documents, 0.33), (soups, 0.4), (bare_links, 0.1)])
def test_few_documents_are_left_out(strategy, share):
    """So that the decisions do not eat up what is compared."""
    made_up = _made_up(strategy, 400)
    assert sum(bool(reason_to_leave_out(one)) for one in made_up) < share * len(made_up)


def _without_first(pattern: str, instead: str = ""):
    return lambda html: re.sub(pattern, instead, html, count=1, flags=re.DOTALL)


@pytest.fixture(scope="module")
def compared_documents():
    """Documents of all constructs that no decision leaves out."""
    return [one for one in _made_up(documents, 300) if not reason_to_leave_out(one)]


@pytest.mark.parametrize("format", RENDERER)
@pytest.mark.parametrize(
    "forget",
    [
        pytest.param(_without_first(r"(?<=>)[^<>]*\w[^<>]*(?=</)"), id="a text"),
        pytest.param(_without_first(r"(?<=\w) (?=\w)(?=[^<>]*</)"), id="a blank between words"),
        pytest.param(_without_first(r"(?<=[> ])(\w+) (\w+)(?=[ <])", r"\2 \1"), id="the order of words"),
        pytest.param(_without_first(r'<a href="[^"#][^>]*>(.*?)</a>', r"\1"), id="a link"),
        pytest.param(_without_first(r'(?<=<a href=")[^"#]+(?=")', "https://elsewhere.example"), id="where a link goes"),
        pytest.param(_without_first(r"<img[^>]*>"), id="an image"),
        pytest.param(_without_first(r'(?<=alt=")[^"]+(?=")'), id="an alternative text"),
        pytest.param(_without_first(r"<figcaption.*?</figcaption>"), id="a caption"),
        pytest.param(_without_first(r"<t[dh][^>]*>[^<]*\w[^<]*</t[dh]>"), id="a cell of a table"),
        pytest.param(_without_first(r"(?<=<code>)[^<>]+(?=</code></pre>)"), id="code"),
        pytest.param(_without_first(r"(?<=<code>) +|\n(?=\n[^<>]+</code></pre>)"), id="blanks in code"),
        pytest.param(_without_first(r' start="\d+"'), id="the first number of a list"),
        pytest.param(_without_first(r"[☐☑]\ufe0e? "), id="a task box"),
        pytest.param(_without_first(r'<li id="fn.*?</li>'), id="a footnote"),
        pytest.param(_without_first(r'href="#fn1"', 'href="#fn2"'), id="the way to a footnote"),
    ],
)
def test_a_renderer_that_forgets_something_is_found_out(compared_documents, forget, format):
    """The comparison can fail: for each kind of loss there is a document that shows it."""
    assert any(lost(forget(page(markdown, format)), markdown) for markdown in compared_documents)
