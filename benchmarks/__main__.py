"""``python -m benchmarks [--pairs N] [--json FILE] [NAME...]``: measure, print one table. A missed target is no error.

Names: bundles, strip, graph, crowd, join, flags, kill, evict, decide, agree, reconcile, recorder, hls-listener,
hls-delay, kept, listen, accept, load, restart.
Run it on a quiet machine; only ratios mean anything.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from . import (
    agreement,
    bundles,
    crowd,
    eviction,
    flags,
    hearing,
    joining,
    keeping,
    killing,
    reconciling,
    recorder,
    strip,
    strip_graph,
)
from .pairs import Figure
from .table import as_json, as_table

#: Pairs of each figure. A restart takes seconds, an outage half a minute, a page load neither.
PAIRS = {
    "strip": 7,
    "graph": 2,
    "crowd": 5,
    "join": 9,
    "flags": 7,
    "kill": 20,
    "evict": 20,
    "decide": 200,
    "agree": 1,
    "reconcile": 30,
    "recorder": 5,
    "hls-listener": 5,
    "hls-delay": 9,
    "kept": 5,
    "listen": 9,
    "accept": 7,
    "load": 11,
    "restart": 5,
}
NAMES = ("bundles", *PAIRS)
SOUND = ("listen", "accept", "load", "restart")


def main(arguments: Sequence[str]) -> int:
    """Measure what is asked for; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Each figure beside its floor.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--pairs", type=int, help="pairs of each figure")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every pair there")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.names if name not in NAMES]
    if unknown:
        parser.error(f"{unknown[0]} is not a figure; {', '.join(NAMES)} are")
    # What the app has to say while it is pressed is not the result.
    logging.disable(logging.WARNING)
    figures = measure(asked.names or NAMES, asked.pairs)
    print(as_table(figures))
    if asked.json:
        asked.json.write_text(json.dumps(as_json(figures), indent=2) + "\n")
    return 0


def measure(names: Sequence[str], pairs: int | None) -> list[Figure]:
    """Return the figures of these names, in the order in which we show them."""
    counts = {name: pairs or count for name, count in PAIRS.items()}
    figures: list[Figure] = []
    if "bundles" in names:
        figures += bundles.bundle_sizes()
    in_folder: dict[str, Callable[[Path, int], list[Figure]]] = {
        "strip": strip.strip_cost,
        "graph": strip_graph.graph_cost,
        "crowd": crowd.crowd_cost,
        "join": joining.join_rate,
        "flags": flags.flag_cost,
        "kill": killing.kill_latency,
        "evict": eviction.eviction,
        "decide": agreement.decision,
        "agree": agreement.agreement,
        "reconcile": reconciling.round_cost,
        "recorder": recorder.recorder_cost,
        "hls-listener": hearing.listener_cost,
        "hls-delay": _mouth_to_ear,
        "kept": keeping.kept_sound,
    }
    for name, take in in_folder.items():
        if name in names:
            _say(name)
            with tempfile.TemporaryDirectory() as folder:
                figures += take(Path(folder), counts[name])
    if wanted := [name for name in SOUND if name in names]:
        figures += _measure_sound(wanted, counts)
    return figures


def _mouth_to_ear(folder: Path, count: int) -> list[Figure]:
    # Here and not above: it needs a browser.
    from .hls_delay import mouth_to_ear

    return mouth_to_ear(folder, count)


def _measure_sound(names: Sequence[str], counts: dict[str, int]) -> list[Figure]:
    # Here and not above: only these need a browser.
    from . import sound
    from .stage import open_scene

    take = {
        "listen": sound.click_to_heard,
        "accept": sound.accept_to_heard,
        "load": sound.load_to_heard,
        "restart": sound.restart_to_heard,
    }
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder, open_scene(Path(folder)) as scene:
        for name in names:
            _say(name)
            figures += take[name](scene, counts[name])
    return figures


def _say(name: str) -> None:
    print(f"measuring {name} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
