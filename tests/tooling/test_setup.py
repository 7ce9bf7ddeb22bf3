"""The set-up's parts: stamps, progress, what it looks for and what it writes down."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.capabilities import Capability, find_chromium, find_postgres, read, write
from deploy.checkout import Checkout, fingerprint, sources
from deploy.front_end import build, node_environment
from deploy.progress import Progress, SetupFailed
from deploy.verify import Outcome, Verification, report

ROOT = Path(__file__).resolve().parents[2]


def an_executable(path: Path, script: str) -> Path:
    """A shell program at ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """An empty checkout."""
    checkout = Checkout(tmp_path / "checkout")
    checkout.cache.mkdir(parents=True)
    return checkout


def test_a_stamp_speaks_for_its_inputs_only(checkout: Checkout) -> None:
    """A step counts as done for the very contents and facts it was done for, until one of them changes."""
    file, stamp = checkout.root / "package.json", checkout.stamp("front-end")
    file.write_text("one")
    inputs = fingerprint([file], "fact")
    assert not stamp.says(inputs)
    stamp.set(inputs)
    assert stamp.says(fingerprint([file], "fact"))
    assert not stamp.says(fingerprint([file], "another fact"))
    file.write_text("two")
    assert not stamp.says(fingerprint([file], "fact"))
    file.unlink()
    assert not stamp.says(fingerprint([file], "fact"))


def test_results_are_not_sources(tmp_path: Path) -> None:
    """What a build writes does not make the next build necessary."""
    for name in ("src/a.ts", "src/deep/b.ts", "package.json", "node_modules/x/index.js", "test-dist/a.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert {str(file.relative_to(tmp_path)) for file in sources(tmp_path)} == {
        "src/a.ts",
        "src/deep/b.ts",
        "package.json",
    }


