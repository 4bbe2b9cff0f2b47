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
import fcntl
import hashlib
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
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

DROP_IN = "@wp-playground/cli@3.1.56"
PHP_MODULES = ("cli", "common", "opcache", "readline", "sqlite3", "gd", "curl", "xml", "mbstring", "intl", "mysql")
# In the order in which PHP must load them; those that are built in have no file and are left out.
EXTENSIONS = (
    "pdo mysqlnd xml ctype dom exif fileinfo ftp gd curl iconv intl mbstring mysqli pdo_sqlite sqlite3 simplexml "
    "tokenizer xmlreader xmlwriter phar posix readline sockets"
)
# revalidate_freq=0: a plugin file that a test writes counts at the next request. sendmail_path: no e-mail leaves.
PHP_INI = """opcache.enable=1
opcache.enable_cli=1
opcache.revalidate_freq=0
memory_limit=256M
display_errors=0
log_errors=1
upload_max_filesize=8M
post_max_size=16M
sendmail_path=/bin/true
"""
TEMPLATE_URL = "http://127.0.0.1:65535"  # what the template's database is installed with; every site puts in its own
WP_CONFIG = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', ''); define('DB_PASSWORD', ''); define('DB_HOST', 'localhost');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('DB_DIR', __DIR__ . '/wp-content/database/'); define('DB_FILE', '.ht.sqlite');
foreach (array('AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT',
    'LOGGED_IN_SALT', 'NONCE_SALT') as $k) define($k, hash('sha256', 'local-test-only' . $k));
$table_prefix = 'wp_';
define('WP_ENVIRONMENT_TYPE', 'local');       // allows application passwords over plain http
define('WP_HOME', '{url}'); define('WP_SITEURL', '{url}');
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true); define('WP_AUTO_UPDATE_CORE', false);
define('WP_DEBUG', false); define('WP_DEBUG_DISPLAY', false);
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
INSTALL_PHP = """<?php // makes the tables and four users, prints the version and the application passwords as JSON
[$_, $site, $url] = $argv; $u = parse_url($url); define('WP_INSTALLING', true);
$_SERVER += array('HTTP_HOST' => $u['host'] . ':' . $u['port'], 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET',
    'SERVER_PROTOCOL' => 'HTTP/1.1');
require $site . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail', '__return_true');
$made = wp_install('Local WordPress', 'admin', 'admin@example.test', true, '', 'admin-pass');
update_option('permalink_structure', '/%postname%/'); update_option('timezone_string', 'Europe/Berlin');
$GLOBALS['wp_rewrite']->init(); flush_rewrite_rules(false);
$out = array('version' => $GLOBALS['wp_version'], 'users' => array());
foreach (array('admin', 'editor', 'author', 'contributor') as $login) {
    $id = $login === 'admin' ? $made['user_id'] : wp_insert_user(array('user_login' => $login, 'role' => $login,
        'user_pass' => "$login-pass", 'user_email' => "$login@example.test"));
    $password = WP_Application_Passwords::create_new_application_password($id, array('name' => 'local'));
    $out['users'][$login] = WP_Application_Passwords::chunk_password($password[0]);
}
echo "\\n", json_encode($out);
"""
ROUTER_PHP = """<?php // for `php -S`: files as they are, everything else to index.php (pretty permalinks)
$root = $_SERVER['DOCUMENT_ROOT'];
$path = '/' . ltrim(rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)), '/');
$file = realpath($root . $path);
if ($file && strpos($file, realpath($root)) === 0) {
    if (is_dir($file)) { $file = rtrim($file, '/') . '/index.php'; $path = rtrim($path, '/') . '/index.php'; }
    if (is_file($file)) {
        if (substr($file, -4) !== '.php') return false;
        $_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $path; $_SERVER['SCRIPT_FILENAME'] = $file;
        chdir(dirname($file)); require $file; return true;
    }
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php'; $_SERVER['SCRIPT_FILENAME'] = $root . '/index.php';
chdir($root); require $root . '/index.php';
"""
# Ends the whole process group when the pipe on its standard input closes (the starter has ended, however) or PHP ends.
GUARD = '("$@"; kill -KILL 0) & read -r _; kill -KILL 0'
RECIPE = 1  # to be raised when the code below makes something else of the same texts, so that caches are made anew


class Unavailable(Exception):  # noqa: N818 - a state of the machine, not a fault
    """This machine cannot have a local WordPress; the text says why and what would help."""


class Failed(Exception):  # noqa: N818 - named like its sibling
    """A site that should run does not; the text says what happened, where the log is and what to do."""


def cache_directory() -> Path:
    """Where everything is kept: PUBLISHER_WORDPRESS_CACHE, else a folder in the user's cache directory."""
    chosen = os.environ.get("PUBLISHER_WORDPRESS_CACHE")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return (Path(chosen) if chosen else base / "publisher" / "local-wordpress").resolve()


