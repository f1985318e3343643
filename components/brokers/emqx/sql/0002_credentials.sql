-- Passwords of service accounts on the WebSocket listener. Devices have certificates and apps have tokens: neither has
-- a row here.

-- The forms of the topic contract: a user by the GUID of the identity tenant, a service account by 'service.' and its
-- name. No device has such a name, so no row can give rights to one.
CREATE DOMAIN amora.username AS text
    CHECK (VALUE ~ '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|service\.[a-z0-9-]{1,32})$');

CREATE TABLE amora.account (
    username      amora.username PRIMARY KEY CHECK (username LIKE 'service.%'),
    -- bcrypt of OpenBSD's format with a cost of 10 to 14; the salt is part of the text.
    password_hash text NOT NULL CHECK (password_hash ~ '^\$2[ab]\$1[0-4]\$[./A-Za-z0-9]{53}$'),
    enabled       boolean NOT NULL DEFAULT true,
    purpose       text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL DEFAULT now()
);

-- EMQX's names for the columns. Nobody is a superuser of the broker: that would pass every access rule.
CREATE VIEW mqtt.mqtt_user AS
SELECT username::text AS username, password_hash, ''::text AS salt, false AS is_superuser
FROM amora.account
WHERE enabled;

GRANT SELECT ON mqtt.mqtt_user TO emqx;
GRANT SELECT (username, enabled, purpose, created_at) ON amora.account TO amora_operator, amora_provisioner;
GRANT INSERT (username, password_hash, enabled, purpose), UPDATE (password_hash, enabled, purpose), DELETE
    ON amora.account TO amora_provisioner;