def test_a_step_tells_what_it_does(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal a step is two plain lines, and what its program says stays in the log."""
    with Progress(checkout.setup_logs).step("Front end", about="5 s") as step:
        step.run([sys.executable, "-c", "print('chatter')"], folder=checkout.root)
    first, second = capsys.readouterr().out.splitlines()
    assert first == "Front end: this takes about 5 s."
    assert second.startswith("Front end: done (")
    assert "chatter" in (checkout.setup_logs / "front-end.log").read_text()


def test_a_failed_step_shows_why(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    """A program that fails ends the step with the last lines it wrote, even when steps are quiet otherwise."""
    failing = [sys.executable, "-c", "import sys; print('no space left'); sys.exit(1)"]
    with (
        pytest.raises(SetupFailed, match=r"Front end: failed[\s\S]*no space left"),
        Progress(checkout.setup_logs, is_quiet=True).step("Front end", about="5 s") as step,
    ):
        step.run(failing, folder=checkout.root)
    assert capsys.readouterr().out == ""


def a_front_end(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end whose npm only notes what it was asked for."""
    folder = checkout.root / "feature" / "frontend"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text("{}")
    (folder / "entry.ts").write_text("1")
    tools = checkout.root / "tools"
    an_executable(tools / "node", "echo v20.1.0")
    an_executable(
        tools / "npm",
        f'echo "$1" >> {checkout.root}/asked; mkdir -p node_modules ../static/dist; touch ../static/dist/a',
    )
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    return folder


def test_a_front_end_is_built_when_it_changed(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """First packages, then the build; again only what a change makes necessary, or a result that has gone."""
    folder, asked = a_front_end(checkout, monkeypatch), checkout.root / "asked"

    def asked_for() -> str:
        asked.write_text("")
        build(checkout, Progress(checkout.setup_logs, is_quiet=True), folder)
        return asked.read_text()

    assert asked_for() == "ci\nrun\n"
    assert asked_for() == ""
    (folder / "entry.ts").write_text("2")
    assert asked_for() == "run\n"
    (folder / "package.json").write_text('{"private": true}')
    assert asked_for() == "ci\nrun\n"
    (folder.parent / "static" / "dist" / "a").unlink()
    assert asked_for() == "run\n"


def test_a_node_that_is_too_old_is_passed_over(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Node counts from version 20 on; the environment's own comes next, and without any the way to one is named."""
    tools = an_executable(checkout.root / "tools" / "node", "echo v18.19.0").parent
    an_executable(tools / "npm", "")
    monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(SetupFailed, match="'make setup' gets one"):
        node_environment(checkout)
    an_executable(checkout.python.parent / "node", "echo v24.1.0")
    an_executable(checkout.python.parent / "npm", "")
    assert node_environment(checkout)["PATH"].split(os.pathsep)[0] == str(checkout.python.parent)


def test_chromium_is_one_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stub that only says to install something is no Chromium; the next name, then the unpacked one, is."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    an_executable(tmp_path / "chromium", "exit 1")
    assert find_chromium() is None
    unpacked = an_executable(tmp_path / "cache" / "spaces-feature" / "chromium" / "start", "exit 0")
    assert find_chromium() == unpacked
    named = an_executable(tmp_path / "google-chrome", "exit 0")
    assert find_chromium() == named


def test_postgres_is_a_folder_of_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link on PATH leads to the folder in which the other programs are."""
    real = an_executable(tmp_path / "lib" / "initdb", "exit 0")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "initdb").symlink_to(real)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert find_postgres() == real.parent


def test_what_was_found_is_written_down(checkout: Checkout) -> None:
    """The test run reads what the set-up wrote: a path, or why there is none."""
    assert read(checkout) == {}
    found = {"chromium": Capability(path="/bin/chromium"), "postgres": Capability(why="no root")}
    write(checkout, found)
    assert read(checkout) == found


def test_what_cannot_run_is_said_loudly_and_fails_under_ci(capsys: pytest.CaptureFixture[str]) -> None:
    """Missing things are named in the end; they fail a strict run only, and a failed test fails any."""
    good = Outcome("fast", seconds=1.0, passed=40)
    absent = Outcome("tests in a real browser", missing=["tests in a real browser: no Chromium: no root"])
    assert report([good, absent], is_strict=False)
    said = capsys.readouterr().out
    assert "!! tests in a real browser: no Chromium: no root" in said
    assert said.splitlines()[-1] == "40 passed, 0 failed, 0 skipped"
    assert not report([good, absent], is_strict=True)
    assert report([good], is_strict=True)
    assert not report([good, Outcome("ruff", is_good=False, seconds=1.0)], is_strict=False)
    assert capsys.readouterr().out.splitlines()[-1] == "40 passed, 1 failed, 0 skipped"


def test_counts_and_skips_come_from_the_test_run(checkout: Checkout) -> None:
    """A real pytest run is counted, and each skipped test is named with its reason."""
    (checkout.root / "test_it.py").write_text(
        "import pytest\n"
        "def test_good(): pass\n"
        "def test_bad(): assert False\n"
        "@pytest.mark.skip(reason='no clock here')\n"
        "def test_skipped(): pass\n"
    )
    verification = Verification(checkout)
    verification.pytest("all of it", "not e2e")
    outcome = verification.outcomes[0]
    assert (outcome.passed, outcome.failed, outcome.skipped, outcome.is_good) == (1, 1, 1, False)
    assert outcome.missing == ["test_it::test_skipped: no clock here"]


def test_tests_without_their_server_do_not_run(checkout: Checkout) -> None:
    """A stage that needs what could not be got is not started, and says why."""
    write(checkout, {"chromium": Capability(why="no root")})
    verification = Verification(checkout)
    verification.pytest("browser", "e2e", needs=["chromium"])
    assert verification.outcomes[0].missing == ["browser: no Chromium: no root"]
    assert verification.outcomes[0].seconds == 0


def test_an_old_python_is_told_so(tmp_path: Path) -> None:
    """The entrance names the Python it needs when there is no newer one to hand over to."""
    code = "import sys; sys.version_info = (3, 9, 2); from deploy.install import main; main()"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert "needs Python 3.11 or newer; this is Python 3.9" in answer.stderr


def test_no_lock_file_names_a_registry() -> None:
    """Lock files hold versions and hashes; where packages come from is the business of whoever installs them."""
    locks = [ROOT / "requirements.lock", *ROOT.glob("*/frontend/package-lock.json")]
    assert len(locks) == 3
    for lock in locks:
        assert "://" not in "".join(
            line for line in lock.read_text().splitlines() if '"url"' not in line and '"funding"' not in line
        ), lock
