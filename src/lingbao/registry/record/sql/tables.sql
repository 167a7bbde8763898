-- Months are counted year*12 + month-1. A month or year taken back keeps its row and names the entry that took it back.
CREATE TABLE record_month (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   bigint NOT NULL,
    month       integer NOT NULL CHECK (month BETWEEN 22800 AND 26399),
    province    char(2) NOT NULL CHECK (province ~ '^[0-9]{2}$'),   -- paid there
    kept_by     char(2) NOT NULL CHECK (kept_by ~ '^[0-9]{2}$'),    -- keeps the relation now
    kind        text NOT NULL CHECK (kind IN ('paid', 'deemed')),
    temporary   boolean NOT NULL DEFAULT false,
    base_fen    bigint CHECK (base_fen >= 0),
    account_fen bigint NOT NULL DEFAULT 0 CHECK (account_fen >= 0),
    pooled_fen  bigint NOT NULL DEFAULT 0 CHECK (pooled_fen >= 0),
    entry_id    bigint,
    paid_on     date NOT NULL,
    voided_by   bigint,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (kind = 'deemed' OR base_fen IS NOT NULL)
);
CREATE UNIQUE INDEX record_month_once ON record_month (person_id, month) WHERE voided_by IS NULL;

CREATE TABLE record_year (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   bigint NOT NULL,
    year        integer NOT NULL CHECK (year BETWEEN 1994 AND 2199),
    province    char(2) NOT NULL CHECK (province ~ '^[0-9]{2}$'),
    kept_by     char(2) NOT NULL CHECK (kept_by ~ '^[0-9]{2}$'),
    fee_fen     bigint NOT NULL CHECK (fee_fen >= 0),
    subsidy_fen bigint NOT NULL DEFAULT 0 CHECK (subsidy_fen >= 0),
    aid_fen     bigint NOT NULL DEFAULT 0 CHECK (aid_fen >= 0),
    entry_id    bigint,
    paid_on     date NOT NULL,
    voided_by   bigint,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind        text NOT NULL DEFAULT 'paid' CHECK (kind IN ('paid', 'bought')),
    -- The scheme began in 2009; a year bought to complete the minimum may stand for one of the fifteen before.
    CHECK (year >= 2009 OR kind = 'bought')
);
CREATE UNIQUE INDEX record_year_once ON record_year (person_id, year) WHERE voided_by IS NULL;

-- Only who keeps the relation and whether a row was taken back may change; nothing is ever removed.
CREATE FUNCTION record_only_marks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'kept_by' - 'voided_by') <> (to_jsonb(OLD) - 'kept_by' - 'voided_by') OR OLD.voided_by IS NOT NULL THEN
        RAISE EXCEPTION 'a recorded payment does not change' USING ERRCODE = 'LB002', DETAIL = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER record_month_only_marks BEFORE UPDATE ON record_month FOR EACH ROW EXECUTE FUNCTION record_only_marks();
CREATE TRIGGER record_year_only_marks BEFORE UPDATE ON record_year FOR EACH ROW EXECUTE FUNCTION record_only_marks();
CREATE TRIGGER record_month_kept BEFORE DELETE ON record_month FOR EACH ROW EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER record_year_kept BEFORE DELETE ON record_year FOR EACH ROW EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER record_month_no_truncate BEFORE TRUNCATE ON record_month FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER record_year_no_truncate BEFORE TRUNCATE ON record_year FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

GRANT SELECT, INSERT ON record_month, record_year TO lingbao_app;
GRANT UPDATE (kept_by, voided_by) ON record_month, record_year TO lingbao_app;

-- A worker sees his own record, an agency what was paid in its province or is kept by it, supervision all.
ALTER TABLE record_month ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_year ENABLE ROW LEVEL SECURITY;
DO $$
DECLARE
    tables text;
BEGIN
    FOREACH tables IN ARRAY ARRAY['record_month', 'record_year'] LOOP
        EXECUTE format($policy$CREATE POLICY %1$s_seen ON %1$s FOR SELECT TO lingbao_app USING (
            CASE (SELECT registry_role())
                WHEN 'system' THEN true
                WHEN 'auditor' THEN true
                WHEN 'coordinator' THEN true
                WHEN 'clerk' THEN (SELECT registry_province()) IN (province, kept_by)
                WHEN 'supervisor' THEN (SELECT registry_province()) IN (province, kept_by)
                WHEN 'worker' THEN person_id = (SELECT registry_person())
                ELSE false
            END)$policy$, tables);
        EXECUTE format($policy$CREATE POLICY %1$s_credited ON %1$s FOR INSERT TO lingbao_app WITH CHECK (
            (SELECT registry_role()) = 'system'
            OR (SELECT registry_role()) IN ('clerk', 'supervisor') AND province = (SELECT registry_province()))$policy$, tables);
        EXECUTE format($policy$CREATE POLICY %1$s_marked ON %1$s FOR UPDATE TO lingbao_app USING (
            (SELECT registry_role()) = 'system'
            OR (SELECT registry_role()) IN ('clerk', 'supervisor') AND kept_by = (SELECT registry_province()))$policy$, tables);
    END LOOP;
END $$;
