"""What a test needs from package registries and is not committed here: brought into the user's cache once.

    folder = installed("wp61")                      # a folder with the node_modules of wp61/package.json
    text = from_sdist("marko==2.2.4", "gfm.txt")    # a file of a Python package's source

A folder in the cache is complete or not there: it is made under another name and renamed, under a lock, so parallel
workers wait for one another and a killed install leaves nothing that counts. Where something cannot be had,
:class:`Unavailable` says why; :func:`needed` makes that a skip here and a failure in CI.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent
OLDEST_NODE = 20
_MINUTES = 15  # an install that takes longer hangs


class Unavailable(Exception):  # noqa: N818 - a state of the machine, not a fault
    """This machine cannot have what was asked for; the text says why and what would help."""


@contextmanager
def needed(what: str) -> Iterator[None]:
    """Around the getting of a thing that a test cannot do without: a skip with the reason, or in CI a failure."""
    try:
        yield
    except Unavailable as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{what} cannot be had here: {reason}")


def cache_directory() -> Path:
    """``publisher`` in the user's cache directory, where the local WordPress has its folder, too."""
    return (Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "publisher").resolve()


def node() -> str:
    """The program ``node``, if it is new enough."""
    program = _program("node", "install Node.js 20 or later")
    said = _run([program, "--version"], HERE, "asking node for its version").strip()
    version = re.match(r"v(\d+)\.", said)
    if version is None or int(version[1]) < OLDEST_NODE:
        raise Unavailable(f"node says that it is {said!r}, and version {OLDEST_NODE} or later is needed")
    return program


def installed(folder: str = ".") -> Path:
    """The cached folder with the ``node_modules`` of ``folder``/package.json, which is relative to this file."""
    recipe = [HERE / folder / "package.json", HERE / ".npmrc"]
    node()

    def install(draft: Path) -> None:
        for file in recipe:
            shutil.copyfile(file, draft / file.name)
        npm = _program("npm", "install npm, which comes with Node.js")
        _run([npm, "install", "--no-progress", "--loglevel=error"], draft, f"npm install of tests/blocks/{folder}")

    return _kept("blocks", [file.read_bytes() for file in recipe], install)


def from_sdist(requirement: str, *names: str) -> list[str]:
    """The texts of files of a Python package's source distribution, by the ends of their paths in it."""

    def download(draft: Path) -> None:
        with_pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"]
        name = requirement.partition("==")[0]
        _run([*with_pip, "--no-binary", name, "--dest", ".", requirement], draft, f"pip download of {requirement}")
        for archive in draft.glob("*.tar.gz"):
            with tarfile.open(archive) as bundle:
                for member in bundle:
                    file = bundle.extractfile(member) if member.name.endswith(names) else None
                    if file is not None:
                        (draft / Path(member.name).name).write_bytes(file.read())
            archive.unlink()
        missing = [name for name in names if not (draft / Path(name).name).is_file()]
        if missing:
            raise Unavailable(f"the source of {requirement} does not hold {', '.join(missing)}: another version may")

    folder = _kept("sdist", [requirement.encode(), *(name.encode() for name in names)], download)
    return [(folder / Path(name).name).read_text(encoding="utf-8") for name in names]


def _kept(kind: str, recipe: Sequence[bytes], make: Callable[[Path], None]) -> Path:
    """A folder of the cache, named after what it is made from; the first caller makes it while others wait."""
    digest = hashlib.sha256(b"\0".join(recipe)).hexdigest()[:12]
    target = cache_directory() / f"{kind}-{digest}"
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    # The lock goes with its process, so that what a killed one has left is nobody's.
    with target.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_dir():
            for leftover in target.parent.glob(f"{target.name}.draft-*"):
                shutil.rmtree(leftover)
            draft = target.with_name(f"{target.name}.draft-{secrets.token_hex(4)}")
            draft.mkdir()
            make(draft)
            draft.replace(target)
    return target


def _program(name: str, hint: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Unavailable(f"the program {name} is not on this machine: {hint}")
    return found


def _run(command: Sequence[str], folder: Path, doing: str) -> str:
    try:
        done = subprocess.run(command, check=False, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="replace", timeout=60 * _MINUTES)  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{doing}: {error}") from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip())[-1500:]
        raise Unavailable(f"{doing} ended with code {done.returncode}: {said or 'it said nothing'}")
    return done.stdout
