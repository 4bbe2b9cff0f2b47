"""Jobs and attempts: what was begun, what left, and what came of it."""

from __future__ import annotations

import pytest

from publisher.backends.steps import Fact, Found, Placed, Removed, Written
from publisher.errors import RefusedError
from publisher.models import Action, Subject

TARGET = "memory:memory.invalid"
A = Subject("article", "a")
IMAGE = Subject("asset", "0123")
NAMES = frozenset({"article:a", "slug:a"})
WRITTEN = Written("7", "https://e.org/a", "v1", "a", "published", baseline={"title": "A"})
NO = RefusedError("refused")


@pytest.fixture
def ledger(open_ledger):
    """A ledger whose publisher holds the article."""
    ledger = open_ledger()
    ledger.acquire(TARGET, [NAMES, frozenset({"asset:0123"})], 0.0)
    return ledger


@pytest.fixture
def sent(ledger, make_job):
    """Begin a job and journal an attempt of it; its job and the ids of its attempts."""

    def send(effect="create", now=100.0, subject=A, job=None):
        if job is None:
            job = make_job()
            ledger.begin([job])
        names = NAMES if subject == A else {f"{subject.kind}:{subject.name}"}
        ids = ledger.journal(TARGET, {subject: {"fields": {"title": "A"}}}, effect, {A: job.id}, names, now)
        return job, ids

    return send


@pytest.fixture
def states(rows):
    """The states of all attempts, oldest first."""
    return lambda: [state for (state,) in rows("SELECT state FROM attempts ORDER BY id")]


@pytest.mark.parametrize(
    ("effect", "settle", "state"),
    [
        ("create", lambda ledger, job, ids: ledger.settle_article(TARGET, job, WRITTEN, NAMES, 101.0), "answered"),
        (
            "create",
            lambda ledger, job, ids: ledger.settle_article(TARGET, job, Found(WRITTEN), NAMES, 101.0),
            "answered",
        ),
        ("create", lambda ledger, job, ids: ledger.settle_failed(TARGET, A, job, NO), "answered"),
        ("create", lambda ledger, job, ids: ledger.settle_absent(TARGET, A, 100.0), "absent"),
        ("create", lambda ledger, job, ids: ledger.settle_absent(TARGET, A, 99.0), "open"),
        ("create", lambda ledger, job, ids: ledger.withdraw(ids), "withdrawn"),
        ("replace", lambda ledger, job, ids: ledger.settle_article(TARGET, job, WRITTEN, NAMES, 101.0), "answered"),
        ("replace", lambda ledger, job, ids: ledger.settle_article(TARGET, job, Removed(), NAMES, 101.0), "answered"),
        ("replace", lambda ledger, job, ids: ledger.settle_failed(TARGET, A, job, NO), "unanswered"),
        ("replace", lambda ledger, job, ids: ledger.settle_absent(TARGET, A, 200.0), "open"),
        ("replace", lambda ledger, job, ids: ledger.withdraw(ids), "withdrawn"),
    ],
)
def test_what_becomes_of_an_attempt(ledger, sent, states, effect, settle, state):
    """Each way to settle it leaves it in its own state."""
    job, ids = sent(effect)
    assert states() == ["open"]
    settle(ledger, job, ids)
    assert states() == [state]


def test_an_open_create_is_in_doubt_with_its_job_and_evidence(ledger, sent):
    """Enough to recognise its effect later, in any process."""
    job, _ = sent(now=123.5)
    [intent] = ledger.open_creates(TARGET)
    assert (intent.subject, intent.effect, intent.sent_at) == (A, "create", 123.5)
    assert intent.evidence == {"fields": {"title": "A"}}
    assert intent.job == job
    assert ledger.open_creates(TARGET, [A]) == [intent]
    assert ledger.open_creates(TARGET, [IMAGE]) == []
    assert ledger.open_creates("memory:other.invalid") == []
    assert ledger.in_doubt([TARGET, "memory:other.invalid"]) == {(TARGET, "a"): intent}


def test_an_asset_in_doubt_does_not_put_an_article_in_doubt(ledger, sent):
    """It has no job, and is not one of the articles that a plan speaks of."""
    sent(subject=IMAGE)
    assert [intent.job for intent in ledger.open_creates(TARGET)] == [None]
    assert ledger.in_doubt([TARGET]) == {}


def test_absent_is_believed_only_when_the_last_create_is_old_enough(ledger, sent, states):
    """One young attempt keeps all of them open."""
    job, _ = sent(now=100.0)
    sent(now=150.0, job=job)
    assert ledger.settle_absent(TARGET, A, 149.9) is False
    assert states() == ["open", "open"]
    assert ledger.settle_absent(TARGET, A, 150.0) is True
    assert states() == ["absent", "absent"]


