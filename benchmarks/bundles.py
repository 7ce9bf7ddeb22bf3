"""What a page has to load, from the built files, beside what it may cost."""

from __future__ import annotations

import json
from pathlib import Path

from .pairs import Figure

SIZES = Path(__file__).parents[1] / "spaces_feature" / "static" / "dist" / "sizes.json"


def bundle_sizes() -> list[Figure]:
    """Gzipped bytes of each bundle, with all it imports, beside its limit. Raises FileNotFoundError if unbuilt."""
    figures = []
    for bundle in json.loads(SIZES.read_text())["bundles"]:
        figure = Figure(f"bundle {bundle['name']}, limit", "bytes gz", 1.0)
        figure.add(bundle["gzip"], bundle["limit"])
        figures.append(figure)
    return figures
