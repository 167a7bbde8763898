-- A death that was registered wrongly is undone by two persons: asked for with reason and proof, answered once by a supervisor of the
-- province that settled it, other than who asked. What was settled stays on record and names its undoing.
CREATE TABLE benefit_death_undoing (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    death_id   bigint NOT NULL REFERENCES benefit_death,
    person_id  bigint NOT NULL,
    province   char(2) NOT NULL,
    reason     text NOT NULL CHECK (reason <> ''),
    proof      text NOT NULL CHECK (proof <> ''),       -- what shows that the person lives
    asked_by   bigint NOT NULL,
    asked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    state      text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'refused')),
    answer     text NOT NULL DEFAULT '',
    decided_by bigint,
    decided_at timestamptz,
    CHECK ((state = 'proposed') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((state = 'refused') <= (answer <> '')),
    CONSTRAINT benefit_death_undoing_two_persons CHECK (decided_by <> asked_by)
);
CREATE UNIQUE INDEX benefit_death_undoing_one ON benefit_death_undoing (death_id) WHERE state <> 'refused';
CREATE INDEX benefit_death_undoing_of ON benefit_death_undoing (person_id);

CREATE FUNCTION benefit_death_undoing_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed'
       OR (to_jsonb(NEW) - '{state,answer,decided_by,decided_at}'::text[]) <> (to_jsonb(OLD) - '{state,answer,decided_by,decided_at}'::text[]) THEN
        RAISE EXCEPTION 'an undoing is decided once' USING ERRCODE = 'LB002', DETAIL = 'benefit_death_undoing';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER benefit_death_undoing_moves BEFORE UPDATE ON benefit_death_undoing FOR EACH ROW EXECUTE FUNCTION benefit_death_undoing_moves();
CREATE TRIGGER benefit_death_undoing_kept BEFORE DELETE OR TRUNCATE ON benefit_death_undoing
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

-- A death, and what was paid beyond it, change in one way only: undone, once, by an undoing of the person that was approved.
CREATE FUNCTION benefit_undone_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person bigint;
BEGIN
    IF TG_TABLE_NAME = 'benefit_death' THEN
        person := (to_jsonb(NEW)->>'person_id')::bigint;
    ELSE
        SELECT person_id INTO person FROM benefit_claim WHERE id = (to_jsonb(NEW)->>'claim_id')::bigint;
    END IF;
    IF OLD.undone_by IS NOT NULL OR (to_jsonb(NEW) - 'undone_by') <> (to_jsonb(OLD) - 'undone_by')
       OR NOT EXISTS (SELECT FROM benefit_death_undoing u WHERE u.id = NEW.undone_by AND u.person_id = person AND u.state = 'approved') THEN
        RAISE EXCEPTION 'what was settled is undone once, by an undoing that was approved' USING ERRCODE = 'LB002', DETAIL = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER benefit_death_undone_once BEFORE UPDATE ON benefit_death FOR EACH ROW EXECUTE FUNCTION benefit_undone_once();
CREATE TRIGGER benefit_recovery_undone_once BEFORE UPDATE ON benefit_recovery FOR EACH ROW EXECUTE FUNCTION benefit_undone_once();

-- What an heir gave back to the bank of the province that had paid it; it is payable again.
CREATE TABLE benefit_heir_return (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    death_id bigint NOT NULL REFERENCES benefit_death,
    heir     integer NOT NULL CHECK (heir >= 0),     -- place among the heirs of the settlement, from 0
    province char(2) NOT NULL,
    fen      bigint NOT NULL CHECK (fen > 0),
    entry_id bigint NOT NULL UNIQUE,
    actor    bigint NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX benefit_heir_return_of ON benefit_heir_return (death_id, heir);
--append-only benefit_heir_return

GRANT SELECT, INSERT ON benefit_death_undoing, benefit_heir_return TO lingbao_app;
GRANT UPDATE (state, answer, decided_by, decided_at) ON benefit_death_undoing TO lingbao_app;
GRANT UPDATE (undone_by) ON benefit_death, benefit_recovery TO lingbao_app;
CREATE POLICY benefit_death_undone ON benefit_death FOR UPDATE TO lingbao_app USING ((SELECT registry_role()) = 'system');
CREATE POLICY benefit_recovery_undone ON benefit_recovery FOR UPDATE TO lingbao_app USING ((SELECT registry_role()) = 'system');

ALTER TABLE benefit_death_undoing ENABLE ROW LEVEL SECURITY;
ALTER TABLE benefit_heir_return ENABLE ROW LEVEL SECURITY;
CREATE POLICY benefit_death_undoing_seen ON benefit_death_undoing FOR SELECT TO lingbao_app
    USING (EXISTS (SELECT FROM benefit_death d WHERE d.id = death_id));
CREATE POLICY benefit_death_undoing_asked ON benefit_death_undoing FOR INSERT TO lingbao_app WITH CHECK (
    (SELECT registry_role()) IN ('clerk', 'supervisor') AND asked_by = (SELECT registry_actor()) AND state = 'proposed'
    AND EXISTS (SELECT FROM benefit_death d WHERE d.id = death_id AND d.person_id = benefit_death_undoing.person_id
                AND d.province = benefit_death_undoing.province AND d.province = (SELECT registry_province()) AND d.undone_by IS NULL));
CREATE POLICY benefit_death_undoing_decided ON benefit_death_undoing FOR UPDATE TO lingbao_app
    USING ((SELECT registry_role()) = 'supervisor' AND province = (SELECT registry_province()))
    WITH CHECK (decided_by = (SELECT registry_actor()) AND decided_by <> asked_by);
CREATE POLICY benefit_heir_return_seen ON benefit_heir_return FOR SELECT TO lingbao_app
    USING (EXISTS (SELECT FROM benefit_death d WHERE d.id = death_id));
CREATE POLICY benefit_heir_return_made ON benefit_heir_return FOR INSERT TO lingbao_app WITH CHECK (
    (SELECT registry_role()) = 'supervisor' AND actor = (SELECT registry_actor()) AND province = (SELECT registry_province())
    AND EXISTS (SELECT FROM benefit_death d WHERE d.id = death_id));
