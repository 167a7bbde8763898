-- Sealed columns are not granted: they are read through people_read alone.
GRANT SELECT ON people_agency TO lingbao_app;
GRANT SELECT (id, public_id, identity_index, identity_masked, name_index, name_masked, phone_index, sex, birth,
    hukou_kind, hukou_province, residence_province, residence_city, registered_at) ON people_person TO lingbao_app;
GRANT INSERT ON people_person TO lingbao_app;
GRANT UPDATE (name_sealed, name_index, name_masked, phone_sealed, phone_index, hukou_kind, hukou_province,
    residence_province, residence_city, changed_by, change_reason) ON people_person TO lingbao_app;
GRANT SELECT ON people_merge, people_handling, people_consent, people_correction, people_correction_decision,
    people_access, people_actor TO lingbao_app;
GRANT INSERT ON people_merge, people_consent, people_correction, people_correction_decision, people_actor,
    people_agency TO lingbao_app;
GRANT UPDATE (active, name, login) ON people_actor TO lingbao_app;
REVOKE EXECUTE ON FUNCTION people_log, people_read, people_find, people_handle FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_read, people_find, people_handle TO lingbao_app;

ALTER TABLE people_person ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_merge ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_handling ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_correction ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_correction_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_access ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_actor ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_agency ENABLE ROW LEVEL SECURITY;

CREATE POLICY people_agency_seen ON people_agency FOR SELECT TO lingbao_app USING (true);
CREATE POLICY people_agency_made ON people_agency FOR INSERT TO lingbao_app
    WITH CHECK ((SELECT registry_role()) IN ('system', 'administrator'));

CREATE POLICY people_person_seen ON people_person FOR SELECT TO lingbao_app USING (
    CASE
        WHEN (SELECT registry_role()) IN ('system', 'auditor', 'coordinator') THEN true
        WHEN (SELECT registry_role()) = 'worker' THEN id = (SELECT registry_person())
        WHEN (SELECT registry_role()) IN ('clerk', 'supervisor')
            THEN residence_province = (SELECT registry_province()) OR registry_sees_person(id)
        ELSE false
    END
);
CREATE POLICY people_person_registered ON people_person FOR INSERT TO lingbao_app
    WITH CHECK ((SELECT registry_role()) IN ('system', 'clerk', 'supervisor', 'coordinator'));
CREATE POLICY people_person_changed ON people_person FOR UPDATE TO lingbao_app
    USING ((SELECT registry_role()) IN ('system', 'clerk', 'supervisor') AND registry_sees_person(id))
    WITH CHECK (changed_by = (SELECT registry_actor()));

CREATE POLICY people_merge_seen ON people_merge FOR SELECT TO lingbao_app
    USING (registry_sees_person(kept_id) OR registry_sees_person(other_id));
CREATE POLICY people_handling_seen ON people_handling FOR SELECT TO lingbao_app USING (registry_sees_person(person_id));

CREATE POLICY people_consent_seen ON people_consent FOR SELECT TO lingbao_app USING (registry_sees_person(person_id));
CREATE POLICY people_consent_given ON people_consent FOR INSERT TO lingbao_app WITH CHECK (
    actor = (SELECT registry_actor()) AND (SELECT registry_role()) IN ('worker', 'clerk', 'supervisor', 'system')
    AND registry_sees_person(person_id));

CREATE POLICY people_correction_seen ON people_correction FOR SELECT TO lingbao_app USING (registry_sees_person(person_id));
CREATE POLICY people_correction_asked ON people_correction FOR INSERT TO lingbao_app WITH CHECK (
    asked_by = (SELECT registry_actor()) AND (SELECT registry_role()) IN ('worker', 'clerk', 'supervisor')
    AND registry_sees_person(person_id));
CREATE POLICY people_correction_decision_seen ON people_correction_decision FOR SELECT TO lingbao_app
    USING (EXISTS (SELECT FROM people_correction c WHERE c.id = correction_id));
CREATE POLICY people_correction_decided ON people_correction_decision FOR INSERT TO lingbao_app WITH CHECK (
    actor = (SELECT registry_actor()) AND (SELECT registry_role()) IN ('clerk', 'supervisor')
    AND EXISTS (SELECT FROM people_correction c WHERE c.id = correction_id AND c.asked_by <> (SELECT registry_actor())));

-- The person sees every line about himself; a supervisor those of his agency; an auditor all. Nobody else.
CREATE POLICY people_access_seen ON people_access FOR SELECT TO lingbao_app USING (
    CASE (SELECT registry_role())
        WHEN 'system' THEN true
        WHEN 'auditor' THEN true
        WHEN 'worker' THEN person_id = (SELECT registry_person())
        WHEN 'supervisor' THEN agency = (SELECT registry_agency())
        ELSE false
    END
);

CREATE POLICY people_actor_seen ON people_actor FOR SELECT TO lingbao_app USING (
    CASE (SELECT registry_role())
        WHEN 'system' THEN true
        WHEN 'auditor' THEN true
        WHEN 'administrator' THEN role <> 'worker'
        WHEN 'supervisor' THEN agency_id = (SELECT registry_agency())
        ELSE id = (SELECT registry_actor())
    END
);
CREATE POLICY people_actor_made ON people_actor FOR INSERT TO lingbao_app WITH CHECK (
    (SELECT registry_role()) = 'system' OR ((SELECT registry_role()) = 'administrator' AND role <> 'worker'));
CREATE POLICY people_actor_changed ON people_actor FOR UPDATE TO lingbao_app USING (
    (SELECT registry_role()) = 'system' OR ((SELECT registry_role()) = 'administrator' AND role <> 'worker'));