def _run(command: Sequence[str | Path], cwd: Path, doing: str, env: dict[str, str] | None = None) -> str:
    """The standard output of a preparing command; every way of going wrong is named in Unavailable."""
    if shutil.which(command[0]) is None:
        raise Unavailable(f"{doing}: the program {command[0]!s} is not on this machine")
    everything = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive", **(env or {})}
    try:
        done = subprocess.run(command, check=False, cwd=cwd, env=everything, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", timeout=600)  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{doing}: {error}") from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip())[-1500:]
        raise Unavailable(f"{doing}: {command[0]!s} ended with code {done.returncode}: {said or 'it said nothing'}")
    return done.stdout


def _take_lock(path: Path) -> int | None:
    """An open file holding the lock, or None when another process has it; closing its last copy gives it back."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _write_private(path: Path, text: str) -> None:
    """Write a file at once and for this user alone: it may hold passwords."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


class Runtime:
    """The unpacked PHP and the installed template that every site is made from; read-only once it is complete."""

    def __init__(self, directory: Path) -> None:
        self.template, self.pristine = directory / "template", directory / "pristine.sqlite"
        self.router, self.facts, self._root, self._ini = (
            directory / "router.php", directory / "facts.json", directory / "root", directory / "php.ini")  # fmt: skip

    @classmethod
    def ready(cls) -> Runtime:
        """The runtime in the cache; the first caller prepares it while others wait, and a killed one leaves nothing."""
        recipe = repr((RECIPE, DROP_IN, PHP_MODULES, EXTENSIONS, PHP_INI, WP_CONFIG, INSTALL_PHP, ROUTER_PHP))
        target = cache_directory() / f"runtime-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (target.parent / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not target.exists():
                    for leftover in target.parent.glob("draft-*"):
                        shutil.rmtree(leftover, ignore_errors=True)
                    draft = target.with_name(f"draft-{secrets.token_hex(4)}")
                    draft.mkdir(mode=0o700)
                    cls(draft).prepare(draft)
                    draft.replace(target)
        return cls(target)

    def php(self) -> list[str | Path]:
        """The command that runs PHP; it holds the paths, not php.ini, so that the finished folder can be moved."""
        found = sorted(self._root.glob("usr/bin/php[0-9]*.[0-9]*"))
        folders = sorted(self._root.glob("usr/lib/php/20*"))
        if not found or not folders:
            raise Unavailable(f"the downloaded packages hold no PHP: look into {self._root}")
        return [found[-1], "-c", self._ini, "-d", f"extension_dir={folders[-1]}"]

    def environment(self) -> dict[str, str]:
        """No ini file of the system joins in, and libraries that the machine lacks come from the cache."""
        folders = [*self._root.glob("lib/*-linux-gnu*"), *self._root.glob("usr/lib/*-linux-gnu*")]
        libraries = [str(path) for path in folders if any(path.glob("*.so*"))]
        libraries += [path for path in [os.environ.get("LD_LIBRARY_PATH", "")] if path]
        return {"PHP_INI_SCAN_DIR": "", **({"LD_LIBRARY_PATH": ":".join(libraries)} if libraries else {})}

    def prepare(self, here: Path) -> None:
        """Download, unpack and install once; `here` becomes the runtime when all of it has worked."""
        if sys.platform != "linux" or shutil.which("apt-get") is None:
            raise Unavailable("it needs Debian or Ubuntu, and here is no apt-get; compose.yaml is the other way")
        if shutil.which("npm") is None:
            raise Unavailable("the SQLite drop-in comes with npm, and here is none: install nodejs and npm")
        if not Path("/usr/share/zoneinfo/Europe/Berlin").exists():
            raise Unavailable("PHP takes its time zones from the machine, and here are none: install tzdata")
        (here / "debs").mkdir()
        for package in self._packages(here / "debs"):
            _run(["dpkg", "-x", package, self._root], here, f"unpacking {package.name}")
        shutil.rmtree(here / "debs")
        folder = next(self._root.glob("usr/lib/php/20*"), self._root)
        lines = [f"extension={name}.so\n" for name in EXTENSIONS.split() if (folder / f"{name}.so").is_file()]
        if (folder / "opcache.so").is_file():
            lines.insert(0, "zend_extension=opcache.so\n")
        self._ini.write_text("".join(lines) + PHP_INI)
        self.router.write_text(ROUTER_PHP)
        # The package's symbolic links are followed; the dangling ones (to /etc) belong to an installed package.
        shutil.copytree(self._root / "usr/share/wordpress", self.template, ignore_dangling_symlinks=True)
        shutil.rmtree(self._root / "usr/share")
        self._add_drop_in(here)
        (self.template / "wp-config.php").write_text(WP_CONFIG.replace("{url}", TEMPLATE_URL))
        (here / "install.php").write_text(INSTALL_PHP)
        said = _run([*self.php(), here / "install.php", self.template, TEMPLATE_URL], here,
                    "installing WordPress", self.environment())  # fmt: skip
        try:
            facts = json.loads(said.strip().splitlines()[-1])
        except (IndexError, ValueError) as error:
            raise Unavailable(f"installing WordPress: PHP printed no result but: {said[-1500:]!r}") from error
        _copy_database(self.template / "wp-content/database/.ht.sqlite", self.pristine)
        shutil.rmtree(self.template / "wp-content/database")
        (self.template / "wp-config.php").unlink()
        _write_private(self.facts, json.dumps(facts))

    @staticmethod
    def _packages(folder: Path) -> list[Path]:
        """Downloads with the machine's package lists; if these are missing or stale, with lists made in the cache."""
        lists = cache_directory() / "apt"
        options = ["-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=2"]
        own = [*options, "-o", f"Dir::State={lists / 'state'}", "-o", f"Dir::Cache={lists / 'cache'}"]
        try:
            Runtime._download(folder, options)
        except Unavailable:
            for part in ("state/lists/partial", "cache/archives/partial"):
                (lists / part).mkdir(parents=True, exist_ok=True)
            problem: Unavailable | None = None
            try:
                _run(["apt-get", *own, "-q", "-o", "APT::Update::Error-Mode=any", "update"], folder, "fetching lists")
            except Unavailable as error:  # a source that is not needed, or no network at all: the download will tell
                problem = error
            try:
                Runtime._download(folder, own)
            except Unavailable as error:
                raise problem or error from error
        return sorted(folder.glob("*.deb"))

    @staticmethod
    def _download(folder: Path, options: list[str]) -> None:
        doing = "looking for PHP and WordPress in the package lists"
        depends = _run(["apt-cache", *options, "depends", "php-cli", "wordpress"], folder, doing)
        version = re.search(r"\bphp(\d+\.\d+)-cli\b", depends)
        if version is None:
            raise Unavailable(f"{doing}: this distribution's package php-cli names no PHP version")
        prefix = f"php{version[1]}-"
        known = _run(["apt-cache", *options, "pkgnames", prefix], folder, doing).split()
        wanted = {prefix + module for module in PHP_MODULES} & set(known)
        # The WordPress package links to libraries and a theme that have packages of their own.
        helpers = set(re.findall(r"(?:Depends|Recommends): ((?:libjs-|php-getid3|wordpress-theme-)\S*)", depends))
        # What is not installed here and PHP needs, shared libraries above all; a pure simulation.
        planned = _run(["apt-get", *options, "-s", "install", "--no-install-recommends", *sorted(wanted)], folder,
                       "asking what PHP needs")  # fmt: skip
        missing = set(re.findall(r"^Inst (\S+) \(", planned, re.MULTILINE))
        packages = sorted({"wordpress"} | wanted | helpers | missing)
        _run(["apt-get", *options, "-qq", "download", *packages], folder, "downloading packages")

    def _add_drop_in(self, here: Path) -> None:
        archive = _run(["npm", "pack", "--silent", DROP_IN], here, f"downloading {DROP_IN}").strip().splitlines()[-1]
        inner = "package/sqlite-database-integration.zip"
        _run(["tar", "-xzf", archive, inner], here, f"unpacking {archive}")
        plugins = self.template / "wp-content/plugins"
        with zipfile.ZipFile(here / inner) as bundle:
            bundle.extractall(plugins)
        plugin = (plugins / "plugin-sqlite-database-integration").rename(plugins / "sqlite-database-integration")
        text = (plugin / "db.copy").read_text().replace("{SQLITE_PLUGIN}", "sqlite-database-integration/load.php")
        (self.template / "wp-content/db.php").write_text(text)
        # The drop-in is made for WordPress 6.4 and later; on 6.1 this one private property hides wpdb's and is fatal.
        source = plugin / "wp-includes/sqlite/class-wp-sqlite-db.php"
        name = "$allow_unsafe_unquoted_parameters"
        source.write_text(source.read_text().replace(f"private {name}", f"protected {name}"))


def _copy_database(source: Path, target: Path) -> None:
    """Copy through SQLite, not as a file: PHP workers may have the target open, and its WAL must not be left behind."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=30)) as new:
        old.backup(new)


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
        lock = _take_lock(site._lock)
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
        free = _take_lock(site._lock)
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
        _copy_database(self._pristine, self.database)
        shutil.rmtree(self._uploads, ignore_errors=True)
        self._uploads.mkdir()
        if busy:
            lock = _take_lock(self._lock)
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
        _copy_database(self._pristine, self.database)

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
        _write_private(self.directory / "site.json", json.dumps(self.describe(), indent=2))
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
