-- The only ways to write the ledger under the role of the services: open accounts, post entries, record a command.

-- Accounts are looked up one by one, by the index: a plan for all together reads the whole table when many are asked for.
CREATE FUNCTION ledger_open_accounts(kinds text[], owner_kinds text[], owner_ids bigint[], provinces text[])
    RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET plan_cache_mode = force_custom_plan SET work_mem = '64MB' SET jit = off AS $$
DECLARE
    ids bigint[];
BEGIN
    PERFORM registry_require('system', 'clerk', 'supervisor', 'coordinator');
    INSERT INTO ledger_account (kind, bound, owner_kind, owner_id, province)
        SELECT DISTINCT r.kind, coalesce(k.bound, 0), r.owner_kind, r.owner_id, r.province
        FROM unnest(kinds, owner_kinds, owner_ids, provinces) AS r (kind, owner_kind, owner_id, province)
        LEFT JOIN ledger_account_kind k USING (kind)
        WHERE (SELECT a.id FROM ledger_account a WHERE a.owner_id = r.owner_id AND a.owner_kind = r.owner_kind AND a.kind = r.kind
               AND a.province = r.province) IS NULL
        ORDER BY 4, 3, 1, 5
        ON CONFLICT ON CONSTRAINT ledger_account_owner DO NOTHING;  -- opened by another at this moment
    SELECT array_agg((SELECT a.id FROM ledger_account a WHERE a.owner_id = r.owner_id AND a.owner_kind = r.owner_kind AND a.kind = r.kind
                              AND a.province = r.province) ORDER BY r.place) INTO ids
        FROM unnest(kinds, owner_kinds, owner_ids, provinces) WITH ORDINALITY
            AS r (kind, owner_kind, owner_id, province, place);
    RETURN coalesce(ids, '{}');
END $$;

-- A clerk posts in one's own name, in the books of the own province and on money under way between two.
CREATE FUNCTION ledger_refuse_others(by_actor bigint, accounts bigint[]) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    foreign_account bigint;
BEGIN
    IF NOT registry_is_service() OR registry_role() = 'system' THEN
        RETURN;
    END IF;
    IF by_actor IS DISTINCT FROM registry_actor() THEN
        RAISE EXCEPTION 'actor % posts in the name of %', registry_actor(), by_actor USING ERRCODE = 'LB005', DETAIL = by_actor::text;
    END IF;
    SELECT id INTO foreign_account FROM ledger_account
        WHERE id = ANY (accounts) AND kind <> 'transit' AND province IS DISTINCT FROM registry_province() LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'account % is not in the books of %', foreign_account, registry_province()
            USING ERRCODE = 'LB005', DETAIL = foreign_account::text;
    END IF;
END $$;

-- Post several entries at once. Drafts are numbered from 1 in the order of `kinds`; a leg names its draft.
-- Legs of one draft on one account are added up; what sums to nothing on an account leaves no leg.
CREATE FUNCTION ledger_post_drafts(
    kinds text[], sources text[], reasons text[], reverses bigint[],
    leg_drafts integer[], leg_accounts bigint[], leg_amounts bigint[],
    by_actor bigint, by_law text, on_date date, by_command text
) RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET plan_cache_mode = force_custom_plan SET work_mem = '64MB' SET jit = off AS $$
DECLARE
    ids bigint[];
    day date;
BEGIN
    PERFORM registry_require('system', 'clerk', 'supervisor');
    PERFORM ledger_refuse_others(by_actor, leg_accounts);
    -- Closing a day waits for postings under way, and they for it.
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('ledger day', 0));
    -- A clock set back cannot reach into closed books.
    SELECT greatest(registry_day(clock_timestamp()), max(d.date) + 1) INTO day FROM ledger_digest d;
    SELECT array_agg(nextval(pg_get_serial_sequence('ledger_entry', 'id')) ORDER BY n) INTO ids
        FROM generate_series(1, cardinality(kinds)) n;
    -- One statement: the triggers look at entries and legs together when it ends.
    WITH posting AS MATERIALIZED (
        SELECT l.draft, l.account_id, sum(l.amount)::bigint AS amount
        FROM unnest(leg_drafts, leg_accounts, leg_amounts) AS l (draft, account_id, amount)
        GROUP BY l.draft, l.account_id HAVING sum(l.amount) <> 0
    ), entry AS (
        INSERT INTO ledger_entry
            (id, kind, value_date, book_date, law_hash, actor, reason, source, command_key, reverses_id, legs)
        OVERRIDING SYSTEM VALUE
        SELECT ids[d.n], d.kind, on_date, day, by_law, by_actor, d.reason, d.source, by_command, d.reverses_id,
               coalesce(p.legs, 0)
        FROM unnest(kinds, sources, reasons, reverses) WITH ORDINALITY AS d (kind, source, reason, reverses_id, n)
        LEFT JOIN (SELECT draft, count(*) AS legs FROM posting GROUP BY draft) p ON p.draft = d.n
        ORDER BY d.n
    )
    INSERT INTO ledger_leg (entry_id, account_id, amount_fen)
        SELECT ids[draft], account_id, amount FROM posting ORDER BY draft, account_id;
    RETURN ids;
END $$;

GRANT SELECT ON ledger_account_kind, ledger_account, ledger_entry, ledger_leg, ledger_command, ledger_digest TO lingbao_app;
GRANT INSERT ON ledger_command TO lingbao_app;
REVOKE EXECUTE ON FUNCTION ledger_open_accounts, ledger_post_drafts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_open_accounts, ledger_post_drafts TO lingbao_app;
