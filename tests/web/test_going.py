"""Leaving, stepping down and ending stay open to members whatever they and those around them did a moment before."""

from __future__ import annotations

from pathlib import Path

from tests.web.test_limits import ADDRESS, allowed
from tests.web.visitor import API, SAME_ORIGIN, Visitor
from tests.world import NAMES, World, a_world


def test_a_crowd_at_one_address_keeps_nobody_on_stage(tmp_path: Path) -> None:
    """R38: past what an address is allowed of commands, who listens there is still there and who speaks steps down."""
    with a_world(tmp_path, SPACES_RATE_LIMIT_FACTOR=1, SPACES_RATE_LIMIT_PER_ADDRESS=1) as made:
        made.app.extensions["spaces"].background.stop()
        space = made.seat(made.go_live("ada"), "grace")
        made.seat(space, "alan")

        def ask(name: str, method: str, path: str) -> int:
            visitor = Visitor(made, name)
            with visitor.signed_in():
                return visitor.client.open(
                    f"{API}/spaces/{space.id}{path}",
                    method=method,
                    headers=SAME_ORIGIN,
                    environ_base={"REMOTE_ADDR": ADDRESS},
                ).status_code

        for name in NAMES[1:6]:
            assert ask(name, "POST", "/join") == 200
            assert {ask(name, "POST", "/heartbeat") for _ in range(allowed("heartbeat"))} == {204}
            assert ask(name, "POST", "/heartbeat") == 429
        assert {ask("tim", "POST", "/requests/2/accept") for _ in range(allowed("command"))} == {403}
        assert ask("tim", "POST", "/requests/2/accept") == 429
        stage = f"/stage/{made.user('alan')}"
        going = [("grace", "/stage/me"), ("alan", stage), ("linus", "/requests/me")]
        assert {ask(name, "DELETE", path) for name, path in going} == {200}
        assert [ask("grace", "POST", "/leave"), ask("ada", "POST", "/end")] == [204, 200]


def test_moving_others_is_moderation(limited: World) -> None:
    """What one may do of leaving is no allowance for sending others off the stage, and the other way round."""
    ada = Visitor(limited, "ada")
    path = f"/spaces/{ada.start()}/stage"
    assert {ada.delete(f"{path}/2").status_code for _ in range(allowed("moderation"))} == {200}
    assert ada.delete(f"{path}/2").status_code == 429
    assert ada.delete(f"{path}/me").json["code"] == "forbidden"
