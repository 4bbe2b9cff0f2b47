"""Where the REST API of a site is, who we are there, and how its addresses are built."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
from pydantic import SecretStr

from publisher.backends.steps import Fact, Flow, Lost, done, send
from publisher.backends.wordpress.answers import NOT_LOGGED_IN, beside_json, error_in, excerpt, refusal, value_of
from publisher.errors import AuthenticationError, ConfigurationError, UnexpectedAnswerError, UnreachableError
from publisher.models import Subject

#: The relation under which a site's Link header names its REST API.
RELATION = "https://api.w.org/"

SITE = Subject("fact", "site")

_ROOT = "name,home,namespaces,routes,timezone_string,gmt_offset,authentication"
_ME = "id,capabilities,roles,username,email,slug,name"

Facts = Mapping[str, Any]

_CHECK = "Check the address and try again."

#: What a server answers to a method that it does not know, if it says so; others have trouble of their own then.
_NO_SUCH_METHOD = 405


class Site:
    """Builds the requests to one site. ``facts`` are what :func:`learn` found out."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self.url = url
        self._credentials = credentials

    @property
    def login(self) -> str:
        """Who we claim to be; what was learned holds for that user only."""
        return self._credentials.login

    @property
    def credentials(self) -> Credentials:
        return self._credentials

    def front(self, method: str) -> httpx.Request:
        """The front page, without credentials: any page tells where the REST API is."""
        return httpx.Request(method, f"{self.url}/")

    def request(
        self, facts: Facts, method: str, route: str, params: Mapping[str, str] | None = None, **parts: Any
    ) -> httpx.Request:
        """A request to a route such as ``/wp/v2/posts``."""
        headers = {
            "Accept": "application/json",
            "Authorization": self._credentials.header(),
            **parts.pop("headers", {}),
        }
        if method == "DELETE":
            # Some firewalls let no DELETE through; WordPress takes this form everywhere.
            method, headers["X-HTTP-Method-Override"] = "POST", "DELETE"
        return httpx.Request(method, address(facts["rest"], route, params or {}), headers=headers, **parts)


class Credentials:
    """A user name with an application password, or a token. Never shown."""

    def __init__(
        self, username: str | None, app_password: str | SecretStr | None, token: str | SecretStr | None
    ) -> None:
        self._username = username or ""
        self._password = _secret(app_password)
        self._token = _secret(token)
        if self._token is None and not (username and self._password and self._password.get_secret_value().strip()):
            raise ConfigurationError(
                "WordPress needs a user name with an application password, or a token",
                hint="Make one in wp-admin under Users, Profile, and pass username= and app_password=.",
            )
        if self._token is not None and not re.fullmatch(r"[!-~]+", self._token.get_secret_value()):
            raise ConfigurationError(
                "the token is empty, or holds blanks, line breaks or letters that a header cannot carry",
                field="token",
                hint="Copy it once more, without what stands around it.",
            )
        password = self._password.get_secret_value() if self._password else ""
        for name, value in (("username", self._username), ("app_password", password)):
            if re.search(r"[\x00-\x1f\x7f]", value.strip() if name == "app_password" else value):
                raise ConfigurationError(
                    f"the {name} holds a line break or another control character",
                    field=name,
                    hint="Copy it once more, without what stands around it.",
                )
        if ":" in self._username:
            raise ConfigurationError(
                "a user name with a colon cannot log in, since a colon ends it there",
                field="username",
                hint="Log in with the e-mail address of that account.",
            )

    def __repr__(self) -> str:
        return "Credentials(…)"

    @property
    def login(self) -> str:
        return self._username or "token"

    @property
    def form(self) -> Literal["token", "application password", "other password"]:
        """What they look like: an application password has 24 letters and digits, in groups or not."""
        if self._token is not None:
            return "token"
        password = self._password.get_secret_value() if self._password else ""
        return (
            "application password"
            if re.fullmatch(r"[A-Za-z0-9]{24}", re.sub(r"\s", "", password))
            else "other password"
        )

    def header(self) -> str:
        if self._token is not None:
            return f"Bearer {self._token.get_secret_value()}"
        return f"Basic {self._basic()}"

    def _basic(self) -> str:
        password = self._password.get_secret_value() if self._password else ""
        return base64.b64encode(f"{self._username}:{password}".encode()).decode()

    def secrets(self) -> list[str]:
        """Every form in which the secret may turn up."""
        if self._token is not None:
            return [self._token.get_secret_value()]
        password = self._password.get_secret_value() if self._password else ""
        return [self._basic(), password, password.replace(" ", "")]


