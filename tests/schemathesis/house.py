"""The house of the matrix as Schemathesis meets it: the app's own document, with ids in it that lead somewhere."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Any

import schemathesis
from schemathesis.schemas import BaseSchema

from spaces_feature.domain.ids import UserId
from tests.authorisation.house import House, member

LONGER = int(os.environ.get("SPACES_TEST_FUZZ", "1"))
"""How many times the examples that a short run has; beyond 1 they are other ones each time."""
CALLER = "X-Member"
"""The header by which a call says whose it is; a host app has its own login instead."""
KINDS = ("stranger", "blocked", "blocker", "removed", "suspended", "follower", "followed", "listener", "waiting",
         "invited", "speaker", "co-host", "host", "staff")  # fmt: skip

LEFT_OUT = {
    # A title needs visible characters, a topic must exist, a cursor must be ours: JSON Schema cannot say so.
    "positive_data_acceptance": {"enabled": False},
    # A path that does not exist, and one that does not by this method, are one and the same 404.
    "unsupported_method": {"enabled": False},
    "allow_header_conformance": {"enabled": False},
    # Who is signed in is the host app's to say, and asked in the matrix.
    "ignored_auth": {"enabled": False},
    "object_level_authorization": {"enabled": False},
    # A Space that ended, and somebody who was removed or took a request back, are still there to be read.
    "use_after_free": {"enabled": False},
    "ensure_resource_availability": {"enabled": False},
}
"""Checks that do not fit our contract, and why; all others run."""


STARTING = {
    "title": {"enum": ["Night trains", "Why small software lasts"]},
    "audience": {"enum": ["everyone", "followers", "following", "invited"]},
    "speak": {"enum": ["everyone", "following", "invited"]},
    "allows_anonymous": {"type": "boolean"},
}
"""What a Space can really be started with, so that evenings begin."""


class Door:
    """The app behind a door that signs in whomever the call names, from a page of the host, and counts the answers."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.changed = False
        self.answers: Counter[tuple[str, int]] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def note(status: str, *rest: Any) -> Any:
            code = int(status.partition(" ")[0])
            self.changed |= code < 300 and environ["REQUEST_METHOD"] != "GET"
            self.answers[environ["REQUEST_METHOD"], code] += 1
            return start_response(status, *rest)

        environ["HTTP_ORIGIN"] = f"http://{environ['HTTP_HOST']}"
        who = environ.get(f"HTTP_{CALLER.upper().replace('-', '_')}")
        with self._house.world.identity.sign_in(UserId(who) if who else None):
            return self._house.world.app(environ, note)


def load(house: House, app: Any, settings: dict[str, Any], callers: Collection[str] = ()) -> BaseSchema:
    """The schema that ``app`` serves as ``openapi.json``, with ids of the house in it, and how to work through it.

    With ``callers`` each call chooses one of them by its header, and nothing is made up: evenings are to get on.
    """
    document: dict[str, Any] = house.world.app.test_client().get("/spaces/openapi.json").get_json()
    _name_ids(document, house, besides_others=not callers)
    if callers:
        document["components"]["schemas"]["StartBody"]["properties"] = STARTING
        who = {"type": "string", "enum": [member(kind) for kind in callers]}
        for operation in operations(document):
            operation["parameters"].append({"name": CALLER, "in": "header", "required": True, "schema": who})
    # Nothing is read from where the tests happen to run.
    config = schemathesis.Config.from_dict({"checks": LEFT_OUT, **settings})
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.app = app
    return schema


def generation(examples: int, **more: Any) -> dict[str, Any]:
    """How examples are made: the same ones each time in a short run. The app's own login is not theirs to make up."""
    return {
        "max-examples": examples * LONGER,
        "deterministic": LONGER == 1,
        "with-security-parameters": False,
        "database": "none",
        **more,
    }


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Every operation of a document."""
    return [operation for path in document["paths"].values() for operation in path.values()]


def _name_ids(document: dict[str, Any], house: House, *, besides_others: bool) -> None:
    """Let ids that exist come up, alone or beside those that are made up, which would all be the same 404."""
    people = [member(kind) for kind in KINDS]
    real = {
        "space_id": [house.space.id],
        "report_id": [house.report_id],
        "clip_id": [house.clip_id],
        "user_id": [*people, "me"],
    }

    def named(name: str, schema: dict[str, Any]) -> dict[str, Any]:
        ids = {"enum": real[name]}
        return {"anyOf": [ids, schema]} if besides_others else ids

    for operation in operations(document):
        for parameter in operation["parameters"]:
            if parameter["name"] in real:
                parameter["schema"] = named(parameter["name"], parameter["schema"])
    for name, schema in document["components"]["schemas"].items():
        for key in real.keys() & schema.get("properties", {}).keys() if name.endswith("Body") else ():
            schema["properties"][key] = named(key, schema["properties"][key])
