"""The script that brings up a real WordPress for the other tests and the demo."""

from __future__ import annotations

import base64
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import local_wordpress
import pytest

pytestmark = pytest.mark.real

SCRIPT = Path(__file__).parents[2] / "examples" / "wordpress" / "local_wordpress.py"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def start() -> Callable[[], Any]:
    """Starts a site of its own; where none can be had the test is skipped with the reason, but fails in CI."""

    def start_or_skip() -> Any:
        try:
            return local_wordpress.LocalWordPress.start()
        except local_wordpress.Unavailable as reason:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"no local WordPress: {reason}")

    return start_or_skip


@pytest.fixture(scope="module")
def running(start: Callable[[], Any]) -> Iterator[Any]:
    """One site for all tests of this file."""
    with start() as site:
        yield site


@pytest.fixture
def site(running: Any) -> Any:
    """That site, clean again."""
    running.reset()
    return running


def call(
    site: Any,
    method: str,
    path: str,
    body: object = None,
    *,
    user: str | None = "admin",
    headers: dict[str, str] | None = None,
    timeout: float = 30,
) -> tuple[int, Any]:
    """Status and JSON of a REST request made as one of the site's users."""
    sent = {"Accept": "application/json", "Content-Type": "application/json", **(headers or {})}
    if user is not None and "Authorization" not in sent:
        sent["Authorization"] = "Basic " + base64.b64encode(f"{user}:{site.users[user]}".encode()).decode()
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    with closing(http.client.HTTPConnection(site.url.removeprefix("http://"), timeout=timeout)) as connection:
        connection.request(method, "/wp-json" + path, data, sent)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def slugs(site: Any) -> set[str]:
    """The slugs of all posts on the site, whatever their status."""
    return {post["slug"] for post in call(site, "GET", "/wp/v2/posts?status=any&context=edit&per_page=100")[1]}


def processes_of(directory: Path) -> list[str]:
    """The command lines of all processes that work for a site."""
    lines = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            lines.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return [line for line in lines if str(directory) in line]


def wait_until_free(lock: Path) -> None:
    """Returns when the last process that holds a site's lock has ended; fails after two minutes."""
    take = "import fcntl, sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX)"
    subprocess.run([sys.executable, "-c", take, str(lock)], check=True, timeout=120)


def test_the_site_describes_itself(site: Any) -> None:
    """The REST root tells the site's address, its time zone and that application passwords are allowed."""
    status, root = call(site, "GET", "/", user=None)
    assert status == 200
    assert (root["url"], root["home"], root["timezone_string"]) == (site.url, site.url, "Europe/Berlin")
    assert "application-passwords" in root["authentication"]
    assert site.version.split(".")[0].isdigit()


@pytest.mark.parametrize("login", ["admin", "editor", "author", "contributor"])
def test_every_user_is_known_by_its_application_password(site: Any, login: str) -> None:
    """Four users with the four roles that matter to publishing can log in."""
    status, user = call(site, "GET", "/wp/v2/users/me?context=edit", user=login)
    role = "administrator" if login == "admin" else login
    assert (status, user["username"], user["roles"]) == (200, login, [role])


def test_a_wrong_password_is_refused(site: Any) -> None:
    """The site does check: a made-up password is nobody's."""
    wrong = {"Authorization": "Basic " + base64.b64encode(b"admin:wrong").decode()}
    assert call(site, "GET", "/wp/v2/users/me", headers=wrong)[0] == 401


def test_a_post_is_published_at_a_readable_address(site: Any) -> None:
    """A created post has a permalink with its name, and a visitor finds it there."""
    status, post = call(site, "POST", "/wp/v2/posts", {"title": "Größe", "slug": "size", "status": "publish"})
    assert (status, post["link"]) == (201, f"{site.url}/size/")
    with closing(http.client.HTTPConnection(site.url.removeprefix("http://"), timeout=30)) as connection:
        connection.request("GET", "/size/")
        answer = connection.getresponse()
        assert (answer.status, "Größe" in answer.read().decode()) == (200, True)


def test_a_reset_gives_a_clean_site(site: Any) -> None:
    """Posts, uploaded files and plugins are gone, and what a new WordPress has is there."""
    before = slugs(site)
    call(site, "POST", "/wp/v2/posts", {"title": "One", "slug": "one", "status": "publish"})
    image = {"Content-Type": "image/png", "Content-Disposition": 'attachment; filename="dot.png"'}
    assert call(site, "POST", "/wp/v2/media", PNG, headers=image)[0] == 201
    site.install_plugin("fault", "http_response_code(500); die('{}');")
    site.reset()
    assert slugs(site) == before == {"hello-world"}
    assert call(site, "GET", "/wp/v2/media") == (200, [])
    assert [path for path in site.database.parents[1].glob("uploads/**/*") if path.is_file()] == []
    assert list(site.mu_plugins.iterdir()) == []


