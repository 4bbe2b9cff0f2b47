"""What becomes of the members of a batch whose answer was lost, on the real WordPress.

They are looked for together, adopted, and written once more together, unless there is a reason to think that batches do
not get through.
"""

from __future__ import annotations

import html
import json
from collections import Counter
from math import ceil

import pytest
from wordpress_rig import WordPressRig

from publisher.testing import CrashWalk, Fault

pytestmark = pytest.mark.real

#: So long that no batch takes a third of it, on a busy machine either: its loss then is no matter of time.
PATIENT = {"timeout": 90}

#: Every slug becomes one that nobody would guess.
ODD_SLUGS = """add_filter('wp_unique_post_slug', function ($slug, $id) { return "odd-$id"; }, 10, 2);"""

#: PHP dies of one article, whenever it was stored.
POISON = """add_action('rest_insert_post', function ($post) {
    if (strpos($post->post_content, 'poison')) throw new Error('no'); });"""

SLOW_BATCHES = "if (strpos($_SERVER['REQUEST_URI'], 'batch/v1')) sleep(3);"


def batch_of(route: str):
    """Whether a request is a batch that makes things there."""

    def is_one(request) -> bool:
        if not request.url.path.endswith("/batch/v1"):
            return False
        return all(one["path"].startswith(f"/wp/v2/{route}?") for one in json.loads(request.content)["requests"])

    return is_one


def asked(seen) -> Counter[str]:
    """How often what was asked for: searches apart from other reads, single writes by their form."""
    found: Counter[str] = Counter()
    for request in seen.requests:
        path = request.url.path.removeprefix("/wp-json").removeprefix("/wp/v2")
        single = request.method == "POST" and path != "/batch/v1"
        name = path.rsplit("/", 1)[0] + "/ID" if single and path.count("/") == 2 else path
        found[f"{'search' if 'search' in request.url.params else request.method} {name}"] += 1
    return found


def stands_once(desk, number: int) -> bool:
    titles = [title for _, _, title, *_ in desk.posts()]
    return len(titles) == len(set(titles)) == number


@pytest.mark.parametrize("trouble", ["bad gateway", "answer lost"])
def test_lost_batches_cost_one_look_one_read_and_the_batches_once_more(desk, trouble):
    """Sixty posts, and the answers of all their batches are lost after WordPress has done its work."""
    backend, seen = desk.counted(**PATIENT)
    seen.faults.append(Fault(trouble, batch_of("posts"), times=3))
    articles = [article.model_copy(update={"tags": ("One", "Two")}) for article in desk.articles(60)]
    outcomes = desk.publish_many(articles, backend, deadline=120)
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    assert stands_once(desk, 60)
    assert all(desk.terms(outcome.unwrap()) == {"One", "Two"} for outcome in outcomes)
    looks = ceil(60 * (3 * len("number-000") + len("-2-3")) / 4_000)
    writes = 1 + 3 + 3
    assert asked(seen)["POST /batch/v1"] == writes
    assert len(seen.requests) == 3 + looks + writes + looks + 1, asked(seen)


def test_lost_batch_of_terms_costs_one_look(desk):
    """Twenty tags are looked for together, some of which share a slug; and batches are sent as before."""
    names = ["C", "C++", "C#", "AT&T", "Größe", "привет", "+++", *(f"Tag {number}" for number in range(13))]
    backend, seen = desk.counted(**PATIENT)
    seen.faults.append(Fault("bad gateway", batch_of("tags")))
    articles = [article.model_copy(update={"tags": tuple(names)}) for article in desk.articles(30)]
    outcomes = desk.publish_many(articles, backend, deadline=120)
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    assert sorted(map(html.unescape, desk.rig.terms())) == sorted(names)
    assert desk.terms(outcomes[0].unwrap()) == set(names)
    # The one for +++ has its id for a slug, so the tags that were made last are asked for as well.
    assert (asked(seen)["GET /tags"], asked(seen)["search /tags"], asked(seen)["POST /batch/v1"]) == (2, 0, 3)


def test_terms_of_one_name_below_different_parents_are_told_apart(desk):
    """The answers of both batches of categories are lost: those above, and those below, which are called alike."""
    articles = [
        article.model_copy(update={"categories": ((f"Town {place}", "News"),)})
        for place, article in enumerate(desk.articles(4))
    ]
    backend, seen = desk.counted(**PATIENT)
    seen.faults.append(Fault("bad gateway", batch_of("categories"), times=2))
    outcomes = desk.publish_many(articles, backend)
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    assert Counter(desk.rig.terms()) == {"News": 4, **{f"Town {place}": 1 for place in range(4)}}
    parents = [
        desk.sql(
            """SELECT p.name FROM wp_term_relationships r JOIN wp_term_taxonomy t USING (term_taxonomy_id)
            JOIN wp_terms p ON p.term_id = t.parent WHERE r.object_id = ?""",
            outcome.unwrap().remote_id,
        )
        for outcome in outcomes
    ]
    assert parents == [[(f"Town {place}",)] for place in range(4)]
    assert asked(seen)["search /categories"] == 0


