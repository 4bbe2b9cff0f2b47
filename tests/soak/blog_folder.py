"""A blog on disk that is written and edited at random, and what shall therefore stand at the site."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

#: Pixels of an image: PHP makes its smaller sizes for a third of a second on an idle core.
PIXELS = (1600, 1000)

#: An image shows its own number: that many bits, as black and white squares of this many pixels along its upper edge.
_BITS, _SQUARE = 16, 32

_WORDS = [
    "rain",
    "bread",
    "copper",
    "river",
    "night",
    "window",
    "stone",
    "letter",
    "garden",
    "winter",
    "paper",
    "music",
]

Category = tuple[str, ...]

#: Some are nested, and one name stands at two places: ``Notes`` below ``Travel`` is not ``Notes`` below ``Food``.
_CATEGORIES: tuple[Category, ...] = (
    ("Travel",),
    ("Travel", "Notes"),
    ("Travel", "By train", "Sleepers"),
    ("Food", "Notes"),
    ("Food", "Bread & butter"),
    ("Tools",),
    ("News & views",),
    ("Seasons",),
)

_SHARED_TAGS = ("Common", "R&D", "C", "C++", "日本", "Slow reading")


@dataclass(frozen=True)
class Wanted:
    """One article as its file says it now. Images are their numbers; ``version`` counts its edits, from 1."""

    slug: str
    title: str
    version: int
    tags: tuple[str, ...]
    categories: tuple[Category, ...]
    cover: int
    images: tuple[int, ...]
    paragraphs: tuple[str, ...]

    @property
    def pictures(self) -> frozenset[int]:
        return frozenset((self.cover, *self.images))

    @property
    def terms(self) -> frozenset[tuple[str, Category]]:
        """Taxonomy and path of every term that it needs, the parents of its categories too."""
        above = {path[:depth] for path in self.categories for depth in range(1, len(path) + 1)}
        return frozenset({("category", path) for path in above} | {("post_tag", (tag,)) for tag in self.tags})


@dataclass
class Blog:
    """``count`` articles with a cover and two images each, in a folder with a publisher.toml.

    Every article has an image and a tag of its own, and shares the others. ``ever`` are pictures and terms that some
    version of some article wanted: what an edit replaces may stay at the site.
    """

    folder: Path
    count: int
    dice: random.Random
    pixels: tuple[int, int] = PIXELS
    articles: list[Wanted] = field(default_factory=list)
    ever_pictures: set[int] = field(default_factory=set)
    ever_terms: set[tuple[str, Category]] = field(default_factory=set)
    _pictures: int = 0

    @property
    def posts(self) -> Path:
        return self.folder / "posts"

    def write(self) -> None:
        """Make all files."""
        self.posts.mkdir(parents=True)
        (self.folder / "images").mkdir()
        (self.folder / "publisher.toml").write_text('content_root = "posts"\n')
        covers = [self._new_picture() for _ in range(max(1, self.count // 3))]
        shared = [self._new_picture() for _ in range(max(1, self.count // 6))]
        for number in range(self.count):
            article = Wanted(
                slug=f"article-{number:03}",
                title=f"Article {number}",
                version=1,
                tags=("Common", self.dice.choice(_SHARED_TAGS[1:]), f"Tag of {number}"),
                categories=tuple(self.dice.sample(_CATEGORIES, k=self.dice.randint(1, 2))),
                cover=covers[number % len(covers)],
                images=(self._new_picture(), shared[number % len(shared)]),
                paragraphs=tuple(self._paragraph() for _ in range(12)),
            )
            self.articles.append(article)
            self._save(article)

    def edit(self, many: int) -> None:
        """Change ``many`` articles: always some words, and now and then title, picture, cover, tags or category."""
        for place in self.dice.sample(range(self.count), k=min(many, self.count)):
            old = self.articles[place]
            new = replace(
                old, version=old.version + 1, paragraphs=(*old.paragraphs[:3], self._paragraph(), *old.paragraphs[4:])
            )
            if self.dice.random() < 0.4:
                new = replace(new, title=f"Article {place}, edition {new.version}")
            if self.dice.random() < 0.4:
                new = replace(new, images=(self._new_picture(), *old.images[1:]))
            if self.dice.random() < 0.2:
                new = replace(new, cover=self._new_picture())
            if self.dice.random() < 0.3:
                new = replace(new, tags=(*old.tags, f"Tag of {place}, {new.version}"))
            if self.dice.random() < 0.15:
                new = replace(new, tags=new.tags[1:])
            if self.dice.random() < 0.2:
                new = replace(new, categories=(self.dice.choice(_CATEGORIES), ("Seasons", f"Volume {new.version}")))
            self.articles[place] = new
            self._save(new)

    def forget_what_was(self) -> None:
        """What stood at the site is gone: only what the articles want now may come to stand there."""
        self.ever_pictures = {picture for article in self.articles for picture in article.pictures}
        self.ever_terms = {term for article in self.articles for term in article.terms}

    def _paragraph(self) -> str:
        return " ".join(self.dice.choices(_WORDS, k=self.dice.randint(30, 60))).capitalize() + "."

    def _save(self, article: Wanted) -> None:
        self.ever_pictures |= article.pictures
        self.ever_terms |= article.terms
        first, second = article.images
        blocks = [f"This is version {article.version} of {article.slug}.", *article.paragraphs]
        blocks.insert(3, f"![Picture {first}]({_address(first)})")
        blocks.insert(7, f"## Later\n\n![Picture {second}]({_address(second)})")
        head = [
            f'title: "{article.title}"',
            f"slug: {article.slug}",
            f"tags: {_yaml(article.tags)}",
            _spelled(article.categories),
            f"cover: {_address(article.cover)}",
        ]
        file = self.posts / f"{article.slug}.md"
        draft = file.with_suffix(".draft")
        draft.write_text("\n".join(["---", *head, "---", "", "\n\n".join(blocks), ""]), encoding="utf-8")
        draft.replace(file)

    def _new_picture(self) -> int:
        self._pictures += 1
        _paint(self._pictures, self.pixels, self.folder / "images" / f"picture-{self._pictures}.jpg")
        return self._pictures


def number_of(file: Path) -> int:
    """The number that an image shows, also after somebody has encoded it anew."""
    with Image.open(file) as image:
        grey = image.convert("L")
        middles = [((place * _SQUARE) + _SQUARE // 2, _SQUARE // 2) for place in range(_BITS)]
        bits = ["1" if int(grey.getpixel(middle)) > 127 else "0" for middle in middles]  # type: ignore[arg-type]
    return int("".join(bits), 2)


def _paint(number: int, pixels: tuple[int, int], file: Path) -> None:
    width, height = pixels
    noise = random.Random(number).randbytes(width // 16 * (height // 16) * 3)
    image = Image.frombytes("RGB", (width // 16, height // 16), noise).resize(pixels, Image.Resampling.BICUBIC)
    for place, bit in enumerate(f"{number:0{_BITS}b}"):
        colour = (255, 255, 255) if bit == "1" else (0, 0, 0)
        image.paste(colour, (place * _SQUARE, 0, (place + 1) * _SQUARE, _SQUARE))
    image.save(file, "JPEG", quality=85)


def _address(number: int) -> str:
    return f"../images/picture-{number}.jpg"


def _spelled(categories: tuple[Category, ...]) -> str:
    return f"categories: [{', '.join(_yaml(path) for path in categories)}]"


def _yaml(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"
