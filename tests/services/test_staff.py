"""What the team does in any Space: warn, remove, freeze, end; what is written down of it, and what they read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from spaces_feature import signals
from spaces_feature.domain.audit import AuditEntry
from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.reports import Category, Outcome, Report
from spaces_feature.domain.space import EndReason, Role, Space, State
from spaces_feature.domain.views import ViewerClass, class_of
from spaces_feature.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from spaces_feature.services import attending, changing, hosting, moderating, staging
from spaces_feature.services.finding import discovery
from spaces_feature.services.finding.index import LiveIndex
from spaces_feature.services.law import casework, reporting, staff, staff_views
from spaces_feature.services.planning import inviting
from tests.world import World

from .visits import SPEAKER, enter, owed_calls, present

WHY = "Threats, heard by two of us."


@pytest.fixture
def audited(world: World) -> Iterator[list[AuditEntry]]:
    """What the host app is told by signal."""
    world.identity.make_staff(world.user("pam"))
    heard: list[AuditEntry] = []

    def hear(app: object, entry: AuditEntry) -> None:
        heard.append(entry)

    with signals.audited.connected_to(hear, sender=world.app):
        yield heard


def act(
    world: World,
    action: str,
    space: Space,
    member: str | None = None,
    *,
    who: str = "pam",
    reason: str = WHY,
    **more: Any,
) -> Space:
    """Let the team act on somebody by name."""
    whom = world.user(member) if member else None
    order = staff.Order(action=staff.StaffAction(action), reason=reason, member=more.pop("as_id", whom), **more)
    return staff.act(world.seams, world.user(who), space.id, order)


def report(world: World, who: str, space: Space, about: str | None = None) -> Report:
    named = world.user(about) if about else None
    return reporting.report(world.seams, world.user(who), space.id, Category.HATE, about=named)


def written(world: World, space: Space) -> list[dict[str, Any]]:
    """The Space's audit as staff read it."""
    lines: list[dict[str, Any]] = staff_views.audit(world.seams, world.user("pam"), space.id)["data"]
    return lines


def kinds(world: World, space: Space) -> list[str]:
    return sorted(line["kind"] for line in written(world, space) if line["acting_as"] == "staff")


# -- who may --


