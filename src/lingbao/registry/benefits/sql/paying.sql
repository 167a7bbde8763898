-- Pay one chunk of a run: the claims after `after_claim`, at most `size` of them, in one transaction under one entry.
-- A claim that already has its payment for a month is left out by the key alone, so a chunk may be paid again at will.
-- What was granted after the run was approved is left to a later run: nobody is paid who was not in what was approved.
-- The account of the claim's scheme gives its part as long as it lasts, then the pool of the scheme gives the whole.
-- What a plan sets off is taken out of the same payments in the same transaction.
CREATE FUNCTION benefit_pay_chunk(
    in_run bigint, after_claim bigint, size integer, by_actor bigint, by_law text, on_date date,
    OUT last_claim bigint, OUT payments bigint, OUT fen bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    run benefit_run;
    number bigint;
    accounts bigint[];
    amounts bigint[];
    from_employee bigint;      -- what the pools give, by scheme
    from_resident bigint;
    posted bigint[];
    owner bigint;
    fixed bigint[];
    sums bigint[];
BEGIN
    PERFORM registry_require('system');
    SELECT * INTO run FROM benefit_run WHERE id = in_run;
    IF run.id IS NULL OR run.state = 'prepared' THEN
        RAISE EXCEPTION 'run % is not approved', in_run USING ERRCODE = 'LB022', DETAIL = in_run::text;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('benefit run ' || run.province, 3));  -- payment.hold_payments
    SELECT max(id) INTO last_claim
        FROM (SELECT id FROM benefit_claim WHERE province = run.province AND id > after_claim ORDER BY id LIMIT size) block;
    payments := 0;
    fen := 0;
    IF last_claim IS NULL THEN RETURN; END IF;
    number := nextval(pg_get_serial_sequence('benefit_chunk', 'id'));
    WITH due AS MATERIALIZED (
        SELECT d.claim_id, d.month, d.scheme, a.id AS account_id, d.pension_fen,
               greatest(least(d.account_pension_fen, coalesce(a.balance_fen, 0) - d.account_pension_fen * CASE WHEN d.month = d.start THEN 0
                   ELSE d.month - d.start - (SELECT count(*) FROM benefit_payment p WHERE p.claim_id = d.claim_id AND p.kind = 'monthly'
                                             AND p.month >= d.start AND p.month < d.month) END), 0) AS from_account
        FROM benefit_due(run.province, run.from_month, run.month, run.approved_at) d
        LEFT JOIN ledger_account a ON a.kind = CASE d.scheme WHEN 'resident' THEN 'resident_account' ELSE 'individual' END AND a.owner_kind = 'person' AND a.owner_id = d.person_id
            AND a.province = run.province
        WHERE d.claim_id > after_claim AND d.claim_id <= last_claim
    ), made AS (
        INSERT INTO benefit_payment (claim_id, month, kind, amount_fen, account_fen, chunk)
            SELECT claim_id, month, 'monthly', pension_fen, from_account, number FROM due ORDER BY claim_id, month
            ON CONFLICT DO NOTHING
            RETURNING claim_id, month, amount_fen, account_fen
    ), by_account AS (
        SELECT due.scheme, due.account_id, sum(made.account_fen)::bigint AS given, count(*) AS rows, sum(made.amount_fen)::bigint AS amount
        FROM made JOIN due USING (claim_id, month) GROUP BY due.scheme, due.account_id
    )
    SELECT array_agg(account_id ORDER BY account_id) FILTER (WHERE by_account.given > 0),
           array_agg(-by_account.given ORDER BY account_id) FILTER (WHERE by_account.given > 0),
           coalesce(sum(amount - by_account.given) FILTER (WHERE scheme = 'employee'), 0),
           coalesce(sum(amount - by_account.given) FILTER (WHERE scheme = 'resident'), 0),
           coalesce(sum(rows), 0), coalesce(sum(amount), 0)
        INTO accounts, amounts, from_employee, from_resident, payments, fen FROM by_account;
    IF payments = 0 THEN RETURN; END IF;
    owner := run.province::bigint;
    fixed := ledger_open_accounts(ARRAY['pension_payable', 'pooled'], ARRAY['province', 'province'], ARRAY[owner, owner],
                                  ARRAY[run.province::text, run.province::text]);
    sums := ARRAY[fen, -from_employee];
    IF from_resident > 0 THEN
        fixed := fixed || ledger_open_accounts(ARRAY['resident_pool'], ARRAY['province'], ARRAY[owner], ARRAY[run.province::text]);
        sums := sums || -from_resident;
    END IF;
    posted := ledger_post_drafts(
        ARRAY['pension'], ARRAY[format('pension_chunk:%s', number)], ARRAY[format('养老金发放 %s-%s', run.month / 12, lpad((run.month % 12 + 1)::text, 2, '0'))],
        ARRAY[NULL]::bigint[], array_fill(1, ARRAY[coalesce(cardinality(accounts), 0) + cardinality(fixed)]),
        fixed || coalesce(accounts, '{}'), sums || coalesce(amounts, '{}'),
        by_actor, by_law, on_date, NULL);
    INSERT INTO benefit_chunk (id, run_id, entry_id, payments, fen) OVERRIDING SYSTEM VALUE
        VALUES (number, in_run, posted[1], payments, fen);
    PERFORM benefit_set_off_chunk(number, run.province::text, by_actor, by_law, on_date);
END $$;
REVOKE EXECUTE ON FUNCTION benefit_pay_chunk FROM PUBLIC;
GRANT EXECUTE ON FUNCTION benefit_pay_chunk TO lingbao_app;
