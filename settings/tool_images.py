"""Images of the small tools beside the broker: what runs migrations, talks to APIs, collects metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolImage:
    """One image. repository: its path in our registry, which caches it. digest: of its manifest."""

    repository: str
    version: str
    digest: str
    source: str


TOOLS: Final[Mapping[str, ToolImage]] = {
    # sh and psql.
    "psql": ToolImage(
        repository="docker/library/postgres",
        version="17.11-alpine",
        digest="sha256:aa90e97ee862e558111d34cfb8b2c4bec768c2b039fb791341686928560263b3",
        source="github.com/docker-library/repo-info repos/postgres/remote/17.11-alpine.md at 14ad5cc",
    ),
    # sh and curl.
    "curl": ToolImage(
        repository="docker/library/nginx",
        version="1.30.5-alpine",
        digest="sha256:8f84ed99befc3891b8f329c5c202785278a2cfb7c25107d57fb2a134a3117433",
        source="github.com/docker-library/repo-info repos/nginx/remote/1.30.5-alpine.md at 35d0d2e",
    ),
    # Prometheus and sh. The release with long support: fixes until the next of its kind.
    "prometheus": ToolImage(
        repository="prometheus/prometheus",
        version="3.13.4",
        # Of the multi-platform image, as public projects pin prom/prometheus:v3.13.4. Releases go to Docker Hub and
        # to Quay, which we cache: v3.5.0 and v3.13.1 have one digest in both, for this one nobody looked.
        digest="sha256:87861b8cf91579109319ebc300f3f1060e6da9c05d6ae8ad15a20c879e84e32e",
        source="prom/prometheus:v3.13.4 of 2026-10-02 on Docker Hub, by digest",
    ),
}
"""By what the image is used for. Docker Official Images are pinned by the one platform Container Apps runs."""
