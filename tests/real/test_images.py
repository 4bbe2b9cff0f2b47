"""Images and covers in the media library of a real WordPress: one item each, where readers see it."""

from __future__ import annotations

import httpx
import pytest
from PIL import Image

from publisher import Article
from publisher.errors import ContentError

pytestmark = pytest.mark.real


def test_image_in_the_text_is_the_one_of_the_library(desk):
    """Its id in the class, its alternative text and its caption; its slug holds the hash, and its name is readable."""
    desk.draw("a loaf.png")
    file = desk.write("p.md", '---\ntitle: P\n---\n![A "loaf" & more](<a loaf.png> "Fresh *bread*")\n')
    receipt = desk.publish(file)
    [(image, slug, title)] = desk.sql("SELECT ID, post_name, post_title FROM wp_posts WHERE post_type = 'attachment'")
    content = desk.row(receipt)["content"]
    assert f'class="wp-image-{image}"' in content
    assert 'alt="A &quot;loaf&quot; &amp; more"' in content
    assert "Fresh" in content.partition("<figcaption")[2]
    assert (slug.startswith("asset-"), len(slug), title, receipt.changes) == (True, 38, "a loaf", ())
    assert f"wp-image-{image}" in httpx.get(receipt.url).text


def test_images_are_uploaded_once_however_often_they_are_used(desk):
    """Large (over upload_max_filesize), inline, as cover, in two articles: one item each; a removed cover goes."""
    Image.effect_noise((4000, 3000), 90).convert("RGB").save(desk.folder / "big.jpg", quality=98)
    desk.draw("a.png")
    desk.draw("b.png", color="blue")
    desk.write("one.md", "---\ntitle: One\nimage: a.png\n---\n![x](big.jpg)\n\n![a](a.png) and ![a](a.png)\n")
    two = "---\ntitle: Two\nimage: b.png\n---\n![a](a.png)\n"
    for text in (two, two.replace("image: b.png\n", "")):
        desk.write("two.md", text)
        one = desk.publish_many(desk.folder, desk.blog())[0].unwrap()
    desk.lose_the_ledger()
    desk.publish_many(desk.folder, desk.blog())
    covers = desk.sql("SELECT post_id FROM wp_postmeta WHERE meta_key = '_thumbnail_id'")
    assert (covers, len(desk.rig.assets()), len(desk.posts())) == ([(int(one.remote_id),)], 3, 2)
    # It comes in the size above which WordPress would scale it.
    assert desk.sql("SELECT post_content LIKE '%/big.jpg%' FROM wp_posts WHERE ID = ?", one.remote_id) == [(1,)]
    [(details,)] = desk.sql(
        "SELECT meta_value FROM wp_postmeta WHERE meta_value LIKE '%/big.jpg%' AND meta_key LIKE '%metadata'"
    )
    assert 's:5:"width";i:2560;s:6:"height";i:1920;' in details


def test_image_that_another_user_uploaded_is_used(desk):
    """An author may not edit the admin's upload, and uses it all the same: one item, also with an empty ledger."""
    desk.draw("a.png")
    desk.publish(desk.write("p.md", "---\ntitle: P\n---\n![a](a.png)\n"))
    desk.lose_the_ledger()
    desk.publish(desk.write("q.md", "---\ntitle: Q\n---\n![a](a.png)\n"), desk.blog("author"))
    assert (len(desk.rig.assets()), len(desk.posts())) == (1, 2)


def test_image_that_changes_on_the_way_stops_its_article(desk):
    """The file is another one, then gone, when it is its turn: the message names it, and nothing is on the site."""
    desk.draw("a.png", (31, 23))
    article = Article.from_file(desk.write("p.md", "---\ntitle: P\n---\n![n](a.png)\n"))
    for change in (lambda: desk.draw("a.png", (31, 23), "blue"), (desk.folder / "a.png").unlink):
        change()
        with pytest.raises(ContentError, match=r"a\.png.*[Rr]un again"):
            desk.publish(article)
    assert (desk.posts(), desk.rig.assets()) == ([], [])


def test_alt_text_of_a_cover_reaches_the_site(desk):
    """The theme shows the cover with the alternative text of the media library, so that is where it has to be."""
    desk.draw("a.png")
    desk.publish(desk.write("p.md", "---\ntitle: P\nimage: {src: a.png, alt: A loaf}\n---\nText.\n"))
    assert desk.sql("SELECT meta_value FROM wp_postmeta WHERE meta_key = '_wp_attachment_image_alt'") == [("A loaf",)]


def test_cover_from_another_site_is_told(desk):
    """WordPress takes a cover from its own library only."""
    receipt = desk.publish(desk.write("p.md", "---\ntitle: P\nimage: https://example.com/a.png\n---\nText.\n"))
    assert [(change.field, change.sent) for change in receipt.changes] == [
        ("featured_media", "https://example.com/a.png")
    ]
