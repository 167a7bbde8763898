-- A bill and its parts. A part is a month of the employee scheme, or a year of the resident scheme (its January).
CREATE TABLE collection_bill (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    membership_id bigint NOT NULL REFERENCES enrolment_membership,
    person_id     bigint NOT NULL REFERENCES people_person,
    province      char(2) NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('contribution', 'catch_up', 'fee', 'missing_years')),
    due_on        date NOT NULL,
    provisional   boolean NOT NULL,
    law_hash      text NOT NULL,
    made_by       bigint NOT NULL,
    made_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX collection_bill_person ON collection_bill (person_id, due_on, id);

CREATE TABLE collection_part (
    bill_id     bigint NOT NULL REFERENCES collection_bill,
    person_id   bigint NOT NULL,
    month       integer NOT NULL,
    base_fen    bigint NOT NULL CHECK (base_fen >= 0),
    amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
    account_fen bigint NOT NULL CHECK (account_fen >= 0),
    pooled_fen  bigint NOT NULL CHECK (pooled_fen >= 0),
    subsidy_fen bigint NOT NULL DEFAULT 0 CHECK (subsidy_fen >= 0),
    entry_id    bigint,                              -- the entry that paid it
    dropped     text,                                -- why it is no longer asked for
    PRIMARY KEY (bill_id, month),
    CHECK (account_fen + pooled_fen = amount_fen)
);
-- A month is asked for once; what was paid and taken back is free again.
CREATE UNIQUE INDEX collection_part_once ON collection_part (person_id, month) WHERE dropped IS NULL;
CREATE INDEX collection_part_open ON collection_part (person_id, month) WHERE entry_id IS NULL AND dropped IS NULL;
CREATE INDEX collection_part_entry ON collection_part (entry_id) WHERE entry_id IS NOT NULL;

-- A part is paid once or dropped; paid and taken back counts as dropped and keeps its entry's number in the reason.
CREATE FUNCTION collection_part_settles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.dropped IS NOT NULL OR (to_jsonb(NEW) - 'entry_id' - 'dropped') <> (to_jsonb(OLD) - 'entry_id' - 'dropped')
       OR (OLD.entry_id IS NOT NULL AND NEW.dropped IS NULL) THEN
        RAISE EXCEPTION 'a part of a bill is settled once' USING ERRCODE = 'LB002', DETAIL = 'collection_part';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER collection_part_settles BEFORE UPDATE ON collection_part FOR EACH ROW EXECUTE FUNCTION collection_part_settles();
CREATE TRIGGER collection_part_kept BEFORE DELETE OR TRUNCATE ON collection_part
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

-- What was asked of a bank: a payment by a person, or a refund to one. The number is ours and is the bank's idempotency key.
CREATE TABLE collection_request (
    number      text PRIMARY KEY CHECK (length(number) BETWEEN 8 AND 64),
    kind        text NOT NULL CHECK (kind IN ('payment', 'refund')),
    person_id   bigint NOT NULL REFERENCES people_person,
    province    char(2) NOT NULL,
    channel     text NOT NULL,
    amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
    entry_id    bigint,                              -- refund: the entry that set the money aside
    proposed_by bigint NOT NULL,
    approved_by bigint,
    made_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT collection_refund_two_actors CHECK (
        kind = 'payment' OR (approved_by IS NOT NULL AND approved_by <> proposed_by AND entry_id IS NOT NULL))
);
CREATE INDEX collection_request_person ON collection_request (person_id, made_at);

-- What the bank said. A message is a fact once; the same message again changes nothing.
CREATE TABLE collection_message (
    channel     text NOT NULL,
    reference   text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('paid', 'failed', 'refunded', 'refund_failed')),
    number      text NOT NULL REFERENCES collection_request,
    amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
    paid_on     date NOT NULL,
    entry_id    bigint,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (channel, reference, kind)
);
CREATE INDEX collection_message_number ON collection_message (number);

-- A wish that money leave, or that a contribution paid in error be taken back, waits for a second actor.
CREATE TABLE collection_refund_proposal (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   bigint NOT NULL REFERENCES people_person,
    province    char(2) NOT NULL,
    channel     text NOT NULL,
    amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
    reason      text NOT NULL CHECK (reason <> ''),
    proposed_by bigint NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind        text NOT NULL DEFAULT 'suspense' CHECK (kind IN ('suspense', 'owed', 'contribution', 'withheld')),  -- where the money lies
    contribution bigint REFERENCES ledger_entry,     -- the entry to be taken back
    platform_id integer REFERENCES orders_platform,  -- who asked, where it was the platform that withheld it
    CHECK ((kind = 'contribution') = (contribution IS NOT NULL)),
    CHECK (platform_id IS NULL OR kind = 'withheld')
);
CREATE INDEX collection_refund_proposal_person ON collection_refund_proposal (person_id, province);

-- The answer, once: approved by someone else, refused with its reason, or taken back by who asked.
CREATE TABLE collection_refund_decision (
    proposal_id bigint PRIMARY KEY REFERENCES collection_refund_proposal,
    accepted    boolean NOT NULL,
    withdrawn   boolean NOT NULL DEFAULT false,
    reason      text NOT NULL DEFAULT '',
    request     text REFERENCES collection_request,  -- under which the bank was asked; none for a contribution taken back
    decided_by  bigint NOT NULL,
    decided_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (accepted OR withdrawn OR reason <> ''),
    CHECK (NOT withdrawn OR NOT accepted),
    CHECK (accepted OR request IS NULL)
);

-- A subsidy granted: a share of what a person pays, for some months, from one payer.
CREATE TABLE collection_subsidy (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   bigint NOT NULL REFERENCES people_person,
    province    char(2) NOT NULL,
    programme   text NOT NULL CHECK (programme IN ('hard_to_employ', 'graduate', 'youth', 'shared')),
    payer_kind  text NOT NULL CHECK (payer_kind IN ('state', 'province', 'platform')),
    payer_id    bigint NOT NULL,
    share       numeric NOT NULL CHECK (share > 0 AND share <= 1),
    since       integer NOT NULL,
    until       integer NOT NULL CHECK (until > since),
    law_hash    text NOT NULL,
    granted_by  bigint NOT NULL,
    granted_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- One subsidy at a time; a shared one has a row for each payer, and each payer one at a time.
    CONSTRAINT collection_subsidy_once EXCLUDE USING gist (
        int8range(person_id, person_id, '[]') WITH &&, int4range(since, until) WITH &&) WHERE (programme <> 'shared'),
    CONSTRAINT collection_subsidy_payer_once EXCLUDE USING gist (
        int8range(person_id, person_id, '[]') WITH &&, int4range(since, until) WITH &&,
        int8range(payer_id, payer_id, '[]') WITH &&,
        int4range(strpos('state province platform', payer_kind), strpos('state province platform', payer_kind), '[]') WITH &&)
        WHERE (programme = 'shared')
);

--append-only collection_bill
--append-only collection_request
--append-only collection_message
--append-only collection_refund_proposal
--append-only collection_refund_decision
--append-only collection_subsidy
