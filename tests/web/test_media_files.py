"""Sound over HTTP: who hears what a link leads to, from the first moment to the last, and who does not."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from spaces_feature.domain.clips import ClipState, Source, Window
from spaces_feature.domain.playlists import held_name
from spaces_feature.domain.rollout import Kill
from spaces_feature.errors import StorageDown, Unavailable
from spaces_feature.services import attending, hosting, moderating
from spaces_feature.services.flags import flag_kills
from tests.hall import PREFIX, Hall, a_hall
from tests.media_strings import strings
from tests.web.test_gate import statements
from tests.web.visitor import SAME_ORIGIN, Visitor

GONE, OVER = (404, "not_found"), (403, "link_over")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with a_hall(tmp_path) as made:
        yield made


class Browser(Visitor):
    """A member's browser with its ear; ``None`` is signed out and has none."""

    def __init__(self, hall: Hall, name: str | None) -> None:
        super().__init__(hall.world, name)
        if self.user_id is not None:
            self.client.set_cookie("spaces_ear", hall.seams.ids.ear(self.user_id), path="/spaces/media")

    def fetch(self, url: str, **headers: str) -> TestResponse:
        with self.signed_in():
            return self.client.get(url, headers=headers)

    def gate(self, url: str) -> TestResponse:
        """Ask as nginx does, with all that the browser sent."""
        self.client.set_cookie("spaces_ear", self._ear(), path="/spaces/media-gate")
        return self.fetch("/spaces/media-gate", **{"X-Spaces-Media": url.removeprefix(PREFIX)})

    def _ear(self) -> str:
        cookie = self.client.get_cookie("spaces_ear", path="/spaces/media")
        return cookie.value if cookie else ""


def verdict(answer: TestResponse) -> tuple[int, str]:
    """Status and code; a refusal that a cache might keep fails the test."""
    if answer.status_code in (200, 206):
        return answer.status_code, ""
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, answer.json["code"]


def asked(browser: Browser, url: str) -> tuple[int, str]:
    """The verdict on a link, in which app and gate agree."""
    answer, gate = browser.fetch(url), browser.gate(url)
    assert gate.data == b""
    assert gate.status_code == (204 if answer.status_code == 200 else 403), (answer.status_code, answer.data)
    assert (gate.headers["X-Accel-Expires"] == "0") or gate.status_code == 204
    return verdict(answer)


HEARD = (200, "")


def test_a_join_brings_all_that_it_takes_to_hear(hall: Hall) -> None:
    """The answer to a join has the playlist and the cookie for it, segments lie beside it, and types are right."""
    space = hall.world.go_live("ada")
    hall.listen(space, "grace")
    grace = Visitor(hall.world, "grace")
    joined = grace.post(f"/spaces/{space.id}/join")
    (cookie,) = joined.headers.getlist("Set-Cookie")
    assert cookie.split("; ")[1:] == ["HttpOnly", "Path=/spaces/media", "SameSite=Lax"]
    url = joined.json["url"]
    playlist = grace.page(url)
    assert (playlist.status_code, playlist.mimetype) == (200, "application/vnd.apple.mpegurl")
    assert playlist.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in playlist.headers
    segment = grace.page(url.replace("index.m3u8", "00000012.m4s"))
    assert (segment.status_code, segment.mimetype) == (200, "audio/mp4")
    assert segment.data.endswith(b"00000012.m4s")
    assert grace.page(url.replace("index.m3u8", "00000013.m4s")).status_code == 404


def test_the_cookie_comes_with_links_alone(hall: Hall) -> None:
    """An answer without a link brings no cookie, each one with a link brings the asker's own."""
    space = hall.world.go_live("ada")
    grace = Visitor(hall.world, "grace")
    assert "Set-Cookie" not in grace.get(f"/spaces/{space.id}").headers
    for name in ("grace", "alan"):
        cookie = Visitor(hall.world, name).post(f"/spaces/{space.id}/join").headers["Set-Cookie"]
        assert cookie.startswith(f"spaces_ear={hall.seams.ids.ear(hall.world.user(name))};")


def test_a_guest_hears_by_a_link_of_their_own(hall: Hall) -> None:
    """Who listens signed out gets a link and a cookie like a member, and nobody else hears by them."""
    space = hall.world.go_live("ada", allows_guests=True)
    hall.listen(space, "alan")
    guest = Visitor(hall.world, None)
    url = guest.post(f"/spaces/{space.id}/join").json["url"]
    assert guest.page(url).status_code == 200
    assert asked(Browser(hall, None), url) == OVER
    assert asked(Browser(hall, "grace"), url) == OVER


