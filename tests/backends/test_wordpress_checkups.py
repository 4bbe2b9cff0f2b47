"""What a checkup says of WordPress sites that are broken in one way each. tests/real/test_doctor.py has real ones."""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from wordpress_fake import AUTHOR, CONTRIBUTOR, ENDPOINT, NOW, PASSWORD, POST, TYPE, URL, answering, healthy, refusal

from publisher import Checkup, Publisher, WordPress
from publisher.testing import FakeClock

PAGE = "<html><h1>Just a moment</h1></html>"
BLOCKED = httpx.Response(403, html=PAGE)
BUSY = httpx.Response(503, headers={"retry-after": "600"})
STRANGER = refusal(401, "rest_not_logged_in")


def checkup_of(site: dict[str, Any], **settings: Any) -> Checkup:
    """The checkup of a site whose answers are these."""
    who = {"username": "ana", "app_password": PASSWORD} | settings
    blog = WordPress(site["url"], **who, transport=httpx.MockTransport(answering(site)))
    with Publisher(blog, clock=FakeClock(NOW)) as publisher:
        return publisher.doctor()


def broken(**changes: Any) -> dict[str, Any]:
    """A healthy site but for these answers; parts of some are merged into what is there."""
    site = healthy()
    for name, value in changes.items():
        merged = isinstance(value, dict) and name in ("root", "me", "headers")
        site[name] = site[name] | value if merged else value
    return site


def told(checkup: Checkup, subject: str) -> list[str]:
    return [str(finding) for finding in checkup if finding.subject == subject]


def test_healthy_site_has_nothing_but_good_findings_and_one_that_it_never_tells():
    """The size of uploads is in no answer, and that is said."""
    checkup = checkup_of(healthy())
    assert (checkup.ok, checkup.warnings) == (True, ())
    assert [finding.subject for finding in checkup if finding.verdict == "unknown"] == ["image size"]


def active(plugin: str, status: str = "active") -> dict[str, str]:
    return {"plugin": plugin, "status": status}


def front(version: str, **headers: str) -> httpx.Response:
    return httpx.Response(200, html=f'<meta name="generator" content="{version}">', headers=headers)


def served(by: str) -> dict[str, Any]:
    return broken(me=STRANGER, headers={"server": by})


def mixed(before: str, behind: str) -> httpx.Response:
    """The index of the API with something beside it."""
    return httpx.Response(200, text=f"{before}{json.dumps(healthy()['root'])}{behind}")


def away(location: str) -> httpx.Response:
    return httpx.Response(301, headers={"location": location})


ELSEWHERE = {"url": "http://blog.example.com", "head": away("https://blog.example.com/")}
PLAIN = {"link": f"{URL}/index.php?rest_route=/", "posts": [{**POST, "permalink_template": f"{URL}/?p=1"}]}
TYPED = "<p>Words.</p>"
BOOK = {**TYPE, "rest_base": "books", "rest_namespace": "acme/v1"}
CLOSED = broken(root=refusal(401, "rest_disabled"), me=refusal(401, "rest_disabled"))
FEW = {"methods": ["POST"], "args": {"requests": {"maxItems": 10}}}
BOOK_ROUTE = {"endpoints": [{**ENDPOINT, "args": {"meta": {"properties": {"isbn": {}, "pages": {}}}}}]}


