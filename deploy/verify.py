"""``make test`` and ``make check``: runs every check and test, and says at the end what could not run and why."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.capabilities import Capability, read
from deploy.checkout import Checkout
from deploy.front_end import node_environment

_NO_TESTS_COLLECTED = 5
_NODE_COUNT = re.compile(r"^(?:#|ℹ) (pass|fail|skipped) (\d+)\s*$")
_NAMES = {"livekit-server": "livekit-server", "nginx": "nginx", "chromium": "Chromium", "postgres": "PostgreSQL"}


@dataclass(slots=True)
class Outcome:
    """How one stage went. ``missing`` holds whole sentences about what could not run."""

    name: str
    is_good: bool = True
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    missing: list[str] = field(default_factory=list)


class Verification:
    """Runs stages one after the other, whether or not the ones before went well."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self._has: dict[str, Capability] = read(checkout)
        self.outcomes: list[Outcome] = []

    def check(self, name: str, *command: str) -> None:
        """A program whose exit status is its verdict."""
        self._run(Outcome(name), command)

    def front_end(self, folder: Path) -> None:
        """The type check and the tests of a front end, where its package has them."""
        manifest = (folder / "package.json").read_text()
        for script in ("check", "test"):
            if f'"{script}":' in manifest:
                outcome = Outcome(f"npm run {script} in {folder.relative_to(self._checkout.root)}")
                output = self._run(
                    outcome, ["npm", "run", script], folder=folder, environment=node_environment(self._checkout)
                )
                counts = {found[1]: int(found[2]) for line in output if (found := _NODE_COUNT.match(line))}
                outcome.passed, outcome.failed = counts.get("pass", 0), counts.get("fail", 0)
                outcome.skipped = counts.get("skipped", 0)

    def pytest(
        self,
        name: str,
        marks: str,
        *,
        needs: Sequence[str] = (),
        may_need: Sequence[str] = (),
        spreads: bool = False,
    ) -> None:
        """The tests that ``marks`` selects: all or none by ``needs``, and not those of absent ones in ``may_need``.

        ``spreads``: over all cores. Not for those that listen to sound, which a full machine makes stutter.
        """
        outcome = Outcome(name)
        for need in needs:
            if (why := self._lack(need)) is not None:
                outcome.missing.append(f"{name}: no {_NAMES[need]}: {why}")
        if outcome.missing:
            self.outcomes.append(outcome)
            return
        for need in may_need:
            if (why := self._lack(need)) is not None:
                outcome.missing.append(f"{name}: those marked {need}: no {_NAMES[need]}: {why}")
                marks += f" and not {need}"
        report = self._checkout.cache / f"tests-{len(self.outcomes)}.xml"
        report.unlink(missing_ok=True)
        side_by_side = ["-n", "auto"] if spreads else []
        self._run(outcome, [sys.executable, "-m", "pytest", *side_by_side, "-m", marks, f"--junitxml={report}"])
        if report.exists():
            _count(outcome, report)

    def _lack(self, need: str) -> str | None:
        capability = self._has.get(need, Capability(why="nobody has looked for it yet"))
        return None if capability.path else capability.why

    def _run(
        self,
        outcome: Outcome,
        command: Sequence[str],
        *,
        folder: Path | None = None,
        environment: dict[str, str] | None = None,
    ) -> list[str]:
        print(f"\n== {outcome.name}", flush=True)
        begun = time.monotonic()
        output = b""
        with subprocess.Popen(
            command,
            cwd=folder or self._checkout.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            assert process.stdout is not None
            # As it comes, not line by line: pytest shows a test by one dot.
            while chunk := os.read(process.stdout.fileno(), 65536):
                sys.stdout.buffer.write(chunk)
                sys.stdout.buffer.flush()
                output += chunk
        outcome.seconds = time.monotonic() - begun
        outcome.is_good = process.returncode == 0
        if process.returncode == _NO_TESTS_COLLECTED and "pytest" in command:
            outcome.missing.append(f"{outcome.name}: there is no such test")
        self.outcomes.append(outcome)
        return output.decode(errors="replace").splitlines()


def report(outcomes: Sequence[Outcome], *, is_strict: bool) -> bool:
    """Prints how every stage went; True when all is good. ``is_strict``: what could not run is a failure."""
    print("\n== Summary")
    for outcome in outcomes:
        verdict = "could not run" if not outcome.seconds else "good" if outcome.is_good else "FAILED"
        print(f"{verdict:>14}  {outcome.name} ({outcome.seconds:.0f} s)")
    missing = [sentence for outcome in outcomes for sentence in outcome.missing]
    if missing:
        print("\n" + "!" * 78)
        print("!! COULD NOT RUN on this machine" + (", which fails under CI:" if is_strict else ":"))
        for sentence in missing:
            print("!! " + sentence.replace("\n", "\n!!     "))
        print("!" * 78)
    # A failed check that counts nothing is one failure; a run that ended early has at least one.
    failed = sum(outcome.failed or (not outcome.is_good) for outcome in outcomes)
    passed, skipped = sum(outcome.passed for outcome in outcomes), sum(outcome.skipped for outcome in outcomes)
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return not failed and not (missing and is_strict)


def main(arguments: Sequence[str]) -> int:
    """Runs everything, or with ``--fast`` what needs neither SFU nor browser; returns the exit status."""
    checkout = Checkout(Path(__file__).resolve().parent.parent)
    run = Verification(checkout)
    python = sys.executable
    run.check("ruff", python, "-m", "ruff", "check")
    run.check("mypy", python, "-m", "mypy")
    run.check("mypy of the set-up", python, "-m", "mypy", "-p", "deploy")
    run.check("import-linter", str(checkout.python.parent / "lint-imports"))
    run.pytest("tests without SFU and browser", "not sfu and not e2e", may_need=["postgres"], spreads=True)
    if "--fast" not in arguments:
        for folder in checkout.front_ends:
            run.front_end(folder)
        run.pytest("tests on a real SFU", "sfu and not e2e", needs=["livekit-server"], may_need=["nginx"])
        run.pytest("tests in a real browser", "e2e", needs=["livekit-server", "chromium"])
    return 0 if report(run.outcomes, is_strict=os.environ.get("CI") == "true") else 1


def _count(outcome: Outcome, report: Path) -> None:
    for case in ElementTree.parse(report).iter("testcase"):
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failed += 1
        elif skip is None or skip.get("type") == "pytest.xfail":
            outcome.passed += 1
        else:
            outcome.skipped += 1
            outcome.missing.append(f"{case.get('classname')}::{case.get('name')}: {skip.get('message')}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
