CREATE TABLE dispute_step (action text NOT NULL, source text NOT NULL, target text NOT NULL, PRIMARY KEY (action, source));
INSERT INTO dispute_step VALUES
    ('accept', 'lodged', 'accepted'), ('accept', 'referred', 'accepted'),
    ('refuse', 'lodged', 'refused'), ('refuse', 'referred', 'refused'),
    ('refer', 'lodged', 'referred'), ('refer', 'accepted', 'referred'), ('refer', 'referred', 'referred'),
    ('extend', 'accepted', 'accepted'),
    ('answer', 'accepted', 'answered'),
    ('object', 'answered', 'lodged'), ('object', 'refused', 'lodged'),
    ('withdraw', 'lodged', 'withdrawn'), ('withdraw', 'referred', 'withdrawn'), ('withdraw', 'accepted', 'withdrawn'),
    ('close', 'answered', 'closed');

CREATE TABLE dispute_case (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   bigint NOT NULL,
    kind        text NOT NULL,
    handler     char(2) NOT NULL CHECK (handler ~ '^[0-9]{2}$'),   -- province that has it; 00: the coordinating body
    handlers    text[] NOT NULL,                                   -- all that have had it
    about       text NOT NULL,                                     -- transfer:12, bill:3, order:…, general
    against     bigint,                                            -- actor it is about: never decides it
    state       text NOT NULL DEFAULT 'lodged',
    lodged_on   date NOT NULL,
    last_day    date NOT NULL,
    due         date,
    due_provisional boolean NOT NULL DEFAULT false,
    extended    boolean NOT NULL DEFAULT false,
    level       integer NOT NULL DEFAULT 1,                        -- 2: reviewed after an objection
    steps       integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX dispute_case_about_once ON dispute_case (person_id, kind, about)
    WHERE state IN ('lodged', 'referred', 'accepted') AND about <> 'general';
CREATE INDEX dispute_case_queue ON dispute_case (handler, state, due);

CREATE TABLE dispute_event (
    case_id bigint NOT NULL REFERENCES dispute_case,
    number  integer NOT NULL CHECK (number > 0),
    action  text NOT NULL,
    actor   bigint NOT NULL,
    role    text NOT NULL,
    day     date NOT NULL,
    due     date,
    about   text NOT NULL,             -- the place for which the words are sealed
    words   bytea NOT NULL,            -- sealed: what the person or the office says
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT dispute_event_once PRIMARY KEY (case_id, number)
);
--append-only dispute_step
--append-only dispute_event

CREATE FUNCTION dispute_case_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.steps <> OLD.steps + 1 OR NEW.last_day < OLD.last_day
       OR (NEW.person_id, NEW.kind, NEW.about, NEW.lodged_on, NEW.against) IS DISTINCT FROM (OLD.person_id, OLD.kind, OLD.about, OLD.lodged_on, OLD.against)
       OR NOT EXISTS (SELECT FROM dispute_event e JOIN dispute_step s USING (action)
                      WHERE e.case_id = NEW.id AND e.number = NEW.steps AND s.source = OLD.state AND s.target = NEW.state) THEN
        RAISE EXCEPTION 'matter % cannot go from % to %', NEW.id, OLD.state, NEW.state USING ERRCODE = 'LB002', DETAIL = 'dispute_case';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dispute_case_moves BEFORE UPDATE ON dispute_case FOR EACH ROW EXECUTE FUNCTION dispute_case_moves();
CREATE TRIGGER dispute_case_kept BEFORE DELETE OR TRUNCATE ON dispute_case FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

GRANT SELECT, INSERT ON dispute_case, dispute_event TO lingbao_app;
GRANT SELECT ON dispute_step TO lingbao_app;
GRANT UPDATE (handler, handlers, state, last_day, due, due_provisional, extended, level, steps) ON dispute_case TO lingbao_app;

-- A person sees his own matters, an agency those it has or has had a step in, supervision all.
CREATE FUNCTION dispute_seen(person bigint, of_handlers text[]) RETURNS boolean LANGUAGE sql STABLE
    RETURN CASE registry_role()
        WHEN 'system' THEN true WHEN 'auditor' THEN true WHEN 'coordinator' THEN true
        WHEN 'worker' THEN person = registry_person()
        WHEN 'clerk' THEN registry_province() = ANY (of_handlers)
        WHEN 'supervisor' THEN registry_province() = ANY (of_handlers)
        ELSE false END;
ALTER TABLE dispute_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE dispute_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY dispute_case_seen ON dispute_case FOR SELECT TO lingbao_app USING (dispute_seen(person_id, handlers));
CREATE POLICY dispute_case_lodged ON dispute_case FOR INSERT TO lingbao_app
    WITH CHECK (registry_role() = 'system' OR registry_role() IN ('worker', 'clerk', 'supervisor') AND registry_sees_person(person_id));
CREATE POLICY dispute_case_moved ON dispute_case FOR UPDATE TO lingbao_app
    USING (registry_role() <> 'auditor' AND dispute_seen(person_id, CASE WHEN handler = '00' THEN '{}' ELSE ARRAY[handler::text] END))
    WITH CHECK (true);
CREATE POLICY dispute_event_seen ON dispute_event FOR SELECT TO lingbao_app
    USING (EXISTS (SELECT FROM dispute_case c WHERE c.id = case_id));
CREATE POLICY dispute_event_written ON dispute_event FOR INSERT TO lingbao_app
    WITH CHECK (registry_role() <> 'auditor' AND EXISTS (SELECT FROM dispute_case c WHERE c.id = case_id));
