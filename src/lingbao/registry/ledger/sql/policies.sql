-- Whose money one sees: a worker his own, a platform its own, an agency its province, supervision all.
ALTER TABLE ledger_account ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_leg ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_command ENABLE ROW LEVEL SECURITY;

CREATE POLICY ledger_account_seen ON ledger_account FOR SELECT TO lingbao_app USING (
    CASE (SELECT registry_role())
        WHEN 'system' THEN true
        WHEN 'auditor' THEN true
        WHEN 'coordinator' THEN true
        WHEN 'clerk' THEN province = (SELECT registry_province())
        WHEN 'supervisor' THEN province = (SELECT registry_province())
        WHEN 'worker' THEN owner_kind = 'person' AND owner_id = (SELECT registry_person())
        WHEN 'platform' THEN owner_kind = 'platform' AND owner_id = (SELECT registry_platform())
        ELSE false
    END
);
-- The subqueries on ledger_account pass its own policy, so a leg is seen with its account.
CREATE POLICY ledger_leg_seen ON ledger_leg FOR SELECT TO lingbao_app USING (
    CASE
        WHEN (SELECT registry_role()) IN ('system', 'auditor', 'coordinator') THEN true
        WHEN (SELECT registry_role()) IN ('clerk', 'supervisor', 'worker', 'platform')
            THEN EXISTS (SELECT FROM ledger_account a WHERE a.id = account_id)
        ELSE false
    END
);
-- A person or a platform has few accounts: find their entries from the accounts, not account by account.
CREATE POLICY ledger_entry_seen ON ledger_entry FOR SELECT TO lingbao_app USING (
    CASE
        WHEN (SELECT registry_role()) IN ('system', 'auditor', 'coordinator') THEN true
        WHEN (SELECT registry_role()) IN ('worker', 'platform')
            THEN id IN (SELECT l.entry_id FROM ledger_account a JOIN ledger_leg l ON l.account_id = a.id
                        WHERE a.owner_kind = (SELECT CASE registry_role() WHEN 'worker' THEN 'person' ELSE 'platform' END)
                          AND a.owner_id = (SELECT CASE registry_role() WHEN 'worker' THEN registry_person()
                                                                        ELSE registry_platform() END))
        WHEN (SELECT registry_role()) IN ('clerk', 'supervisor')
            THEN EXISTS (SELECT FROM ledger_leg l WHERE l.entry_id = ledger_entry.id)
        ELSE false
    END
);
-- The number 0 is the registry itself, and whoever comes by a platform's key: what stands under it is the registry's alone.
CREATE POLICY ledger_command_seen ON ledger_command FOR SELECT TO lingbao_app USING (
    actor = (SELECT registry_actor()) AND actor <> 0 OR (SELECT registry_role()) IN ('system', 'auditor')
);
CREATE POLICY ledger_command_recorded ON ledger_command FOR INSERT TO lingbao_app WITH CHECK (
    actor = (SELECT registry_actor()) AND (actor <> 0 OR (SELECT registry_role()) = 'system') AND (SELECT registry_role()) NOT IN ('auditor', 'administrator', 'nobody')
);
