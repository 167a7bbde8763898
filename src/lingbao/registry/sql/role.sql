-- The role under which all services run: it reads through row policies and never changes a fact.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lingbao_app') THEN
        CREATE ROLE lingbao_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of the server made it just now
END $$;
DO $$
BEGIN
    -- Before version 16 a member could always take the role on; there was no privilege of its own for that.
    IF NOT pg_has_role(CURRENT_USER, 'lingbao_app',
                       CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
        EXECUTE format('GRANT lingbao_app TO %I', CURRENT_USER);
    END IF;
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
GRANT USAGE ON SCHEMA public TO lingbao_app;

-- Who acts in this transaction, as session.acting_as set it. Without a setting nobody acts.
CREATE FUNCTION registry_actor() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('lingbao.actor', true), '')::bigint;
CREATE FUNCTION registry_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting('lingbao.role', true), ''), 'nobody');
CREATE FUNCTION registry_agency() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('lingbao.agency', true), '')::bigint;
CREATE FUNCTION registry_province() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('lingbao.province', true), '');
CREATE FUNCTION registry_platform() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('lingbao.platform', true), '')::bigint;
CREATE FUNCTION registry_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('lingbao.person', true), '')::bigint;

-- True when the statement runs under the role of the services, also inside a function of the owner.
CREATE FUNCTION registry_is_service() RETURNS boolean LANGUAGE sql STABLE
    RETURN current_setting('role', true) = 'lingbao_app' OR session_user = 'lingbao_app';

-- Refuse unless one of `roles` acts; the owner (migrations, restore) is not asked.
CREATE FUNCTION registry_require(VARIADIC roles text[]) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF registry_is_service() AND NOT registry_role() = ANY (roles) THEN
        RAISE EXCEPTION 'role % may not do this', registry_role() USING ERRCODE = 'LB005', DETAIL = registry_role();
    END IF;
END $$;

-- The trigger function of every append-only table.
CREATE FUNCTION registry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: facts are append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'LB002', DETAIL = TG_TABLE_NAME;
END $$;

-- Whose books a civil day belongs to: all of China keeps one time.
CREATE FUNCTION registry_day(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (at AT TIME ZONE 'Asia/Shanghai')::date;