def test_links_are_nobody_elses(hall: Hall) -> None:
    """Another member, one with the right cookie who is signed in as somebody else, and one without: all are refused."""
    space = hall.world.go_live("ada")
    url = hall.listen(space, "grace")
    hall.listen(space, "alan")
    grace, alan = Browser(hall, "grace"), Browser(hall, "alan")
    assert asked(grace, url) == HEARD
    assert asked(alan, url) == OVER
    assert asked(Browser(hall, None), url) == OVER
    thief = Browser(hall, "alan")
    thief.client.set_cookie("spaces_ear", grace._ear(), path="/spaces/media")
    assert asked(thief, url) == OVER
    bare = Browser(hall, "grace")
    bare.client.delete_cookie("spaces_ear", path="/spaces/media")
    assert asked(bare, url) == OVER


def test_a_link_is_over_when_it_says_so(hall: Hall) -> None:
    """It opens to its last second, and not one later, however often it was used (SEC-22)."""
    space = hall.world.go_live("ada")
    url, grace = hall.listen(space, "grace"), Browser(hall, "grace")
    hall.world.clock.advance(599)
    attending.heartbeat(hall.seams, hall.world.user("grace"), space.id)
    assert asked(grace, url) == HEARD
    hall.world.clock.advance(1)
    assert asked(grace, url) == OVER


def test_five_hundred_strings_get_nothing(hall: Hall, tmp_path: Path) -> None:
    """Guessed, rewritten, encoded, climbing: whatever is made of a good link leads nowhere, here or at the gate."""
    (tmp_path / "secret.txt").write_text("nobody may read this")
    space = hall.world.go_live("ada")
    url, grace = hall.listen(space, "grace").replace("index.m3u8", "00000012.m4s"), Browser(hall, "grace")
    tried = strings(url.removeprefix(PREFIX))
    assert len(tried) >= 500
    for one in tried:
        answer = grace.fetch(one)
        assert answer.status_code in (403, 404), one
        assert b"sound of" not in answer.data
        assert grace.gate(one.replace("\n", "")).status_code == 403, one
    assert asked(grace, url) == HEARD


def ended(hall: Hall, space: Any) -> None:
    hosting.end_space(hall.seams, space.host_id, space.id)


def kill(hall: Hall, key: str, mode: Kill) -> None:
    flag_kills.kill(hall.seams, None, key, mode, "For a test")


LEAVING: dict[str, tuple[Callable[[Hall, Any], object], tuple[int, str]]] = {
    "left": (
        lambda hall, space: attending.leave(hall.seams, hall.world.user("grace"), space.id),
        (403, "not_listening"),
    ),
    "removed": (
        lambda hall, space: moderating.remove(hall.seams, space.host_id, space.id, hall.world.user("grace"), ""),
        (403, "removed"),
    ),
    "blocked": (lambda hall, space: hall.world.graph.block(space.host_id, hall.world.user("grace")), GONE),
    "suspended": (lambda hall, space: hall.world.identity.bar(hall.world.user("grace")), (403, "barred")),
    "on stage": (lambda hall, space: hall.world.seat(space, "grace"), (403, "not_listening")),
    "over": (ended, GONE),
    "switched off": (lambda hall, space: kill(hall, "spaces.hls", Kill.END), (403, "switched_off")),
}


@pytest.mark.parametrize("how", LEAVING)
def test_who_may_listen_no_more_hears_no_more(hall: Hall, how: str) -> None:
    """From that very moment on the old link is refused, and others hear on where there is anything to hear."""
    space = hall.world.go_live("ada")
    url, alans = hall.listen(space, "grace"), hall.listen(space, "alan")
    grace, alan = Browser(hall, "grace"), Browser(hall, "alan")
    assert asked(grace, url) == HEARD
    happens, expected = LEAVING[how]
    happens(hall, space)
    if how == "on stage":
        attending.join(hall.seams, hall.world.user("grace"), space.id)
    assert asked(grace, url) == expected
    assert asked(alan, alans) == (expected if how in ("over", "switched off") else HEARD)


