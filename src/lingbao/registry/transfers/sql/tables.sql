-- The steps that a case may take and whose they are, as in transfers/machine.py (a test holds the two together).
CREATE TABLE transfer_step (
    action  text NOT NULL,
    source  text NOT NULL,
    target  text NOT NULL,
    parties text[] NOT NULL,
    PRIMARY KEY (action, source)
);
INSERT INTO transfer_step SELECT action, source, target, parties FROM (VALUES
    ('refuse', 'applied', 'refused'), ('refuse', 'returned', 'refused'),
    ('send_letter', 'applied', 'letter_sent'), ('send_letter', 'returned', 'letter_sent'),
    ('return_letter', 'letter_sent', 'returned'),
    ('send_form', 'letter_sent', 'form_sent'), ('send_form', 'form_sent', 'form_sent'),
    ('send_money', 'form_sent', 'money_sent'),
    ('fail_money', 'money_sent', 'form_sent'),
    ('receive_money', 'money_sent', 'received'),
    ('undo_receipt', 'received', 'money_sent'),
    ('finish', 'received', 'done'),
    ('withdraw', 'applied', 'withdrawn'), ('withdraw', 'letter_sent', 'withdrawn'), ('withdraw', 'returned', 'withdrawn'),
    ('escalate', 'applied', 'applied'), ('escalate', 'letter_sent', 'letter_sent'), ('escalate', 'returned', 'returned'),
    ('escalate', 'form_sent', 'form_sent'), ('escalate', 'money_sent', 'money_sent'), ('escalate', 'received', 'received'),
    ('direct', 'applied', 'applied'), ('direct', 'letter_sent', 'letter_sent'), ('direct', 'returned', 'returned'),
    ('direct', 'form_sent', 'form_sent'), ('direct', 'money_sent', 'money_sent'), ('direct', 'received', 'received'),
    ('close', 'applied', 'closed'), ('close', 'letter_sent', 'closed'), ('close', 'returned', 'closed'),
    ('close', 'form_sent', 'closed'),
    ('recall_money', 'money_sent', 'closed')
) AS step (action, source, target) JOIN (VALUES
    ('refuse', '{new_place}'::text[]), ('send_letter', '{new_place}'), ('return_letter', '{old_place}'), ('send_form', '{old_place}'),
    ('send_money', '{old_place}'), ('fail_money', '{new_place,old_place}'), ('receive_money', '{new_place}'), ('undo_receipt', '{new_place}'),
    ('finish', '{new_place}'), ('withdraw', '{worker}'), ('escalate', '{worker,new_place,old_place,system}'), ('direct', '{coordinator}'),
    ('close', '{coordinator}'), ('recall_money', '{coordinator}')
) AS whose (action, parties) USING (action);

CREATE TABLE transfer_case (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id        bigint NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('relation', 'temporary')),
    from_province    char(2) NOT NULL CHECK (from_province ~ '^[0-9]{2}$'),
    to_province      char(2) NOT NULL CHECK (to_province ~ '^[0-9]{2}$'),
    from_agency      bigint,
    to_agency        bigint,
    applied_on       date NOT NULL,
    state            text NOT NULL DEFAULT 'applied',
    step_due         date,
    step_provisional boolean NOT NULL DEFAULT false,
    old_due          date,
    old_provisional  boolean NOT NULL DEFAULT false,
    total_due        date NOT NULL,
    total_provisional boolean NOT NULL DEFAULT false,
    total_confidence text NOT NULL,
    last_day         date NOT NULL,
    escalated        boolean NOT NULL DEFAULT false,
    steps            integer NOT NULL DEFAULT 1,
    account_fen      bigint CHECK (account_fen >= 0),
    pooled_fen       bigint CHECK (pooled_fen >= 0),
    out_entry        bigint,
    in_entry         bigint,
    CHECK (from_province <> to_province),
    -- Money is out exactly while, and in exactly when, the state says so.
    CONSTRAINT transfer_case_money_out CHECK ((out_entry IS NOT NULL) = (state IN ('money_sent', 'received', 'done'))),
    CONSTRAINT transfer_case_money_in CHECK ((in_entry IS NOT NULL) = (state IN ('received', 'done')))
);
CREATE UNIQUE INDEX transfer_case_one_open ON transfer_case (person_id)
    WHERE state IN ('applied', 'letter_sent', 'returned', 'form_sent', 'money_sent', 'received');
CREATE INDEX transfer_case_queue ON transfer_case (to_province, state, step_due);
CREATE INDEX transfer_case_queue_old ON transfer_case (from_province, state, step_due);

CREATE TABLE transfer_event (
    case_id  bigint NOT NULL REFERENCES transfer_case,
    number   integer NOT NULL CHECK (number > 0),
    action   text NOT NULL,
    party    text NOT NULL,
    actor    bigint NOT NULL,
    day      date NOT NULL,
    due      date,
    reason   text NOT NULL DEFAULT '',
    entry_id bigint,
    law_hash text NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT transfer_event_once PRIMARY KEY (case_id, number)
);