@pytest.mark.parametrize(
    ("site", "verdict", "subject", "says"),
    [
        # The way to it
        (broken(**ELSEWHERE), "problem", "address", "redirects to https://blog.example.com/.*Give the address"),
        (broken(head=away("https://www.example.com/")), "problem", "address", "redirects to https://www.example.com/"),
        (broken(root={"home": f"{URL}/blog"}), "problem", "address", f"Give the address {URL}/blog"),
        (broken(link="https://evil.example/wp-json/"), "problem", "address", "REST API is at https://evil.example"),
        (broken(head=BLOCKED, root=BLOCKED), "problem", "firewall", "turns us away.*security plugin"),
        (broken(root=BLOCKED), "problem", "firewall", "not WordPress that answers.*403.*Just a moment.*A firewall"),
        (broken(root=httpx.Response(200, html=PAGE)), "problem", "firewall", "200 with text/html"),
        (broken(me=BLOCKED), "problem", "firewall", "403.*Just a moment"),
        (broken(me=httpx.Response(500, html=PAGE)), "problem", "reachability", "answered 500.*its log"),
        (broken(head=BUSY, front=BUSY), "problem", "reachability", "maintenance"),
        (broken(root={"namespaces": ["acme/v1"]}), "problem", "address", "not that of WordPress"),
        (broken(root=refusal(404, "rest_no_route")), "problem", "REST API", "plugin may close the REST API"),
        (broken(front=front("WordPress 5.5.3")), "problem", "WordPress", "5.5.3 is too old"),
        (broken(front=front("WordPress 5.9")), "warning", "WordPress", "5.9 is older than 6.1"),
        (broken(front=front("WordPress 10.0-RC1")), "good", "WordPress", "10.0-RC1"),
        (broken(front=front("Elementor 3.1")), "unknown", "WordPress", "does not tell its version"),
        (broken(front=BLOCKED), "unknown", "WordPress", "does not tell its version"),
        (broken(front=front("WordPress 5.7")), "warning", "images", "no WebP"),
        (broken(front=front("x", **{"cf-cache-status": "HIT"})), "warning", "cache", "Cloudflare.*after a while"),
        (broken(front=front("x", **{"x-cache": "MISS"})), "unknown", "WordPress", ""),
        (broken(headers={"x-cache": "HIT from varnish"}), "problem", "REST API", "a cache, and so.*Exclude"),
        (broken(**PLAIN), "warning", "permalinks", "Plain.*Settings, Permalinks"),
        (broken(link=PLAIN["link"], posts=[]), "warning", "permalinks", "Plain"),
        (broken(link=f"{URL}/?rest_route=/", posts=[]), "unknown", "permalinks", "could not be seen"),
        (
            broken(root=mixed("<b>Notice</b>: x in y.php [1]<br />", "")),
            "warning",
            "answers",
            "Notice.*x in.*not a valid",
        ),
        (broken(root=mixed("\ufeff", "<!-- cached -->done")), "warning", "answers", "done.*WP_DEBUG"),
        # Who we are
        (broken(me=STRANGER), "problem", "login", "'ana'.*First.*Second.*Third.*SetEnvIf"),
        (broken(me={"id": 1, "slug": "x"}, root={"name": "B"}), "good", "login", ""),
        (served("nginx/1.22"), "problem", "login", "fastcgi_param"),
        (served("cloudflare"), "problem", "login", "SetEnvIf.*fastcgi_param"),
        (broken(me=refusal(401, "incorrect_password")), "problem", "login", "application password is wrong"),
        (broken(me=refusal(401, "invalid_username")), "problem", "login", "no user of this name: 'ana'"),
        (broken(me=STRANGER, root={"authentication": []}), "problem", "login", "are switched off.*security plugin"),
        (broken(root=STRANGER, me=STRANGER, users=STRANGER), "problem", "login", "never saw the password"),
        (CLOSED, "problem", "REST API", "plugin closes.*rest_disabled.*security plugins.*wrong"),
        # What we may
        (broken(me={"capabilities": AUTHOR}), "warning", "rights", "new one will fail.*Editor"),
        (broken(me={"capabilities": CONTRIBUTOR}), "problem", "rights", "status: draft.*Author"),
        (broken(me={"capabilities": CONTRIBUTOR}), "problem", "rights", "images will fail.*Author"),
        (broken(me={"capabilities": {"read": True}}), "problem", "rights", "may not write articles at all"),
        (broken(me={"capabilities": {}, "roles": []}), "good", "login", "no role on this site"),
        (broken(me={"capabilities": AUTHOR}, posts=[]), "warning", "HTML", "removes iframes.*publish as an editor"),
        (broken(posts=[{**POST, "_links": {}}]), "warning", "HTML", "multisite.*DISALLOW_UNFILTERED_HTML"),
        (broken(posts=[]), "good", "HTML", "so says the role"),
        # What the site is like
        (broken(editable={"post": TYPE | {"rest_base": "posts"}}), "good", "types", "'post'; no other"),
        (broken(editable=refusal(403, "rest_cannot_view")), "unknown", "types", "could not be seen"),
        (broken(editable={"quiz": {**TYPE, "supports": []}}), "warning", "types", "'quiz' have no text.*support"),
        (broken(types={"book": BOOK}), "warning", "types", "may not write 'book'"),
        (broken(types={"wp_block": TYPE, "attachment": TYPE}), "good", "types", "'post' and 'page'"),
        (broken(editable={"quiz": {**TYPE, "supports": []}}), "good", "types", "may be 'quiz'; no other"),
        (broken(root={"timezone_string": "", "gmt_offset": -3.5}), "warning", "time zone", r"UTC-3\.5.*a city"),
        (broken(root={"timezone_string": "Mars/Olympus"}), "warning", "time zone", "does not know"),
        (broken(headers={"date": email.utils.formatdate(NOW - 600)}), "warning", "clock", "10 minutes behind"),
        (broken(headers={"date": email.utils.formatdate(NOW + 86_400 * 3)}), "warning", "clock", "3 days ahead of"),
        (broken(headers={"date": email.utils.formatdate(NOW + 50)}), "good", "clock", "agree"),
        (broken(headers={"date": ""}), "unknown", "clock", "does not tell its time"),
        (broken(root={"routes": {}}), "warning", "batches", "request of its own"),
        (broken(root={"routes": {"/batch/v1": {"endpoints": [FEW]}}}), "warning", "batches", "takes 10 writes"),
        (broken(root={"namespaces": ["wp/v2", "yoast/v1"]}), "warning", "SEO", "Yoast SEO.*not sent"),
        (broken(root={"namespaces": ["wp/v2", "rankmath/v1"]}), "warning", "SEO", "Rank Math"),
        (broken(root={"namespaces": ["wp/v2", "seopress/v1"]}), "warning", "SEO", "SEOPress"),
        (broken(root={"namespaces": ["wp/v2", "aioseo/v1"]}), "warning", "SEO", "All in One SEO"),
        (broken(plugins=[active("wordpress-seo/wp-seo")]), "warning", "SEO", "Yoast SEO"),
        (
            broken(editable={"book": BOOK}, root={"routes": {"/acme/v1/books": BOOK_ROUTE}}),
            "warning",
            "custom fields",
            "for book: isbn and pages; but.*not sent",
        ),
        (broken(plugins=[active("classic-editor/classic-editor")]), "warning", "editor", 'Classic.*body="html"'),
        (broken(plugins=[active("classic-editor/x", "network-active")]), "warning", "editor", "Classic Editor"),
        (broken(plugins=[active("classic-editor/x", "inactive")]), "good", "editor", "made of blocks"),
        (broken(posts=[{**POST, "content": {"raw": TYPED}}]), "unknown", "editor", "hold no blocks"),
        (broken(plugins=refusal(403, "x"), posts=[]), "unknown", "editor", "could not be seen.*Visual"),
        (broken(plugins=refusal(403, "x")), "good", "editor", "made of blocks"),
    ],
)
def test_broken_site_is_told_with_its_remedy(site, verdict, subject, says, request):
    """Each in the words of somebody who has to mend it."""
    checkup = checkup_of(site)
    found = [str(finding) for finding in checkup if (finding.verdict, finding.subject) == (verdict, subject)]
    assert any(matches(says, one) for one in found), str(checkup)
    assert all(finding.remedy for finding in (*checkup.problems, *checkup.warnings)), str(checkup)


