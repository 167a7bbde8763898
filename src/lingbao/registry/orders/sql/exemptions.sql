-- A person asks not to have anything withheld, for an employer insures him: one at the agency checks the proof, another approves.
CREATE TABLE orders_exemption_request (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id     bigint NOT NULL REFERENCES people_person,
    province      char(2) NOT NULL CHECK (province ~ '^[0-9]{2}$'),  -- whose agency answers
    since         date NOT NULL,
    until         date NOT NULL CHECK (until >= since),
    about         text NOT NULL UNIQUE,                -- the place for which the words are sealed
    words         bytea NOT NULL,                      -- sealed: what proves it, in the words of who asks
    asked_on      date NOT NULL,
    asked_by      bigint NOT NULL,
    state         text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'checked', 'approved', 'refused', 'withdrawn')),
    checked       text NOT NULL DEFAULT '',            -- which papers were compared
    checked_on    date,
    checked_by    bigint,
    reason        text NOT NULL DEFAULT '',
    answered_on   date,
    answered_by   bigint,
    exemption_id  bigint REFERENCES orders_exemption,
    CHECK ((checked = '') = (checked_by IS NULL) AND (checked_by IS NULL) = (checked_on IS NULL)),
    CHECK (state <> 'checked' OR checked_by IS NOT NULL),
    CHECK ((state IN ('asked', 'checked')) = (answered_by IS NULL) AND (answered_by IS NULL) = (answered_on IS NULL)),
    CHECK ((state = 'approved') = (exemption_id IS NOT NULL)),
    CHECK ((state = 'refused') <= (reason <> '')),
    CONSTRAINT orders_exemption_two_actors CHECK (state <> 'approved' OR checked_by IS NOT NULL AND checked_by <> answered_by)
);
CREATE UNIQUE INDEX orders_exemption_request_open ON orders_exemption_request (person_id) WHERE state IN ('asked', 'checked');
CREATE INDEX orders_exemption_request_queue ON orders_exemption_request (province, asked_on, id) WHERE state IN ('asked', 'checked');

-- Checked, then answered, each once; what was asked never changes.
CREATE FUNCTION orders_exemption_request_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open_part text[] := CASE OLD.state WHEN 'asked' THEN '{state,checked,checked_on,checked_by,reason,answered_on,answered_by,exemption_id}'
                                       WHEN 'checked' THEN '{state,reason,answered_on,answered_by,exemption_id}' ELSE '{}' END;
BEGIN
    IF NEW.state = OLD.state OR (to_jsonb(NEW) - open_part) <> (to_jsonb(OLD) - open_part) THEN
        RAISE EXCEPTION 'a request is answered once' USING ERRCODE = 'LB002', DETAIL = 'orders_exemption_request';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_exemption_request_moved BEFORE UPDATE ON orders_exemption_request
    FOR EACH ROW EXECUTE FUNCTION orders_exemption_request_moved();
CREATE TRIGGER orders_exemption_request_kept BEFORE DELETE OR TRUNCATE ON orders_exemption_request
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
-- An exemption only becomes shorter, and only once.
CREATE FUNCTION orders_exemption_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_by IS NOT NULL OR NEW.ended_by IS NULL OR NEW.until > OLD.until OR (to_jsonb(NEW) - '{until,ended_by,ended_at,end_reason}'::text[])
        <> (to_jsonb(OLD) - '{until,ended_by,ended_at,end_reason}'::text[]) THEN
        RAISE EXCEPTION 'an exemption is ended once' USING ERRCODE = 'LB002', DETAIL = 'orders_exemption';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_exemption_ended BEFORE UPDATE ON orders_exemption FOR EACH ROW EXECUTE FUNCTION orders_exemption_ended();
CREATE TRIGGER orders_exemption_kept BEFORE DELETE OR TRUNCATE ON orders_exemption
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

GRANT SELECT, INSERT ON orders_exemption_request TO lingbao_app;
GRANT UPDATE (state, checked, checked_on, checked_by, reason, answered_on, answered_by, exemption_id) ON orders_exemption_request TO lingbao_app;
ALTER TABLE orders_exemption_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON orders_exemption_request FOR SELECT TO lingbao_app USING (
    CASE
        WHEN (SELECT registry_role()) IN ('system', 'auditor', 'coordinator') THEN true
        WHEN (SELECT registry_role()) = 'worker' THEN person_id = (SELECT registry_person())
        WHEN (SELECT registry_role()) IN ('clerk', 'supervisor') THEN province = (SELECT registry_province())
        ELSE false
    END);
CREATE POLICY asked ON orders_exemption_request FOR INSERT TO lingbao_app WITH CHECK (
    asked_by = (SELECT registry_actor()) AND CASE (SELECT registry_role())
        WHEN 'worker' THEN state = 'asked' AND person_id = (SELECT registry_person())
        WHEN 'clerk' THEN state IN ('asked', 'checked') AND province = (SELECT registry_province()) AND registry_sees_person(person_id)
        WHEN 'supervisor' THEN state IN ('asked', 'checked') AND province = (SELECT registry_province()) AND registry_sees_person(person_id)
        ELSE false
    END AND checked_by IS NOT DISTINCT FROM CASE state WHEN 'checked' THEN registry_actor() END);
-- The person only withdraws; an agency checks or refuses; the approval needs a supervisor.
CREATE POLICY moved ON orders_exemption_request FOR UPDATE TO lingbao_app USING (
    CASE (SELECT registry_role())
        WHEN 'worker' THEN person_id = (SELECT registry_person())
        WHEN 'clerk' THEN province = (SELECT registry_province())
        WHEN 'supervisor' THEN province = (SELECT registry_province())
        ELSE false
    END)
    WITH CHECK (CASE (SELECT registry_role())
        WHEN 'worker' THEN state = 'withdrawn' AND answered_by = (SELECT registry_actor())
        WHEN 'clerk' THEN (state = 'checked' AND checked_by = (SELECT registry_actor())) OR (state = 'refused' AND answered_by = (SELECT registry_actor()))
        WHEN 'supervisor' THEN (state = 'checked' AND checked_by = (SELECT registry_actor()))
            OR (state IN ('approved', 'refused') AND answered_by = (SELECT registry_actor()))
        ELSE false
    END);