CREATE TABLE transfer_document (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id bigint NOT NULL REFERENCES transfer_case,
    number  integer NOT NULL,             -- of the event it belongs to
    kind    text NOT NULL,
    about   text NOT NULL UNIQUE,         -- the place for which the content is sealed
    content bytea NOT NULL,               -- sealed
    digest  text NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX transfer_document_of ON transfer_document (case_id);

CREATE TABLE transfer_conversion (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id       bigint NOT NULL,
    province        char(2) NOT NULL CHECK (province ~ '^[0-9]{2}$'),
    direction       text NOT NULL CHECK (direction IN ('to_employee', 'to_resident')),
    state           text NOT NULL DEFAULT 'applied' CHECK (state IN ('applied', 'done', 'refused')),
    applied_on      date NOT NULL,
    due             date NOT NULL,
    due_provisional boolean NOT NULL,
    moved_fen       bigint CHECK (moved_fen >= 0),
    refund_fen      bigint CHECK (refund_fen >= 0),
    refunded_years  integer[] NOT NULL DEFAULT '{}',  -- whose fee was given back for months paid twice
    entry_id        bigint,
    reason          text NOT NULL DEFAULT '',
    answered_on     date,
    law_hash        text NOT NULL,
    answered_by     bigint,
    CHECK ((state = 'done') = (entry_id IS NOT NULL)),
    CHECK ((state = 'refused') <= (reason <> ''))
);
CREATE UNIQUE INDEX transfer_conversion_one_open ON transfer_conversion (person_id) WHERE state = 'applied';

--append-only transfer_step
--append-only transfer_event
--append-only transfer_document

-- A case moves only by a step of the table, one at a time, and never backwards in time; money leaves only with a second person.
CREATE FUNCTION transfer_case_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.steps <> OLD.steps + 1 OR NEW.last_day < OLD.last_day
       OR NOT EXISTS (SELECT FROM transfer_event e JOIN transfer_step s USING (action)
                      WHERE e.case_id = NEW.id AND e.number = NEW.steps AND s.source = OLD.state AND s.target = NEW.state) THEN
        RAISE EXCEPTION 'case % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'LB002', DETAIL = 'transfer_case';
    END IF;
    IF (NEW.person_id, NEW.kind, NEW.from_province, NEW.to_province, NEW.applied_on)
       IS DISTINCT FROM (OLD.person_id, OLD.kind, OLD.from_province, OLD.to_province, OLD.applied_on) THEN
        RAISE EXCEPTION 'whose case % is does not change', NEW.id USING ERRCODE = 'LB002', DETAIL = 'transfer_case';
    END IF;
    IF NEW.state = 'money_sent' AND OLD.state = 'form_sent' AND (SELECT actor FROM transfer_event WHERE case_id = NEW.id AND number = NEW.steps)
       = (SELECT actor FROM transfer_event WHERE case_id = NEW.id AND action = 'send_form' ORDER BY number DESC LIMIT 1) THEN
        RAISE EXCEPTION 'who drew up the form of case % does not send its money', NEW.id USING ERRCODE = '42501', DETAIL = NEW.id::text;
    END IF;
    IF EXISTS (SELECT FROM (VALUES (NEW.out_entry, OLD.out_entry, 'transfer_out'), (NEW.in_entry, OLD.in_entry, 'transfer_in')) half (entry, earlier, kind)
               WHERE half.entry IS NOT NULL AND half.entry IS DISTINCT FROM half.earlier AND NOT EXISTS (
                   SELECT FROM ledger_entry e WHERE e.id = half.entry AND e.kind = half.kind AND e.source LIKE 'transfer:' || NEW.id || ':%')) THEN
        RAISE EXCEPTION 'the money of case % is not in the books', NEW.id USING ERRCODE = '42501', DETAIL = NEW.id::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_case_moves BEFORE UPDATE ON transfer_case FOR EACH ROW EXECUTE FUNCTION transfer_case_moves();
CREATE TRIGGER transfer_case_kept BEFORE DELETE ON transfer_case FOR EACH ROW EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER transfer_case_no_truncate BEFORE TRUNCATE ON transfer_case FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

-- A move between the schemes is answered once, by who acts; money has moved only where its entry is in the books.
CREATE FUNCTION transfer_conversion_answered_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answer text[] := '{state,moved_fen,refund_fen,refunded_years,entry_id,reason,answered_on,answered_by}';
BEGIN
    IF OLD.state <> 'applied' OR NEW.state = 'applied' OR (to_jsonb(NEW) - answer) <> (to_jsonb(OLD) - answer) THEN
        RAISE EXCEPTION 'a move between the schemes is answered once' USING ERRCODE = 'LB002', DETAIL = 'transfer_conversion';
    END IF;
    IF NEW.state = 'done' AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.id = NEW.entry_id AND e.kind = 'conversion'
                                          AND e.source = 'conversion:' || NEW.id AND e.actor = NEW.answered_by) THEN
        RAISE EXCEPTION 'the entry of move % is not in the books', NEW.id USING ERRCODE = '42501', DETAIL = NEW.id::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_conversion_answered_once BEFORE UPDATE ON transfer_conversion
    FOR EACH ROW WHEN (registry_is_service()) EXECUTE FUNCTION transfer_conversion_answered_once();
