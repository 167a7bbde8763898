-- A person asks for a subsidy of contributions; the agency of the place grants or refuses it.
CREATE TABLE collection_subsidy_request (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   bigint NOT NULL REFERENCES people_person,
    province    char(2) NOT NULL,
    programme   text NOT NULL CHECK (programme IN ('hard_to_employ', 'graduate', 'youth', 'shared')),
    payer_kind  text NOT NULL CHECK (payer_kind IN ('state', 'province', 'platform')),
    payer_id    bigint NOT NULL,
    stated      jsonb NOT NULL,                      -- months to retirement, months since school
    about       text NOT NULL UNIQUE,                -- the place for which the words are sealed
    words       bytea NOT NULL,                      -- sealed: the ground in the person's words
    asked_on    date NOT NULL,
    state       text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'granted', 'refused', 'withdrawn')),
    reason      text NOT NULL DEFAULT '',
    answered_on date,
    answered_by bigint,
    subsidy_id  bigint REFERENCES collection_subsidy,
    CHECK ((state = 'granted') = (subsidy_id IS NOT NULL)),
    CHECK ((state = 'refused') <= (reason <> '')),
    CHECK ((state = 'asked') = (answered_on IS NULL) AND (answered_on IS NULL) = (answered_by IS NULL))
);
CREATE UNIQUE INDEX collection_subsidy_request_open ON collection_subsidy_request (person_id, programme, payer_kind, payer_id)
    WHERE state = 'asked';
CREATE INDEX collection_subsidy_request_queue ON collection_subsidy_request (province, asked_on, id) WHERE state = 'asked';

-- Answered once; what was asked never changes.
CREATE FUNCTION collection_subsidy_request_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'asked' OR (to_jsonb(NEW) - '{state,reason,answered_on,answered_by,subsidy_id}'::text[])
        <> (to_jsonb(OLD) - '{state,reason,answered_on,answered_by,subsidy_id}'::text[]) THEN
        RAISE EXCEPTION 'a request is answered once' USING ERRCODE = 'LB002', DETAIL = 'collection_subsidy_request';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER collection_subsidy_request_answered BEFORE UPDATE ON collection_subsidy_request
    FOR EACH ROW EXECUTE FUNCTION collection_subsidy_request_answered();
CREATE TRIGGER collection_subsidy_request_kept BEFORE DELETE OR TRUNCATE ON collection_subsidy_request
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

GRANT SELECT, INSERT ON collection_subsidy_request TO lingbao_app;
GRANT UPDATE (state, reason, answered_on, answered_by, subsidy_id) ON collection_subsidy_request TO lingbao_app;
ALTER TABLE collection_subsidy_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY collection_subsidy_request_seen ON collection_subsidy_request FOR SELECT TO lingbao_app USING (
    CASE
        WHEN (SELECT registry_role()) IN ('system', 'auditor', 'coordinator') THEN true
        WHEN (SELECT registry_role()) = 'worker' THEN person_id = (SELECT registry_person())
        WHEN (SELECT registry_role()) IN ('clerk', 'supervisor') THEN province = (SELECT registry_province())
        ELSE false
    END);
CREATE POLICY collection_subsidy_request_asked ON collection_subsidy_request FOR INSERT TO lingbao_app WITH CHECK (
    state = 'asked' AND CASE (SELECT registry_role())
        WHEN 'system' THEN true
        WHEN 'worker' THEN person_id = (SELECT registry_person())
        WHEN 'clerk' THEN province = (SELECT registry_province())
        WHEN 'supervisor' THEN province = (SELECT registry_province())
        ELSE false
    END);
-- Each answers in the own name: the person only withdraws, a clerk refuses, a supervisor refuses or grants by a subsidy of his own.
CREATE POLICY collection_subsidy_request_moved ON collection_subsidy_request FOR UPDATE TO lingbao_app USING (
    CASE (SELECT registry_role())
        WHEN 'worker' THEN person_id = (SELECT registry_person())
        WHEN 'clerk' THEN province = (SELECT registry_province())
        WHEN 'supervisor' THEN province = (SELECT registry_province())
        ELSE false
    END)
    WITH CHECK (answered_by = (SELECT registry_actor()) AND CASE (SELECT registry_role())
        WHEN 'worker' THEN state = 'withdrawn'
        WHEN 'clerk' THEN state = 'refused'
        WHEN 'supervisor' THEN state = 'refused' OR state = 'granted' AND EXISTS (
            SELECT FROM collection_subsidy s WHERE s.id = subsidy_id AND s.person_id = collection_subsidy_request.person_id
                AND s.granted_by = (SELECT registry_actor()))
        ELSE false
    END);
