"""The suite notices backends that deny what they can do, or claim what they cannot, or write in a checkup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from memory_rig import MemoryRig

from publisher.backends.base import Backend, Known
from publisher.backends.memory import Memory
from publisher.backends.steps import Flow, send
from publisher.errors import RefusedError
from publisher.models import Finding, Job, Status, Subject
from publisher.testing import BackendSuite
from publisher.testing.stage import Stage


def rig_of(backend: type[Memory], **flags: bool) -> type[MemoryRig]:
    """A rig whose backend declares these capabilities, true or not."""
    declared = type(backend.__name__, (backend,), {"capabilities": replace(backend.capabilities, **flags)})

    class OtherRig(MemoryRig):
        def backend(self) -> Backend:
            return declared(site=self.site)

    return OtherRig


class Textual(Memory):
    """Neither images nor terms, no drafts, and nothing that it would know again."""

    def needs(self, job: Job) -> Sequence[Subject]:
        return ()

    def _fields(self, job: Job, known: Known) -> dict[str, Any]:
        assert job.article is not None
        if job.article.status is Status.DRAFT:
            raise RefusedError("there are no drafts here", hint="Publish it.")
        article = job.article.model_copy(update={"assets": {}, "tags": (), "categories": ()})
        return super()._fields(job.model_copy(update={"article": article}), known) | {"mark": ""}


def hold(name: str, rig: MemoryRig, folder: Path) -> None:
    """Put a backend to the suite's test of what it says that it cannot."""
    getattr(BackendSuite(), name)(Stage(rig, folder), lambda flag: None)


DENIALS = [
    ("test_draft_is_refused_where_there_are_none", "drafts"),
    ("test_unpublish_is_refused_where_it_cannot_be_done", "unpublish"),
    ("test_lost_ledger_adopts_nothing_where_ownership_is_not_proved", "proves_ownership"),
]


@pytest.mark.parametrize(("name", "flag"), DENIALS)
def test_backend_without_a_capability_that_says_so_keeps_the_contract(tmp_path, name, flag):
    """What it denies is really not there."""
    hold(name, rig_of(Textual, **{flag: False})(), tmp_path)


@pytest.mark.parametrize(("name", "flag"), DENIALS)
def test_capability_that_is_denied_and_there_is_noticed(tmp_path, name, flag):
    """Memory has drafts, can unpublish and knows its own articles: a test for a denial of that must fail."""
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        hold(name, MemoryRig(), tmp_path)


def test_needs_of_a_backend_without_images_and_terms_are_none():
    """As it declares."""
    BackendSuite().test_needs_are_of_the_declared_kinds(rig_of(Textual, assets=False, terms=False)())


@pytest.mark.parametrize(("backend", "flag"), [(Memory, "assets"), (Memory, "terms")])
def test_needs_of_a_kind_that_is_denied_are_noticed(backend, flag):
    """What is claimed and not needed by one article may be by another: small images may travel along with theirs."""
    with pytest.raises(AssertionError):
        BackendSuite().test_needs_are_of_the_declared_kinds(rig_of(backend, **{flag: False})())


class Meddling(Memory):
    """It tries out whether writing works."""

    def check(self, known: Known) -> Flow[Sequence[Finding]]:
        yield from send(lambda now: self._request("POST", "/terms", json={"terms": ["x"]}), "read")
        return [Finding(verdict="good", subject="site", what="it can be written to")]


class Fragile(Memory):
    """It believes every answer."""

    def check(self, known: Known) -> Flow[Sequence[Finding]]:
        answer = yield from send(lambda now: self._request("GET", "/site"), "read")
        return [Finding(verdict="good", subject="site", what=answer.json()["software"])]


def test_checkup_that_writes_under_the_name_of_a_read_is_noticed(tmp_path):
    """The method of the request is looked at, not what the backend calls it."""
    with pytest.raises(AssertionError):
        BackendSuite().test_checkup_only_reads(Stage(rig_of(Meddling)(), tmp_path))


@pytest.mark.parametrize("answer", ["403 page", "200 list", "no connection"])
def test_checkup_that_believes_every_answer_is_noticed(tmp_path, answer):
    """It raises where it should say what is wrong."""
    suite, stage = BackendSuite(), Stage(rig_of(Fragile)(), tmp_path)
    with pytest.raises((AttributeError, TypeError, ValueError)):
        suite.test_checkup_of_a_target_that_turns_us_away_says_so(stage, answer)
