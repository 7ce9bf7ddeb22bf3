"""Recordings over HTTP: starting and stopping one, consenting, replaying, cutting, deleting."""

from __future__ import annotations

from ...domain.ids import SpaceId
from ...domain.space import State
from ...errors import Refusal
from ...services.sound import concluding, recordings, replaying, replays
from .. import schemas
from ..doors import knowing, readers
from ..replies import Reply, snapshot_reply
from ..routes import Call, route
from . import recording_schemas

RECORDING = "/spaces/<space_id>/recording"


@route("POST", f"{RECORDING}/start", answer=schemas.Snapshot)
def start_recording(call: Call, space_id: SpaceId) -> Reply:
    """Have the Space recorded; everybody is told, and every speaker is asked."""
    return snapshot_reply(call, recordings.start(call.seams, call.viewer, space_id))


@route("POST", f"{RECORDING}/stop", answer=schemas.Snapshot, limit="leave")
def stop_recording(call: Call, space_id: SpaceId) -> Reply:
    """End the recording; the Space goes on."""
    return snapshot_reply(call, recordings.stop(call.seams, call.viewer, space_id))


@route(
    "POST",
    f"{RECORDING}/consent",
    answer=recording_schemas.Consented,
    body=recording_schemas.ConsentBody,
    limit="leave",
    keeps=False,
)
def consent(call: Call, space_id: SpaceId) -> Reply:
    """Say whether my voice may be kept; a no takes it out of what was kept, also when the Space is over."""
    body: recording_schemas.ConsentBody = call.body
    space = recordings.consent(call.seams, call.viewer, space_id, agrees=body.agrees)
    try:
        readers(call.seams, call.viewer, space_id)
        if space.state is State.LIVE:
            return snapshot_reply(call, space)
        return 200, replays.recording_after(call.seams, call.viewer, space_id)
    except Refusal:
        # A voice is taken back by whom the Space is closed to as well, and where there never was a recording.
        return 200, {"space_id": space_id, "agrees": body.agrees}


@route("GET", RECORDING, answer=recording_schemas.Recording, limit="read")
def get_recording(call: Call, space_id: SpaceId) -> Reply:
    """A Space's recording, with a link to hear it by."""
    return 200, replays.get_recording(call.seams, call.viewer, space_id)


@route("PATCH", RECORDING, answer=recording_schemas.Recording, body=recording_schemas.RecordingBody, keeps=False)
def edit_recording(call: Call, space_id: SpaceId) -> Reply:
    """Choose where the replay begins, and name its chapters."""
    body: recording_schemas.RecordingBody = call.body
    chapters = None if body.chapters is None else [(one.at_s, one.title) for one in body.chapters]
    wanted = replaying.RecordingEdit(starts_at_s=body.starts_at_s, chapters=chapters)
    replaying.edit_recording(call.seams, call.viewer, space_id, wanted)
    return 200, replays.recording_after(call.seams, call.viewer, space_id)


@route("DELETE", RECORDING, answer=recording_schemas.Recording, limit="leave", keeps=False, door=knowing)
def delete_recording(call: Call, space_id: SpaceId) -> Reply:
    """Delete the recording and its clips, for everybody and for good."""
    concluding.delete_recording(call.seams, call.viewer, space_id)
    return 200, replays.recording_after(call.seams, call.viewer, space_id)


@route("POST", f"{RECORDING}/plays", answer=None, limit="read", status=204)
def note_play(call: Call, space_id: SpaceId) -> Reply:
    """Count me among those who listened to the replay."""
    replaying.played(call.seams, call.viewer, space_id)
    return 204, None
