-- Platforms and what they agreed with their workers.
CREATE TABLE orders_platform (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code          text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9-]{1,39}$'),
    name_zh       text NOT NULL,
    name_en       text NOT NULL,
    province      char(2) NOT NULL CHECK (province ~ '^[0-9]{2}$'),
    sandbox       boolean NOT NULL DEFAULT false,  -- the same code and tables, but no money: nothing is posted
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT orders_platform_code UNIQUE (code)
);

CREATE TABLE orders_credential (
    key_id        text PRIMARY KEY,
    platform_id   integer NOT NULL REFERENCES orders_platform,
    secret_sha256 bytea NOT NULL CHECK (octet_length(secret_sha256) = 32),
    issued_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at    timestamptz,
    revoked_at    timestamptz
);

-- How a platform withholds, from when to when, and the document that says so.
CREATE TABLE orders_agreement (
    id               integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform_id      integer NOT NULL REFERENCES orders_platform,
    since            date NOT NULL,
    until            date NOT NULL,
    method           text NOT NULL CHECK (method IN ('order', 'hours', 'income')),
    amount_per_order numeric(12, 4) CHECK (amount_per_order > 0),
    amount_per_hour  numeric(12, 4) CHECK (amount_per_hour > 0),
    rate             numeric(8, 6) CHECK (rate > 0 AND rate < 1),
    source           text NOT NULL CHECK (source <> ''),
    recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((method = 'order') = (amount_per_order IS NOT NULL)),
    CHECK ((method = 'hours') = (amount_per_hour IS NOT NULL)),
    CHECK ((method = 'income') = (rate IS NOT NULL)),
    CONSTRAINT orders_agreement_once EXCLUDE USING gist (
        int4range(platform_id, platform_id, '[]') WITH &&, daterange(since, until, '[]') WITH &&)
);

-- A worker as the platform knows them: a reference that means nothing elsewhere.
CREATE TABLE orders_worker (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform_id   integer NOT NULL REFERENCES orders_platform,
    reference     text COLLATE "C" NOT NULL CHECK (reference <> ''),
    first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT orders_worker_reference UNIQUE (platform_id, reference)
);

-- Which person that is. A reference never changes its person; where numbers are merged, the one kept answers for both.
CREATE TABLE orders_worker_link (
    worker_id     integer PRIMARY KEY REFERENCES orders_worker,
    person_id     bigint NOT NULL,
    proof         text NOT NULL CHECK (proof <> ''),
    linked_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    entry_id      bigint  -- moves what was withheld before the person was known
);
CREATE INDEX orders_worker_link_person ON orders_worker_link (person_id);
CREATE VIEW orders_worker_person WITH (security_invoker = true) AS
    SELECT l.worker_id, coalesce(m.kept_id, l.person_id) AS person_id
    FROM orders_worker_link l LEFT JOIN people_merge m ON m.other_id = l.person_id;

-- Days on which a person is exempt, with the proof of employee insurance.
CREATE TABLE orders_exemption (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id     bigint NOT NULL,
    since         date NOT NULL,
    until         date NOT NULL,
    proof         text NOT NULL CHECK (proof <> ''),
    approved_by   bigint NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_by      bigint,             -- who ended it before the proof did
    ended_at      timestamptz,
    end_reason    text CHECK (end_reason <> ''),
    CHECK ((ended_by IS NULL) = (ended_at IS NULL) AND (ended_by IS NULL) = (end_reason IS NULL)),
    CONSTRAINT orders_exemption_once EXCLUDE USING gist (
        int8range(person_id, person_id, '[]') WITH &&, daterange(since, until, '[]') WITH &&)
);

-- A file that was taken: one row, one transaction, never changed.
CREATE SEQUENCE orders_file_number;
CREATE TABLE orders_file (
    id            bigint PRIMARY KEY,
    platform_id   integer NOT NULL REFERENCES orders_platform,
    key           text NOT NULL CHECK (length(key) BETWEEN 1 AND 100),
    sha256        bytea NOT NULL CHECK (octet_length(sha256) = 32),
    format        text NOT NULL,
    rows          integer NOT NULL,
    declared_fen  bigint NOT NULL,
    posted        integer NOT NULL,
    duplicates    integer NOT NULL,
    conflicts     integer NOT NULL,
    rejected      integer NOT NULL,
    unknown       integer NOT NULL,
    exempt        integer NOT NULL,
    income_fen    bigint NOT NULL,
    withheld_fen  bigint NOT NULL,
    law_hash      text NOT NULL,
    entry_id      bigint,
    received_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (rows = posted + duplicates + conflicts + rejected),
    CONSTRAINT orders_file_key UNIQUE (platform_id, key),
    CONSTRAINT orders_file_content UNIQUE (platform_id, sha256)
);
CREATE INDEX orders_file_received ON orders_file (platform_id, id);