def test_what_runs_goes_on_when_nothing_new_begins(hall: Hall) -> None:
    """A kill switch for new things, and Spaces switched off for everybody, leave who hears something alone."""
    space = hall.world.go_live("ada")
    url, grace = hall.listen(space, "grace"), Browser(hall, "grace")
    kill(hall, "spaces.hls", Kill.NO_NEW)
    assert asked(grace, url) == HEARD
    kill(hall, "spaces.enabled", Kill.NO_NEW)
    assert asked(grace, url) == HEARD


def test_segments_of_one_space_are_not_those_of_another(hall: Hall) -> None:
    """A link that we signed opens only what is heard of that Space now: not what was before, nor what is kept of it."""
    space = hall.world.go_live("ada")
    hall.listen(space, "grace")
    grace, capture = Browser(hall, "grace"), hall.capture(space.id)
    hall.segments(capture.kept_path, range(3))
    for folder in (f"live/{space.id}/{'x' * 22}", capture.kept_path, f"live/{'x' * 13}/{'x' * 22}"):
        if folder != capture.kept_path:
            hall.put(folder, "00000001.m4s")
        assert asked(grace, hall.link("grace", folder, "00000001.m4s")) == GONE


def test_a_replay_is_for_who_may_know_its_space(hall: Hall) -> None:
    """Its playlist is written for each, its segments lie beside it; strangers to a closed Space find nothing."""
    space = hall.world.go_live("ada", audience="followers")
    hall.world.graph.follow(hall.world.user("grace"), space.host_id)
    row = hall.recorded(space)
    grace, tim = Browser(hall, "grace"), Browser(hall, "tim")
    playlist = grace.fetch(hall.link("grace", row.path, "replay.m3u8"))
    assert (playlist.status_code, playlist.mimetype) == (200, "application/vnd.apple.mpegurl")
    assert playlist.headers["Cache-Control"] == "private, no-cache"
    named = [line for line in playlist.text.splitlines() if line.endswith(".m4s")]
    assert len(named) == 30
    assert {asked(grace, hall.link("grace", row.path, name)) for name in [*named[::7], "init.mp4"]} == {HEARD}
    for name in ("replay.m3u8", "init.mp4", named[0]):
        assert asked(tim, hall.link("tim", row.path, name)) == GONE
    hall.world.graph.unfollow(hall.world.user("grace"), space.host_id)
    assert asked(grace, hall.link("grace", row.path, "init.mp4")) == GONE


def test_a_public_replay_is_heard_signed_out(hall: Hall) -> None:
    """Without a name a link is bound to nobody; it opens what anybody may know, and nothing once that is closed."""
    space = hall.world.go_live("ada")
    row = hall.recorded(space)
    url, anybody = hall.link(None, row.path, "00000004.m4s"), Browser(hall, None)
    answer = anybody.fetch(url)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=60")
    hall.world.identity.protect(space.host_id)
    assert asked(anybody, url) == GONE
    hall.world.identity.unprotect(space.host_id)
    hall.world.identity.bar(space.host_id)
    assert asked(anybody, url) == GONE


ENDING: dict[str, Callable[[Hall, Any], object]] = {
    "deleted": lambda hall, row: hall.write(replace(row, deleted_at=hall.world.clock())),
    "expired, and nobody swept": lambda hall, row: hall.world.clock.advance(30 * 86_400),
    "moved": lambda hall, row: hall.write(replace(row, path=row.path[:-1] + "_")),
    "not ready": lambda hall, row: hall.write(replace(row, state="recording")),
    "switched off": lambda hall, row: kill(hall, "spaces.replay", Kill.END),
}


@pytest.mark.parametrize("how", ENDING)
def test_what_is_over_is_not_replayed(hall: Hall, how: str) -> None:
    """At that very moment, though every file is still there and the link is fresh (SEC-21)."""
    row = hall.recorded(hall.world.go_live("ada"))
    ada = Browser(hall, "ada")
    folders = {row.path: ("00000003.m4s", "replay.m3u8", "init.mp4"), str(row.download_path): ("recording.m4a",)}
    links = [(folder, name) for folder, names in folders.items() for name in names]
    assert {asked(ada, hall.link("ada", *one)) for one in links} == {HEARD}
    ENDING[how](hall, row)
    after = {asked(ada, hall.link("ada", *one)) for one in links if how != "moved" or one[0] == row.path}
    assert after == {(403, "switched_off") if how == "switched off" else GONE}


