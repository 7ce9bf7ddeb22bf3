"""The virtual environment and the Python packages in it."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from deploy.checkout import Checkout, fingerprint
from deploy.debian import can_install, install_packages
from deploy.progress import Progress, SetupFailed, Step


def install(checkout: Checkout, progress: Progress, *, extra: str) -> None:
    """Makes ``.venv`` with this package and its ``extra``: ``demo``, or ``dev``, which includes it."""
    inputs = fingerprint(
        [checkout.root / "pyproject.toml", checkout.root / "requirements.lock"],
        str(checkout.root),
        sys.version,
    )
    # Inside the environment, so that it goes when the environment goes.
    wanted = [f"{name} {inputs}" for name in dict.fromkeys([extra, "dev"])]
    stamp = checkout.environment / "stamp"
    if checkout.python.exists() and stamp.exists() and stamp.read_text() in wanted:
        return
    with progress.step("Python packages", about="a minute" if extra == "demo" else "2 minutes") as step:
        stamp.unlink(missing_ok=True)
        if not _is_sound(checkout.python):
            _make_environment(checkout, step)
        pip_install(checkout, step, "--editable", f".[{extra}]")
        stamp.write_text(wanted[0])


def pip_install(checkout: Checkout, step: Step, *what: str) -> None:
    """Installs ``what`` into the environment, in the versions that ``requirements.lock`` names."""
    step.run(
        [checkout.python, "-m", "pip", "install", "--disable-pip-version-check", "-c", "requirements.lock", *what],
        folder=checkout.root,
    )


def _make_environment(checkout: Checkout, step: Step) -> None:
    if find_spec("ensurepip") is None:
        # Debian keeps this part of Python in a package of its own.
        package = f"python3.{sys.version_info.minor}-venv"
        if not can_install():
            raise SetupFailed(f"Python's venv module is incomplete; on Debian, 'apt-get install {package}' mends it.")
        install_packages(step, checkout.root, package)
    step.run([sys.executable, "-m", "venv", "--clear", checkout.environment], folder=checkout.root)


def _is_sound(python: Path) -> bool:
    # A link to a Python that has gone does not exist; a pip that has gone cannot install.
    return python.exists() and any(python.parent.parent.glob("lib/python3*/site-packages/pip"))
