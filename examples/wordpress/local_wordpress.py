#!/usr/bin/env python3
"""A real WordPress on 127.0.0.1, on Debian or Ubuntu, without root and without Docker.

PHP and WordPress come from the distribution's packages, fetched with `apt-get download` and unpacked into a cache, so
nothing is installed. The database is SQLite, through WordPress's own drop-in, fetched with `npm pack`. This is done
once; after that a clean site starts in about a second. As a program:

    local_wordpress.py up | status | reset | down

and as a module:

    with LocalWordPress.start() as site:
        requests.get(site.url + "/wp-json/wp/v2/users/me", auth=("admin", site.users["admin"]))
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from wordpress_runtime import (
    TEMPLATE_URL,
    WP_CONFIG,
    Runtime,
    Unavailable,
    cache_directory,
    copy_database,
    take_lock,
    write_private,
)

__all__ = ["Failed", "LocalWordPress", "Unavailable"]

# Ends the whole process group when the pipe on its standard input closes (the starter has ended, however) or PHP ends.
GUARD = '("$@"; kill -KILL 0) & read -r _; kill -KILL 0'


class Failed(Exception):  # noqa: N818 - named like its sibling
    """A site that should run does not; the text says what happened, where the log is and what to do."""


def _group(leader: int) -> list[int]:
    """The processes of a process group."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def _open_files(pid: int) -> Iterator[Path]:
    with suppress(OSError):  # the process has just ended
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):  # the file has just been closed
                yield entry.readlink()


def _usable_port(wanted: int | None) -> int:
    """The wanted port, or a free one; whether PHP then gets it is seen when it starts."""
    with socket.socket() as probe:
        if wanted:  # connections of a server that has just ended do not count
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted or 0))
        except OSError as error:
            raise Failed(f"port {wanted} on 127.0.0.1 cannot be had ({error.strerror}): try another") from error
        return int(probe.getsockname()[1])


