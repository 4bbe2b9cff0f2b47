"""Answers of WordPress are found behind noise, and never inside of an answer whose end is missing."""

from __future__ import annotations

import json

import httpx
import pytest

from publisher.backends.wordpress.answers import classify, value_of
from publisher.errors import UnexpectedAnswerError

TERM_EXISTS = {"code": "term_exists", "message": "It exists.", "data": {"status": 400, "term_id": 7}}
BATCH = {
    "failed": "",
    "responses": [{"body": TERM_EXISTS, "status": 400}, {"body": {"id": 8, "name": "x"}, "status": 201}],
}


def answer(text: str, status: int = 207) -> httpx.Response:
    return httpx.Response(status, text=text, request=httpx.Request("POST", "https://e.org/wp-json/batch/v1"))


@pytest.mark.parametrize(
    "noise", ["", "\ufeff", "<br />\n<b>Warning</b>: Undefined array key [0] in {closure}\n", "[notice] {x}\n"]
)
def test_an_answer_is_found_behind_what_php_says_first(noise):
    """Notices, byte-order marks, brackets that begin no answer."""
    assert value_of(answer(noise + json.dumps(BATCH))) == BATCH


@pytest.mark.parametrize("end", range(1, len(json.dumps(BATCH)), 7))
@pytest.mark.parametrize("noise", ["", "<b>Notice</b>: x [1]\n"])
def test_half_an_answer_is_none_wherever_it_ends(noise, end):
    """The error of the first item is whole in there: it must not be taken for the answer to the whole batch."""
    half = answer(noise + json.dumps(BATCH)[:end])
    with pytest.raises(UnexpectedAnswerError):
        value_of(half)
    assert (classify(half, "create"), classify(half, "replace")) == ("ambiguous", "ambiguous")
