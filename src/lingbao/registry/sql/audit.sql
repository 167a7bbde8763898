-- What each audit found, kept for good; nobody but the registry writes it, supervision reads it.
CREATE TABLE registry_audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    began_at    timestamptz NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    asked_by    bigint NOT NULL,                     -- 0: the work of the night
    checks      text[] NOT NULL,
    findings    jsonb NOT NULL                       -- [{code, where, zh, en}, ...]
);
--append-only registry_audit
GRANT SELECT, INSERT ON registry_audit TO lingbao_app;
ALTER TABLE registry_audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY registry_audit_seen ON registry_audit FOR SELECT TO lingbao_app USING ((SELECT registry_role()) IN ('system', 'auditor'));
CREATE POLICY registry_audit_made ON registry_audit FOR INSERT TO lingbao_app WITH CHECK ((SELECT registry_role()) = 'system');
