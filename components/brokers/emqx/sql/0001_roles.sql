-- Groups that privileges are given to; logins are members. Roles belong to the server and not to the database: one that
-- was restored into a server that already knew them finds them there.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['emqx', 'amora_operator', 'amora_provisioner'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), wanted);
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
END
$$;

-- amora holds the tables; mqtt holds what the broker may see of them.
CREATE SCHEMA mqtt;
GRANT USAGE ON SCHEMA mqtt TO emqx, amora_operator;
GRANT USAGE ON SCHEMA amora TO amora_operator, amora_provisioner;
GRANT SELECT ON amora.migration TO amora_operator;
