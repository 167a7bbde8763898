-- Sign: what the funds hold for someone is positive; what they own or are owed (bank, receivables) is negative.
CREATE TABLE ledger_account_kind (
    kind      text PRIMARY KEY,
    bound     smallint NOT NULL CHECK (bound IN (-1, 0, 1)),  -- 1: never below zero, -1: never above, 0: free
    zh        text NOT NULL,
    en        text NOT NULL
);
INSERT INTO ledger_account_kind VALUES
    ('individual',          1, '个人账户',           'personal account of the employee scheme'),
    ('resident_account',    1, '居民养老保险个人账户', 'personal account of the resident scheme'),
    ('pending',             0, '已扣未到账',          'withheld by a platform, not yet received'),  -- a refund may come first
    ('suspense',            1, '暂存款',             'received, not yet attributed'),
    ('refund_payable',      1, '应退款',             'owed back to a payer'),
    ('pension_payable',     1, '应付养老金',          'awarded, not yet paid out'),
    ('transit',             1, '转移在途',           'left one agency, not yet booked by the other'),
    ('pooled',              0, '统筹基金',           'pooled fund'),
    ('resident_pool',       0, '居民养老保险基金',     'fund of the resident scheme'),
    ('interest',            0, '利息支出',           'interest credited to accounts, borne by the fund'),
    ('treasury',            0, '财政专户',           'fiscal account'),
    ('bank',               -1, '银行存款',           'cash at bank'),
    ('platform_receivable', 0, '应收平台代扣款',      'withheld by a platform and owed by it'),  -- or owed back after refunds
    ('subsidy_receivable',  0, '应收补贴',           'subsidy granted and owed by the state or a platform');  -- or owed back after one is taken back

CREATE TABLE ledger_account (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL,                       -- with `bound` a row of ledger_account_kind, by trigger
    bound       smallint NOT NULL,
    owner_kind  text NOT NULL CHECK (owner_kind IN ('person', 'platform', 'agency', 'province', 'state')),
    owner_id    bigint NOT NULL,
    province    char(2) NOT NULL CHECK (province ~ '^[0-9]{2}$'),
    balance_fen bigint NOT NULL DEFAULT 0,
    opened_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ledger_account_owner UNIQUE (owner_id, owner_kind, kind, province),
    CONSTRAINT ledger_account_not_overdrawn CHECK (bound * balance_fen >= 0)
) WITH (fillfactor = 70);

CREATE TABLE ledger_entry (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL,
    value_date  date NOT NULL,
    book_date   date NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    law_hash    text NOT NULL,
    actor       bigint NOT NULL,
    reason      text NOT NULL CHECK (reason <> ''),
    source      text CHECK (source <> ''),
    command_key text,
    reverses_id bigint REFERENCES ledger_entry,
    legs        integer NOT NULL CHECK (legs >= 2),
    CONSTRAINT ledger_entry_source UNIQUE (kind, source),
    CONSTRAINT ledger_entry_reversed_once UNIQUE (reverses_id)
);
CREATE INDEX ledger_entry_book_date ON ledger_entry (book_date, id);

CREATE TABLE ledger_leg (
    entry_id    bigint NOT NULL,
    account_id  bigint NOT NULL,
    amount_fen  bigint NOT NULL CHECK (amount_fen <> 0),
    PRIMARY KEY (entry_id, account_id)
);
CREATE INDEX ledger_leg_of_account ON ledger_leg (account_id, entry_id) INCLUDE (amount_fen);

CREATE TABLE ledger_command (
    actor       bigint NOT NULL,
    route       text NOT NULL,
    key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    content_sha bytea NOT NULL,
    answer      jsonb NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ledger_command_once PRIMARY KEY (actor, route, key)
);

-- One row per closed day; root is over the entries of the day, chain over root and the chain before it.
CREATE TABLE ledger_digest (
    date     date PRIMARY KEY,
    entries  bigint NOT NULL,
    legs     bigint NOT NULL,
    fen      numeric NOT NULL,
    root     bytea NOT NULL,
    previous bytea NOT NULL,
    chain    bytea NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);

--append-only ledger_account_kind
--append-only ledger_entry
--append-only ledger_leg
--append-only ledger_command
--append-only ledger_digest
