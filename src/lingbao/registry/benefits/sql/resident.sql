-- A claim belongs to one scheme: a resident pension comes from the resident account and the resident pool.
ALTER TABLE benefit_claim
    ADD COLUMN scheme text NOT NULL DEFAULT 'employee' CHECK (scheme IN ('employee', 'resident')),
    ADD COLUMN answered_on date,       -- day on which it was granted or refused
    ADD COLUMN answered_by bigint;
GRANT UPDATE (answered_on, answered_by) ON benefit_claim TO lingbao_app;
