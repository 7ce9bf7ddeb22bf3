"""Which nginx is found, and what its configuration is made of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deploy import debian
from deploy import gate as gate_module
from deploy.gate import find_nginx, gate_config

ROOT = Path(__file__).resolve().parents[2]
VALUES = {
    "listen": "127.0.0.1:7880",
    "app": "unix:/run/app.sock",
    "gate": "/spaces/gate",
    "sfu": "[::1]:7883",
    "logs": "/var/log/nginx",
}


def an_executable(path: Path, script: str) -> Path:
    """A shell program at ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_an_nginx_that_cannot_ask_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PATH comes first, but only an nginx with auth_request in it can be a gate."""
    able, unable = tmp_path / "able" / "nginx", tmp_path / "unable" / "nginx"
    an_executable(able, "echo '--with-http_auth_request_module' >&2")
    an_executable(unable, "echo '--with-stream' >&2")
    monkeypatch.setattr(gate_module, "_PLACES", (str(tmp_path / "absent"),))
    monkeypatch.setenv("PATH", f"{unable.parent}{os.pathsep}/bin")
    assert find_nginx() is None
    monkeypatch.setattr(gate_module, "_PLACES", (str(tmp_path / "absent"), str(able)))
    assert find_nginx() == able
    an_executable(unable, "echo '--with-http_auth_request_module' >&2")
    assert find_nginx() == unable


def test_every_placeholder_is_filled_and_explained() -> None:
    """The shipped file has the placeholders that its own top explains, and none is left."""
    shipped = (ROOT / "deploy" / "nginx" / "spaces-gate.conf").read_text()
    config = gate_config(**VALUES)
    for name, value in VALUES.items():
        assert f"#   {name.upper()} " in shipped
        assert f"@{name.upper()}@" in shipped
        assert value in config
    assert not gate_module._PLACEHOLDER.search(config)


@pytest.mark.parametrize("value", ["/spaces gate", "/gate; deny all", "/gate}", "", "/gate\n", "$uri"])
def test_a_value_cannot_say_more_than_one_word(value: str) -> None:
    """What nginx would read as something else than a value is refused and named."""
    with pytest.raises(ValueError, match="GATE cannot be"):
        gate_config(**{**VALUES, "gate": value})


def test_the_set_up_starts_no_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While packages are installed the machine is asked not to start them; its own word on that is left alone."""
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(debian, "_POLICY", policy)
    with debian.nothing_started():
        assert os.access(policy, os.X_OK)
        assert "exit 101" in policy.read_text()
    assert not policy.exists()
    policy.write_text("the machine's own")
    with debian.nothing_started():
        assert policy.read_text() == "the machine's own"
    assert policy.read_text() == "the machine's own"
