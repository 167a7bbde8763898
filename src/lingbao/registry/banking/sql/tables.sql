-- What a bank says happened on the account of a province. A statement is taken once for its content, a line once for its
-- reference, so statements may overlap. Nothing here moves money: entries are found beside the lines when one looks.
CREATE TABLE bank_statement (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    province    char(2) NOT NULL CHECK (province ~ '^[0-9]{2}$'),
    channel     text NOT NULL CHECK (channel <> ''),
    first       date,                                -- days of the lines taken; null where none was
    last        date,
    sha256      bytea NOT NULL,
    lines       integer NOT NULL CHECK (lines >= 0),
    repeated    integer NOT NULL CHECK (repeated >= 0),   -- stood in an earlier statement
    refused     integer NOT NULL CHECK (refused >= 0),
    uploaded_by bigint NOT NULL,
    uploaded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT bank_statement_once UNIQUE (province, channel, sha256)
);
CREATE TABLE bank_line (
    statement_id bigint NOT NULL REFERENCES bank_statement,
    line         integer NOT NULL CHECK (line > 0),  -- line of the file, the heading apart
    province     char(2) NOT NULL,
    channel      text NOT NULL,
    booked_on    date NOT NULL,
    reference    text NOT NULL,
    number       text,                               -- our own number, where the bank passes it on
    amount_fen   bigint NOT NULL CHECK (amount_fen <> 0),   -- above nought: money came in
    note         text NOT NULL DEFAULT '',
    PRIMARY KEY (statement_id, line),
    CONSTRAINT bank_line_once UNIQUE (province, channel, reference)
);
CREATE TABLE bank_refusal (
    statement_id bigint NOT NULL REFERENCES bank_statement,
    line         integer NOT NULL,
    code         text NOT NULL,
    zh           text NOT NULL,
    en           text NOT NULL,
    PRIMARY KEY (statement_id, line)
);
--append-only bank_statement
--append-only bank_line
--append-only bank_refusal
GRANT SELECT, INSERT ON bank_statement, bank_line, bank_refusal TO lingbao_app;
ALTER TABLE bank_statement ENABLE ROW LEVEL SECURITY;
ALTER TABLE bank_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE bank_refusal ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION bank_seen(of_province char) RETURNS boolean LANGUAGE sql STABLE
    RETURN CASE registry_role()
        WHEN 'system' THEN true WHEN 'auditor' THEN true WHEN 'coordinator' THEN true
        WHEN 'clerk' THEN of_province = registry_province()
        WHEN 'supervisor' THEN of_province = registry_province()
        ELSE false END;
CREATE POLICY bank_statement_seen ON bank_statement FOR SELECT TO lingbao_app USING (bank_seen(province));
CREATE POLICY bank_line_seen ON bank_line FOR SELECT TO lingbao_app USING (bank_seen(province));
CREATE POLICY bank_refusal_seen ON bank_refusal FOR SELECT TO lingbao_app
    USING (EXISTS (SELECT FROM bank_statement s WHERE s.id = statement_id));
CREATE POLICY bank_statement_made ON bank_statement FOR INSERT TO lingbao_app WITH CHECK (
    (SELECT registry_role()) IN ('clerk', 'supervisor') AND province = (SELECT registry_province()) AND uploaded_by = (SELECT registry_actor()));
CREATE POLICY bank_line_made ON bank_line FOR INSERT TO lingbao_app WITH CHECK (
    (SELECT registry_role()) IN ('clerk', 'supervisor') AND province = (SELECT registry_province()));
CREATE POLICY bank_refusal_made ON bank_refusal FOR INSERT TO lingbao_app
    WITH CHECK ((SELECT registry_role()) IN ('clerk', 'supervisor') AND EXISTS (SELECT FROM bank_statement s WHERE s.id = statement_id));
