"""A third of all writes commit, and a proxy answers 502: whatever Webflow does about slugs, all stands there once.

    python tests/backends/test_webflow_soak.py [--articles 200] [--seed N]

publishes more articles than the test does, and prints what it counted.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from webflow_rig import FIELDS, WebflowRig

from publisher import Article, Publisher
from publisher.testing.webflow import Quirks


def soak(folder: Path, mode: str, articles: int, seed: int, *, keys: bool = True) -> tuple[list[str], Counter[str]]:
    """Publish, edit and edit again until nothing is in doubt; what is wrong then, and how often what happened."""
    dice = random.Random(seed)
    rig = WebflowRig(Quirks(duplicate_slug=mode), stage_first=dice.random() < 0.5, fields=FIELDS)  # type: ignore[arg-type]
    if not keys:
        rig.settings["fields"] = FIELDS | {"key": None}
    rig.sim.faults.add("commit then 502", path="*", when=lambda call: dice.random() < 1 / 3, times=None)
    told: Counter[str] = Counter()
    for version in ("one", "two", "three"):
        wanted = [
            rig.article(number, body=f"Version {version} of {number}.")
            if number % 3 or version == "one"
            else rig.article(number, body=f"Version one of {number}.")
            for number in range(1, articles + 1)
        ]
        told["runs"] += until_certain(rig, folder, wanted)
        wrong = compare(rig, wanted)
        if wrong:
            return wrong, told
    told["requests"] = len(rig.sim.requests)
    told["lost answers"] = sum(one.status == 502 for one in rig.sim.requests)
    return [], told


def until_certain(rig: WebflowRig, folder: Path, wanted: list[Article]) -> int:
    """How many runs it takes; each is a process of its own."""
    for number in range(1, 40):
        with Publisher(rig.backend(), ledger=folder / "ledger.db", clock=rig.clock) as publisher:
            outcomes = publisher.publish_many(wanted)
        errors = {type(outcome.error).__name__ for outcome in outcomes if outcome.error}
        assert errors <= {"InDoubtError", "UnreachableError"}, [str(one.error) for one in outcomes if one.error]
        if not errors:
            return number
    raise AssertionError("not certain after 40 runs")


def compare(rig: WebflowRig, wanted: list[Article]) -> list[str]:
    """What is doubled, lost or wrong in Webflow, beside the articles."""
    copies = rig.articles()
    wrong = [
        f"{number} times {title}" for title, number in Counter(copy.title for copy in copies).items() if number > 1
    ]
    by_slug = {copy.slug: copy for copy in copies}
    for article in wanted:
        copy = by_slug.get(article.slug)
        said = article.body.rsplit("\n", 1)[-1]
        if copy is None or not copy.shown or said not in copy.text:
            wrong.append(f"{article.slug}: {copy}, and not {said!r}")
    images = {asset.id for article in wanted for asset in article.assets.values()}
    tags = {tag for article in wanted for tag in article.tags}
    for names, expected in ((rig.assets(), len(images)), (rig.terms(), len(tags))):
        wrong += [f"{number} times {name}" for name, number in Counter(names).items() if number > 1]
        wrong += [] if len(names) == expected else [f"{len(names)} images or tags, and not {expected}"]
    return wrong + rig.halves()


@pytest.mark.parametrize("keys", [True, False])
@pytest.mark.parametrize("mode", ["refused", "suffixed"])
def test_third_of_all_writes_without_an_answer_doubles_and_loses_nothing(tmp_path, mode, keys):
    """Twelve articles in three versions, each with an image and a tag of its own and one that all share."""
    wrong, told = soak(tmp_path, mode, 12, 7, keys=keys)
    assert wrong == []
    assert told["lost answers"] > 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    chosen = parser.parse_args()
    seed = secrets.randbelow(10_000) if chosen.seed is None else chosen.seed
    faults = 0
    for mode in ("refused", "suffixed"):
        for keys in (True, False):
            with tempfile.TemporaryDirectory() as folder:
                wrong, told = soak(Path(folder), mode, chosen.articles, seed, keys=keys)
            faults += len(wrong)
            name = f"slugs {mode}, {'with' if keys else 'without'} source keys, seed {seed}"
            print(f"{name}: {chosen.articles} articles, {dict(told)}, {len(wrong)} doubled, lost or wrong", flush=True)
            for one in wrong[:20]:
                print("   ", one)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
