"""The init container that brings the broker's database to the version of a release before a node starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import pulumi
from pulumi_azure_native import app

from components import ports
from components.brokers.emqx import migrations, queries
from components.brokers.emqx.arguments import Migration
from components.container_app import FILES_PATH, files_mount, variables

MIGRATION_SECRETS: Final[Mapping[str, str]] = {
    "PGPASSWORD": "database-admin-password",
    "EMQX_DATABASE_VERIFIER": "emqx-database-verifier",
}
"""Environment variable -> secret of the vault. No other container of a node names these."""


def migration(
    *,
    image: str,
    host_name: pulumi.Input[str],
    administrator_login: str,
    login: str,
    relations: Mapping[str, Iterable[tuple[str, str, str, str, str]]],
    revision: int,
) -> Migration:
    """What brings the database to its version before EMQX starts.

    Args:
        image: reference of an image with ``sh`` and ``psql`` 16 or later, by digest, such as ``postgres:17-alpine``.
        host_name: the server, by the name in its certificate.
        administrator_login: who migrates.
        login: the role EMQX logs in as (:func:`components.brokers.emqx.queries.login`).
        relations: the topic contract (:func:`components.brokers.emqx.migrations.topic_patterns`).
        revision: of the topic contract.
    """
    return Migration(
        container=_container(image, host_name, administrator_login, login),
        secrets=tuple(MIGRATION_SECRETS.values()),
        files={
            migrations.SCRIPT: migrations.script(),
            migrations.BUNDLE: migrations.bundle(migrations.topic_patterns(relations), revision),
        },
    )


def _container(image: str, host_name: pulumi.Input[str], administrator_login: str, login: str) -> app.InitContainerArgs:
    return app.InitContainerArgs(
        name="migrations",
        image=image,
        command=["/bin/sh", f"{FILES_PATH}/{migrations.SCRIPT}"],
        env=variables(
            {
                "PGHOST": host_name,
                # PostgreSQL's own port: the lock of the migrations is a session's, and PgBouncer shares sessions.
                "PGPORT": str(ports.POSTGRESQL),
                "PGDATABASE": queries.DATABASE,
                "PGUSER": administrator_login,
                "PGSSLMODE": "verify-full",
                # The image's own authorities; Azure's servers have certificates of public ones (libpq 16 and later).
                "PGSSLROOTCERT": "system",
                "EMQX_DATABASE_LOGIN": login,
            },
            MIGRATION_SECRETS,
        ),
        resources=app.ContainerResourcesArgs(cpu=0.25, memory="0.5Gi"),
        volume_mounts=[files_mount()],
    )
