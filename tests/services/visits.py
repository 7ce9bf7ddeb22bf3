"""Members as they come and go, and what the roster says of them."""

from __future__ import annotations

from spaces_feature.domain.media import MediaRights
from spaces_feature.domain.space import Space
from spaces_feature.services import attending
from spaces_feature.testing.media_fake import FakeClient
from tests.world import World

LISTENER = MediaRights(can_publish=False, is_hidden=True)
SEEN_LISTENER = MediaRights(can_publish=False, is_hidden=False)
SPEAKER = MediaRights(can_publish=True, is_hidden=False)


def enter(world: World, name: str, space: Space) -> FakeClient:
    """Join, and walk into the room with the grant."""
    return world.media.join(attending.join(world.seams, world.user(name), space.id).grant)


def present(world: World, space: Space) -> list[str]:
    """The user ids of everyone with a lasting stay."""
    with world.seams.store.begin() as work:
        return sorted(stay.user_id for stay in work.stays(space.id))


def owed_calls(world: World) -> list[str]:
    """The names of all calls that the SFU owes, due or not."""
    outbox = world.db.metadata.tables["spaces_outbox"]
    calls = list(world.db.session.scalars(outbox.select().with_only_columns(outbox.c.call).order_by(outbox.c.call)))
    world.db.session.commit()
    return calls
