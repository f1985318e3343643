-- Who changed which right, and when. Rows are added by triggers and never changed: the tables' owner could drop the
-- trigger that forbids it, nobody else can do anything to them.
CREATE TABLE amora.audit (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    login      text NOT NULL,
    -- The group a login acted as, where it took one with SET ROLE.
    acting_as  text NOT NULL,
    subject    text NOT NULL,
    operation  text NOT NULL,
    before     jsonb,
    after      jsonb
);
CREATE INDEX audit_at ON amora.audit (at);

-- With its owner's rights: who changes rights need not be able to write the audit. Hashes stay out of it.
CREATE FUNCTION amora.record_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
BEGIN
    IF before ->> 'password_hash' IS DISTINCT FROM after ->> 'password_hash' AND TG_OP = 'UPDATE' THEN
        after := after || '{"password": "changed"}';
    END IF;
    INSERT INTO amora.audit (login, acting_as, subject, operation, before, after)
    VALUES (session_user, coalesce(nullif(current_setting('role', true), 'none'), session_user), TG_TABLE_NAME, TG_OP,
            before - 'password_hash', after - 'password_hash');
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION amora.record_change() FROM PUBLIC;

CREATE FUNCTION amora.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'amora.% only grows: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON amora.audit
    FOR EACH STATEMENT EXECUTE FUNCTION amora.refuse_change();

CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON amora.account
    FOR EACH ROW EXECUTE FUNCTION amora.record_change();
CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON amora.access_rule
    FOR EACH ROW EXECUTE FUNCTION amora.record_change();
CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON amora.device_owner
    FOR EACH ROW EXECUTE FUNCTION amora.record_change();
CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON amora.membership
    FOR EACH ROW EXECUTE FUNCTION amora.record_change();
CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON amora.topic_pattern
    FOR EACH ROW EXECUTE FUNCTION amora.record_change();

GRANT SELECT ON amora.audit TO amora_operator;
