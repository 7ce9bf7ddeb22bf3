"""What one more listener by segments costs nginx, and the app behind it, beside plain files.

Everybody fetches a playlist and a segment each second, for ten seconds, for which one answer of the app's counts. No
second is waited for: what counts is the processor time of nginx itself, to the nanosecond, as the kernel keeps it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.gate import command, find_nginx
from spaces_feature import Profile
from spaces_feature.domain.ids import UserId
from spaces_feature.services import attending
from spaces_feature.services.sound.linking import link_to
from spaces_feature.testing.media import eventually
from tests.gate.media_house import Ear, MediaHouse, MediaNginx
from tests.hall import Hall, a_hall
from tests.sfu.server import free_port

from .pairs import Figure

CROWDS = (1, 50, 200)
SECONDS = 10
"""Of each listener, by one answer of the app's."""
LEAST = 50
"""Listeners that one value is taken of: of few, several times over."""
SEGMENT, PLAYLIST = "00000012.m4s", "index.m3u8"
SIZES = {SEGMENT: 8_350, PLAYLIST: 620}
"""Bytes of a second of sound, and of a playlist of eight."""
BARE = """
daemon off; master_process off; pid nginx.pid; error_log stderr warn;
events { worker_connections 4096; }
http {
    access_log off; sendfile on; server_tokens off;
    client_body_temp_path temp/body; proxy_temp_path temp/proxy; fastcgi_temp_path temp/fastcgi;
    uwsgi_temp_path temp/uwsgi; scgi_temp_path temp/scgi;
    server { listen 127.0.0.1:PORT; access_log bare.log; root FILES; }
}
"""


def listener_cost(folder: Path, count: int) -> list[Figure]:
    """Microseconds of nginx for one listener's second at growing numbers of listeners, and questions to the app."""
    figures = {
        crowd: Figure(f"nginx, one second of one of {crowd} HLS listeners, bare files", "us", None) for crowd in CROWDS
    }
    flat = Figure(f"  the same: one of {CROWDS[-1]}, one of {CROWDS[0]}", "us", 1.3)
    asked = Figure(f"  questions to the app in {SECONDS} s of one listener", "", 1, of_value=True)
    with a_hall(folder) as hall, _opened(hall, folder) as (house, nginx, bare):
        listeners = _arrive(hall, CROWDS[-1])
        _listen(house, nginx, bare, listeners[:LEAST])  # a first time, for what comes once
        for number in range(count):
            order = CROWDS if number % 2 else CROWDS[::-1]
            taken = {crowd: _listen(house, nginx, bare, listeners[:crowd]) for crowd in order}
            for crowd, (ours, floor, questions) in taken.items():
                figures[crowd].add(ours, floor)
                asked.add(questions)
            flat.add(taken[CROWDS[-1]][0], taken[CROWDS[0]][0])
    return [*figures.values(), flat, asked]


def _listen(
    house: MediaHouse, nginx: MediaNginx, bare: _Bare, listeners: Sequence[tuple[UserId, str]]
) -> tuple[float, float, float]:
    """Microseconds of a listener's second in both, and questions to the app for each listener."""
    times = max(1, LEAST // len(listeners))
    ours = floor = 0.0
    before = len(house.asked)
    for _ in range(times):
        # A new link for everybody, so that no answer from before counts.
        house.hall.world.clock.advance(1)
        links = [link_to(house.hall.seams, user_id, folder, PLAYLIST).url for user_id, folder in listeners]
        ears = [_ear(house, nginx.port, user_id) for user_id, _ in listeners]
        ours += _fetched(nginx.pid, ears, links)
        others = [Ear(bare.port, {}) for _ in listeners]
        floor += _fetched(bare.pid, others, [f"/{folder}/{PLAYLIST}" for _, folder in listeners])
    seconds = times * len(listeners) * SECONDS
    return ours / seconds, floor / seconds, (len(house.asked) - before) / (times * len(listeners))


def _fetched(pid: int, ears: Sequence[Ear], playlists: Sequence[str]) -> float:
    """Microseconds of a process while everybody listens."""
    began = _on_processor(pid)
    for _ in range(SECONDS):
        for ear, playlist in zip(ears, playlists, strict=True):
            for target in (playlist, playlist.replace(PLAYLIST, SEGMENT)):
                if ear.status(target) != 200:
                    raise RuntimeError("a listener hears nothing")
    return (_on_processor(pid) - began) / 1000


def _on_processor(pid: int) -> int:
    """Nanoseconds that a process has run."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def _ear(house: MediaHouse, port: int, user_id: UserId) -> Ear:
    return Ear(port, {"who": user_id, "spaces_ear": house.hall.seams.ids.ear(user_id)})


def _arrive(hall: Hall, count: int) -> list[tuple[UserId, str]]:
    """Members who listen to a Space by segments, each with where it lies."""
    space = hall.world.go_live("ada")
    found = []
    for number in range(1001, 1001 + count):
        member = hall.world.identity.add(Profile(UserId(str(number)), f"member{number}", f"Member {number}"))
        attending.join(hall.seams, member, space.id)
        found.append((member, hall.capture(space.id).live_path))
    for name, size in SIZES.items():
        hall.seams.storage.put(f"{found[0][1]}/{name}", b"s" * size, "audio/mp4")
    return found


class _Bare:
    """An nginx that serves a folder to everybody."""

    def __init__(self, folder: Path, files: Path) -> None:
        program = find_nginx()
        if program is None:
            raise FileNotFoundError("there is no nginx on this machine")
        self.port = free_port()
        (folder / "temp").mkdir(parents=True)
        (folder / "nginx.conf").write_text(BARE.replace("PORT", str(self.port)).replace("FILES", str(files)))
        with (folder / "stderr.log").open("wb") as log:
            self._process = subprocess.Popen(command(program, folder), stdout=log, stderr=log)
        self.pid = self._process.pid

    def is_up(self) -> bool:
        """Whether it answers."""
        try:
            return Ear(self.port, {}).status("/") > 0
        except OSError:
            return False

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(10)


@contextmanager
def _opened(hall: Hall, folder: Path) -> Iterator[tuple[MediaHouse, MediaNginx, _Bare]]:
    house = MediaHouse(hall, folder)
    bare = _Bare(folder / "bare", house.files)
    try:
        if not eventually(bare.is_up, within=10):
            raise RuntimeError("the bare nginx did not come up")
        yield house, house.nginx("ours", secret=True), bare
    finally:
        house.close()
        bare.stop()
