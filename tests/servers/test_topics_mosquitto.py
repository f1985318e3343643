"""The topic contract on a real MQTT broker: every allowed action works, every other one is denied."""

import pytest

from tests.servers.acl_evaluator import Publish, verdicts
from tests.servers.contract_matrix import (
    ACTIONS,
    ANNA,
    ATTIC,
    BEN,
    CORA,
    DAN,
    KITCHEN,
    MEMBERS,
    NAMES,
    OPERATOR,
    PUBLISHED,
    RECORDER,
    SUBSCRIBED,
    TO_APPS,
)
from tests.servers.device_pki import Authority, Leaf
from tests.servers.mosquitto_broker import running
from tests.servers.mqtt_client import NOT_AUTHORIZED, Message, MqttClient, Will, tls_context
from topics.acl_conf import acl_conf
from topics.acl_rows import Row
from topics.contract import MAX_PACKET_BYTES, TOPICS, WILL, topic, topic_of
from topics.mosquitto import Client

PASSWORD = "correct horse"
OBSERVER, END = "observer", "test/end"
SUCCESS = (0, 16)  # 16: no matching subscribers
QOS_NOT_SUPPORTED = 155
BY_NAME = {member.username: member for member in MEMBERS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("broker")


@pytest.fixture(scope="module")
def root():
    return Authority("Amora Sync root CA 1", path_length=1)


@pytest.fixture(scope="module")
def authority(root):
    return Authority("Amora Sync device CA 1", below=root)


@pytest.fixture(scope="module")
def broker(folder, root, authority):
    everything = [Row("allow", "subscribe", pattern, "0,1,2", "all") for pattern in ("#", "$SYS/#")]
    end = Row("allow", "publish", END, "0,1,2", "all")
    clients = [Client(username=OBSERVER, rows=(*everything, end), password=PASSWORD)]
    clients += [
        Client(username=member.username, rows=member.rows, password=None if member.device else PASSWORD)
        for member in MEMBERS
    ]
    with running(folder, clients, [root, authority]) as started:
        yield started


@pytest.fixture
def join(broker, folder, authority):
    """Connects someone as the contract says, under a client id of its own choice."""
    joined = []

    def connect(username, *, client_id=None, said_username=None, will=None, **session):
        if username in BY_NAME and BY_NAME[username].device:
            tls = tls_context(broker.trusted, folder, authority.issue(username, Leaf()))
            client = MqttClient(broker.device_port, client_id or username, said_username, tls=tls, will=will)
        else:
            client = MqttClient(broker.app_port, client_id or username, username, PASSWORD, will=will)
        joined.append(client)
        assert client.connect(**session) == 0
        return client

    yield connect
    for client in joined:
        client.disconnect()


def conforming(action):
    """The action with QoS and retain flag as the contract has them; they are not what this broker judges."""
    name = action.topic.rpartition("/")[2]
    return Publish(action.topic, 1, topic(name).retained) if name in NAMES else action


def answer(client, action):
    if isinstance(action, Publish):
        return client.publish(action.topic, b"{}", qos=action.qos, retain=action.retain) in SUCCESS
    granted = client.subscribe(action.topic, action.qos)
    assert granted in (0, 1, NOT_AUTHORIZED)
    if granted != NOT_AUTHORIZED:
        client.unsubscribe(action.topic)
    return granted != NOT_AUTHORIZED


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.who)
def test_broker_and_acl_conf_and_contract_agree_in_every_cell(join, tmp_path, member):
    client = join(member.username)
    actions = [conforming(action) if isinstance(action, Publish) else action for action in ACTIONS]
    rows = {each.username: each.rows for each in MEMBERS if not each.device}
    emqx = verdicts(tmp_path, acl_conf(), rows, [member.asks(action) for action in actions])
    mosquitto = [answer(client, action) for action in actions]
    contract = [member.may(action) for action in actions]
    differing = [
        (action, *answers)
        for action, *answers in zip(actions, contract, emqx, mosquitto, strict=True)
        if len(set(answers)) > 1
    ]
    assert differing == []
    assert sum(mosquitto) == len(member.publishes) + sum(
        1 for action in actions[len(PUBLISHED) :] if member.may(action)
    )


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.who)
def test_what_may_be_sent_arrives_and_nothing_else(join, member):
    observer = join(OBSERVER)
    observer.subscribe("#")
    client, mine = join(member.username), member.who.encode()
    for action in PUBLISHED:
        client.publish(action.topic, mine)
    observer.publish(END)
    seen = observer.until(END)
    assert {message.topic for message in seen if message.payload == mine} == member.publishes


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.who)
def test_who_asks_for_everything_gets_what_the_contract_gives(join, member):
    client, stamp = join(member.username), member.who.encode()
    for action in SUBSCRIBED:
        client.subscribe(action.topic)
    others = {device: join(device) for device in (KITCHEN, ATTIC) if device != member.username}
    for device, sender in others.items():
        for name in TO_APPS:
            assert sender.publish(topic_of(device, name), stamp) in SUCCESS
    commander = join(CORA) if member.username != CORA else client
    for device in (KITCHEN, ATTIC):
        assert commander.publish(topic_of(device, "command"), stamp) in SUCCESS
    client.subscribe("anything")  # Its answer comes after all that was on the way.
    sent = {topic_of(device, "command") for device in (KITCHEN, ATTIC)}
    sent |= {topic_of(device, name) for device in others for name in TO_APPS}
    assert {message.topic for message in client.messages if message.payload == stamp} == sent & member.subscribes


