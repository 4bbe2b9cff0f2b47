"""A checkup of a real WordPress: healthy, with users of all roles, and broken in the ways that are seen most."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import httpx
import pytest

from publisher import Checkup, Publisher, PublisherError, doctor

pytestmark = pytest.mark.real

STRIPPED = "unset($_SERVER['HTTP_AUTHORIZATION'], $_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW']);"
SWITCHED_OFF = "add_filter('wp_is_application_passwords_available', '__return_false');"
NO_BLOCK_EDITOR = "add_filter('use_block_editor_for_post_type', '__return_false');"
NO_UNFILTERED = "define('DISALLOW_UNFILTERED_HTML', true);"
NO_BATCH = "add_filter('rest_endpoints', function ($e) { unset($e['/batch/v1']); return $e; });"
FIREWALL = """if (strpos($_SERVER['REQUEST_URI'], 'wp-json/wp/v2')) {
    http_response_code(403); header('Content-Type: text/html'); echo '<h1>Blocked by a firewall</h1>'; exit; }"""
NO_REST_FOR_STRANGERS = """add_filter('rest_authentication_errors', function ($result) {
    return is_user_logged_in() ? $result : new WP_Error('rest_login_required', 'No.', array('status' => 401));
}, 200);"""
MAINTENANCE = "header('Retry-After: 600'); wp_die('Back soon', '', array('response' => 503));"
BOOKS = """add_action('init', function () {
    register_post_type('book', array('public' => true, 'show_in_rest' => true, 'supports' => array('title')));
    register_post_type('film', array('public' => true));
    register_post_meta('post', 'mood', array('show_in_rest' => true, 'single' => true, 'type' => 'string')); });"""
SEO = """add_action('rest_api_init', function () { register_rest_route('rankmath/v1', '/updateMeta',
    array('methods' => 'POST', 'callback' => '__return_true', 'permission_callback' => '__return_true')); });"""
NO_ZONE = """add_filter('option_timezone_string', '__return_empty_string');
add_filter('option_gmt_offset', function () { return 2; });"""
CACHED = "header('X-Cache: HIT');"


def said(checkup: Checkup) -> dict[str, list[str]]:
    """The findings by subject, without the good ones."""
    found: dict[str, list[str]] = {}
    for finding in checkup:
        if finding.verdict != "good":
            found.setdefault(finding.subject, []).append(f"{finding.verdict}: {finding.what} {finding.remedy}")
    return found


def test_healthy_site_is_well_for_an_administrator(desk):
    """Everything that matters is named and good; what the API never tells is unknown."""
    checkup = doctor(desk.blog())
    assert list(said(checkup)) == ["image size"]
    told = {finding.subject: finding.what for finding in checkup}
    assert told["WordPress"] == f"version {desk.site.version}"
    assert told["permalinks"].endswith("/%postname%/")
    assert "'admin' (administrator)" in told["login"]
    assert "Europe/Berlin" in told["time zone"]
    assert told["types"].startswith("'type' may be 'post' and 'page'")


@pytest.mark.parametrize(
    ("user", "ok", "expected"),
    [
        ("editor", True, ["image size"]),
        ("author", True, ["rights", "HTML", "types", "editor", "image size"]),
        ("contributor", False, ["rights", "HTML", "types", "editor", "image size"]),
        ("reader", False, ["rights", "HTML", "types", "editor", "image size"]),
    ],
)
def test_each_role_is_told_what_it_lacks(desk, user, ok, expected):
    """What will fail for it, before it fails; what the role may not even see is unknown and no guess."""
    password = newcomer(desk) if user == "reader" else desk.site.users[user]
    backend = desk.blog(user, app_password=password)
    checkup = doctor(backend)
    assert (checkup.ok, list(said(checkup))) == (ok, expected), str(checkup)
    rights = " ".join(said(checkup).get("rights", []))
    lacks = {"author": ["new one will fail"], "contributor": ["status: draft", "articles with images will fail"]}
    lacks["reader"] = ["may not write articles at all"]
    assert [words for words in lacks.get(user, []) if words not in rights] == []
    if not ok:
        with pytest.raises(PublisherError, match="WordPress"):  # it does fail
            desk.publish(desk.article(), backend)


def newcomer(desk) -> str:
    """A subscriber; the application password."""
    number = desk.new_user("reader", "subscriber")
    made = desk.as_user("admin", f"users/{number}/application-passwords", name="test")
    return str(made["password"])


@pytest.mark.parametrize(
    ("plugin", "subject", "says"),
    [
        (STRIPPED, "login", "problem: .*never saw the password.*SetEnvIf Authorization"),
        (
            SWITCHED_OFF,
            "login",
            "problem: application passwords are switched off on this site.*security plugin",
        ),
        (FIREWALL, "firewall", "problem: .*403.*Blocked by a firewall"),
        (MAINTENANCE, "reachability", "problem: .*503.*maintenance"),
        (NO_UNFILTERED, "HTML", "warning: .*although the role allows them.*DISALLOW_UNFILTERED_HTML"),
        (NO_BATCH, "batches", "warning: .*request of its own"),
        (BOOKS, "types", "warning: .*'book' have no text"),
        (BOOKS, "custom fields", "warning: .*for post: mood; but"),
        (SEO, "SEO", "warning: Rank Math is there"),
        (NO_ZONE, "time zone", r"warning: UTC\+2"),
        (CACHED, "REST API", "problem: .*a cache"),
    ],
    ids=["stripped", "off", "firewall", "maintenance", "HTML", "batch", "types", "fields", "SEO", "zone", "cache"],
)
def test_what_a_plugin_or_the_server_breaks_is_told(desk, plugin, subject, says):
    """Each by its name, with its remedy."""
    desk.site.install_plugin("broken", plugin)
    found = said(doctor(desk.blog()))
    assert re.search(f"(?s){says}", " ".join(found.get(subject, []))), found


def test_wrong_password_is_told_and_is_not_shown(desk):
    """Of the right form, it can be three things; of another, it is none."""
    wrong = "abcd efgh ijkl mnop qrst uvwx"
    alike, other = doctor(desk.blog(app_password=wrong)), doctor(desk.blog(app_password="admin-pass"))
    assert "First" in str(alike)
    assert "24 letters and digits" in str(other)
    assert [secret for secret in (wrong, wrong.replace(" ", ""), "admin-pass") if secret in f"{alike}{other}"] == []


def test_label_of_the_password_is_no_user(desk):
    """Readers see one author, who is called otherwise."""
    password = desk.site.users["admin"]
    assert "'My laptop': they are admin" in str(doctor(desk.blog("My laptop", app_password=password)))


def test_site_that_is_closed_to_strangers_is_well(desk):
    """With the password all is seen."""
    desk.site.install_plugin("closed", NO_REST_FOR_STRANGERS)
    assert doctor(desk.blog()).ok
    assert not doctor(desk.blog(app_password="abcd efgh ijkl mnop qrst uvwx")).ok


@pytest.mark.parametrize("structure", ["", "/archives/%post_id%"])
def test_permalinks_are_told(desk, structure):
    """Without them articles get /?p=123, and everything works all the same."""
    desk.sql("UPDATE wp_options SET option_value = ? WHERE option_name = 'permalink_structure'", structure)
    desk.sql("UPDATE wp_options SET option_value = '' WHERE option_name = 'rewrite_rules'")
    checkup = doctor(desk.blog())
    assert (checkup.ok, "permalinks" in said(checkup)) == (True, structure == "")


def test_block_editor_that_code_switched_off_is_seen_by_what_people_write(desk):
    """No plugin has a name then: articles without blocks are what is left to see."""
    desk.site.install_plugin("classic", NO_BLOCK_EDITOR)
    desk.sql("UPDATE wp_posts SET post_content = '<p>By hand.</p>' WHERE post_type = 'post'")
    assert "unknown: the newest articles hold no blocks" in said(doctor(desk.blog()))["editor"][0]
    assert "editor" not in said(doctor(desk.blog(body="html")))


def test_classic_editor_is_seen_by_its_name(desk):
    """Articles as blocks are a warning then, and as HTML are right."""
    folder = desk.site.mu_plugins.parent / "plugins" / "classic-editor"
    folder.mkdir()
    file = folder / "classic-editor.php"
    file.write_text("<?php\n/* Plugin Name: Classic Editor */\n")
    try:
        active = 'a:1:{i:0;s:33:"classic-editor/classic-editor.php";}'
        desk.sql("UPDATE wp_options SET option_value = ? WHERE option_name = 'active_plugins'", active)
        assert "warning: the plugin Classic Editor is active" in said(doctor(desk.blog()))["editor"][0]
        assert "editor" not in said(doctor(desk.blog(body="html")))
    finally:
        file.unlink()
        folder.rmdir()


#: What a visit may change by itself: caches, the schedule, and when a password was used last.
OF_ITSELF = "option_name NOT LIKE '%_transient_%' AND option_name <> 'cron'"
TABLES = {
    "wp_posts": "1", "wp_postmeta": "1", "wp_terms": "1", "wp_term_taxonomy": "1", "wp_term_relationships": "1",
    "wp_comments": "1", "wp_users": "1", "wp_usermeta": "meta_key <> '_application_passwords'", "wp_options": OF_ITSELF,
}  # fmt: skip


def everything(desk) -> dict[str, object]:
    with closing(sqlite3.connect(desk.site.database, timeout=10)) as database:
        return {
            f"{table} {row[0]}": row
            for table, which in TABLES.items()
            for row in database.execute(f"SELECT * FROM {table} WHERE {which}").fetchall()
        }


@pytest.mark.parametrize("user", ["admin", "contributor", "nobody"])
def test_checkup_leaves_the_site_and_the_ledger_as_they_were(desk, user):
    """Only reads are sent, no row of the database is another afterwards, and no byte of the ledger."""
    desk.publish(desk.article(tags=("x",)))
    httpx.get(desk.site.url)  # at the very first visit the theme stores its settings
    ledger = {file.name: file.read_bytes() for file in desk.ledger.parent.iterdir()}
    before = everything(desk)
    backend, seen = desk.counted(user)
    with Publisher(backend, ledger=desk.ledger) as publisher:
        assert publisher.doctor().findings
    assert {request.method for request in seen.requests} <= {"GET", "HEAD", "OPTIONS"}
    assert {name: row for name, row in everything(desk).items() if before.get(name) != row} == {}
    assert everything(desk).keys() == before.keys()
    assert {file.name: file.read_bytes() for file in desk.ledger.parent.iterdir()} == ledger


def test_site_that_refuses_every_write_is_examined_all_the_same(desk):
    """What proves it: a server that would answer a write with an error never has to."""
    desk.site.install_plugin("guard", "if ($_SERVER['REQUEST_METHOD'] == 'POST') { http_response_code(500); exit; }")
    assert doctor(desk.blog()).ok
    assert httpx.post(desk.site.url).status_code == 500