def test_a_create_that_never_left_moves_its_moment(ledger, sent, rows):
    """The settle time counts from the moment at which it really left."""
    _, ids = sent(now=100.0)
    assert ledger.journal_again(TARGET, ids, NAMES, 130.0, lost=False) == ids
    assert rows("SELECT state, sent_at FROM attempts") == [("open", 130.0)]


def test_a_lost_replace_stays_an_attempt_of_its_own(ledger, sent, rows):
    """The earlier one may arrive after the later one."""
    _, ids = sent("replace", now=100.0)
    again = ledger.journal_again(TARGET, ids, NAMES, 130.0, lost=True)
    assert again != ids
    assert rows("SELECT state, sent_at, name, evidence = (SELECT min(evidence) FROM attempts) FROM attempts") == [
        ("lost", 100.0, "a", 1),
        ("open", 130.0, "a", 1),
    ]


@pytest.mark.parametrize(("since", "seen"), [(99.0, [100.0, 130.0]), (100.0, [130.0]), (130.0, [])])
def test_lost_replaces_may_still_arrive(ledger, sent, since, seen):
    """Until the target's settle time is over, each from its own sending."""
    job, ids = sent("replace", now=100.0)
    ledger.journal_again(TARGET, ids, NAMES, 130.0, lost=True)
    ledger.settle_failed(TARGET, A, job, NO)
    assert [intent.sent_at for intent in ledger.still_arriving(TARGET, ["a", "b"], since)] == seen
    assert ledger.still_arriving(TARGET, ["b"], since) == []


def test_a_lost_replace_may_still_arrive_after_a_later_one_was_answered(ledger, sent):
    """The answer to the second one says nothing about the first."""
    job, ids = sent("replace", now=100.0)
    ledger.journal_again(TARGET, ids, NAMES, 130.0, lost=True)
    ledger.settle_article(TARGET, job, WRITTEN, NAMES, 131.0)
    assert [intent.sent_at for intent in ledger.still_arriving(TARGET, ["a"], 90.0)] == [100.0]


def test_a_replace_without_an_answer_is_told_to_the_next_flow(ledger, sent, make_job):
    """So that its effect is not taken for somebody's edit."""
    job, _ = sent("replace")
    ledger.settle_failed(TARGET, A, job, NO)
    known = ledger.known(TARGET, [make_job(revision=2)], [], 200.0)
    assert [intent.job for intent in known.unanswered["a"]] == [job]


# Jobs


def test_a_newer_job_supersedes_an_unfinished_one(ledger, make_job, rows):
    """Only those of the same article, and only those that did not end yet."""
    ended, left, newer, other = make_job(revision=1), make_job(revision=2), make_job(revision=3), make_job("b")
    ledger.begin([ended])
    ledger.settle_article(TARGET, ended, WRITTEN, NAMES, 1.0)
    ledger.begin([left, other])
    ledger.begin([newer])
    assert dict(rows("SELECT revision || key, state FROM jobs")) == {
        "1a": "succeeded",
        "2a": "superseded",
        "3a": "pending",
        "1b": "pending",
    }


def test_a_failed_job_keeps_its_error(ledger, make_job, rows):
    """As a record, so that it can be shown later."""
    job = make_job()
    ledger.begin([job])
    ledger.settle_failed(TARGET, A, job, NO)
    [(state, error)] = rows("SELECT state, error ->> 'type' FROM jobs")
    assert (state, error) == ("failed", "RefusedError")


def test_the_last_revision_is_of_all_jobs_that_were_ever_begun(ledger, make_job):
    """Whatever came of them."""
    ledger.begin([make_job(revision=5), make_job("b", revision=2)])
    ledger.begin([make_job(revision=4)])
    assert ledger.last_revisions(TARGET, ["a", "b"]) == {"a": 5, "b": 2}
    assert ledger.last_revisions(TARGET, ["b", "c"]) == {"b": 2}
    assert ledger.last_revisions("memory:other.invalid", ["a"]) == {}


# What stands where


def test_what_was_written_stands_with_its_receipt(ledger, make_job):
    """The receipt of the write has the baseline; the one for an unchanged article is a no-op."""
    job = make_job()
    ledger.begin([job])
    receipt = ledger.settle_article(TARGET, job, WRITTEN, NAMES, 1_790_000_000.0)
    assert (receipt.action, receipt.remote_id, receipt.url) == (Action.CREATE, "7", "https://e.org/a")
    assert receipt.baseline == {"title": "A"}
    there = ledger.standing([TARGET])[TARGET, "a"]
    assert (there.wish, there.renderer, there.revision) == (job.wish, "html-1", 1)
    assert there.receipt == receipt.model_copy(update={"action": Action.NO_OP, "baseline": {}})
    known = ledger.known(TARGET, [job], [], 0.0)
    assert known.publications["a"].baseline == {"title": "A"}


