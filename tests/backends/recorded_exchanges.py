"""What is recorded with a real WordPress and played back without one. As a program it records all tapes anew."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

from publisher import Outcome, Publisher, WordPress
from publisher.testing.cassettes import Tape, cassette

TAPES = Path(__file__).parent.parent / "cassettes"
ADDRESS = "https://blog.example.com"
IMAGE = Path(__file__).parent.parent.parent / "examples" / "articles" / "loaf.png"

ARTICLE = "---\ntitle: The first loaf\ntags: [Sourdough]\n---\n\nThe starter was a gift.\n"
WITH_IMAGE = f"{ARTICLE}\n![A round loaf](loaf.png)\n"
CHANGED = f"{ARTICLE}\nIt is two years old.\n"

#: Publishes the article with this text, and somebody else's edit of a post at the site.
Publish = Callable[[str], Outcome]
Edit = Callable[[str], None]


def create(publish: Publish, _edit: Edit) -> Sequence[Outcome]:
    """Discovery, a tag, an image, a post; and the same again, of which nothing is sent."""
    return [publish(WITH_IMAGE), publish(WITH_IMAGE)]


def update(publish: Publish, _edit: Edit) -> Sequence[Outcome]:
    """The text changes."""
    return [publish(ARTICLE), publish(CHANGED)]


def conflict(publish: Publish, edit: Edit) -> Sequence[Outcome]:
    """Somebody edits the post in wp-admin before the text changes."""
    first = publish(ARTICLE)
    edit(first.unwrap().remote_id)
    return [first, publish(CHANGED)]


def wrong_password(publish: Publish, _edit: Edit) -> Sequence[Outcome]:
    """The site does not know us."""
    return [publish(ARTICLE)]


SCENARIOS = {one.__name__: one for one in (create, update, conflict, wrong_password)}


def carry_out(
    name: str, blog: WordPress, folder: Path, edit: Edit = lambda _: None, **options: Any
) -> tuple[Sequence[Outcome], Tape]:
    """Record a scenario, or play it: what came of it, and the tape."""
    (folder / "loaf.png").write_bytes(IMAGE.read_bytes())
    file = folder / "first-loaf.md"

    def publish(text: str) -> Outcome:
        file.write_text(text)
        with Publisher(blog, ledger=folder / "ledger.db") as publisher:
            return publisher.publish_many(file)[0]

    with cassette(TAPES / f"{name}.yaml", blog, **options) as tape:
        return SCENARIOS[name](publish, edit), tape


def _shorten(path: str, value: Any) -> Any:
    """The index of the API without what each route takes, which is most of it."""
    if path == "/wp-json/" and "routes" in value:
        return {**value, "routes": {route: {} for route in value["routes"]}}
    return value


def record(site: Any) -> None:
    """Record all scenarios with a WordPress that is running here."""
    for name in SCENARIOS:
        site.reset()
        password = "wrong wrong wrong wrong" if name == "wrong_password" else site.users["admin"]

        def edit(remote_id: str) -> None:
            credentials = ("editor", site.users["editor"])
            route = f"{site.url}/wp-json/wp/v2/posts/{remote_id}"
            httpx.post(route, json={"content": "Somebody else's words."}, auth=credentials).raise_for_status()

        with tempfile.TemporaryDirectory() as folder:
            blog = WordPress(site.url, username="admin", app_password=password)
            options = {"record": True, "rename": {site.url: ADDRESS}, "shorten": _shorten}
            outcomes, tape = carry_out(name, blog, Path(folder), edit, **options)
        print(f"{tape.path.name}: {len(tape)} exchanges, {tape.path.stat().st_size:,} bytes; {outcomes[-1]}")


if __name__ == "__main__":
    from local_wordpress import LocalWordPress

    with LocalWordPress.start() as running:
        record(running)
