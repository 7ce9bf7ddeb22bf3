"""``POST /join`` beside a bare Flask view with as many statements, one commit and one token, on the same server."""

from __future__ import annotations

from contextvars import Context
from pathlib import Path

from flask import Flask

from spaces_feature.domain.ids import UserId
from spaces_feature.services import hosting
from tests.sfu.server import Sfu, free_port

from .bare_views import add_bare_views
from .load import press, raw_request, signed_in_headers, web_server
from .pairs import Figure
from .plaza import Place, add_members, open_plaza, username
from .statements import statements_of_request

MEMBERS = 24
SPELL = 1.5
CONNECTIONS = 4


def join_rate(folder: Path, count: int) -> list[Figure]:
    """Requests per second of listeners who come back, as every page load of a plain host is."""
    rate = Figure("POST /join, bare view: same statements, commit, token", "req/s", 0.7, at_least=True)
    statements = Figure("  statements of one, of the bare view", "", None)
    sfu = Sfu(folder)
    try:
        sfu.start()
        place = Place(folder, free_port(), sfu.ws_url, sfu.api_key, sfu.api_secret)
        url = f"http://127.0.0.1:{place.port}"
        with open_plaza(place) as (_, seams):
            add_members(MEMBERS + 1)
            space_id = hosting.go_live(seams, UserId("1"), hosting.Plan(title="The door")).id
        paths = {"ours": f"/spaces/api/v1/spaces/{space_id}/join", "bare": f"/bare/join/{space_id}"}
        with web_server(place.write(), url):
            headers = [signed_in_headers(url, username(number)) for number in range(2, MEMBERS + 2)]
            pools = {name: [raw_request("POST", url + path, one) for one in headers] for name, path in paths.items()}
            for pool in pools.values():
                press(url, pool, seconds=SPELL, connections=CONNECTIONS)
            for number in range(count):
                order = ["bare", "ours"] if number % 2 else ["ours", "bare"]
                rates = {name: press(url, pools[name], seconds=SPELL, connections=CONNECTIONS).rate for name in order}
                rate.add(rates["ours"], rates["bare"])
        with open_plaza(place, SPACES_RECONCILE_IN_PROCESS=False) as (app, _):
            add_bare_views(app)
            counts = {name: _statements(app, path, headers[0]) for name, path in paths.items()}
            statements.add(counts["ours"], counts["bare"])
    finally:
        sfu.close()
    return [rate, statements]


def _statements(app: Flask, path: str, headers: dict[str, str]) -> int:
    client = app.test_client(use_cookies=False)

    def join() -> None:
        assert client.post(path, headers=headers).status_code == 200

    # What is remembered for seconds is remembered by whoever comes back.
    Context().run(join)
    return statements_of_request(join)
