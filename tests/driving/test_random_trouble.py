"""A long chain of deeds with every kind of trouble, drawn at random: in the end there is one copy, and it is right."""

from __future__ import annotations

import os
import random

import pytest

from publisher.errors import ConflictError, PublisherError
from publisher.testing import Fault

SEEDS = range(int(os.environ.get("PUBLISHER_SEEDS", "8")))
TROUBLES = ["answer lost", "late", "request lost", "refused", "bad gateway"]


def faults(chance: random.Random) -> list[Fault]:
    """Up to three troubles for writes, each for one or for many requests, now and then for reads as well."""
    drawn = []
    for _ in range(chance.choice([0, 1, 1, 2, 3])):
        writes = chance.random() < 0.8
        drawn.append(
            Fault(
                chance.choice(TROUBLES),
                (lambda request: request.method != "GET") if writes else (lambda request: request.method == "GET"),
                chance.choice([1, 1, 2, 4, 99]),
                late=chance.choice([1.0, 20.0, 55.0]),
            )
        )
    return drawn


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("deeds", ["publish", "publish, unpublish, delete"])
def test_whatever_happens_there_is_one_right_copy_in_the_end(place, make_article, seed, deeds):
    """Nobody else edits anything there, so there is no conflict either."""
    chance = random.Random(seed)
    steps = []
    for number in range(6):
        words = chance.choice(["One.", "Two.", f"Words {number}."])
        deed = chance.choice([*deeds.split(", "), "publish"])
        wanted = make_article(body=words, tags=("t",))
        trouble, deadline = faults(chance), chance.choice([10.0, 180.0])
        with place.process(*trouble, deadline=deadline) as publisher:
            try:
                getattr(publisher, deed)(wanted)
                came = "ok"
            except ConflictError as error:
                pytest.fail(f"{steps}, {deed} {words}: {error}")
            except PublisherError as error:
                came = type(error).__name__
        steps.append(f"{deed} {words} with {[(fault.trouble, fault.times) for fault in trouble]}: {came}")
        place.clock.advance(chance.choice([0.0, 1.0, 30.0, 600.0]))
    end = chance.choice(["One.", "Two.", "The end."])
    place.publish(make_article(body=end, tags=("t",)))
    place.arrive()
    assert (place.bodies, len(place.site.terms), place.doubts) == ([end], 1, []), steps
