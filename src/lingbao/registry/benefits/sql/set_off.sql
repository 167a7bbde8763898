-- A pension paid too much is set off against coming payments, by a plan that one proposes and another approves.
CREATE TABLE benefit_set_off_plan (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recovery_id bigint NOT NULL REFERENCES benefit_recovery,
    claim_id    bigint NOT NULL REFERENCES benefit_claim,
    monthly_fen bigint NOT NULL CHECK (monthly_fen > 0),      -- at most so much of a payment
    from_month  integer NOT NULL,
    said        text NOT NULL CHECK (said <> ''),             -- what was agreed, or why so much a month
    proposed_by bigint NOT NULL,
    proposed_on date NOT NULL,
    state       text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'refused', 'done')),
    reason      text NOT NULL DEFAULT '',
    decided_by  bigint,
    decided_on  date,
    CHECK ((state = 'proposed') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_on IS NULL)),
    CHECK ((state = 'refused') <= (reason <> '')),
    CONSTRAINT benefit_set_off_two_persons CHECK (decided_by <> proposed_by)
);
CREATE UNIQUE INDEX benefit_set_off_plan_one ON benefit_set_off_plan (claim_id) WHERE state IN ('proposed', 'approved');

-- What a payment gave back. The key is the promise: once for a plan and a month.
CREATE TABLE benefit_set_off (
    plan_id  bigint NOT NULL REFERENCES benefit_set_off_plan,
    claim_id bigint NOT NULL,
    month    integer NOT NULL,
    fen      bigint NOT NULL CHECK (fen > 0),
    chunk    bigint NOT NULL,
    entry_id bigint NOT NULL,
    CONSTRAINT benefit_set_off_once PRIMARY KEY (plan_id, month)
);
CREATE INDEX benefit_set_off_claim ON benefit_set_off (claim_id, month);
--append-only benefit_set_off

