"""Where the address guard lets nothing go, however the address is spelled, and where it does."""

from __future__ import annotations

import logging

import httpx
import pytest
from guard_rig import NAME, Names, Network, guarded, send

from publisher.backends.base import Connection, Guard
from publisher.driving.guard import AddressRefusedError, transport_of, why_refused
from publisher.errors import ConfigurationError

# What is written in an address is looked up by the system, which knows more spellings than any list.
SPELLED = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "0",
    "0.0.0.0",
    "0x0",
    "10.0.0.1",
    "0xa000001",
    "167772161",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "3232235777",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0xa9.0xfe.0xa9.0xfe",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.0.100",
    "192.0.2.1",
    "192.88.99.3",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "localhost",
    "LOCALHOST",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[::127.0.0.1]",
    "[::169.254.169.254]",
    "[::ffff:0:127.0.0.1]",
    "[::ffff:0:a9fe:a9fe]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::1]",
    "[100::1]",
    "[2001::1]",
    "[2001:0:5ef5:79fd::1]",
    "[2001:2::1]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
    "127。0。0。1",
]

# httpx takes these for no addresses at all.
NO_URLS = [
    "0177.0.0.1",
    "012.0.0.1",
    "0251.0376.0251.0376",
    "①②⑦.⓪.⓪.①",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "[fe80::1%25eth0]",
    "127.0.0.256",
]

PUBLIC = ["8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "192.167.255.255"]
PUBLIC += ["198.17.255.255", "198.20.0.1", "223.255.255.255", "2606:4700:4700::1111", "2001:4860:4860::8888"]
PUBLIC += ["2a00:1450:4001:80b::200e", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("host", SPELLED)
def test_address_of_ours_is_refused_however_it_is_spelled(host):
    """Before any connection; the system's own look-up says what a spelling means."""
    network = Network()
    with pytest.raises(AddressRefusedError, match="nothing was sent"):
        send(guarded(network=network), f"https://{host}/hook")
    assert network.connections == []


@pytest.mark.parametrize("host", NO_URLS)
def test_what_is_no_address_gets_nowhere(host):
    """Octal numbers with four parts, letters in circles, the name of a network card."""
    network = Network()
    with pytest.raises((httpx.InvalidURL, httpx.ConnectError)):
        send(guarded(network=network), f"https://{host}/hook")
    assert network.connections == []


@pytest.mark.parametrize("address", [host.strip("[]") for host in SPELLED if ":" in host or host.count(".") == 3])
def test_name_that_leads_to_an_address_of_ours_is_refused(address):
    """The same behind a name in somebody's DNS; one bad address among good ones is enough."""
    network = Network()
    with pytest.raises(AddressRefusedError):
        send(guarded(resolve=Names([["8.8.8.8", address]]), network=network), f"https://{NAME}/hook")
    assert network.connections == []


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_taken(address):
    """And connected to as it was checked."""
    network = Network()
    [answer] = send(guarded(resolve=Names([[address]]), network=network), f"https://{NAME}/hook")
    assert (answer.status_code, network.connections) == (200, [(address, 443)])


@pytest.mark.parametrize(
    "url",
    [
        f"http://{NAME}/hook",
        f"ftp://{NAME}/hook",
        f"https://user:word@{NAME}/hook",
        f"https://8.8.8.8@{NAME}/hook",
        f"https://{NAME}:22/hook",
        f"https://{NAME}:8443/hook",
    ],
)
def test_other_schemes_user_names_and_ports_are_refused(url):
    """Nothing is even looked up."""
    names = Names([["8.8.8.8"]])
    transport = guarded(Guard(ports=frozenset({443})), resolve=names, network=Network())
    with pytest.raises((AddressRefusedError, httpx.UnsupportedProtocol)):
        send(transport, url)
    assert names.asked == []


def test_name_that_changes_its_mind_gains_nothing():
    """Looked up once for a connection, which goes to what was checked; the next look-up is checked anew."""
    names, network = Names([["8.8.8.8"], ["127.0.0.1"]]), Network(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    transport = guarded(resolve=names, network=network)
    with pytest.raises(AddressRefusedError, match=r"127\.0\.0\.1"):
        send(transport, f"https://{NAME}/1", f"https://{NAME}/2")
    assert (names.asked, network.connections) == ([NAME, NAME], [("8.8.8.8", 443)])


def test_redirect_to_the_metadata_is_an_answer_and_not_followed():
    """Where it leads is not even looked up."""
    away = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data\r\nContent-Length: 0\r\n\r\n"
    names, network = Names([["8.8.8.8"]]), Network(away)
    [answer] = send(guarded(resolve=names, network=network), f"https://{NAME}/hook")
    assert (answer.status_code, names.asked, network.connections) == (302, [NAME], [("8.8.8.8", 443)])


def test_redirect_is_refused_by_a_client_that_follows_too():
    """The guard stands below: another program's client may use it and follow what it likes."""
    away = b"HTTP/1.1 307 Found\r\nLocation: https://[::ffff:169.254.169.254]/\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(AddressRefusedError):
        send(guarded(network=Network(away)), "https://8.8.8.8/hook", follow_redirects=True)


def test_proxy_of_the_environment_is_not_used(monkeypatch):
    """It would look names up itself."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    network = Network()
    send(guarded(resolve=Names([["8.8.8.8"]]), network=network), f"https://{NAME}/hook")
    assert network.connections == [("8.8.8.8", 443)]


def test_next_address_is_tried_when_one_does_not_answer():
    """All were checked before the first was tried."""
    network = Network(dead=["2606:4700:4700::1111", "1.0.0.1"])
    names = Names([["2606:4700:4700::1111", "1.0.0.1", "1.1.1.1"]])
    [answer] = send(guarded(resolve=names, network=network), f"https://{NAME}/hook")
    assert (answer.status_code, [host for host, _ in network.connections]) == (200, names.answers[0])


def test_unknown_name_is_a_connection_that_never_stood():
    """So that it may be tried again, and nothing is in doubt."""
    with pytest.raises(httpx.ConnectError, match="cannot be resolved"):
        send(guarded(resolve=Names([[]]), network=Network()), f"https://{NAME}/hook")


def test_local_development_reaches_this_machine_and_no_metadata(caplog):
    """Both settings are said loudly, and neither lets anything through that no developer wants."""
    with caplog.at_level(logging.WARNING, "publisher.guard"):
        guard = Guard(allow_private=True, allow_http=True)
        assert transport_of(Connection(guard=guard)) is not None
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "PRIVATE ADDRESSES ARE ALLOWED" in caplog.text
    assert "PLAIN HTTP IS ALLOWED" in caplog.text
    for let_through in ("127.0.0.1", "::1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "fd12::1", "::ffff:127.0.0.1"):
        assert why_refused(let_through, allow_private=True) is None
        assert why_refused(let_through) is not None
    for refused in ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "0.0.0.0", "224.0.0.1", "fe80::1%eth0"):
        assert why_refused(refused, allow_private=True) is not None


def test_certificates_cannot_be_left_unchecked():
    """There is no switch for that."""
    with pytest.raises(ConfigurationError, match="certificate"):
        Connection(guard=Guard(), verify=False)
