"""The bots' sound is tested on the same real livekit-server, and with the same ears, as the adapter's."""

from __future__ import annotations

from ..sfu.conftest import arrive, join, media, room, sfu, sound_loop

__all__ = ["arrive", "join", "media", "room", "sfu", "sound_loop"]
