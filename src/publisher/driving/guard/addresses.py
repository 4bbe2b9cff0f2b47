"""Which addresses are on the public internet.

The list of what is not is written out: ``ipaddress.is_global`` alone lets multicast, NAT64 and old forms of IPv6
through, and differs between releases of Python. It is asked on top.
Sources: https://www.iana.org/assignments/iana-ipv4-special-registry/ and
https://www.iana.org/assignments/iana-ipv6-special-registry/
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

#: What local development may be allowed to reach.
_PRIVATE = {
    "10.0.0.0/8": "private",
    "127.0.0.0/8": "this machine",
    "172.16.0.0/12": "private",
    "192.168.0.0/16": "private",
    "::1/128": "this machine",
    "fc00::/7": "private",
}

#: What nobody may. The data of cloud machines stands at some of them.
_NEVER = {
    "0.0.0.0/8": "this network",
    "100.64.0.0/10": "shared by a carrier's customers",
    "169.254.0.0/16": "link-local, where clouds keep the data of a machine",
    "192.0.0.0/24": "reserved for protocols",
    "192.0.2.0/24": "for documentation",
    "192.88.99.0/24": "a 6to4 relay",
    "198.18.0.0/15": "for performance tests",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "::/96": "an old form of IPv4",
    "::ffff:0:0:0/96": "a translated IPv4 address",
    "64:ff9b::/96": "a translated IPv4 address",
    "64:ff9b:1::/48": "a translated IPv4 address",
    "100::/64": "a place where everything is dropped",
    "2001::/23": "reserved for protocols",
    "2001:db8::/32": "for documentation",
    "2002::/16": "6to4",
    "3fff::/20": "for documentation",
    "5f00::/16": "for segment routing",
    "fd00:ec2::254/128": "where a cloud keeps the data of a machine",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}

_LISTED = [
    (ip_network(block), reason, block in _PRIVATE)
    for block, reason in sorted((_NEVER | _PRIVATE).items(), key=lambda item: -ip_network(item[0]).prefixlen)
]


def why_refused(address: str, *, allow_private: bool = False) -> str | None:
    """Why nothing may be sent to an IP address, in words; None where it is public.

    With ``allow_private``, loopback and private networks are let through as well, and nothing else.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return "not an address"
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return _listed(ip, allow_private)


def _listed(ip: IPv4Address | IPv6Address, allow_private: bool) -> str | None:
    for block, reason, private in _LISTED:  # the narrowest block decides
        if ip.version == block.version and ip in block:
            return None if private and allow_private else reason
    return None if ip.is_global else "not on the public internet"