def test_nobody_replays_what_a_suspended_member_hosted(hall: Hall) -> None:
    """By whoever has a link, until the host may take part again."""
    space = hall.world.go_live("ada")
    row = hall.recorded(space)
    grace, url = Browser(hall, "grace"), hall.link("grace", row.path, "00000003.m4s")
    hall.world.identity.bar(space.host_id)
    assert asked(grace, url) == GONE
    hall.world.identity.unbar(space.host_id)
    assert asked(grace, url) == HEARD


def test_only_what_is_in_the_replay_is_served(hall: Hall) -> None:
    """Not what was cut off, kept between two recordings, taken back by a speaker, or lies there for other reasons."""
    row = hall.recorded(hall.world.go_live("ada"), ((0, 19), (40, 49)), trim_n=3)
    hall.write(replace(row, quiet=((8, 9),)))
    hall.segments(row.path, range(50))
    hall.put(row.path, "00000008q.m4s", "00000012q.m4s", "00000005.json", "00000008.json", "recent.json")
    grace = Browser(hall, "grace")
    served = [n for n in range(50) if asked(grace, hall.link("grace", row.path, f"{n:08d}.m4s")) == HEARD]
    assert served == [*range(3, 8), *range(10, 20), *range(40, 50)]
    assert asked(grace, hall.link("grace", row.path, "00000008q.m4s")) == HEARD
    for name in ("00000005.json", "00000008.json", "00000012q.m4s", "recent.json", "00000099.m4s", "levels.json"):
        assert asked(grace, hall.link("grace", row.path, name)) == GONE, name


def test_a_proxy_remembers_what_holds_for_ten_segments(hall: Hall) -> None:
    """Where every segment of a block is served alike a yes is kept for ten seconds; at an edge each is asked about."""
    row = hall.recorded(hall.world.go_live("ada"), ((0, 39),), trim_n=13)
    hall.write(replace(row, quiet=((30, 39),)))
    hall.put(row.path, *(f"{number:08d}q.m4s" for number in range(30, 40)))
    grace = Browser(hall, "grace")

    def kept(name: str) -> str:
        gate = grace.gate(hall.link("grace", row.path, name))
        return f"{gate.status_code} {gate.headers['X-Accel-Expires']}"

    assert kept("00000009.m4s") == "403 0"
    assert kept("00000012.m4s") == "403 0"
    assert kept("00000013.m4s") == kept("00000019.m4s") == "204 0"
    assert kept("00000020.m4s") == kept("00000035q.m4s") == kept("init.mp4") == "204 10"
    assert kept("00000035.m4s") == "403 0"


def test_what_is_kept_of_a_running_space_is_for_who_chooses_a_clip(hall: Hall) -> None:
    """Before the end kept sound is heard by who holds it, what they hold, while they are there and it is held."""
    space = hall.world.go_live("ada", allows_clips=True)
    for name in ("grace", "alan"):
        hall.listen(space, name)
    capture = hall.capture(space.id)
    hall.segments(capture.kept_path, range(60))
    grace, alan = Browser(hall, "grace"), Browser(hall, "alan")
    inside, outside = (f"{number:08d}.m4s" for number in (12, 21))
    assert asked(grace, hall.link("grace", capture.kept_path, inside)) == GONE
    until = hall.world.clock() + timedelta(seconds=50)
    with hall.seams.store.begin() as work:
        work.add_hold("h", space.id, hall.world.user("grace"), Window(10_500, 20_500), until)
    link = hall.link("grace", capture.kept_path, held_name((10, 20)))
    playlist = grace.fetch(link)
    named = [line for line in playlist.text.splitlines() if line.endswith(".m4s")]
    assert (named[0], named[-1]) == ("00000010.m4s", "00000020.m4s")
    for beyond in ((9, 20), (10, 21), (20, 10)):
        assert grace.fetch(hall.link("grace", capture.kept_path, held_name(beyond))).status_code == 404
    assert asked(grace, hall.link("grace", capture.kept_path, inside)) == HEARD
    assert asked(grace, hall.link("grace", capture.kept_path, outside)) == GONE
    assert asked(alan, hall.link("alan", capture.kept_path, inside)) == GONE
    hall.world.clock.advance(51)
    assert asked(grace, hall.link("grace", capture.kept_path, inside)) == GONE
    assert asked(grace, link) == GONE


