"""What each participant may do at the SFU, decided in one function and rendered in LiveKit's two dialects.

Every field is explicit, because LiveKit's defaults fail open: an unset ``can_publish`` is true, an unset ``hidden``
un-hides, no ``can_publish_sources`` means any source.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from livekit.api import AccessToken, VideoGrants
from livekit.protocol.models import ParticipantInfo, ParticipantPermission, TrackSource

from ..domain.ids import Identity, RoomName
from ..domain.media import JoinGrant, MediaRights

#: LiveKit accepts a grant for 60 s more; a longer life would make a removed member's grant a key.
LONGEST_LIFE = timedelta(seconds=60)

_OUR_KINDS = frozenset({ParticipantInfo.Kind.EGRESS, ParticipantInfo.Kind.AGENT})


def full_permission(rights: MediaRights) -> ParticipantPermission:
    """Return the whole permission set of a participant with ``rights``; nothing else in the package builds one.

    Everybody may listen. Nobody may send data, change metadata, see metrics or be taken for a recorder or an agent.
    Raises ValueError for a hidden publisher: nobody may speak unseen.
    """
    if rights.can_publish and rights.is_hidden:
        raise ValueError("nobody may publish while hidden")
    return ParticipantPermission(
        can_subscribe=True,
        can_publish=rights.can_publish,
        can_publish_sources=[TrackSource.MICROPHONE] if rights.can_publish else [],
        can_publish_data=False,
        can_update_metadata=False,
        can_subscribe_metrics=False,
        can_manage_agent_session=False,
        hidden=rights.is_hidden,
        recorder=False,
        agent=False,
    )


def join_claims(room: RoomName, rights: MediaRights) -> VideoGrants:
    """Return the same permission set as the claims of a token that enters ``room`` and nothing else."""
    permission = full_permission(rights)
    return VideoGrants(
        room_join=True,
        room=room,
        can_subscribe=permission.can_subscribe,
        can_publish=permission.can_publish,
        can_publish_sources=[TrackSource.Name(source).lower() for source in permission.can_publish_sources],
        can_publish_data=permission.can_publish_data,
        can_update_own_metadata=permission.can_update_metadata,
        can_subscribe_metrics=permission.can_subscribe_metrics,
        can_manage_agent_session=permission.can_manage_agent_session,
        hidden=permission.hidden,
        recorder=permission.recorder,
        agent=permission.agent,
        room_admin=False,
        room_create=False,
        room_list=False,
        room_record=False,
        ingress_admin=False,
    )


def mint(
    *, url: str, api_key: str, api_secret: str, room: RoomName, identity: Identity, rights: MediaRights, ttl: timedelta
) -> JoinGrant:
    """Return a signed join grant. Its ``expires_at`` is never later than the token's own expiry.

    Raises ValueError for an empty room or identity, a hidden publisher, or a life outside 0 to 60 seconds.
    """
    if not timedelta(0) < ttl <= LONGEST_LIFE:
        raise ValueError("a join grant lives for more than 0 and at most 60 seconds")
    if not room or not identity:
        raise ValueError("a join grant names a room and an identity")
    expires_at = (datetime.now(UTC) + ttl).replace(microsecond=0)
    token = AccessToken(api_key, api_secret).with_identity(identity).with_ttl(ttl).with_kind("standard")
    return JoinGrant(
        url=url, token=token.with_grants(join_claims(room, rights)).to_jwt(), identity=identity, expires_at=expires_at
    )


def mint_worker(
    *, url: str, api_key: str, api_secret: str, room: RoomName, identity: Identity, is_keeping: bool
) -> JoinGrant:
    """Return the grant of our own recorder: hidden, hears, sends nothing.

    Of kind ``egress`` every client's own sign says that the room is recorded while it is there; a kind ``agent`` that
    only passes sound on does not. Neither counts as somebody in the room.
    """
    expires_at = (datetime.now(UTC) + LONGEST_LIFE).replace(microsecond=0)
    claims = join_claims(room, MediaRights(can_publish=False, is_hidden=True))
    token = AccessToken(api_key, api_secret).with_identity(identity).with_ttl(LONGEST_LIFE)
    signed = token.with_kind("egress" if is_keeping else "agent").with_grants(claims).to_jwt()
    return JoinGrant(url=url, token=signed, identity=identity, expires_at=expires_at)


def rights_in(permission: ParticipantPermission) -> MediaRights:
    """Return the rights that a permission set of the SFU amounts to."""
    return MediaRights(can_publish=permission.can_publish, is_hidden=permission.hidden)


def is_worker(participant: ParticipantInfo) -> bool:
    """Whether the participant is of a kind that only our own workers' grants carry."""
    return participant.kind in _OUR_KINDS
