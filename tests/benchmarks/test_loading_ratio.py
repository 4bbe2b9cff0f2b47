"""What loading a folder costs beside python-frontmatter, which splits and parses the same files and checks nothing.

Both read the same 10,000 files in the same run, by turns, python-frontmatter with the C loader of PyYAML, and let go of
each before the next. Loading includes finding the files, checking every field, the digests, and the look for images and
for what must not be seen on a page. 'make bench' prints the ratios, also that of keeping all in a list, which the
garbage collector has its part in.
"""

from __future__ import annotations

import gc
import io
import random
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import frontmatter
import pytest
import yaml
from PIL import Image

import publisher

ROUNDS = 5
WORDS = (
    "the train was late and nobody on the platform seemed to mind because morning light came over a river full of boats"
)

HEAD = """\
---
title: "Article {number}: notes from the road"
slug: article-{number}
date: 2026-05-{day:02} 09:30:00 +0200
status: published
tags: [travel, trains, "notes {week}"]
categories: [Away]
author: Ana Lima
excerpt: A short account of journey {number}, which says in one sentence what the article is about.
---
"""
CODE = "```python\nfor stop in stops:\n    print({'name': stop, 'at': times[stop]})\n```"


def prose(length: int, chance: random.Random) -> str:
    """A paragraph of about so many characters."""
    words = WORDS.split()
    said = chance.choice(words).capitalize()
    while len(said) < length:
        said += f" {chance.choice(words)}"
    return f"{said}."


def body(chance: random.Random, special: str) -> str:
    """About 2,000 characters: headings, paragraphs, a list, a link to the web, code, and something special."""
    parts = [f"## {prose(20, chance)}", *(prose(300, chance) for _ in range(3)), special, f"## {prose(25, chance)}"]
    parts += [f"- {prose(60, chance)}\n- {prose(60, chance)} With *emphasis*, and [a link](https://example.com/page)."]
    parts += [CODE, *(prose(250, chance) for _ in range(2))]
    return "\n\n".join(part for part in parts if part) + "\n"


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of articles, a hundred in each of its folders."""

    def make(name: str, count: int, head: str = HEAD, special: str = "") -> Path:
        chance = random.Random(7)
        image = io.BytesIO()
        Image.effect_noise((320, 200), 40).save(image, "PNG")
        for number in range(count):
            file = tmp_path / name / f"{number // 100:03}" / f"post-{number}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            fields = head.format(number=number, day=number % 28 + 1, week=number % 52)
            file.write_text(fields + "\n" + body(chance, special))
            if number % 100 == 0:
                (file.parent / "picture.png").write_bytes(image.getvalue())
        return tmp_path / name

    return make


def by_turns(*works: Callable[[], object]) -> list[float]:
    """The median CPU seconds of each of these, which take turns, after a round to warm up."""
    times: list[list[float]] = [[] for _ in works]
    gc.collect()
    gc.freeze()  # the objects of the test runner are no part of it
    for number in range(ROUNDS + 1):
        for taken, work in zip(times, works, strict=True):
            gc.collect()
            begin = time.process_time()
            work()
            if number:
                taken.append(time.process_time() - begin)
    gc.unfreeze()
    return [statistics.median(taken) for taken in times]


def ratio(folder: Path, done: Callable[[Iterator[object]], object] = deque(maxlen=0).extend) -> float:
    """How often python-frontmatter could load these files while we do so once."""
    files = [str(file) for file in sorted(folder.rglob("*.md"))]
    ours, theirs = by_turns(
        lambda: done(publisher.load_articles(folder)), lambda: done(frontmatter.load(file) for file in files)
    )
    return ours / theirs


def test_loading_costs_at_most_twice_what_python_frontmatter_does(make_folder: Callable[..., Path]) -> None:
    """Although it checks all fields and looks for images and leaks; no body has to be parsed for that."""
    assert yaml.__with_libyaml__, "the peer needs the C loader"
    folder = make_folder("plain", 10_000)
    found = ratio(folder)
    print(f"\nloading 10,000 articles / python-frontmatter: {found:.2f}; keeping all: {ratio(folder, list):.2f}")
    assert found < 2.0


@pytest.mark.parametrize(
    ("name", "head", "special"),
    [
        ("title from the first heading", "---\nid: post-{number}\n---\n# Article {number}\n", ""),
        ("raw HTML in the body", HEAD, "Press <kbd>Enter</kbd> to go on."),
        ("an image on the web", HEAD, "![A river](https://example.com/river.jpg)"),
        ("an image beside the article", HEAD, "![A river](picture.png)"),
    ],
)
def test_what_else_an_article_holds_has_its_price(
    make_folder: Callable[..., Path], name: str, head: str, special: str
) -> None:
    """A body that may hold an image or a leak is parsed, and its images are decoded: printed, so that it is known."""
    folder = make_folder("other", 500, head, special)
    print(f"\nloading 500 articles with {name} / python-frontmatter: {ratio(folder):.1f}")
    assert all(article.body for article in publisher.load_articles(folder))
