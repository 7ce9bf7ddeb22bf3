"""Our built files, served under the blueprint with the content's hash in the URL, and kept by browsers for a year."""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, request, url_for

STATIC = Path(__file__).parent.parent / "static"
DIST = STATIC / "dist"
YEAR = 365 * 24 * 3600
_HASHED = re.compile(r"-[A-Z0-9]{8}\.js$")


class BlueprintWithFiles(Blueprint):
    """A blueprint whose files are fetched once: on a host with plain page loads each question would delay the sound."""

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """Return a year for a URL that changes with the content, else what the host says."""
        if "v" in request.args or (filename and _HASHED.search(filename)):
            return YEAR
        return super().get_send_file_max_age(filename)


def asset(name: str) -> str:
    """Return the URL of a file in ``static/dist``; it changes when the file does."""
    path = DIST / name
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    return url_for("spaces.static", filename=f"dist/{name}", v=_fingerprint(path, stamp))


def chunks() -> list[str]:
    """Return the URLs of what ``spaces.js`` imports, so that a page can ask for all of it at once."""
    sizes = DIST / "sizes.json"
    names = _imported(sizes, sizes.stat().st_mtime_ns) if sizes.exists() else ()
    return [url_for("spaces.static", filename=f"dist/{name}") for name in names]


@lru_cache(maxsize=4)
def _imported(sizes: Path, stamp: int) -> tuple[str, ...]:
    bundles = json.loads(sizes.read_text())["bundles"]
    return tuple(name for bundle in bundles if bundle["name"] == "spaces" for name in bundle["files"][1:])


@lru_cache(maxsize=64)
def _fingerprint(path: Path, stamp: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if stamp else "missing"
