"""The main job on this machine: a folder of articles to a real WordPress, a simulated Webflow, and a site of one's own.

    python examples/demo.py [--serve]

Every line that begins with "ok" was checked by asking the place itself, not `publisher`. The first thing that is not as
said ends the demo with exit code 1. With --serve the places stay up until Ctrl-C.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import demo_sites
from demo_sites import Site
from local_wordpress import Failed, Unavailable
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from publisher import Article, Outcome, Publisher, PublisherError, Receipt, load_articles, render
from publisher.errors import ConflictError
from publisher.rendering import words

HERE = Path(__file__).parent
COLORS = {"create": "green", "update": "cyan", "no-op": "dim", "unpublish": "yellow"}


class NotAsSaid(Exception):  # noqa: N818 - it says what it is
    """Something at a place is not as the demo says."""


class Demo:
    """The story: what is done, and what must then be true at every place."""

    def __init__(self, sites: Sequence[Site], folder: Path, console: Console) -> None:
        self.sites, self.folder, self.console = sites, folder, console
        self.targets = [site.target for site in sites]
        self.names = {site.target.target.identity: site.name for site in sites}
        self.ledger = folder / "ledger.db"
        self.ids: dict[tuple[str, str], str] = {}
        self.articles = folder / "articles"
        shutil.copytree(HERE / "articles", self.articles)

    def tell(self) -> None:
        """Raises :class:`NotAsSaid`."""
        with Publisher(self.targets, ledger=self.ledger) as publisher:
            self.plan(publisher)
            self.first_run(publisher)
            self.second_run(publisher)
            self.an_edit(publisher)
            self.a_conflict(publisher)
            self.unpublishing(publisher)

    def plan(self, publisher: Publisher) -> None:
        self.headline("The plan: what would be done, asked of the ledger alone")
        before = self.arrivals()
        planned = publisher.plan(self.articles)
        self.table((one.key, one.target, Text(f"{one.action}: {one.reason}")) for one in planned)
        self.expect("nothing was sent for it", self.arrivals() == before)

    def first_run(self, publisher: Publisher) -> None:
        self.headline("First run: everything is new")
        before = self.arrivals()
        outcomes = publisher.publish_many(self.articles)
        sent = self.arrivals() - before
        self.show(outcomes)
        articles = list(load_articles(self.articles))
        self.expect(
            "every article was created",
            {outcome.receipt and outcome.receipt.action for outcome in outcomes} == {"create"},
        )
        for outcome, (article, site) in zip(outcomes, ((a, s) for a in articles for s in self.sites), strict=True):
            seen = site.look(outcome.unwrap())
            wanted = article.at(site.target.target)
            how = "shown" if _is_due(wanted) else "and no visitor sees it yet"
            self.expect(
                f"{site.name}: {article.key} stands there with all its words, {how}",
                seen is not None
                and (seen.title, seen.shown) == (wanted.title, _is_due(wanted))
                and set(words(render(wanted, "html")).split()) <= set(seen.text.split()),
            )
        self.ids = {(outcome.key, outcome.target): outcome.unwrap().remote_id for outcome in outcomes}
        images = {asset.id for article in articles for asset in article.assets.values()}
        uses = sum(len(article.assets) for article in articles)
        for site in self.sites:
            self.expect(f"{site.name}: {len(articles)} articles, none twice", site.articles() == len(articles))
            self.expect(f"{site.name}: {len(images)} images for {uses} uses", site.images() in (len(images), None))
        self.say(f"  {sent} requests in all")

    def second_run(self, publisher: Publisher) -> None:
        self.headline("Second run: nothing has changed")
        before = self.arrivals()
        outcomes = publisher.publish_many(self.articles)
        sent = self.arrivals() - before
        self.expect("every article was left alone", {outcome.unwrap().action for outcome in outcomes} == {"no-op"})
        self.expect(f"{sent} requests were sent", sent == 0)

    def an_edit(self, publisher: Publisher) -> None:
        self.headline("Third run: one article has been edited")
        sentence = "Later: the fifth loaf had no pale bottom any more."
        before = {site.name: site.articles() for site in self.sites}
        self.write("first-loaf.md", sentence)
        outcomes = publisher.publish_many(self.articles)
        changed = [outcome for outcome in outcomes if outcome.unwrap().action != "no-op"]
        self.show(changed)
        self.expect(
            "one article was updated, at each place",
            [(outcome.key, outcome.unwrap().action) for outcome in changed]
            == [("first-loaf", "update")] * len(self.sites),
        )
        for outcome, site in zip(changed, self.sites, strict=True):
            is_same = outcome.unwrap().remote_id == self.ids[outcome.key, outcome.target]
            says_it = self.stands(site, outcome.unwrap(), sentence)
            self.expect(f"{site.name}: the same article says it now", is_same and says_it)
            self.expect(f"{site.name}: there is no second one", site.articles() == before[site.name])

    def a_conflict(self, publisher: Publisher) -> None:
        places = [site for site in self.sites if site.editable]
        theirs, ours = "Added by an editor, at the site.", "Added by the author, in the file."
        self.headline("Fourth run: somebody edits an article at the site, and the author edits its file")
        article = self.articles / "night-train" / "index.md"
        standing = {site.name: publisher.publish(article, site.target) for site in places}
        for site in places:
            site.edit(standing[site.name], theirs)
        self.write("night-train/index.md", ours)
        outcomes = publisher.publish_many(article, [site.target for site in places])
        for outcome, site in zip(outcomes, places, strict=True):
            self.expect(f"{site.name}: it is refused as a conflict", isinstance(outcome.error, ConflictError))
            self.say(f"      {outcome.error}")
            self.expect(f"{site.name}: the error shows what they wrote", theirs in str(outcome.error))
            self.expect(f"{site.name}: their text still stands there", self.stands(site, standing[site.name], theirs))
        self.say("\n  The way out, once the edit has been read: on_conflict='overwrite'")
        with Publisher(ledger=self.ledger, on_conflict="overwrite") as overwriting:
            outcomes = overwriting.publish_many(article, [site.target for site in places])
        self.show(outcomes)
        for outcome, site in zip(outcomes, places, strict=True):
            told = self.stands(site, outcome.unwrap(), ours) and not self.stands(site, outcome.unwrap(), theirs)
            self.expect(f"{site.name}: it says what the file says", told)

    def unpublishing(self, publisher: Publisher) -> None:
        self.headline("Taken off: one article is unpublished")
        for site in self.sites:
            before = site.articles()
            receipt = publisher.unpublish(self.articles / "web-video" / "index.md", site.target)
            self.say(f"  {receipt}")
            seen = site.look(receipt)
            self.expect(f"{site.name}: no visitor sees it, and it is kept", seen is not None and not seen.shown)
            self.expect(f"{site.name}: all others are still there", site.articles() == before)

    # How it is told

    def write(self, name: str, sentence: str) -> None:
        file = self.articles / name
        file.write_text(f"{file.read_text(encoding='utf-8')}\n{sentence}\n", encoding="utf-8")

    def arrivals(self) -> int:
        return sum(site.arrivals() for site in self.sites)

    def stands(self, site: Site, receipt: Receipt, sentence: str) -> bool:
        seen = site.look(receipt)
        return seen is not None and sentence in seen.text

    def headline(self, text: str) -> None:
        self.say("")
        self.console.print(Text(text, style="bold"))

    def say(self, text: str) -> None:
        self.console.print(Text(text))

    def expect(self, said: str, holds: bool) -> None:
        if not holds:
            raise NotAsSaid(said)
        self.console.print(Text.assemble("  ", ("ok", "green"), f" {said}"))

    def show(self, outcomes: Sequence[Outcome]) -> None:
        """A table of what was done, and below it what the places changed."""
        self.table((one.key, one.target, _cell(one)) for one in outcomes)
        for name, site in self.names.items():
            receipts = [one.receipt for one in outcomes if one.target == name and one.receipt is not None]
            changes = [f"    {one.key}: {change}" for one in receipts for change in one.changes]
            if changes:
                self.say("\n".join([f"  What {site} made of it, as the receipts say:", *changes]))

    def table(self, cells: Iterable[tuple[str, str, Text]]) -> None:
        """A row for each article and a column for each place; a cell is a key, a place's identity and what is said."""
        rows: dict[str, dict[str, Text]] = {}
        for key, target, said in cells:
            rows.setdefault(key, {})[target] = said
        table = Table("article", box=box.SIMPLE_HEAD if self.console.is_terminal else box.ASCII2)
        for name in self.names.values():
            table.add_column(name, overflow="fold")
        for key, row in rows.items():
            table.add_row(Text(key), *(row.get(target, Text()) for target in self.names))
        self.console.print(table)


