"""nginx before sound: the configuration that it serves segments, replays and clips with.

Standard library only, like everything in this package; the tests and the bench use it, too.
"""

from __future__ import annotations

import re
from pathlib import Path

_SHIPPED = Path(__file__).resolve().parent / "nginx"
_PLACEHOLDER = re.compile(r"@([A-Z]+)@")
_ALONE = "media-alone.conf"
#: For the http block, and for the server block that the app is behind.
FILES = ("spaces-media.conf", "spaces-media-locations.conf")
ASK = "/spaces-media-gate"


def media_config(
    name: str, *, media: str, app: str, gate: str, files: str, logs: str, cache: str, secret: str, asks: bool
) -> str:
    """One of ``FILES`` with its placeholders filled; what each means stands at the top of the first.

    ``secret`` empty leaves signatures to the app. Raises ValueError for a value that nginx would read as more than one
    word, and for a configuration by which nobody would hear anything.
    """
    if secret and not re.fullmatch(r"[0-9a-f]{64}", secret):
        raise ValueError("SECRET is not what `flask spaces media-secret` prints")
    if not secret and not asks:
        raise ValueError("nginx must either know the secret or ask the app")
    values = {"MEDIA": media, "APP": app, "GATE": gate, "FILES": files, "LOGS": logs, "CACHE": cache}
    for key, value in values.items():
        if not re.fullmatch(r"[\w./:\[\]-]+", value, re.ASCII):
            raise ValueError(f"{key} cannot be {value!r} in an nginx configuration")
    values |= {"SECRET": secret or "none", "ASK": ASK if asks else "off"}
    shipped = (_SHIPPED / name).read_text()
    return _PLACEHOLDER.sub(lambda found: values[found[1]], shipped)


def lay_out(
    folder: Path,
    *,
    listen: str,
    app: str,
    files: Path,
    media: str = "/spaces/media",
    gate: str = "/spaces/media-gate",
    secret: str = "",
    asks: bool = True,
) -> None:
    """Make ``folder`` the home of an nginx with sound and the app behind it; ``deploy.gate.command`` starts it,
    with ``media-alone.conf`` as ``nginx.conf``."""
    (folder / "temp").mkdir(parents=True, exist_ok=True)
    (folder / "nginx.conf").write_text((_SHIPPED / _ALONE).read_text().replace("@LISTEN@", listen))
    for name in FILES:
        config = media_config(
            name, media=media, app=app, gate=gate, files=str(files), logs=".", cache="cache", secret=secret, asks=asks
        )
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(config)
