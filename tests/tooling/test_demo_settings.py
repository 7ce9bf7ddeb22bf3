"""DEMO_DIR, its keys and the ports: what the demo makes of its environment before anything is started."""

from __future__ import annotations

import json
import os
import random
import socket
import stat
from pathlib import Path

import pytest

from host_app.demo.__main__ import lay_out_gate, main, programs, sfu_config_for, welcome
from host_app.demo.errors import DemoError
from host_app.demo.home import Home
from host_app.demo.settings import last_settings, read_settings


@pytest.fixture
def an_nginx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An nginx on PATH, as far as one can tell from what it says of itself."""
    program = tmp_path / "bin" / "nginx"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'configure arguments: --with-http_auth_request_module' >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    return program


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


def free_settings(folder: Path) -> dict[str, str]:
    """Settings with ports that are free, from where the system takes none for outgoing connections."""
    for first in random.sample(range(18_000, 30_000, 10), 100):
        environment = {"PORT": str(first), "SFU_PORT": str(first + 1), "DEMO_DIR": str(folder)}
        try:
            read_settings(environment).check_ports()
        except DemoError:
            continue
        return environment
    raise OSError("There are no free ports.")


@pytest.mark.parametrize("port", ["eighty", "0", "-1", "65533", "8000.5"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    """Whatever is not a usable port number is named in the refusal."""
    with pytest.raises(DemoError, match=f"SFU_PORT must be a port number from 1 to 65532, not '{port}'"):
        read_settings({"SFU_PORT": port})


@pytest.mark.parametrize(
    ("kind", "name", "above"),
    [
        (socket.SOCK_STREAM, "PORT", 0),
        (socket.SOCK_STREAM, "SFU_PORT", 0),
        (socket.SOCK_DGRAM, "SFU_PORT", 2),
        (socket.SOCK_STREAM, "SFU_PORT", 3),
    ],
)
def test_a_taken_port_is_refused_by_name(
    tmp_path: Path, an_nginx: Path, kind: socket.SocketKind, name: str, above: int
) -> None:
    """A port that somebody else has is refused with its number and the setting to change; free ones are not."""
    environment = free_settings(tmp_path)
    taken = int(environment[name]) + above
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", taken))
        if kind is socket.SOCK_STREAM:
            other.listen()
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
    assert last_settings({**environment, "SFU_PORT": "7990"}).sfu_port == 7990
    assert read_settings(environment).port == 8000


def test_web_app_and_media_server_do_not_meet_behind_the_gate(an_nginx: Path) -> None:
    """The port behind the gate is nobody's to choose, so a web app on it is refused before it is started."""
    environment = {"PORT": "9003", "SFU_PORT": "9000"}
    with pytest.raises(DemoError, match="PORT is 9003, which is the media server's behind the gate"):
        read_settings(environment).check_ports()
    read_settings({**environment, "GATE": "0"}).check_ports()


def test_the_gate_stands_where_clients_dial(tmp_path: Path, an_nginx: Path) -> None:
    """With nginx clients' port is the gate's, the media server is three above, and the web app calls it there."""
    settings = read_settings({"DEMO_DIR": str(tmp_path), "PORT": "8123", "SFU_PORT": "7980"})
    settings.home.make()
    lay_out_gate(settings, {"SPACES_URL_PREFIX": "/audio"})
    config = (settings.home.gate / "spaces-gate.conf").read_text()
    for line in (
        "listen 127.0.0.1:7980;",
        "upstream spaces_app { server 127.0.0.1:8123; }",
        "upstream spaces_sfu { server 127.0.0.1:7983; }",
        "proxy_pass http://spaces_app/audio/gate;",
    ):
        assert line in config
    assert "port: 7983\n" in sfu_config_for(settings, {})
    assert settings.environment({})["SPACES_LIVEKIT_API_URL"] == "http://127.0.0.1:7983"
    (gate,) = (program for program in programs(settings, "livekit-server") if program.name == "gate")
    assert (gate.argv[0], gate.health_url) == (str(an_nginx), "http://127.0.0.1:7980/")
    assert "docs/how-to/gate.md" in welcome(settings)


def test_whoever_names_another_sfu_names_its_api_as_well(tmp_path: Path, an_nginx: Path) -> None:
    """The environment's own word on where the SFU is stands, gate or not."""
    settings = read_settings({"DEMO_DIR": str(tmp_path)})
    assert "SPACES_LIVEKIT_API_URL" not in settings.environment({"SPACES_LIVEKIT_URL": "wss://sfu.example.com"})
    given = settings.environment({"SPACES_LIVEKIT_API_URL": "http://127.0.0.1:1"})
    assert given["SPACES_LIVEKIT_API_URL"] == "http://127.0.0.1:1"


@pytest.mark.parametrize("without", ["GATE=0", "no nginx"])
def test_without_a_gate_clients_dial_the_media_server(
    tmp_path: Path, an_nginx: Path, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    """GATE=0, or no nginx on this machine: nothing stands between, and what that means is said once."""
    environment = {"DEMO_DIR": str(tmp_path), "SFU_PORT": "7980"}
    if without == "GATE=0":
        environment["GATE"] = "0"
    else:
        monkeypatch.setattr("host_app.demo.settings.find_nginx", lambda: None)
    settings = read_settings(environment)
    settings.home.make()
    assert "port: 7980\n" in sfu_config_for(settings, {})
    assert "SPACES_LIVEKIT_API_URL" not in settings.environment({})
    assert "gate" not in [program.name for program in programs(settings, "livekit-server")]
    assert "There is no nginx" in welcome(settings)
    settings.remember()
    assert last_settings({"DEMO_DIR": str(tmp_path)}).nginx is None


def test_bots_can_be_left_out(tmp_path: Path) -> None:
    """BOTS=0 leaves the speaking bots out; everything else starts in the same order."""
    environment = {"DEMO_DIR": str(tmp_path), "GATE": "0"}
    with_bots = [program.name for program in programs(read_settings(environment), "livekit-server")]
    without = [program.name for program in programs(read_settings({**environment, "BOTS": "0"}), "livekit-server")]
    assert with_bots == ["sfu", "database", "web", "recorder", "bots"]
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


def test_the_demo_watches_its_media_server(tmp_path: Path) -> None:
    """Its numbers are on a port of its own, for the web app as well; where that is taken there are none."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        taken = probe.getsockname()[1]
        settings = read_settings({"DEMO_DIR": str(tmp_path), "SFU_PORT": str(taken - 1)})
        settings.home.make()
        assert "SPACES_LIVEKIT_METRICS_URL" not in settings.environment({})
        assert "prometheus" not in sfu_config_for(settings, {})
    assert settings.environment({})["SPACES_LIVEKIT_METRICS_URL"] == f"http://127.0.0.1:{taken}/metrics"
    assert f"prometheus: {{ port: {taken} }}\n" in sfu_config_for(settings, {})
    assert "SPACES_LIVEKIT_METRICS_URL" not in settings.environment({"SPACES_LIVEKIT_URL": "wss://sfu.example.com"})
