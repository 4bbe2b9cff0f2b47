"""What the check says for a single target: what it will not take, and what it makes of an article."""

from __future__ import annotations

import io

import pytest
from PIL import Image

import publisher
from publisher import Article, Asset, ImageLimits, Memory, WordPress
from publisher.models import Finding


def wordpress(**options) -> WordPress:
    return WordPress("https://blog.example.com", token="t", **options)


def warnings(**fields) -> list[tuple[str | None, str]]:
    """Field and words of what is found for WordPress."""
    article = Article(**{"title": "A", "body": "Text", **fields})
    return [(one.field, one.what) for one in publisher.check(article, wordpress()).warnings]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"tags": ("a",), "categories": ("b",)}, []),
        ({"type": "recipe", "tags": ("a",)}, []),
        ({"type": "page", "tags": ("a",)}, [("tags", "a page has no tags")]),
        ({"type": "page", "categories": ("a",)}, [("categories", "a page has no categories")]),
        ({"slug": "Größe"}, [("slug", "the slug 'Größe' is stored as 'Grosse'")]),
        ({"language": "de"}, [("language", "WordPress has no place for the language 'de' of a post")]),
        (
            {"seo": {"title": "B", "noindex": True}},
            [("seo", "fields for search engines are not sent to WordPress: title, noindex")],
        ),
        ({"meta": {"a": 1}}, [("meta", "custom fields are not sent to WordPress: a")]),
        (
            {"slug": "п" * 40},
            [("slug", "the slug takes 240 bytes in an address, and what is longer than 200 is cut off")],
        ),
        (
            {"image": {"src": "https://example.com/{x}.png", "alt": "A"}},
            [
                (
                    "image",
                    "the cover 'https://example.com/{x}.png' is not a file, and only files become featured images",
                )
            ],
        ),
    ],
)
def test_what_wordpress_will_not_store_is_a_warning(fields, expected):
    """Before the receipt says the same."""
    assert warnings(**fields) == expected


def test_a_warning_for_a_target_names_the_target_and_the_line(tmp_path):
    """The line is that of the field."""
    (tmp_path / "a.md").write_text("---\ntitle: A\nlanguage: de\n---\nText\n")
    (finding,) = publisher.check(tmp_path, wordpress()).warnings
    assert (finding.line, finding.target) == (3, "wordpress:blog.example.com")


def test_what_an_override_says_is_looked_at_for_its_target():
    """And for no other."""
    article = Article(title="A", body="Text", targets={"wordpress": {"type": "page", "tags": ["a"]}})
    checkup = publisher.check(article, [wordpress(), Memory()])
    assert [(one.field, one.target) for one in checkup.warnings] == [("tags", "wordpress:blog.example.com")]


def test_an_override_that_is_wrong_is_a_problem_of_its_target():
    """As publishing there would say."""
    article = Article(title="A", body="Text", targets={"wordpress": {"title": " "}})
    (problem,) = publisher.check(article, [wordpress(), Memory()]).problems
    assert (problem.field, problem.target) == ("targets.wordpress.title", "wordpress:blog.example.com")


def noise(size: int = 64, alpha: int = 255) -> Asset:
    """A picture that nothing makes small."""
    picture = Image.effect_noise((size, size), 200).convert("RGBA")
    picture.putalpha(alpha)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return Asset.from_bytes(out.getvalue(), "x.png")


@pytest.mark.parametrize(
    ("asset", "limits", "said"),
    [
        (noise(), ImageLimits(), None),
        (noise(size=300), ImageLimits(max_width=10), None),
        (noise(), ImageLimits(media_types=("image/webp",)), None),
        (noise(size=300), ImageLimits(max_bytes=1024, media_types=("image/png",)), "max_bytes"),
        (
            noise(alpha=0),
            ImageLimits(media_types=("image/jpeg",)),
            "transparent",
        ),
    ],
    ids=["as it is", "made smaller", "converted", "too many bytes", "transparent"],
)
def test_an_image_that_no_target_can_get_is_a_problem(asset, limits, said):
    """One that can be fitted is none."""
    article = Article(title="A", body=f"![A]({asset.name})", assets={asset.name: asset})
    problems = publisher.check(article, wordpress(images=limits)).problems
    assert [one.subject for one in problems] == (["unfit image"] if said else [])
    assert all(said in one.what for one in problems)


def test_an_animation_that_a_target_cannot_get_is_found_at_its_line(tmp_path):
    """Of the article, not of the image."""
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "green", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    (tmp_path / "a.md").write_text("# A\n\nText\n\n![A](a.gif)\n")
    limits = ImageLimits(media_types=("image/jpeg",))
    (problem,) = publisher.check(tmp_path, wordpress(images=limits)).problems
    assert (problem.subject, problem.line) == ("unfit image", 5)
    assert "3 frames" in problem.what


def test_a_backend_of_ones_own_is_asked_about_each_article():
    """With what it finds told as it says, file and target filled in."""

    class Strict(Memory):
        def review(self, article: Article) -> list[Finding]:
            return [
                Finding(verdict="problem", subject="title length", what=f"{len(article.title)} > 3", field="title")
                for _ in range(len(article.title) > 3)
            ]

    checkup = publisher.check([Article(title="Long"), Article(title="Abc", body="Text")], Strict())
    assert [(one.subject, one.what, one.path) for one in checkup.problems] == [
        ("title length", "4 > 3", "article 'long'")
    ]
