"""What publishing costs in requests, counted on the real WordPress; and what happens where a site takes no batches."""

from __future__ import annotations

from collections import Counter
from math import ceil

import pytest

from publisher.errors import PublisherError, RefusedError
from publisher.testing import Fault

pytestmark = pytest.mark.real

#: Slugs are asked for as they are and with the two numbers that WordPress may have put behind them.
VARIANTS = 3

NO_BATCH = "add_filter('rest_endpoints', function ($e) { unset($e['/batch/v1']); return $e; });"
TWO_AT_MOST = "add_filter('rest_get_max_batch_size', function () { return 2; });"
BOX = """if ($_SERVER['REQUEST_METHOD'] == 'POST' && strpos($_SERVER['REQUEST_URI'], 'batch/v1')) {{
    http_response_code({}); echo '{}'; exit; }}"""


def paths(seen) -> Counter[str]:
    return Counter(f"{request.method} {request.url.path.removeprefix('/wp-json')}" for request in seen.requests)


def with_terms(articles, tags: int, categories: int):
    """Each article has three of the tags and one category below another; together they have all of them."""
    return [
        article.model_copy(
            update={
                "tags": tuple(f"tag {(3 * number + more) % tags}" for more in range(3)) if tags else (),
                "categories": ((f"Top {number % categories}", f"Below {number % categories}"),) if categories else (),
            }
        )
        for number, article in enumerate(articles)
    ]


@pytest.mark.parametrize(
    ("number", "tags", "categories"),
    [(1, 0, 0), (1, 3, 1), (25, 0, 0), (26, 26, 26), (60, 60, 0), (130, 10, 5)],
)
def test_new_changed_and_unchanged_posts_cost_what_the_readme_says(desk, number, tags, categories):
    """At most ceil(N/25) writes of posts, ceil(T/25) writes of terms for each level of categories, a look-up for every
    4,000 characters of slugs, and 3 to learn the site. Changed: a read for every 100 and the writes. Unchanged: 0."""
    articles = with_terms(desk.articles(number), tags, categories)
    # Short slugs: all of them go into one look-up, as the budget says.
    articles = [article.model_copy(update={"slug": f"n{place}"}) for place, article in enumerate(articles)]
    backend, seen = desk.counted()

    def run(changed) -> int:
        seen.requests.clear()
        outcomes = desk.publish_many(changed, backend)
        assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
        return len(seen.requests)

    asked = sum(VARIANTS * len(article.slug) + len("-2-3") for article in articles)
    levels = [tags + categories, categories]
    budget = ceil(number / 25) + sum(ceil(terms / 25) for terms in levels) + ceil(asked / 4_000) + 3
    assert run(articles) <= budget, paths(seen)
    assert (len(desk.posts()), len(desk.rig.terms())) == (number, tags + 2 * categories)
    assert run(articles) == 0
    changed = [article.model_copy(update={"body": "New words."}) for article in articles]
    assert run(changed) <= ceil(number / 100) + ceil(number / 25), paths(seen)
    assert desk.sql("SELECT count(*) FROM wp_posts WHERE post_content LIKE '%New words.%' AND post_type = 'post'") == [
        (number,)
    ]


def test_long_slugs_fill_their_look_ups(desk):
    """Four thousand characters each, however many articles they are; other scripts count as they stand in addresses."""
    articles = [
        article.model_copy(update={"slug": f"{'x' * 60 if place % 4 else 'привет'}-{place}"})
        for place, article in enumerate(desk.articles(60))
    ]
    backend, seen = desk.counted()
    outcomes = desk.publish_many(articles, backend)
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    looks = [request for request in seen.requests if request.url.path.endswith("/posts")]
    asked = sum(VARIANTS * (len(a.slug) + 5 * 6 * ("п" in a.slug)) + 4 for a in articles)
    assert len(looks) == ceil(asked / 4_000)
    assert max(len(str(request.url)) for request in looks) < 8_000


def test_batches_go_two_at_once_and_images_three(desk):
    """Counted by the site: how many were under way at a time."""
    code = """function busy($name, $by) { $f = fopen(sys_get_temp_dir() . '/' . md5(__FILE__) . $name, 'c+');
            flock($f, LOCK_EX); $n = json_decode(stream_get_contents($f) ?: '[0,0]');
            $n[0] += $by; $n[1] = max($n); rewind($f); ftruncate($f, 0); fwrite($f, json_encode($n)); fclose($f);
            return $n[1]; }
        foreach (array('batch/v1', 'wp/v2/media') as $where)
            if ($_SERVER['REQUEST_METHOD'] == 'POST' && strpos($_SERVER['REQUEST_URI'], $where)) {
                busy(md5($where), 1); usleep(150000);
                register_shutdown_function(function () use ($where) { busy(md5($where), -1); }); }
        if (isset($_GET['busy'])) { echo json_encode(array(busy(md5('batch/v1'), 0), busy(md5('wp/v2/media'), 0)));
            exit; }"""
    desk.site.install_plugin("busy", code)
    for number in range(80):
        image = f"![i](i{number % 8}.png)"
        desk.draw(f"i{number % 8}.png", color=(number % 8, 0, 0))
        desk.write(f"a{number:02}.md", f"---\ntitle: No {number}\n---\n{image}\n")
    backend, seen = desk.counted()
    assert [str(outcome.error) for outcome in desk.publish_many(desk.folder, backend) if outcome.error] == []
    assert (desk.ask("/?busy=1"), len(desk.rig.assets())) == ([2, 3], 8)
    assert paths(seen)["POST /wp/v2/media"] == 8
    assert paths(seen)["POST /batch/v1"] == 4


