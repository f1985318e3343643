"""The init container: alone it knows the administrator, and it gets no secret by value."""

import pytest

from components.brokers.emqx.migration_container import MIGRATION_SECRETS, migration
from components.brokers.emqx.migrations import LONGEST_FILE
from components.generated_secrets import USED_BY
from topics.acl_rows import REVISION, relations


@pytest.fixture(scope="module")
def made():
    return migration(
        image="cr.azurecr.io/postgres@sha256:0",
        host_name="psql.example.com",
        administrator_login="amora_admin",
        login="emqx_a",
        relations=relations(),
        revision=REVISION,
    )


@pytest.fixture(scope="module")
def container(made):
    return made.container


def environment(container):
    return {each.name: each for each in container.env}


def test_its_secrets_are_of_the_vault(made):
    assert set(made.secrets) == set(MIGRATION_SECRETS.values())
    assert set(made.secrets) <= set(USED_BY)


def test_secrets_come_by_reference_and_nothing_secret_is_an_argument(container):
    secret = {name: each.secret_ref for name, each in environment(container).items() if each.secret_ref is not None}
    assert secret == MIGRATION_SECRETS
    assert container.command == ["/bin/sh", "/mnt/amora/migrate.sh"]
    assert container.args is None


def test_it_checks_whom_it_talks_to_and_talks_to_postgresql_itself(container):
    plain = {name: each.value for name, each in environment(container).items() if each.value is not None}
    assert plain == {
        "PGHOST": "psql.example.com",
        "PGPORT": "5432",
        "PGDATABASE": "amora",
        "PGUSER": "amora_admin",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "system",
        "EMQX_DATABASE_LOGIN": "emqx_a",
    }


def test_everything_the_script_asks_for_is_given(made, container):
    script = made.files["migrate.sh"]
    (line,) = [each for each in script.splitlines() if each.startswith("for name in ")]
    assert set(line.removeprefix("for name in ").removesuffix("; do").split()) <= set(environment(container))


def test_its_files_lie_where_it_looks_for_them(made, container):
    assert [mount.mount_path for mount in container.volume_mounts] == ["/mnt/amora"]
    assert set(made.files) == {"migrate.sh", "migrations.psql"}
    assert all(len(text.encode()) < LONGEST_FILE for text in made.files.values())
