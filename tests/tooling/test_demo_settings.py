"""DEMO_DIR, its keys and the ports: what the demo makes of its environment before anything is started."""

from __future__ import annotations

import json
import socket
import stat
from pathlib import Path

import pytest

from host_app.demo.__main__ import main, programs, sfu_config_for
from host_app.demo.errors import DemoError
from host_app.demo.home import Home
from host_app.demo.settings import last_settings, read_settings


def test_keys_are_written_once_and_for_the_owner_only(tmp_path: Path) -> None:
    """A second start keeps the keys, or every signed-in member would be signed out; nobody else may read them."""
    home = Home(tmp_path / "demo")
    home.make()
    keys = home.read_keys()
    home.make()
    assert home.read_keys() == keys
    assert stat.S_IMODE(home.keys.stat().st_mode) == 0o600
    assert set(keys) == {"secret_key", "livekit_api_key", "livekit_api_secret"}
    assert len(keys["livekit_api_secret"]) >= 32
    assert keys["secret_key"] != keys["livekit_api_secret"]


def test_two_demos_never_share_a_secret(tmp_path: Path) -> None:
    """Every DEMO_DIR has random keys of its own."""
    one, other = Home(tmp_path / "one"), Home(tmp_path / "other")
    one.make()
    other.make()
    assert not set(one.read_keys().values()) & set(other.read_keys().values())


def test_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word the demo is on port 8000, the media server on 7880 and 7882, state in ./.demo, with bots."""
    monkeypatch.chdir(tmp_path)
    settings = read_settings({"PORT": ""})
    assert (settings.port, settings.sfu_port, settings.sfu_media_port) == (8000, 7880, 7882)
    assert settings.home.folder == tmp_path / ".demo"
    assert settings.with_bots


@pytest.mark.parametrize("port", ["eighty", "0", "-1", "65533", "8000.5"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    """Whatever is not a usable port number is named in the refusal."""
    with pytest.raises(DemoError, match=f"SFU_PORT must be a port number from 1 to 65532, not '{port}'"):
        read_settings({"SFU_PORT": port})


@pytest.mark.parametrize(
    ("kind", "name", "above"),
    [(socket.SOCK_STREAM, "PORT", 0), (socket.SOCK_STREAM, "SFU_PORT", 0), (socket.SOCK_DGRAM, "SFU_PORT", 2)],
)
def test_a_taken_port_is_refused_by_name(tmp_path: Path, kind: socket.SocketKind, name: str, above: int) -> None:
    """A port that somebody else has is refused with its number and the setting to change; free ones are not."""
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            other.listen()
        taken = other.getsockname()[1]
        environment = {"PORT": "18399", "SFU_PORT": "18380", name: str(taken - above), "DEMO_DIR": str(tmp_path)}
        with pytest.raises(DemoError, match=rf"Port {taken} on 127\.0\.0\.1 is taken .* {name}="):
            read_settings(environment).check_ports()
    read_settings(environment).check_ports()


def test_web_app_and_media_server_need_different_ports() -> None:
    """One port for both is refused before either is started."""
    with pytest.raises(DemoError, match="PORT and SFU_PORT are both 9000"):
        read_settings({"PORT": "9000", "SFU_PORT": "9000"}).check_ports()


def test_commands_beside_the_demo_use_its_ports(tmp_path: Path) -> None:
    """A command on a DEMO_DIR takes the ports of the last start there; its own environment wins over them."""
    environment = {"DEMO_DIR": str(tmp_path)}
    read_settings({**environment, "PORT": "8123", "SFU_PORT": "7980"}).remember()
    assert (last_settings(environment).port, last_settings(environment).sfu_port) == (8123, 7980)
    assert last_settings({**environment, "PORT": "8200"}).port == 8200
    assert read_settings(environment).port == 8000


def test_bots_can_be_left_out(tmp_path: Path) -> None:
    """BOTS=0 leaves the speaking bots out; everything else starts in the same order."""
    environment = {"DEMO_DIR": str(tmp_path)}
    with_bots = [program.name for program in programs(read_settings(environment), "livekit-server")]
    without = [program.name for program in programs(read_settings({**environment, "BOTS": "0"}), "livekit-server")]
    assert with_bots == ["sfu", "database", "web", "bots"]
    assert without == with_bots[:-1]


def test_the_media_server_agrees_with_the_web_app(tmp_path: Path) -> None:
    """Key, secret and the address of webhooks are the web app's, also where the environment overrides them."""
    settings = read_settings({"DEMO_DIR": str(tmp_path), "PORT": "8123"})
    settings.home.make()
    keys = json.loads(settings.home.keys.read_text())
    config = sfu_config_for(settings, {})
    assert f'"{keys["livekit_api_key"]}": "{keys["livekit_api_secret"]}"' in config
    assert '"http://127.0.0.1:8123/spaces/webhooks/livekit"' in config
    given = {"SPACES_LIVEKIT_API_KEY": "other", "SPACES_LIVEKIT_API_SECRET": "s" * 32, "SPACES_URL_PREFIX": "/audio"}
    config = sfu_config_for(settings, given)
    assert f'"other": "{"s" * 32}"' in config
    assert '"http://127.0.0.1:8123/audio/webhooks/livekit"' in config


def test_unknown_words_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A command that the demo does not have is named, and nothing is started."""
    assert main(["flusk"]) == 1
    assert "'flusk' is not a command" in capsys.readouterr().err
