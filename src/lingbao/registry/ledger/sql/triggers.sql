-- The promises of double entry, kept by the database whoever writes.

-- An account changes only by legs: its balance is moved by the trigger on legs (depth 1), by nobody else (depth 0).
CREATE TRIGGER ledger_account_only_by_legs BEFORE UPDATE ON ledger_account
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER ledger_account_kept BEFORE DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER ledger_account_no_truncate BEFORE TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

-- A new account is empty, and its kind and bound are on the list of kinds. Looked at for all new accounts together:
-- a foreign key would be asked row by row.
CREATE FUNCTION ledger_accounts_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    wrong text;
BEGIN
    SELECT f.kind INTO wrong FROM fresh f LEFT JOIN ledger_account_kind k USING (kind)
        WHERE k.bound IS DISTINCT FROM f.bound OR f.balance_fen <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'an account opens empty and is of a known kind' USING ERRCODE = 'LB008', DETAIL = wrong;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_accounts_open AFTER INSERT ON ledger_account
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_accounts_open();

-- Legs of an entry come in one statement, as many as the entry says, and sum to zero; then the balances move.
-- Accounts are locked in ascending order of id, so that two statements wait for each other and never in a ring.
CREATE FUNCTION ledger_legs_balance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp
    SET plan_cache_mode = force_custom_plan  -- a plan made while the tables were empty would serve for good
    SET work_mem = '64MB' SET jit = off AS $$
DECLARE
    wrong bigint;
    found_accounts bigint;
    named_accounts bigint;
BEGIN
    SELECT entry_id INTO wrong FROM fresh GROUP BY entry_id HAVING sum(amount_fen) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'legs of entry % do not sum to zero', wrong USING ERRCODE = 'LB001', DETAIL = wrong::text;
    END IF;
    SELECT f.entry_id INTO wrong FROM (SELECT entry_id, count(*) AS legs FROM fresh GROUP BY entry_id) f
        LEFT JOIN ledger_entry e ON e.id = f.entry_id
        WHERE e.legs IS DISTINCT FROM f.legs
           OR e.legs <> (SELECT count(*) FROM ledger_leg l WHERE l.entry_id = f.entry_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % has another number of legs than announced', wrong
            USING ERRCODE = 'LB006', DETAIL = wrong::text;
    END IF;
    PERFORM 1 FROM ledger_account WHERE id IN (SELECT account_id FROM fresh) ORDER BY id FOR NO KEY UPDATE;
    UPDATE ledger_account a SET balance_fen = a.balance_fen + f.amount
        FROM (SELECT account_id, sum(amount_fen)::bigint AS amount FROM fresh GROUP BY account_id) f
        WHERE a.id = f.account_id;
    GET DIAGNOSTICS found_accounts = ROW_COUNT;
    SELECT count(DISTINCT account_id) INTO named_accounts FROM fresh;
    IF found_accounts <> named_accounts THEN
        SELECT account_id INTO wrong FROM fresh f
            WHERE NOT EXISTS (SELECT FROM ledger_account a WHERE a.id = f.account_id) LIMIT 1;
        RAISE EXCEPTION 'no account %', wrong USING ERRCODE = 'LB003', DETAIL = wrong::text;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_legs_balance AFTER INSERT ON ledger_leg
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_legs_balance();

-- An entry without legs is no entry; looked at when the transaction ends.
CREATE FUNCTION ledger_entry_has_legs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_leg WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'entry % has no legs', NEW.id USING ERRCODE = 'LB001', DETAIL = NEW.id::text;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_has_legs AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_has_legs();

-- Nothing enters a closed day.
CREATE FUNCTION ledger_entry_day_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_digest d JOIN fresh ON d.date >= fresh.book_date) THEN
        RAISE EXCEPTION 'the books of that day are closed' USING ERRCODE = 'LB004';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_day_open AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_day_open();

-- A reversal mirrors its entry leg by leg.
CREATE FUNCTION ledger_reversal_mirrors() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT account_id, amount_fen FROM ledger_leg WHERE entry_id = NEW.id) new_leg
        FULL JOIN (SELECT account_id, amount_fen FROM ledger_leg WHERE entry_id = NEW.reverses_id) old_leg
            USING (account_id)
        WHERE new_leg.amount_fen IS DISTINCT FROM -old_leg.amount_fen
    ) THEN
        RAISE EXCEPTION 'entry % does not mirror entry %', NEW.id, NEW.reverses_id
            USING ERRCODE = 'LB007', DETAIL = NEW.reverses_id::text;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_reversal_mirrors AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL)
    EXECUTE FUNCTION ledger_reversal_mirrors();
