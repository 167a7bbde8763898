-- The proof that no closed day was changed: a root for each day, and a chain over the roots, to be published.

-- What a day holds: an entry's digest covers its own columns and its legs; the root covers the entries in order.
CREATE FUNCTION ledger_day_root(day date, OUT entries bigint, OUT legs bigint, OUT fen numeric, OUT root bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*), coalesce(sum(n), 0)::bigint, coalesce(sum(gained), 0), sha256(coalesce(string_agg(sha, ''::bytea ORDER BY id), ''))
    FROM (
        SELECT e.id, count(l.account_id) AS n, sum(l.amount_fen) FILTER (WHERE l.amount_fen > 0) AS gained,
            sha256(convert_to(
                jsonb_build_array(e.id, e.kind, e.value_date, e.book_date,
                    to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.law_hash, e.actor, e.reason,
                    e.source, e.command_key, e.reverses_id, e.legs)::text
                || E'\n' || coalesce(string_agg(l.account_id || ':' || l.amount_fen, ',' ORDER BY l.account_id), ''),
                'UTF8')) AS sha
        FROM ledger_entry e LEFT JOIN ledger_leg l ON l.entry_id = e.id
        WHERE e.book_date = day GROUP BY e.id
    ) entry
$$;

CREATE FUNCTION ledger_chain(previous bytea, day date, entries bigint, legs bigint, fen numeric, root bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    RETURN sha256(previous || convert_to(day || '|' || entries || '|' || legs || '|' || fen || '|', 'UTF8') || root);

-- Close every day up to and including `last`, which must be over. Waits for postings under way; they wait for it.
CREATE FUNCTION ledger_close_days(last date) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    day date;
    before bytea;
    r record;
    closed integer := 0;
BEGIN
    PERFORM registry_require('system', 'auditor');
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger day', 0));
    IF last >= registry_day(clock_timestamp()) THEN
        RAISE EXCEPTION 'day % is not over', last USING ERRCODE = 'LB004', DETAIL = last::text;
    END IF;
    SELECT date + 1, chain INTO day, before FROM ledger_digest ORDER BY date DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT min(book_date), sha256('') INTO day, before FROM ledger_entry;
    END IF;
    WHILE day <= last LOOP
        SELECT * INTO r FROM ledger_day_root(day);
        INSERT INTO ledger_digest (date, entries, legs, fen, root, previous, chain)
            VALUES (day, r.entries, r.legs, r.fen, r.root, before,
                    ledger_chain(before, day, r.entries, r.legs, r.fen, r.root))
            RETURNING chain INTO before;
        day := day + 1;
        closed := closed + 1;
    END LOOP;
    RETURN closed;
END $$;

REVOKE EXECUTE ON FUNCTION ledger_close_days, ledger_day_root FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_close_days, ledger_day_root TO lingbao_app;
