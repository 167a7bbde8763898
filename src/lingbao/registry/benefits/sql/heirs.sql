-- What a bank was asked to pay an heir, by someone other than who settled the death. What failed may be asked for again; that no
-- more is asked for than the heir's part is looked at under the lock of the person.
CREATE TABLE benefit_heir_payment (
    death_id bigint NOT NULL REFERENCES benefit_death,
    heir     integer NOT NULL CHECK (heir >= 0),     -- place among the heirs of the settlement, from 0
    request  text PRIMARY KEY REFERENCES collection_request (number),
    actor    bigint NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX benefit_heir_payment_of ON benefit_heir_payment (death_id, heir);
--append-only benefit_heir_payment
GRANT SELECT, INSERT ON benefit_heir_payment TO lingbao_app;
ALTER TABLE benefit_heir_payment ENABLE ROW LEVEL SECURITY;
CREATE POLICY benefit_heir_payment_seen ON benefit_heir_payment FOR SELECT TO lingbao_app
    USING (EXISTS (SELECT FROM benefit_death d WHERE d.id = death_id));
CREATE POLICY benefit_heir_payment_made ON benefit_heir_payment FOR INSERT TO lingbao_app
    WITH CHECK ((SELECT registry_role()) = 'supervisor' AND actor = (SELECT registry_actor())
        AND EXISTS (SELECT FROM benefit_death d WHERE d.id = death_id AND d.actor <> (SELECT registry_actor())));
-- A bank is asked to pay an heir by a supervisor other than who settled the death, in whose name it is proposed.
CREATE POLICY benefit_heir_asked ON collection_request FOR INSERT TO lingbao_app
    WITH CHECK (kind = 'refund' AND (SELECT registry_role()) = 'supervisor' AND province = (SELECT registry_province())
        AND approved_by = (SELECT registry_actor())
        AND EXISTS (SELECT FROM benefit_death d WHERE d.person_id = collection_request.person_id AND d.actor = collection_request.proposed_by AND d.undone_by IS NULL));
