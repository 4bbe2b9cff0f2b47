"""What can be said of a webhook beforehand, while nothing is sent to it."""

from __future__ import annotations

import anyio
import httpx
import pytest

from publisher import Webhook, doctor
from publisher.backends.base import Known
from publisher.backends.steps import Resolve
from publisher.driving.flows import drive
from publisher.driving.guard import resolved
from publisher.webhooks import new_secret


class Looking:
    """A driver that looks hosts up and does nothing else."""

    def __init__(self, target: Webhook) -> None:
        self.target = target

    async def resolve(self, step: Resolve):
        return await resolved(self.target.connection, step)


def checked(url: str = "https://8.8.8.8/hook", known: Known | None = None, **settings) -> dict[str, tuple[str, str]]:
    """The verdict and the words on each subject."""
    target = Webhook(url, **{"secret": new_secret(), **settings})
    findings = anyio.run(drive, target.check(known or Known()), Looking(target))
    return {finding.subject: (finding.verdict, finding.what + finding.remedy) for finding in findings}


def test_good_webhook_has_nothing_but_good_findings():
    """Its addresses, its transport, its scheme, its secret."""
    found = checked()
    assert {subject: verdict for subject, (verdict, _) in found.items()} == dict.fromkeys(
        ["address", "transport", "scheme", "secret"], "good"
    )
    assert "8.8.8.8" in found["address"][1]
    assert "32 bytes" in found["secret"][1]


def test_doctor_tells_it():
    """In the words of all targets, and without a trace."""
    checkup = doctor(Webhook("https://[::1]/hook", secret=new_secret()))
    assert [finding.subject for finding in checkup.problems] == ["address"]
    assert "this machine" in str(checkup)


def test_address_behind_a_transport_of_the_users_own_is_not_looked_up():
    """Nobody knows where that leads."""
    found = checked("https://localhost/hook", transport=httpx.MockTransport(lambda request: httpx.Response(204)))
    assert {subject: verdict for subject, (verdict, _) in found.items()} == {
        "address": "unknown",
        "scheme": "good",
        "secret": "good",
    }


@pytest.mark.parametrize(
    ("settings", "subject", "verdict", "said"),
    [
        ({"url": "https://localhost/hook"}, "address", "problem", "this machine"),
        ({"url": "https://169.254.169.254/"}, "address", "problem", "clouds"),
        ({"url": "https://name.invalid/"}, "address", "problem", "cannot be resolved"),
        ({"url": "http://localhost/", "allow_http": True, "allow_private": True}, "transport", "warning", "allow_http"),
        ({"secret": [new_secret(), new_secret()]}, "secret", "warning", "2 secrets"),
        ({"scheme": "none", "secret": None}, "scheme", "warning", "nothing is signed"),
        ({"scheme": "github"}, "scheme", "warning", "beside the headers of Standard Webhooks"),
        ({"scheme": "github", "secret": "nine-char"}, "secret", "warning", "9 characters"),
        ({"scheme": "bearer"}, "scheme", "warning", "not signed"),
        ({"known": Known(facts={"gone": {"at": 0}})}, "subscription", "problem", "410"),
    ],
)
def test_finding_says_what_is_weak_and_what_to_do(settings, subject, verdict, said):
    """Each in its own words, with a remedy."""
    found = checked(**settings)
    assert found[subject][0] == verdict
    assert said in found[subject][1]
