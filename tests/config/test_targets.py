"""Targets are named in publisher.toml, and all that is wrong with them is told at once, with its line."""

from __future__ import annotations

import shutil
import ssl
from importlib.metadata import EntryPoint, EntryPoints

import anyio
import certifi
import httpx
import pytest
from pydantic import SecretStr

from publisher import ImageLimits, Memory, WordPress
from publisher.backends.base import Connection
from publisher.config import backends, choose, read_targets
from publisher.errors import ConfigurationError
from publisher.models import Target

BLOG = """
[targets.blog]
kind = "wordpress"
url = "https://blog.example.com"
username = "ana"
app_password = { env = "BLOG_PASSWORD" }
"""


class Shelf(Memory):
    """Somebody else's backend, which says by name what is secret in it."""

    kind = "shelf"
    secret_names = frozenset({"key"})

    def __init__(self, *, key: str, keys: list[SecretStr] | None = None, label: str = "shelf") -> None:
        if key == "refused" or label == "refused":
            raise ValueError(f"not {key}, please")
        super().__init__(label)
        self.key, self.keys, self.label = key, keys, label


@pytest.fixture
def shelf(monkeypatch):
    """Its package is installed."""
    from publisher import backends as package

    def installed(group):
        values = {"shelf": "test_targets:Shelf", "broken": "no_such_module:Shelf", "odd": "test_targets:BLOG"}
        values |= {"wordpress": "publisher.backends.wordpress:WordPress", "memory": "publisher.backends.memory:Memory"}
        return EntryPoints(EntryPoint(name, value, group) for name, value in values.items())

    monkeypatch.setattr(package, "entry_points", installed)


def one(file, name="blog"):
    """The backend of one target."""
    return backends([choose(read_targets(file), name, file)])[0]


def test_the_settings_are_those_of_the_backend(project, monkeypatch):
    """Every key of the table is an argument of the constructor, tables and lists too."""
    monkeypatch.setenv("BLOG_PASSWORD", "abcd efgh\n")
    made = one(
        project(
            f'{BLOG}body = "html"\ntimeout = 5\nsettle = 2.5\nid = "the blog"\n'
            'headers = { X-Staging = "yes" }\nimages = { max_width = 800, media_types = ["image/png"] }\n'
        )
    )
    assert isinstance(made, WordPress)
    assert made.target == Target(kind="wordpress", url="https://blog.example.com", id="the blog", name="blog")
    assert made.connection == Connection(timeout=5.0, settle=2.5, headers={"X-Staging": "yes"})
    assert made.images == ImageLimits(max_width=800, media_types=("image/png",))
    assert made.settings() == {"body": "html"}
    assert "abcd efgh" in made.secrets()


def test_a_named_target_is_the_one_that_a_program_makes(project, monkeypatch):
    """For the ledger: what was published by either is unchanged for the other."""
    monkeypatch.setenv("BLOG_PASSWORD", "secret")
    named = one(project(BLOG))
    plain = WordPress("https://blog.example.com", username="ana", app_password="secret")
    assert named.target.identity == plain.target.identity
    assert named.fingerprint() == plain.fingerprint()


def test_certificates_are_a_file_beside_the_project(project, tmp_path, monkeypatch):
    """verify names a file of CA certificates, or switches the check off."""
    monkeypatch.setenv("BLOG_PASSWORD", "secret")
    shutil.copy(certifi.where(), tmp_path / "ca.pem")
    context = one(project(f'{BLOG}verify = "ca.pem"\n')).connection.verify
    assert isinstance(context, ssl.SSLContext)
    assert context.cert_store_stats()["x509_ca"] > 0
    assert one(project(f"{BLOG}verify = false\n")).connection.verify is False


