"""What the page on sound says of a storage of one's own can be typed in: its class is run."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import spaces_feature
from spaces_feature.testing.storage import FakeStorage, MediaStorageContract
from tests.docs.pages import ROOT, blocks

(CONTRACT,) = [
    block.text
    for block in blocks("")
    if block.page == ROOT / "docs" / "how-to" / "media.md" and "MediaStorageContract" in block.text
]


def test_the_contract_shown_is_complete() -> None:
    """Its class gives every fixture that the contract leaves open, under the same names."""
    names: dict[str, Any] = {"pytest": pytest, "OurStorage": FakeStorage}
    exec(CONTRACT, names)
    shown = names["TestOurStorage"]
    assert issubclass(shown, MediaStorageContract)
    source = inspect.getsource(MediaStorageContract)
    open_ones = {name for name in vars(MediaStorageContract) if f"give a fixture '{name}'" in source}
    assert open_ones
    assert open_ones == {name for name in vars(shown) if not name.startswith("_")}


def test_what_a_storage_needs_is_public() -> None:
    """The port to fill and the error to raise; the ready-made stand-in is made of nothing else."""
    assert {"MediaStorage", "StorageDown"} <= set(spaces_feature.__all__)
    storage = FakeStorage()
    assert isinstance(storage, spaces_feature.MediaStorage)
    storage.is_reachable = False
    with pytest.raises(spaces_feature.StorageDown):
        storage.size("live/a/b/00000001.m4s")
