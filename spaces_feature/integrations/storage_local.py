"""Sound in a folder of this machine: the storage of an app that has one machine, or a disk that all of them share."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from ..domain.media_links import is_key, require_beginning, require_key
from ..errors import StorageDown

UNFINISHED = ".part-"
"""How files begin that are being written. No key has such a name, so nobody is given one."""
FOLDER_MODE, FILE_MODE = 0o750, 0o640
"""For this user, and for a web server in its group to read."""
UNFINISHED_S = 30.0
"""Whoever has not finished writing after so many seconds was killed."""
TRIES = 3
"""A folder may go, being empty, between the moment it is made and the first file in it."""


class LocalStorage:
    """``MediaStorage`` in ``folder``, which is made when something is first put there.

    A file appears whole: it is written beside its place and moved there. A folder goes with its last file.
    """

    def __init__(self, folder: Path | str) -> None:
        self._folder = Path(folder)

    @property
    def folder(self) -> Path:
        """Where it lies: nginx may serve it from there."""
        return self._folder

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write a whole object. Its type goes by the ending of its name; here it is not kept."""
        place = self._place(key)
        with _told("write"):
            for left in reversed(range(TRIES)):
                try:
                    self._write(place, data)
                    return
                except FileNotFoundError:
                    if not left:
                        raise

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes | None:
        """Return an object or a part of it, None when there is none."""
        with _told("read"):
            try:
                with self._place(key).open("rb") as file:
                    file.seek(start)
                    return file.read(-1 if length is None else length)
            except FileNotFoundError:
                return None

    def size(self, key: str) -> int | None:
        """Return how many bytes an object has, None when there is none."""
        with _told("read"):
            try:
                return self._place(key).stat().st_size
            except FileNotFoundError:
                return None

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with ``prefix``, sorted."""
        folder, _, _ = require_beginning(prefix).rpartition("/")
        with _told("list"):
            found = (path.relative_to(self._folder).as_posix() for path in _files(self._folder / folder))
            return sorted(key for key in found if key.startswith(prefix) and is_key(key))

    def folders(self, within: str, after: str = "", limit: int = 100) -> list[str]:
        """Return the names of folders directly in one, by the alphabet."""
        with _told("list"):
            try:
                entries = list(os.scandir(self._folder / require_beginning(within)))
            except FileNotFoundError:
                return []
            names = sorted(one.name for one in entries if one.name > after and one.is_dir(follow_symlinks=False))
            return names[:limit]

    def delete(self, keys: Collection[str]) -> None:
        """Delete objects, and folders with nothing left in them."""
        places = [self._place(key) for key in keys]
        with _told("delete"):
            for place in places:
                place.unlink(missing_ok=True)
            for folder in sorted({place.parent for place in places}):
                _drop_unfinished(folder)
                self._drop_empty(folder)

    def _place(self, key: str) -> Path:
        return self._folder / require_key(key)

    def _write(self, place: Path, data: bytes) -> None:
        self._folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        place.parent.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        unfinished = place.with_name(UNFINISHED + secrets.token_hex(8))
        try:
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:
                file.write(data)
            unfinished.replace(place)
        except BaseException:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            raise

    def _drop_empty(self, folder: Path) -> None:
        while folder != self._folder:
            try:
                folder.rmdir()
            except OSError:
                return  # not empty, or gone already
            folder = folder.parent


@contextlib.contextmanager
def _told(deed: str) -> Iterator[None]:
    """Whatever the disk says becomes StorageDown; of the message only its kind, since the rest has the path."""
    try:
        yield
    except OSError as error:
        raise StorageDown(f"{deed}: {type(error).__name__} {error.errno}") from None


def _drop_unfinished(folder: Path) -> None:
    """Delete what somebody was writing when they died: what is old, and all of it where nothing else is left.

    Whoever is writing after all does it again.
    """
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return
    unfinished = [folder / name for name in names if name.startswith(UNFINISHED)]
    is_all = len(unfinished) == len(names)
    for half in unfinished:
        with contextlib.suppress(FileNotFoundError):
            if is_all or half.stat().st_mtime < time.time() - UNFINISHED_S:
                half.unlink()


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder; what goes away meanwhile is left out."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        else:
            yield Path(entry.path)
