"""The same play on a bad day: webhooks lost, late, doubled, shuffled; calls to the SFU failing; kill -9 in between."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

from spaces_feature.domain.ids import UserId
from spaces_feature.domain.media import MediaFact
from spaces_feature.testing.media import Postman, SignedWebhook
from tests.world import World

from .house import PEOPLE
from .play import LAW_EVERY, LEASE, Judge, Play
from .staff_law import WholeLaw

CALLS = ("set_rights", "remove", "delete_room", "create_room", "participants", "rooms")
ROUNDS = 3


class Killed(BaseException):
    """kill -9: nothing after it is done, nothing catches it."""


class FaultyPlay(Play):
    """After each step the rows are what the oracle says, done or not done; once the trouble is over, the SFU too.

    ``clock_says``: refusals that only the real clock can explain, where there is one.
    """

    clock_says: frozenset[str] = frozenset()

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.dies_in: int | None = None
        self.facts: set[str] = set()
        self.gone: set[str] = set()
        self.house.media.on_call = self.on_call
        self.postman = Postman(self.house.media, self.deliver, Random(1))

    def begin(self, chance: Random) -> None:
        fates = {"loses": 0.15, "doubles": 0.2, "delays": 0.3, "shuffles": True}
        self.postman = Postman(self.house.media, self.deliver, Random(chance.random()), **fates)  # type: ignore[arg-type]
        super().begin(chance)

    def things(self) -> list[tuple[Any, ...]]:
        return [
            *super().things(),
            (5, self.arm),
            (5, self.break_something),
            (6, self.stormy_rounds),
            (6, self.settle_down),
            (2, self.lose_the_sfu),
        ]

    # Faults.

    def on_call(self, name: str) -> None:
        self.house.watch_call(name)
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in == 0:
                self.dies_in = None
                raise Killed

    def arm(self, chance: Random) -> None:
        """The process dies at one of the next calls to the SFU."""
        self.dies_in = chance.choice([1, 1, 2, 3])
        self.story.append(f"dies at call {self.dies_in}")

    def break_something(self, chance: Random) -> None:
        media, call = self.house.media, chance.choice(CALLS)
        match chance.choice(["fail", "hang", "lose", "away"]):
            case "fail":
                media.fail_on[call] = chance.choice(["internal", "not_found", "unavailable"])
            case "hang":
                media.hang_on.add(call)
            case "lose":
                media.lose_answer_of.add(call)
            case _:
                media.is_reachable = False
        self.story.append(f"{call} breaks: {media.fail_on} {media.hang_on} {media.lose_answer_of} {media.is_reachable}")

    def heal(self) -> None:
        media = self.house.media
        media.fail_on.clear()
        media.hang_on.clear()
        media.lose_answer_of.clear()
        media.is_reachable = True

    def is_broken(self) -> bool:
        media = self.house.media
        return bool(media.fail_on or media.hang_on or media.lose_answer_of or not media.is_reachable)

    def stormy_rounds(self, chance: Random) -> None:
        """Rounds in the middle of it: at this very moment nothing is due, so that whatever fails the rows stay."""
        self.story.append("rounds in the storm")
        with contextlib.suppress(Killed):
            for _ in range(ROUNDS):
                self.house.reconciler.round()
            self.heal()
            self.look_around()
            return
        self.restart()

    def lose_the_sfu(self, chance: Random) -> None:
        """The SFU is killed and comes back without its rooms."""
        self.story.append("the SFU dies")
        self.house.media.kill()
        self.law.inside.clear()
        self.pass_time(chance.choice([2.5, 7.3, 20.1]))
        self.heal()
        self.pass_time(2.5)

    # How a deed is done and judged on such a day.

    def attempt(self, deed: Callable[[], object]) -> str:
        try:
            return super().attempt(deed)
        except Killed:
            return "died"

    def both(self, words: str, judge: Judge, deed: Callable[[], object]) -> str:
        before = deepcopy(self.law)
        said = self.attempt(deed)
        self.story.append(f"{words}: {said or 'done'}")
        if said == "died":
            after, cut_short = deepcopy(before), deepcopy(before)
            cut_short.is_cut_short = True
            judge(after)
            judge(cut_short)
            self.house.restart()
            self.adopt(before, after, cut_short)
            self.restart()
            return said
        if said == "media_unavailable":
            assert self.is_broken(), self.story[-1]
            return said
        if said in self.clock_says:
            return said
        reasons = judge(self.law)
        assert said in reasons if reasons else not said, f"{self.story[-1]}, the oracle: {reasons or 'do'}"
        return said

    def adopt(self, *candidates: WholeLaw) -> None:
        """Go on with what the rows say has happened; fails when they say something in between."""
        problems = []
        for self.law in candidates:
            self.law.is_cut_short = False
            try:
                self.rows_are_the_law()
            except (AssertionError, ValueError) as problem:
                problems.append(str(problem))
            else:
                return
        raise AssertionError("half done: " + "\n or ".join(problems))

    # Webhooks.

    def deliver(self, hook: SignedWebhook) -> None:
        fact = self.house.media.read_webhook(hook.body, hook.authorization)
        self.house.deliver(hook)
        if fact is not None and fact.id not in self.facts:
            self.facts.add(fact.id)
            self.note(fact)

    def note(self, fact: MediaFact) -> None:
        """An arrival that we hear of for the first time is a sign of life, whenever we hear of it."""
        if fact.sid is None or fact.identity is None:
            return
        if fact.kind == "participant_left":
            self.gone.add(fact.sid)
        elif fact.kind == "participant_joined" and fact.sid not in self.gone:
            with self.house.seams.store.begin() as work:
                stay = work.stay_at(fact.room, fact.identity)
            if stay is not None:
                self.law.talks[self.spaces.index(stay.space_id)].signs[stay.user_id] = self.law.now

    def tell_webhooks(self) -> None:
        try:
            self.postman.walk()
        except Killed:
            self.story.append("died over a webhook")
            self.restart()

    def hush(self) -> None:
        """Nothing: what the SFU says waits for the postman."""

    # Time.

    def recheck(self, named: set[UserId]) -> None:
        before = deepcopy(self.law)
        with contextlib.suppress(Killed):
            super().recheck(named)
            return
        after = deepcopy(before)
        after.recheck(set(named))
        self.come_back(before, after)

    def pass_time(self, seconds: float, *, restarts: bool = False) -> None:
        if self.is_broken() and self.house.media.is_reachable:
            self.heal()
        self.tell_webhooks()
        super().pass_time(seconds, restarts=restarts)

    def look_around(self) -> None:
        self.law.inside = self.connected(self.law)
        before, missing = deepcopy(self.law), self.missing()
        with contextlib.suppress(Killed):
            for _ in range(ROUNDS):
                self.round(self.law)
            self.house.pulse.beat()
            return
        self.house.restart()
        still_missing = self.missing()
        for number in missing:
            if number not in still_missing:
                before.move_room(before.talks[number])
        after = deepcopy(before)
        after.round(law=self.law_is_due(after))
        self.come_back(before, after)

    def round(self, *laws: WholeLaw) -> None:
        """One round of the app, and of every version of what may be true."""
        missing = self.missing()
        is_up = self.house.reconciler.round()
        if not (is_up and self.house.reconciler.has_lease):
            return
        for law in laws:
            for number in missing:
                law.move_room(law.talks[number])
            law.round(law=self.law_is_due(law))
        self.law_at = laws[0].now if self.law_is_due(laws[0]) else self.law_at

    def missing(self) -> list[int]:
        """Live Spaces whose room the SFU has lost."""
        spaces = [self.house.space(space_id) for space_id in self.spaces]
        rooms = self.house.media._rooms
        return [number for number, space in enumerate(spaces) if space.state == "live" and space.room not in rooms]

    def law_is_due(self, law: WholeLaw) -> bool:
        return self.law_at is None or law.now - self.law_at >= LAW_EVERY

    def come_back(self, *candidates: WholeLaw) -> None:
        """After a death in the middle of a round: another process ends what was begun."""
        self.story.append("died in a round")
        self.heal()
        self.house.restart()
        seconds = self.off_the_edges(LEASE)
        self.world.clock.advance(seconds)
        self.law_at = None
        for law in candidates:
            law.now += seconds
            law.inside = self.connected(law)
            for talk in law.talks:
                talk.shown.clear()
        for _ in range(ROUNDS):
            self.round(*candidates)
        self.adopt(*candidates)

    def connected(self, law: WholeLaw) -> dict[str, Any]:
        """Who is connected, as the SFU itself would say."""
        inside: dict[str, Any] = {}
        for talk, space_id in zip(law.talks, self.spaces, strict=True):
            room = self.house.space(space_id).room
            assert room is not None
            here = {client.identity for client in self.house.media.clients(room)}
            for who in PEOPLE:
                if law.present.get(who) is talk and self.house.seams.ids.identity(room, who) in here:
                    inside[who] = talk
        return inside

    # What must hold.

    def settle_down(self, chance: Random) -> None:
        """The trouble is over, what was lost stays lost; a few rounds later the SFU is what the rows say."""
        self.story.append("the trouble is over")
        self.heal()
        self.dies_in = None
        for _ in range(4):
            self.pass_time(LEASE)
        self.law.inside = self.connected(self.law)
        self.sound_is_what_the_roster_says()
        now = self.world.clock.now.replace(tzinfo=None)
        assert [row for row in self.house.rows("outbox") if row.due_at <= now] == []

    def everything_is_as_the_oracle_says(self) -> None:
        assert len(self.house.rows("space")) == len(self.spaces)
        self.rows_are_the_law()
        self.counts_are_a_recount()
