"""When and whether a post is seen on a real WordPress: statuses, schedules, time zones."""

from __future__ import annotations

import datetime as dt

import pytest

pytestmark = pytest.mark.real

NOW = dt.datetime.now(dt.UTC)
SOON, LATER = NOW + dt.timedelta(days=3), NOW + dt.timedelta(days=9)
PAST = dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)


def stored_at(row) -> dt.datetime:
    return dt.datetime.fromisoformat(row["date_gmt"]).replace(tzinfo=dt.UTC)


def is_near(moment: dt.datetime, other: dt.datetime) -> bool:
    return abs(moment - other) < dt.timedelta(minutes=10)


@pytest.mark.parametrize(
    ("steps", "status", "date_gmt"),
    [
        ([("draft", None), ("published", None), ("draft", None), ("published", None)], "publish", None),
        ([("private", None)], "private", None),
        ([("scheduled", SOON), ("published", None)], "publish", None),
        ([("published", PAST), ("published", None)], "publish", PAST),
        ([("published", PAST.replace(tzinfo=None))], "publish", PAST - dt.timedelta(hours=2)),
    ],
)
def test_status_and_date_become_what_is_written(desk, steps, status, date_gmt):
    """Each step is an edit of one article; a date without a zone is the site's (Europe/Berlin). None is now."""
    for number, (wanted, date) in enumerate(steps):
        desk.publish(desk.article(f"Step {number}.", status=wanted, date=date))
    [post] = desk.posts()
    stored = dt.datetime.fromisoformat(post[5]).replace(tzinfo=dt.UTC)
    assert (post[3], abs(stored - (date_gmt or dt.datetime.now(dt.UTC))) < dt.timedelta(minutes=10)) == (status, True)


def test_scheduled_post_is_rescheduled_published_now_and_taken_off(desk):
    """Each step is one edit of the same post; what was scheduled and is published has the time of that (None: now)."""
    steps = [
        ({"status": "scheduled", "date": SOON}, "future", SOON),
        ({"status": "scheduled", "date": LATER}, "future", LATER),
        ({"status": "published"}, "publish", None),
        ({"status": "scheduled", "date": SOON}, "future", SOON),
        ({"status": "draft", "date": SOON}, "draft", SOON),
        ({"status": "private", "date": NOW - dt.timedelta(days=400)}, "private", NOW - dt.timedelta(days=400)),
    ]
    for number, (fields, status, moment) in enumerate(steps):
        receipt = desk.publish(desk.article(f"Step {number}.", **fields))
        row = desk.row(receipt)
        assert (row["status"], is_near(stored_at(row), moment or dt.datetime.now(dt.UTC)), receipt.changes) == (
            status,
            True,
            (),
        )
    assert len(desk.posts()) == 1


def test_scheduled_post_that_wordpress_has_published_can_be_edited(desk):
    """WP-Cron turned future into publish, as it was asked to: nobody edited anything."""
    receipt = desk.publish(desk.article("One.", status="scheduled", date=SOON))
    desk.sql("UPDATE wp_posts SET post_status = 'publish' WHERE ID = ?", receipt.remote_id)
    desk.publish(desk.article("Two.", status="scheduled", date=SOON))


def test_draft_leaves_its_date_to_the_day_on_which_it_is_published(desk):
    """As drafts made in wp-admin do; else one that is published by hand next month stands under the old day."""
    desk.publish(desk.article(status="draft"))
    assert desk.posts()[0][5] == "0000-00-00 00:00:00"


def test_what_wordpress_makes_of_an_impossible_date_is_told(desk):
    """Published with a date ahead is scheduled there, and scheduled with one behind is published: never silently."""
    for status, date, becomes in (("published", SOON, "future"), ("scheduled", NOW - dt.timedelta(days=9), "publish")):
        receipt = desk.publish(desk.article(status, status=status, date=date))
        assert [(change.field, change.stored) for change in receipt.changes] == [("status", becomes)]


DATES = [
    ("Europe/Berlin", "", "2025-07-01T12:00", "2025-07-01 10:00:00"),
    ("Europe/Berlin", "", "2025-03-30T02:30", "2025-03-30 01:30:00"),  # the hour that spring skips
    ("Europe/Berlin", "", "2025-10-26T02:30", "2025-10-26 00:30:00"),  # the hour that autumn has twice: the first
    ("Europe/Berlin", "", "2025-10-26T03:30", "2025-10-26 02:30:00"),
    ("Europe/Berlin", "", "2025-07-01T12:00+05:30", "2025-07-01 06:30:00"),
    ("", "5.5", "2025-07-01T12:00", "2025-07-01 06:30:00"),
    ("", "-3", "2025-10-26T02:30", "2025-10-26 05:30:00"),
    ("", "0", "2025-07-01T12:00", "2025-07-01 12:00:00"),
]


def test_date_without_a_zone_is_the_sites(desk):
    """A zone with its two odd nights, an offset only, none at all: sent as UTC, and readers see the time that they
    see where somebody types it into wp-admin."""
    for number, (zone, offset, written, gmt) in enumerate(DATES):
        desk.sql("UPDATE wp_options SET option_value = ? WHERE option_name = 'timezone_string'", zone)
        desk.sql("UPDATE wp_options SET option_value = ? WHERE option_name = 'gmt_offset'", offset)
        desk.lose_the_ledger()  # or the zone would be known for an hour
        backend, seen = desk.counted()
        article = desk.article(key=f"k{number}", slug=f"k{number}", date=dt.datetime.fromisoformat(written))
        row = desk.row(desk.publish(article, backend))
        by_hand = desk.by_hand("posts", title="By hand", date=article.date.isoformat(), status="publish")
        body = seen.requests[-1].content
        assert (row["date_gmt"], b'"date_gmt"' in body, b'"date"' in body) == (gmt, True, False), written
        assert row["date"].replace(" ", "T") == by_hand["date"], written
