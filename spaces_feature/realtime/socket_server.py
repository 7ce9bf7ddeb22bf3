"""What we ask of the host's Socket.IO server before our namespace opens on it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from packaging.version import Version

FLOORS = {
    # Before these: a heartbeat thread per PONG, pickle from the message queue, attachments kept for ever.
    "python-engineio": "4.13.2",
    "python-socketio": "5.16.2",
    # Before these: requests smuggled past a proxy.
    "eventlet": "0.40.3",
    "gevent": "23.9.0",
}
"""The oldest versions without a known hole that sockets would open."""
LIBRARIES = ("python-engineio", "python-socketio")


def version_problems(async_mode: str | None) -> list[str]:
    """Packages under the sockets that are too old, each with the version that is needed."""
    problems = []
    for package in (*LIBRARIES, *(name for name in FLOORS if name == (async_mode or "").partition("_")[0])):
        try:
            installed = version(package)
        except PackageNotFoundError:
            problems.append(f"{package} is not installed; socketio= needs at least {FLOORS[package]}.")
            continue
        if Version(installed) < Version(FLOORS[package]):
            problems.append(f"{package} {installed} has a known hole; install at least {FLOORS[package]}.")
    return problems


def origin_problems(origins: Any) -> list[str]:
    """``cors_allowed_origins`` under which other sites could open a member's socket. A function is the host's word."""
    if origins == []:
        return [
            "SocketIO's cors_allowed_origins is []: that switches the check of origins off, and any site could listen "
            "as a member. Leave it out (same origin), or list your origins."
        ]
    if origins is None or callable(origins):
        return []
    if {"*", "null"} & ({origins} if isinstance(origins, str) else set(origins)):
        return [
            "SocketIO's cors_allowed_origins admits every site: any of them could listen as a member. "
            "Leave it out (same origin), or list your origins."
        ]
    return []


def server_problems(server: Any) -> list[str]:
    """Every problem of a python-socketio server: versions, origins, and packets other than Socket.IO's own."""
    problems = version_problems(server.async_mode) + origin_problems(server.eio.cors_allowed_origins)
    if not server.packet_class.uses_binary_events:
        problems.append("SocketIO's serializer must be the default one: only its packets are bounded and understood.")
    return problems


def socket_problems(socketio: Any) -> list[str]:
    """Every problem of the host's Flask-SocketIO, as far as it is configured by now.

    One whose options come with an ``init_app`` of its own is looked at again when our namespace opens on its server.
    """
    if socketio.server is not None:
        return server_problems(socketio.server)
    options = socketio.server_options
    return version_problems(options.get("async_mode")) + origin_problems(options.get("cors_allowed_origins"))
