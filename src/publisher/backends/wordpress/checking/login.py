"""Who we are at the site; and where WordPress does not know us, which of the causes it can be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from slugify import slugify

from publisher.backends.steps import Flow
from publisher.backends.wordpress.checking.saying import Unseen, good, listed, mapping, problem, rows, sequence
from publisher.backends.wordpress.site import Site, Told
from publisher.errors import PublisherError
from publisher.models import Finding

#: What WordPress says where a plugin makes it look at the password early. Else it never says why.
_SAID = {
    "incorrect_password": (
        "the application password is wrong",
        "Make a new one in wp-admin under Users, Profile, and pass it as app_password=.",
    ),
    "invalid_username": ("there is no user of this name", "Pass the login name, or the e-mail, as username=."),
    "invalid_email": ("there is no user with this e-mail", "Pass the login name, or the e-mail, as username=."),
    "application_passwords_disabled": ("application passwords are switched off", ""),
    "application_passwords_disabled_for_user": ("application passwords are switched off for this user", ""),
}

#: What WordPress itself answers to somebody whom it does not know.
_NOT_KNOWN = ("rest_not_logged_in", "rest_forbidden", "rest_cannot_view", "rest_user_cannot_view", "not_authorized")

_OPEN = (
    "Look for 'REST API' in the settings of security plugins, and open it for users who have logged in. If it is open "
    "for them, then we are not known: the user name or the application password is wrong, or the web server drops the "
    "Authorization header."
)

_SWITCHED_OFF = (
    "Mostly a security plugin does that: look in its settings for 'application passwords' or 'REST API'. WordPress "
    "itself does it where the site has no https."
)

_REVOKED = "Second, the password may have been revoked or mistyped: make a new one in wp-admin under Users, Profile."
_APACHE = "write 'SetEnvIf Authorization \"(.*)\" HTTP_AUTHORIZATION=$1' at the top of .htaccess in WordPress's folder."
_NGINX = "have the host add 'fastcgi_param HTTP_AUTHORIZATION $http_authorization;' to nginx's settings for PHP."


def login(me: Mapping[str, Any]) -> Finding:
    """Who we are."""
    role = listed(map(str, sequence(me.get("roles")) or ["no role on this site"]))
    return good("login", f"WordPress knows us as {me.get('username') or me.get('name')!r} ({role})")


def nobody(site: Site, rest: str, root: Told | None, error: PublisherError) -> Flow[list[Finding]]:
    """Why WordPress does not know us, as far as it can be told from outside.

    A wrong password, an unknown user and a header that never arrived get the same answer; what can be ruled out is.
    """
    if error.code in _SAID:
        what, remedy = _SAID[error.code]
        return [problem("login", f"{what}: {site.login!r}", remedy or _SWITCHED_OFF)]
    form = site.credentials.form
    if form == "token":
        remedy = "The token is wrong or too old, or no plugin on the site takes tokens. WordPress itself takes none."
        return [problem("login", "WordPress does not know us by the token", remedy)]
    if root is not None and "application-passwords" not in mapping(root.value.get("authentication")):
        return [problem("login", "application passwords are switched off on this site", _SWITCHED_OFF)]
    if form == "other password":
        what = f"WordPress does not know {site.login!r}, and what was passed as app_password= cannot be right"
        remedy = (
            "The password for wp-admin is not taken: an application password has 24 letters and digits. Make one in "
            "wp-admin under Users, Profile."
        )
        return [problem("login", what, remedy)]
    if error.code not in (None, "", *_NOT_KNOWN):
        # WordPress itself has no other words for this: a plugin said it.
        what = f"a plugin closes the REST API; its answer is {_words(error)!r} ({error.code})"
        return [problem("REST API", what, _OPEN)]
    people = yield from rows(site, {"rest": rest}, "/wp/v2/users", per_page="20", _fields="slug,name")
    server = root.headers.get("server", "") if root is not None else ""
    what = f"WordPress does not know {site.login!r}, or never saw the password: the two look alike from outside"
    return [problem("login", what, f"{_about_name(site.login, people)} {_REVOKED} {_about_header(server)}")]


def _about_name(login: str, people: Sequence[Mapping[str, Any]] | Unseen) -> str:
    name = "First, username= has to be the login name or the e-mail, and not the name of the application password."
    if isinstance(people, Unseen) or not people:
        return name
    shown = {str(one.get("slug", "")): str(one.get("name", "")) for one in people}
    if "@" in login or slugify(login) in shown or login in shown.values():
        return name
    return f"{name} None of the authors that readers see is called {login!r}: they are {listed(shown)}."


def _about_header(server: str) -> str:
    """What to do about a web server that drops the Authorization header, by the server that it says it is."""
    drops = "Third, the web server may drop the Authorization header, as many do:"
    if re.search("apache|litespeed", server, re.IGNORECASE):
        return f"{drops} {_APACHE}"
    if re.search("nginx", server, re.IGNORECASE):
        return f"{drops} {_NGINX}"
    return f"{drops} with Apache, {_APACHE} With nginx, {_NGINX}"


def _words(error: PublisherError) -> str:
    """What the site said, without what we say before it."""
    return error.what.rpartition(": ")[2]
