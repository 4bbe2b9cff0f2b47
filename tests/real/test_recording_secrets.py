"""Nothing that could be a secret gets from a real WordPress onto a tape."""

from __future__ import annotations

import secrets

import httpx
import pytest
import yaml

from publisher import Article, Publisher, WordPress
from publisher.testing.cassettes import cassette

pytestmark = pytest.mark.real

# A site whose plugins tell everybody everything: what was sent, cookies, nonces, an address.
INDISCREET = """
add_filter('rest_post_dispatch', function ($answer) {
    $answer->header('Set-Cookie', 'wordpress_logged_in_1=CANARY-cookie');
    $answer->header('X-WP-Nonce', 'CANARY-nonce');
    $answer->header('X-Echo', $_SERVER['HTTP_AUTHORIZATION'] ?? '');
    $data = $answer->get_data();
    if (is_array($data) && !array_is_list($data)) {
        $data['echo'] = ($_SERVER['HTTP_AUTHORIZATION'] ?? '') . ' ' . ($_SERVER['PHP_AUTH_PW'] ?? '');
        $data['nonce'] = 'CANARY-nonce';
        $data['edit_link'] = home_url('/?_wpnonce=CANARY-nonce');
        $data['text'] = 'Written by CANARY.editor@example.org';
        $answer->set_data($data);
    }
    return $answer;
});
"""


def test_no_canary_is_on_the_tape(wordpress, tmp_path):
    """Neither passwords nor cookies, nonces and e-mail addresses, in whatever part of the exchange they stood."""
    canary = f"canary{secrets.token_hex(6)}"
    password = wordpress.users["admin"]
    email = f"{canary}@example.org"
    own = httpx.post(
        f"{wordpress.url}/wp-json/wp/v2/users/me", json={"email": email}, auth=("admin", password), timeout=30
    )
    assert own.json()["email"] == email
    wordpress.install_plugin("indiscreet", INDISCREET.replace("CANARY", canary))
    blog = WordPress(wordpress.url, username="admin", app_password=password)
    with (
        cassette(tmp_path / "tape.yaml", blog, record=True) as tape,
        Publisher(blog, ledger=tmp_path / "ledger.db") as publisher,
    ):
        article = Article(title="A", body=f"Write to {email}", tags=("t",), author=email)
        assert publisher.publish(article).action == "create"
    assert len(tape) > 4
    text = (tmp_path / "tape.yaml").read_text()
    basic = httpx.BasicAuth("admin", password)._auth_header.removeprefix("Basic ")
    hidden = [canary, password, password.replace(" ", ""), basic]
    # As it stands in the file, without the line ends that YAML puts into long texts, and as it is read again.
    for form in (text, " ".join(text.split()), "".join(text.split()), str(yaml.safe_load(text))):
        assert [one for one in hidden if one in form] == []
