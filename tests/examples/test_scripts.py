"""The scripts of the examples do on the real WordPress what their texts say."""

from __future__ import annotations

import shutil

import pytest

pytestmark = pytest.mark.real


def test_the_quickstart_publishes_a_file_once(run, blog, posts, examples):
    first = run("quickstart.py", examples / "articles" / "halley.md", **blog)
    again = run("quickstart.py", examples / "articles" / "halley.md", **blog)
    assert (first.returncode, first.stdout.split()[0]) == (0, "create")
    assert (again.returncode, again.stdout.split()[0]) == (0, "no-op")
    assert {slug: post["status"] for slug, post in posts().items()} == {"halley-2061": "future"}


def test_the_quickstart_says_in_one_line_why_it_did_not_publish(run, blog, tmp_path):
    (tmp_path / "post.md").write_text("---\ntitle: T\nstatus: ready\n---\n")
    done = run("quickstart.py", tmp_path / "post.md", **blog)
    assert done.returncode == 1
    assert done.stderr.startswith(f"not published: {tmp_path / 'post.md'}:3")
    assert "there is no status 'ready'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_each_row_of_the_plants_is_one_post_whatever_becomes_of_its_name(run, blog, posts, examples, tmp_path):
    file = tmp_path / "plants.csv"
    shutil.copy(examples / "content_script" / "plants.csv", file)
    script = "content_script/publish_plants.py"
    assert run(script, file, **blog).returncode == 0
    before = posts()
    assert {slug: post["status"] for slug, post in before.items()} == {
        "plant-101": "publish", "plant-102": "publish", "plant-103": "publish", "plant-104": "draft",
        "plant-105": "publish",
    }  # fmt: skip
    assert before["plant-103"]["title"]["raw"] == "Fern & moss mix"
    file.write_text(file.read_text().replace("101,Lavender", "101,True lavender").replace(",no,", ",yes,"))
    again = run(script, file, **blog)
    assert [line.split()[0] for line in again.stdout.splitlines()] == ["update", "no-op", "no-op", "update", "no-op"]
    after = posts()
    assert {slug: post["id"] for slug, post in after.items()} == {slug: post["id"] for slug, post in before.items()}
    assert (after["plant-101"]["title"]["raw"], after["plant-104"]["status"]) == ("True lavender", "publish")


def test_a_plant_without_a_column_is_named_and_nothing_is_published(run, blog, posts, tmp_path):
    (tmp_path / "plants.csv").write_text("id,name\n1,Rose\n")
    done = run("content_script/publish_plants.py", tmp_path / "plants.csv", **blog)
    assert (done.returncode, posts()) == (1, {})
    assert f"{tmp_path / 'plants.csv'}:2: there is no botanical" in done.stderr
