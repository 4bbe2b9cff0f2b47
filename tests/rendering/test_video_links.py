"""A bare link to YouTube or Vimeo that is all a paragraph says becomes a player."""

from __future__ import annotations

import pytest

from publisher.content.markdown import parse
from publisher.rendering.embeds import video

TUBE = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"
VIMEO = "https://player.vimeo.com/video/76979871"


@pytest.mark.parametrize(
    ("url", "player"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", TUBE),
        ("http://youtube.com/watch?list=PL1&v=dQw4w9WgXcQ&t=90", f"{TUBE}?start=90"),
        ("https://m.youtube.com/watch?v=dQw4w9WgXcQ", TUBE),
        ("https://youtu.be/dQw4w9WgXcQ?si=abc", TUBE),
        ("https://youtu.be/dQw4w9WgXcQ?t=1h2m3s", f"{TUBE}?start=3723"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", TUBE),
        ("https://www.youtube.com/live/dQw4w9WgXcQ?start=5", f"{TUBE}?start=5"),
        ("https://www.youtube.com/embed/dQw4w9WgXcQ", TUBE),
        ("https://vimeo.com/76979871", VIMEO),
        ("https://www.vimeo.com/76979871/", VIMEO),
        ("https://vimeo.com/76979871/0a1b2c", f"{VIMEO}?h=0a1b2c"),
        ("https://player.vimeo.com/video/76979871?h=0a1b2c", f"{VIMEO}?h=0a1b2c"),
        ("https://www.youtube.com/@someone", None),
        ("https://www.youtube.com/watch?v=short", None),
        ("https://www.youtube.com/playlist?list=PL1", None),
        ("https://youtu.be/", None),
        ("https://youtube.com.example.org/watch?v=dQw4w9WgXcQ", None),
        ("https://vimeo.com/channels/staffpicks", None),
        ("https://example.org/watch?v=dQw4w9WgXcQ", None),
        ("mailto:a@youtu.be", None),
    ],
)
@pytest.mark.parametrize("spelling", ["{}", "<{}>"])
def test_the_address_of_a_video_gives_its_player(url, player, spelling):
    """Only of a video: a channel or a list is a link."""
    found = video(parse(spelling.format(url))[1].children)
    assert (found.player if found else None) == player


@pytest.mark.parametrize(
    "markdown",
    [
        "see https://youtu.be/dQw4w9WgXcQ",
        "https://youtu.be/dQw4w9WgXcQ\nhttps://youtu.be/dQw4w9WgXcQ",
        "[a video](https://youtu.be/dQw4w9WgXcQ)",
        "[https://youtu.be/dQw4w9WgXcQ](https://youtu.be/dQw4w9WgXcQ)",
        "*https://youtu.be/dQw4w9WgXcQ*",
        "`https://youtu.be/dQw4w9WgXcQ`",
    ],
)
def test_a_link_in_a_sentence_stays_a_link(markdown):
    """The author wrote it to be read."""
    assert video(parse(markdown)[1].children) is None
