"""The fleets of the demo, by people beside the seven members, posted during the hours before it was seeded."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from ..clock import now
from ..extensions import db
from ..models import Fleet, fleet_views
from . import law, pictures
from .scenes import scene

#: Author, age in minutes, ground, words, perhaps a picture that ``scenes`` draws, and who has seen it.
FLEETS_FILE = Path(__file__).parents[1] / "fleets.json"


def add_fleets(ids: Mapping[str, int]) -> None:
    """Add the demo's fleets; ``ids`` are those of its people by user name. The caller commits."""
    moment = now()
    for row in json.loads(FLEETS_FILE.read_text()):
        posted_at = moment - timedelta(minutes=row["minutes_ago"])
        fleet = Fleet(
            id=secrets.token_hex(8),
            author_id=ids[row["author"]],
            text=row["text"],
            color=row["color"],
            picture=pictures.keep(scene(row["picture"])) if "picture" in row else "",
            picture_words=row.get("picture_words", ""),
            created_at=posted_at,
            expires_at=posted_at + law.LIFE,
        )
        db.session.add(fleet)
        db.session.flush()
        for viewer in row.get("seen_by", ()):
            values = {"fleet_id": fleet.id, "viewer_id": ids[viewer], "seen_at": moment}
            db.session.execute(fleet_views.insert().values(values))
