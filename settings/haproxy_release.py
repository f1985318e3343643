"""The HAProxy releases the edge may run: image and digest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REPOSITORY: Final = "docker/library/haproxy"
"""Path of the image below public.ecr.aws: the Docker Official Image."""

# github.com/docker-library/repo-info, repos/haproxy/remote/3.0.28.md at 0ed0a0ed36758e850c095b6380c2517baff81896, built
# on 2026-09-25: the manifest for linux/amd64, the one platform Container Apps runs. The index above it changes as
# platforms are added; this manifest is in each.
DIGESTS: Final[Mapping[str, str]] = {
    "3.0.28": "sha256:5c64958ccf020d83364ab5b6c169e7f9b00b9a4e5bfdb91c4502ddf38311b43d",
}
"""Digest of the image by version, where somebody recorded it. 3.0 has fixes until the second quarter of 2029."""
