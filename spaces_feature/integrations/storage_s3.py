"""Sound in a bucket of an S3-compatible storage. Needs boto3: the extra ``s3``."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ..domain.media_links import is_key, require_beginning, require_key
from ..errors import StorageDown

ABSENT = frozenset({"NoSuchKey", "404"})
"""What an object that is not there is called; a HEAD has no body to say more. A bucket that is not there is away."""
PAST_THE_END = "InvalidRange"
AT_ONCE = 1000
"""Objects in one list or one deletion, which is the most that S3 takes."""
CONNECT_S, READ_S = 2.0, 5.0


class S3Storage:
    """``MediaStorage`` in ``bucket``, below ``within`` (a folder there, without slashes at its ends), if given.

    ``endpoint_url`` leads to a storage that is not Amazon's. Without ``access_key`` and ``secret_key`` boto3 looks for
    credentials where it always does. One bucket can be shared by all machines. Give it a rule that deletes nothing by
    itself and no public access: only the app, or a proxy of yours, reads it.
    """

    def __init__(
        self,
        bucket: str,
        *,
        within: str = "",
        endpoint_url: str | None = None,
        region: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        page: int = AT_ONCE,
    ) -> None:
        self._bucket = bucket
        self._before = f"{within}/" if within else ""
        self._page = page
        self._s3: Any = boto3.client(
            "s3",
            endpoint_url=endpoint_url,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            config=Config(
                connect_timeout=CONNECT_S,
                read_timeout=READ_S,
                retries={"total_max_attempts": 2, "mode": "standard"},
                max_pool_connections=32,
                # The newer default checksums are not known to every storage that speaks S3.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write a whole object."""
        name = self._name(key)
        with _told("write"):
            self._s3.put_object(Bucket=self._bucket, Key=name, Body=data, ContentType=content_type)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes | None:
        """Return an object or a part of it, None when there is none."""
        name = self._name(key)
        if length is not None and length <= 0:
            return None if self.size(key) is None else b""
        # A whole object is asked for as such: of an empty one there is no range.
        part = {"Range": f"bytes={start}-{'' if length is None else start + length - 1}"} if start or length else {}
        with _told("read"):
            try:
                body: bytes = self._s3.get_object(Bucket=self._bucket, Key=name, **part)["Body"].read()
                return body
            except ClientError as error:
                if _code(error) == PAST_THE_END:
                    return b""
                _require_absent(error)
                return None

    def size(self, key: str) -> int | None:
        """Return how many bytes an object has, None when there is none."""
        name = self._name(key)
        with _told("read"):
            try:
                size: int = self._s3.head_object(Bucket=self._bucket, Key=name)["ContentLength"]
                return size
            except ClientError as error:
                _require_absent(error)
        self._require_bucket()
        return None

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with ``prefix``, sorted."""
        begins = self._before + require_beginning(prefix)
        pages = self._s3.get_paginator("list_objects_v2")
        with _told("list"):
            found = pages.paginate(Bucket=self._bucket, Prefix=begins, PaginationConfig={"PageSize": self._page})
            keys = (one["Key"].removeprefix(self._before) for page in found for one in page.get("Contents", ()))
            return sorted(key for key in keys if is_key(key))

    def folders(self, within: str, after: str = "", limit: int = 100) -> list[str]:
        """Return the names of folders directly in one, as the bucket orders them."""
        begins = self._before + require_beginning(within)
        # The slash behind a folder's name comes right before the digit 0: what begins so lies behind all of it.
        behind = {"StartAfter": f"{begins}{after}0"} if after else {}
        with _told("list"):
            found = self._s3.list_objects_v2(
                Bucket=self._bucket, Prefix=begins, Delimiter="/", MaxKeys=min(limit, self._page), **behind
            )
        return [one["Prefix"].removeprefix(begins).rstrip("/") for one in found.get("CommonPrefixes", ())]

    def delete(self, keys: Collection[str]) -> None:
        """Delete objects."""
        names = sorted({self._name(key) for key in keys})
        with _told("delete"):
            for begin in range(0, len(names), self._page):
                some = [{"Key": name} for name in names[begin : begin + self._page]]
                told = self._s3.delete_objects(Bucket=self._bucket, Delete={"Objects": some, "Quiet": True})
                if refused := told.get("Errors"):
                    raise StorageDown(f"delete: {refused[0].get('Code', 'refused')}")

    def _name(self, key: str) -> str:
        return self._before + require_key(key)

    def _require_bucket(self) -> None:
        """Raise StorageDown when it is the whole bucket that is not there, which the answer to a HEAD cannot say."""
        with _told("read"):
            self._s3.head_bucket(Bucket=self._bucket)


@contextlib.contextmanager
def _told(deed: str) -> Iterator[None]:
    """Whatever the storage or the way to it says becomes StorageDown, by its code alone: messages name the bucket."""
    try:
        yield
    except ClientError as error:
        raise StorageDown(f"{deed}: {_code(error)}") from None
    except BotoCoreError as error:
        raise StorageDown(f"{deed}: {type(error).__name__}") from None


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def _require_absent(error: ClientError) -> None:
    """Raise the error unless all it says is that there is no such object."""
    if _code(error) not in ABSENT:
        raise error
