-- What a user may do on which topics. Only allowing rows exist: the broker denies what no row allows, and among rows
-- that all allow the order does not matter.

-- A topic filter of MQTT whose first level is literal, so that nobody is given '#', '+/...' or '$SYS'. Its last level is
-- no '+', since EMQX lets who subscribes to 'a/#' pass a rule for 'a/+'. EMQX would fill in '${clientid}' and its like:
-- no dollar sign anywhere.
CREATE DOMAIN amora.topic_filter AS text
    CHECK (length(VALUE) <= 512 AND VALUE ~ '^[^/+#$]+((/([^/+#$]+|\+))*/([^/+#$]+|#))?$');

CREATE DOMAIN amora.action AS text CHECK (VALUE IN ('publish', 'subscribe', 'all'));
CREATE DOMAIN amora.qos_list AS text CHECK (VALUE ~ '^[0-2](,[0-2]){0,2}$');
CREATE DOMAIN amora.retain_flag AS text CHECK (VALUE IN ('all', 'true', 'false'));

-- Single rules, for service accounts and for exceptions.
CREATE TABLE amora.access_rule (
    username   amora.username NOT NULL,
    action     amora.action NOT NULL,
    topic      amora.topic_filter NOT NULL,
    qos        amora.qos_list NOT NULL DEFAULT '0,1,2',
    retain     amora.retain_flag NOT NULL DEFAULT 'all',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (username, action, topic)
);

CREATE VIEW mqtt.mqtt_acl AS
SELECT username::text AS username, 'allow'::text AS permission, action::text AS action, topic::text AS topic,
       qos::text AS qos, retain::text AS retain
FROM amora.access_rule;

GRANT SELECT ON mqtt.mqtt_acl TO emqx, amora_operator;
GRANT SELECT ON amora.access_rule TO amora_operator, amora_provisioner;
GRANT INSERT (username, action, topic, qos, retain), UPDATE (qos, retain), DELETE
    ON amora.access_rule TO amora_provisioner;