def test_batch_that_never_arrived_is_searched_article_by_article_only_in_the_end(desk):
    """Until the settle time is over absent is not believed, and all are looked for together. Then each gets a search
    of its own, is found absent, and goes singly: a box in front may let no batch through."""
    backend, seen = desk.counted(**PATIENT, settle=3)
    seen.faults.append(Fault("request lost", batch_of("posts")))
    outcomes = desk.publish_many(desk.articles(12), backend)
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    assert stands_once(desk, 12)
    found = asked(seen)
    assert (found["search /posts"], found["POST /posts"], found["POST /batch/v1"]) == (12, 12, 1)
    # Two for each look, of which there are four in three seconds; and one more before each write.
    assert found["GET /posts"] <= 2 * 6 + 2


def test_posts_under_slugs_that_nobody_would_guess_are_found_together(desk):
    """Among those that were made last, by their marks: at once, and without a search for each."""
    desk.site.install_plugin("odd-slugs", ODD_SLUGS)
    backend, seen = desk.counted(**PATIENT)
    seen.faults.append(Fault("bad gateway", batch_of("posts")))
    outcomes = desk.publish_many(desk.articles(5), backend)
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    assert stands_once(desk, 5)
    assert (asked(seen)["search /posts"], asked(seen)["POST /batch/v1"]) == (0, 2)


def test_batch_that_was_lost_because_it_took_too_long_is_not_sent_again(desk):
    """It would take as long again. Each of its members is written singly."""
    desk.site.install_plugin("slow", SLOW_BATCHES)
    backend, seen = desk.counted(timeout=6, settle=8)
    seen.faults.append(Fault("bad gateway", batch_of("posts")))
    outcomes = desk.publish_many(desk.articles(5), backend)
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    assert stands_once(desk, 5)
    assert (asked(seen)["POST /batch/v1"], asked(seen)["POST /posts/ID"]) == (1, 5)


def test_batch_of_which_a_part_arrived_goes_singly(desk):
    """PHP died in the middle of it: what stands there is adopted, the rest is made, and what it died of fails alone."""
    desk.site.install_plugin("poison", POISON)
    articles = desk.articles(7)
    articles[3] = articles[3].model_copy(update={"body": "A poison."})
    backend, seen = desk.counted(**PATIENT)
    outcomes = desk.publish_many(articles, backend, clock=desk.rig.clock)
    assert [outcome.key for outcome in outcomes if outcome.error] == ["number-003"]
    assert stands_once(desk, 7)
    assert (asked(seen)["POST /batch/v1"], asked(seen)["POST /posts"]) == (1, 3)


def test_article_that_breaks_the_site_at_the_end_of_its_batch_spoils_no_other(desk):
    """All of the batch stands there, so it is written once more as a batch, and PHP dies of it every time: then each
    goes singly in the same run."""
    desk.site.install_plugin("poison", POISON)
    articles = desk.articles(7)
    articles[6] = articles[6].model_copy(update={"body": "A poison."})
    backend, seen = desk.counted(**PATIENT)
    outcomes = desk.publish_many(articles, backend, clock=desk.rig.clock)
    assert [outcome.key for outcome in outcomes if outcome.error] == ["number-006"]
    assert stands_once(desk, 7)
    assert (asked(seen)["POST /batch/v1"], asked(seen)["POST /posts/ID"]) == (1 + 5, 6 + 5)


def test_site_that_breaks_over_every_update_is_not_asked_for_each(desk):
    """Of a batch that got no answer the first four are tried singly; when they get none either, the rest is left."""
    articles = desk.articles(30)
    desk.publish_many(articles)
    desk.site.install_plugin("poison", POISON)
    changed = [article.model_copy(update={"body": "A poison."}) for article in articles]
    backend, seen = desk.counted(**PATIENT)
    outcomes = desk.publish_many(changed, backend, clock=desk.rig.clock)
    assert {outcome.error.what.split(":")[0] for outcome in outcomes if outcome.error} == {
        "the site gave no usable answer"
    }
    assert sum(outcome.error is not None for outcome in outcomes) == 30
    assert asked(seen)["POST /batch/v1"] + asked(seen)["POST /posts/ID"] <= 2 * (5 + 4 * 5)


def test_dying_after_a_lost_batch_leaves_exactly_one(wordpress_server, tmp_path):
    """Five new articles, the answer of whose batch is lost; the process dies on the way, and another goes on."""

    def make_rig() -> WordPressRig:
        wordpress_server.reset()
        return WordPressRig(wordpress_server)

    fault = Fault("bad gateway", batch_of("posts"))
    report = CrashWalk(make_rig, tmp_path, "create", 5, fault).once(lambda points: range(points // 2, points, 12))
    assert (report.faults, report.walks >= 3) == ([], True)
