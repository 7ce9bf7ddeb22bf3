"""What must hold after each step of a play."""

from __future__ import annotations

from typing import Any

from spaces_feature.domain.ids import RoomName, SpaceId
from spaces_feature.services.finding.discovery import refresh_index
from spaces_feature.services.snapshots import listeners_of
from spaces_feature.testing.media import FakeClient

from .house import PEOPLE, House, real_picture, told_picture
from .staff_law import WholeLaw
from .talk import Talk


class Checks:
    """Rows, audit, counts and the SFU, held against the oracle."""

    house: House
    law: WholeLaw
    spaces: list[SpaceId]
    seen: dict[tuple[RoomName, str], bool]
    leaves_open: frozenset[str] = frozenset()

    def everything_is_as_the_oracle_says(self) -> None:
        self.rows_are_the_law()
        self.counts_are_a_recount()
        self.sound_is_what_the_roster_says()

    def rows_are_the_law(self) -> None:
        assert self.house.wrong == []
        for talk, space_id in zip(self.law.talks, self.spaces, strict=True):
            talk.lapse()
            real, told = real_picture(self.house, space_id), told_picture(talk, self.law.present, self.law.anonymous)
            keys = told.keys() - self.leaves_open
            differs = {key: f"{real[key]}, the oracle: {told[key]}" for key in keys if real[key] != told[key]}
            assert differs == {}, f"Space {talk.number}: {differs}"
        self.audit_holds()

    def audit_holds(self) -> None:
        """Every act of somebody is written down once, with who and whom; so is who was put out."""
        numbers = {space_id: number for number, space_id in enumerate(self.spaces)}
        rows = [row for row in self.house.rows("audit") if row.kind not in ("sfu_answered", "intruder_sent_off")]
        acts = [(numbers[row.space_id], row.kind, row.actor, row.whom) for row in rows if row.actor is not None]
        assert sorted(acts, key=str) == sorted(self.law.audit, key=str)
        out = [(numbers[row.space_id], row.whom) for row in rows if row.kind == "put_out"]
        assert sorted(out) == sorted(self.law.put_out)

    def counts_are_a_recount(self) -> None:
        """R10: strip and snapshots count what the rows say."""
        seams = self.house.seams
        refresh_index(seams)
        live = {space.id: space for space in seams.index.spaces()}
        for talk, space_id in zip(self.law.talks, self.spaces, strict=True):
            assert (space_id in live) == talk.is_live
            here = {who for who, where in self.law.present.items() if where is talk}
            if talk.is_live:
                assert seams.index.count(space_id) == len(here)
                told: dict[str, Any] = listeners_of(seams, live[space_id])
                assert (told["count"], told["participant_count"]) == (len(here - talk.stage.keys()), len(here))

    def sound_is_what_the_roster_says(self) -> None:
        """SEC-05: who is heard is on stage and not muted; who is on the roster is in; nobody else is."""
        inside: dict[str, Talk] = {}
        for talk, space_id in zip(self.law.talks, self.spaces, strict=True):
            room = self.house.space(space_id).room
            assert room is not None
            names = {self.house.seams.ids.identity(room, user_id): user_id for user_id in PEOPLE}
            for client in self.house.media.clients(room):
                who = names[client.identity]
                inside[who] = talk
                self.judge_client(talk, who, client)
            assert (room in self.house.media._rooms) == talk.is_live
        assert inside == self.law.inside, f"{inside.keys()}, the oracle: {self.law.inside.keys()}"

    def judge_client(self, talk: Talk, who: str, client: FakeClient) -> None:
        """Every client tries to be heard, whatever it was told."""
        place = talk.stage.get(who)
        may_speak = place is not None and place.muted_by is None and not talk.is_frozen
        assert client.rights.can_publish is may_speak, (who, client.rights)
        assert client.publish() is may_speak
        was_seen = self.seen.get((client.room, who), False)
        assert not (client.rights.is_hidden and (place is not None or was_seen)), "a ghost on other clients"
        self.seen[client.room, who] = was_seen or not client.rights.is_hidden
        self.hush()

    def hush(self) -> None:
        """What the SFU says of these microphones changes nothing."""
        self.house.media.webhooks.clear()
