-- Facts that may be erased once they are over their period: who may erase which rows stands here, in the database. The
-- triggers of these tables let a row go only when it is over; everything else, and every other table, they refuse as before.
-- A period changes by a migration alone, together with retention.yaml.
CREATE TABLE registry_retention (
    table_name text PRIMARY KEY CHECK (table_name !~ '^(ledger|record|enrolment|collection|transfer|benefit|dispute)_'),
    dated      text NOT NULL,                        -- the instant a row t counts from; none: it is not over
    period     interval NOT NULL CHECK (period >= interval '1 day'),
    blanked    text                                  -- the column that is emptied; none: the row goes
);
INSERT INTO registry_retention (table_name, dated, period, blanked) VALUES
    ('people_access', 't.at', '3 years', NULL),
    ('people_reading_refusal', 't.at', '6 months', NULL),
    ('people_search_miss', 't.at', '6 months', NULL),
    ('notice_message', 't.queued_at', '3 years', 'text'),
    ('orders_rejection', '(SELECT f.received_at FROM orders_file f WHERE f.id = t.file_id)', '3 years', NULL),
    ('orders_conflict', '(SELECT f.received_at FROM orders_file f WHERE f.id = t.file_id)', '3 years', NULL),
    ('orders_refusal', 't.at', '3 years', NULL),
    ('bank_refusal', '(SELECT s.uploaded_at FROM bank_statement s WHERE s.id = t.statement_id)', '3 years', NULL),
    ('orders_upload', 't.opened_at', '7 days', NULL),
    ('orders_delivery', '(SELECT e.at FROM orders_event e WHERE e.id = t.event_id)', '90 days', NULL),
    ('orders_event', 'CASE WHEN NOT EXISTS (SELECT FROM orders_delivery d WHERE d.event_id = t.id) THEN t.at END', '90 days', NULL);
--append-only registry_retention
GRANT SELECT ON registry_retention TO lingbao_app;

-- A row may go when it is over its period; for the rest this is registry_refuse_change.
CREATE FUNCTION registry_refuse_unless_over() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rule registry_retention;
    since timestamptz;
BEGIN
    SELECT * INTO rule FROM registry_retention WHERE table_name = TG_TABLE_NAME;
    IF FOUND AND (TG_OP = 'DELETE' AND rule.blanked IS NULL
                  OR TG_OP = 'UPDATE' AND to_jsonb(NEW) = to_jsonb(OLD) || jsonb_build_object(coalesce(rule.blanked, ''), '')) THEN
        EXECUTE format('SELECT %s FROM (SELECT ($1).*) t', rule.dated) INTO since USING OLD;
        IF since < statement_timestamp() - rule.period THEN
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: facts are append-only, and the row is not over its period', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'LB002', DETAIL = TG_TABLE_NAME;
END $$;

DO $$
DECLARE
    facts text;
BEGIN
    FOREACH facts IN ARRAY ARRAY['people_access', 'people_reading_refusal', 'people_search_miss', 'orders_rejection', 'orders_conflict', 'orders_refusal',
                                 'orders_event', 'bank_refusal'] LOOP
        EXECUTE format('DROP TRIGGER %I ON %I', facts || '_append_only', facts);
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION registry_refuse_unless_over()',
                       facts || '_append_only', facts);
    END LOOP;
END $$;

-- A message is emptied, not removed: that the person was told stays, so that nobody is told twice.
DROP TRIGGER notice_only_forward ON notice_message;
CREATE TRIGGER notice_only_forward BEFORE UPDATE ON notice_message FOR EACH ROW
    WHEN (NOT (NEW.text = '' AND OLD.text <> '')) EXECUTE FUNCTION notice_only_forward();
CREATE TRIGGER notice_emptied BEFORE UPDATE ON notice_message FOR EACH ROW
    WHEN (NEW.text = '' AND OLD.text <> '') EXECUTE FUNCTION registry_refuse_unless_over();

-- How many rows of a table are over their period.
CREATE FUNCTION registry_due(of_table text) RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    rule registry_retention;
    found bigint;
BEGIN
    PERFORM registry_require('system', 'auditor');
    SELECT * INTO STRICT rule FROM registry_retention WHERE table_name = of_table;
    EXECUTE format('SELECT count(*) FROM %I t WHERE %s < statement_timestamp() - $1 AND %s', rule.table_name, rule.dated,
                   CASE WHEN rule.blanked IS NULL THEN 'true' ELSE format('t.%I <> ''''', rule.blanked) END) INTO found USING rule.period;
    RETURN found;
END $$;

-- Erase at most so many rows of a table that are over their period; return how many.
CREATE FUNCTION registry_erase(of_table text, most integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    rule registry_retention;
    gone bigint;
BEGIN
    PERFORM registry_require('system');
    SELECT * INTO STRICT rule FROM registry_retention WHERE table_name = of_table;
    EXECUTE format(CASE WHEN rule.blanked IS NULL THEN 'DELETE FROM %1$I' ELSE 'UPDATE %1$I SET %3$I = ''''' END
                   || ' WHERE ctid = ANY (ARRAY(SELECT t.ctid FROM %1$I t WHERE %2$s < statement_timestamp() - $1 AND %4$s LIMIT $2))',
                   rule.table_name, rule.dated, coalesce(rule.blanked, ''), CASE WHEN rule.blanked IS NULL THEN 'true' ELSE format('t.%I <> ''''', rule.blanked) END)
        USING rule.period, most;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE EXECUTE ON FUNCTION registry_due(text), registry_erase(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry_due(text), registry_erase(text, integer) TO lingbao_app;

-- The oldest rows are found without reading the whole of tables that only grow.
CREATE INDEX people_access_age ON people_access USING brin (at);
CREATE INDEX notice_message_age ON notice_message USING brin (queued_at);
CREATE INDEX orders_event_age ON orders_event USING brin (at);
