"""Errors: one tree, and messages that say where, what and what to do next."""

from __future__ import annotations

import copy
import json
import pickle
import re

import pytest

import publisher
from publisher import errors
from publisher.errors import (
    ConfigurationError,
    ConflictError,
    ContentError,
    InDoubtError,
    LeaseLostError,
    LedgerError,
    PublisherError,
    RefusedError,
    TargetError,
    UnreachableError,
    error_from_record,
)

EVERYTHING = {
    "hint": "Do that.",
    "target": "memory:x",
    "article": "a",
    "path": "posts/a.md",
    "line": 3,
    "field": "title",
    "status": 422,
    "code": "bad_title",
}


def tree(root: type[PublisherError]) -> dict[str, str]:
    """Each error's name with that of its parent."""
    found = {}
    for child in root.__subclasses__():
        if child.__module__ == "publisher.errors":
            found |= {child.__name__: root.__name__} | tree(child)
    return found


def drawn() -> dict[str, str]:
    """The same from the drawing in the module's docstring."""
    found, above = {}, {0: "PublisherError"}
    for line in (errors.__doc__ or "").splitlines():
        place = re.match(r"    ([│ ]*)[├└]── (\w+)", line)
        if place:
            depth = len(place[1]) // 4 + 1
            found[place[2]] = above[depth - 1]
            above[depth] = place[2]
    return found


def test_the_drawing_is_the_tree():
    """Every error is drawn below its parent."""
    assert drawn() == tree(PublisherError)


def test_every_error_is_exported():
    """And nothing else but the function that reads a record."""
    assert set(errors.__all__) == {"PublisherError", "error_from_record", *tree(PublisherError)}
    assert publisher.PublisherError is PublisherError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PublisherError("it broke"), "it broke"),
        (PublisherError("it broke", hint="Mend it."), "it broke. Mend it."),
        (PublisherError("it broke!", hint="Mend it."), "it broke! Mend it."),
        (PublisherError("is it broken?", hint="Look."), "is it broken? Look."),
        (ContentError("no title", path="a.md"), "a.md: no title"),
        (ContentError("no title", path="a.md", line=3), "a.md:3: no title"),
        (ContentError("no title", path="a.md", line=3, field="title"), "a.md:3, title: no title"),
        (ContentError("no title", line=3), "line 3: no title"),
        (ContentError("no title", article="a", line=3), "article 'a', line 3: no title"),
        (ContentError("no title", path="a.md", article="a"), "a.md: no title"),
        (RefusedError("no", article="a"), "article 'a': no"),
        (RefusedError("no", article="a", target="memory:x"), "article 'a', memory:x: no"),
        (RefusedError("no", target="memory:x", field="slug"), "memory:x, slug: no"),
        (RefusedError("no", status=422, code="x"), "no"),
        (ContentError("no", **EVERYTHING), "posts/a.md:3, memory:x, title: no. Do that."),
    ],
)
def test_messages_read_where_what_and_what_next(error, said):
    """Only what is known is said, in one order."""
    assert str(error) == said


@pytest.mark.parametrize("kind", [getattr(errors, name) for name in errors.__all__ if name.endswith("Error")])
@pytest.mark.parametrize("travel", ["pickle", "record", "json", "copy"])
def test_errors_travel(kind, travel):
    """Between processes, through the ledger and through --json, with all they know."""
    error = kind("it broke", **EVERYTHING)
    ways = {
        "pickle": lambda: pickle.loads(pickle.dumps(error)),
        "record": lambda: error_from_record(error.record()),
        "json": lambda: error_from_record(json.loads(json.dumps(error.record()))),
        "copy": lambda: copy.copy(error),
    }
    other = ways[travel]()
    assert type(other) is kind
    assert vars(other) == vars(error)
    assert (str(other), other.args) == (str(error), error.args)


def test_a_record_is_not_used_up():
    """It can be read twice."""
    record = RefusedError("no").record()
    error_from_record(record)
    assert error_from_record(record).what == "no"


def test_an_error_of_a_newer_version_is_still_an_error():
    """An unknown type becomes the root."""
    record = RefusedError("no", target="memory:x").record() | {"type": "SomethingNewError"}
    error = error_from_record(record)
    assert (type(error), str(error)) == (PublisherError, "memory:x: no")


def test_located_fills_in_what_was_not_known():
    """And changes nothing that was; the error itself stays as it is."""
    error = ConflictError("taken", article="a", hint="Choose.")
    located = error.located(target="memory:x", article="b")
    assert (type(located), located.target, located.article, located.hint) == (ConflictError, "memory:x", "a", "Choose.")
    assert error.target is None


def test_paths_become_text(tmp_path):
    """A record has nothing but JSON values."""
    assert ContentError("x", path=tmp_path).record()["path"] == str(tmp_path)


@pytest.mark.parametrize(
    ("error", "caught"),
    [
        (LeaseLostError("x"), LedgerError),
        (UnreachableError("x"), TargetError),
        (InDoubtError("x"), PublisherError),
        (ConfigurationError("x"), PublisherError),
    ],
)
def test_a_parent_catches_its_children(error, caught):
    """One except clause for a kind of trouble."""
    with pytest.raises(caught):
        raise error


def test_an_error_of_a_third_party_backend_travels():
    """A subclass made elsewhere comes back as what it was."""

    class QuotaError(RefusedError):
        """No more articles this month."""

    assert type(error_from_record(QuotaError("no more").record())) is QuotaError
