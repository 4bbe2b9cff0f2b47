"""The application of the examples publishes to the sites of two customers and answers problems as problems."""

from __future__ import annotations

import base64
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from publishing_app import create_app, from_environment

from publisher import Memory, WordPress

HOURS = {"title": "New hours", "body": "From **six** now.", "tags": ["News"]}
PATH = "/customers/museum/articles/hours"


@contextmanager
def serving(app):
    """A client of the application, which a real server runs in a thread."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=60) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def museum():
    """A customer's site in memory."""
    return Memory("museum", settle=0)


@pytest.fixture
def client(museum, tmp_path):
    """The running application of one customer."""
    with serving(create_app({"museum": museum}, tmp_path / "ledger.db")) as client:
        yield client


def problem(answer, status):
    """What a problem says, once its form is proved."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    told = answer.json()
    assert told["status"] == status
    return told


@pytest.mark.real
def test_two_customers_have_one_key_at_two_sites(wordpress, posts, museum, tmp_path, examples):
    bakery = WordPress(wordpress.url, username="admin", app_password=wordpress.users["admin"])
    loaf = base64.b64encode((examples / "articles" / "loaf.png").read_bytes()).decode()
    article = {**HOURS, "body": "![Loaf](loaf.png)\n\n<script>alert(1)</script>", "cover": "loaf.png"}
    with serving(create_app({"bakery": bakery, "museum": museum}, tmp_path / "ledger.db")) as client:
        first = client.put("/customers/bakery/articles/hours", json={**article, "images": {"loaf.png": loaf}})
        other = client.put(PATH, json=HOURS)
        again = client.put("/customers/bakery/articles/hours", json={**article, "images": {"loaf.png": loaf}})
        edited = client.put("/customers/bakery/articles/hours", json={**HOURS, "title": "Newer hours"})
    assert [one.status_code for one in (first, other, again, edited)] == [201, 201, 200, 200]
    assert [one.json()["action"] for one in (first, other, again, edited)] == ["create", "create", "no-op", "update"]
    assert first.json()["url"] == f"{wordpress.url}/hours/"
    assert "baseline" not in first.json()
    assert [post["title"]["raw"] for post in posts().values()] == ["Newer hours"]
    assert [row["slug"] for row in museum.site.articles.values()] == ["hours"]


def test_scripts_of_customers_are_left_out(client, museum):
    client.put(PATH, json={**HOURS, "body": "Open.\n\n<script>alert(1)</script>"}).raise_for_status()
    [row] = museum.site.articles.values()
    assert ("Open." in row["body"], "script" in row["body"]) == (True, False)


def test_many_calls_for_one_article_make_one(client, museum):
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: client.put(PATH, json=HOURS), range(6)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["remote_id"] for answer in answers}) == len(museum.site.articles) == 1


def test_an_article_is_taken_off_and_deleted(client, museum):
    client.put(PATH, json=HOURS).raise_for_status()
    assert client.post(f"{PATH}/unpublish").json()["action"] == "unpublish"
    assert [row["status"] for row in museum.site.articles.values()] == ["draft"]
    assert client.delete(PATH).json()["action"] == "delete"
    assert museum.site.articles == {}


def test_an_edit_at_the_site_is_409_and_says_what_was_edited(client, museum):
    created = client.put(PATH, json=HOURS).json()
    museum.site.edit(created["remote_id"], title="By hand")
    told = problem(client.put(PATH, json={**HOURS, "body": "Later."}), 409)
    assert (told["error"], "By hand" in told["detail"]) == ("ConflictError", True)


@pytest.mark.parametrize(
    ("article", "field"),
    [
        ({**HOURS, "title": " "}, "title"),
        ({**HOURS, "body": "{{ secret }}"}, None),
        ({**HOURS, "images": {"a.png": base64.b64encode(b"no image").decode()}}, None),
        ({**HOURS, "status": "scheduled"}, "date"),
    ],
)
def test_an_article_that_is_not_usable_is_422_and_nothing_is_sent(client, museum, article, field):
    told = problem(client.put(PATH, json=article), 422)
    assert (told["error"], told.get("field")) == ("ContentError", field)
    assert museum.site.requests == []


def test_a_request_that_is_no_article_is_422(client):
    assert "title" in problem(client.put(PATH, json={"body": "No title."}), 422)["detail"]


def test_an_unknown_customer_is_404(client):
    assert "nobody" in problem(client.put("/customers/nobody/articles/hours", json=HOURS), 404)["detail"]


def test_what_was_never_published_cannot_be_unpublished(client):
    assert problem(client.post(f"{PATH}/unpublish"), 502)["error"] == "RefusedError"


def test_a_lost_answer_is_503_and_the_same_call_finds_out(client, museum):
    museum.site.loses = lambda request: request.url.path == "/articles"
    lost = client.put(PATH, json=HOURS)
    assert (problem(lost, 503)["error"], lost.headers["retry-after"]) == ("UnreachableError", "60")
    museum.site.loses = lambda request: False
    again = client.put(PATH, json=HOURS)
    assert (again.status_code, [row["id"] for row in museum.site.articles.values()]) == (
        200,
        [again.json()["remote_id"]],
    )


def test_a_site_that_makes_no_sense_is_502(client, museum):
    museum.site.fails = [httpx.Response(403, text="closed for repairs")] * 9
    assert "403" in problem(client.put(PATH, json=HOURS), 502)["detail"]


def test_a_site_that_is_away_is_503_with_a_time_to_try_again(tmp_path):
    away = WordPress("http://127.0.0.1:9", username="a", app_password="b" * 24)
    with serving(create_app({"museum": away}, tmp_path / "ledger.db")) as client:
        answer = client.put(PATH, json=HOURS)
    assert (problem(answer, 503)["error"], answer.headers["retry-after"]) == ("UnreachableError", "60")


def test_the_environment_names_the_customers(monkeypatch, tmp_path, examples):
    monkeypatch.setenv("CUSTOMERS", str(examples / "fastapi_app" / "customers.example.json"))
    monkeypatch.setenv("LEDGER", str(tmp_path / "ledger.db"))
    monkeypatch.setenv("BAKERY_PASSWORD", "one secret")
    monkeypatch.setenv("MUSEUM_PASSWORD", "other secret")
    with serving(from_environment()) as client:
        assert client.get("/openapi.json").json()["info"]["title"] == "Publishing for customers"
        assert client.put(PATH, json={}).status_code == 422
        assert client.put("/customers/nobody/articles/x", json=HOURS).status_code == 404
