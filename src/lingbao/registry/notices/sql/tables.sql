CREATE TABLE notice_message (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL,
    template  text NOT NULL,
    about     text NOT NULL,              -- what it is about, such as missed:2026-03: nobody is told the same twice
    text      text NOT NULL,
    channel   text NOT NULL DEFAULT 'text' CHECK (channel IN ('text', 'page')),
    state     text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'delivered', 'failed')),
    attempts  integer NOT NULL DEFAULT 0,
    next_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    queued_by bigint NOT NULL,
    queued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    sent_at   timestamptz,
    fault     text NOT NULL DEFAULT '',
    CONSTRAINT notice_message_once UNIQUE (person_id, template, about)
);
CREATE INDEX notice_message_due ON notice_message (next_at) WHERE state = 'queued';
CREATE INDEX notice_message_of ON notice_message (person_id, id);

-- What was said stays as it was said, and a state only goes forward.
CREATE FUNCTION notice_only_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.person_id, NEW.template, NEW.about, NEW.text, NEW.channel) IS DISTINCT FROM (OLD.person_id, OLD.template, OLD.about, OLD.text, OLD.channel)
       OR array_position(ARRAY['queued', 'sent', 'failed', 'delivered'], NEW.state) < array_position(ARRAY['queued', 'sent', 'failed', 'delivered'], OLD.state)
    THEN
        RAISE EXCEPTION 'a message does not change' USING ERRCODE = 'LB002', DETAIL = 'notice_message';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notice_only_forward BEFORE UPDATE ON notice_message FOR EACH ROW EXECUTE FUNCTION notice_only_forward();
CREATE TRIGGER notice_message_kept BEFORE DELETE OR TRUNCATE ON notice_message FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

GRANT SELECT, INSERT ON notice_message TO lingbao_app;
GRANT UPDATE (state, attempts, next_at, sent_at, fault) ON notice_message TO lingbao_app;
ALTER TABLE notice_message ENABLE ROW LEVEL SECURITY;
CREATE POLICY notice_message_seen ON notice_message FOR SELECT TO lingbao_app
    USING ((SELECT registry_role()) IN ('system', 'auditor', 'coordinator') OR registry_sees_person(person_id));
CREATE POLICY notice_message_queued ON notice_message FOR INSERT TO lingbao_app
    WITH CHECK ((SELECT registry_role()) = 'system' OR (SELECT registry_role()) IN ('clerk', 'supervisor') AND registry_sees_person(person_id));
CREATE POLICY notice_message_moved ON notice_message FOR UPDATE TO lingbao_app USING ((SELECT registry_role()) = 'system');
