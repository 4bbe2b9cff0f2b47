"""Target: which addresses are one place."""

from __future__ import annotations

import pytest

from publisher import Webflow, WordPress
from publisher.errors import ConfigurationError
from publisher.models import Target


def identity(url: str, collection: str = "", **fields: str) -> str:
    return Target(kind="wordpress", url=url, collection=collection, **fields).identity


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.example.com",
        "http://blog.example.com",
        "HTTPS://blog.example.com",
        "https://Blog.Example.COM",
        "https://blog.example.com/",
        "https://blog.example.com:443",
        "http://blog.example.com:80/",
        "  https://blog.example.com  ",
    ],
)
def test_spellings_of_one_place(url):
    """Scheme, case of the host, default port and the last slash do not make another place."""
    assert identity(url) == "wordpress:blog.example.com"


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://e.org:8443", "wordpress:e.org:8443"),
        ("http://e.org:443", "wordpress:e.org:443"),
        ("https://e.org/blog/", "wordpress:e.org/blog"),
        ("https://e.org/Blog", "wordpress:e.org/Blog"),
        ("https://e.org/?site=2", "wordpress:e.org?site=2"),
        ("http://127.0.0.1:8080/wp", "wordpress:127.0.0.1:8080/wp"),
    ],
)
def test_what_makes_another_place(url, same):
    """Another port, path (in its case) or query."""
    assert identity(url) == same


def test_collection_and_id():
    """A collection is part of the identity; an explicit id is all of it."""
    assert identity("https://e.org", "posts") == "wordpress:e.org#posts"
    assert identity("https://e.org", "posts", id="my blog") == "my blog"
    assert str(Target(kind="memory", url="https://e.org")) == "memory:e.org"


@pytest.mark.parametrize("url", ["https://not a host", "https://e.org\\x", "https://"])
def test_what_has_no_host_is_no_place(url):
    """A typing mistake is told before anything waits for it."""
    with pytest.raises(ConfigurationError, match="not the address of a site"):
        Target(kind="wordpress", url=url)


@pytest.mark.parametrize(
    "make",
    [
        lambda url: WordPress(url, username="ana", app_password="abcd " * 6),
        lambda url: Webflow(token="0123456789abcdef", collection_id="0" * 24, base_url=url),
    ],
)
def test_sites_are_reached_by_https_and_http_alone(make):
    """Of another scheme that is said at once, and not when something is sent."""
    with pytest.raises(ConfigurationError, match="begins with ftp://"):
        make("ftp://e.org")
    assert make("HTTP://e.org").target.url == "HTTP://e.org"


@pytest.mark.parametrize("url", ["https://ana@e.org", "https://ana:secret@e.org", "https://:secret@e.org/x"])
def test_credentials_do_not_belong_into_an_address(url):
    """And are not repeated in the error."""
    with pytest.raises(ConfigurationError, match="user name or password") as caught:
        Target(kind="memory", url=url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "e.org",
        "https://",
        "//e.org",
        "ana:secret@e.org",
        "https://e.org:port",
        "https://e.org:99999",
        "https://[::1",
    ],
)
def test_what_is_no_address_is_a_configuration_error(url):
    """With an example; a password in it is not repeated."""
    with pytest.raises(ConfigurationError) as caught:
        assert Target(kind="memory", url=url).identity
    assert "secret" not in str(caught.value)