CREATE TRIGGER transfer_conversion_kept BEFORE DELETE ON transfer_conversion FOR EACH ROW EXECUTE FUNCTION registry_refuse_change();

GRANT SELECT ON transfer_step, transfer_case, transfer_event, transfer_document, transfer_conversion TO lingbao_app;
GRANT INSERT ON transfer_case, transfer_event, transfer_document, transfer_conversion TO lingbao_app;
GRANT UPDATE (state, step_due, step_provisional, old_due, old_provisional, last_day, escalated, steps, account_fen, pooled_fen,
              out_entry, in_entry) ON transfer_case TO lingbao_app;
GRANT UPDATE (state, moved_fen, refund_fen, refunded_years, entry_id, reason, answered_on, answered_by) ON transfer_conversion TO lingbao_app;

-- A worker sees and steps in his own case, the agencies of both provinces in theirs, supervision sees all.
ALTER TABLE transfer_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE transfer_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE transfer_document ENABLE ROW LEVEL SECURITY;
ALTER TABLE transfer_conversion ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION transfer_seen(person bigint, one char, other char) RETURNS boolean LANGUAGE sql STABLE
    RETURN CASE registry_role()
        WHEN 'system' THEN true WHEN 'auditor' THEN true WHEN 'coordinator' THEN true
        WHEN 'clerk' THEN registry_province() IN (one, other)
        WHEN 'supervisor' THEN registry_province() IN (one, other)
        WHEN 'worker' THEN person = registry_person()
        ELSE false END;
CREATE POLICY transfer_case_seen ON transfer_case FOR SELECT TO lingbao_app
    USING (transfer_seen(person_id, from_province, to_province));
CREATE POLICY transfer_case_applied ON transfer_case FOR INSERT TO lingbao_app
    WITH CHECK (transfer_seen(person_id, to_province, to_province) AND registry_role() NOT IN ('auditor', 'coordinator'));
CREATE POLICY transfer_case_stepped ON transfer_case FOR UPDATE TO lingbao_app
    USING (transfer_seen(person_id, from_province, to_province) AND registry_role() <> 'auditor');
CREATE POLICY transfer_event_seen ON transfer_event FOR SELECT TO lingbao_app
    USING (EXISTS (SELECT FROM transfer_case c WHERE c.id = case_id));
-- A step is written under the name and the side of who acts, and only by the side whose step it is.
CREATE POLICY transfer_event_written ON transfer_event FOR INSERT TO lingbao_app
    WITH CHECK (registry_role() = 'system' OR registry_role() <> 'auditor' AND actor = registry_actor()
        AND EXISTS (SELECT FROM transfer_case c WHERE c.id = case_id AND party = CASE registry_role()
            WHEN 'worker' THEN 'worker' WHEN 'coordinator' THEN 'coordinator'
            ELSE CASE WHEN c.to_province = registry_province() THEN 'new_place' ELSE 'old_place' END END)
        AND (action = 'apply' AND party IN ('worker', 'new_place')
             OR EXISTS (SELECT FROM transfer_step s WHERE s.action = transfer_event.action AND transfer_event.party = ANY (s.parties))));
CREATE POLICY transfer_document_seen ON transfer_document FOR SELECT TO lingbao_app
    USING (EXISTS (SELECT FROM transfer_case c WHERE c.id = case_id));
CREATE POLICY transfer_document_written ON transfer_document FOR INSERT TO lingbao_app
    WITH CHECK (registry_role() <> 'auditor' AND EXISTS (SELECT FROM transfer_case c WHERE c.id = case_id));
CREATE POLICY transfer_conversion_seen ON transfer_conversion FOR SELECT TO lingbao_app
    USING (transfer_seen(person_id, province, province));
CREATE POLICY transfer_conversion_applied ON transfer_conversion FOR INSERT TO lingbao_app
    WITH CHECK (registry_role() = 'system' OR transfer_seen(person_id, province, province) AND registry_role() NOT IN ('auditor', 'coordinator')
        AND state = 'applied' AND answered_by IS NULL AND answered_on IS NULL);
CREATE POLICY transfer_conversion_answered ON transfer_conversion FOR UPDATE TO lingbao_app
    USING (transfer_seen(person_id, province, province) AND registry_role() NOT IN ('auditor', 'coordinator', 'worker'))
    WITH CHECK (registry_role() = 'system' OR answered_by = registry_actor());
