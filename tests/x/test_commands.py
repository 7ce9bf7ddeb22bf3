"""``flask spaces api-token`` and ``flask spaces hook``: what an operator types, and what it prints."""

from __future__ import annotations

from click.testing import Result

from spaces_feature.services.outside import hooks, tokens
from tests.world import World
from tests.x.programs import Program


def spaces(world: World, *words: str) -> Result:
    """Run a command of ours."""
    return world.app.test_cli_runner().invoke(args=["spaces", *words])


def test_a_token_is_printed_once_as_the_last_line(world: World) -> None:
    """It opens the API; the list shows its name and when it was used, and never the token."""
    made = spaces(world, "api-token", "create", "our dashboard")
    token = made.output.splitlines()[-1]
    assert made.exit_code == 0
    assert Program(world, token=token).get("/spaces?ids=1abc").status_code == 200
    listed = spaces(world, "api-token", "list").output
    assert "our dashboard" in listed
    assert "last used 2026-11-22T20:00:00.000Z" in listed
    assert token not in listed
    assert token.removeprefix("spaces_")[:8] not in listed


def test_a_token_is_revoked(world: World) -> None:
    """From the next call on; an id that there is not is an error with a way on."""
    token = spaces(world, "api-token", "create", "probe").output.splitlines()[-1]
    [known] = tokens.all_tokens(world.seams)
    assert spaces(world, "api-token", "revoke", known.id).exit_code == 0
    assert Program(world, token=token).get("/spaces?ids=1abc").status_code == 401
    assert "revoked 2026-11-22" in spaces(world, "api-token", "list").output
    refused = spaces(world, "api-token", "revoke", "nothing")
    assert (refused.exit_code, "flask spaces api-token list" in refused.output) == (1, True)


def test_a_token_needs_a_name(world: World) -> None:
    """Whoever finds it in the list a year later wants to know what it was for."""
    for name in ("", "  ", "a" * 101, "a\x1b[31m"):
        assert spaces(world, "api-token", "create", name).exit_code == 1
    assert tokens.all_tokens(world.seams) == []


def test_a_hook_and_its_secret(world: World) -> None:
    """The secret is printed once as the last line; the list shows the address and whose Spaces it is told of."""
    made = spaces(world, "hook", "add", "https://example.com/spaces", "--user-id", "1")
    secret = made.output.splitlines()[-1]
    [hook] = hooks.all_hooks(world.seams)
    assert (made.exit_code, hook.secret, hook.user_id) == (0, secret, "1")
    listed = spaces(world, "hook", "list").output
    assert listed.splitlines() == [f"{hook.id}  1  https://example.com/spaces"]
    assert spaces(world, "hook", "remove", hook.id).exit_code == 0
    assert spaces(world, "hook", "list").output == ""
    assert spaces(world, "hook", "remove", hook.id).exit_code == 1


def test_a_hook_that_others_could_read_is_refused(world: World) -> None:
    """With the reason and the way on."""
    refused = spaces(world, "hook", "add", "http://example.com/spaces")
    assert refused.exit_code == 1
    assert "Use https." in refused.output
    assert spaces(world, "hook", "add", "https://example.com/", "--user-id", "nobody").exit_code == 1
