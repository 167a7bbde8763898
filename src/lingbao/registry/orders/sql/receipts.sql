-- A platform's transfer as the bank shows it: one at the desk enters it, another books it. Booked, it is a settlement.
CREATE TABLE orders_receipt (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform_id   integer NOT NULL REFERENCES orders_platform,
    reference     text NOT NULL CHECK (reference <> ''),
    amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
    received_on   date NOT NULL,
    last_file     bigint NOT NULL REFERENCES orders_file,  -- up to which file it settles
    entered_by    bigint NOT NULL,
    entered_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    state         text NOT NULL DEFAULT 'entered' CHECK (state IN ('entered', 'booked', 'refused')),
    reason        text NOT NULL DEFAULT '',
    decided_by    bigint,
    decided_at    timestamptz,
    settlement_id bigint REFERENCES orders_settlement,
    CHECK ((state = 'entered') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((state = 'booked') = (settlement_id IS NOT NULL)),
    CHECK ((state = 'refused') <= (reason <> '')),
    CONSTRAINT orders_receipt_two_actors CHECK (state <> 'booked' OR decided_by <> entered_by)
);
CREATE UNIQUE INDEX orders_receipt_reference ON orders_receipt (platform_id, reference) WHERE state <> 'refused';

-- Decided once; what was entered never changes.
CREATE FUNCTION orders_receipt_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'entered' OR (to_jsonb(NEW) - '{state,reason,decided_by,decided_at,settlement_id}'::text[])
        <> (to_jsonb(OLD) - '{state,reason,decided_by,decided_at,settlement_id}'::text[]) THEN
        RAISE EXCEPTION 'a transfer is decided once' USING ERRCODE = 'LB002', DETAIL = 'orders_receipt';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_receipt_decided BEFORE UPDATE ON orders_receipt FOR EACH ROW EXECUTE FUNCTION orders_receipt_decided();
CREATE TRIGGER orders_receipt_kept BEFORE DELETE OR TRUNCATE ON orders_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

GRANT SELECT, INSERT ON orders_receipt TO lingbao_app;
GRANT UPDATE (state, reason, decided_by, decided_at, settlement_id) ON orders_receipt TO lingbao_app;
ALTER TABLE orders_receipt ENABLE ROW LEVEL SECURITY;
-- Of the agency in whose books the platform stands; a platform sees it once it is booked, among its settlements.
CREATE FUNCTION orders_handles_platform(number integer) RETURNS boolean LANGUAGE sql STABLE
    RETURN registry_role() IN ('clerk', 'supervisor') AND number = ANY (orders_platforms_seen());
CREATE POLICY seen ON orders_receipt FOR SELECT TO lingbao_app
    USING ((SELECT orders_sees_all()) OR orders_handles_platform(platform_id));
CREATE POLICY entered ON orders_receipt FOR INSERT TO lingbao_app
    WITH CHECK (state = 'entered' AND orders_handles_platform(platform_id) AND entered_by = (SELECT registry_actor()));
CREATE POLICY decided ON orders_receipt FOR UPDATE TO lingbao_app
    USING (orders_handles_platform(platform_id)
           AND ((SELECT registry_role()) = 'supervisor' OR entered_by = (SELECT registry_actor())))
    WITH CHECK (decided_by = (SELECT registry_actor()) AND (state = 'refused' OR (SELECT registry_role()) = 'supervisor'));
