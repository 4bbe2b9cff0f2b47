"""Finding the REST API of a WordPress behind a server that knows no HEAD. tests/real/test_finding_the_site.py too."""

from __future__ import annotations

import httpx
import pytest
from wordpress_fake import NOW, PASSWORD, RELATION, URL, answering, healthy

from publisher import Publisher, WordPress
from publisher.models import Checkup
from publisher.testing import FakeClock

LINK = {"link": f'<{URL}/wp-json/>; rel="{RELATION}"'}
PAGE = "<h1>Hello</h1>"


@pytest.fixture
def seen() -> list[str]:
    """The methods and paths of what was asked."""
    return []


def checkup(seen: list[str], head: httpx.Response, front: httpx.Response) -> Checkup:
    """The checkup of a healthy site but for what it answers to HEAD and GET of its front page."""
    answer = answering(healthy() | {"head": head, "front": front})

    def hear(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.method} {request.url.raw_path.decode()}")
        return answer(request)

    blog = WordPress(URL, username="ana", app_password=PASSWORD, transport=httpx.MockTransport(hear))
    with Publisher(blog, clock=FakeClock(NOW)) as publisher:
        return publisher.doctor()


@pytest.mark.parametrize("status", [405, 500, 501, 502, 503])
@pytest.mark.parametrize("headers", [{}, {"retry-after": "3600"}], ids=["", "later"])
def test_front_page_is_read_where_head_is_not_answered(seen, status, headers):
    """At once: nobody waits for a HEAD that will never be known."""
    found = checkup(seen, httpx.Response(status, headers=headers), httpx.Response(200, html=PAGE, headers=LINK))
    assert [str(one) for one in found.problems] == []
    assert seen[:2] == ["HEAD /", "GET /"]
    assert seen[2].startswith("GET /wp-json/?_fields=")


def test_front_page_without_a_link_leads_on_to_the_usual_places(seen):
    """As it does where HEAD is answered."""
    found = checkup(seen, httpx.Response(501), httpx.Response(200, html=PAGE))
    assert [str(one) for one in found.problems] == []
    assert seen[:3] == ["HEAD /", "GET /", "GET /?rest_route=/"]


def test_front_page_that_is_not_there_either_is_what_it_was(seen):
    """The site has trouble, which may pass: GET is tried as every read of a checkup is, and the problem tells of it."""
    found = checkup(seen, httpx.Response(503), httpx.Response(503, html="<h1>Maintenance</h1>"))
    (problem,) = found.problems
    assert (problem.subject, problem.what) == (
        "reachability",
        "the site cannot be reached: GET / was answered 503",
    )
    assert seen == ["HEAD /", "GET /", "GET /"]


def test_redirect_that_only_get_shows_is_followed_by_nobody(seen):
    """Credentials go nowhere else."""
    away = httpx.Response(302, headers={"location": "https://elsewhere.example/"})
    found = checkup(seen, httpx.Response(501), away)
    assert "redirects to https://elsewhere.example/" in found.problems[0].what
    assert seen == ["HEAD /", "GET /"]
