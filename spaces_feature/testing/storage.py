"""The port ``MediaStorage``: a stand-in that keeps sound in memory, and the contract of every adapter."""

from __future__ import annotations

import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import pytest

from ..domain.media_links import require_beginning, require_key
from ..errors import StorageDown
from ..ports import MediaStorage

SOUND = "audio/mp4"
NO_KEYS = (
    "",
    "/",
    "live",
    "live/a/b",
    "live/a/b/",
    "live/a/b/c/d.m4s",
    "/live/a/b/c.m4s",
    "live//b/c.m4s",
    "live/a/b/.part-0",
    "live/a/b/..",
    "live/a/../c.m4s",
    "../../../etc/passwd",
    "live/a/b/../../../../etc/passwd",
    "live/a/b/%2e%2e",
    "live/a/b/c.m4s\0",
    "live/a/b/c\0.m4s",
    "live/a/b/c.m4s\n",
    "live\\a\\b\\c.m4s",
    "live/a/b/c m4s",
    "LIVE/a/b/c.m4s",
    "live/a/b/c.m4s.",
    "live/a/b/c..m4s",
    "live/a/b/~root",
    "live/a/b/c?d",
    "live/\u0661/b/c.m4s",
    "live/\uff0e\uff0e/b/c.m4s",
    "live/a/b/caf\u00e9.m4s",
    "live/a/b/" + "c" * 65,
    "live/" + "a" * 33 + "/b/c.m4s",
    "c:/a/b/c.m4s",
)
"""What no adapter takes for a key, whatever its storage would make of it."""


class FakeStorage:
    """Sound in memory. With ``is_reachable`` off every call raises StorageDown."""

    def __init__(self) -> None:
        self.is_reachable = True
        self._lock = threading.Lock()
        self._objects: dict[str, bytes] = {}

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write a whole object."""
        require_key(key)
        with self._reached():
            self._objects[key] = bytes(data)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes | None:
        """Return an object or a part of it, None when there is none."""
        require_key(key)
        with self._reached():
            found = self._objects.get(key)
        return None if found is None else found[start : None if length is None else start + length]

    def size(self, key: str) -> int | None:
        """Return how many bytes an object has, None when there is none."""
        found = self.get(key)
        return None if found is None else len(found)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with ``prefix``, sorted."""
        require_beginning(prefix)
        with self._reached():
            return sorted(key for key in self._objects if key.startswith(prefix))

    def folders(self, within: str, after: str = "", limit: int = 100) -> list[str]:
        """Return the names of folders directly in one, by the alphabet."""
        names = {key.removeprefix(within).partition("/")[0] for key in self.keys(within)}
        return sorted(name for name in names if name > after)[:limit]

    def delete(self, keys: Collection[str]) -> None:
        """Delete objects."""
        names = [require_key(key) for key in keys]
        with self._reached():
            for name in names:
                self._objects.pop(name, None)

    def _reached(self) -> threading.Lock:
        if not self.is_reachable:
            raise StorageDown("switched off by the test")
        return self._lock