@pytest.mark.parametrize(
    ("text", "line", "field", "said"),
    [
        ("targets = 1\n", 1, "targets", "a table of targets"),
        ("[targets]\nblog = 1\n", 2, "targets.blog", "a target is a table"),
        ('[targets.blog]\nurl = "x"\n', 1, "targets.blog", "kind of the target is missing"),
        ("[targets.blog]\nkind = 7\n", 2, "targets.blog.kind", "found 7"),
        ('[targets.blog]\n\nkind = "wordpres"\n', 3, "targets.blog.kind", "installed are .*wordpress"),
        ('[targets.blog]\nkind = "broken"\n', 2, "targets.blog.kind", "cannot be loaded: No module"),
        ('[targets.blog]\nkind = "odd"\n', 2, "targets.blog.kind", "is no backend"),
        ('[targets.blog]\nkind = "wordpress"\n', 1, "targets.blog", "url is missing"),
        (f"{BLOG}urll = 1\n", 7, "targets.blog.urll", "no setting 'urll'. Did you mean url"),
        (f'{BLOG}transport = "x"\n', 7, "targets.blog.transport", "no setting 'transport'. It takes url, username"),
        (f'{BLOG}timeout = "5"\n', 7, "targets.blog.timeout", "input should be a valid number"),
        (f'{BLOG}body = "markdown"\n', 7, "targets.blog.body", "'auto', 'blocks' or 'html'"),
        (f"{BLOG}headers = {{ a = 1 }}\n", 7, "targets.blog.headers.a", "valid string"),
        (f"{BLOG}images = {{ max_width = 0 }}\n", 7, "targets.blog.images.max_width", "greater than or equal to 1"),
        (f"{BLOG}images = {{ width = 1 }}\n", 7, "targets.blog.images.width", "not permitted"),
        (f"{BLOG}[targets.blog.images]\nmax_width = 0\n", 8, "targets.blog.images.max_width", "greater than"),
        (f'{BLOG}verify = "nowhere.pem"\n', 7, "targets.blog.verify", "cannot be read .No such file"),
        (f'{BLOG}verify = "publisher.toml"\n', 7, "targets.blog.verify", "no certificates in PEM"),
        (BLOG.replace("https://", ""), 4, "targets.blog.url", "not the address of a site"),
        (BLOG.replace("example.com", "example.com/wp-admin"), 4, "targets.blog.url", "address of the dashboard"),
        ('[targets.blog]\nkind = "wordpress"\nurl = "https://a.example"\n', 1, "targets.blog", "needs a user name"),
        (f"{BLOG}{BLOG.replace('.blog]', '.again]')}", 8, "targets.again", "the same place as 'blog'"),
        (BLOG.replace("BLOG_PASSWORD", " "), 6, "targets.blog.app_password", "no reference to a secret. Write { env"),
        (BLOG.replace("{ env =", "{ file ="), 6, "targets.blog.app_password", "no reference to a secret"),
        (BLOG.replace('{ env = "BLOG_PASSWORD" }', "7"), 6, "targets.blog.app_password", "no reference to a secret"),
    ],
)
def test_a_bad_target_is_an_error(project, shelf, text, line, field, said):
    """It names the file, the line and the field, before any secret is looked up."""
    file = project(text)
    with pytest.raises(ConfigurationError, match=said) as caught:
        read_targets(file)
    first = caught.value.all[0]
    assert (first.path, first.line, first.field) == (str(file), line, field)
    assert first.hint


@pytest.mark.parametrize(
    "text",
    [
        BLOG.replace('{ env = "BLOG_PASSWORD" }', '"hunter2"'),
        BLOG.replace('{ env = "BLOG_PASSWORD" }', '["hunter2"]'),
        BLOG.replace('{ env = "BLOG_PASSWORD" }', '{ plain = "hunter2" }'),
        f'{BLOG}app_pasword = "hunter2"\n',
        f'{BLOG}headers = "hunter2"\n',
        BLOG.replace("https://", "https://ana:hunter2@"),
        '[targets.shelf]\nkind = "shelf"\nkey = "hunter2"\n',
        '[targets.shelf]\nkind = "shelf"\nkey = { env = "KEY" }\nkeys = [{ env = "KEY" }, "hunter2"]\n',
    ],
)
def test_a_secret_in_plain_text_is_refused_and_not_repeated(project, shelf, text):
    """Neither in the message nor in the record of the error."""
    with pytest.raises(ConfigurationError) as caught:
        read_targets(project(text))
    assert "hunter2" not in f"{caught.value} {caught.value.record()}"


def test_all_that_is_wrong_is_told_at_once(project):
    """Of all targets of a file, in one error."""
    with pytest.raises(ConfigurationError) as caught:
        read_targets(project(f'{BLOG}timeout = "x"\nbdy = 1\n[targets.other]\nkind = "gopher"\n[targets.none]\n'))
    assert [(fault.field, fault.line) for fault in caught.value.all] == [
        ("targets.blog.timeout", 7),
        ("targets.blog.bdy", 8),
        ("targets.other.kind", 10),
        ("targets.none", 11),
    ]


def test_another_targets_secret_is_not_asked_for(project, shelf, monkeypatch):
    """Only the target that is used needs its own."""
    monkeypatch.setenv("KEY", "k")
    file = project(f'{BLOG}\n[targets.shelf]\nkind = "shelf"\nkey = {{ env = "KEY" }}\nkeys = [{{ env = "KEY" }}]\n')
    made = one(file, "shelf")
    assert (type(made).__name__, made.key, made.keys) == ("Shelf", "k", [SecretStr("k")])


def test_what_a_backend_refuses_is_told_without_the_secret(project, shelf, monkeypatch):
    """Although it says so in its own words."""
    monkeypatch.setenv("KEY", "refused")
    file = project('[targets.shelf]\nkind = "shelf"\nkey = { env = "KEY" }\n')
    with pytest.raises(ConfigurationError, match=r"does not take these settings \(ValueError\)") as caught:
        one(file, "shelf")
    assert "please" not in str(caught.value)
    assert caught.value.line == 1