@pytest.mark.parametrize("action", list(staff.StaffAction))
def test_only_the_team_may(world: World, audited: list[AuditEntry], action: str) -> None:
    """Hosts, co-hosts and strangers are refused alike, and nothing happens; suspended staff are refused as well."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    before = world.space(space.id)
    audited.clear()
    for who in ("ada", "grace", "tim"):
        with pytest.raises(Forbidden) as refused:
            act(world, action, space, "grace", who=who)
        assert refused.value.code == "staff_only"
    world.identity.bar(world.user("pam"))
    with pytest.raises(Forbidden) as refused:
        act(world, action, space, "grace")
    assert refused.value.code == "barred"
    assert world.space(space.id) == before
    assert audited == []


def test_reading_is_for_the_team_too(world: World, audited: list[AuditEntry]) -> None:
    """Queue, report, audit, what is live and one Space: a host reads none of it, not even of their own Space."""
    space = world.go_live("ada")
    made = report(world, "tim", space, "ada")
    reads: list[Callable[[Any], object]] = [
        lambda who: casework.queue(world.seams, who, is_open=True),
        lambda who: casework.one(world.seams, who, made.id),
        lambda who: casework.close(world.seams, who, made.id, Outcome.DISMISSED),
        lambda who: staff_views.audit(world.seams, who, space.id),
        lambda who: staff_views.live(world.seams, who),
        lambda who: staff_views.waiting(world.seams, who),
        lambda who: staff_views.one(world.seams, who, space.id),
    ]
    for read in reads:
        for who in ("ada", "tim"):
            with pytest.raises(Forbidden, match="staff_only"):
                read(world.user(who))
        assert read(world.user("pam"))


def test_neither_blocks_nor_audiences_keep_the_team_out(world: World, audited: list[AuditEntry]) -> None:
    """A host who blocked the moderator, in a Space for followers, is moderated all the same."""
    space = world.go_live("ada", audience="followers")
    world.graph.block(world.user("ada"), world.user("pam"))
    with pytest.raises(NotFound):
        reporting.recent_speakers(world.seams, world.user("pam"), space.id)
    assert act(world, "freeze", space).is_frozen
    assert staff_views.one(world.seams, world.user("pam"), space.id)["space"]["is_frozen"]


@pytest.mark.parametrize("action", ["warn", "remove"])
def test_after_the_end_the_way_on_leads_to_the_host_app(world: World, audited: list[AuditEntry], action: str) -> None:
    """Grace is warned or removed while the Space is live; once it is over the team is told where to go instead."""
    space = world.go_live("ada")
    attending.join(world.seams, world.user("linus"), space.id)
    attending.join(world.seams, world.user("grace"), space.id)
    act(world, action, space, "linus")
    hosting.end_space(world.seams, world.user("ada"), space.id)
    with pytest.raises(WrongState) as refused:
        act(world, action, space, "grace")
    assert "suspend them there" in refused.value.way_on
    assert [entry.whom for entry in audited if entry.acting_as == "staff"] == [world.user("linus")]


def test_words_that_people_write_are_kept(world: World, audited: list[AuditEntry]) -> None:
    """A family of emoji, an unbreakable blank and a line of Arabic are a reason like any other."""
    reason = "\U0001f468\u200d\U0001f469\u200d\U0001f467 10\u00a0min\n\u062a\u0647\u062f\u064a\u062f"
    act(world, "freeze", world.go_live("ada"), reason=reason)
    assert audited[-1].reason == reason


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 281, "nul \0", "half \ud800", "turned \u202e round"])
def test_an_act_needs_its_reason(world: World, audited: list[AuditEntry], reason: str) -> None:
    """Nothing, too much or no text: refused, and nothing happens."""
    space = world.go_live("ada")
    with pytest.raises(Invalid) as refused:
        act(world, "freeze", space, reason=reason)
    assert refused.value.data["field"] == "reason"
    assert not world.space(space.id).is_frozen


@pytest.mark.parametrize("action", ["warn", "remove", "lift_removal"])
def test_some_acts_need_somebody(world: World, audited: list[AuditEntry], action: str) -> None:
    """Without a member, or with one whom nobody knows, nothing is done."""
    space = world.go_live("ada")
    with pytest.raises(Invalid, match="member_missing"):
        act(world, action, space)
    with pytest.raises(NotFound):
        act(world, action, space, as_id="anonymous:x")
    if action != "lift_removal":
        for nobody in ("nobody", "nul\0"):
            with pytest.raises(NotFound, match="never_there"):
                act(world, action, space, as_id=nobody)
    assert world.space(space.id) == space


# -- warn --


def test_a_warning_reaches_one_member(world: World, audited: list[AuditEntry]) -> None:
    """The words arrive on their screen and nobody else's, unversioned; the Space is as it was; it is written down."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    fresh = world.space(space.id)
    for name in ("ada", "grace"):
        world.listener.watch(space.id, world.user(name), class_of(fresh, world.user(name)))
    audited.clear()
    assert act(world, "warn", space, "grace", reason="Please stay kind.") == fresh
    (heard,) = world.listener.inbox[world.user("grace")]
    assert (heard["type"], heard["version"], heard["after"]) == ("warned", None, None)
    assert heard["data"] == {"words": "Please stay kind."}
    assert world.listener.inbox[world.user("ada")] == []
    (entry,) = audited
    assert (entry.kind, entry.actor, entry.acting_as) == ("warned", world.user("pam"), "staff")
    assert (entry.whom, entry.reason) == (world.user("grace"), "Please stay kind.")


def test_who_is_not_there_cannot_be_warned(world: World, audited: list[AuditEntry]) -> None:
    """Nor can anybody once the Space has ended: there would be no screen to read it on."""
    space = world.go_live("ada")
    with pytest.raises(NotFound):
        act(world, "warn", space, "tim")
    hosting.end_space(world.seams, space.host_id, space.id)
    with pytest.raises(WrongState):
        act(world, "warn", space, "ada")
    assert kinds(world, space) == []


# -- remove --


