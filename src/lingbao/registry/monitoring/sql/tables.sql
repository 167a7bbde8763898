CREATE TABLE monitoring_definition (name text PRIMARY KEY, value integer NOT NULL);
INSERT INTO monitoring_definition VALUES ('stopped_after', 3), ('returned_for', 12), ('smallest_cell', 10), ('near_minimum', 12);

-- What the record says of each payer, kept up as months are credited or taken back. It can always be worked out again.
CREATE TABLE monitoring_paid (
    person_id     bigint PRIMARY KEY,
    first_month   integer NOT NULL,
    last_month    integer NOT NULL,
    months        integer NOT NULL,
    longest_gap   integer NOT NULL,      -- between the first and the last month
    resumed_month integer                -- first month after the last gap that counts as a stop
) WITH (fillfactor = 80);

CREATE TABLE monitoring_reason (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL,
    code      text NOT NULL CHECK (code <> ''),
    said      text NOT NULL DEFAULT '',
    channel   text NOT NULL CHECK (channel IN ('page', 'text', 'telephone', 'counter', 'visit')),
    actor     bigint NOT NULL,
    at        timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX monitoring_reason_of ON monitoring_reason (person_id, id);

CREATE TABLE monitoring_cause (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL,
    month     integer NOT NULL,
    code      text NOT NULL,
    basis     text NOT NULL CHECK (basis <> ''),
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT monitoring_cause_once UNIQUE (person_id, month, code)
);
CREATE TABLE monitoring_first_job (
    person_id bigint PRIMARY KEY,
    month     integer,                   -- none: asked, and not said
    actor     bigint NOT NULL
);
--append-only monitoring_reason
--append-only monitoring_cause

-- Work a few payers out anew from the record.
CREATE FUNCTION monitoring_refresh(persons bigint[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM monitoring_paid WHERE person_id = ANY (persons)
        AND NOT EXISTS (SELECT FROM record_month r WHERE r.person_id = monitoring_paid.person_id AND r.voided_by IS NULL);
    WITH months AS (
        SELECT person_id, month, month - lag(month) OVER (PARTITION BY person_id ORDER BY month) - 1 AS gap
        FROM record_month WHERE person_id = ANY (persons) AND voided_by IS NULL
    )
    INSERT INTO monitoring_paid
        SELECT person_id, min(month), max(month), count(*), coalesce(max(gap), 0), max(month) FILTER (
            WHERE gap >= (SELECT value FROM monitoring_definition WHERE name = 'stopped_after'))
        FROM months GROUP BY person_id ORDER BY person_id
        ON CONFLICT (person_id) DO UPDATE SET first_month = excluded.first_month, last_month = excluded.last_month, months = excluded.months,
            longest_gap = excluded.longest_gap, resumed_month = excluded.resumed_month;
$$;

-- Months that follow on are added; whoever has months filled in, out of order or taken back is worked out anew.
CREATE FUNCTION monitoring_credited() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stopped_after integer;
    anew bigint[];
BEGIN
    SELECT value INTO stopped_after FROM monitoring_definition WHERE name = 'stopped_after';
    WITH batch AS (
        SELECT person_id, min(month) AS first, max(month) AS last, count(*) AS months FROM fresh GROUP BY person_id
    ), added AS (
        INSERT INTO monitoring_paid AS p (person_id, first_month, last_month, months, longest_gap)
            SELECT person_id, first, last, months, 0 FROM batch WHERE last - first + 1 = months ORDER BY person_id
            ON CONFLICT (person_id) DO UPDATE SET
                last_month = excluded.last_month, months = p.months + excluded.months,
                longest_gap = greatest(p.longest_gap, excluded.first_month - p.last_month - 1),
                resumed_month = CASE WHEN excluded.first_month - p.last_month - 1 >= stopped_after
                                     THEN excluded.first_month ELSE p.resumed_month END
                WHERE excluded.first_month > p.last_month
            RETURNING person_id
    )
    SELECT array_agg(person_id) INTO anew FROM batch WHERE person_id NOT IN (SELECT person_id FROM added);
    IF anew IS NOT NULL THEN
        PERFORM monitoring_refresh(anew);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER monitoring_credited AFTER INSERT ON record_month
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION monitoring_credited();

CREATE FUNCTION monitoring_taken_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    anew bigint[];
BEGIN
    SELECT array_agg(DISTINCT f.person_id) INTO anew FROM fresh f JOIN old o USING (id)
        WHERE f.voided_by IS DISTINCT FROM o.voided_by;
    IF anew IS NOT NULL THEN
        PERFORM monitoring_refresh(anew);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER monitoring_taken_back AFTER UPDATE ON record_month
    REFERENCING OLD TABLE AS old NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION monitoring_taken_back();

-- Months overdue at the beginning of `as_of`: what a period of `rhythm` months ended before it and is not paid.
CREATE FUNCTION monitoring_overdue(since integer, last_month integer, rhythm integer, as_of integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN greatest(as_of / rhythm * rhythm - 1 - greatest(coalesce(last_month, since - 1), since - 1), 0);

CREATE FUNCTION monitoring_status(since integer, until integer, last_month integer, resumed_month integer, rhythm integer,
                                  as_of integer, stopped_after integer, returned_for integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN until <= as_of THEN 'left'
        WHEN monitoring_overdue(since, last_month, rhythm, as_of) >= stopped_after THEN 'stopped'
        WHEN monitoring_overdue(since, last_month, rhythm, as_of) > 0 THEN 'late'
        WHEN last_month IS NULL OR last_month < since THEN 'joined'
        WHEN resumed_month > as_of - returned_for THEN 'returned'
        ELSE 'paying'
    END;

-- The last membership of each person in the employee scheme with what was paid and chosen; the rows one may see.
CREATE VIEW monitoring_member WITH (security_invoker = true) AS
    SELECT m.id AS membership_id, m.person_id, m.province, m.since, m.until, m.end_reason, m.standing,
           p.first_month, p.last_month, coalesce(p.months, 0) AS months, coalesce(p.longest_gap, 0) AS longest_gap, p.resumed_month,
           coalesce((SELECT c.rhythm FROM enrolment_choice c WHERE c.membership_id = m.id ORDER BY c.since DESC, c.id DESC LIMIT 1), 1)::integer
               AS rhythm
    FROM enrolment_membership m LEFT JOIN monitoring_paid p USING (person_id)
    WHERE m.scheme = 'employee' AND m.standing = 'flexible' AND m.id = (SELECT max(n.id) FROM enrolment_membership n
        WHERE n.person_id = m.person_id AND n.scheme = 'employee' AND n.standing = 'flexible');

GRANT SELECT ON monitoring_definition, monitoring_paid, monitoring_reason, monitoring_cause, monitoring_first_job, monitoring_member TO lingbao_app;
GRANT INSERT ON monitoring_reason, monitoring_cause, monitoring_first_job TO lingbao_app;
GRANT UPDATE (month, actor) ON monitoring_first_job TO lingbao_app;
REVOKE EXECUTE ON FUNCTION monitoring_refresh FROM PUBLIC;
DO $$
DECLARE
    part text;
BEGIN
    FOREACH part IN ARRAY ARRAY['monitoring_paid', 'monitoring_reason', 'monitoring_cause', 'monitoring_first_job'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format($p$CREATE POLICY %1$s_seen ON %1$s FOR SELECT TO lingbao_app USING (
            (SELECT registry_role()) IN ('system', 'auditor', 'coordinator') OR registry_sees_person(person_id))$p$, part);
        EXECUTE format($p$CREATE POLICY %1$s_made ON %1$s FOR INSERT TO lingbao_app WITH CHECK (
            (SELECT registry_role()) IN ('system', 'clerk', 'supervisor', 'worker') AND registry_sees_person(person_id))$p$, part);
    END LOOP;
END $$;
CREATE POLICY monitoring_first_job_changed ON monitoring_first_job FOR UPDATE TO lingbao_app USING (
    (SELECT registry_role()) IN ('system', 'clerk', 'supervisor', 'worker') AND registry_sees_person(person_id));
