"""What the demo opens: every flag to everybody, but the one of captions, which nothing serves yet."""

from __future__ import annotations

from flask import current_app

from spaces_feature.flags import BOOLEANS
from spaces_feature.services.flags.flag_desk import FlagEdit, edit
from spaces_feature.services.seams import Seams

LEFT_OUT = "spaces.captions"
REASON = "Seeded: the demo shows everything to everybody."


def open_flags() -> list[str]:
    """Open every flag that nobody decided about, neither in the cockpit nor by ``SPACES_FLAGS``; returns their keys."""
    seams: Seams = current_app.extensions["spaces"].seams
    with seams.store.begin() as work:
        decided = work.flag_rows().keys() | seams.config.flags.keys() | {LEFT_OUT}
    keys = [key for key in BOOLEANS if key not in decided]
    for key in keys:
        edit(seams, None, key, FlagEdit(percent=100), 0, REASON)
    return keys