def test_a_removed_speaker_is_out_at_the_sfu(world: World, audited: list[AuditEntry]) -> None:
    """Connection, stay and seat are gone, coming back is refused, and the SFU's answer stands below the act."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    client = enter(world, "grace", space)
    audited.clear()
    after = act(world, "remove", space, "grace")
    assert client.farewell == "PARTICIPANT_REMOVED"
    assert after.seat_of(world.user("grace")) is None
    assert world.user("grace") not in present(world, space)
    with pytest.raises(Forbidden, match="removed"):
        attending.join(world.seams, world.user("grace"), space.id)
    (entry,) = audited
    assert (entry.kind, entry.acting_as, entry.reason) == ("removed", "staff", WHY)
    (answered,) = [line for line in written(world, space) if line["about"] == entry.id]
    assert (answered["kind"], answered["reason"], answered["answer"]) == ("sfu_answered", "remove", "done")


def test_what_the_team_removed_no_host_lifts(world: World, audited: list[AuditEntry]) -> None:
    """Not even whom the host had removed before; the host is told that it was the team, not who of them or why."""
    space = world.go_live("ada")
    moderating.remove(world.seams, space.host_id, space.id, world.user("tim"), "ours")
    act(world, "remove", space, "tim")
    act(world, "remove", space, "grace")
    for name in ("tim", "grace"):
        with pytest.raises(Forbidden) as refused:
            moderating.lift_removal(world.seams, space.host_id, space.id, world.user(name))
        assert refused.value.code == "removed_by_staff"
    rows = moderating.removals(world.seams, space.host_id, space.id)["data"]
    assert [(row["by"], row["reason"], row["is_by_staff"]) for row in rows] == [(None, "", True)] * 2
    assert kinds(world, space) == ["removed", "removed"]
    act(world, "remove", space, "tim")
    assert kinds(world, space) == ["removed", "removed"]


def test_who_the_team_removed_is_not_told_that_a_host_did(world: World, audited: list[AuditEntry]) -> None:
    """The last event and every refusal say ``staff``, also where a host had removed them first; lifted, it is over."""
    space = world.go_live("ada")
    moderating.remove(world.seams, space.host_id, space.id, world.user("tim"), "")
    world.listener.watch(space.id, world.user("grace"), ViewerClass.AUDIENCE)
    for name in ("tim", "grace"):
        act(world, "remove", space, name)
        with pytest.raises(Forbidden) as refused:
            attending.join(world.seams, world.user(name), space.id)
        assert (refused.value.code, refused.value.data) == ("removed", {"by": "staff"})
    [farewell] = world.listener.inbox[world.user("grace")]
    assert farewell["data"] == {"code": "removed", "by": "staff"}
    act(world, "lift_removal", space, "tim")
    moderating.remove(world.seams, space.host_id, space.id, world.user("tim"), "")
    with pytest.raises(Forbidden) as refused:
        attending.join(world.seams, world.user("tim"), space.id)
    assert refused.value.data == {"by": "host"}


def test_a_host_lifts_their_own_removals_as_ever(world: World, audited: list[AuditEntry]) -> None:
    """And the team lifts both kinds."""
    space = world.go_live("ada")
    moderating.remove(world.seams, space.host_id, space.id, world.user("tim"), "ours")
    assert moderating.lift_removal(world.seams, space.host_id, space.id, world.user("tim")).removed == frozenset()
    moderating.remove(world.seams, space.host_id, space.id, world.user("tim"), "again")
    act(world, "remove", space, "grace")
    for name in ("tim", "grace"):
        act(world, "lift_removal", space, name)
        attending.join(world.seams, world.user(name), space.id)
    assert world.space(space.id).removed == frozenset()


def test_a_removed_host_without_cohost_ends_the_space(world: World, audited: list[AuditEntry]) -> None:
    """Ended by the team, its stage readable for others; the host cannot come back; the act and the end are written."""
    space = world.go_live("ada")
    host, listener = enter(world, "ada", space), enter(world, "tim", space)
    audited.clear()
    after = act(world, "remove", space, "ada")
    assert (after.state, after.end_reason) == (State.ENDED, EndReason.STAFF)
    assert [seat.user_id for seat in after.seats] == [world.user("ada")]
    assert (host.farewell, listener.farewell) == ("ROOM_DELETED", "ROOM_DELETED")
    assert present(world, space) == []
    assert {(entry.kind, entry.whom) for entry in audited} == {
        ("removed", world.user("ada")),
        ("ended", world.user("ada")),
    }
    with pytest.raises(Forbidden, match="removed"):
        reporting.recent_speakers(world.seams, world.user("ada"), space.id)


def test_a_removed_host_is_followed_by_a_cohost(world: World, audited: list[AuditEntry]) -> None:
    """The Space goes on without its host; the new host may not let the old one back in."""
    space = world.go_live("ada")
    host = enter(world, "ada", space)
    world.seat(space, "grace")
    enter(world, "grace", space)
    inviting.invite(world.seams, space.host_id, space.id, world.user("grace"), Role.COHOST)
    inviting.accept(world.seams, world.user("grace"), space.id)
    after = act(world, "remove", space, "ada")
    assert (after.state, after.host_id) == (State.LIVE, world.user("grace"))
    assert after.seat_of(world.user("ada")) is None
    assert host.farewell == "PARTICIPANT_REMOVED"
    assert kinds(world, space) == ["handed_over", "removed"]
    with pytest.raises(Forbidden, match="removed_by_staff"):
        moderating.lift_removal(world.seams, world.user("grace"), space.id, world.user("ada"))


def test_who_listens_anonymously_is_removed_by_pseudonym(world: World, audited: list[AuditEntry]) -> None:
    """The team sees a number too, and removes whom it means."""
    space = hosting.go_live(world.seams, world.user("ada"), hosting.Plan(title="Open ears", allows_anonymous=True))
    attending.join(world.seams, world.user("linus"), space.id, is_anonymous=True)
    (row,) = staff_views.one(world.seams, world.user("pam"), space.id)["audience"]
    assert row["user_id"].startswith("anonymous:")
    assert row["profile"]["name"] == "Anonymous 1"
    act(world, "remove", space, as_id=row["user_id"])
    assert present(world, space) == []
    (removed,) = staff_views.one(world.seams, world.user("pam"), space.id)["removals"]
    assert removed["profile"]["name"] == "Anonymous 1"


# -- freeze --


def test_a_frozen_stage_is_silent_until_it_is_opened(world: World, audited: list[AuditEntry]) -> None:
    """Host and speakers lose the right to publish at the SFU; nobody opens a microphone; unfrozen, they may again."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    clients = [enter(world, name, space) for name in ("ada", "grace")]
    for name in ("ada", "grace"):
        staging.set_microphone(world.seams, world.user(name), space.id, is_open=True)
    after = act(world, "freeze", space)
    assert after.is_frozen
    assert [seat.is_muted for seat in after.seats] == [True, True]
    assert [client.rights.can_publish for client in clients] == [False, False]
    for name in ("ada", "grace"):
        with pytest.raises(WrongState, match="stage_frozen"):
            staging.set_microphone(world.seams, world.user(name), space.id, is_open=True)
    assert act(world, "freeze", space).version == after.version
    opened = act(world, "unfreeze", space)
    assert [seat.is_muted for seat in opened.seats] == [True, True]
    assert [client.rights for client in clients] == [SPEAKER, SPEAKER]
    staging.set_microphone(world.seams, world.user("grace"), space.id, is_open=True)
    assert kinds(world, space) == ["frozen", "unfrozen"]


