"""OpenFeature providers: a flag store in memory, and the contract of every provider that Spaces can be steered with.

The contract asks the way Spaces asks: through the SDK, with a member's id as targeting key, kill switches over it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Protocol

import pytest
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason as OpenFeatureReason
from openfeature.provider import FeatureProvider

from ..domain.flag_json import read_state
from ..domain.ids import UserId
from ..domain.rollout import Kill, Reason, State, Value
from ..flags import BY_KEY, FLAGS
from ..integrations.guarded_provider import register
from ..integrations.openfeature import OpenFeatureFlags
from ..services.flags.flag_book import FlagBook
from ..services.seams import Flags

_DOMAINS = count(1)
CODED: Mapping[str, Value] = {flag.key: flag.default for flag in FLAGS}


class FakeFlagStore:
    """Flags and kill switches in memory, instead of the tables. ``reads`` counts how often flags were asked for."""

    def __init__(self) -> None:
        self._states: dict[str, State] = {}
        self._kills: dict[str, Kill] = {}
        self.reads = 0
        self.stamps = 0
        self.is_down = False
        self.has_flags = True
        """False: the table of flags is gone, the one of kill switches is there."""

    def decide(self, key: str, **fields: Any) -> None:
        """Set a flag's state, in the words of its JSON: ``percent=5, allow=["7"]``."""
        version = self._states[key].version + 1 if key in self._states else 1
        state = read_state(key, BY_KEY[key].default, fields, version)
        assert state is not None, f"{fields} is no state of {key}"
        self._states[key] = state

    def kill(self, key: str, mode: Kill | None) -> None:
        """Press a kill switch; None lifts it."""
        self._kills.pop(key, None)
        if mode is not None:
            self._kills[key] = mode

    def stamp(self) -> object:
        """Return what changes with every decision."""
        self.stamps += 1
        self._require(has_flags=True)
        return {key: state.version for key, state in self._states.items()}, dict(self._kills)

    def states(self) -> Mapping[str, State]:
        """Return every state that was decided."""
        self.reads += 1
        self._require(has_flags=True)
        return dict(self._states)

    def kills(self) -> Mapping[str, Kill]:
        """Return the kill switches that are pressed."""
        self._require(has_flags=False)
        return dict(self._kills)

    def _require(self, *, has_flags: bool) -> None:
        if self.is_down or (has_flags and not self.has_flags):
            raise ConnectionError("the store of flags is down")


class Decide(Protocol):
    """``decide(key, value)`` lets the flag service answer that to everybody; with ``member``, to them alone."""

    def __call__(self, key: str, value: object, member: UserId | None = None) -> None: ...