def test_a_reset_ends_a_request_that_still_runs(site: Any) -> None:
    """A request whose client has given up cannot write into the clean database later."""
    site.install_plugin("hang", "add_action('rest_insert_post', function () { while (true) usleep(1000); });")
    with pytest.raises(TimeoutError):
        call(site, "POST", "/wp/v2/posts", {"title": "Late", "slug": "late", "status": "publish"}, timeout=1)
    workers, url = site.pid, site.url
    site.reset()
    assert slugs(site) == {"hello-world"}
    assert (site.pid != workers, site.url) == (True, url)


def test_a_plugin_holds_from_the_next_request_on(site: Any) -> None:
    """Each of many plugins, changed within a second, is in force at once in whichever worker answers."""
    for number in range(12):
        site.install_plugin("probe", f"add_filter('rest_index', fn() => new WP_REST_Response(array('n' => {number})));")
        assert [call(site, "GET", "/")[1]["n"] for _ in range(4)] == [number] * 4
    site.remove_plugin("probe")
    assert ["n" in call(site, "GET", "/")[1] for _ in range(4)] == [False] * 4


def test_two_sites_share_nothing(site: Any, start: Callable[[], Any]) -> None:
    """A post on one site is not on another that runs beside it."""
    with start() as other:
        call(site, "POST", "/wp/v2/posts", {"title": "Here", "slug": "here", "status": "publish"})
        assert other.url != site.url
        assert (slugs(other), slugs(site)) == ({"hello-world"}, {"hello-world", "here"})


def test_stop_leaves_no_process_and_no_files(start: Callable[[], Any]) -> None:
    """After the context manager nothing answers, nothing runs and a nameless site's folder is gone."""
    with start() as site:
        assert len(processes_of(site.directory)) >= 4
        assert site.directory.is_dir()
    assert processes_of(site.directory) == []
    assert not site.directory.exists()
    with pytest.raises(ConnectionRefusedError):
        call(site, "GET", "/")


def test_a_site_ends_with_the_process_that_started_it(site: Any) -> None:
    """Even kill -9 of the starter leaves no PHP behind."""
    program = (
        f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import local_wordpress as l\n"
        "s = l.LocalWordPress.start(); print(s.directory, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        directory = Path(starter.stdout.readline().strip())
        assert len(processes_of(directory)) >= 4
        starter.send_signal(signal.SIGKILL)
    wait_until_free(directory.with_name(f"{directory.name}.lock"))
    assert processes_of(directory) == []


def test_the_command_line_starts_shows_resets_and_stops_a_site(site: Any) -> None:
    """A site brought up by command stays in the background until `down`, and tells strangers nothing."""

    def run(*words: str) -> tuple[int, Any]:
        name = f"command-{os.getpid()}"
        done = subprocess.run(
            [sys.executable, SCRIPT, *words, "--name", name], check=False, capture_output=True, text=True, timeout=300
        )
        return done.returncode, json.loads(done.stdout)

    try:
        code, up = run("up")
        assert (code, sorted(up["users"])) == (0, ["admin", "author", "contributor", "editor"])
        assert run("status") == run("up") == run("reset") == (0, up)
        state = Path(up["log"]).with_name("site.json")
        assert (state.stat().st_mode & 0o777, state.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        assert (Path(up["database"]).is_file(), Path(up["mu_plugins"]).is_dir()) == (True, True)
    finally:
        assert run("down")[0] == 0
    assert run("status") == (1, {"name": up["name"], "running": False})
    directory = Path(up["log"]).parent
    assert processes_of(directory) == []
    shutil.rmtree(directory)
    directory.with_name(f"{directory.name}.lock").unlink()


def test_a_taken_port_is_named(site: Any) -> None:
    """Asked for a port that is in use, the error says so."""
    port = int(site.url.rpartition(":")[2])
    with pytest.raises(local_wordpress.Failed, match=rf"port {port} .*Address already in use"):
        local_wordpress.LocalWordPress.start(port=port)


def test_a_running_name_is_not_taken_twice(site: Any) -> None:
    """A second site of the same name would share the first one's files, so it is refused."""
    with pytest.raises(local_wordpress.Failed, match="is running"):
        local_wordpress.LocalWordPress.start(site.name)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without apt-get the reason says so, and no half-made cache stays behind."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PUBLISHER_WORDPRESS_CACHE", str(tmp_path / "cache"))
    with pytest.raises(local_wordpress.Unavailable, match="no apt-get"):
        local_wordpress.LocalWordPress.start()
    assert list((tmp_path / "cache").glob("runtime-*")) == []