def matches(says: str, text: str) -> bool:
    return re.search(f"(?s){says}", text) is not None


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"username": "My laptop"}, "not the name of the application password.*None of.*'My laptop': they are ana"),
        ({"app_password": "the one for wp-admin"}, "has 24 letters and digits"),
        ({"username": None, "app_password": None, "token": "t-4242"}, "by the token"),
    ],
)
def test_credentials_that_cannot_be_right_are_told_as_that(settings, says):
    """The label in place of the login, the login's own password, a token."""
    [said] = told(checkup_of(broken(me=STRANGER), **settings), "login")
    assert matches(says, said)


@pytest.mark.parametrize("login", ["ana", "Ana", "ana@example.com"])
def test_user_that_may_exist_is_not_doubted(login):
    """Readers see a name or a slug, and never an e-mail."""
    [said] = told(checkup_of(broken(me=STRANGER), username=login), "login")
    assert "None of" not in said


@pytest.mark.parametrize(
    ("plugins", "body", "verdict", "says"),
    [
        ("classic-editor/classic-editor", "html", "good", "Classic Editor is active"),
        ("disable-gutenberg/disable-gutenberg", "blocks", "warning", "Disable Gutenberg"),
        ("akismet/akismet", "html", "good", "one Classic block"),
    ],
)
def test_form_of_articles_is_laid_beside_the_editor(plugins, body, verdict, says):
    """HTML for the Classic Editor is right, blocks are not."""
    checkup = checkup_of(broken(plugins=[active(plugins)]), body=body)
    [found] = [finding for finding in checkup if finding.subject == "editor"]
    assert (found.verdict, says in found.what, f"body={body!r}" in found.what) == (verdict, True, True)


