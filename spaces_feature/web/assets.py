"""Our built files, served under the blueprint with the content's hash in the URL."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import url_for

STATIC = Path(__file__).parent.parent / "static"
DIST = STATIC / "dist"


def asset(name: str) -> str:
    """Return the URL of a file in ``static/dist``; it changes when the file does."""
    path = DIST / name
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    return url_for("spaces.static", filename=f"dist/{name}", v=_fingerprint(path, stamp))


@lru_cache(maxsize=64)
def _fingerprint(path: Path, stamp: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if stamp else "missing"
