"""The truth about what WordPress did with an article, and what happens when somebody else was at work on it there."""

from __future__ import annotations

import pytest

from publisher.errors import ConflictError, PublisherError, RefusedError

pytestmark = pytest.mark.real

KINDS = pytest.mark.parametrize("kind", ["post", "page"])
LONG = "The first words stay as they are. " * 20


def route(kind: str, receipt) -> str:
    return f"{kind}s/{receipt.remote_id}"


@KINDS
def test_conflict_names_the_field_and_shows_the_difference(desk, kind):
    """Of a long text the place where it differs, with what was there and what is; of others the values. Nothing is
    overwritten, also when the edit is looked at a second time."""
    first = desk.publish(desk.article(f"{LONG}The end.", type=kind))
    content = desk.row(first)["content"]
    edits = [
        ({"content": content.replace("The end.", "Another end.")}, ("content", "The end.", "Another end.")),
        ({"content": content, "title": "Theirs"}, ("title", "A title", "Theirs")),
        ({"title": "A title", "status": "draft"}, ("status", "publish", "draft")),
        ({"status": "publish", "date_gmt": "2020-01-02T03:04:05"}, ("date_gmt", "2020-01-02T03:04:05")),
    ]
    for edit, said in edits:
        desk.by_hand(route(kind, first), **edit)
        for _ in range(2):
            with pytest.raises(ConflictError) as caught:
                desk.publish(desk.article("Ours.", type=kind))
            assert [word for word in said if word not in str(caught.value)] == []
            assert len(str(caught.value)) < 900
    desk.publish(desk.article("Ours.", type=kind), on_conflict="overwrite")
    row = desk.row(first)
    assert ("Ours." in row["content"], row["title"], row["status"]) == (True, "A title", "publish")
    desk.publish(desk.article("Ours again.", type=kind))


@KINDS
def test_what_was_only_touched_is_no_conflict(desk, kind):
    """Saved without a change, an autosave by another user, a field that is not ours: only the time of saving moved."""
    first = desk.publish(desk.article("One.", type=kind))
    saves = [
        (route(kind, first), {}),
        (f"{route(kind, first)}/autosaves", {"title": "Not yet", "content": "Half a sent"}),
        (route(kind, first), {"comment_status": "closed"}),
        (route(kind, first), {"featured_media": 0, "template": "blank"}),
    ]
    for number, (where, fields) in enumerate(saves):
        desk.by_hand(where, **fields)
        desk.publish(desk.article(f"Number {number}.", type=kind))
    assert "Number 3." in desk.row(first)["content"]
    assert desk.meta(first, "_wp_page_template") == "blank"


def test_autosave_by_the_author_of_a_draft_is_an_edit(desk):
    """WordPress writes it into the draft itself."""
    first = desk.publish(desk.article("One.", status="draft"))
    desk.as_user("admin", f"posts/{first.remote_id}/autosaves", title="A title", content="Half a sent")
    with pytest.raises(ConflictError, match="Half a sent"):
        desk.publish(desk.article("Two.", status="draft"))


def test_skip_leaves_the_edit_and_the_next_run_asks_again(desk):
    """The outcome says conflict and where the post is; of two articles the other one goes on."""
    articles = desk.articles(2)
    first, _ = [outcome.unwrap() for outcome in desk.publish_many(articles)]
    desk.by_hand(f"posts/{first.remote_id}", title="Theirs")
    changed = [article.model_copy(update={"body": "Two."}) for article in articles]
    outcomes = desk.publish_many(changed, on_conflict="skip")
    assert [outcome.action for outcome in outcomes] == ["conflict", "update"]
    assert (outcomes[0].unwrap().url, desk.row(first)["title"]) == (first.url, "Theirs")
    outcomes = desk.publish_many(changed)
    assert [outcome.action for outcome in outcomes][1] == "no-op"
    assert isinstance(outcomes[0].error, ConflictError)


@KINDS
def test_what_is_gone_there_is_told_apart_from_what_never_was(desk, kind):
    """In the trash, deleted for good, never published: three messages; none of them makes a second post unasked."""
    said = {}
    for name in ("trashed", "deleted"):
        receipt = desk.publish(desk.article(key=name, slug=name, title=name, type=kind))
        desk.as_user("admin", f"{route(kind, receipt)}?_method=DELETE{'&force=true' * (name == 'deleted')}")
        for action in (desk.publish, desk.unpublish):
            with pytest.raises(ConflictError) as caught:
                action(desk.article("Two.", key=name, slug=name, title=name, type=kind))
            said[name] = caught.value.what
            assert receipt.remote_id in said[name]
    assert ("trash" in said["trashed"], "trash" in said["deleted"]) == (True, False)
    for name, action in (("never", desk.unpublish), ("ever", desk.delete)):
        never = desk.article(key=name, slug=name, title=name, type=kind)
        with pytest.raises(RefusedError, match="nothing ever did"):
            action(never)
        assert desk.publish(never).action == "create"
    for name in ("trashed", "deleted"):
        article = desk.article("Two.", key=name, slug=name, title=name, type=kind)
        again = desk.publish(article, on_conflict="overwrite")
        assert (desk.row(again)["slug"], desk.row(again)["status"]) == (name, "publish")


