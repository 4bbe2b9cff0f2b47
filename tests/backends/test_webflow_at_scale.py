"""A thousand articles with two hundred images and forty tags at sixty requests a minute, on a clock that only moves
when somebody waits.

    python tests/backends/test_webflow_at_scale.py

prints the requests, the minutes and the 429s of a first run, a rerun, a run without the ledger, and an update.
"""

from __future__ import annotations

import io
import sys
import tempfile
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image as Picture
from test_webflow_budget import first_contact, live, terms, updates
from webflow_rig import WebflowRig

from publisher import Article, Asset, Publisher


class Counted(NamedTuple):
    """What one run took. ``refused`` are its 429s."""

    requests: int
    refused: int
    minutes: float


def thousand(articles: int, images: int, tags: int, words: str) -> list[Article]:
    files = [picture(number) for number in range(images)]
    return [
        Article(
            key=f"k{number}",
            title=f"Post {number}",
            slug=f"post-{number}",
            body=f"{words}\n\n![A square](i.png)\n",
            tags=(f"Tag {number % tags}",),
            assets={"i.png": files[number % images]},
        )
        for number in range(articles)
    ]


def picture(number: int) -> Asset:
    data = io.BytesIO()
    Picture.new("RGB", (4, 4), (number % 256, number // 256, 9)).save(data, "PNG")
    return Asset.from_bytes(data.getvalue(), f"square-{number}.png")


def run(rig: WebflowRig, folder: Path, wanted: list[Article], **options: Any) -> Counted:
    """One process; every article has to end well."""
    before, began = len(rig.sim.requests), rig.clock.now()
    with Publisher(rig.backend(), ledger=folder / "ledger.db", clock=rig.clock, **options) as publisher:
        for outcome in publisher.publish_many(wanted):
            outcome.unwrap()
    mine = [one for one in rig.sim.requests[before:] if not one.path.startswith("/uploads")]
    refused = sum(one.status == 429 for one in mine)
    return Counted(len(mine) - refused, refused, (rig.clock.now() - began) / 60)


def stated(articles: int, images: int, tags: int) -> int:
    """The requests of a first run: chunks of five hundred articles may each look at the tags anew."""
    return live(articles) + first_contact(0) + terms(tags) + 1 + images


def whole(folder: Path, articles: int, images: int, tags: int) -> dict[str, Counted]:
    rig = WebflowRig()
    rig.sim.add_token(rig.sim.token, requests_per_minute=60)
    first = thousand(articles, images, tags, "First.")
    counted = {"first run": run(rig, folder, first), "rerun": run(rig, folder, first)}
    (folder / "lost").mkdir()
    counted["without the ledger"] = run(rig, folder / "lost", first)
    counted["update"] = run(rig, folder, thousand(articles, images, tags, "Second."))
    assert len(rig.articles()) == articles
    assert (len(rig.assets()), len(rig.terms())) == (images, tags)
    return counted


def test_many_articles_take_the_requests_that_are_stated(tmp_path):
    """A small part of it: a hundred articles with eight images and four tags, at sixty a minute."""
    counted = whole(tmp_path, 100, 8, 4)
    assert counted["first run"].requests <= stated(100, 8, 4)
    assert counted["rerun"] == Counted(0, 0, 0.0)
    assert counted["without the ledger"].requests <= 2 + first_contact(100) + 2 + 1 + ceil(100 / 100)
    assert counted["update"].requests <= updates(100) + 2
    assert all(one.refused <= 1 for one in counted.values())


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        counted = whole(Path(folder), 1_000, 200, 40)
    for name, one in counted.items():
        print(f"{name}: {one.requests} requests, {one.refused} refused (429), {one.minutes:.1f} minutes")
    print(f"stated for the first run: {stated(1_000, 200, 40)}")
    good = counted["first run"].requests <= stated(1_000, 200, 40) and all(one.refused <= 1 for one in counted.values())
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