def test_each_article_of_a_batch_has_its_own_fate(desk):
    """One that WordPress refuses stops none of the 25 beside it, and says what is wrong with it."""
    articles = desk.articles(26)
    articles[7] = articles[7].model_copy(update={"template": "nowhere"})
    articles[9] = articles[9].model_copy(update={"type": "nothing"})
    outcomes = desk.publish_many(articles)
    assert [outcome.key for outcome in outcomes if outcome.error] == ["number-007", "number-009"]
    assert ("nowhere" in desk.sql("SELECT group_concat(post_name) FROM wp_posts")[0][0]) is False
    assert isinstance(outcomes[7].error, RefusedError)
    assert "template" in str(outcomes[7].error)
    assert len(desk.posts()) == 24


@pytest.mark.parametrize(
    ("plugin", "later"),
    [
        (NO_BATCH, False),
        (NO_BATCH, True),
        (TWO_AT_MOST, False),
        (BOX.format(413, "<h1>Request Entity Too Large</h1>"), False),
        (BOX.format(403, "<h1>Forbidden</h1>"), False),
        (BOX.format(403, '{"code": "rest_off", "message": "No."}'), False),
    ],
    ids=["none", "none since a while", "only two at a time", "too large", "firewall", "refused"],
)
def test_site_that_takes_no_batches_gets_single_posts(desk, plugin, later):
    """Its route is gone, its limit is lower, a box in front lets none through: all arrive once, with the right tags,
    and an update goes through as well."""
    if later:
        desk.publish(desk.article())
    desk.site.install_plugin("no-batches", plugin)
    articles = [article.model_copy(update={"tags": ("C", "C++", "C#")}) for article in desk.articles(5)]
    for words in ("One.", "Two."):
        changed = [article.model_copy(update={"body": words}) for article in articles]
        outcomes = desk.publish_many(changed, desk.blog(settle=0.5))
        assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    assert (len(desk.posts()) - later, sorted(desk.rig.terms())) == (5, ["C", "C#", "C++"])
    assert all(desk.terms(outcome.unwrap()) == {"C", "C++", "C#"} for outcome in outcomes)


@pytest.mark.parametrize("death", ["exit(1)", "throw new Error('no')"])
def test_article_that_breaks_the_site_spoils_no_other(desk, death):
    """A plugin dies of one of 60 updates, and so of its batch: the others in it go singly then, and it fails alone."""
    articles = desk.articles(60)
    desk.publish_many(articles)
    code = "add_filter('rest_pre_insert_post', function ($post) { if (strpos($post->post_content, 'poison')) "
    desk.site.install_plugin("poison", f"{code} {death}; return $post; }});")
    changed = [
        article.model_copy(update={"body": f"New. {'poison' * (place == 3)}"}) for place, article in enumerate(articles)
    ]
    failed = [[outcome.key for outcome in desk.publish_many(changed) if outcome.error] for _ in range(2)]
    assert failed == [["number-003"]] * 2


def test_site_that_falls_silent_is_not_asked_for_every_batch(desk, hasty):
    """It answered the look-up and then no more: all articles fail, and most were never sent."""
    backend, seen = desk.counted()
    seen.faults.append(Fault("refused", lambda request: request.method == "POST", times=999))
    with pytest.raises(PublisherError, match="connection"):
        desk.publish_many(desk.articles(200), backend, clock=hasty)[-1].unwrap()
    assert len([request for request in seen.requests if request.method == "POST"]) < 16
    assert desk.posts() == []


def test_sixty_articles_cost_few_requests_and_then_none(desk):
    """Several batches side by side; a second run asks nothing, and one without the ledger doubles nothing."""
    for number in range(60):
        tags = ", ".join(f"tag {other}" for other in range(number, number + 4))
        image = f"![i](i{number % 4}.png)"
        desk.draw(f"i{number % 4}.png", color=(number % 4, 0, 0))
        desk.write(f"a{number:02}.md", f"---\ntitle: No {number}\ntags: [{tags}]\ncategories: [K]\n---\n{image}\n")
    backend, seen = desk.counted()
    for requests in (20, 0, 20):
        if requests:
            desk.lose_the_ledger()
        seen.requests.clear()
        assert [str(outcome.error) for outcome in desk.publish_many(desk.folder, backend) if outcome.error] == []
        assert len(seen.requests) <= requests
        assert (len(desk.posts()), len(desk.rig.terms()), len(desk.rig.assets())) == (60, 64, 4)
