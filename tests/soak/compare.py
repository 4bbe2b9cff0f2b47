"""Publishes one folder with scripts and with ``publisher``, and counts what stands at the site then.

    python tests/soak/compare.py [--articles 60] [--seed N]

Each begins at the same clean WordPress. First all goes well; then the same folder is published again, unchanged; then,
at a clean site, WordPress does what every third write asks for, but its answer is lost: a 502 or a closed connection,
the same ones for all. Posts and tags are counted in the site's database, requests in a proxy before it. Ends with 1 if
``publisher`` made anything twice, left anything out, or sent anything for the unchanged folder.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path += [str(HERE), str(HERE.parents[1] / "examples" / "wordpress")]

from by_hand import Script, ScriptThatLooks, ScriptWithMemory  # noqa: E402
from fault_proxy import FaultProxy, Trouble  # noqa: E402
from local_wordpress import LocalWordPress  # noqa: E402
from lost_answers import move  # noqa: E402
from truth import rows  # noqa: E402

from publisher import WordPress, publish_many  # noqa: E402

#: What can happen, in the order of the table.
SITUATIONS = WELL, LOST, AGAIN = "all goes well", "the answer of every third write is lost", "the same folder again"

_WORDS = ("bread", "flour", "water", "salt", "starter", "oven", "crumb", "steam", "basket", "dough", "evening")

_POSTS = """SELECT ID, post_title, post_content FROM wp_posts
    WHERE post_type = 'post' AND post_status = 'publish' AND ID <> 1"""
_TAGS = """SELECT object_id, name FROM wp_term_relationships JOIN wp_term_taxonomy USING (term_taxonomy_id)
    JOIN wp_terms USING (term_id) WHERE taxonomy = 'post_tag'"""
_ALL_TAGS = "SELECT name FROM wp_terms JOIN wp_term_taxonomy USING (term_id) WHERE taxonomy = 'post_tag'"


@dataclass(frozen=True)
class Wanted:
    """An article: its last sentence stands in no other one."""

    number: int
    tags: tuple[str, ...]
    text: str

    @property
    def title(self) -> str:
        return f"Article {self.number}"

    @property
    def last(self) -> str:
        return f"So ends article number {self.number}."

    def write(self, folder: Path) -> None:
        head = f"---\ntitle: {self.title}\ntags: [{', '.join(self.tags)}]\n---\n\n"
        (folder / f"article-{self.number}.md").write_text(f"{head}{self.text}\n\n{self.last}\n")


@dataclass(frozen=True)
class Row:
    """What one of them did in one situation. ``doubled`` counts articles that stand there more than once, ``missing``
    those that do not stand there with their text and their tags, ``failed`` those that it says it could not publish."""

    situation: str
    who: str
    posts: int
    doubled: int
    missing: int
    tags_doubled: int
    failed: int
    requests: int
    lost: int
    seconds: float


class Losses:
    """The troubles of the writes to come; to be set between two runs."""

    def __init__(self) -> None:
        self.coming: Iterator[Trouble | None] = iter(())

    def __iter__(self) -> Iterator[Trouble | None]:
        return self

    def __next__(self) -> Trouble | None:
        return next(self.coming, None)


def one_of_three(dice: random.Random) -> Iterator[Trouble | None]:
    """For ever: of three writes, the second has its answer lost when WordPress has done what it says."""
    while True:
        yield from (None, dice.choice(("502", "dropped")), None)


#: Publishes the folder to an address with a password, remembers what it wants in a folder; how many articles failed.
Way = Callable[[str, str, Path, Path], int]


def ours(url: str, password: str, folder: Path, memory: Path) -> int:
    blog = WordPress(url, username="admin", app_password=password)
    return sum(not one.ok for one in publish_many(folder, blog, ledger=memory / "ledger.db"))


def by(script: type[Script]) -> Way:
    return lambda url, password, folder, memory: script(url, password, memory / "ids.json").publish(folder)


WAYS: dict[str, Way] = {
    "script": by(Script),
    "script with a memory": by(ScriptWithMemory),
    "script that looks": by(ScriptThatLooks),
    "publisher": ours,
}


def articles(number: int, dice: random.Random) -> list[Wanted]:
    """Text with some markup, and three of a handful of tags."""
    tags = [f"Tag {tag}" for tag in range(number // 4 + 3)]
    return [
        Wanted(
            one,
            tuple(dice.sample(tags, k=3)),
            "\n\n".join(f"{' '.join(dice.choices(_WORDS, k=50))} *really*." for _ in range(4)),
        )
        for one in range(1, number + 1)
    ]


def compare(site: Any, proxy: FaultProxy, losses: Losses, room: Path, number: int, seed: int) -> list[Row]:
    """Each way in each situation; ``proxy`` stands before ``site`` and takes its troubles from ``losses``."""
    wanted, folder = articles(number, random.Random(seed)), room / "articles"
    folder.mkdir()
    for one in wanted:
        one.write(folder)
    move(site, proxy.url)
    warm = room / "warm"  # what is imported at the first use, and what PHP has to compile, is nobody's time
    warm.mkdir()
    wanted[0].write(warm)
    for way in WAYS.values():
        way(proxy.url, site.users["admin"], warm, warm)
    found = []
    for who, way in WAYS.items():
        for situation in (WELL, AGAIN, LOST):
            memory = room / f"{who}, {LOST if situation == LOST else WELL}"
            if situation != AGAIN:  # which goes on with the site and the memory of the first run
                memory.mkdir()
                site.reset()
            losses.coming = one_of_three(random.Random(seed)) if situation == LOST else iter(())
            seen, began = len(proxy.passed), time.monotonic()
            failed = way(proxy.url, site.users["admin"], folder, memory)
            seconds = time.monotonic() - began
            proxy.wait_until_quiet()
            mine = proxy.passed[seen:]
            lost = sum(one.trouble is not None for one in mine)
            found.append(Row(situation, who, *standing(site.database, wanted), failed, len(mine), lost, seconds))
    return sorted(found, key=lambda row: SITUATIONS.index(row.situation))


def standing(database: Path, wanted: Iterable[Wanted]) -> tuple[int, int, int, int]:
    """Posts, articles that stand there more than once, missing ones, and tags with a name that another has, too."""
    posts = rows(database, _POSTS)
    tags: dict[int, set[str]] = {}
    for post, name in rows(database, _TAGS):
        tags.setdefault(post, set()).add(name)
    copies = Counter(title for _, title, _ in posts)
    whole = {
        one.title
        for one in wanted
        for post, title, content in posts
        if title == one.title and one.last in content and tags.get(post) == set(one.tags)
    }
    names = Counter(name.casefold() for (name,) in rows(database, _ALL_TAGS))
    doubled = sum(copies[one.title] > 1 for one in wanted)
    return len(posts), doubled, sum(one.title not in whole for one in wanted), sum(n > 1 for n in names.values())


def table(found: Sequence[Row]) -> str:
    """One line for each row; the last column says how many times as long as ``publisher`` it took."""
    heads = ("", "posts", "doubled", "missing", "tags doubled", "failed", "requests", "lost", "seconds", "ratio")
    ours = {row.situation: row.seconds for row in found if row.who == "publisher"}
    lines: list[tuple[str, ...]] = [heads]
    for row in found:
        counts = (row.posts, row.doubled, row.missing, row.tags_doubled, row.failed, row.requests, row.lost)
        seconds = (f"{row.seconds:.1f}", f"{row.seconds / ours[row.situation]:.1f}")
        lines.append((row.who, *map(str, counts), *seconds))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    texts = [
        "  ".join(cell.rjust(width) if place else cell.ljust(width) for place, (cell, width) in enumerate(pairs))
        for pairs in (list(zip(line, widths, strict=True)) for line in lines)
    ]
    told, situation = texts[:1], ""
    for row, text in zip(found, texts[1:], strict=True):
        told += [text] if row.situation == situation else [f"{row.situation}:", text]
        situation = row.situation
    return "\n".join(told)


def wrong(found: Iterable[Row]) -> list[Row]:
    """The rows of ``publisher`` that are not as it promises."""
    return [
        row
        for row in found
        if row.who == "publisher"
        and (row.doubled or row.missing or row.tags_doubled or row.failed or (row.situation == AGAIN and row.requests))
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1, help="of texts and losses (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    losses = Losses()
    with (
        LocalWordPress.start() as site,
        FaultProxy(site.url, losses) as proxy,
        tempfile.TemporaryDirectory() as room,
    ):
        found = compare(site, proxy, losses, Path(room), chosen.articles, chosen.seed)
        print(f"{chosen.articles} articles, WordPress {site.version}, seed {chosen.seed}\n\n{table(found)}")
    return 1 if wrong(found) else 0


if __name__ == "__main__":
    sys.exit(main())