def test_a_held_moment_is_gone_with_who_holds_it(hall: Hall) -> None:
    """Whoever leaves, or is removed, hears nothing more of what they were choosing from."""
    space = hall.world.go_live("ada", allows_clips=True)
    hall.listen(space, "grace")
    capture, grace = hall.capture(space.id), Browser(hall, "grace")
    hall.segments(capture.kept_path, range(3))
    with hall.seams.store.begin() as work:
        until = hall.world.clock() + timedelta(minutes=2)
        work.add_hold("h", space.id, hall.world.user("grace"), Window(0, 2_000), until)
    url = hall.link("grace", capture.kept_path, "00000001.m4s")
    assert asked(grace, url) == HEARD
    attending.leave(hall.seams, hall.world.user("grace"), space.id)
    assert asked(grace, url) == GONE


def test_the_file_is_for_who_hosted(hall: Hall) -> None:
    """The creator downloads a recording as a file; a member who only listened, and staff, do not."""
    row = hall.recorded(hall.world.go_live("ada"))
    hall.world.identity.make_staff(hall.world.user("pam"))
    answer = Browser(hall, "ada").fetch(hall.link("ada", row.download_path, "recording.m4a"))
    assert (answer.status_code, answer.headers["Content-Disposition"]) == (200, 'attachment; filename="recording.m4a"')
    for name in ("grace", "pam"):
        assert asked(Browser(hall, name), hall.link(name, row.download_path, "recording.m4a")) == (403, "not_yours")
    assert asked(Browser(hall, None), hall.link(None, row.download_path, "recording.m4a")) == GONE


def test_an_open_clip_is_for_everybody(hall: Hall) -> None:
    """Signed out, and in every browser, by the same link; until it is deleted, over, or its Space is closed."""
    space = hall.world.go_live("ada")
    clip = hall.clip(space, "grace", is_open=True)
    url = hall.link(None, clip.path, "clip.m4a", is_open=True)
    for name in (None, "tim"):
        assert asked(Browser(hall, name), url) == HEARD
    assert Browser(hall, None).fetch(url).mimetype == "audio/mp4"
    hall.world.identity.protect(space.host_id)
    assert asked(Browser(hall, None), url) == GONE
    hall.world.identity.unprotect(space.host_id)
    kill(hall, "spaces.clip", Kill.END)
    assert asked(Browser(hall, None), url) == (403, "switched_off")


def test_a_clip_of_a_closed_space_is_for_who_may_know_it(hall: Hall) -> None:
    """A follower hears it by a link of their own; others do not, and an open link to it opens nothing."""
    space = hall.world.go_live("ada", audience="followers")
    hall.world.graph.follow(hall.world.user("grace"), space.host_id)
    clip = hall.clip(space, "ada")
    assert asked(Browser(hall, "grace"), hall.link("grace", clip.path, "clip.m4a")) == HEARD
    assert asked(Browser(hall, "tim"), hall.link("tim", clip.path, "clip.m4a")) == GONE
    assert asked(Browser(hall, "grace"), hall.link(None, clip.path, "clip.m4a", is_open=True)) == GONE


def test_a_clip_waits_for_who_is_heard_in_it(hall: Hall) -> None:
    """Until everybody allowed it, it is for its maker and its speakers."""
    space = hall.world.go_live("ada")
    clip = hall.clip(space, "grace", is_open=True, waits_for=frozenset({space.host_id}))
    heard = {
        name: asked(Browser(hall, name), hall.link(name, clip.path, "clip.m4a")) for name in ("ada", "grace", "tim")
    }
    assert heard == {"ada": HEARD, "grace": HEARD, "tim": GONE}
    assert asked(Browser(hall, None), hall.link(None, clip.path, "clip.m4a", is_open=True)) == GONE


CLIP_ENDS: dict[str, Callable[[Hall, Any, Any], object]] = {
    "deleted": lambda hall, clip, row: save(hall, replace(clip, state=ClipState.DELETED)),
    "made again elsewhere": lambda hall, clip, row: save(hall, replace(clip, path=f"clips/{clip.id}/{'y' * 22}")),
    "expired": lambda hall, clip, row: hall.world.clock.advance(11 * 86_400),
    "source deleted": lambda hall, clip, row: hall.write(replace(row, deleted_at=hall.world.clock())),
    "source expired": lambda hall, clip, row: hall.write(replace(row, expires_at=hall.world.clock())),
}