def test_what_was_found_is_still_to_be_written(ledger, make_job, rows):
    """It stands there, with no wish fulfilled, and its job is not done."""
    job = make_job()
    ledger.begin([job])
    ledger.settle_article(TARGET, job, Found(WRITTEN), NAMES, 1.0)
    assert ledger.standing([TARGET])[TARGET, "a"].wish == ""
    assert rows("SELECT state FROM jobs") == [("pending",)]


def test_what_was_removed_stands_no_more_and_its_receipts_stay(ledger, make_job, rows):
    """The receipt of the removal says what it was."""
    first, last = make_job(), make_job(revision=2, action=Action.DELETE)
    ledger.begin([first])
    ledger.settle_article(TARGET, first, WRITTEN, NAMES, 1.0)
    ledger.begin([last])
    receipt = ledger.settle_article(TARGET, last, Removed(), NAMES, 2.0)
    assert (receipt.action, receipt.remote_id, receipt.status) == (Action.DELETE, "7", "deleted")
    assert ledger.standing([TARGET]) == {}
    assert len(rows("SELECT * FROM receipts")) == 2


def test_placed_things_are_known_until_they_are_forgotten(ledger, make_job):
    """Under their kind and name; a term is no asset of the same name."""
    term = Subject("term", "0123")
    ledger.settle_placed(TARGET, IMAGE, Placed("9", "https://e.org/i.png"))
    ledger.settle_placed(TARGET, IMAGE, Placed("10", "https://e.org/i.png"))
    assert ledger.known(TARGET, [], [IMAGE, term], 0.0).placed == {IMAGE: Placed("10", "https://e.org/i.png")}
    ledger.forget_placed(TARGET, [IMAGE, term])
    assert ledger.known(TARGET, [], [IMAGE, term], 0.0).placed == {}


def test_facts_hold_for_their_time(ledger):
    """And only at their own target; they can be forgotten at once."""
    ledger.learn(TARGET, "site", Fact({"x": 1}, ttl=10), 100.0)
    assert ledger.known(TARGET, [], [], 109.9).facts == {"site": {"x": 1}}
    assert ledger.known(TARGET, [], [], 110.0).facts == {}
    assert ledger.known("memory:other.invalid", [], [], 101.0).facts == {}
    ledger.forget_facts(TARGET)
    assert ledger.known(TARGET, [], [], 101.0).facts == {}


def test_what_needs_many_names_is_read_whole(ledger, make_job):
    """More keys and needs than one SQL statement names: the answer is the same."""
    ledger.settle_placed(TARGET, IMAGE, Placed("9"))
    job = make_job()
    ledger.begin([job])
    ledger.settle_article(TARGET, job, WRITTEN, NAMES, 1.0)
    jobs = [job, *(make_job(f"other {number}") for number in range(600))]
    needs = [IMAGE, *(Subject("term", str(number)) for number in range(600))]
    known = ledger.known(TARGET, jobs, needs, 0.0)
    assert (list(known.publications), list(known.placed)) == (["a"], [IMAGE])


def test_a_ledger_holds_words_of_any_script(ledger, make_job, open_ledger):
    """What comes back is what was written."""
    job = make_job("ключ/日本語", slug="日本語", article={"title": "Ключ 🎈", "body": "\0 é"})
    ledger.begin([job])
    ledger.acquire(TARGET, [frozenset({"article:ключ/日本語"})], 0.0)
    ledger.journal(TARGET, {job.subject: {}}, "create", {job.subject: job.id}, ["article:ключ/日本語"], 1.0)
    assert [intent.job for intent in open_ledger().open_creates(TARGET)] == [job]


def test_a_job_that_came_to_nothing_is_taken_up_as_it_was(ledger, make_job, rows):
    """With its id and its revision."""
    job = make_job(revision=5)
    ledger.begin([job])
    ledger.fail(job, NO)
    assert ledger.begin([job], [job.id]) == [job]
    assert rows("SELECT revision, state FROM jobs") == [(5, "pending")]


@pytest.mark.parametrize("meanwhile", ["something else was wanted", "it was done"])
def test_a_job_that_is_not_the_last_any_more_is_a_new_one(ledger, make_job, rows, meanwhile):
    """A receiver would take an event that it knows for a repeat, and keep what came after it."""
    job = make_job(revision=5)
    ledger.begin([job])
    ledger.fail(job, NO)
    if meanwhile == "it was done":
        ledger.acquire(TARGET, [NAMES], 0.0)
        ledger.settle_article(TARGET, job, WRITTEN, NAMES, 1.0)
        last = 5
    else:
        other = make_job(revision=9)
        ledger.begin([other])
        ledger.fail(other, NO)
        last = 9
    (begun,) = ledger.begin([job], [job.id])
    assert (begun.revision, begun.wish) == (last + 1, job.wish)
    assert begun.id != job.id
    assert rows("SELECT revision FROM jobs ORDER BY revision")[-1] == (last + 1,)
