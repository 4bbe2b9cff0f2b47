"""Everything that is wrong with a file is told at once, each with its line; and allowed leaks are allowed."""

from __future__ import annotations

import pytest

from publisher.content.articles import article_from_file, article_from_text, reviewed
from publisher.errors import ContentError
from publisher.models import Article

LEAK = "---\ntitle: another head\n---\n\nText\n"


def faults(text: str, **rules) -> list[tuple[int | None, str | None]]:
    """The lines and fields of all faults of a text; none if it is right."""
    try:
        article_from_text(text, **rules)
    except ContentError as error:
        return [(fault.line, fault.field) for fault in error.all]
    return []


def test_head_images_and_leaks_are_told_together(tmp_path):
    """In the order of their lines, each with the file."""
    file = tmp_path / "post.md"
    head = "id: a\ntitle: A\ndate: soon\ntags: {a: b}\nid: b\ncover: no.png\nseo:\n  image: nor-this.png\n"
    file.write_text(f"---\n{head}---\n{LEAK}\n![A](gone.png)\n\n![B](gone.png) ![C](/etc/x.png)\n")
    with pytest.raises(ContentError) as caught:
        article_from_file(file)
    found = [(fault.line, fault.field) for fault in caught.value.all]
    assert found == [
        (4, "date"),
        (5, "tags"),
        (6, "id"),
        (7, "cover"),
        (9, "seo.image"),
        (11, None),
        (17, None),
        (19, None),
    ]
    assert {fault.path for fault in caught.value.all} == {str(file)}
    assert str(caught.value).count(str(file)) == len(found)


def test_a_missing_title_is_one_fault_among_others():
    """Not the end of the look."""
    assert faults("---\ndate: soon\n---\ntext\n") == [(1, "title"), (2, "date")]


def test_a_wrong_title_is_told_once():
    """It is not missing on top of that."""
    assert faults("---\ntitle: [a]\n---\ntext\n") == [(2, "title")]


def test_fifty_faults_are_fifty_faults():
    """All in one error."""
    overrides = "".join(f"  t{number}: {{status: live}}\n" for number in range(50))
    assert len(faults(f"---\ntitle: A\ntargets:\n{overrides}---\ntext\n")) == 50


def test_a_leak_is_refused_with_its_line_in_the_file():
    """Whether or not a head, and a heading that became the title, stand before it."""
    assert faults(f"---\ntitle: A\n---\n\n{LEAK}") == [(5, None)]
    assert faults(f"# Title\n\n{LEAK}") == [(3, None)]


@pytest.mark.parametrize(
    ("head", "rules"),
    [
        ("allow: [front-matter]", {}),
        ("layout: x", {"allow": ["front-matter"]}),
        ("allow: [liquid]", {"allow": ["mdx", "front-matter"]}),
    ],
)
def test_a_leak_may_be_allowed(head, rules):
    """By the front matter or by whoever reads it."""
    assert faults(f"---\ntitle: A\n{head}\n---\n{LEAK}", **rules) == []


def test_what_is_allowed_stays_with_the_article():
    """That of both, in one order."""
    read = article_from_text("---\ntitle: A\nallow: [mdx, liquid]\n---\nx", allow=("wiki-link", "mdx"))
    assert read.allow == ("liquid", "mdx", "wiki-link")


def test_arguments_count_before_the_project(tmp_path):
    """And the project before the defaults; front matter cannot weaken what is done about HTML."""
    file = tmp_path / "a.md"
    file.write_text("---\ntitle: A\nraw_html: trust\ncategories: News/Local\n---\nx")
    (tmp_path / "publisher.toml").write_text('raw_html = "refuse"\nallow = ["mdx"]\ncategory_separator = "/"\n')
    by_project = Article.from_file(file)
    assert (by_project.raw_html, by_project.allow) == ("refuse", ("mdx",))
    assert by_project.categories == (("News", "Local"),)
    by_argument = Article.from_file(file, raw_html="sanitize", allow=(), category_separator="")
    assert (by_argument.raw_html, by_argument.allow) == ("sanitize", ())
    assert by_argument.categories == (("News/Local",),)
    by_text = Article.from_text(file.read_text(), raw_html="refuse", allow=["mdx"], category_separator="/")
    assert (by_text.raw_html, by_text.allow, by_text.categories) == ("refuse", ("mdx",), (("News", "Local"),))
    assert Article.from_text(file.read_text()).raw_html == "trust"


@pytest.mark.parametrize("rules", [{"raw_html": "yes"}, {"allow": ["all"]}])
def test_an_argument_that_means_nothing_is_an_error(rules):
    """Not a default."""
    with pytest.raises(ContentError):
        Article.from_text("# T\n", **rules)


def test_changed_rules_are_a_change_of_the_article(tmp_path):
    """Though the file is the same; without rules the digest is that of the bytes."""
    file = tmp_path / "a.md"
    file.write_text("---\ntitle: A\ncategories: News/Local\n---\nx")
    plain = Article.from_file(file)
    digests = {plain.digest}
    for setting in ('raw_html = "sanitize"', 'allow = ["mdx"]', 'category_separator = "/"', "static_root = '.'"):
        (tmp_path / "publisher.toml").write_text(f"{setting}\n")
        digests.add(Article.from_file(file, tmp_path).digest)
    assert len(digests) == 5


# Articles that were not read from a file


def test_an_article_that_a_caller_made_is_looked_through():
    """The error names it and the line of its body."""
    with pytest.raises(ContentError) as caught:
        reviewed(Article(title="A", key="k", body=LEAK))
    assert (caught.value.article, caught.value.path, caught.value.line) == ("k", None, 1)


def test_what_is_right_or_allowed_comes_back():
    """The very same article."""
    for article in (Article(title="A", body="text"), Article(title="A", body=LEAK, allow=("front-matter",))):
        assert reviewed(article) is article


def test_a_changed_copy_of_an_article_from_a_file_is_looked_through(tmp_path):
    """The unchanged one was, when it was read."""
    file = tmp_path / "a.md"
    file.write_text("---\ntitle: A\n---\ntext\n")
    article = Article.from_file(file)
    assert reviewed(article) is article
    with pytest.raises(ContentError):
        reviewed(article.model_copy(update={"body": LEAK}))
