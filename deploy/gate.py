"""nginx before the SFU: whether this machine has one that can be the gate, and the configuration it runs with.

Standard library only, like everything in this package; the demo and the tests use it, too.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

_SHIPPED = Path(__file__).resolve().parent / "nginx"
_PLACEHOLDER = re.compile(r"@([A-Z]+)@")
#: Debian keeps it where only root looks.
_PLACES = ("/usr/sbin/nginx", "/usr/local/sbin/nginx")


def find_nginx() -> Path | None:
    """An nginx that runs and can ask first (``auth_request``); from PATH, else from where systems keep it."""
    named = shutil.which("nginx")
    places = [Path(named)] if named else []
    return next((place for place in [*places, *map(Path, _PLACES)] if _can_ask(place)), None)


def _can_ask(program: Path) -> bool:
    try:
        said = subprocess.run([program, "-V"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0 and "http_auth_request_module" in said.stderr


def gate_config(*, listen: str, app: str, gate: str, sfu: str, logs: str) -> str:
    """``nginx/spaces-gate.conf`` with its placeholders filled; what each means stands at its top.

    Raises ValueError for a value that nginx would read as more than one word.
    """
    values = {"LISTEN": listen, "APP": app, "GATE": gate, "SFU": sfu, "LOGS": logs}
    for name, value in values.items():
        if not re.fullmatch(r"[\w./:\[\]-]+", value):
            raise ValueError(f"{name} cannot be {value!r} in an nginx configuration")
    shipped = (_SHIPPED / "spaces-gate.conf").read_text()
    return _PLACEHOLDER.sub(lambda found: values[found[1]], shipped)


def lay_out(folder: Path, *, listen: str, app: str, gate: str, sfu: str) -> None:
    """Make ``folder`` the home of an nginx with nothing but the gate in it: configuration, logs, temporary files."""
    (folder / "temp").mkdir(parents=True, exist_ok=True)
    (folder / "nginx.conf").write_text((_SHIPPED / "alone.conf").read_text())
    config = gate_config(listen=listen, app=app, gate=gate, sfu=sfu, logs=".")
    (folder / "spaces-gate.conf").write_text(config)


def command(nginx: Path, folder: Path) -> list[str]:
    """What starts that nginx; it runs until it is sent SIGTERM."""
    return [str(nginx), "-e", "stderr", "-p", f"{folder}/", "-c", "nginx.conf"]