def address(rest: str, route: str, params: Mapping[str, str]) -> httpx.URL:
    """The address of a route. Without permalinks the route is itself a query argument."""
    url = httpx.URL(rest)
    if "rest_route" in url.params:
        return url.copy_merge_params({"rest_route": route, **params})
    return url.copy_with(path=url.path.rstrip("/") + route).copy_merge_params(dict(params))


def inner_path(route: str, params: Mapping[str, str]) -> str:
    """A route as it stands inside a batch."""
    return f"{route}?{urlencode(params)}"


def learn(site: Site) -> Flow[Facts]:
    """Find the REST API, and who we are there.

    Raises :class:`ConfigurationError` where no WordPress answers, :class:`AuthenticationError` where it does not know
    us. Source: https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/
    """
    rest = yield from discover(site)
    root = (yield from ask_root(site, rest)).value
    me = (yield from ask_me(site, rest)).value
    facts: Facts = {
        "rest": rest,
        "login": site.login,
        "user": me["id"],
        "me": {name: value for name, value in me.items() if name != "capabilities"},
        "edits_others": bool(me["capabilities"].get("edit_others_posts")),
        "lists_users": bool(me["capabilities"].get("list_users")),
        "batch": "/batch/v1" in root.get("routes", ()),
        "zone": root.get("timezone_string") or "",
        "offset": root.get("gmt_offset") or 0,
    }
    yield from done(SITE, Fact(facts))
    return facts


def ask_root(site: Site, rest: str) -> Flow[Told]:
    """What the REST API tells of the site. Raises :class:`ConfigurationError` where it is not that of this address."""
    told = yield from ask_dated(site, {"rest": rest}, "/", {"_fields": _ROOT})
    root = told.value
    namespaces = root.get("namespaces") if isinstance(root, dict) else None
    if not isinstance(namespaces, list) or "wp/v2" not in namespaces:
        raise ConfigurationError(f"{site.url} has a REST API, but not that of WordPress", hint="Check the address.")
    home = str(root.get("home") or site.url)
    if _place_of(home) != _place_of(site.url):
        # A page of the site knows the REST API too, but would be a target of its own, with leases of its own.
        raise ConfigurationError(f"{site.url} is not the address of the site", hint=f"Give the address {home}.")
    return told


def ask_me(site: Site, rest: str) -> Flow[Told]:
    """Who we are there. Raises :class:`AuthenticationError` where that is nobody."""
    told = yield from ask_dated(site, {"rest": rest}, "/wp/v2/users/me", {"context": "edit", "_fields": _ME})
    if "capabilities" not in told.value:
        raise AuthenticationError("WordPress took us for a visitor", hint=NOT_LOGGED_IN)
    return told


def zone_of(facts: Facts) -> dt.tzinfo | None:
    """The time zone of the site; None for one that this machine does not know."""
    if not facts["zone"]:
        return dt.timezone(dt.timedelta(hours=float(facts["offset"])))
    try:
        return ZoneInfo(facts["zone"])
    except (ZoneInfoNotFoundError, ValueError):
        return None


def discover(site: Site) -> Flow[str]:
    """The address of the REST API. Raises :class:`ConfigurationError` where there is none, or elsewhere."""
    answer = yield from _front_page(site, "HEAD")
    if answer.status_code == _NO_SUCH_METHOD or answer.status_code >= 500:
        answer = yield from _front_page(site, "GET")
    rest: str | None = answer.links.get(RELATION, {}).get("url")
    # A site that sends visitors to its login page may well have an open REST API; one that is elsewhere has none here.
    if rest is None and not _leads_elsewhere(site, answer):
        rest = yield from _discover_without_link(site)
    if rest is None:
        raise _no_rest_api(site, answer)
    here, there = urlsplit(site.url), urlsplit(rest)
    if (here.scheme, here.hostname, here.port) != (there.scheme, there.hostname, there.port):
        raise ConfigurationError(
            f"{site.url} says that its REST API is at {there.scheme}://{there.netloc}",
            hint="Give the address that WordPress has under Settings, General; credentials go nowhere else.",
        )
    return rest


