GRANT SELECT, INSERT ON enrolment_membership, enrolment_choice, enrolment_event TO lingbao_app;
GRANT UPDATE (until, end_reason) ON enrolment_membership TO lingbao_app;
ALTER TABLE enrolment_membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE enrolment_choice ENABLE ROW LEVEL SECURITY;
ALTER TABLE enrolment_event ENABLE ROW LEVEL SECURITY;

-- An agency sees the memberships of its province, and the others of a person whom it handles.
CREATE POLICY enrolment_membership_seen ON enrolment_membership FOR SELECT TO lingbao_app USING (
    CASE
        WHEN (SELECT registry_role()) IN ('system', 'auditor', 'coordinator') THEN true
        WHEN (SELECT registry_role()) = 'worker' THEN person_id = (SELECT registry_person())
        WHEN (SELECT registry_role()) IN ('clerk', 'supervisor')
            THEN province = (SELECT registry_province()) OR registry_sees_person(person_id)
        ELSE false
    END
);
-- A worker enrols himself, an agency into its own province.
CREATE POLICY enrolment_membership_joined ON enrolment_membership FOR INSERT TO lingbao_app WITH CHECK (
    recorded_by = (SELECT registry_actor()) AND CASE (SELECT registry_role())
        WHEN 'system' THEN true
        WHEN 'worker' THEN person_id = (SELECT registry_person())
        WHEN 'clerk' THEN province = (SELECT registry_province())
        WHEN 'supervisor' THEN province = (SELECT registry_province())
        ELSE false
    END
);
CREATE POLICY enrolment_membership_ended ON enrolment_membership FOR UPDATE TO lingbao_app USING (
    CASE (SELECT registry_role())
        WHEN 'system' THEN true
        WHEN 'worker' THEN person_id = (SELECT registry_person())
        WHEN 'clerk' THEN province = (SELECT registry_province())
        WHEN 'supervisor' THEN province = (SELECT registry_province())
        ELSE false
    END
);
CREATE POLICY enrolment_choice_seen ON enrolment_choice FOR SELECT TO lingbao_app USING (
    (SELECT registry_role()) IN ('system', 'auditor', 'coordinator')
    OR EXISTS (SELECT FROM enrolment_membership m WHERE m.id = membership_id));
CREATE POLICY enrolment_choice_made ON enrolment_choice FOR INSERT TO lingbao_app WITH CHECK (
    recorded_by = (SELECT registry_actor()) AND (SELECT registry_role()) IN ('system', 'worker', 'clerk', 'supervisor')
    AND EXISTS (SELECT FROM enrolment_membership m WHERE m.id = membership_id
                AND ((SELECT registry_role()) IN ('system', 'worker') OR m.province = (SELECT registry_province()))));
CREATE POLICY enrolment_event_seen ON enrolment_event FOR SELECT TO lingbao_app USING (
    (SELECT registry_role()) IN ('system', 'auditor', 'coordinator')
    OR EXISTS (SELECT FROM enrolment_membership m WHERE m.id = membership_id));
CREATE POLICY enrolment_event_told ON enrolment_event FOR INSERT TO lingbao_app WITH CHECK (
    recorded_by = (SELECT registry_actor()) AND (SELECT registry_role()) IN ('system', 'worker', 'clerk', 'supervisor')
    AND EXISTS (SELECT FROM enrolment_membership m WHERE m.id = membership_id
                AND ((SELECT registry_role()) IN ('system', 'worker') OR m.province = (SELECT registry_province()))));
