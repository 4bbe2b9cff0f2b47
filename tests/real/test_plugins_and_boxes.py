"""Real WordPresses with odd plugins, and with boxes in front that answer themselves: published to, or named."""

from __future__ import annotations

import base64
import io
import logging
import time
import traceback

import pytest

from publisher import PublisherError

pytestmark = pytest.mark.real

ON_POST = "if ($_SERVER['REQUEST_METHOD'] == 'POST' && strpos($_SERVER['REQUEST_URI'], '{}'))"
HTML = "{{ http_response_code({0}); header('Content-Type: text/html'); echo '<h1>{0} from a box</h1>'; exit; }}"
NO_PERMALINKS = """add_filter('pre_option_permalink_structure', '__return_empty_string');
add_filter('pre_option_rewrite_rules', '__return_empty_string');"""
NO_BATCH = "add_filter('rest_endpoints', function ($e) { unset($e['/batch/v1']); return $e; });"


@pytest.mark.parametrize(
    "code",
    {
        "trailing noise": "register_shutdown_function(function () { echo '<!-- 42 queries -->'; });",
        "a notice": "if (strpos($_SERVER['REQUEST_URI'], 'wp-json')) echo '<b>Notice</b>: [0] in {x} on line 1';",
        "closed": "add_filter('rest_authentication_errors', function ($e) { return $e ?: (is_user_logged_in() ? $e : "
        "new WP_Error('rest_not_logged_in', 'Closed', array('status' => 401))); }, 999);",
        "no batches": NO_BATCH,
        "later no batches": NO_BATCH,
        "later no permalinks": NO_PERMALINKS,
        "no link": "remove_action('template_redirect', 'rest_output_link_header', 11);",
        "no HEAD": "if ($_SERVER['REQUEST_METHOD'] == 'HEAD') { http_response_code(405); exit; }",
        "no permalinks": NO_PERMALINKS,
        "500 after insert": "add_action('rest_after_insert_post', function () { if (get_option('x')) return; "
        f"update_option('x', 1); {HTML.format(500)} }});",
    }.items(),
    ids=lambda item: item[0],
)
def test_site_with_such_a_plugin_is_published_to(desk, code):
    """What plugins do to a site that still works for its visitors; later: after something was learned about it."""
    if code[0].startswith("later"):
        desk.publish(desk.article())
    desk.site.install_plugin("odd", code[1])
    articles = [desk.article(key=f"k{n}", slug=f"k{n}", title=f"T{n}", tags=("x",)) for n in range(2)]
    outcomes = desk.publish_many(articles, desk.blog())
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    assert (len(desk.posts()) - code[0].startswith("later"), desk.rig.terms()) == (2, ["x"])


@pytest.mark.parametrize(("status", "where"), [(403, "posts"), (500, "posts"), (413, "media")])
def test_box_in_front_that_refuses_writes_is_named(desk, status, where):
    """A firewall or a web server answers with a page of its own: the message says which status, and about what."""
    desk.site.install_plugin("box", ON_POST.format(where) + HTML.format(status))
    desk.draw("a.png")
    file = desk.write("p.md", "---\ntitle: P\n---\nText.\n" + "![n](a.png)\n" * (where == "media"))
    with pytest.raises(PublisherError, match=str(status)) as caught:
        desk.publish(file, desk.blog(settle=0.1))
    assert ("a.png" in str(caught.value)) == (where == "media")
    assert desk.posts() == []


def test_site_in_maintenance_is_left_alone(desk):
    """503 with Retry-After: no waiting beyond the deadline, and the next run goes on."""
    flag = desk.site.directory / "site" / ".maintenance"
    flag.write_text(f"<?php $upgrading = {int(time.time())};")
    try:
        with pytest.raises(PublisherError, match="503"):
            desk.publish(desk.article())
    finally:
        flag.unlink()
    assert desk.publish(desk.article()).action == "create"


@pytest.mark.parametrize("blanks", [True, False])
@pytest.mark.parametrize("noise", ["", "'" + "x" * 185 + " '."], ids=["short", "cut off"])
def test_secret_that_a_site_echoes_is_seen_nowhere(desk, caplog, blanks, noise):
    """Not in an error, its trace, an event, a log, the ledger; also not a part of it where a message is cut off."""
    secret = desk.site.users["admin"] if blanks else desk.site.users["admin"].replace(" ", "")
    echo = f"{noise}$_SERVER['PHP_AUTH_PW'].' '.$_SERVER['HTTP_AUTHORIZATION']"
    desk.site.install_plugin("echo", "add_filter('rest_pre_insert_post', function () { return new WP_Error('leak', "
                             f"{echo}, array('status' => 403)); }});")  # fmt: skip
    stream, events, backend = io.StringIO(), [], desk.blog(app_password=secret)
    logging.getLogger().addHandler(handler := logging.StreamHandler(stream))
    with caplog.at_level(logging.DEBUG):
        try:
            desk.publish(desk.article(), backend, on_event=events.append)
        except PublisherError as error:
            said = f"{error!r} {error} {vars(error)} {traceback.format_exc()} {backend!r} {vars(backend)}"
    logging.getLogger().removeHandler(handler)
    ledger = b"".join(file.read_bytes() for file in desk.ledger.parent.glob("ledger.db*")).decode("latin1")
    for text in (said, repr(events), stream.getvalue(), ledger):
        assert secret[:9] not in text
        assert base64.b64encode(f"admin:{secret}".encode()).decode()[:20] not in text
