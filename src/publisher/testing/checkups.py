"""What the suite wants of checkups: they read, and say whatever is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

import httpx
import pytest

from publisher.testing.stage import Stage


def _refuse(request: httpx.Request, said: str) -> httpx.Response:
    raise httpx.ConnectError(f"refused: {said}", request=request)


#: What may come instead of an answer; it is told what must not be repeated.
REFUSALS: Mapping[str, Callable[[httpx.Request, str], httpx.Response]] = {
    "401": lambda request, said: httpx.Response(401, json={"code": "unauthorized", "message": f"not {said}"}),
    "403 page": lambda request, said: httpx.Response(403, html=f"<h1>Forbidden</h1>{said}"),
    "404": lambda request, said: httpx.Response(404, json={"code": "not_found", "message": said}),
    "500": lambda request, said: httpx.Response(500, text=said),
    "503": lambda request, said: httpx.Response(503, headers={"retry-after": "600"}, text=said),
    "200 page": lambda request, said: httpx.Response(200, html=f"<h1>Welcome</h1>{said}"),
    "200 list": lambda request, said: httpx.Response(200, json=[said]),
    "200 nothing": lambda request, said: httpx.Response(200, json={}),
    "302": lambda request, said: httpx.Response(302, headers={"location": f"https://elsewhere.example/{quote(said)}"}),
    "no connection": _refuse,
}


class Checkups:
    """A part of :class:`publisher.testing.BackendSuite`."""

    def test_checkup_only_reads(self, stage: Stage) -> None:
        """A checkup sends reads, changes nothing at the target, and makes no ledger."""
        stage.publish(stage.rig.article())
        before = stage.rig.articles(), stage.rig.assets(), stage.rig.terms()
        stage.ledger = stage.folder / "new" / "ledger.db"
        publisher, faulty = stage.open()
        with publisher:
            checkup = publisher.doctor()
        assert checkup.findings
        assert [request.method for request in faulty.writes] == []
        assert (stage.rig.articles(), stage.rig.assets(), stage.rig.terms()) == before
        assert not stage.ledger.exists()

    @pytest.mark.parametrize("answer", REFUSALS)
    def test_checkup_of_a_target_that_turns_us_away_says_so(self, stage: Stage, answer: str) -> None:
        """Whatever comes instead of a welcome: a finding and no exception, with a remedy, without a secret."""
        publisher, faulty = stage.open()
        secrets = [secret for secret in stage.rig.backend().secrets() if secret]
        faulty.inner = httpx.MockTransport(lambda request: REFUSALS[answer](request, " ".join(secrets)))
        with publisher:
            checkup = publisher.doctor()
        assert checkup.findings
        # A backend that asks its target nothing cannot know how it is answered.
        assert checkup.problems or not faulty.requests
        assert all(finding.remedy for finding in checkup.problems)
        assert [secret for secret in secrets if secret in f"{checkup} {checkup!r}"] == []