class FlagProviderContract:
    """What every provider must do. Subclass it in a test module and give its three fixtures.

    ``members`` may be replaced by ids that the service knows. Who breaks the service and mends it are callables, since
    each does it its own way.
    """

    members = (UserId("4711"), UserId("4712"))

    @pytest.fixture
    def provider(self) -> FeatureProvider:
        """The provider under test, over a service that knows no flag."""
        raise NotImplementedError("give a fixture 'provider'")

    @pytest.fixture
    def decide(self) -> Decide:
        """Change what the service answers, from the next question on. A value of a wrong type is passed on as it is."""
        raise NotImplementedError("give a fixture 'decide'")

    @pytest.fixture
    def break_down(self) -> Callable[[bool], None]:
        """``break_down(True)``: the service fails from now on; ``False`` mends it."""
        raise NotImplementedError("give a fixture 'break_down'")

    @pytest.fixture
    def store(self) -> FakeFlagStore:
        """Where the kill switches are that lie over the provider."""
        return FakeFlagStore()

    @pytest.fixture
    def moment(self) -> list[datetime]:
        """The present moment, as the one entry."""
        return [datetime(2026, 11, 24, 20, 0, tzinfo=UTC)]

    @pytest.fixture
    def book(self, store: FakeFlagStore, moment: list[datetime]) -> FlagBook:
        """What this process knows of ``store``."""
        return FlagBook(store, lambda: moment[0], CODED)

    @pytest.fixture
    def flags(self, provider: FeatureProvider, book: FlagBook) -> Flags:
        """Flags as Spaces reads them, asked from the provider."""
        return OpenFeatureFlags(book, CODED, lambda _: {"platform": "ios"}, provider)

    @pytest.fixture
    def kill(self, store: FakeFlagStore, moment: list[datetime]) -> Callable[[str, Kill | None], None]:
        """Press a kill switch, None lifts it, and let it be noticed."""

        def press(key: str, mode: Kill | None) -> None:
            store.kill(key, mode)
            moment[0] += timedelta(seconds=5)

        return press

    @pytest.fixture
    def client(self, provider: FeatureProvider) -> OpenFeatureClient:
        """The SDK's client, as Spaces has it."""
        return register(provider, f"contract-{next(_DOMAINS)}")

    @pytest.mark.parametrize("value", [True, False])
    def test_a_release_flag_is_what_the_service_says(self, flags: Flags, decide: Decide, value: bool) -> None:
        """Yes is on and no is off, for members and for who is signed out; the variant is its name."""
        decide("spaces.listen", value)
        for user_id in (*self.members, None):
            assert flags.is_on("spaces.listen", user_id) is value
        assert flags.decision("spaces.listen", self.members[0]).variant == ("on" if value else "off")

    def test_a_limit_is_the_number_that_the_service_says(self, flags: Flags, decide: Decide) -> None:
        """The number, and a number it is: its variant says so too."""
        decide("spaces.max_speakers", 13)
        assert flags.number("spaces.max_speakers", self.members[0]) == 13
        assert flags.decision("spaces.max_speakers", self.members[0]).variant == "13"

    def test_the_member_is_the_targeting_key(self, flags: Flags, decide: Decide) -> None:
        """The service can decide for one member: the others, and who is signed out, are not meant."""
        ada, grace = self.members
        decide("spaces.listen", False)
        decide("spaces.listen", True, ada)
        assert [flags.is_on("spaces.listen", one) for one in (ada, grace, None)] == [True, False, False]

    def test_it_answers_the_same_again(self, flags: Flags, decide: Decide) -> None:
        """Nobody changes sides from one request to the next."""
        decide("spaces.listen", True)
        assert {flags.is_on("spaces.listen", self.members[0]) for _ in range(20)} == {True}

    def test_a_flag_that_the_service_does_not_know_is_as_coded(self, flags: Flags) -> None:
        """Off, or the number in the code; a fallback and no decision, so that nobody counts it."""
        assert flags.is_on("spaces.host", self.members[0]) is False
        assert flags.number("spaces.max_cohosts", None) == CODED["spaces.max_cohosts"]

    @pytest.mark.parametrize("default", [True, False])
    def test_a_key_that_nobody_knows_gives_the_default(self, client: OpenFeatureClient, default: bool) -> None:
        """Whichever way it points, and with the SDK's own word for it."""
        details = client.get_boolean_details("spaces.no-such-flag", default, EvaluationContext(self.members[0]))
        assert (details.value, details.error_code) == (default, ErrorCode.FLAG_NOT_FOUND)

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("spaces.listen", 1),
            ("spaces.listen", "on"),
            ("spaces.max_speakers", True),
            ("spaces.max_speakers", "12"),
            ("spaces.max_speakers", 12.5),
            ("spaces.max_speakers", -1),
        ],
    )
    def test_an_answer_of_another_type_is_as_coded(self, flags: Flags, decide: Decide, key: str, value: object) -> None:
        """A number is no yes, a yes is no number, and no limit is below zero."""
        decide(key, value)
        decided = flags.decision(key, self.members[0])
        assert decided.value == CODED[key]
        assert type(decided.value) is type(CODED[key])

    def test_an_evaluation_has_a_reason_and_a_variant(self, client: OpenFeatureClient, decide: Decide) -> None:
        """What telemetry needs: one of OpenFeature's reasons, the variant's name, and details to go through."""
        decide("spaces.listen", True)
        details = client.get_boolean_details("spaces.listen", False, EvaluationContext(self.members[0]))
        assert details.reason in set(OpenFeatureReason) - {OpenFeatureReason.ERROR}
        assert details.variant
        assert isinstance(dict(details.flag_metadata), dict)
        assert client.provider.get_metadata().name

    @pytest.mark.parametrize("mode", list(Kill))
    def test_a_kill_switch_lies_over_it(
        self, flags: Flags, decide: Decide, kill: Callable[[str, Kill | None], None], mode: Kill
    ) -> None:
        """Whatever the service says: off for everybody, then again as it says."""
        decide("spaces.listen", True)
        kill("spaces.listen", mode)
        assert flags.killed("spaces.listen") is mode
        assert not any(flags.is_on("spaces.listen", one) for one in (*self.members, None))
        assert flags.decision("spaces.listen", self.members[0]).reason is Reason.KILLED
        kill("spaces.listen", None)
        assert flags.killed("spaces.listen") is None
        assert flags.is_on("spaces.listen", self.members[0])

    def test_the_kill_switch_of_what_is_required_lies_over_it(
        self, flags: Flags, decide: Decide, kill: Callable[[str, Kill | None], None]
    ) -> None:
        """Speaking needs listening, which needs Spaces: ending all ends this; what needs it not goes on."""
        for key in ("spaces.enabled", "spaces.listen", "spaces.speak"):
            decide(key, True)
        kill("spaces.speak", Kill.NO_NEW)
        assert flags.is_on("spaces.listen", self.members[0])
        kill("spaces.speak", None)
        kill("spaces.enabled", Kill.END)
        assert flags.killed("spaces.speak") is Kill.END
        assert not flags.is_on("spaces.speak", self.members[0])
        assert not flags.is_on("spaces.listen", self.members[0])

    def test_a_kill_switch_changes_no_number(
        self, flags: Flags, decide: Decide, kill: Callable[[str, Kill | None], None]
    ) -> None:
        """Limits stay what they are."""
        decide("spaces.max_speakers", 13)
        kill("spaces.enabled", Kill.END)
        assert flags.number("spaces.max_speakers", self.members[0]) == 13

    def test_while_the_service_fails_its_last_word_holds(
        self, flags: Flags, decide: Decide, break_down: Callable[[bool], None]
    ) -> None:
        """What it said of a member goes on; of what it never said, what was coded. Mended, it is asked again."""
        decide("spaces.listen", True)
        decide("spaces.max_speakers", 13)
        assert flags.is_on("spaces.listen", self.members[0])
        assert flags.number("spaces.max_speakers", self.members[0]) == 13
        break_down(True)
        assert flags.is_on("spaces.listen", self.members[0])
        assert flags.number("spaces.max_speakers", self.members[0]) == 13
        assert flags.is_on("spaces.host", self.members[0]) is False
        break_down(False)
        decide("spaces.listen", False)
        assert not flags.is_on("spaces.listen", self.members[0])

    def test_a_kill_switch_bites_while_the_service_fails(
        self,
        flags: Flags,
        decide: Decide,
        kill: Callable[[str, Kill | None], None],
        break_down: Callable[[bool], None],
    ) -> None:
        """What shuts things does not hang on what opens them."""
        decide("spaces.listen", True)
        assert flags.is_on("spaces.listen", self.members[0])
        break_down(True)
        kill("spaces.listen", Kill.NO_NEW)
        assert not flags.is_on("spaces.listen", self.members[0])

    def test_no_evaluation_raises_or_logs(
        self, flags: Flags, decide: Decide, break_down: Callable[[bool], None], caplog: pytest.LogCaptureFixture
    ) -> None:
        """All flags, for a member and for nobody, well and broken: at most one line says that it broke."""
        decide("spaces.listen", True)
        with caplog.at_level(logging.INFO):
            self._ask_all(flags)
            assert not caplog.records
            break_down(True)
            for _ in range(3):
                self._ask_all(flags)
        assert len(caplog.records) <= 1

    def _ask_all(self, flags: Flags) -> None:
        for key, coded in CODED.items():
            for user_id in (self.members[0], None):
                assert type(flags.decision(key, user_id).value) is type(coded)

    def test_what_members_do_may_be_told_to_it(self, flags: Flags) -> None:
        """``track`` never raises, whether the provider counts or not."""
        flags.track("room_joined", self.members[0])
        flags.track("listen_seconds", self.members[0], 301.5)
