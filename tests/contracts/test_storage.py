"""The storages of sound keep the contract of the port: a folder, a bucket, and the stand-in for tests."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from spaces_feature.errors import StorageDown
from spaces_feature.integrations.storage_local import LocalStorage
from spaces_feature.integrations.storage_s3 import S3Storage
from spaces_feature.testing.storage import SOUND, FakeStorage, MediaStorageContract
from tests.s3 import KEYS, REGION, Moto
from tests.sfu.server import free_port

KEY = "live/a/b/00000001.m4s"
DENIED = b"<Error><Code>AccessDenied</Code><Message>No</Message></Error>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a storage answers in the place of the real one."""

    status_code: int
    content: bytes
    headers: dict[str, str] = field(default_factory=dict)
    raw: object = None


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    """A server that speaks S3, for all tests here."""
    server = Moto(tmp_path_factory.mktemp("moto"))
    server.start()
    yield server
    server.stop()


class TestFakeStorage(MediaStorageContract):
    """The contract, in memory."""

    @pytest.fixture
    def storage(self) -> FakeStorage:
        return FakeStorage()

    @pytest.fixture
    def away(self) -> FakeStorage:
        storage = FakeStorage()
        storage.is_reachable = False
        return storage


class TestLocalStorage(MediaStorageContract):
    """The contract, in a folder."""

    @pytest.fixture
    def storage(self, tmp_path: Path) -> LocalStorage:
        return LocalStorage(tmp_path / "sound")

    @pytest.fixture
    def away(self, tmp_path: Path) -> LocalStorage:
        (tmp_path / "taken").write_text("a file where the folder would be")
        return LocalStorage(tmp_path / "taken")

    def test_nothing_is_left_of_what_is_gone(self, storage: LocalStorage) -> None:
        """The folder is made on demand, and with the last file in them folders go, but for the storage's own."""
        assert not storage.folder.exists()
        storage.put(KEY, b"sound", SOUND)
        storage.put("live/a/c/index.m3u8", b"text", SOUND)
        storage.delete([KEY])
        assert [path.name for path in (storage.folder / "live" / "a").iterdir()] == ["c"]
        storage.delete(["live/a/c/index.m3u8"])
        assert list(storage.folder.iterdir()) == []

    def test_it_is_for_this_user_and_the_web_server(self, storage: LocalStorage) -> None:
        """Others on this machine read neither the folder nor a file in it; the group, nginx's, does."""
        storage.put(KEY, b"sound", SOUND)
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (storage.folder, storage.folder / KEY)]
        assert modes == [0o750, 0o640]

    def test_a_failed_writing_leaves_what_was_there(
        self, storage: LocalStorage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A full disk takes nothing away and leaves no half of a file behind."""
        storage.put(KEY, b"before", SOUND)

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "replace", full)
        with pytest.raises(StorageDown, match="write: OSError 28"):
            storage.put(KEY, b"after", SOUND)
        monkeypatch.undo()
        assert storage.get(KEY) == b"before"
        assert [path.name for path in (storage.folder / KEY).parent.iterdir()] == ["00000001.m4s"]

    def test_what_a_death_left_half_written_goes_with_the_rest(self, storage: LocalStorage) -> None:
        """Sound that a killed recorder was writing is in no list: it goes with what lies beside it, or when old."""
        folder = (storage.folder / KEY).parent
        storage.put(KEY, b"sound", SOUND)
        storage.put("live/a/b/00000002.m4s", b"sound", SOUND)
        young, old = folder / ".part-0123456789abcdef", folder / ".part-fedcba9876543210"
        for half in (young, old):
            half.write_bytes(b"half a second")
        os.utime(old, (0, 0))
        storage.delete([KEY])
        assert (young.exists(), old.exists()) == (True, False)
        storage.delete(["live/a/b/00000002.m4s"])
        assert list(storage.folder.iterdir()) == []

    def test_who_writes_while_all_goes_writes_all_the_same(
        self, storage: LocalStorage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is half written is taken for a death's by another process: it is written once more."""
        replace, times = Path.replace, []

        def swept(half: Path, place: Path) -> Path:
            times.append(half)
            if len(times) == 1:
                storage.delete([KEY])
                assert not half.exists()
            return replace(half, place)

        monkeypatch.setattr(Path, "replace", swept)
        storage.put(KEY, b"sound", SOUND)
        assert (storage.get(KEY), len(times)) == (b"sound", 2)

    def test_what_is_not_ours_is_not_listed(self, storage: LocalStorage) -> None:
        """Files that somebody else put there are neither found nor in the way."""
        storage.put(KEY, b"sound", SOUND)
        (storage.folder / "lost+found").mkdir()
        (storage.folder / "lost+found" / "#12").touch()
        (storage.folder / "live" / "notes.txt").touch()
        assert storage.keys("") == storage.keys("live/") == [KEY]
        storage.delete([KEY])
        assert (storage.folder / "live" / "notes.txt").exists()

    def test_a_link_out_of_the_folder_is_not_followed_by_lists(self, storage: LocalStorage, tmp_path: Path) -> None:
        """A folder that is a link to elsewhere shows nothing of what lies there."""
        (tmp_path / "elsewhere" / "a" / "b").mkdir(parents=True)
        (tmp_path / "elsewhere" / "a" / "b" / "secret.txt").touch()
        storage.put(KEY, b"sound", SOUND)
        (storage.folder / "kept").symlink_to(tmp_path / "elsewhere")
        assert storage.keys("") == [KEY]


class TestS3Storage(MediaStorageContract):
    """The contract, in a bucket, with lists and deletions of three at a time."""

    @pytest.fixture
    def storage(self, moto: Moto) -> S3Storage:
        return moto.storage(moto.bucket(), page=3)

    @pytest.fixture
    def away(self) -> S3Storage:
        return S3Storage("sound", endpoint_url=f"http://127.0.0.1:{free_port()}", region=REGION, **KEYS)

    def test_a_bucket_that_is_not_there_is_away(self, moto: Moto) -> None:
        """A wrong name in the settings is no empty storage."""
        storage = moto.storage("nobody-made-this")
        for call in (lambda: storage.get(KEY), lambda: storage.size(KEY), lambda: storage.keys("")):
            with pytest.raises(StorageDown):
                call()

    def test_a_refusal_is_away(self, moto: Moto) -> None:
        """What the storage refuses is StorageDown with the storage's own code, not None, and nothing was lost."""
        bucket = moto.bucket()
        storage = moto.storage(bucket)
        storage.put(KEY, b"sound", SOUND)
        refusing = moto.storage(bucket)
        refusing._s3.meta.events.register("before-send.s3.*", lambda **_: Answer(403, DENIED))
        with pytest.raises(StorageDown, match="delete: AccessDenied"):
            refusing.delete([KEY])
        with pytest.raises(StorageDown, match="read: AccessDenied"):
            refusing.get(KEY)
        assert storage.get(KEY) == b"sound"

    def test_a_deletion_that_was_refused_in_part_is_no_deletion(self, moto: Moto) -> None:
        """S3 answers 200 and names what it did not delete; to us that is StorageDown, and it can be tried again."""
        storage = moto.storage(moto.bucket())
        told = f"<DeleteResult><Error><Key>{KEY}</Key><Code>InternalError</Code></Error></DeleteResult>"
        storage._s3.meta.events.register("before-send.s3.DeleteObjects", lambda **_: Answer(200, told.encode()))
        with pytest.raises(StorageDown, match="delete: InternalError"):
            storage.delete([KEY])

    def test_one_bucket_may_hold_more_than_this(self, moto: Moto) -> None:
        """Below a folder of its own a storage sees its own keys only, and leaves the rest of the bucket alone."""
        bucket = moto.bucket()
        ours, others = moto.storage(bucket, within="spaces/sound"), moto.storage(bucket)
        ours.put(KEY, b"ours", SOUND)
        others.put(KEY, b"others", SOUND)
        assert (ours.get(KEY), ours.keys(""), ours.keys("live/")) == (b"ours", [KEY], [KEY])
        assert others.keys("") == [KEY]
        ours.delete([KEY])
        assert (ours.keys(""), others.get(KEY)) == ([], b"others")

    def test_the_type_is_kept(self, moto: Moto) -> None:
        """Whoever serves the bucket itself serves sound as sound."""
        bucket = moto.bucket()
        moto.storage(bucket).put("live/a/b/index.m3u8", b"#EXTM3U", "application/vnd.apple.mpegurl")
        head = moto.client().head_object(Bucket=bucket, Key="live/a/b/index.m3u8")
        assert head["ContentType"] == "application/vnd.apple.mpegurl"