def _front_page(site: Site, method: str) -> Flow[httpx.Response]:
    answer = yield from send(lambda now: site.front(method), "read")
    if isinstance(answer, Lost):
        raise UnreachableError(f"the site cannot be reached: {answer.why}", hint=answer.remedy or _CHECK)
    return answer


def _discover_without_link(site: Site) -> Flow[str | None]:
    """Some plugins take the Link header away.

    The first form works wherever PHP does; some boxes in front let only the second through.
    """
    for rest in (f"{site.url}/?rest_route=/", f"{site.url}/wp-json/"):
        answer = yield from send(partial(_unsigned, rest), "read")
        if isinstance(answer, Lost):
            raise UnreachableError(f"the site cannot be reached: {answer.why}", hint=answer.remedy or _CHECK)
        try:
            told = value_of(answer)
        except UnexpectedAnswerError:
            continue
        if isinstance(told, dict) and ("namespaces" in told or error_in(told) is not None):
            return rest
    return None


def _unsigned(rest: str, now: float) -> httpx.Request:
    return httpx.Request("GET", rest, headers={"Accept": "application/json"})


def _leads_elsewhere(site: Site, answer: httpx.Response) -> bool:
    if not answer.is_redirect:
        return False
    here, there = httpx.URL(site.url), httpx.URL(site.url).join(answer.headers.get("location", ""))
    return (here.scheme, here.host, here.port) != (there.scheme, there.host, there.port)


def _no_rest_api(site: Site, answer: httpx.Response) -> ConfigurationError:
    """What a front page that leads to no REST API is told of."""
    if answer.is_redirect:
        return ConfigurationError(
            f"{site.url} redirects to {answer.headers.get('location', 'nowhere')}",
            status=answer.status_code,
            hint="Give the address it redirects to; credentials are not sent along.",
        )
    if answer.status_code in (401, 403, 406):
        return ConfigurationError(
            f"{site.url} turns us away (answer {answer.status_code})",
            status=answer.status_code,
            hint="A firewall, a security plugin or a password for the whole site stands before it: have it let "
            "requests to the REST API through.",
        )
    return ConfigurationError(
        f"{site.url} does not say where its REST API is (answer {answer.status_code}, no Link header)",
        hint="Check that it is the address of a WordPress, and that no plugin switches the REST API off.",
    )


def _place_of(url: str) -> tuple[str | None, int | None, str]:
    parts = urlsplit(url)
    return parts.hostname, parts.port, parts.path.rstrip("/")


def ask(site: Site, facts: Facts, route: str, params: Mapping[str, str]) -> Flow[Any]:
    """Read a route; its JSON. Raises what WordPress refused, or that it could not be reached."""
    told = yield from ask_dated(site, facts, route, params)
    return told.value


class Told(NamedTuple):
    """What a route said, the server's own time then (an HTTP date), and how many pages a list has.

    ``headers`` are those of the answer, and ``asked_at`` is our own time when it was asked for, in Unix seconds.
    ``beside`` is the beginning of what stands beside its JSON.
    """

    value: Any
    date: str | None
    pages: int
    headers: httpx.Headers
    asked_at: float
    beside: str


def ask_dated(site: Site, facts: Facts, route: str, params: Mapping[str, str]) -> Flow[Told]:
    """Like :func:`ask`, with the time by the server's clock."""
    asked_at = [0.0]

    def build(now: float) -> httpx.Request:
        asked_at.append(now)
        return site.request(facts, "GET", route, params)

    answer = yield from send(build, "read")
    if isinstance(answer, Lost):
        raise UnreachableError(f"the site cannot be reached: {answer.why}", hint=answer.remedy or "Try again later.")
    value = value_of(answer)
    error = error_in(value)
    if error is not None:
        raise refusal(answer.status_code, error)
    if answer.is_error or not isinstance(value, dict | list):
        raise UnexpectedAnswerError(
            f"{route} was answered {answer.status_code} with what WordPress does not say: {excerpt(answer.text)!r}",
            status=answer.status_code,
            hint="A firewall or a security plugin may stand before the REST API; look at that address.",
        )
    pages = answer.headers.get("x-wp-totalpages", "")
    count = int(pages) if pages.isdecimal() else 1
    return Told(value, answer.headers.get("date"), count, answer.headers, asked_at[-1], beside_json(answer))


def _secret(value: str | SecretStr | None) -> SecretStr | None:
    return SecretStr(value) if isinstance(value, str) else value