class MediaStorageContract:
    """What every ``MediaStorage`` must do. Subclass it in a test module and give its two fixtures."""

    @pytest.fixture
    def storage(self) -> MediaStorage:
        """The adapter under test, over an empty storage."""
        raise NotImplementedError("give a fixture 'storage'")

    @pytest.fixture
    def away(self) -> MediaStorage:
        """The same adapter over a storage that does not answer, or refuses."""
        raise NotImplementedError("give a fixture 'away'")

    def test_fills_the_port(self, storage: MediaStorage) -> None:
        """The adapter has every method of the port."""
        assert isinstance(storage, MediaStorage)

    @pytest.mark.parametrize("data", [b"", b"sound", bytes(range(256)) * 300])
    def test_what_was_put_is_there(self, storage: MediaStorage, data: bytes) -> None:
        """Every byte comes back, and a second writing replaces the first."""
        storage.put("live/a/b/00000001.m4s", b"something else before, and longer than that", SOUND)
        storage.put("live/a/b/00000001.m4s", data, SOUND)
        assert storage.get("live/a/b/00000001.m4s") == data
        assert storage.size("live/a/b/00000001.m4s") == len(data)

    def test_what_is_not_there_is_none(self, storage: MediaStorage) -> None:
        """In an empty storage, beside something, and after it was deleted."""
        key = "clips/a/b/clip.m4a"
        assert (storage.get(key), storage.size(key), storage.keys("")) == (None, None, [])
        storage.put("clips/a/b/clip.m4b", b"sound", SOUND)
        assert (storage.get(key), storage.size(key), storage.get(key, 1, 2)) == (None, None, None)
        storage.put(key, b"sound", SOUND)
        storage.delete([key])
        assert (storage.get(key), storage.size(key)) == (None, None)
        assert storage.keys("clips/") == ["clips/a/b/clip.m4b"]

    @pytest.mark.parametrize(
        ("start", "length", "part"),
        [(0, 4, b"0123"), (3, 2, b"34"), (8, None, b"89"), (8, 99, b"89"), (10, 1, b""), (99, None, b""), (3, 0, b"")],
    )
    def test_a_part_is_what_stands_there(
        self, storage: MediaStorage, start: int, length: int | None, part: bytes
    ) -> None:
        """A part begins and ends at the byte; past the end there is nothing, which is not None."""
        storage.put("downloads/a/b/recording.m4a", b"0123456789", SOUND)
        assert storage.get("downloads/a/b/recording.m4a", start, length) == part

    def test_keys_are_sorted_and_begin_as_asked(self, storage: MediaStorage) -> None:
        """By a kind, an owner, a folder, the beginning of a name, or nothing: all of these and no others."""
        kept = [f"kept/a/b/{number:08d}.m4s" for number in (10, 9, 100)]
        others = ["kept/a/b2/init.mp4", "kept/ab/b/init.mp4", "live/a/b/index.m3u8", "kept/a/b/init.mp4"]
        for key in [*kept, *others]:
            storage.put(key, b"sound", SOUND)
        assert storage.keys("kept/a/b/0") == sorted(kept)
        assert storage.keys("kept/a/b/") == [*sorted(kept), "kept/a/b/init.mp4"]
        assert storage.keys("kept/a/") == [*sorted(kept), "kept/a/b/init.mp4", "kept/a/b2/init.mp4"]
        assert storage.keys("kept/a/b/00000009.m4s") == ["kept/a/b/00000009.m4s"]
        assert storage.keys("live/") == ["live/a/b/index.m3u8"]
        assert storage.keys("") == sorted([*kept, *others])
        assert storage.keys("kept/a/b/2") == storage.keys("clips/") == []

    def test_folders_are_named_page_by_page(self, storage: MediaStorage) -> None:
        """Those directly in one, each once, of a bounded page; from the last name on the next page, until none is."""
        for key in ("live/b/x/1.m4s", "live/b/y/1.m4s", "live/a/x/1.m4s", "live/c/x/1.m4s", "kept/d/x/1.m4s"):
            storage.put(key, b"sound", SOUND)
        found: list[str] = []
        after = ""
        while page := storage.folders("live/", after, limit=2):
            assert len(page) <= 2
            found, after = [*found, *page], page[-1]
        assert sorted(found) == ["a", "b", "c"]
        assert sorted(storage.folders("live/b/")) == ["x", "y"]
        assert storage.folders("clips/") == []

    def test_deleting_takes_that_and_nothing_else(self, storage: MediaStorage) -> None:
        """Many at once, some of them twice or not there; deleting nothing is fine, and so is putting it again."""
        keys = [f"live/a/b/{number:08d}.m4s" for number in range(7)]
        for key in keys:
            storage.put(key, b"sound", SOUND)
        storage.delete([*keys[:5], keys[0], "live/a/b/00000099.m4s", "live/zz/b/00000001.m4s"])
        storage.delete([])
        assert storage.keys("live/") == keys[5:]
        storage.delete(keys)
        assert storage.keys("") == []
        storage.put(keys[0], b"again", SOUND)
        assert storage.get(keys[0]) == b"again"

    @pytest.mark.parametrize("key", NO_KEYS)
    def test_only_our_own_keys_are_taken(self, storage: MediaStorage, key: str) -> None:
        """Whatever else might lead somewhere is a ValueError in every method, and changes nothing."""
        storage.put("live/a/b/c.m4s", b"sound", SOUND)
        for call in (lambda: storage.put(key, b"x", SOUND), lambda: storage.get(key), lambda: storage.size(key)):
            with pytest.raises(ValueError, match="no key"):
                call()
        with pytest.raises(ValueError, match="no key"):
            storage.delete(["live/a/b/c.m4s", key])
        assert storage.keys("") == ["live/a/b/c.m4s"]

    @pytest.mark.parametrize("prefix", ["..", "/", "live//", "live/a/b/c/", "live/a/../", "LIVE/", "live/a/b/.", "\0"])
    def test_only_what_keys_begin_with_is_listed(self, storage: MediaStorage, prefix: str) -> None:
        """A beginning that no key has is a ValueError."""
        with pytest.raises(ValueError, match="no key"):
            storage.keys(prefix)

    def test_nobody_sees_half_of_it(self, storage: MediaStorage) -> None:
        """While one writes again and again, others get a whole old object or a whole new one."""
        key = "live/a/b/index.m3u8"
        versions = [bytes([letter]) * 50_000 for letter in b"abcdefgh"]
        storage.put(key, versions[0], SOUND)

        def write() -> None:
            for version in versions:
                storage.put(key, version, SOUND)

        def read() -> set[bytes | None]:
            return {storage.get(key) for _ in range(20)}

        with ThreadPoolExecutor(4) as pool:
            writing = pool.submit(write)
            seen = set().union(*(one.result() for one in [pool.submit(read) for _ in range(3)]))
            writing.result()
        assert seen <= set(versions)
        assert storage.keys("") == [key]

    def test_away_is_not_absent(self, away: MediaStorage) -> None:
        """A storage that does not answer raises StorageDown from every method, and its words give no place away."""
        key = "live/a/b/00000001.m4s"
        for call in (
            lambda: away.put(key, b"sound", SOUND),
            lambda: away.get(key),
            lambda: away.get(key, 1, 2),
            lambda: away.size(key),
            lambda: away.keys("live/"),
            lambda: away.delete([key]),
        ):
            with pytest.raises(StorageDown) as down:
                call()
            assert "/" not in str(down.value)