class TestNames:
    """Whatever a client says of itself, the broker knows it by its certificate or password."""

    def test_a_device_cannot_take_anothers_session(self, join):
        kitchen, attic = join(KITCHEN), join(ATTIC, client_id=KITCHEN)
        assert kitchen.subscribe(topic_of(KITCHEN, "command")) == 1
        assert attic.subscribe(topic_of(KITCHEN, "command")) == NOT_AUTHORIZED
        assert join(ANNA).publish(topic_of(KITCHEN, "command"), b"for the kitchen") == 0
        assert kitchen.received(1)[0].payload == b"for the kitchen"
        assert attic.messages == []
        assert kitchen.ended is None

    def test_a_device_cannot_take_anothers_kept_messages(self, join):
        first = join(KITCHEN, clean=True, session_seconds=60)
        first.subscribe(topic_of(KITCHEN, "command"))
        first.cut()
        join(ANNA).publish(topic_of(KITCHEN, "command"), b"kept")
        thief = join(ATTIC, client_id=KITCHEN, clean=False)
        thief.subscribe(topic_of(ATTIC, "command"))
        assert [message for message in thief.messages if message.payload == b"kept"] == []
        again = join(KITCHEN, clean=False)
        assert again.received(1) == [Message(topic_of(KITCHEN, "command"), b"kept", retained=False)]

    def test_a_device_is_not_who_it_says_as_username(self, join):
        attic = join(ATTIC, client_id="attic", said_username=KITCHEN)
        assert attic.publish(topic_of(KITCHEN, "event")) == NOT_AUTHORIZED
        assert attic.publish(topic_of(ATTIC, "event")) in SUCCESS

    def test_an_app_cannot_take_a_devices_session_nor_anothers(self, join):
        kitchen, anna = join(KITCHEN), join(ANNA)
        kitchen.subscribe(topic_of(KITCHEN, "command"))
        for client_id in (KITCHEN, ANNA):
            assert join(BEN, client_id=client_id).publish(topic_of(KITCHEN, "command")) == NOT_AUTHORIZED
        assert anna.publish(topic_of(KITCHEN, "command"), b"still here") == 0
        assert kitchen.received(1)[0].payload == b"still here"
        assert (kitchen.ended, anna.ended) == (None, None)

    @pytest.mark.parametrize(
        ("username", "password"),
        [
            (ANNA, "wrong"),
            (ANNA, ""),
            (ANNA, None),
            (None, None),
            (KITCHEN, PASSWORD),
            (KITCHEN, ""),
            ("nobody", PASSWORD),
        ],
    )
    def test_who_has_no_password_does_not_come_in(self, broker, username, password):
        assert MqttClient(broker.app_port, "x", username, password).connect() == NOT_AUTHORIZED


