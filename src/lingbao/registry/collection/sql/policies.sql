GRANT SELECT, INSERT ON collection_bill, collection_part, collection_request, collection_message,
    collection_refund_proposal, collection_refund_decision, collection_subsidy TO lingbao_app;
GRANT UPDATE (entry_id, dropped) ON collection_part TO lingbao_app;

ALTER TABLE collection_bill ENABLE ROW LEVEL SECURITY;
ALTER TABLE collection_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE collection_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE collection_message ENABLE ROW LEVEL SECURITY;
ALTER TABLE collection_refund_proposal ENABLE ROW LEVEL SECURITY;
ALTER TABLE collection_refund_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE collection_subsidy ENABLE ROW LEVEL SECURITY;

-- What carries a province is seen by its person, its province, and supervision.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['collection_bill', 'collection_request', 'collection_refund_proposal', 'collection_subsidy'] LOOP
        EXECUTE format($policy$CREATE POLICY %1$s_seen ON %1$s FOR SELECT TO lingbao_app USING (
            CASE
                WHEN (SELECT registry_role()) IN ('system', 'auditor', 'coordinator') THEN true
                WHEN (SELECT registry_role()) = 'worker' THEN person_id = (SELECT registry_person())
                WHEN (SELECT registry_role()) IN ('clerk', 'supervisor') THEN province = (SELECT registry_province())
                ELSE false
            END)$policy$, t);
    END LOOP;
END $$;
CREATE POLICY collection_part_seen ON collection_part FOR SELECT TO lingbao_app USING (
    (SELECT registry_role()) IN ('system', 'auditor', 'coordinator')
    OR EXISTS (SELECT FROM collection_bill b WHERE b.id = bill_id));
CREATE POLICY collection_message_seen ON collection_message FOR SELECT TO lingbao_app USING (
    (SELECT registry_role()) IN ('system', 'auditor', 'coordinator')
    OR EXISTS (SELECT FROM collection_request r WHERE r.number = collection_message.number));

CREATE POLICY collection_refund_decision_seen ON collection_refund_decision FOR SELECT TO lingbao_app USING (
    EXISTS (SELECT FROM collection_refund_proposal p WHERE p.id = proposal_id));

-- A worker makes bills and payments for himself, an agency for its province; what a bank says is taken by the registry.
CREATE POLICY collection_bill_made ON collection_bill FOR INSERT TO lingbao_app WITH CHECK (
    made_by = (SELECT registry_actor()) AND CASE (SELECT registry_role())
        WHEN 'system' THEN true
        WHEN 'worker' THEN person_id = (SELECT registry_person())
        WHEN 'clerk' THEN province = (SELECT registry_province())
        WHEN 'supervisor' THEN province = (SELECT registry_province())
        ELSE false
    END);
CREATE POLICY collection_part_made ON collection_part FOR INSERT TO lingbao_app WITH CHECK (
    (SELECT registry_role()) IN ('system', 'worker', 'clerk', 'supervisor')
    AND entry_id IS NULL AND dropped IS NULL
    AND EXISTS (SELECT FROM collection_bill b WHERE b.id = bill_id AND b.person_id = collection_part.person_id
                AND b.made_by = (SELECT registry_actor())));
-- Settled by the registry; an unpaid part may be dropped by its person too.
CREATE POLICY collection_part_settled ON collection_part FOR UPDATE TO lingbao_app USING (
    (SELECT registry_role()) IN ('system', 'clerk', 'supervisor')
    OR ((SELECT registry_role()) = 'worker' AND person_id = (SELECT registry_person()) AND entry_id IS NULL))
    WITH CHECK ((SELECT registry_role()) <> 'worker' OR entry_id IS NULL);
-- Nobody asks a bank in another's name. A refund is asked for by the supervisor who approves it, on a wish that waits, in the name of
-- who proposed it; heirs are paid on a death that is settled (see benefit_heir_asked).
CREATE POLICY collection_request_made ON collection_request FOR INSERT TO lingbao_app WITH CHECK (
    CASE kind
        WHEN 'payment' THEN proposed_by = (SELECT registry_actor()) AND CASE (SELECT registry_role())
            WHEN 'system' THEN true
            WHEN 'worker' THEN person_id = (SELECT registry_person())
            WHEN 'clerk' THEN province = (SELECT registry_province())
            WHEN 'supervisor' THEN province = (SELECT registry_province())
            ELSE false
        END
        ELSE (SELECT registry_role()) = 'supervisor' AND province = (SELECT registry_province()) AND approved_by = (SELECT registry_actor())
            AND EXISTS (SELECT FROM collection_refund_proposal p WHERE p.kind <> 'contribution' AND p.person_id = collection_request.person_id
                        AND p.province = collection_request.province AND p.channel = collection_request.channel
                        AND p.amount_fen = collection_request.amount_fen AND p.proposed_by = collection_request.proposed_by
                        AND NOT EXISTS (SELECT FROM collection_refund_decision d WHERE d.proposal_id = p.id))
    END);
CREATE POLICY collection_message_taken ON collection_message FOR INSERT TO lingbao_app
    WITH CHECK ((SELECT registry_role()) = 'system');
CREATE POLICY collection_refund_proposed ON collection_refund_proposal FOR INSERT TO lingbao_app WITH CHECK (
    proposed_by = (SELECT registry_actor()) AND CASE (SELECT registry_role())
        WHEN 'system' THEN platform_id IS NOT NULL  -- the registry writes down what a platform asks for by its key
        WHEN 'worker' THEN kind IN ('suspense', 'withheld') AND platform_id IS NULL AND person_id = (SELECT registry_person())
        WHEN 'clerk' THEN platform_id IS NULL AND province = (SELECT registry_province())
        WHEN 'supervisor' THEN platform_id IS NULL AND province = (SELECT registry_province())
        ELSE false
    END);
-- Refused by a supervisor; approved by one who did not propose it, under the number by which a bank was asked where money leaves.
CREATE POLICY collection_refund_decided ON collection_refund_decision FOR INSERT TO lingbao_app WITH CHECK (
    decided_by = (SELECT registry_actor()) AND (SELECT registry_role()) = 'supervisor' AND NOT withdrawn
    AND EXISTS (SELECT FROM collection_refund_proposal p WHERE p.id = proposal_id AND p.province = (SELECT registry_province())
                AND (NOT accepted OR p.proposed_by <> (SELECT registry_actor()) AND (p.kind = 'contribution') = (request IS NULL))));
-- A wish that nobody answered yet is taken back by the person who had it.
CREATE POLICY collection_refund_withdrawn ON collection_refund_decision FOR INSERT TO lingbao_app WITH CHECK (
    decided_by = (SELECT registry_actor()) AND (SELECT registry_role()) = 'worker' AND withdrawn
    AND EXISTS (SELECT FROM collection_refund_proposal p WHERE p.id = proposal_id AND p.proposed_by = (SELECT registry_actor())));
CREATE POLICY collection_subsidy_granted ON collection_subsidy FOR INSERT TO lingbao_app WITH CHECK (
    granted_by = (SELECT registry_actor()) AND (
        (SELECT registry_role()) = 'system'
        OR (SELECT registry_role()) = 'supervisor' AND province = (SELECT registry_province())));
