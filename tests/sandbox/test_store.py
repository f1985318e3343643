import sqlite3

import pytest

from sandbox.store import CorruptStoreError, Store, StoredResource
from sandbox.wire import Secret


def resource(resource_id="/subscriptions/s/resourceGroups/g", **inputs):
    return StoredResource(resource_id, "token", "Type", inputs, {}, 0.0)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path) as opened:
        yield opened


def test_what_is_put_is_got_whatever_the_case(store):
    store.put(resource(location="westeurope"))
    assert store.get("/SUBSCRIPTIONS/s/resourcegroups/G").inputs == {"location": "westeurope"}
    assert store.get("/subscriptions/s/resourceGroups/other") is None


def test_a_secret_comes_back_and_is_not_on_the_disk(store, tmp_path):
    store.put(resource(password=Secret("correct horse battery staple"), nested=[{"p": Secret("correct horse")}]))
    store.close()
    assert b"correct horse" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    with Store(tmp_path) as again:
        assert again.get("/subscriptions/s/resourceGroups/g").inputs["password"] == Secret(
            "correct horse battery staple"
        )


def test_below_gives_what_lies_under_an_id_and_not_its_namesakes(store):
    for name in ("/a/b", "/a/b/c", "/a/bc"):
        store.put(resource(name))
    assert [r.id for r in store.below("/A/b")] == ["/a/b/c"]


def test_a_failed_transaction_leaves_nothing(store):
    def write_and_fail():
        with store.exclusive():
            store.put(resource())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert store.all() == []


def test_a_fault_strikes_as_often_as_it_was_told(store):
    store.add_fault("throttle", "*", 2, 0.5)
    assert [store.take_fault(lambda _: True) is not None for _ in range(3)] == [True, True, False]


def test_soft_deleted_resources_are_apart(store):
    store.put(resource(), soft_deleted=True)
    assert store.get(resource().id) is None
    assert store.soft_deleted(resource().id) is not None
    store.purge(resource().id)
    assert store.all_soft_deleted() == []


def test_a_file_that_is_no_store_is_named_with_its_mend(tmp_path):
    (tmp_path / "azure.sqlite").write_bytes(b"not a database, by far longer than a header of one hundred bytes" * 4)
    with pytest.raises(CorruptStoreError, match=r"azure\.sqlite(.|\n)*sandbox reset"):
        Store(tmp_path)


def test_a_store_of_another_version_is_refused(tmp_path):
    Store(tmp_path).close()
    database = sqlite3.connect(tmp_path / "azure.sqlite")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(CorruptStoreError, match="schema version 99"):
        Store(tmp_path)


def test_a_lost_key_is_named(tmp_path):
    with Store(tmp_path) as store:
        store.put(resource(password=Secret("x")))
    (tmp_path / "azure.key").unlink()
    with Store(tmp_path) as store, pytest.raises(CorruptStoreError, match="InvalidToken"):
        store.all()
