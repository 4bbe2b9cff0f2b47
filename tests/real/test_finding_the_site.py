"""Finding a real WordPress, whatever its addresses are and whatever stands before it, and being known there."""

from __future__ import annotations

import httpx
import pytest

from publisher.errors import AuthenticationError, ConfigurationError, PublisherError, UnexpectedAnswerError
from publisher.testing import FakeClock

pytestmark = pytest.mark.real

#: WordPress believes that it lives in a folder; the local server gives it every address anyway.
IN_A_FOLDER = """foreach (array('home', 'siteurl') as $name)
    add_filter("option_$name", function ($url) { return preg_replace('#/blog$#', '', $url) . '/blog'; }, 99);"""

NO_LINK = "remove_action('template_redirect', 'rest_output_link_header', 11);"
NO_ROUTE_ARGUMENT = "if (isset($_GET['rest_route'])) { http_response_code(403); echo '<h1>Blocked</h1>'; exit; }"
LOGIN_FIRST = "add_action('template_redirect', function () { wp_redirect(home_url('/wp-login.php')); exit; }, 0);"
NO_HEAD = "if ($_SERVER['REQUEST_METHOD'] == 'HEAD') {{ http_response_code({}); exit; }}"

STRIPPED = "unset($_SERVER['HTTP_AUTHORIZATION'], $_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW']);"
SWITCHED_OFF = "add_filter('wp_is_application_passwords_available', '__return_false');"

#: A page of a box in front instead of what was asked for: its status, where, how often, and headers.
BOX = """if ({where}) {{
    $left = {times} - (int) get_option('box');
    if ($left > 0) {{
        update_option('box', {times} - $left + 1);
        http_response_code({status}); {headers} header('Content-Type: text/html');
        echo '<html><h1>Just a moment</h1><script>var a = {{"id": 1, "x": [{{"id": 2}}]}}</script></html>'; exit;
    }}
}}"""
REST, WRITES = "strpos($_SERVER['REQUEST_URI'], 'wp/v2')", "$_SERVER['REQUEST_METHOD'] == 'POST'"


def box(where: str, status: int, times: int = 99, headers: str = "") -> str:
    return BOX.format(where=where, status=status, times=times, headers=headers)


def permalinks(desk, structure: str) -> None:
    desk.sql("UPDATE wp_options SET option_value = ? WHERE option_name = 'permalink_structure'", structure)
    desk.sql("UPDATE wp_options SET option_value = '' WHERE option_name = 'rewrite_rules'")


@pytest.mark.parametrize(
    ("structure", "plugin", "folder", "rest"),
    [
        ("/%postname%/", "", "", "/wp-json/"),
        ("", "", "", "/index.php?rest_route="),
        ("/index.php/%postname%/", "", "", "/index.php/wp-json/"),
        ("/%year%/%postname%/", IN_A_FOLDER, "/blog", "/blog/wp-json/"),
        ("", IN_A_FOLDER, "/blog", "/blog/index.php?rest_route="),
        ("/%postname%/", NO_LINK, "", "/?rest_route="),
        ("", NO_HEAD.format(405), "", "/index.php?rest_route="),
        ("/%postname%/", NO_HEAD.format(501), "", "/wp-json/"),
        ("/%postname%/", NO_LINK + NO_HEAD.format(503), "", "/?rest_route="),
        ("/%postname%/", NO_LINK + NO_ROUTE_ARGUMENT, "", "/wp-json/"),
        ("/%postname%/", LOGIN_FIRST, "", "/?rest_route="),
    ],
    ids=[
        "plain",
        "no permalinks",
        "index",
        "folder",
        "folder, none",
        "no link",
        "405",
        "501",
        "503",
        "no argument",
        "login",
    ],
)
def test_rest_api_is_found_and_two_posts_arrive(desk, structure, plugin, folder, rest):
    """Whatever the permalinks, in a folder, with plugins that hide it: all requests go there, batches too."""
    permalinks(desk, structure)
    desk.site.install_plugin("addresses", plugin)
    backend, seen = desk.counted(url=desk.site.url + folder)
    outcomes = desk.publish_many(desk.articles(2, tags=("x",)), backend)
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    assert (len(desk.posts()), desk.rig.terms()) == (2, ["x"])
    signed = [str(request.url) for request in seen.requests if "authorization" in request.headers]
    assert {url.startswith(desk.site.url + rest) for url in signed} == {True}
    assert "batch" in signed[-1]


def test_who_we_are_is_asked_first_and_holds_for_an_hour(desk):
    """The user comes before anything else that is asked with the password; then again an hour later."""
    clock, paths = FakeClock(desk.rig.clock.now()), []
    for number, pause in enumerate((0, 3_500, 200)):
        clock.advance(pause)
        backend, seen = desk.counted()
        desk.publish(desk.article(str(number), author="admin"), backend, clock=clock)
        paths.append([request.url.path.removeprefix("/wp-json") for request in seen.requests])
    learned = ["/", "/", "/wp/v2/users/me"]
    assert [path[:3] == learned for path in paths] == [True, False, True]
    assert paths[1] == ["/wp/v2/posts", paths[1][-1]]


