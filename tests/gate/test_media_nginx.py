"""Sound through a real nginx: who hears what, how often the app is asked, and when it stops."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spaces_feature.domain.media_links import signed_prefix
from spaces_feature.domain.space import Space
from spaces_feature.services import moderating
from spaces_feature.services.sound import clipping
from spaces_feature.testing.media import eventually
from spaces_feature.web.sound import media_files
from tests.docs.pages import ROOT, blocks
from tests.hall import PREFIX, a_hall
from tests.media_strings import strings
from tests.real_parts import go_without
from tests.s3 import Moto

from .media_house import MediaHouse, MediaNginx

REFUSAL = b"This link does not lead here, or not any more. Open the page again.\n"
REMEMBERED = 2
"""Seconds for which nginx may go by an earlier answer, where a test waits for it."""
WAYS = ("asking", "signed", "both")
ASKED = "/spaces/media-gate"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaHouse]:
    """One hall for all tests here. Without nginx they are skipped, under CI=true they fail."""
    folder = tmp_path_factory.mktemp("media")
    with a_hall(folder) as hall:
        made = MediaHouse(hall, folder)
        try:
            yield made
        except FileNotFoundError as missing:
            go_without(missing)
        finally:
            made.close()


@pytest.fixture(scope="module")
def ways(house: MediaHouse) -> dict[str, MediaNginx]:
    """An nginx that asks the app, one that looks at signatures, and one that does both."""
    try:
        return {
            "asking": house.nginx("asking"),
            "signed": house.nginx("signed", secret=True, asks=False),
            "both": house.nginx("both", secret=True),
        }
    except FileNotFoundError as missing:
        go_without(missing)


@pytest.fixture(scope="module")
def space(house: MediaHouse) -> Space:
    """A Space that everybody hears by segments."""
    return house.hall.world.go_live("ada")


@pytest.fixture
def playlist(house: MediaHouse, space: Space) -> str:
    """Grace's playlist, by a link that nobody has been asked about."""
    house.hall.world.clock.advance(1)
    return house.hall.listen(space, "grace")


@pytest.mark.parametrize("way", WAYS)
def test_a_listener_costs_bytes(house: MediaHouse, ways: dict[str, MediaNginx], playlist: str, way: str) -> None:
    """Twenty files come from the disk, in parts too; the app is asked once, or never where nginx goes by the secret."""
    grace = house.ear(ways[way], "grace")
    segment = playlist.replace("index.m3u8", "00000012.m4s")

    def listen() -> None:
        for _ in range(10):
            heard = [grace.get(playlist), grace.get(segment)]
            assert [one.status for one in heard] == [200, 200]
        assert heard[1].data.endswith(b"00000012.m4s")
        told = [(one.headers["content-type"], one.headers["cache-control"]) for one in heard]
        assert told == [("application/vnd.apple.mpegurl", "private, no-store"), ("audio/mp4", "private, no-store")]
        assert not any(name.startswith("access-control") for one in heard for name in one.headers)
        part = grace.get(segment, Range="bytes=6-7")
        assert (part.status, part.data, part.headers["content-range"].split("/")[0]) == (206, b"of", "bytes 6-7")

    assert house.asked_for(listen) == ([] if way == "signed" else [ASKED])


@pytest.mark.parametrize("way", WAYS)
def test_a_link_is_nobody_elses(house: MediaHouse, ways: dict[str, MediaNginx], playlist: str, way: str) -> None:
    """With another's cookie, without one, and rewritten, there is nothing, nor by the answer kept for its owner."""
    nginx = ways[way]
    grace = house.ear(nginx, "grace")
    assert grace.status(playlist) == 200
    for ear in (house.ear(nginx, "alan"), house.ear(nginx, None)):
        refused = ear.get(playlist)
        assert (refused.status, refused.data) == (403, REFUSAL)
        assert refused.headers["cache-control"] == "no-store"
    for kind in ("kept", "clips", "downloads"):
        moved = playlist.replace("/live/", f"/{kind}/")
        # There it lies: what refuses it is the signature, which covers the folder.
        house.hall.put(moved.removeprefix(PREFIX).split("/", 2)[2].rpartition("/")[0], "index.m3u8")
        assert grace.status(moved) == 403, kind
    head = grace.get(playlist, method="HEAD")
    assert (head.status, head.data, head.headers["x-content-type-options"]) == (200, b"", "nosniff")
    assert grace.status(playlist.replace(PREFIX, f"{PREFIX}open-")) == 403
    assert grace.status(playlist + "?a=b") == 200
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"):
        assert grace.get(playlist, method=method).status in (403, 405), method


@pytest.mark.parametrize("way", WAYS)
def test_five_hundred_strings_get_nothing(
    house: MediaHouse, ways: dict[str, MediaNginx], playlist: str, way: str
) -> None:
    """Guessed, rewritten, encoded, climbing: nothing of the storage, or beside it, comes back."""
    (house.files / "secret.txt").write_text("sound of what nobody may read")
    (house.files.parent / "secret.txt").write_text("sound of what nobody may read")
    tried = strings(playlist.removeprefix(PREFIX).replace("index.m3u8", "00000012.m4s"))
    assert len(tried) >= 500
    grace = house.ear(ways[way], "grace")
    for target in tried:
        answer = grace.get(target)
        assert answer.status in (400, 403, 404), target
        assert b"sound of" not in answer.data, target
    assert grace.status(playlist) == 200