class LocalWordPress:
    """One running site: its address, its users' application passwords, and the files a test wants to look into."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.name = directory.name
        self.log = directory / "server.log"
        content = directory / "site" / "wp-content"
        self.database, self.mu_plugins = content / "database/.ht.sqlite", content / "mu-plugins"
        self._uploads, self._pristine = content / "uploads", directory / "pristine.sqlite"
        self.url, self.version, self.pid = "", "", 0
        self.users: dict[str, str] = {}
        self._server: subprocess.Popen[bytes] | None = None
        self._passing = self._background = False

    @classmethod
    def start(cls, name: str | None = None, port: int | None = None, *, background: bool = False) -> LocalWordPress:
        """A clean site, running and answering; Unavailable when this machine cannot have one.

        A site without a name is removed when it stops; a named one is kept for a look, and made anew at its next
        start. It ends when this process ends, however that happens, unless it is asked to stay in the background.
        """
        if name is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
            raise ValueError(f"a site's name is letters, digits and _.- and not {name!r}")
        runtime = Runtime.ready()
        sites = cache_directory() / "sites"
        _sweep(sites)
        site = cls(sites / (name or f"passing-{os.getpid()}-{secrets.token_hex(4)}"))
        site._passing, site._background = name is None, background
        lock = take_lock(site._lock)
        if lock is None:
            raise Failed(
                f"the site {site.name} is running: stop it with `down --name {site.name}`, or use another name"
            )
        try:
            site._make(runtime)
            site._come_up(runtime, lock, port)
        except BaseException:
            site.stop()
            raise
        finally:
            os.close(lock)  # the server's processes hold it from here on: it is free when the last of them has ended
        return site

    @classmethod
    def find(cls, name: str) -> LocalWordPress | None:
        """The running site of that name, whoever started it."""
        site = cls(cache_directory() / "sites" / name)
        free = take_lock(site._lock)
        if free is not None:
            os.close(free)
            return None
        try:
            state = json.loads((site.directory / "site.json").read_text())
        except FileNotFoundError as error:
            raise Failed(f"the site {name} is just being started: try again") from error
        site.url, site.version, site.users, site.pid = state["url"], state["version"], state["users"], state["pid"]
        return site

    def describe(self) -> dict[str, object]:
        """What a person or a script needs to use the site."""
        return {"name": self.name, "url": self.url, "version": self.version, "users": self.users,
                "database": str(self.database), "mu_plugins": str(self.mu_plugins), "log": str(self.log),
                "pid": self.pid}  # fmt: skip

    def reset(self) -> None:
        """Back to the site as it was after the start: database, uploads and plugins.

        A request that still runs (of a client that has given up, say) would write into the clean database: then the
        server is ended first and started again at the same address.
        """
        shutil.rmtree(self.mu_plugins, ignore_errors=True)
        self.mu_plugins.mkdir()
        busy = self._busy()
        if busy and self._server is None:
            raise Failed(f"the site {self.name} is still working on a request: try again, or `down` and `up`")
        if busy:
            self._end()
        copy_database(self._pristine, self.database)
        shutil.rmtree(self._uploads, ignore_errors=True)
        self._uploads.mkdir()
        if busy:
            lock = take_lock(self._lock)
            if lock is None:
                raise Failed(f"another process has taken the site {self.name}: start it again")
            with os.fdopen(lock):
                if not self._serve(Runtime.ready(), lock):
                    raise Failed(f"PHP's server did not start again: {self._last_words()}")

    def install_plugin(self, name: str, php_source: str) -> Path:
        """Put a plugin in place; it holds from the next request on."""
        path = self._plugin(name)
        draft = path.with_suffix(".tmp")
        draft.write_text(php_source if "<?php" in php_source else f"<?php\n{php_source}", encoding="utf-8")
        draft.replace(path)
        return path

    def remove_plugin(self, name: str) -> None:
        """Take a plugin away, from the next request on; it need not be there."""
        self._plugin(name).unlink(missing_ok=True)

    def wait(self) -> None:
        """Return when the site has ended, by `down` for example."""
        if self._server is not None:
            self._server.wait()

    def stop(self) -> None:
        """End every process of the site and wait until they are gone; a second call does nothing."""
        self._end()
        if self._passing:
            shutil.rmtree(self.directory, ignore_errors=True)
            self._lock.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def _lock(self) -> Path:
        return self.directory.with_name(f"{self.name}.lock")

    def _plugin(self, name: str) -> Path:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
            raise ValueError(f"a plugin's name is letters, digits, _ and - and not {name!r}")
        return self.mu_plugins / f"{name}.php"

    def _make(self, runtime: Runtime) -> None:
        """WordPress's own files are hard links (or copies, on another file system): nothing writes into them."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(mode=0o700, parents=True)
        shutil.copytree(runtime.template, self.directory / "site", copy_function=_link_or_copy)
        for folder in (self.database.parent, self._uploads, self.mu_plugins):
            folder.mkdir(exist_ok=True)
        shutil.copyfile(runtime.pristine, self._pristine)
        facts = json.loads(runtime.facts.read_text())
        self.version, self.users = facts["version"], facts["users"]

    def _come_up(self, runtime: Runtime, lock: int, port: int | None) -> None:
        for _ in range(1 if port else 5):  # a port found free may be taken before PHP has it
            self._settle(f"http://127.0.0.1:{_usable_port(port)}")
            if self._serve(runtime, lock):
                return
        raise Failed(f"PHP's server did not start: {self._last_words()}")

    def _settle(self, url: str) -> None:
        """Give the site its address: in wp-config.php, which decides, and where the database repeats it."""
        before, self.url = self.url or TEMPLATE_URL, url
        (self.directory / "site/wp-config.php").write_text(WP_CONFIG.replace("{url}", url))
        places = {"options": "option_value", "posts": "guid", "users": "user_url", "comments": "comment_author_url"}
        with closing(sqlite3.connect(self._pristine)) as database, database:
            for table, column in [*places.items(), ("posts", "post_content")]:
                database.execute(f"UPDATE wp_{table} SET {column} = replace({column}, ?, ?)", (before, url))
        copy_database(self._pristine, self.database)

    def _serve(self, runtime: Runtime, lock: int) -> bool:
        """Start PHP's server in a process group of its own; False when it ended before it answered."""
        php = [*runtime.php(), "-S", self.url.removeprefix("http://"), "-t", self.directory / "site", runtime.router]
        command = php if self._background else ["/bin/sh", "-c", GUARD, "local-wordpress", *php]
        with self.log.open("ab") as log:
            before = log.tell()
            self._server = subprocess.Popen(
                command, stdin=subprocess.DEVNULL if self._background else subprocess.PIPE, stdout=log, stderr=log,
                cwd=self.directory, env={**os.environ, **runtime.environment(), "PHP_CLI_SERVER_WORKERS": "4"},
                start_new_session=True, pass_fds=[lock])  # fmt: skip
        self.pid = self._server.pid
        write_private(self.directory / "site.json", json.dumps(self.describe(), indent=2))
        deadline = time.monotonic() + 60
        while self._server.poll() is None:
            # The first is PHP's own word that the port is its; another program's server there would answer, too.
            if f"({self.url}) started".encode() in self.log.read_bytes()[before:] and self._answers():
                return True
            if time.monotonic() > deadline:
                raise Failed(f"WordPress gives no good answer after 60 s: {self._last_words()}")
            time.sleep(0.01)
        return False

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=30)
        with closing(connection):
            try:
                connection.request("GET", "/wp-json/?_fields=url")
                answer = connection.getresponse()
                return answer.status == 200 and json.loads(answer.read())["url"] == self.url
            except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
                return False

    def _busy(self) -> bool:
        """Whether a worker has the database open for longer than the end of an answered request takes."""
        deadline = time.monotonic() + 0.3
        while self.database in (path for pid in _group(self.pid) for path in _open_files(pid)):
            if time.monotonic() > deadline:
                return True
            time.sleep(0.01)
        return False

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text(errors="replace").splitlines()[-5:]
        except OSError:
            lines = []
        return f"{' | '.join(lines) or 'its log is empty'} (log: {self.log})"

    def _end(self) -> None:
        if self.pid:
            with suppress(ProcessLookupError):  # a busy worker would not hear SIGTERM, and SQLite stands a kill
                os.killpg(self.pid, signal.SIGKILL)
            if self._server is not None:
                self._server.wait()
                if self._server.stdin is not None:
                    self._server.stdin.close()
            while _group(self.pid):
                time.sleep(0.005)
        self.pid, self._server = 0, None


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _sweep(sites: Path) -> None:
    """Remove the nameless sites of processes that were killed."""
    for directory in sites.glob("passing-*-*/"):
        if not Path("/proc", directory.name.split("-")[1]).exists():
            shutil.rmtree(directory, ignore_errors=True)
            directory.with_name(f"{directory.name}.lock").unlink(missing_ok=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description="A real WordPress on 127.0.0.1, without root and without Docker.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("up", "start a clean site and print its address and passwords"),
                       ("down", "stop the site"), ("status", "print the running site's address and passwords"),
                       ("reset", "put the site's database and uploads back to a clean state")):  # fmt: skip
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--name", default="local", help="several sites can run side by side (default: local)")
        if name == "up":
            command.add_argument("--port", type=int, help="the port on 127.0.0.1 (default: a free one)")
            command.add_argument("--foreground", action="store_true", help="stay, and stop the site at Ctrl-C")
    options = parser.parse_args(arguments)
    try:
        return _obey(options)
    except (Unavailable, Failed, ValueError) as error:
        print(f"local_wordpress: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _obey(options: argparse.Namespace) -> int:
    site = LocalWordPress.find(options.name)
    if options.command == "up" and site is None:
        print("starting WordPress (the first time: downloading about 15 MB) ...", file=sys.stderr)
        site = LocalWordPress.start(options.name, options.port, background=not options.foreground)
        print(json.dumps(site.describe(), indent=2), flush=True)
        if options.foreground:
            with site, suppress(KeyboardInterrupt):
                site.wait()
        return 0
    if site is None:
        print(json.dumps({"name": options.name, "running": False}))
        return 0 if options.command == "down" else 1
    if options.command == "down":
        site.stop()
        print(json.dumps({"name": options.name, "running": False}))
        return 0
    if options.command == "reset":
        site.reset()
    print(json.dumps(site.describe(), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
