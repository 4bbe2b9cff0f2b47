"""What every local WordPress is made from: PHP, WordPress and the SQLite drop-in, brought into the cache once.

The cache's name follows from the texts in this file: with another text a new one is made. Sites are started with
local_wordpress.py, which stands beside this file.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

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
RECIPE = 2  # to be raised when the code below makes something else of the same texts, so that caches are made anew


class Unavailable(Exception):  # noqa: N818 - a state of the machine, not a fault
    """This machine cannot have a local WordPress; the text says why and what would help."""


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


def take_lock(path: Path) -> int | None:
    """An open file holding the lock, or None when another process has it; closing its last copy gives it back."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def write_private(path: Path, text: str) -> None:
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
        # Python's own ignore_dangling_symlinks would look for relative links in the current folder.
        shutil.copytree(self._root / "usr/share/wordpress", self.template, ignore=_dangling)
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
        copy_database(self.template / "wp-content/database/.ht.sqlite", self.pristine)
        shutil.rmtree(self.template / "wp-content/database")
        (self.template / "wp-config.php").unlink()
        write_private(self.facts, json.dumps(facts))

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


def _dangling(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not Path(folder, name).exists()]


def copy_database(source: Path, target: Path) -> None:
    """Copy through SQLite, not as a file: PHP workers may have the target open, and its WAL must not be left behind."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=30)) as new:
        old.backup(new)