def save(hall: Hall, clip: Any) -> None:
    with hall.seams.store.begin() as work:
        work.save_clip(clip)


@pytest.mark.parametrize("how", CLIP_ENDS)
def test_a_clip_dies_by_itself_or_with_its_source(hall: Hall, how: str) -> None:
    """At once, though its file is still there (SEC-27)."""
    space = hall.world.go_live("ada")
    row = hall.recorded(space)
    until = hall.world.clock() + timedelta(days=11)
    clip = hall.clip(space, "grace", is_open=True, source=Source.RECORDING, expires_at=until)
    assert asked(Browser(hall, None), hall.link(None, clip.path, "clip.m4a", is_open=True)) == HEARD
    CLIP_ENDS[how](hall, clip, row)
    assert asked(Browser(hall, None), hall.link(None, clip.path, "clip.m4a", is_open=True)) == GONE


RANGES: dict[str, tuple[int, str | None, bytes]] = {
    "bytes=0-3": (206, "bytes 0-3/10", b"0123"),
    "bytes=8-": (206, "bytes 8-9/10", b"89"),
    "bytes=-4": (206, "bytes 6-9/10", b"6789"),
    "bytes=4-99": (206, "bytes 4-9/10", b"456789"),
    "bytes=10-": (416, "bytes */10", b""),
    "bytes=0-1,4-5": (200, None, b"0123456789"),
    "lines=0-1": (200, None, b"0123456789"),
    "nonsense": (200, None, b"0123456789"),
}


def test_players_ask_for_parts(hall: Hall) -> None:
    """One range of bytes is answered as such; what we do not serve in parts is served whole."""
    clip = hall.clip(hall.world.go_live("ada"), "grace", is_open=True)
    hall.seams.storage.put(f"{clip.path}/clip.m4a", b"0123456789", "audio/mp4")
    url, browser = hall.link(None, clip.path, "clip.m4a", is_open=True), Browser(hall, None)
    for part, expected in RANGES.items():
        answer = browser.fetch(url, Range=part)
        assert (answer.status_code, answer.headers.get("Content-Range"), answer.data) == expected, part
    assert browser.client.head(url).headers["Content-Length"] == "10"


def test_only_reading_is_possible(hall: Hall) -> None:
    """HEAD says what GET would, without a byte; nothing else is taken, and no other site is let in."""
    space = hall.world.go_live("ada")
    url, grace = hall.listen(space, "grace"), Browser(hall, "grace")
    with grace.signed_in():
        head, options = grace.client.head(url), grace.client.options(url, headers={"Origin": "https://evil.example"})
        methods = [grace.client.open(url, method=method).status_code for method in ("POST", "PUT", "DELETE", "PATCH")]
    assert (head.status_code, head.data, head.mimetype) == (200, b"", "application/vnd.apple.mpegurl")
    assert head.headers["Cache-Control"] == "private, no-store"
    assert (options.data, set(methods)) == (b"", {405})
    for answer in (head, options, grace.fetch(url, Origin="https://evil.example")):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
    with Browser(hall, "alan").signed_in():
        refused = Browser(hall, "alan").client.head(url)
    assert (refused.status_code, refused.data) == (403, b"")


