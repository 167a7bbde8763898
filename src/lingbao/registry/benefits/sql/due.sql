-- What a pension has been raised by from later months than one, by the last working out where it says so: a month paid late comes to
-- what the pension was in it.
CREATE FUNCTION benefit_raised_after(claim bigint, of_month integer) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(coalesce(again.fen, r.after_fen - r.before_fen)), 0)::bigint
    FROM benefit_rise r JOIN benefit_adjustment a ON a.id = r.adjustment_id AND a.from_month > of_month
    LEFT JOIN LATERAL (
        SELECT (line->>'after_fen')::bigint - (line->>'before_fen')::bigint AS fen
        FROM benefit_calculation k CROSS JOIN LATERAL jsonb_array_elements(k.lines->'rises') line
        WHERE k.id = (SELECT max(id) FROM benefit_calculation WHERE claim_id = claim) AND (line->>'rise')::bigint = a.id
    ) again ON true
    WHERE r.claim_id = claim
$$;

-- Whom a run pays which months, the one place where that is said: who was granted a pension before the run was approved, from
-- `since_month` on, or from the first month that was never paid where none is named, up to the month of the run or of a death.
-- Months among them may be paid already where `since_month` is named or a month was left out; the key of the payments leaves them out.
CREATE FUNCTION benefit_due(of_province char, since_month integer, until_month integer, granted_before timestamptz)
    RETURNS TABLE (claim_id bigint, person_id bigint, scheme text, pension_fen bigint, account_pension_fen bigint, start integer, month integer)
    LANGUAGE sql STABLE AS $$
    SELECT c.id, c.person_id, c.scheme,
           c.pension_fen - CASE WHEN m.month < (SELECT max(a.from_month) FROM benefit_adjustment a WHERE a.province = of_province AND a.approved_by IS NOT NULL)
                                THEN benefit_raised_after(c.id, m.month) ELSE 0 END,
           c.account_pension_fen, s.start, m.month
    FROM benefit_claim c
    CROSS JOIN LATERAL (
        SELECT CASE WHEN since_month IS NOT NULL THEN greatest(c.first_payment, since_month)
                    WHEN p.months = p.latest - c.first_payment + 1 THEN p.latest + 1
                    ELSE c.first_payment END AS start
        FROM (SELECT count(*) AS months, max(b.month) AS latest FROM benefit_payment b
              WHERE since_month IS NULL AND b.claim_id = c.id AND b.kind = 'monthly' AND b.month >= c.first_payment) p
    ) s
    CROSS JOIN LATERAL generate_series(s.start, least(coalesce(c.last_payment, until_month), until_month)) AS m (month)
    WHERE c.province = of_province AND c.state IN ('provisional', 'final', 'ended') AND c.pension_fen > 0 AND c.granted_at <= granted_before
$$;