def test_missing_secrets_are_told_together(project, shelf, monkeypatch):
    """All that are missing for the targets that are used, each with its line and what to do."""
    monkeypatch.setenv("EMPTY", " ")
    shelf_too = '[targets.shelf]\nkind = "shelf"\nkey = { env = "EMPTY" }\n'
    file = project(f'{BLOG}headers = {{ X-Guard = {{ env = "GUARD" }} }}\n{shelf_too}')
    with pytest.raises(ConfigurationError, match="Set BLOG_PASSWORD where publisher runs") as caught:
        backends(list(read_targets(file).values()))
    assert [(fault.what, fault.field, fault.line) for fault in caught.value.all] == [
        ("the environment variable BLOG_PASSWORD is not set", "targets.blog.app_password", 6),
        ("the environment variable GUARD is not set", "targets.blog.headers", 7),
        ("the environment variable EMPTY is empty", "targets.shelf.key", 10),
    ]


def test_a_target_to_plan_with_has_no_secrets_and_sends_nothing(project):
    """It has the identity and the settings, and that is what a plan needs."""
    [made] = backends(list(read_targets(project(BLOG)).values()), secrets=False)
    assert made.target.identity == "wordpress:blog.example.com"

    async def ask():
        async with httpx.AsyncClient(transport=made.connection.transport) as client:
            await client.get("https://blog.example.com")

    with pytest.raises(httpx.UnsupportedProtocol, match="without its secrets"):
        anyio.run(ask)


def test_what_is_no_secret_may_come_from_the_environment_too(project, monkeypatch):
    """An address that differs from machine to machine."""
    file = project(BLOG.replace('"https://blog.example.com"', '{ env = "BLOG_URL" }'))
    with pytest.raises(ConfigurationError, match="BLOG_URL is not set") as caught:
        backends(list(read_targets(file).values()), secrets=False)
    assert caught.value.line == 4
    monkeypatch.setenv("BLOG_URL", "https://there.example.com")
    [made] = backends(list(read_targets(file).values()), secrets=False)
    assert made.target.url == "https://there.example.com"


def test_a_header_may_come_from_the_environment(project, monkeypatch):
    """It may be a secret as well."""
    monkeypatch.setenv("BLOG_PASSWORD", "secret")
    monkeypatch.setenv("GUARD", "open sesame")
    made = one(project(f'{BLOG}headers = {{ X-Guard = {{ env = "GUARD" }}, X-Other = "o" }}\n'))
    assert made.connection.headers == {"X-Guard": "open sesame", "X-Other": "o"}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("blog", "blog"),
        ("https://blog.example.com", "blog"),
        ("http://Blog.example.com/", "blog"),
        ("https://blog.example.com/de", "german"),
    ],
)
def test_a_target_is_found_by_name_or_address(project, name, found):
    """The scheme, the case of the host and a last slash do not matter."""
    german = BLOG.replace(".blog]", ".german]").replace("example.com", "example.com/de")
    file = project(BLOG + german)
    assert choose(read_targets(file), name, file).name == found


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("", "blog", "no target 'blog'. It has no targets"),
        (BLOG, "blgo", "Did you mean 'blog'. It has blog"),
        (BLOG, "https://blog.example.com/de", "no target has the address"),
        (BLOG + BLOG.replace(".blog]", '.two]\nid = "two"'), "https://blog.example.com", "several targets: blog, two"),
        (BLOG, "https://", "is not the address of a site"),
    ],
)
def test_what_is_not_found_names_what_there_is(project, text, name, said):
    """A typo shows what it may have meant."""
    file = project(text)
    with pytest.raises(ConfigurationError, match=said):
        choose(read_targets(file), name, file)


@pytest.mark.parametrize(
    ("settings", "check"),
    [
        (
            'kind = "webflow"\ncollection_id = "580e63fc8c9a982ac9b8b745"\ntoken = { env = "S" }\nlive = false\n',
            lambda made: made.target.collection == "580e63fc8c9a982ac9b8b745",
        ),
        (
            'kind = "webhook"\nurl = "https://example.com/hook"\nsecret = [{ env = "S" }, { env = "S" }]\n',
            lambda made: made.target.identity == "webhook:example.com/hook",
        ),
        ('kind = "memory"\nname = "m"\n', lambda made: made.target.identity == "memory:m.invalid"),
    ],
)
def test_every_built_in_kind_can_be_configured(project, monkeypatch, settings, check):
    """With its secret, and without it to plan with."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    monkeypatch.setenv("S", secret)
    targets = read_targets(project(f"[targets.x]\n{settings}"))
    with_it, without = targets["x"].backend(), targets["x"].backend(secrets=False)
    assert check(with_it)
    assert check(without)
    assert with_it.fingerprint() == without.fingerprint()
    assert secret not in str(without.secrets())