def test_unpublish_and_delete_do_not_pass_over_an_edit(desk):
    """Somebody worked on it: taking it off or deleting it is a conflict as well, unless it is asked for."""
    first = desk.publish(desk.article())
    desk.by_hand(f"posts/{first.remote_id}", title="Theirs")
    for action in (desk.unpublish, desk.delete):
        with pytest.raises(ConflictError, match="Theirs"):
            action("a-key")
        assert desk.row(first)["status"] == "publish"
    desk.delete("a-key", on_conflict="overwrite")
    assert desk.row(first)["status"] == "trash"


def test_trash_is_no_hindrance_for_an_empty_ledger(desk):
    """Our own post in the trash is not brought back, and its slug is free."""
    first = desk.publish(desk.article())
    desk.rig.remove(first.remote_id)
    desk.lose_the_ledger()
    again = desk.publish(desk.article())
    assert (again.remote_id == first.remote_id, desk.row(again)["slug"], again.changes) == (False, "a-title", ())


def test_receipt_tells_what_a_role_lost(desk):
    """An author's HTML is filtered: each field that lost something is told with what stands there, and no other; the
    next run has nothing to do, and an edit of ours is no conflict with what WordPress made of the last."""
    body = "Kept & <b>bold</b>\n\n<iframe src='https://example.com'></iframe>\n\n<p onclick='x()'>Also kept</p>\n"
    fields = {"title": "AT&T <script>x</script>", "excerpt": "1 < 2", "slug": "at", "tags": ("R&D",)}
    receipt = desk.publish(desk.article(body, **fields), desk.blog("author"))
    told = {change.field: change for change in receipt.changes}
    assert set(told) == {"title", "content"}
    assert ("<script>" in told["title"].sent, "<script>" in told["title"].stored) == (True, False)
    assert ("iframe" in told["content"].sent, "iframe" in told["content"].stored) == (True, False)
    assert desk.publish(desk.article(body, **fields), desk.blog("author")).action == "no-op"
    again = desk.publish(desk.article(f"{body}\nMore.", **fields), desk.blog("author"))
    assert (again.remote_id, again.action) == (receipt.remote_id, "update")
    desk.as_user("author", f"posts/{receipt.remote_id}", excerpt="Theirs")
    with pytest.raises(ConflictError, match="excerpt"):
        desk.publish(desk.article("Else.", **fields), desk.blog("author"))


def test_what_a_plugin_changes_is_told(desk):
    """A plugin that rewrites titles and takes tags away: in the receipt, and no conflict the next time."""
    code = """add_filter('wp_insert_post_data', function ($data) { $data['post_title'] .= ' (v)'; return $data; });
        add_action('rest_after_insert_post', function ($post) { wp_set_post_tags($post->ID, array()); });"""
    desk.site.install_plugin("rewrites", code)
    receipt = desk.publish(desk.article(tags=("a",)))
    assert {change.field: change.stored for change in receipt.changes} == {"title": "A title (v)", "tags": ""}
    with pytest.raises(PublisherError, match="knows of no"):
        desk.delete("another-key")
    assert desk.publish(desk.article("Two.", tags=("a",))).action == "update"


@pytest.mark.parametrize(
    "edit", [{"title": "Other"}, {"tags": []}, {"status": "draft"}, {"slug": "moved"}, {"excerpt": "e"}], ids=str
)
def test_edit_in_wp_admin_is_a_conflict_that_names_the_field(desk, edit):
    """One field is enough, and the edit is still there afterwards."""
    receipt = desk.publish(desk.article("One.", tags=("a",)))
    desk.by_hand(f"posts/{receipt.remote_id}", **edit)
    before = desk.posts()
    with pytest.raises(ConflictError, match=next(iter(edit))):
        desk.publish(desk.article("Two.", tags=("a",)))
    assert desk.posts() == before


@pytest.mark.parametrize("query", ["", "&force=true"], ids=["trashed", "trash emptied"])
def test_deleted_post_is_told_made_anew_on_request_and_can_be_deleted_here(desk, query):
    """Both ways out that the message names work."""
    for way_out in ("overwrite", "delete"):
        receipt = desk.publish(desk.article(way_out))
        desk.by_hand(f"posts/{receipt.remote_id}?_method=DELETE{query}")
        with pytest.raises(ConflictError, match="deleted it there"):
            desk.publish(desk.article("Two."))
        if way_out == "overwrite":
            desk.publish(desk.article("Two."), on_conflict="overwrite")
            assert len(desk.posts()) == 1
        else:
            desk.delete("a-key")
