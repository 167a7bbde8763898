-- What a worker sees of the own orders: each order, the agreement behind it, the file it came in and the entry of that file.
CREATE FUNCTION orders_platforms_of_person() RETURNS integer[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT w.platform_id), '{}') FROM orders_worker_person l JOIN orders_worker w ON w.id = l.worker_id
    WHERE registry_role() = 'worker' AND l.person_id = registry_person()
$$;
CREATE POLICY own ON orders_agreement FOR SELECT TO lingbao_app
    USING (platform_id = ANY ((SELECT orders_platforms_of_person())::integer[]));

-- On which days a file has orders is asked for by file too.
CREATE INDEX orders_file_day_file ON orders_file_day (file_id);

-- Sums of the worker's own orders by day and platform. A file of one day gives its sum at once; only of files that span
-- several days are the single orders read.
CREATE FUNCTION orders_own_days(first_day date, last_day date)
    RETURNS TABLE (business_date date, platform_id integer, orders bigint, income_fen bigint, withheld_fen bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH mine AS MATERIALIZED (
        SELECT w.file_id, w.worker_id, w.platform_id, w.orders, w.income_fen, w.withheld_fen,
               (SELECT count(*) FROM orders_file_day d WHERE d.file_id = w.file_id) AS days
        FROM orders_file_worker w WHERE w.worker_id = ANY (orders_workers_of_person())
    ), each AS (
        SELECT d.business_date, m.platform_id, m.orders::bigint, m.income_fen, m.withheld_fen
        FROM mine m JOIN orders_file_day d ON d.file_id = m.file_id
        WHERE m.days = 1 AND d.business_date BETWEEN first_day AND last_day
        UNION ALL
        SELECT f.business_date, f.platform_id, 1, f.income_fen, f.withheld_fen
        FROM mine m JOIN orders_file_day d ON d.file_id = m.file_id AND d.business_date BETWEEN first_day AND last_day
        JOIN orders_fact f ON f.business_date = d.business_date AND f.platform_id = m.platform_id
            AND f.file_id = m.file_id AND f.worker_id = m.worker_id
        WHERE m.days > 1
    )
    SELECT e.business_date, e.platform_id, sum(e.orders)::bigint, sum(e.income_fen)::bigint, sum(e.withheld_fen)::bigint
    FROM each e GROUP BY 1, 2 ORDER BY 1 DESC, 2
$$;

-- The file behind an order, for the worker it names: nothing of what others had in it.
CREATE FUNCTION orders_own_file(number bigint)
    RETURNS TABLE (key text, received_at timestamptz, identified boolean, entry_id bigint, received_on date, law_hash text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.key, f.received_at, w.identified,
           CASE WHEN w.identified THEN f.entry_id ELSE l.entry_id END, s.received_on, f.law_hash
    FROM orders_file f
    JOIN orders_file_worker w ON w.file_id = f.id AND w.worker_id = ANY (orders_workers_of_person())
    JOIN orders_worker_link l ON l.worker_id = w.worker_id
    LEFT JOIN orders_settlement_file sf ON sf.file_id = f.id
    LEFT JOIN orders_settlement s ON s.id = sf.settlement_id
    WHERE f.id = number
    LIMIT 1
$$;

-- What moved in the worker's own accounts since a day: withheld by platforms, received from them, put into the accounts.
-- A function, since its plan is kept: the policies of three tables take ten times as long to plan as the sums to read.
CREATE FUNCTION orders_own_moves(since date) RETURNS TABLE (withheld bigint, received bigint, credited bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT coalesce(sum(l.amount_fen) FILTER (WHERE a.kind = 'pending' AND e.kind IN ('orders.file', 'orders.identified')), 0)::bigint,
           coalesce(sum(l.amount_fen) FILTER (WHERE a.kind = 'withheld' AND e.kind IN ('orders.settlement', 'orders.identified')), 0)::bigint,
           coalesce(sum(l.amount_fen) FILTER (WHERE a.kind IN ('individual', 'resident_account')), 0)::bigint
    FROM ledger_account a JOIN ledger_leg l ON l.account_id = a.id JOIN ledger_entry e ON e.id = l.entry_id
    WHERE registry_role() = 'worker' AND a.owner_kind = 'person' AND a.owner_id = registry_person() AND e.value_date >= since;
END $$;
REVOKE EXECUTE ON FUNCTION orders_own_days, orders_own_file, orders_own_moves FROM PUBLIC;
GRANT EXECUTE ON FUNCTION orders_own_days, orders_own_file, orders_own_moves TO lingbao_app;
