"""Pictures of fleets: what is taken, what is kept of it, and for whom and how long its address works."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from tests.host.fleets.showing import OwnClock, a_picture, fetch, path_of, picture_url, show, stripped
from tests.host.plaza import Browser

SignIn = Callable[[str], Browser]

FIFTY_MEGABYTES = 50_000_000


def kept(plaza: Flask) -> set[str]:
    return {path.name for path in Path(plaza.config["PICTURES_DIR"]).glob("*")}


def a_bomb() -> bytes:
    """Return a PNG of a few bytes whose head promises 30,000 by 30,000 pixels."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def an_animation() -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_is_drawn_anew(browser: SignIn, kind: str) -> None:
    """Stills of four formats are taken and come back as a JPEG of ours."""
    ada, grace = browser("ada"), browser("grace")
    assert show(ada, picture=a_picture(kind), picture_words="A red square").status_code == 303
    page = grace.open("/fleets/@ada").text
    assert 'alt="A red square"' in page
    answer = fetch(grace, picture_url(grace, "/fleets/@ada"))
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "no-store"
    with Image.open(BytesIO(answer.data)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (60, 90))


def test_where_it_was_taken_is_not_kept(browser: SignIn) -> None:
    """What a camera wrote into the file is gone, and what lay on its side stands upright."""
    exif = Image.Exif()
    exif[0x010F] = "A secret camera"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (38.0, 31.0, 0.0)
    ada, grace = browser("ada"), browser("grace")
    show(ada, picture=a_picture(exif=exif))
    answer = fetch(grace, picture_url(grace, "/fleets/@ada"))
    assert b"secret camera" not in answer.data
    with Image.open(BytesIO(answer.data)) as picture:
        assert not picture.getexif()
        assert picture.size == (90, 60)


def test_a_large_picture_becomes_smaller(browser: SignIn) -> None:
    """Of a large picture 1,920 pixels of the longer side are kept."""
    ada, grace = browser("ada"), browser("grace")
    show(ada, picture=a_picture(size=(3000, 1500)))
    with Image.open(BytesIO(fetch(grace, picture_url(grace, "/fleets/@ada")).data)) as picture:
        assert picture.size == (1920, 960)


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (b"\0" * FIFTY_MEGABYTES, "more than 8 MB"),
        (a_bomb(), "more than 40 megapixels"),
        (an_animation(), "That picture moves"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no picture that Plaza can show"),
        (a_picture("BMP"), "no picture that Plaza can show"),
        (a_picture("TIFF"), "no picture that Plaza can show"),
        (b"%PDF-1.7", "no picture that Plaza can show"),
        (a_picture()[:200], "no picture that Plaza can show"),
        (b"", "no picture that Plaza can show"),
    ],
    ids=["50 MB", "a bomb", "an animation", "SVG", "BMP", "TIFF", "PDF", "half a file", "nothing"],
)
def test_what_is_no_picture_of_ours_is_refused(plaza: Flask, browser: SignIn, picture: bytes, sentence: str) -> None:
    """A plain sentence says why, nothing is kept, and what was typed is still there."""
    before, ada = kept(plaza), browser("ada")
    answer = show(ada, "Words worth keeping", picture=picture, color="amber", picture_words="In short")
    assert answer.status_code == 422
    assert sentence in answer.text
    for typed in ("Words worth keeping", 'value="amber" checked', 'value="In short"'):
        assert typed in answer.text
    assert kept(plaza) == before
    assert ada.open("/fleets/@ada").status_code == 404


def test_an_address_kept_at_hour_23_is_gone_at_hour_25(browser: SignIn, clock: OwnClock) -> None:
    """SEC-22: it opens in hour 23 and not from the end of the fleet on, with no sweeper."""
    ada, grace = browser("ada"), browser("grace")
    show(ada, picture=a_picture())
    clock.move(hours=23, minutes=30)
    address = picture_url(grace, "/fleets/@ada")
    assert fetch(grace, address).status_code == 200
    clock.move(minutes=30)
    assert fetch(grace, address).status_code == 410
    clock.move(hours=1)
    assert fetch(grace, address).status_code == 410


def test_an_address_is_for_one_viewer(plaza: Flask, browser: SignIn) -> None:
    """SEC-22: what was signed for grace opens nothing for alan, and signed out it is a 401."""
    ada, grace, alan = browser("ada"), browser("grace"), browser("alan")
    show(ada, picture=a_picture())
    address = picture_url(grace, "/fleets/@ada")
    assert fetch(alan, address).status_code == 404
    assert fetch(Browser(plaza), address).status_code == 401
    assert fetch(grace, address + "x").status_code == 404
    assert fetch(grace, address).status_code == 200


def test_the_picture_itself_notes_who_saw_it(browser: SignIn) -> None:
    """SEC-23: a picture is seen when it is sent, not when its page is; whoever asks twice counts once."""
    ada, grace = browser("ada"), browser("grace")
    show(ada, picture=a_picture())
    address = picture_url(grace, "/fleets/@ada")
    assert stripped(grace)["ada"] is False
    fetch(grace, address)
    fetch(grace, address)
    assert stripped(grace)["ada"] is True
    fetch(ada, picture_url(ada, "/fleets/@ada"))
    assert "Seen by at least 1" in ada.open("/fleets/@ada").text


@pytest.mark.parametrize("command", ["/@grace/block", "/settings/protect"])
def test_an_address_follows_what_its_viewer_may_see(browser: SignIn, command: str) -> None:
    """An address that was good opens nothing once there is a block, or the author shows followers only."""
    ada, tim, grace = browser("ada"), browser("tim"), browser("grace")
    show(ada, picture=a_picture())
    viewer = grace if "grace" in command else tim
    address = picture_url(viewer, "/fleets/@ada")
    ada.send(command)
    assert fetch(viewer, address).status_code == 404


def test_files_go_with_their_fleets(plaza: Flask, browser: SignIn, clock: OwnClock) -> None:
    """A deleted fleet's file is gone at once and its address with it; the sweeper takes those that are over."""
    ada, grace = browser("ada"), browser("grace")
    before = kept(plaza)
    show(ada, picture=a_picture())
    address = picture_url(grace, "/fleets/@ada")
    assert len(kept(plaza) - before) == 1
    ada.send(f"{path_of(ada, 'ada')}/delete")
    assert kept(plaza) == before
    assert fetch(grace, address).status_code == 404
    show(ada, picture=a_picture())
    mine = kept(plaza) - before
    clock.move(hours=24)
    assert mine <= kept(plaza)
    plaza.test_cli_runner().invoke(args=["fleets", "sweep"])
    assert not mine & kept(plaza)


def test_no_path_serves_the_folder(plaza: Flask, browser: SignIn) -> None:
    """A file's own name opens nothing, signed in or not."""
    ada = browser("ada")
    before = kept(plaza)
    show(ada, picture=a_picture())
    [name] = kept(plaza) - before
    for path in (f"/static/{name}", f"/static/pictures/{name}", f"/fleets/pictures/{name}"):
        assert ada.open(path).status_code == 404
