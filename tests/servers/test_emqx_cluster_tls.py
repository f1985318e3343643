"""Nodes of a cluster: two Erlang nodes with the rendered options and the issued certificates, and who is kept out."""

import pytest

from components.brokers.emqx.arguments import CoreEnvironment
from components.brokers.emqx.configuration import (
    CLUSTER_AUTHORITY,
    CLUSTER_CERTIFICATE,
    CLUSTER_KEY,
    DISTRIBUTION_TLS,
    ClusterFiles,
    ssl_dist_conf,
)
from tests.servers.erlang_nodes import HOST, nodes, written
from tests.unit.components.brokers.emqx_program import GROUP, recorded


def issued(host=HOST):
    """The PEM texts that a deployment with nodes at this address keeps in the vault."""
    made = recorded(
        environments=(
            CoreEnvironment(
                environment_id=f"{GROUP}/providers/Microsoft.App/managedEnvironments/cae-1", static_ip=host
            ),
        )
    )
    return {
        file: made.one(f"{secret}-secret").inputs["properties"]["value"].value
        for file, secret in (
            (CLUSTER_AUTHORITY, "emqx-cluster-authority"),
            (CLUSTER_CERTIFICATE, "emqx-cluster-certificate"),
            (CLUSTER_KEY, "emqx-cluster-key"),
        )
    }


def options(folder, pems):
    """Erlang's arguments for the rendered options over these certificates."""
    written(folder, pems)
    files = ClusterFiles(
        authority=str(folder / CLUSTER_AUTHORITY),
        certificate=str(folder / CLUSTER_CERTIFICATE),
        key=str(folder / CLUSTER_KEY),
    )
    written(folder, {DISTRIBUTION_TLS: ssl_dist_conf(files)})
    return ["-proto_dist", "inet_tls", "-ssl_dist_optfile", str(folder / DISTRIBUTION_TLS)]


@pytest.fixture(scope="module")
def ours():
    return issued()


@pytest.fixture(scope="module")
def foreign():
    return issued()


@pytest.fixture
def cluster(tmp_path, ours):
    with nodes() as made:
        made.start("first", options(tmp_path / "first", ours))
        yield made


def test_two_nodes_with_the_rendered_options_form_a_pair(cluster, tmp_path, ours):
    assert cluster.joins("second", "first", options(tmp_path / "second", ours))


def test_a_certificate_of_another_authority_is_refused(cluster, tmp_path, ours, foreign):
    assert ours[CLUSTER_AUTHORITY] != foreign[CLUSTER_AUTHORITY]
    # It trusts the cluster, so that the refusal is the cluster's.
    intruder = {**foreign, CLUSTER_AUTHORITY: ours[CLUSTER_AUTHORITY]}
    assert not cluster.joins("intruder", "first", options(tmp_path / "intruder", intruder))


def test_a_node_does_not_join_a_cluster_of_another_authority(cluster, tmp_path, ours, foreign):
    # It shows a good certificate, and trusts another authority than the one it meets.
    lured = {**ours, CLUSTER_AUTHORITY: foreign[CLUSTER_AUTHORITY]}
    assert not cluster.joins("lured", "first", options(tmp_path / "lured", lured))


def test_a_certificate_with_another_address_is_not_taken_for_the_peers(tmp_path):
    elsewhere = issued("10.40.0.9")
    with nodes() as made:
        made.start("first", options(tmp_path / "first", elsewhere))
        assert not made.joins("second", "first", options(tmp_path / "second", elsewhere))


def test_a_node_without_a_certificate_is_refused(cluster, tmp_path, ours):
    bare = written(tmp_path / "bare", ours)
    (bare / DISTRIBUTION_TLS).write_text(
        f'[{{client, [{{cacertfile, "{bare / CLUSTER_AUTHORITY}"}}, {{verify, verify_peer}}]}}, '
        f'{{server, [{{cacertfile, "{bare / CLUSTER_AUTHORITY}"}}, {{certfile, "{bare / CLUSTER_CERTIFICATE}"}}, '
        f'{{keyfile, "{bare / CLUSTER_KEY}"}}]}}].'
    )
    arguments = ["-proto_dist", "inet_tls", "-ssl_dist_optfile", str(bare / DISTRIBUTION_TLS)]
    assert not cluster.joins("bare", "first", arguments)


def test_the_cookie_alone_opens_nothing(cluster):
    assert not cluster.joins("plain", "first", [])


def test_a_certificate_without_the_cookie_opens_nothing(cluster, tmp_path, ours):
    assert not cluster.joins("stranger", "first", options(tmp_path / "stranger", ours), cookie="another")
