"""Five hundred ways to ask for sound that is not one's own, made from a link that is good."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

UPS = (
    "..", "../..", "../../..", "../../../..", "../../../../..", "../../../../../../../..", "....//....//", ".../...",
    "..;", "..%00", "%2e%2e", "%2E%2E/%2e%2e", "%252e%252e", "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae", "%uff0e%uff0e",
    "..%5c..", "..\\..", "%2e%2e%2f%2e%2e", "..%2f..", "..%252f..", "%ef%bc%8e%ef%bc%8e", "%c0%af", "~root", ".",
)  # fmt: skip
"""Ways to say "one higher", and what has been taken for one."""
AIMS = ("etc/passwd", "secret.txt", "proc/self/environ", "instance/spaces.sqlite3", ".env", "live", "")
PARTS = (
    "", " ", "%20", "%00", "%0a", "%0d%0aX:%201", "%09", "*", "%2a", "%25", "?", "%3f", "#", ";", "%3b", "'", '"', "`",
    "$(id)", "${jndi:x}", "{}", "[]", "|", "&", "@", ":", "~", "-", "_", "+", "=", "%ff", "%80", "%d9%a1", "%c3%a9",
    "%e2%80%8b", "%e2%80%ae", "%f0%9f%8e%99", "con", "nul", "aux.txt", "0x0", "-1", "NaN", "null", "undefined",
    "a" * 33, "a" * 300,
)  # fmt: skip
"""What may stand in the place of one part of a link."""


def strings(link: str, *, path: str = "/spaces/media/") -> list[str]:
    """Return request targets below ``path``, none of which is the good ``link`` or leads to what it leads to."""
    found = dict.fromkeys([*_traversals(link, path), *_parts(link, path), *_others(link, path)])
    found.pop(path + link, None)
    return [one for one in found if one.isascii() and " " not in one and "#" not in one]


def _traversals(link: str, path: str) -> Iterator[str]:
    folder, _, name = link.rpartition("/")
    for up in UPS:
        for aim in AIMS:
            yield f"{path}{up}/{aim}"
            yield f"{path}{folder}/{up}/{aim}"
        if up not in (".",):
            yield f"{path}{folder}/{up}/{name}"
        yield f"{path}{folder}/{name}/{up}"
        yield f"{path}{folder}/{up}"


def _parts(link: str, path: str) -> Iterator[str]:
    parts = link.split("/")
    for place in range(len(parts)):
        for part in PARTS:
            if part in ("?", "#", ";") and place == len(parts) - 1:
                continue
            yield path + "/".join([*parts[:place], part, *parts[place + 1 :]])


def _others(link: str, path: str) -> Iterator[str]:
    expires, signature, kind, owner, random, name = link.split("/")
    rest = f"{kind}/{owner}/{random}/{name}"
    for kind_of in ("live", "kept", "clips", "downloads", "LIVE", "levels"):
        if kind_of != kind:
            yield f"{path}{expires}/{signature}/{kind_of}/{owner}/{random}/{name}"
    for more in (1, 60, 600, 10**6, -1, -(10**9)):
        yield f"{path}{int(expires) + more}/{signature}/{rest}"
    for forged in (signature[::-1], signature.swapcase(), signature[:-1], signature + "A", "A" * 22, "A" * 24):
        if forged != signature:
            yield f"{path}{expires}/{forged}/{rest}"
    yield f"{path}open-{expires}/{signature}/{rest}"
    yield f"{path}open-open-{expires}/{signature}/{rest}"
    yield f"{path}0{expires}/{signature}/{rest}"
    yield f"{path}{rest}"
    yield f"{path}{expires}/{rest}"
    yield f"{path}{signature}/{expires}/{rest}"
    for slash in ("%252f", "%5c", "\\", "%c0%af", "%ef%bc%8f", ";/", "/;/", "%00/"):
        yield path + link.replace("/", slash)
        yield f"{path}{expires}/{signature}/{rest.replace('/', slash)}"
    for upper in (rest.upper(), rest.swapcase(), rest.title()):
        yield f"{path}{expires}/{signature}/{upper}"
    for around in ("%00", "%0a", ".json", ".bak", "~", "%20", ".m4s", "/"):
        yield f"{path}{link}{around}"
    yield f"{path}{quote(link, safe='')}{'%2f'}"
    yield path
