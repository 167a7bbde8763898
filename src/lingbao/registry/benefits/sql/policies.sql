-- A worker sees his own claim and payments, an agency those of its province, supervision all; only agencies and the registry write.
CREATE FUNCTION benefit_seen(person bigint, of_province char) RETURNS boolean LANGUAGE sql STABLE
    RETURN CASE registry_role()
        WHEN 'system' THEN true WHEN 'auditor' THEN true WHEN 'coordinator' THEN true
        WHEN 'clerk' THEN of_province = registry_province()
        WHEN 'supervisor' THEN of_province = registry_province()
        WHEN 'worker' THEN person = registry_person()
        ELSE false END;
CREATE FUNCTION benefit_written(of_province char) RETURNS boolean LANGUAGE sql STABLE
    RETURN registry_role() = 'system'
        OR registry_role() IN ('clerk', 'supervisor') AND of_province = registry_province();

ALTER TABLE benefit_claim ENABLE ROW LEVEL SECURITY;
CREATE POLICY benefit_claim_seen ON benefit_claim FOR SELECT TO lingbao_app USING (benefit_seen(person_id, province));
CREATE POLICY benefit_claim_made ON benefit_claim FOR INSERT TO lingbao_app
    WITH CHECK (benefit_written(province) OR registry_role() = 'worker' AND person_id = registry_person() AND state = 'applied');
CREATE POLICY benefit_claim_decided ON benefit_claim FOR UPDATE TO lingbao_app USING (benefit_written(province));
ALTER TABLE benefit_run ENABLE ROW LEVEL SECURITY;
CREATE POLICY benefit_run_seen ON benefit_run FOR SELECT TO lingbao_app USING (benefit_seen(NULL, province));
CREATE POLICY benefit_run_made ON benefit_run FOR INSERT TO lingbao_app WITH CHECK (benefit_written(province));
CREATE POLICY benefit_run_moved ON benefit_run FOR UPDATE TO lingbao_app USING (benefit_written(province));
ALTER TABLE benefit_chunk ENABLE ROW LEVEL SECURITY;
CREATE POLICY benefit_chunk_seen ON benefit_chunk FOR SELECT TO lingbao_app
    USING ((SELECT registry_role()) IN ('system', 'auditor', 'coordinator', 'clerk', 'supervisor'));
CREATE POLICY benefit_chunk_made ON benefit_chunk FOR INSERT TO lingbao_app WITH CHECK ((SELECT registry_role()) = 'system');
ALTER TABLE benefit_adjustment ENABLE ROW LEVEL SECURITY;
CREATE POLICY benefit_adjustment_seen ON benefit_adjustment FOR SELECT TO lingbao_app USING ((SELECT registry_role()) <> 'nobody');
CREATE POLICY benefit_adjustment_made ON benefit_adjustment FOR INSERT TO lingbao_app WITH CHECK (benefit_written(province));
CREATE POLICY benefit_adjustment_moved ON benefit_adjustment FOR UPDATE TO lingbao_app USING (benefit_written(province));
ALTER TABLE benefit_death ENABLE ROW LEVEL SECURITY;
ALTER TABLE benefit_inheritance ENABLE ROW LEVEL SECURITY;
CREATE POLICY benefit_inheritance_seen ON benefit_inheritance FOR SELECT TO lingbao_app
    USING (benefit_seen(person_id, province) OR benefit_seen(person_id, settled_in));
CREATE POLICY benefit_inheritance_made ON benefit_inheritance FOR INSERT TO lingbao_app WITH CHECK ((SELECT registry_role()) = 'system');
-- A province that holds money of the dead pays it, so it sees the death.
CREATE POLICY benefit_death_seen ON benefit_death FOR SELECT TO lingbao_app
    USING (benefit_seen(person_id, province) OR EXISTS (SELECT FROM benefit_inheritance i WHERE i.death_id = benefit_death.id AND i.province = registry_province()));
CREATE POLICY benefit_death_made ON benefit_death FOR INSERT TO lingbao_app WITH CHECK (benefit_written(province));

-- What hangs on a claim is seen with the claim and written by the registry or an agency that sees it.
DO $$
DECLARE
    part text;
BEGIN
    FOREACH part IN ARRAY ARRAY['benefit_calculation', 'benefit_payment', 'benefit_rise', 'benefit_recovery'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format($p$CREATE POLICY %1$s_seen ON %1$s FOR SELECT TO lingbao_app USING (
            (SELECT registry_role()) IN ('system', 'auditor', 'coordinator')
            OR EXISTS (SELECT FROM benefit_claim c WHERE c.id = claim_id))$p$, part);
        EXECUTE format($p$CREATE POLICY %1$s_made ON %1$s FOR INSERT TO lingbao_app WITH CHECK (
            (SELECT registry_role()) = 'system'
            OR (SELECT registry_role()) IN ('clerk', 'supervisor') AND EXISTS (SELECT FROM benefit_claim c WHERE c.id = claim_id))$p$, part);
    END LOOP;
END $$;