def test_what_looks_alike_is_told_with_all_three_remedies(desk):
    """A wrong password, a server that drops the header, application passwords that are switched off."""
    desk.publish(desk.article())
    for code, password in (("", "wrong wrong"), (STRIPPED, None), (SWITCHED_OFF, None)):
        desk.site.install_plugin("alike", code)
        settings = {} if password is None else {"app_password": password}
        for _ in ("known for an hour", "forgotten"):
            with pytest.raises(AuthenticationError) as caught:
                desk.publish(desk.article("Two."), desk.blog(**settings))
            remedies = ("application password is wrong", "SetEnvIf Authorization", "switched off")
            assert [remedy in str(caught.value) for remedy in remedies] == [True] * 3
    desk.site.remove_plugin("alike")
    desk.publish(desk.article("Two."))


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (box("true", 403), ConfigurationError, "turns us away.*403.*firewall"),
        (box("true", 200), ConfigurationError, "does not say where its REST API is"),
        (box("true", 500), PublisherError, "500"),
        (box(REST, 403), UnexpectedAnswerError, "403.*Just a moment.*firewall"),
        (box(REST, 200), UnexpectedAnswerError, "200 with text/html.*Just a moment"),
        (box(REST, 500), PublisherError, "500"),
        (box(WRITES, 403), PublisherError, "403"),
        (box(WRITES, 200), PublisherError, "200"),
        (box(WRITES, 503, headers="header('Retry-After: 3600');"), PublisherError, "503.*3600"),
        (
            f"if ({WRITES}) {{ http_response_code(403); echo '{{\"blocked\": true}}'; exit; }}",
            UnexpectedAnswerError,
            "403.*blocked",
        ),
    ],
)
def test_box_in_front_is_told_apart_and_nothing_is_published(desk, hasty, code, kind, says):
    """What answers instead of WordPress is named with its status, also a home page with 200, and never believed."""
    desk.site.install_plugin("box", code)
    with pytest.raises(kind, match=f"(?s){says}"):
        desk.publish(desk.article(), desk.blog(settle=0.1), clock=hasty)
    assert desk.posts() == []
    desk.site.remove_plugin("box")
    assert desk.publish(desk.article()).action == "create"


@pytest.mark.parametrize(
    "code",
    [
        box("true", 503, times=1, headers="header('Retry-After: 1');"),
        box(WRITES, 503, times=2, headers="header('Retry-After: 1');"),
        box(WRITES, 429, times=2, headers="header('Retry-After: ' . gmdate('D, d M Y H:i:s', time() + 1) . ' GMT');"),
        box(REST, 500, times=2),
        box(WRITES, 502, times=1),
        "if (strpos($_SERVER['REQUEST_URI'], 'wp-json')) echo '<b>Notice</b>: {\"id\": 7} in [x] on line 1';",
    ],
    ids=["maintenance", "maintenance of writes", "too many", "reads fail", "writes fail", "notice"],
)
def test_trouble_that_passes_is_survived(desk, code):
    """Maintenance for a second, errors that go away, PHP that talks: each article arrives once, with its tag."""
    desk.site.install_plugin("trouble", code)
    outcomes = desk.publish_many(desk.articles(2, tags=("x",)), desk.blog(settle=0.1))
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    assert (len(desk.posts()), desk.rig.terms()) == (2, ["x"])


def test_password_goes_nowhere_but_to_the_site(desk):
    """A Link header that leads elsewhere, and a redirect to another host: refused before anything was signed."""
    elsewhere = {
        "link": "add_filter('rest_url', function () { return 'http://elsewhere.example/wp-json/'; });",
        "redirect": "if (!strpos($_SERVER['REQUEST_URI'], 'wp-json')) { header('Location: http://elsewhere.example/');"
        " http_response_code(302); exit; }",
    }
    for code in elsewhere.values():
        desk.site.install_plugin("elsewhere", code)
        backend, seen = desk.counted()
        with pytest.raises(ConfigurationError, match=r"elsewhere\.example"):
            desk.publish(desk.article(), backend)
        assert [request for request in seen.requests if "authorization" in request.headers] == []
    assert httpx.head(desk.site.url).headers["location"] == "http://elsewhere.example/"


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://no-such-host.invalid", "no-such-host.invalid.*Check the address"),
        ("https://{host}", "https"),
        ("http://localhost:{port}", "127.0.0.1"),
        ("{url}/wp-admin", "^(?!.*wp-login)"),
        ("{url}/hello-world", "Give the address"),
        ("{url}/nothing-here", "Give the address"),
    ],
)
def test_wrong_address_is_refused_with_a_way_out(desk, hasty, address, says):
    """Another address than the site's: told which one to give, and never the login page."""
    host, port = desk.site.url.removeprefix("http://"), desk.site.url.rpartition(":")[2]
    url = address.format(url=desk.site.url, host=host, port=port)
    with pytest.raises(PublisherError, match=says):
        desk.publish(desk.article(), desk.blog(url=url), clock=hasty)