-- What a file adds up to, by worker and by day; the legs of its entry come from here.
CREATE TABLE orders_file_worker (
    file_id       bigint NOT NULL,
    worker_id     integer NOT NULL,
    platform_id   integer NOT NULL,
    orders        integer NOT NULL,
    exempt        integer NOT NULL,
    income_fen    bigint NOT NULL,
    withheld_fen  bigint NOT NULL,
    identified    boolean NOT NULL,  -- the person was known when it was posted
    PRIMARY KEY (worker_id, file_id)
);
CREATE INDEX orders_file_worker_file ON orders_file_worker (file_id);
CREATE TABLE orders_file_day (
    file_id       bigint NOT NULL,
    business_date date NOT NULL,
    platform_id   integer NOT NULL,
    orders        integer NOT NULL,
    income_fen    bigint NOT NULL,
    withheld_fen  bigint NOT NULL,
    first_number  text COLLATE "C" NOT NULL,  -- least and greatest order number: where to look for a number that comes again
    last_number   text COLLATE "C" NOT NULL,
    PRIMARY KEY (platform_id, business_date, file_id)
);
CREATE INDEX orders_file_day_numbers ON orders_file_day (platform_id, last_number, first_number);

-- Rows that were not taken, and rows that contradict a fact.
CREATE TABLE orders_rejection (
    file_id       bigint NOT NULL,
    platform_id   integer NOT NULL,
    row           integer NOT NULL,
    code          text NOT NULL,
    field         text NOT NULL,
    value         text,
    PRIMARY KEY (file_id, row, code)
);
CREATE TABLE orders_conflict (
    file_id       bigint NOT NULL,
    platform_id   integer NOT NULL,
    row           integer NOT NULL,
    business_date date NOT NULL,
    order_number  text NOT NULL,
    sequence      smallint NOT NULL,
    recorded      text NOT NULL,
    sent          text NOT NULL,
    recorded_file bigint NOT NULL,
    PRIMARY KEY (file_id, row)
);
CREATE TABLE orders_refusal (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform_id   integer NOT NULL REFERENCES orders_platform,
    key           text NOT NULL,
    sha256        bytea NOT NULL,
    code          text NOT NULL,
    zh            text NOT NULL,
    en            text NOT NULL,
    at            timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A file on its way in parts; the parts go when the file is taken or refused.
CREATE TABLE orders_upload (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform_id   integer NOT NULL REFERENCES orders_platform,
    key           text NOT NULL CHECK (length(key) BETWEEN 1 AND 100),
    format        text NOT NULL,
    rows          integer NOT NULL CHECK (rows >= 0),
    income_fen    bigint NOT NULL,
    sha256        bytea NOT NULL CHECK (octet_length(sha256) = 32),
    parts         integer NOT NULL CHECK (parts BETWEEN 1 AND 10000),
    opened_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT orders_upload_key UNIQUE (platform_id, key)
);
CREATE TABLE orders_upload_part (
    upload_id     bigint NOT NULL REFERENCES orders_upload ON DELETE CASCADE,
    platform_id   integer NOT NULL,
    number        integer NOT NULL CHECK (number >= 1),
    sha256        bytea NOT NULL,
    bytes         integer NOT NULL CHECK (bytes >= 0),
    PRIMARY KEY (upload_id, number)
);
-- Its bytes, in pieces small enough that writing one holds nobody up.
CREATE TABLE orders_upload_piece (
    upload_id     bigint NOT NULL,
    platform_id   integer NOT NULL,
    number        integer NOT NULL,
    piece         integer NOT NULL CHECK (piece >= 0),
    content       bytea NOT NULL,
    PRIMARY KEY (upload_id, number, piece),
    FOREIGN KEY (upload_id, number) REFERENCES orders_upload_part ON DELETE CASCADE
);
ALTER TABLE orders_upload_piece ALTER COLUMN content SET STORAGE EXTERNAL;

-- Money received from a platform for a set of files.
CREATE TABLE orders_settlement (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform_id   integer NOT NULL REFERENCES orders_platform,
    reference     text NOT NULL CHECK (reference <> ''),
    received_on   date NOT NULL,
    amount_fen    bigint NOT NULL,
    last_file     bigint NOT NULL,
    entry_id      bigint,
    recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT orders_settlement_reference UNIQUE (platform_id, reference)
);
CREATE TABLE orders_settlement_file (
    file_id       bigint PRIMARY KEY REFERENCES orders_file,
    settlement_id bigint NOT NULL REFERENCES orders_settlement,
    platform_id   integer NOT NULL
);
CREATE INDEX orders_settlement_file_of ON orders_settlement_file (settlement_id);
-- Refunds beyond what a person's money from this platform can bear, carried to the next settlement.
CREATE TABLE orders_settlement_carry (
    settlement_id bigint NOT NULL REFERENCES orders_settlement,
    platform_id   integer NOT NULL,
    person_id     bigint NOT NULL,
    carried_fen   bigint NOT NULL CHECK (carried_fen < 0),
    PRIMARY KEY (settlement_id, person_id)
);

-- Received money that became a contribution, once a month and person.
CREATE TABLE orders_turnover (
    month         integer NOT NULL,
    person_id     bigint NOT NULL,
    scheme        text NOT NULL CHECK (scheme IN ('employee', 'resident')),
    available_fen bigint NOT NULL,
    units         integer NOT NULL CHECK (units >= 1),  -- months, or a year
    turned_fen    bigint NOT NULL CHECK (turned_fen > 0),
    carried_fen   bigint NOT NULL CHECK (carried_fen = available_fen - turned_fen AND carried_fen >= 0),
    law_hash      text NOT NULL,
    entry_id      bigint NOT NULL,
    PRIMARY KEY (month, person_id)
);
-- A night that has looked at everybody for a month, and how far the tables had come then: the next looks at what was added since.
CREATE TABLE orders_turnover_look (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    month           integer NOT NULL,
    law_hash        text NOT NULL,
    last_entry      bigint NOT NULL,
    last_membership bigint NOT NULL,
    last_choice     bigint NOT NULL,
    last_event      bigint NOT NULL,
    until           timestamptz NOT NULL
);
CREATE INDEX orders_turnover_look_month ON orders_turnover_look (month, id);

-- Webhooks: what happened, where it is told, and how far the telling has come.
CREATE TABLE orders_webhook (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform_id   integer NOT NULL REFERENCES orders_platform,
    url           text NOT NULL CHECK (url ~ '^https?://'),
    secret        bytea NOT NULL,  -- encrypted
    active        boolean NOT NULL DEFAULT true,
    CONSTRAINT orders_webhook_url UNIQUE (platform_id, url)
);
CREATE TABLE orders_event (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform_id   integer NOT NULL REFERENCES orders_platform,
    type          text NOT NULL,
    body          text NOT NULL,
    at            timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE orders_delivery (
    event_id      bigint NOT NULL REFERENCES orders_event,
    webhook_id    bigint NOT NULL REFERENCES orders_webhook,
    platform_id   integer NOT NULL,
    tries         integer NOT NULL DEFAULT 0,
    next_at       timestamptz,  -- null when delivered or given up
    delivered_at  timestamptz,
    last_status   integer,
    last_error    text,
    PRIMARY KEY (event_id, webhook_id)
);
CREATE INDEX orders_delivery_due ON orders_delivery (webhook_id, next_at) WHERE next_at IS NOT NULL;

-- Received from a platform and not yet turned over into a contribution.
INSERT INTO ledger_account_kind (kind, bound, zh, en)
    VALUES ('withheld', 1, '代扣已到账待转', 'withheld and received, not yet turned over');

--append-only orders_platform
--append-only orders_agreement
--append-only orders_worker
--append-only orders_worker_link
--append-only orders_file
--append-only orders_file_worker
--append-only orders_file_day
--append-only orders_rejection
--append-only orders_conflict
--append-only orders_refusal
--append-only orders_settlement
--append-only orders_settlement_file
--append-only orders_settlement_carry
--append-only orders_turnover
--append-only orders_turnover_look
--append-only orders_event