def test_a_secret_that_nginx_knows_is_good_for_its_time(house: MediaHouse, ways: dict[str, MediaNginx]) -> None:
    """nginx believes the very signature that we make, for the cookie's owner, until it is over and not longer."""
    hall = house.hall
    folder = f"live/{'a' * 13}/{'b' * 22}"
    hall.put(folder, "index.m3u8")
    alan, over = hall.world.user("alan"), int(datetime.now(UTC).timestamp()) + 4
    prefix = signed_prefix(hall.seams.ids.media_secret(), folder, hall.seams.ids.ear(alan), over)
    target = f"{PREFIX}{prefix}/index.m3u8"
    ear = house.ear(ways["signed"], "alan")
    assert ear.status(target) == 200
    assert house.ear(ways["both"], "alan").status(target) == 403
    assert eventually(lambda: ear.status(target) == 403, within=5 * 4)
    assert time.time() >= over


@pytest.mark.parametrize("way", WAYS)
def test_an_open_link_opens_everywhere(house: MediaHouse, ways: dict[str, MediaNginx], space: Space, way: str) -> None:
    """A clip for everybody is heard signed out and by whoever has a cookie for something else."""
    clip = house.hall.clip(space, "ada", is_open=True)
    url = house.hall.link(None, clip.path, "clip.m4a", is_open=True)
    for name in (None, "alan"):
        answer = house.ear(ways[way], name).get(url)
        assert (answer.status, answer.headers["cache-control"]) == (200, "public, max-age=60")
    assert house.ear(ways[way], "alan").status(url.replace("open-", "")) == 403


@pytest.mark.parametrize("way", WAYS)
def test_what_lies_beside_kept_sound_is_not_served(house: MediaHouse, ways: dict[str, MediaNginx], way: str) -> None:
    """Who was how loud, by name, is for the app and its recorders: a link to a replay opens its sound."""
    row = house.hall.recorded(house.hall.world.go_live("alan"))
    house.hall.put(row.path, "recent.json", "00000003.json")
    tim = house.ear(ways[way], "tim")
    assert tim.status(house.hall.link("tim", row.path, "00000003.m4s")) == 200
    for name in ("recent.json", "00000003.json"):
        assert tim.status(house.hall.link("tim", row.path, name)) in (403, 404), name


@pytest.mark.parametrize("way", WAYS)
def test_a_clip_that_was_taken_back_is_gone(
    house: MediaHouse, ways: dict[str, MediaNginx], space: Space, way: str
) -> None:
    """By its old link, open or bound, at once where its file is gone, and in any case within what nginx remembers."""
    clip = house.hall.clip(space, "kwame", is_open=True)
    url = house.hall.link(None, clip.path, "clip.m4a", is_open=True)
    ear = house.ear(ways[way], None)
    assert ear.status(url) == 200
    clipping.take_back(house.hall.seams, clip.maker_id, clip.id)
    assert ear.status(url) in (403, 404)