# -- end --


def test_an_ended_space_leaves_strip_and_search_in_the_same_transaction(
    world: World, audited: list[AuditEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEC-28: whoever reads right after the commit, before the SFU was even called, finds it nowhere."""
    world.graph.follow(world.user("grace"), world.user("ada"))
    space = world.go_live("ada")
    assert [entry["space"]["id"] for entry in discovery.strip(world.seams, world.user("grace"))] == [space.id]
    seen: list[object] = []

    def look(*_: object) -> None:
        another_process = replace(world.seams, index=LiveIndex())
        discovery.load_index(another_process)
        seen.append(discovery.strip(another_process, world.user("grace")))
        with world.seams.store.begin() as work:
            seen.append(work.live())

    monkeypatch.setattr(changing, "settle_calls", look)
    after = act(world, "end", space)
    assert discovery.strip(world.seams, world.user("grace")) == []
    assert seen == [[], []]
    assert (after.state, after.end_reason) == (State.ENDED, EndReason.STAFF)
    assert staff_views.live(world.seams, world.user("pam")) == []


def test_ending_again_changes_nothing(world: World, audited: list[AuditEntry]) -> None:
    """What a host ended stays the host's end."""
    space = world.go_live("ada")
    hosting.end_space(world.seams, space.host_id, space.id)
    audited.clear()
    assert act(world, "end", space).end_reason is EndReason.HOST
    assert audited == []


def test_with_the_sfu_away_the_end_holds_and_the_debt_is_kept(world: World, audited: list[AuditEntry]) -> None:
    """The Space is over for everybody; the room's deletion is owed, and the audit says that nobody answered."""
    space = world.go_live("ada")
    enter(world, "tim", space)
    world.media.is_reachable = False
    act(world, "end", space)
    assert world.space(space.id).state is State.ENDED
    assert owed_calls(world) == ["delete_room"]
    answers = [line["answer"] for line in written(world, space) if line["kind"] == "sfu_answered"]
    assert answers == ["unavailable"]


# -- reports --


def test_the_queue_says_what_was_and_what_is(world: World, audited: list[AuditEntry]) -> None:
    """Oldest first, with reporter and reported, the context of then, and whether it still goes on."""
    space = world.go_live("ada", "Night trains")
    world.seat(space, "grace")
    first = report(world, "tim", space, "grace")
    world.clock.advance(60)
    second = report(world, "linus", space)
    rows = casework.queue(world.seams, world.user("pam"), is_open=True)["data"]
    assert [row["id"] for row in rows] == [first.id, second.id]
    assert (rows[0]["reporter"]["username"], rows[0]["profile"]["username"]) == ("tim", "grace")
    assert [seat["profile"]["username"] for seat in rows[0]["context"]["stage"]] == ["ada", "grace"]
    now = {"state": "live", "title": "Night trains", "is_frozen": False, "participant_count": 1}
    assert rows[0]["now"] == {**now, "role": "speaker", "is_removed": False}
    assert rows[1]["now"] == {**now, "role": None, "is_removed": False}
    act(world, "remove", space, "grace")
    hosting.end_space(world.seams, space.host_id, space.id)
    (row, _) = casework.queue(world.seams, world.user("pam"), is_open=True)["data"]
    assert (row["now"]["state"], row["now"]["role"], row["now"]["is_removed"]) == ("ended", None, True)


def test_the_queue_is_read_page_by_page(world: World, audited: list[AuditEntry]) -> None:
    """Each report once, also those of the same moment; closed ones come latest first."""
    made = []
    for host in ("ada", "grace", "alan", "linus", "margaret"):
        space = world.go_live(host)
        for name in ("tim", "pam", "kwame"):
            made += [report(world, name, space), report(world, name, space, host)]
        world.clock.advance(1)
    pages: list[list[str]] = []
    cursor: str | None = None
    while not pages or cursor is not None:
        page = casework.queue(world.seams, world.user("pam"), is_open=True, after=cursor)
        pages.append([row["id"] for row in page["data"]])
        cursor = page["next_cursor"]
    assert [len(page) for page in pages] == [20, 10]
    assert {one for page in pages for one in page} == {one.id for one in made}
    for one in made[:22]:
        world.clock.advance(1)
        casework.close(world.seams, world.user("pam"), one.id, Outcome.DISMISSED)
    first = casework.queue(world.seams, world.user("pam"), is_open=False)
    second = casework.queue(world.seams, world.user("pam"), is_open=False, after=first["next_cursor"])
    assert [row["id"] for row in first["data"] + second["data"]] == [one.id for one in reversed(made[:22])]
    with pytest.raises(Invalid, match="bad_cursor"):
        casework.queue(world.seams, world.user("pam"), is_open=True, after="tomorrow~x")


def test_closing_a_report(world: World, audited: list[AuditEntry]) -> None:
    """It leaves the queue, says who closed it and why, and is written down; again is fine, a colleague is refused."""
    world.identity.make_staff(world.user("kwame"))
    space = world.go_live("ada")
    made = report(world, "tim", space, "ada")
    audited.clear()
    row = casework.close(world.seams, world.user("pam"), made.id, Outcome.DISMISSED, " A joke among friends. ")
    assert (row["state"], row["outcome"], row["note"]) == ("closed", "dismissed", "A joke among friends.")
    assert row["closer"]["username"] == "pam"
    assert casework.queue(world.seams, world.user("pam"), is_open=True)["data"] == []
    (entry,) = audited
    assert (entry.kind, entry.about, entry.answer) == ("report_closed", made.id, "dismissed")
    assert casework.close(world.seams, world.user("pam"), made.id, Outcome.DISMISSED, "else") == row
    with pytest.raises(Conflict, match="report_closed"):
        casework.close(world.seams, world.user("kwame"), made.id, Outcome.DISMISSED)
    with pytest.raises(Conflict, match="report_closed"):
        casework.close(world.seams, world.user("pam"), made.id, Outcome.ACTED)
    with pytest.raises(NotFound, match="no_report"):
        casework.close(world.seams, world.user("pam"), "nothing", Outcome.ACTED)
    assert len(audited) == 1


@pytest.mark.parametrize("action", ["warn", "remove", "freeze", "end"])
def test_an_act_answers_its_report(world: World, audited: list[AuditEntry], action: str) -> None:
    """The report is closed as acted upon together with the act, and both are told to the host app."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    made = report(world, "tim", space, "grace")
    audited.clear()
    act(world, action, space, "grace", report_id=made.id)
    row = casework.one(world.seams, world.user("pam"), made.id)
    assert (row["state"], row["outcome"], row["note"]) == ("closed", "acted", WHY)
    kind = {"warn": "warned", "remove": "removed", "freeze": "frozen", "end": "ended"}[action]
    assert sorted(entry.kind for entry in audited) == sorted([kind, "report_closed"])


def test_what_is_so_already_still_answers_its_report(world: World, audited: list[AuditEntry]) -> None:
    """A second report of a stage that is frozen is closed by freezing it again."""
    space = world.go_live("ada")
    act(world, "freeze", space)
    made = report(world, "tim", space)
    act(world, "freeze", space, report_id=made.id)
    assert casework.one(world.seams, world.user("pam"), made.id)["state"] == "closed"


def test_a_report_of_another_space_stops_the_act(world: World, audited: list[AuditEntry]) -> None:
    """A wrong report id is a mistake: nothing is done."""
    space, other = world.go_live("ada"), world.go_live("grace")
    made = report(world, "tim", other)
    for report_id in (made.id, "nothing"):
        with pytest.raises(NotFound, match="no_report"):
            act(world, "freeze", space, report_id=report_id)
    assert not world.space(space.id).is_frozen
    assert casework.one(world.seams, world.user("pam"), made.id)["state"] == "open"


# -- reading --


def test_the_audit_is_read_page_by_page(world: World, audited: list[AuditEntry]) -> None:
    """Oldest first, with faces, each line once."""
    space = world.go_live("ada")
    for number in range(60):
        world.clock.advance(1)
        act(world, "unfreeze" if number % 2 else "freeze", space)
    pages: list[list[dict[str, Any]]] = []
    cursor: str | None = None
    while not pages or cursor is not None:
        page = staff_views.audit(world.seams, world.user("pam"), space.id, after=cursor)
        pages.append(page["data"])
        cursor = page["next_cursor"]
    lines = [line for page in pages for line in page]
    assert [len(page) for page in pages[:-1]] == [50] * (len(pages) - 1)
    assert len([line for line in lines if line["acting_as"] == "staff"]) == 60
    assert len({line["id"] for line in lines}) == len(lines)
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert {line["actor_profile"]["username"] for line in lines if line["acting_as"] == "staff"} == {"pam"}
    with pytest.raises(NotFound):
        staff_views.audit(world.seams, world.user("pam"), SpaceId(space.id.swapcase()))


def test_what_is_live_with_reports_first(world: World, audited: list[AuditEntry]) -> None:
    """Every live Space, whoever may listen to it; those that members report stand on top."""
    crowded, hidden = world.go_live("ada"), world.go_live("grace", audience="following")
    for name in ("tim", "linus"):
        attending.join(world.seams, world.user(name), crowded.id)
    over = world.go_live("alan")
    hosting.end_space(world.seams, over.host_id, over.id)

    def seen() -> list[tuple[str, int, int]]:
        rows = staff_views.live(world.seams, world.user("pam"))
        return [(row["id"], row["reports"], row["participant_count"]) for row in rows]

    assert seen() == [(crowded.id, 0, 2), (hidden.id, 0, 0)]
    world.graph.follow(world.user("grace"), world.user("margaret"))
    report(world, "margaret", hidden, "grace")
    assert seen() == [(hidden.id, 1, 0), (crowded.id, 0, 2)]
    assert staff_views.waiting(world.seams, world.user("pam")) == {"live": 2, "reports": 1}


def test_one_space_with_everyone_in_it(world: World, audited: list[AuditEntry]) -> None:
    """Stage, who spoke lately but sits in the audience, the audience, and the reports of this Space alone."""
    space, other = world.go_live("ada"), world.go_live("alan")
    world.seat(space, "grace")
    staging.set_microphone(world.seams, world.user("grace"), space.id, is_open=True)
    staging.leave_stage(world.seams, world.user("grace"), space.id, world.user("grace"))
    attending.join(world.seams, world.user("tim"), space.id)
    made = report(world, "tim", space, "grace")
    report(world, "tim", other)
    found = staff_views.one(world.seams, world.user("pam"), space.id)
    assert [seat["profile"]["username"] for seat in found["stage"]] == ["ada"]
    assert [one["profile"]["username"] for one in found["recent_speakers"]] == ["grace"]
    assert sorted(one["profile"]["username"] for one in found["audience"]) == ["grace", "tim"]
    assert [one["id"] for one in found["reports"]] == [made.id]
    world.clock.now += timedelta(minutes=6)
    assert staff_views.one(world.seams, world.user("pam"), space.id)["recent_speakers"] == []
