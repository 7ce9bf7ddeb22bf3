"""Entrance of the set-up: ``python3 -m deploy.install [--for demo|tests] [--quiet] [--then ARGUMENTS...]``.

Kept so plain that an old Python can read it far enough to say that it is too old.
"""

import os
import shutil
import sys

OLDEST = (3, 11)


def main() -> int:
    """Hands over to ``deploy.setup``, on a newer Python of this machine if the one running is too old."""
    if sys.version_info < OLDEST:
        for minor in range(19, OLDEST[1] - 1, -1):
            newer = shutil.which("python3.%d" % minor)  # noqa: UP031
            if newer:
                os.execv(newer, [newer, "-m", "deploy.install", *sys.argv[1:]])
        sys.exit(
            "Spaces needs Python %d.%d or newer; this is Python %d.%d and there is no newer one on PATH."  # noqa: UP031
            % (*OLDEST, *sys.version_info[:2])
        )
    from deploy.setup import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
