"""What nginx's configuration for sound is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.media import FILES, lay_out, media_config

ROOT = Path(__file__).resolve().parents[2]
SECRET = "0123456789abcdef" * 4
VALUES = {
    "media": "/spaces/media",
    "app": "unix:/run/app.sock",
    "gate": "/spaces/media-gate",
    "files": "/srv/app/instance/spaces-media",
    "logs": "/var/log/nginx",
    "cache": "/dev/shm/spaces-media",
}


def filled(**changed: str | bool) -> str:
    """Both files as one text."""
    given = {**VALUES, "secret": SECRET, "asks": True, **changed}
    return "".join(media_config(name, **given) for name in FILES)  # type: ignore[arg-type]


def test_every_placeholder_is_filled_and_explained() -> None:
    """The shipped files have the words that the first one explains, and none is left."""
    shipped = (ROOT / "deploy" / "nginx" / FILES[0]).read_text()
    text = filled()
    for name, value in VALUES.items():
        assert f"#   {name.upper()} " in shipped
        assert value in text
    assert "@MEDIA@" not in text
    assert not any(f"@{word}@" in text for word in (*map(str.upper, VALUES), "SECRET", "ASK"))
    assert f' {SECRET}";' in text
    assert "auth_request /spaces-media-gate;" in text


def test_either_way_can_be_left_out_but_not_both() -> None:
    """Without the secret the app looks at signatures; without asking nobody is put out; with neither nobody hears."""
    assert "auth_request off;" in filled(asks=False)
    assert "0123456789abcdef" not in filled(secret="")
    with pytest.raises(ValueError, match="either know the secret or ask"):
        filled(secret="", asks=False)


@pytest.mark.parametrize("secret", ["none", "a" * 63, "A" * 64, "a" * 64 + "\n", "$secure_link"])
def test_a_secret_is_what_is_printed(secret: str) -> None:
    """Anything else would open every link, or none."""
    with pytest.raises(ValueError, match="SECRET is not"):
        filled(secret=secret)


@pytest.mark.parametrize("name", sorted(VALUES))
@pytest.mark.parametrize("value", ["/a b", "/a; deny all", "/a}", "", "/a\n", "$uri", '/a"'])
def test_a_value_cannot_say_more_than_one_word(name: str, value: str) -> None:
    """What nginx would read as something else than a value is refused and named."""
    with pytest.raises(ValueError, match=f"{name.upper()} cannot be"):
        filled(**{name: value})


def test_the_secret_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Files that may hold it are not for others on this machine."""
    lay_out(tmp_path, listen="127.0.0.1:1", app="127.0.0.1:2", files=tmp_path, secret=SECRET)
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in FILES} == {0o600}
