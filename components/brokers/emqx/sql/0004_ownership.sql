-- Who owns which device, and what follows from it. The topic contract says it once for each relation; a user's rows are
-- computed, so giving a device is one INSERT and taking it away one DELETE.

-- The form of the topic contract. It becomes part of a topic: no wildcard, no slash, no dollar sign.
CREATE DOMAIN amora.device_id AS text
    CHECK (VALUE ~ '^[a-z0-9][a-z0-9-]{1,30}[a-z0-9]$');

CREATE TABLE amora.device_owner (
    username  amora.username NOT NULL,
    device_id amora.device_id NOT NULL,
    since     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (username, device_id)
);
CREATE INDEX device_owner_device_id ON amora.device_owner (device_id);

-- Users with a relation to the platform instead of to a device, such as operators.
CREATE TABLE amora.membership (
    username amora.username NOT NULL,
    relation text NOT NULL,
    since    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (username, relation)
);

-- The topic contract, written by the migrations only. A pattern of the relation 'owner' holds '{device}'.
CREATE TABLE amora.topic_contract (
    revision   integer PRIMARY KEY CHECK (revision > 0),
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE amora.topic_pattern (
    relation text NOT NULL,
    action   amora.action NOT NULL,
    topic    amora.topic_filter NOT NULL,
    qos      amora.qos_list NOT NULL,
    retain   amora.retain_flag NOT NULL,
    PRIMARY KEY (relation, action, topic),
    CHECK ((relation = 'owner') = (strpos(topic, '{device}') > 0))
);

CREATE OR REPLACE VIEW mqtt.mqtt_acl AS
SELECT username::text AS username, 'allow'::text AS permission, action::text AS action, topic::text AS topic,
       qos::text AS qos, retain::text AS retain
FROM amora.access_rule
UNION ALL
SELECT device.username::text, 'allow', pattern.action::text, replace(pattern.topic, '{device}', device.device_id),
       pattern.qos::text, pattern.retain::text
FROM amora.device_owner AS device
JOIN amora.topic_pattern AS pattern ON pattern.relation = 'owner'
UNION ALL
SELECT member.username::text, 'allow', pattern.action::text, pattern.topic::text, pattern.qos::text, pattern.retain::text
FROM amora.membership AS member
JOIN amora.topic_pattern AS pattern ON pattern.relation = member.relation AND pattern.relation <> 'owner';

GRANT SELECT ON amora.device_owner, amora.membership TO amora_operator, amora_provisioner;
GRANT SELECT ON amora.topic_contract, amora.topic_pattern TO amora_operator, amora_provisioner;
GRANT INSERT (username, device_id), DELETE ON amora.device_owner TO amora_provisioner;
GRANT INSERT (username, relation), DELETE ON amora.membership TO amora_provisioner;
