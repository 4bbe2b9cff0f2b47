"""Answers that drip, never end or unpack to gigabytes: over in the time and the memory that they are given."""

from __future__ import annotations

import gzip
import ssl
import threading
import time
import tracemalloc
import zlib

import httpx
import pytest
from guard_rig import send

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#: What the client may allocate beside an answer of 64 KiB: buffers of the connection, mostly.
FLAT = 3_000_000


def peak_of(work):
    """What ``work`` returns, and the most memory that Python held meanwhile."""
    tracemalloc.start()
    try:
        result = work()
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def for_ever(write, chunk, pause=0.0):
    while True:
        write(chunk)
        time.sleep(pause)


@pytest.mark.parametrize(
    "begin",
    [HEAD + b"\r\n", HEAD + b"Content-Length: 1000000\r\n\r\n", HEAD + b"X-Slow: ", b""],
    ids=["body without an end", "body with a length", "headers", "nothing at all"],
)
def test_answer_that_drips_ends_at_the_deadline(serve, begin):
    """A byte now and then keeps any time-out for a single read from firing."""
    server = serve(lambda write: (write(begin), for_ever(write, b"x", 0.02)))
    with pytest.raises(httpx.ReadTimeout, match=r"within 0\.3 s"):
        send(server.transport(deadline=0.3), server.url)


def test_answer_that_never_comes_ends_at_the_deadline(serve):
    """The connection is taken, and that is all."""
    over = threading.Event()
    server = serve(lambda write: over.wait(60))
    with pytest.raises(httpx.ReadTimeout, match=r"within 0\.3 s"):
        send(server.transport(deadline=0.3), server.url)
    over.set()


def test_endless_answer_is_cut_and_its_status_counts(serve):
    """64 KiB are kept, and the rest is never read."""
    chunk = b"a" * 65536
    server = serve(lambda write: (write(HEAD + b"\r\n"), for_ever(write, chunk)))
    [answer], peak = peak_of(lambda: send(server.transport(), server.url))
    assert (answer.status_code, len(answer.content)) == (200, 65536)
    assert peak < FLAT


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_bomb_unpacks_to_no_more_than_the_limit(serve, encoding):
    """64 MB in 64 kB, which would come in one piece."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16 if encoding == "gzip" else zlib.MAX_WBITS)
    zeros = bytes(1_000_000)
    bomb = b"".join([*(packer.compress(zeros) for _ in range(64)), packer.flush()])
    head = HEAD + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (encoding.encode(), len(bomb))
    server = serve(lambda write: write(head + bomb))
    [answer], peak = peak_of(lambda: send(server.transport(), server.url))
    assert (answer.status_code, len(answer.content), len(bomb) < 70_000) == (200, 65536, True)
    assert peak < FLAT


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip"])
def test_encoding_that_is_not_read_leaves_the_status(serve, encoding):
    """Endless noise in an encoding that nobody asked for."""
    head = HEAD + f"Content-Encoding: {encoding}\r\n\r\n".encode()
    server = serve(lambda write: (write(head), for_ever(write, b"\xff" * 65536)))
    [answer] = send(server.transport(), server.url)
    assert (answer.status_code, answer.content) == (200, b"")


def test_gzip_that_nobody_asked_for_is_read(serve):
    """Some servers do not look at Accept-Encoding."""
    body = gzip.compress(b'{"id": 7}')
    server = serve(lambda write: write(HEAD + b"Content-Encoding: gzip\r\n\r\n" + body))
    [answer] = send(server.transport(), server.url)
    assert answer.json() == {"id": 7}
    assert b"Accept-Encoding: identity\r\n" in server.requests[0]


def test_limit_of_an_answer_can_be_raised(serve):
    """For targets whose answers are long."""
    server = serve(lambda write: write(HEAD + b"\r\n" + b"a" * 200_000))
    [answer] = send(server.transport(max_answer=1_000_000), server.url)
    assert len(answer.content) == 200_000


# TLS


def test_name_and_not_the_address_is_what_the_server_is_asked_for(serve):
    """SNI, the Host header and the certificate are all about the name, though its address was connected to."""
    server = serve(lambda write: write(HEAD + b"Content-Length: 0\r\n\r\n"), tls=True)
    [answer] = send(server.transport(), server.url, content=b"body")
    assert (answer.status_code, server.sni) == (200, ["hooks.example.com"])
    assert f"Host: {httpx.URL(server.url).netloc.decode()}\r\n".encode() in server.requests[0]


def test_certificate_of_another_name_is_refused(serve):
    """Even where the address is right."""
    server = serve(lambda write: None, tls=True, name="other.example.com")
    with pytest.raises(httpx.ConnectError, match="certificate") as caught:
        send(server.transport(), server.url)
    assert isinstance(caught.value.__cause__.__context__, ssl.SSLError) or "CERTIFICATE" in str(caught.value)
    assert server.requests == []


def test_other_name_for_sni_is_not_taken_from_the_request(serve):
    """An extension of httpx could ask the checked address for another site."""
    server = serve(lambda write: write(HEAD + b"Content-Length: 0\r\n\r\n"), tls=True)
    send(server.transport(), server.url, extensions={"sni_hostname": "other.example.com"})
    assert server.sni == ["hooks.example.com"]