def test_our_own_articles_are_no_evidence_of_the_editor():
    """Blocks that we wrote say nothing about what people write with."""
    ours = {**POST, "content": {"raw": '<!-- wp:paragraph {"metadata":{"publisher":"0a"}} --><p>x</p>'}}
    [said] = told(checkup_of(broken(posts=[ours], plugins=refusal(403, "x"))), "editor")
    assert said.startswith("unknown")


def test_address_without_encryption_is_a_warning_but_not_on_this_machine():
    """The password would be read on the way."""

    def at(url: str) -> list[str]:
        return told(checkup_of(broken(url=url, link=f"{url}/wp-json/", root={"home": url})), "address")

    assert matches("warning.*can read the password.*https on", at("http://blog.example.com")[0])
    assert [at(f"http://{host}")[0][:4] for host in ("127.0.0.1:8080", "localhost", "[::1]")] == ["good"] * 3


ODD: list[Any] = [[], {}, [[]], [{}], {"a": []}]


@pytest.mark.parametrize("piece", ["root", "me", "types", "editable", "posts", "plugins", "users", "front"])
@pytest.mark.parametrize("odd", ODD, ids=str)
def test_odd_answers_raise_nothing(piece, odd):
    """PHP says [] for an object with nothing in it, and plugins say what they like."""
    assert checkup_of({**healthy(), piece: odd}).findings
    assert checkup_of({**healthy(), "me": STRANGER, piece: odd}).findings


@pytest.mark.parametrize("name", ["namespaces", "authentication", "routes", "timezone_string", "gmt_offset", "home"])
@pytest.mark.parametrize("odd", [None, [], {}, "", 7, {"/batch/v1": []}, {"/batch/v1": {"endpoints": [{}]}}], ids=str)
def test_odd_parts_of_the_index_raise_nothing(name, odd):
    """Whatever stands in the place of what WordPress tells."""
    checkup = checkup_of(broken(root=healthy()["root"] | {name: odd}))
    assert checkup.findings


@pytest.mark.parametrize("name", ["capabilities", "roles", "username"])
@pytest.mark.parametrize("odd", [None, [], {}, "", 7], ids=str)
def test_odd_parts_of_the_user_raise_nothing(name, odd):
    """A user without a role has no capabilities."""
    assert checkup_of(broken(me=healthy()["me"] | {name: odd})).findings


def test_reads_go_only_where_the_password_may():
    """The front page is asked without credentials, and eight requests are enough."""
    seen: list[httpx.Request] = []
    answer: Callable[[httpx.Request], httpx.Response] = answering(healthy())

    def noting(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer(request)

    blog = WordPress(URL, username="ana", app_password=PASSWORD, transport=httpx.MockTransport(noting))
    with Publisher(blog, clock=FakeClock(NOW)) as publisher:
        publisher.doctor()
    assert {request.method for request in seen} == {"HEAD", "GET"}
    assert [request.url.path for request in seen if "authorization" not in request.headers] == ["/", "/"]
    assert len(seen) == 8