-- What came back to the bank of what was paid too much, such as a pension paid after a death.
CREATE TABLE benefit_return (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recovery_id bigint NOT NULL REFERENCES benefit_recovery,
    claim_id    bigint NOT NULL,
    fen         bigint NOT NULL CHECK (fen > 0),
    entry_id    bigint NOT NULL UNIQUE,
    actor       bigint NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX benefit_return_of ON benefit_return (recovery_id);
--append-only benefit_return

-- What is still owed of a recovery: neither set off nor returned; nothing once its cause is undone.
CREATE FUNCTION benefit_rest(recovery bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN r.undone_by IS NOT NULL THEN 0 ELSE r.fen - coalesce((SELECT sum(s.fen) FROM benefit_set_off s JOIN benefit_set_off_plan p ON p.id = s.plan_id WHERE p.recovery_id = r.id), 0)::bigint
        - coalesce((SELECT sum(b.fen) FROM benefit_return b WHERE b.recovery_id = r.id), 0)::bigint END
    FROM benefit_recovery r WHERE r.id = recovery
$$;

CREATE FUNCTION benefit_set_off_plan_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (('proposed', 'approved'), ('proposed', 'refused'), ('approved', 'done'))
       OR (to_jsonb(NEW) - '{state,reason,decided_by,decided_on}'::text[]) <> (to_jsonb(OLD) - '{state,reason,decided_by,decided_on}'::text[])
       OR (OLD.decided_by IS NOT NULL AND NEW.decided_by IS DISTINCT FROM OLD.decided_by) THEN
        RAISE EXCEPTION 'a plan is decided once' USING ERRCODE = 'LB002', DETAIL = 'benefit_set_off_plan';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER benefit_set_off_plan_moves BEFORE UPDATE ON benefit_set_off_plan FOR EACH ROW EXECUTE FUNCTION benefit_set_off_plan_moves();
CREATE TRIGGER benefit_set_off_plan_kept BEFORE DELETE OR TRUNCATE ON benefit_set_off_plan
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

GRANT SELECT, INSERT ON benefit_set_off_plan, benefit_set_off, benefit_return TO lingbao_app;
ALTER TABLE benefit_return ENABLE ROW LEVEL SECURITY;
CREATE POLICY benefit_return_seen ON benefit_return FOR SELECT TO lingbao_app USING (
    (SELECT registry_role()) IN ('system', 'auditor', 'coordinator') OR EXISTS (SELECT FROM benefit_claim c WHERE c.id = claim_id));
CREATE POLICY benefit_return_made ON benefit_return FOR INSERT TO lingbao_app WITH CHECK (
    (SELECT registry_role()) = 'system' OR (SELECT registry_role()) = 'supervisor' AND actor = (SELECT registry_actor())
    AND EXISTS (SELECT FROM benefit_claim c WHERE c.id = claim_id AND benefit_written(c.province)));
GRANT UPDATE (state, reason, decided_by, decided_on) ON benefit_set_off_plan TO lingbao_app;
ALTER TABLE benefit_set_off_plan ENABLE ROW LEVEL SECURITY;
ALTER TABLE benefit_set_off ENABLE ROW LEVEL SECURITY;
-- Seen with the claim; proposed by the agency of the claim, decided by a supervisor of it.
CREATE POLICY benefit_set_off_plan_seen ON benefit_set_off_plan FOR SELECT TO lingbao_app
    USING (EXISTS (SELECT FROM benefit_claim c WHERE c.id = claim_id));
CREATE POLICY benefit_set_off_plan_made ON benefit_set_off_plan FOR INSERT TO lingbao_app WITH CHECK (
    proposed_by = (SELECT registry_actor()) AND state = 'proposed'
    AND EXISTS (SELECT FROM benefit_claim c WHERE c.id = claim_id AND benefit_written(c.province)));
CREATE POLICY benefit_set_off_plan_decided ON benefit_set_off_plan FOR UPDATE TO lingbao_app USING (
    (SELECT registry_role()) IN ('supervisor', 'system') AND EXISTS (SELECT FROM benefit_claim c WHERE c.id = claim_id AND benefit_written(c.province)));
CREATE POLICY benefit_set_off_seen ON benefit_set_off FOR SELECT TO lingbao_app
    USING (EXISTS (SELECT FROM benefit_claim c WHERE c.id = claim_id));
CREATE POLICY benefit_set_off_made ON benefit_set_off FOR INSERT TO lingbao_app WITH CHECK ((SELECT registry_role()) = 'system');

-- Take what approved plans allow out of the payments of a chunk, in one entry: never more than a plan's rest, never more
-- than the payment itself. Payments made before are left alone, for their money may have gone out.
CREATE FUNCTION benefit_set_off_chunk(in_chunk bigint, of_province text, by_actor bigint, by_law text, on_date date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    plans bigint[];
    claims bigint[];
    months integer[];
    amounts bigint[];
    employee bigint;
    resident bigint;
    fixed bigint[];
    posted bigint[];
BEGIN
    PERFORM registry_require('system');
    PERFORM 1 FROM benefit_set_off_plan p WHERE p.state = 'approved'
        AND EXISTS (SELECT FROM benefit_claim c WHERE c.id = p.claim_id AND c.province = of_province) ORDER BY p.id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('benefit recovery', p.recovery_id)) FROM benefit_set_off_plan p WHERE p.state = 'approved'
        AND EXISTS (SELECT FROM benefit_claim c WHERE c.id = p.claim_id AND c.province = of_province);
    WITH wanted AS (
        SELECT p.id, p.claim_id, b.month, c.scheme, least(p.monthly_fen, b.amount_fen) AS most,
               benefit_rest(p.recovery_id) AS rest
        FROM benefit_set_off_plan p
        JOIN benefit_claim c ON c.id = p.claim_id AND c.province = of_province
        JOIN benefit_payment b ON b.claim_id = p.claim_id AND b.kind = 'monthly' AND b.chunk = in_chunk AND b.month >= p.from_month
        WHERE p.state = 'approved'
    ), taken AS (
        SELECT id, claim_id, month, scheme,
               least(most, rest - coalesce(sum(most) OVER (PARTITION BY id ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)) AS fen
        FROM wanted
    )
    SELECT array_agg(id ORDER BY id, month), array_agg(claim_id ORDER BY id, month), array_agg(month ORDER BY id, month),
           array_agg(fen::bigint ORDER BY id, month), coalesce(sum(fen) FILTER (WHERE scheme = 'employee'), 0), coalesce(sum(fen) FILTER (WHERE scheme = 'resident'), 0)
        INTO plans, claims, months, amounts, employee, resident FROM taken WHERE fen > 0;
    IF plans IS NULL THEN RETURN; END IF;
    fixed := ledger_open_accounts(ARRAY['pension_payable', 'pooled', 'resident_pool'], array_fill('province'::text, ARRAY[3]),
                                  array_fill(of_province::bigint, ARRAY[3]), array_fill(of_province, ARRAY[3]));
    posted := ledger_post_drafts(ARRAY['pension_set_off'], ARRAY[format('set_off_chunk:%s', in_chunk)], ARRAY['多发养老金抵扣'],
        ARRAY[NULL]::bigint[], ARRAY[1, 1, 1], fixed, ARRAY[-(employee + resident), employee, resident], by_actor, by_law, on_date, NULL);
    INSERT INTO benefit_set_off (plan_id, claim_id, month, fen, chunk, entry_id)
        SELECT x.plan, x.claim, x.month, x.fen, in_chunk, posted[1] FROM unnest(plans, claims, months, amounts) AS x (plan, claim, month, fen);
    UPDATE benefit_set_off_plan p SET state = 'done' WHERE p.id = ANY (plans) AND benefit_rest(p.recovery_id) = 0;
END $$;
REVOKE EXECUTE ON FUNCTION benefit_set_off_chunk FROM PUBLIC;