def test_a_removed_listener_hears_no_more(
    house: MediaHouse, ways: dict[str, MediaNginx], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When what nginx remembers of them is over, ten seconds where sixty are promised (two in this test), the
    stream ends for who was sent away and for nobody else.
    """
    assert media_files.REMEMBERED == 10
    monkeypatch.setattr(media_files, "REMEMBERED", REMEMBERED)
    hall = house.hall
    space = hall.world.go_live("linus")
    urls = {name: hall.listen(space, name) for name in ("grace", "alan")}
    ears = {name: house.ear(ways["both"], name) for name in urls}
    assert [ears[name].status(urls[name]) for name in urls] == [200, 200]
    moderating.remove(hall.seams, space.host_id, space.id, hall.world.user("grace"), "")
    began = time.monotonic()
    assert eventually(lambda: ears["grace"].status(urls["grace"]) == 403, within=5 * REMEMBERED)
    assert time.monotonic() - began < 60
    segment = urls["grace"].replace("index.m3u8", "00000012.m4s")
    assert ears["grace"].status(segment) == 403
    assert ears["alan"].status(urls["alan"]) == 200


def test_a_replay_is_exact_through_the_cache(house: MediaHouse, ways: dict[str, MediaNginx]) -> None:
    """Ten segments share an answer, but not where some were cut off or taken back; the playlist is the app's."""
    hall = house.hall
    row = hall.recorded(hall.world.go_live("margaret"), ((0, 49),), trim_n=3)
    hall.write(replace(row, quiet=((18, 22),)))
    hall.put(row.path, *(f"{number:08d}q.m4s" for number in range(18, 23)))
    tim = house.ear(ways["asking"], "tim")

    def heard(number: int, mark: str = "") -> bool:
        return tim.status(hall.link("tim", row.path, f"{number:08d}{mark}.m4s")) == 200

    def play() -> None:
        served = [number for number in range(50) if heard(number)]
        assert served == [*range(3, 18), *range(23, 50)]

    # Two blocks are whole; of the three others each segment is a question of its own.
    assert len(house.asked_for(play)) == 32
    assert [number for number in range(16, 25) if heard(number, "q")] == [*range(18, 23)]
    written = tim.get(hall.link("tim", row.path, "replay.m3u8"))
    assert (written.status, written.data.count(b".m4s"), written.data.count(b"q.m4s")) == (200, 47, 5)
    download = house.ear(ways["asking"], "margaret").get(hall.link("margaret", row.download_path, "recording.m4a"))
    assert download.headers["content-disposition"] == 'attachment; filename="recording.m4a"'


def test_without_the_app_only_signatures_count(house: MediaHouse, ways: dict[str, MediaNginx]) -> None:
    """While the app is away nobody new hears anything where nginx asks it, and is told to come again."""
    hall = house.hall
    space = hall.world.go_live("pam")
    url = hall.listen(space, "tim")
    house.close_app()
    try:
        away = house.ear(ways["both"], "tim").get(url)
        assert (away.status, away.headers["retry-after"], away.headers["cache-control"]) == (503, "1", "no-store")
        assert house.ear(ways["signed"], "tim").status(url) == 200
    finally:
        house.open_app()
    assert house.ear(ways["both"], "tim").status(url) == 200


def test_no_link_and_no_cookie_is_written_down(house: MediaHouse, ways: dict[str, MediaNginx], playlist: str) -> None:
    """Heard, refused, gone, malformed, or with the app away: each visit is in the log, and nothing that opens any."""
    signature, ear = playlist.split("/")[4], house.hall.seams.ids.ear(house.hall.world.user("grace"))
    house.close_app()
    try:
        for nginx in ways.values():
            for target in (playlist, playlist.replace("index", "none"), playlist[:-1], playlist + "/x"):
                house.ear(nginx, "grace").get(target)
    finally:
        house.open_app()
    for nginx in ways.values():
        assert eventually(lambda nginx=nginx: "GET live/" in nginx.written())
        written = nginx.written()
        assert signature not in written
        assert ear not in written
        assert "spaces-media.conf" not in written


def test_the_gate_is_nginxs_alone(house: MediaHouse, ways: dict[str, MediaNginx], playlist: str) -> None:
    """Neither the app's question nor nginx's own place for it can be asked from outside."""
    grace = house.ear(ways["asking"], "grace")
    for path in ("/spaces/media-gate", "/spaces-media-gate"):
        assert grace.get(path, **{"X-Spaces-Media": playlist.removeprefix(PREFIX)}).status == 404


def test_what_lies_in_a_bucket_is_served_as_the_page_says(
    house: MediaHouse, tmp_path: Path, playlist: str, space: Space
) -> None:
    """nginx fetches from S3 by the lines in ``docs/how-to/media.md``; what is not there either the app answers."""
    moto = Moto(tmp_path)
    moto.start()
    try:
        bucket = moto.bucket()
        moto.open_to_readers(bucket)
        folder = house.hall.capture(space.id).live_path
        moto.storage(bucket).put(f"{folder}/00000099.m4s", b"sound in a bucket", "audio/mp4")
        nginx = house.nginx("bucket", files=tmp_path)
        (shown,) = [one.text for one in blocks("") if "@spaces_media_bucket" in one.text and "proxy_pass" in one.text]
        shown = shown.replace("http://127.0.0.1:9000/sound", f"{moto.url}/{bucket}")
        nginx.stop()
        config = nginx.folder / "spaces-media-locations.conf"
        text = config.read_text()
        assert "$spaces_name @spaces_media_app;" in text
        config.write_text(text.replace("$spaces_name @spaces_media_app;", "$spaces_name @spaces_media_bucket;") + shown)
        nginx.start()
        grace = house.ear(nginx, "grace")
        segment = grace.get(playlist.replace("index.m3u8", "00000099.m4s"))
        assert (segment.status, segment.data) == (200, b"sound in a bucket")
        assert segment.headers["cache-control"] == "private, no-store"
        assert not [name for name in segment.headers if name.startswith("access-control")]
        assert grace.status(playlist) == 200
        assert grace.status(playlist.replace("index.m3u8", "00000098.m4s")) == 404
        assert house.ear(nginx, "alan").status(playlist.replace("index.m3u8", "00000099.m4s")) == 403
        moto.stop()
        away = grace.get(playlist.replace("index.m3u8", "00000099.m4s"))
        assert (away.status, away.headers["retry-after"], away.headers["cache-control"]) == (503, "1", "no-store")
    finally:
        moto.stop()


def test_the_page_names_every_word() -> None:
    """The command that fills in the shipped files fills in all of it."""
    page = (ROOT / "docs" / "how-to" / "media.md").read_text()
    shipped = (ROOT / "deploy" / "nginx" / "spaces-media.conf").read_text()
    for word in ("MEDIA", "APP", "GATE", "FILES", "LOGS", "CACHE", "ASK", "SECRET"):
        assert f"#   {word} " in shipped
        assert f"@{word}@" in page