def _cell(outcome: Outcome) -> Text:
    receipt = outcome.receipt
    if receipt is None:
        return Text(f"failed: {outcome.error}", style="red")
    action = (str(receipt.action), COLORS.get(receipt.action, ""))
    return Text.assemble(
        action, f", {receipt.status}\n", (receipt.url or "", f"link {receipt.url}" if receipt.url else "")
    )


def _is_due(article: Article) -> bool:
    """Whether a visitor shall see it now."""
    return article.status == "published" and (
        article.date is None or article.date.astimezone() <= dt.datetime.now(dt.UTC)
    )


def until_ctrl_c() -> None:
    """Wait."""
    with suppress(KeyboardInterrupt):
        signal.pause()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Publishes the example articles to three places on this machine.")
    parser.add_argument("--serve", action="store_true", help="leave the places up until Ctrl-C")
    serve = parser.parse_args(arguments).serve
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=160, soft_wrap=True)
    # It warns of plain http and of private addresses, which are what this machine's own places have.
    logging.getLogger("publisher.guard").setLevel(logging.ERROR)
    console.print("Starting a WordPress on this machine (the first time it is downloaded, which takes a moment),")
    console.print("a simulated Webflow, and a site of one's own that takes webhooks …")
    try:
        with ExitStack() as stack:
            sites = [stack.enter_context(start()) for start in demo_sites.SITES]
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="publisher-demo-")))
            Demo(sites, folder, console).tell()
            console.print("\nAll is as said.")
            if serve:
                for site in sites:
                    console.print(Text(f"\n{site.name}\n" + "\n".join(f"  {one}" for one in site.addresses())))
                console.print(Text(f"\nThe articles and their ledger are in {folder}. Ctrl-C ends all of it."))
                until_ctrl_c()
    except KeyboardInterrupt:
        return 130
    except NotAsSaid as untrue:
        print(f"\nThat is not so: {untrue}", file=sys.stderr)
        return 1
    except PublisherError as error:
        print(f"\nThat went wrong: {error}", file=sys.stderr)
        return 1
    except (Unavailable, Failed) as reason:
        print(
            f"No WordPress can be had here: {reason}\nTry examples/wordpress/compose.yaml with Docker.", file=sys.stderr
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
