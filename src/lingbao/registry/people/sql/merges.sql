-- A merge waits as a proposal until a second person decides it.
CREATE TABLE people_merge_proposal (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kept_id     bigint NOT NULL REFERENCES people_person,
    other_id    bigint NOT NULL REFERENCES people_person CHECK (other_id <> kept_id),
    reason      text NOT NULL CHECK (reason <> ''),
    proposed_by bigint NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Not one human being after all: said once, with a reason, so that the pair is not asked about again.
CREATE TABLE people_merge_refusal (
    proposal_id bigint PRIMARY KEY REFERENCES people_merge_proposal,
    reason      text NOT NULL CHECK (reason <> ''),
    actor       bigint NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
--append-only people_merge_proposal
--append-only people_merge_refusal
GRANT SELECT, INSERT ON people_merge_proposal, people_merge_refusal TO lingbao_app;
ALTER TABLE people_merge_proposal ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_merge_refusal ENABLE ROW LEVEL SECURITY;
CREATE POLICY people_merge_proposal_seen ON people_merge_proposal FOR SELECT TO lingbao_app
    USING ((SELECT registry_role()) <> 'worker' AND registry_sees_person(kept_id) AND registry_sees_person(other_id));
CREATE POLICY people_merge_proposal_made ON people_merge_proposal FOR INSERT TO lingbao_app WITH CHECK (
    (SELECT registry_role()) IN ('clerk', 'supervisor', 'coordinator') AND proposed_by = (SELECT registry_actor())
    AND registry_sees_person(kept_id) AND registry_sees_person(other_id));
CREATE POLICY people_merge_refusal_seen ON people_merge_refusal FOR SELECT TO lingbao_app
    USING (EXISTS (SELECT FROM people_merge_proposal p WHERE p.id = proposal_id));
CREATE POLICY people_merge_refusal_made ON people_merge_refusal FOR INSERT TO lingbao_app WITH CHECK (
    (SELECT registry_role()) IN ('supervisor', 'coordinator') AND actor = (SELECT registry_actor())
    AND EXISTS (SELECT FROM people_merge_proposal p WHERE p.id = proposal_id));

-- Only what another proposed is merged: one person alone writes none, also past the services.
CREATE POLICY people_merge_decided ON people_merge FOR INSERT TO lingbao_app WITH CHECK (
    (SELECT registry_role()) IN ('supervisor', 'coordinator') AND approved_by = (SELECT registry_actor())
    AND EXISTS (SELECT FROM people_merge_proposal p WHERE p.kept_id = people_merge.kept_id AND p.other_id = people_merge.other_id
                AND p.proposed_by = people_merge.proposed_by AND NOT EXISTS (SELECT FROM people_merge_refusal r WHERE r.proposal_id = p.id)));