def until_retained(client, topic):
    """The retained messages of a topic, as someone who comes later finds them."""
    assert client.subscribe(topic) == 1
    return client.received(1)


class TestWills:
    def test_a_devices_will_is_found_by_who_comes_later(self, join):
        state = topic_of(KITCHEN, WILL.topic)
        device = join(KITCHEN, will=Will(state, b'{"online":false}', retain=True))
        device.publish(state, b'{"online":true}', retain=True)
        anna = join(ANNA)
        assert until_retained(anna, state) == [Message(state, b'{"online":true}', retained=True)]
        device.cut()
        assert anna.received(2)[1] == Message(state, b'{"online":false}', retained=False)
        assert until_retained(join(CORA), state) == [Message(state, b'{"online":false}', retained=True)]

    def test_an_empty_retained_state_removes_it(self, join):
        state = topic_of(KITCHEN, "state")
        device = join(KITCHEN)
        device.publish(state, b"last", retain=True)
        device.publish(state, b"", retain=True)
        anna = join(ANNA)
        anna.subscribe(state)
        anna.subscribe(topic_of(KITCHEN, "event"))
        assert anna.messages == []

    @pytest.mark.parametrize(
        ("username", "victim"),
        [
            (ATTIC, topic_of(KITCHEN, "state")),
            (ATTIC, topic_of(ATTIC, "command")),
            (ANNA, topic_of(KITCHEN, "state")),
            (BEN, topic_of(KITCHEN, "command")),
            (DAN, topic_of(KITCHEN, "command")),
            (OPERATOR, topic_of(KITCHEN, "state")),
            (RECORDER, topic_of(KITCHEN, "state")),
        ],
    )
    def test_a_will_says_nothing_its_owner_may_not_say(self, join, username, victim):
        observer = join(OBSERVER)
        observer.subscribe("#")
        doomed = join(username, will=Will(victim, b"from beyond", retain=True))
        allowed = join(CORA, will=Will(topic_of(ATTIC, "command"), b"allowed"))
        doomed.cut()
        allowed.cut()
        seen = observer.until(topic_of(ATTIC, "command"))
        assert [message.payload for message in seen if not message.retained] == [b"allowed"]
        later = join(OBSERVER, client_id="later")
        later.subscribe(victim)
        later.subscribe("$SYS/#")
        assert b"from beyond" not in [message.payload for message in later.messages]


class TestLimits:
    def test_no_more_than_qos_1(self, join):
        device = join(KITCHEN)
        assert device.subscribe(topic_of(KITCHEN, "command"), qos=2) == 1
        assert device.publish(topic_of(KITCHEN, "event"), qos=2) == QOS_NOT_SUPPORTED

    def test_the_largest_payload_passes_and_a_larger_packet_ends_the_connection(self, join):
        device = join(KITCHEN)
        for each in TOPICS:
            if each.sender == "device":
                assert device.publish(topic_of(KITCHEN, each.name), b"x" * each.payload_bytes) in SUCCESS
        anna = join(ANNA)
        anna.subscribe(topic_of(KITCHEN, "event"))
        assert device.publish(topic_of(KITCHEN, "event"), b"x" * MAX_PACKET_BYTES) not in SUCCESS
        assert device.ended is not None
        anna.subscribe(topic_of(KITCHEN, "state"))
        assert [message for message in anna.messages if message.topic == topic_of(KITCHEN, "event")] == []

    def test_who_shares_a_subscription_gets_its_part(self, join):
        shares = [join(CORA), join(ANNA)]
        for client in shares:
            assert client.subscribe("$share/house/" + topic_of(KITCHEN, "event")) == 1
        device = join(KITCHEN)
        for number in range(4):
            device.publish(topic_of(KITCHEN, "event"), str(number).encode())
        for client in shares:
            client.received(2)
        assert sorted(message.payload for client in shares for message in client.messages) == [b"0", b"1", b"2", b"3"]
