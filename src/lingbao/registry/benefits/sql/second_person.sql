-- The second person is the one who acts: nobody writes another's name under a run, a rise or a pension, also not past the services.
ALTER POLICY benefit_run_made ON benefit_run WITH CHECK (
    benefit_written(province) AND (registry_role() = 'system' OR prepared_by = registry_actor() AND approved_by IS NULL));
ALTER POLICY benefit_run_moved ON benefit_run WITH CHECK (
    benefit_written(province) AND (registry_role() = 'system'
        OR registry_role() = 'supervisor' AND state = 'approved' AND approved_by = registry_actor() AND approved_by <> prepared_by));

ALTER POLICY benefit_adjustment_made ON benefit_adjustment WITH CHECK (
    benefit_written(province) AND (registry_role() = 'system' OR entered_by = registry_actor() AND approved_by IS NULL AND refused_by IS NULL));
ALTER POLICY benefit_adjustment_moved ON benefit_adjustment WITH CHECK (
    benefit_written(province) AND (registry_role() = 'system'
        OR refused_by = registry_actor() AND approved_by IS NULL
        OR registry_role() = 'supervisor' AND approved_by = registry_actor() AND approved_by <> entered_by AND refused_by IS NULL));

-- What one person decided no other decides again; the registry itself goes on with it (paying, done).
CREATE FUNCTION benefit_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF registry_is_service() AND registry_role() <> 'system' THEN
        RAISE EXCEPTION '% is decided once', TG_TABLE_NAME USING ERRCODE = '42501', DETAIL = OLD.id::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER benefit_run_decided_once BEFORE UPDATE ON benefit_run
    FOR EACH ROW WHEN (OLD.state <> 'prepared') EXECUTE FUNCTION benefit_decided_once();
CREATE TRIGGER benefit_adjustment_decided_once BEFORE UPDATE ON benefit_adjustment
    FOR EACH ROW WHEN (OLD.approved_by IS NOT NULL OR OLD.refused_by IS NOT NULL) EXECUTE FUNCTION benefit_decided_once();

ALTER POLICY benefit_set_off_plan_decided ON benefit_set_off_plan WITH CHECK (
    (SELECT registry_role()) = 'system' OR decided_by = (SELECT registry_actor()) AND decided_by <> proposed_by);

ALTER POLICY benefit_claim_made ON benefit_claim WITH CHECK (
    registry_role() = 'system' AND benefit_written(province)
    OR prepared_by = registry_actor() AND state = 'applied' AND (benefit_written(province) OR registry_role() = 'worker' AND person_id = registry_person()));
ALTER POLICY benefit_calculation_made ON benefit_calculation WITH CHECK (
    (SELECT registry_role()) = 'system'
    OR (SELECT registry_role()) IN ('clerk', 'supervisor') AND actor = (SELECT registry_actor()) AND EXISTS (SELECT FROM benefit_claim c WHERE c.id = claim_id));

-- A claim goes one way, by the one who acts; a pension stands only on a working out of this actor that gives it, which can be run again.
CREATE FUNCTION benefit_claim_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor bigint := registry_actor();
BEGIN
    IF NOT registry_is_service() OR registry_role() = 'system' THEN RETURN NEW; END IF;
    IF (OLD.state, NEW.state) NOT IN (('applied', 'refused'), ('applied', 'provisional'), ('applied', 'final'), ('provisional', 'final'),
                                      ('provisional', 'ended'), ('final', 'ended'), ('ended', 'ended'))
       OR (NEW.granted_by IS DISTINCT FROM OLD.granted_by OR NEW.granted_at IS DISTINCT FROM OLD.granted_at)
          AND (OLD.state <> 'applied' OR NEW.granted_by IS DISTINCT FROM actor OR NEW.granted_by = NEW.prepared_by)
       OR NEW.answered_by IS DISTINCT FROM OLD.answered_by AND (OLD.state <> 'applied' OR NEW.answered_by IS DISTINCT FROM actor)
       OR NEW.awarded_fen IS DISTINCT FROM OLD.awarded_fen AND NOT EXISTS (
           SELECT FROM benefit_calculation c WHERE c.claim_id = NEW.id AND c.actor = registry_actor() AND c.result_fen = NEW.awarded_fen)
       OR NEW.pension_fen IS DISTINCT FROM OLD.pension_fen AND NOT EXISTS (  -- with the rises since, as they come on what was worked out
           SELECT FROM benefit_calculation c WHERE c.claim_id = NEW.id AND c.actor = registry_actor() AND c.result_fen = NEW.awarded_fen
              AND coalesce((c.lines->'rises'->-1->>'after_fen')::bigint, c.result_fen) = NEW.pension_fen) THEN
        RAISE EXCEPTION 'a claim is decided by who acts, on a working out' USING ERRCODE = '42501', DETAIL = 'benefit_claim';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER benefit_claim_moves BEFORE UPDATE ON benefit_claim FOR EACH ROW EXECUTE FUNCTION benefit_claim_moves();
