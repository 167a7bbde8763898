-- Who sees which rows: the registry and the auditor all, staff those of their province, a platform its own.
CREATE FUNCTION orders_sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN registry_role() IN ('system', 'auditor', 'coordinator');
-- A function of the owner, so that the question does not ask a policy again.
CREATE FUNCTION orders_platforms_seen() RETURNS integer[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(id), '{}') FROM orders_platform
    WHERE (registry_role() = 'platform' AND id = registry_platform())
       OR (registry_role() IN ('clerk', 'supervisor') AND province = registry_province())
$$;
CREATE FUNCTION orders_workers_of_person() RETURNS integer[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(worker_id), '{}') FROM orders_worker_person
    WHERE registry_role() = 'worker' AND person_id = registry_person()
$$;

DO $$
DECLARE
    name text;
BEGIN
    -- Tables with a platform column.
    FOREACH name IN ARRAY ARRAY['orders_credential', 'orders_agreement', 'orders_worker', 'orders_file',
        'orders_file_worker', 'orders_file_day', 'orders_rejection', 'orders_conflict', 'orders_refusal',
        'orders_upload', 'orders_upload_part', 'orders_upload_piece', 'orders_settlement', 'orders_settlement_file', 'orders_webhook',
        'orders_event', 'orders_delivery', 'orders_fact'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format($p$CREATE POLICY seen ON %I FOR SELECT TO lingbao_app USING ((SELECT orders_sees_all())
            OR platform_id = ANY ((SELECT orders_platforms_seen())::integer[]))$p$, name);
        EXECUTE format($p$CREATE POLICY written ON %I FOR INSERT TO lingbao_app
            WITH CHECK ((SELECT registry_role() = 'system'))$p$, name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO lingbao_app', name);
    END LOOP;
    -- Tables that name persons: never for platforms, and for an agency only those whom it may know of.
    FOREACH name IN ARRAY ARRAY['orders_worker_link', 'orders_exemption', 'orders_settlement_carry', 'orders_turnover'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format($p$CREATE POLICY seen ON %I FOR SELECT TO lingbao_app USING (
            (SELECT registry_role()) IN ('system', 'auditor', 'coordinator') OR registry_sees_person(people_kept(person_id)))$p$, name);
        EXECUTE format($p$CREATE POLICY written ON %I FOR INSERT TO lingbao_app
            WITH CHECK ((SELECT registry_role() = 'system'))$p$, name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO lingbao_app', name);
    END LOOP;
    GRANT SELECT ON orders_worker_person TO lingbao_app;
    -- What a worker may see of the orders.
    FOREACH name IN ARRAY ARRAY['orders_fact', 'orders_file_worker'] LOOP
        EXECUTE format($p$CREATE POLICY own ON %I FOR SELECT TO lingbao_app
            USING (worker_id = ANY ((SELECT orders_workers_of_person())::integer[]))$p$, name);
    END LOOP;
END $$;

-- How far a night has come: the registry's alone, and open to who audits it.
ALTER TABLE orders_turnover_look ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON orders_turnover_look FOR SELECT TO lingbao_app USING ((SELECT orders_sees_all()));
CREATE POLICY written ON orders_turnover_look FOR INSERT TO lingbao_app WITH CHECK ((SELECT registry_role()) = 'system');
GRANT SELECT, INSERT ON orders_turnover_look TO lingbao_app;

-- What may change or go: a key is revoked, an upload ends, a delivery is tried again, an endpoint is switched off.
GRANT SELECT, INSERT ON orders_platform TO lingbao_app;
ALTER TABLE orders_platform ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON orders_platform FOR SELECT TO lingbao_app USING (true);  -- what a platform is called is no secret
CREATE POLICY written ON orders_platform FOR INSERT TO lingbao_app WITH CHECK ((SELECT registry_role()) = 'system');
GRANT USAGE ON SEQUENCE orders_file_number TO lingbao_app;
GRANT UPDATE (revoked_at) ON orders_credential TO lingbao_app;
CREATE POLICY revoked ON orders_credential FOR UPDATE TO lingbao_app USING (registry_role() = 'system');
GRANT DELETE ON orders_upload TO lingbao_app;
CREATE POLICY ended ON orders_upload FOR DELETE TO lingbao_app USING (registry_role() = 'system');
GRANT UPDATE (active, secret) ON orders_webhook TO lingbao_app;
CREATE POLICY switched ON orders_webhook FOR UPDATE TO lingbao_app USING (registry_role() = 'system');
GRANT UPDATE (tries, next_at, delivered_at, last_status, last_error) ON orders_delivery TO lingbao_app;
CREATE POLICY tried ON orders_delivery FOR UPDATE TO lingbao_app USING (registry_role() = 'system');
GRANT UPDATE (until, ended_by, ended_at, end_reason) ON orders_exemption TO lingbao_app;
CREATE POLICY ended ON orders_exemption FOR UPDATE TO lingbao_app USING (registry_role() = 'system');
