-- Memberships whose months go to a temporary account: past the age, away from home, no relation in the place
-- (国办发〔2009〕66号 第五条). Decided when one joins, with the law of that day.
CREATE TABLE enrolment_temporary (
    membership_id bigint PRIMARY KEY REFERENCES enrolment_membership,
    law_hash      text NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by   bigint NOT NULL
);
--append-only enrolment_temporary
GRANT SELECT, INSERT ON enrolment_temporary TO lingbao_app;
ALTER TABLE enrolment_temporary ENABLE ROW LEVEL SECURITY;
CREATE POLICY enrolment_temporary_seen ON enrolment_temporary FOR SELECT TO lingbao_app USING (
    (SELECT registry_role()) IN ('system', 'auditor', 'coordinator')
    OR EXISTS (SELECT FROM enrolment_membership m WHERE m.id = membership_id));
CREATE POLICY enrolment_temporary_decided ON enrolment_temporary FOR INSERT TO lingbao_app WITH CHECK (
    recorded_by = (SELECT registry_actor()) AND (SELECT registry_role()) IN ('system', 'worker', 'clerk', 'supervisor')
    AND EXISTS (SELECT FROM enrolment_membership m WHERE m.id = membership_id
                AND ((SELECT registry_role()) IN ('system', 'worker') OR m.province = (SELECT registry_province()))));
