"""Who publishes on a real WordPress, and under whose name: passwords, authors, and what roles may do."""

from __future__ import annotations

import pytest

from publisher import PublisherError
from publisher.driving.clock import SystemClock
from publisher.errors import AuthenticationError, ConfigurationError, RefusedError
from publisher.testing import Fault, make_faulty

pytestmark = pytest.mark.real


def test_password_works_with_and_without_blanks_and_nothing_else_does(desk):
    """Blanks do not matter; a wrong one, an unknown user and the login password are refused."""
    secret = desk.site.users["admin"]
    for user, password in (("admin", "wrong"), ("nobody", secret), ("admin", "admin-pass")):
        with pytest.raises(AuthenticationError, match="application password"):
            desk.publish(desk.article(), desk.blog(user, app_password=password))
    for user, password in (("admin", secret.replace(" ", "")), ("admin@example.test", f" {secret}\n")):
        desk.publish(desk.article(password), desk.blog(user, app_password=password))


def test_empty_password_is_refused_at_once(desk):
    """It is a forgotten environment variable."""
    with pytest.raises(ConfigurationError):
        desk.blog(app_password="")


def test_author_is_found_by_every_name_that_means_one_user(desk):
    """Display name, login, e-mail, in any case; a login is stronger than somebody's display name."""
    ana = desk.new_user("ana", name="Ana & Söhne")
    desk.new_user("other", name="Ana")
    desk.new_user("maria1", name="Maria")
    desk.new_user("maria2", name="Maria")
    for number, name in enumerate(("ana", "Ana & Söhne", "ANA@example.test", "ana & söhne", "Ana")):
        receipt = desk.publish(desk.article(f"{number}", author=name))
        assert (desk.row(receipt)["author"], receipt.changes) == (ana, ()), name
    for name, says in (("Maria", "2 users are called 'Maria'"), ("Nobody", "no user is called 'Nobody'")):
        with pytest.raises(RefusedError, match=says) as caught:
            desk.publish(desk.article("Not.", author=name))
        assert (caught.value.field, "login" in str(caught.value)) == ("author", True)


@pytest.mark.parametrize("user", ["editor", "author"])
def test_author_as_a_role_sees_it(desk, user):
    """Who may not list users finds others by the names that readers see, and himself by every name."""
    ana = desk.new_user("ana", name="Ana Bee")
    own = [user, f"{user}@example.test", user.upper()]
    for number, name in enumerate(own):
        receipt = desk.publish(desk.article(f"{number}", author=name), desk.blog(user))
        assert desk.row(receipt)["author"] != 1, name
    about_ana = desk.article("Ana's.", key="b", slug="b", author="Ana Bee")
    if user == "editor":
        assert desk.row(desk.publish(about_ana, desk.blog(user)))["author"] == ana
    else:
        with pytest.raises(RefusedError, match="not allowed"):
            desk.publish(about_ana, desk.blog(user))
    with pytest.raises(RefusedError, match="no user is called"):
        desk.publish(desk.article("Not.", author="ana@example.test"), desk.blog(user))


@pytest.mark.parametrize(
    ("user", "fields", "says"),
    [
        ("editor", {"categories": ("K",)}, None),
        ("author", {"tags": ("new",), "categories": ("Kitchen",)}, None),
        ("author", {"categories": ("kitchen",)}, None),
        ("author", {"categories": ("Nope",)}, "no category 'Nope'"),
        ("contributor", {}, "not allowed to publish"),
        ("contributor", {"status": "draft"}, None),
    ],
)
def test_role_does_what_it_may_and_says_what_it_may_not(desk, user, fields, says):
    """Authors use categories that exist, however they are spelt; contributors write drafts only."""
    desk.by_hand("categories", name="Kitchen")
    if says is None:
        assert desk.publish(desk.article(**fields), desk.blog(user)).changes == ()
    else:
        with pytest.raises(RefusedError, match=says):
            desk.publish(desk.article(**fields), desk.blog(user))


def test_author_may_not_write_pages_and_is_told_who_may(desk):
    """WordPress says only that a status is forbidden; it is the role."""
    with pytest.raises(PublisherError, match="pages need an editor"):
        desk.publish(desk.article(type="page"), desk.blog("author"))
    assert desk.publish(desk.article(type="page"), desk.blog("editor")).changes == ()


def test_author_is_told_what_was_stripped_and_only_that(desk):
    """An iframe that goes is a change; ' />' for '/>' and &#091; for &#91; are not."""
    body = "Hi\n\n<iframe src='https://example.com'></iframe>"
    assert [change.field for change in desk.publish(desk.article(body), desk.blog("author")).changes] == ["content"]
    assert desk.publish(desk.article("```\n[x]\n```", key="b", slug="b"), desk.blog("author")).changes == ()


def test_post_of_another_user_is_not_taken_for_deleted(desk):
    """An author cannot see the admin's post in a list: it is there all the same, and overwriting makes no second."""
    desk.publish(desk.article("One."))
    with pytest.raises(PublisherError) as caught:
        desk.publish(desk.article("Two."), desk.blog("author"), on_conflict="overwrite")
    assert "deleted" not in str(caught.value)
    assert len(desk.posts()) == 1


def test_other_user_of_one_ledger_recognises_his_own_post(desk):
    """What was learned about the admin does not hold for the editor who publishes next."""
    desk.publish(desk.article(), desk.blog(body="html"))
    backend = desk.blog("editor", body="html")
    make_faulty(backend, SystemClock()).faults.append(Fault("answer lost"))
    desk.publish(desk.article(key="b", slug="b", title="B"), backend)
    assert len(desk.posts()) == 2
