"""A play of everything that may happen: each step as the app does it and as the oracle judges it.

``Random`` picks who does what to whom, mostly somebody who is apt for it and at times anybody. ``story`` is what
happened, in words.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from spaces_feature.domain.ids import RoomName, SpaceId, UserId
from spaces_feature.domain.media import JoinGrant
from spaces_feature.domain.space import Audience, Speak
from spaces_feature.errors import MediaError, Refusal
from spaces_feature.services import attending, hosting
from spaces_feature.testing.media import FakeClient, JoinError
from tests.world import World

from .checks import Checks
from .deeds import DEEDS, ENDS, apt
from .house import PEOPLE, STAFF, House
from .oracle import Reasons
from .staff_law import WholeLaw

Judge = Callable[[WholeLaw], Reasons]

SPANS = (*[2.5, 7.3, 20.1, 33.7, 62.9] * 4, 611.3, 1807.7, 3607.1)
EDGES = ((5.0, 8.0), (25.0, 36.0), (42.0, 63.0), (596.0, 604.0))
LAW_EVERY, LEASE = 2.0, 6.7
MOST_TALKS = 8
TRIES = 3
"""So often another deed is chosen if there is nobody who could do it, or nobody to do it to."""
WANTS = ("ask", "ask", "ask", "withdraw", "accept_invitation", "accept_invitation", "decline_invitation")
LEADS = ("accept", "accept", "accept", "invite", "invite", "name_cohost", "hand_over", "withdraw_invitation", "decline")
MODERATES = ("mute", "lift_mute", "mute_all", "remove", "lift_removal", "move_to_audience", "dismiss_cohost")
MOVES = ("open_microphone", "close_microphone", "step_down", "leave", "heartbeat", "hand_over")


class Play(Checks):
    """Everything but faults."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.house = House(world)
        self.law = WholeLaw(staff=frozenset({STAFF}))
        self.spaces: list[SpaceId] = []
        self.grants: dict[str, list[JoinGrant]] = {}
        self.clients: dict[str, FakeClient] = {}
        self.seen: dict[tuple[RoomName, str], bool] = {}
        self.law_at: float | None = None
        self.story: list[str] = []

    # How a deed is done and judged.

    def both(self, words: str, judge: Judge, deed: Callable[[], object]) -> str:
        """Do it, and ask the oracle; returns what the app said against it, nothing if it was done."""
        said = self.attempt(deed)
        self.story.append(f"{words}: {said or 'done'}")
        reasons = judge(self.law)
        assert said in reasons if reasons else not said, f"{self.story[-1]}, the oracle: {reasons or 'do'}"
        return said

    def attempt(self, deed: Callable[[], object]) -> str:
        try:
            deed()
        except Refusal as refusal:
            return refusal.code
        return ""

    def some_talk(self, chance: Random) -> int:
        """Mostly one of the live ones, at times any."""
        live = [talk.number for talk in self.law.talks if talk.is_live]
        return chance.choice(live) if live and chance.random() < 0.9 else chance.randrange(len(self.law.talks))

    def somebody(self, chance: Random, talk: int, kind: str) -> UserId:
        """Mostly somebody who is apt for it, at times anybody."""
        known = apt(self.law, self.law.talks[talk], kind) if chance.random() < 0.85 else []
        return UserId(chance.choice(known or PEOPLE))

    # What may happen.

    def begin(self, chance: Random) -> None:
        """A Space with a stage and an audience, so that things may happen at all."""
        host, cohost, speaker, *others = PEOPLE[:6]
        for friend in (speaker, *others):
            self.house.graph.follow(host, friend)
            self.law.follows.add((host, friend))
        self.go_live(
            host, "everyone", chance.choice(["everyone", "everyone", "following"]), chance.random() < 0.5, cohost
        )
        for who in (host, cohost, speaker, *others):
            self.join(0, who, None, arrives=chance.random() < 0.85)
        for actor, name in ((cohost, "accept_invitation"), (speaker, "ask"), (host, "accept")):
            self.try_on(0, actor, name, speaker)

    def step(self, chance: Random) -> None:
        """One thing happens."""
        if not any(talk.is_live for talk in self.law.talks) and chance.random() < 0.8:
            self.start(chance)
            return
        things = self.things()
        do, *deeds = chance.choices([thing[1:] for thing in things], [thing[0] for thing in things])[0]
        do(chance, *deeds)

    def things(self) -> list[tuple[Any, ...]]:
        """What may happen, each with its weight."""
        return [
            (14, self.act, *WANTS),
            (14, self.act, *LEADS),
            (10, self.act, *MODERATES),
            (8, self.act, *MOVES),
            (10, self.act),
            (3, self.start),
            (14, self.come_in),
            (4, self.sneak_in),
            (5, self.drop),
            (6, self.change_the_host_app),
            (12, self.wait),
        ]

    def start(self, chance: Random) -> None:
        if len(self.law.talks) < MOST_TALKS:
            guests = chance.sample(PEOPLE, chance.choice([0, 0, 1, 2, 3]))
            audience = chance.choice(["everyone", "everyone", "followers", "invited"])
            speak = chance.choice(["everyone", "everyone", "following", "invited"])
            self.go_live(chance.choice(PEOPLE), audience, speak, chance.random() < 0.5, *guests)

    def go_live(self, host: UserId, audience: str, speak: str, anonymous: bool, *guests: UserId) -> None:
        plan = hosting.Plan(
            title="Why small software lasts",
            audience=Audience(audience),
            speak=Speak(speak),
            allows_anonymous=anonymous,
            cohost_ids=guests,
        )
        began: list[SpaceId] = []
        self.both(
            f"{host} goes live for {audience}, {speak} may speak, with {guests}",
            lambda law: law.go_live(host, audience, speak, anonymous, sorted(guests)),
            lambda: began.append(hosting.go_live(self.house.seams, host, plan).id),
        )
        self.spaces += began

    def act(self, chance: Random, *names: str) -> None:
        """One of these deeds, or of all."""
        talk = self.some_talk(chance)
        for _ in range(TRIES):
            name = chance.choice(names or [name for name in DEEDS if name not in ENDS or chance.random() < 0.3])
            deed = DEEDS[name]
            if all(apt(self.law, self.law.talks[talk], kind) or kind == "anybody" for kind in (deed.actor, deed.guest)):
                break
        self.try_on(talk, self.somebody(chance, talk, deed.actor), name, self.somebody(chance, talk, deed.guest))

    def try_on(self, talk: int, actor: UserId, name: str, guest: UserId) -> None:
        deed = DEEDS[name]
        self.both(
            f"{actor} tries {name} on {guest} in {talk}",
            lambda law: deed.model(law, law.talks[talk], actor, guest),
            lambda: deed.real(self.house.seams, actor, self.spaces[talk], guest),
        )

    def come_in(self, chance: Random) -> None:
        is_anonymous = chance.choice([None, None, False, True])
        self.join(self.some_talk(chance), chance.choice(PEOPLE), is_anonymous, arrives=chance.random() < 0.8)

    def join(self, talk: int, who: UserId, is_anonymous: bool | None, *, arrives: bool) -> None:
        grants: list[JoinGrant] = []

        def join() -> None:
            joined = attending.join(self.house.seams, who, self.spaces[talk], is_anonymous=is_anonymous)
            grants.append(joined.grant)

        words = f"{who} joins {talk}, anonymous: {is_anonymous}, arrives: {arrives}"
        self.both(words, lambda law: law.join(law.talks[talk], who, is_anonymous), join)
        if grants:
            self.grants.setdefault(who, []).append(grants[0])
        if grants and arrives:
            self.walk_in(talk, who, grants[0])

    def sneak_in(self, chance: Random) -> None:
        """With a grant from earlier, or with what the SFU made of it since."""
        who = chance.choice(PEOPLE)
        held = self.grants.get(who, [])
        if held:
            grant = chance.choice(held)
            claims = self.house.media.read_token(grant.token)
            assert claims is not None
            talk = next(number for number, space in enumerate(self.spaces) if claims.room.startswith(space))
            self.story.append(f"{who} comes into {talk} with an old grant")
            self.walk_in(talk, who, grant)

    def walk_in(self, talk: int, who: UserId, grant: JoinGrant) -> None:
        """A client arrives at the SFU; whether it may stay is for the arrival check."""
        try:
            self.clients[who] = self.house.media.join(grant)
        except (JoinError, MediaError):
            return
        self.grants.setdefault(who, []).append(holding(self.clients[who], grant))
        self.tell_webhooks()
        there = self.law.talks[talk]
        if self.law.present.get(who) is there:
            self.law.arrive(there, who)

    def tell_webhooks(self) -> None:
        """Bring what the SFU has to say."""
        self.house.deliver_all()

    def drop(self, chance: Random) -> None:
        """A train in a tunnel."""
        who = chance.choice(sorted(self.law.inside) or PEOPLE)
        client = self.clients.get(who)
        if client is not None and client.farewell is None:
            self.story.append(f"{who} loses the connection")
            client.leave()
            self.law.inside.pop(who, None)
            self.tell_webhooks()

    def change_the_host_app(self, chance: Random) -> None:
        """Somebody blocks, is barred, is protected, or no longer; at times the host app says so at once."""
        what = chance.choice(["block", "block", "unblock", "follow", "bar", "unbar", "unbar", "protect", "unprotect"])
        who, whom = chance.sample(PEOPLE, 2)
        pairs = {"block": self.law.blocks, "unblock": self.law.blocks, "follow": self.law.follows}
        marks = {"bar": self.law.barred, "protect": self.law.protected}
        if what in pairs:
            getattr(self.house.graph, what)(who, whom)
            (pairs[what].discard if what == "unblock" else pairs[what].add)((who, whom))
        else:
            getattr(self.house.identity, what)(who)
            known = marks[what.removeprefix("un")]
            (known.discard if what.startswith("un") else known.add)(who)
        is_told = chance.random() < 0.5
        self.story.append(f"{what} {who} {whom if what in pairs else ''}, recheck: {is_told}")
        if is_told:
            self.recheck({who, whom})
        else:
            self.pass_time(2.5)

    def recheck(self, named: set[UserId]) -> None:
        self.house.seams.summons.name(named)
        self.house.pulse.beat()
        self.law.recheck(set(named))

    def wait(self, chance: Random) -> None:
        self.pass_time(chance.choice(SPANS), restarts=chance.random() < 0.2)

    def pass_time(self, seconds: float, *, restarts: bool = False) -> None:
        """So much time, at times a restart, and a few rounds of the reconciler at the end of it."""
        if restarts:
            self.restart()
            # Whoever takes over waits until the lease of the process before it is over.
            seconds = max(seconds, LEASE)
        seconds = self.off_the_edges(seconds)
        self.story.append(f"{seconds:.1f} s pass{' over a restart' if restarts else ''}")
        self.world.clock.advance(seconds)
        self.law.now += seconds
        self.look_around()

    def restart(self) -> None:
        """Another process: it remembers nothing but the database."""
        self.house.restart()
        self.law_at = None
        for talk in self.law.talks:
            talk.shown.clear()

    def look_around(self) -> None:
        for _ in range(3):
            self.house.reconciler.round()
            if self.house.reconciler.has_lease:
                is_due = self.law_at is None or self.law.now - self.law_at >= LAW_EVERY
                self.law_at = self.law.now if is_due else self.law_at
                self.law.round(law=is_due)
        self.house.pulse.beat()

    def off_the_edges(self, seconds: float) -> float:
        """The database knows to some seconds when somebody was seen: not the moment at which that would matter."""
        absent = {
            self.law.now - max(talk.signs.get(who, since), since)
            for talk in self.law.talks
            for who, since in [
                *((who, place.since) for who, place in talk.stage.items()),
                *talk.waiting.items(),
                *((who, 0.0) for who, where in self.law.present.items() if where is talk),
            ]
            if talk.is_live and who not in self.law.inside
        }
        while any(any(low < quiet + seconds < high for low, high in EDGES) for quiet in absent):
            seconds += 2.9
        return seconds


def holding(client: FakeClient, like: JoinGrant) -> JoinGrant:
    """A grant with the token that the SFU made of it for this client."""
    return JoinGrant(like.url, client.token, like.identity, like.expires_at)
