"""By which part of a client's address people are told apart."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

HOUSEHOLD = 64
"""Bits of an IPv6 address that one customer of a provider cannot change; the rest is theirs to make up."""


def told_apart(remote: str | None) -> str | None:
    """Return what to count a client's address as; None for one that says nothing about who is there.

    ``remote`` is what the web server calls the client's address. Loopback, and none at all, is a proxy that the host
    has not told Flask of (or a developer's own machine): a count there would be one for all members together.
    """
    try:
        address = ip_address(remote or "")
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return None
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), HOUSEHOLD), strict=False))
    return str(address)