def test_a_long_file_comes_in_pieces(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every byte of it arrives, and it is never in memory as a whole."""
    row = hall.recorded(hall.world.go_live("ada"))
    sound = bytes(range(256)) * 4096
    hall.seams.storage.put(f"{row.download_path}/recording.m4a", sound, "audio/mp4")
    lengths: list[int | None] = []
    get = hall.seams.storage.get

    def noted(key: str, start: int = 0, length: int | None = None) -> bytes | None:
        lengths.append(length)
        return get(key, start, length)

    monkeypatch.setattr(hall.seams.storage, "get", noted)
    answer = Browser(hall, "ada").fetch(hall.link("ada", row.download_path, "recording.m4a"))
    assert answer.data == sound
    assert len(lengths) == 4
    assert max(length or 0 for length in lengths) <= 256 * 1024


def test_a_storage_that_is_away_is_not_absence(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Players are told to come again, and the log has no link in it; the gate, which needs no storage, answers."""
    space = hall.world.go_live("ada")
    url, grace = hall.listen(space, "grace"), Browser(hall, "grace")

    def away(*_: object) -> None:
        raise StorageDown("read: Timeout")

    monkeypatch.setattr(hall.seams.storage, "size", away)
    assert verdict(grace.fetch(url)) == (503, "sound_away")
    assert "read: Timeout" in caplog.text
    assert url.split("/")[4] not in caplog.text
    assert grace.gate(url).status_code == 204


@pytest.mark.parametrize("failure", [Unavailable("database_busy"), OperationalError("SELECT", {}, Exception("gone"))])
def test_when_nobody_can_tell_nobody_hears(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    """The gate calls it no refusal, keeps nothing of it, and the log has no link in it."""
    space = hall.world.go_live("ada")
    url, grace = hall.listen(space, "grace"), Browser(hall, "grace")

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr("spaces_feature.web.sound.media_files.require_hearing", fail)
    gate = grace.gate(url)
    assert (gate.status_code, gate.data, gate.headers["X-Accel-Expires"]) == (503, b"", "0")
    assert "nobody hears anything" in caplog.text
    assert url.split("/")[4] not in caplog.text


def test_no_link_is_in_the_log(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    """Heard or refused, neither signature nor cookie is written down."""
    caplog.set_level(logging.DEBUG)
    space = hall.world.go_live("ada")
    url, grace = hall.listen(space, "grace"), Browser(hall, "grace")
    for browser in (grace, Browser(hall, "alan")):
        asked(browser, url)
    assert url.split("/")[4] not in caplog.text
    assert grace._ear() not in caplog.text


def test_nobody_asks_the_database_about_a_link_that_is_not_ours(hall: Hall) -> None:
    """What we did not sign costs no statement, what is heard a handful, and none of them writes."""
    space = hall.world.go_live("ada")
    url, grace = hall.listen(space, "grace"), Browser(hall, "grace")
    with statements(hall.world) as made:
        assert grace.gate(url.replace("/live/", "/kept/")).status_code == 403
        assert made == []
        assert grace.gate(url).status_code == 204
    assert 0 < len(made) <= 12
    assert all(statement.startswith("SELECT") for statement in made)


def test_at_a_cdn_links_open_for_whoever_has_them(tmp_path: Path) -> None:
    """They name the CDN, are alike for all within a minute, set no cookie, and end with their time or the Space's."""
    with a_hall(tmp_path, SPACES_MEDIA_URL="https://cdn.example.com/sound") as hall:
        space = hall.world.go_live("ada", audience="followers")
        for name in ("grace", "alan"):
            hall.world.graph.follow(hall.world.user(name), space.host_id)
        hall.world.clock.advance(5)
        url = hall.listen(space, "grace")
        assert url.startswith("https://cdn.example.com/sound/open-")
        hall.world.clock.advance(20)
        assert hall.listen(space, "alan") == url
        joined = Visitor(hall.world, "grace").post(f"/spaces/{space.id}/join")
        assert "Set-Cookie" not in joined.headers
        path = url.replace("https://cdn.example.com/sound/", PREFIX)
        answer = Browser(hall, None).fetch(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=1")
        segment = Browser(hall, None).fetch(path.replace("index.m3u8", "00000012.m4s"))
        assert segment.headers["Cache-Control"] == "public, max-age=15"
        kept = hall.capture(space.id).kept_path
        hall.segments(kept, range(30))
        with hall.seams.store.begin() as work:
            until = hall.world.clock() + timedelta(minutes=2)
            work.add_hold("h", space.id, hall.world.user("grace"), Window(10_500, 20_500), until)
        for name, expected in ((held_name((12, 15)), HEARD), ("00000012.m4s", HEARD), ("00000022.m4s", GONE)):
            held = hall.link("grace", kept, name).replace("https://cdn.example.com/sound/", PREFIX)
            assert asked(Browser(hall, None), held) == expected
        ended(hall, space)
        assert asked(Browser(hall, None), path) == GONE
        hall.world.clock.advance(700)
        assert asked(Browser(hall, None), path) == OVER


def test_nothing_but_reading_is_there(hall: Hall) -> None:
    """Sound is fetched, and in no other way spoken to; the gate too."""
    url = hall.listen(hall.world.go_live("ada"), "grace")
    grace = Browser(hall, "grace")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        with grace.signed_in():
            assert grace.client.open(url, method=method, headers=SAME_ORIGIN).status_code == 405
            assert grace.client.open("/spaces/media-gate", method=method, headers=SAME_ORIGIN).status_code == 405
