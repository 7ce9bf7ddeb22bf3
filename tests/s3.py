"""A real server that speaks S3, in a process of its own on a loopback port: moto's."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from spaces_feature.integrations.storage_s3 import S3Storage
from spaces_feature.testing.media import eventually
from tests.sfu.server import free_port

REGION = "us-east-1"
KEYS = {"access_key": "spaces", "secret_key": "not-a-secret"}


class Moto:
    """The server. ``bucket()`` makes an empty bucket and returns its name."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "moto.log"
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        assert eventually(self._answers, within=60), self._log.read_text()[-2000:]

    def stop(self) -> None:
        """End it with everything that lies in it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def client(self, **config: Any) -> Any:
        """A plain client of it, for what tests do behind an adapter's back."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=KEYS["access_key"],
            aws_secret_access_key=KEYS["secret_key"],
            config=Config(**config),
        )

    def bucket(self) -> str:
        """Make an empty bucket."""
        name = f"sound-{next(self._numbers)}"
        self.client().create_bucket(Bucket=name)
        return name

    def open_to_readers(self, bucket: str) -> None:
        """Let everybody who reaches the server read what they can name, as a policy for nginx's address does."""
        resource = f"arn:aws:s3:::{bucket}/*"
        statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        self.client().put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))

    def storage(self, bucket: str, **more: Any) -> S3Storage:
        """An adapter over a bucket."""
        return S3Storage(bucket, endpoint_url=self.url, region=REGION, **KEYS, **more)

    def _answers(self) -> bool:
        try:
            self.client(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 1}).list_buckets()
        except Exception:
            return False
        return True
