"""Credentials that cannot be sent, or cannot log in, are refused before anything is."""

from __future__ import annotations

import pytest

from publisher import WordPress
from publisher.errors import ConfigurationError


@pytest.mark.parametrize(
    ("who", "field", "said"),
    [
        ({"token": "t\u00f6ken-of-mine"}, "token", "a header cannot carry"),
        ({"token": "token-of-mine\n"}, "token", "line breaks"),
        ({"token": "token of mine"}, "token", "blanks"),
        ({"token": ""}, "token", "empty"),
        ({"username": "ana\n", "app_password": "abcd EFGH ijkl"}, "username", "control character"),
        ({"username": "ana", "app_password": "abcd\x00EFGH"}, "app_password", "control character"),
        ({"username": "ana:ben", "app_password": "abcd EFGH ijkl"}, "username", "colon"),
    ],
)
def test_credentials_that_cannot_work_are_told_without_showing_them(who, field, said):
    """At once, and not as an error of the encoding in the middle of a run."""
    with pytest.raises(ConfigurationError) as caught:
        WordPress("https://blog.example.com", **who)
    assert (caught.value.field, said in str(caught.value)) == (field, True)
    assert "EFGH" not in str(caught.value)
    assert "of-mine" not in str(caught.value)


@pytest.mark.parametrize(
    "password", ["abcd EFGH ijkl MNOP qrst UVWX", "abcd EFGH ijkl MNOP qrst UVWX\n", "p\u00e4ssw\u00f6rd"]
)
def test_passwords_with_blanks_a_last_line_break_or_other_letters_are_taken(password):
    """WordPress takes the blanks out itself, and the login is sent as UTF-8 in base64."""
    assert WordPress("https://blog.example.com", username="j\u00fcrgen", app_password=password).secrets()
