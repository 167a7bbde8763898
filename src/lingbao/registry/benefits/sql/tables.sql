CREATE TABLE benefit_claim (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id      bigint NOT NULL,
    province       char(2) NOT NULL CHECK (province ~ '^[0-9]{2}$'),   -- place of benefit
    area           text,
    claim_month    integer NOT NULL,                                    -- year*12 + month-1
    facts          jsonb NOT NULL,                                      -- what was stated: sex, class, birth, home
    applied_on     date NOT NULL,
    due            date NOT NULL,
    due_provisional boolean NOT NULL,
    state          text NOT NULL DEFAULT 'applied'
                   CHECK (state IN ('applied', 'refused', 'provisional', 'final', 'ended')),
    reason         text NOT NULL DEFAULT '',
    first_payment  integer,
    last_payment   integer,
    months         integer CHECK (months >= 0),                         -- contribution months, for the yearly rise
    awarded_fen    bigint CHECK (awarded_fen >= 0),                     -- pension as first or finally awarded
    pension_fen    bigint CHECK (pension_fen >= 0),                     -- paid each month now
    account_pension_fen bigint CHECK (account_pension_fen >= 0),        -- of it from the account, while it lasts
    account_start_fen   bigint CHECK (account_start_fen >= 0),          -- account at the claim
    granted_by     bigint,
    granted_at     timestamptz,
    prepared_by    bigint NOT NULL,
    CHECK ((state = 'refused') <= (reason <> '')),
    CHECK ((state IN ('provisional', 'final', 'ended')) = (pension_fen IS NOT NULL)),
    CHECK ((pension_fen IS NULL) = (granted_at IS NULL)),
    CHECK ((state = 'ended') = (last_payment IS NOT NULL)),
    CHECK (account_pension_fen <= pension_fen)
);
CREATE UNIQUE INDEX benefit_claim_one ON benefit_claim (person_id) WHERE state IN ('applied', 'provisional', 'final');
CREATE INDEX benefit_claim_paid ON benefit_claim (province, id);

-- Each working out with all that went into it: it can be run again years later.
CREATE TABLE benefit_calculation (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id   bigint NOT NULL REFERENCES benefit_claim,
    known      integer NOT NULL,          -- month from which was looked
    inputs     jsonb NOT NULL,
    inputs_sha text NOT NULL,
    lines      jsonb NOT NULL,            -- parts of the pension
    result_fen bigint NOT NULL,
    provisional boolean NOT NULL,
    law_hash   text NOT NULL,
    actor      bigint NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX benefit_calculation_of ON benefit_calculation (claim_id, id);

CREATE TABLE benefit_run (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    province    char(2) NOT NULL,
    from_month  integer,                   -- none: each pension from its first month not paid yet
    month       integer NOT NULL CHECK (month >= from_month),
    state       text NOT NULL DEFAULT 'prepared' CHECK (state IN ('prepared', 'approved', 'done')),
    prepared_by bigint NOT NULL,
    approved_by bigint,
    approved_at timestamptz,               -- who was granted a pension later is paid by a later run
    prepared_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    CONSTRAINT benefit_run_two_persons CHECK (approved_by <> prepared_by),
    CHECK ((state = 'prepared') = (approved_by IS NULL)),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL))
);
-- One at a time; after it is done, another may pay whoever was granted a pension of the month later.
CREATE UNIQUE INDEX benefit_run_once ON benefit_run (province, from_month, month) NULLS NOT DISTINCT WHERE state <> 'done';
-- One transaction of a run: so many payments under one entry.
CREATE TABLE benefit_chunk (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id   bigint REFERENCES benefit_run,
    entry_id bigint NOT NULL,
    payments bigint NOT NULL,
    fen      bigint NOT NULL
);
-- The key is the promise: one pension of a kind for a month and a claim, whoever runs and however often.
CREATE TABLE benefit_payment (
    claim_id    bigint NOT NULL,
    month       integer NOT NULL,
    kind        text NOT NULL,            -- monthly, final, rise:<number>
    amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
    account_fen bigint NOT NULL CHECK (account_fen >= 0),
    chunk       bigint NOT NULL,
    CONSTRAINT benefit_payment_once PRIMARY KEY (claim_id, month, kind),
    CHECK (account_fen <= amount_fen)
);

-- A rise as announced for a year and province: an equal amount, so much for each year paid, a share, tilts by age.
CREATE TABLE benefit_adjustment (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    province     char(2) NOT NULL,
    year         integer NOT NULL,
    from_month   integer NOT NULL,
    document     text NOT NULL CHECK (document <> ''),
    fixed_fen    bigint NOT NULL CHECK (fixed_fen >= 0),
    per_year_fen bigint NOT NULL CHECK (per_year_fen >= 0),
    share        numeric(8, 6) NOT NULL CHECK (share >= 0 AND share < 1),
    tilts        jsonb NOT NULL DEFAULT '[]',    -- [[age in months, fen], ...], the highest age reached counts
    entered_by   bigint NOT NULL,
    approved_by  bigint,
    UNIQUE (province, year),
    CONSTRAINT benefit_adjustment_two_persons CHECK (approved_by <> entered_by)
);
CREATE TABLE benefit_rise (
    adjustment_id bigint NOT NULL REFERENCES benefit_adjustment,
    claim_id      bigint NOT NULL REFERENCES benefit_claim,
    before_fen    bigint NOT NULL,
    after_fen     bigint NOT NULL CHECK (after_fen >= before_fen),
    law_hash      text NOT NULL,
    CONSTRAINT benefit_rise_once PRIMARY KEY (adjustment_id, claim_id)
);
CREATE INDEX benefit_rise_of ON benefit_rise (claim_id);

-- What was paid too much, to be returned, agreed in instalments or set off (社会保险经办条例 第四十六条).
CREATE TABLE benefit_recovery (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id bigint NOT NULL REFERENCES benefit_claim,
    cause    text NOT NULL,
    fen      bigint NOT NULL CHECK (fen > 0),
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    undone_by bigint                       -- its cause was registered wrongly: nothing is owed any more (undoing.sql)
);
CREATE UNIQUE INDEX benefit_recovery_once ON benefit_recovery (claim_id, cause) WHERE undone_by IS NULL;

CREATE TABLE benefit_death (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id     bigint NOT NULL,
    claim_id      bigint REFERENCES benefit_claim,
    province      char(2) NOT NULL,
    died_on       date NOT NULL,
    account_fen   bigint NOT NULL CHECK (account_fen >= 0),
    funeral_fen   bigint NOT NULL CHECK (funeral_fen >= 0),
    condolence_fen bigint NOT NULL CHECK (condolence_fen >= 0),
    heirs         jsonb NOT NULL,                     -- names and shares, in the order in which they are counted
    law_hash      text NOT NULL,
    actor         bigint NOT NULL,
    undone_by     bigint                              -- registered wrongly: the undoing of it (undoing.sql)
);
CREATE UNIQUE INDEX benefit_death_once ON benefit_death (person_id) WHERE undone_by IS NULL;
-- What heirs receive out of one province: what the person held there, grants in the province that settled it, and later what has
-- come in since. The money stays in its province, which pays it.
CREATE TABLE benefit_inheritance (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    death_id   bigint NOT NULL REFERENCES benefit_death,
    person_id  bigint NOT NULL,
    settled_in char(2) NOT NULL,
    province   char(2) NOT NULL,
    fen        bigint NOT NULL CHECK (fen > 0),
    parts      bigint[] NOT NULL,          -- of each heir, in the order of the death's
    entry_id   bigint,                     -- none where all of it was owed before
    actor      bigint NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX benefit_inheritance_of ON benefit_inheritance (person_id, province);

--append-only benefit_calculation
--append-only benefit_chunk
--append-only benefit_payment
--append-only benefit_rise
--append-only benefit_inheritance
CREATE TRIGGER benefit_claim_kept BEFORE DELETE OR TRUNCATE ON benefit_claim FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER benefit_run_kept BEFORE DELETE OR TRUNCATE ON benefit_run FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

CREATE TRIGGER benefit_recovery_kept BEFORE DELETE OR TRUNCATE ON benefit_recovery FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER benefit_death_kept BEFORE DELETE OR TRUNCATE ON benefit_death FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

-- Who draws a pension does not move any more (国办发〔2009〕66号 第二条).
CREATE FUNCTION benefit_no_transfer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.kind = 'relation' AND EXISTS (SELECT FROM benefit_claim WHERE person_id = NEW.person_id AND state IN ('provisional', 'final')) THEN
        RAISE EXCEPTION 'a pensioner does not transfer' USING ERRCODE = 'LB021', DETAIL = NEW.person_id::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER benefit_no_transfer BEFORE INSERT ON transfer_case FOR EACH ROW EXECUTE FUNCTION benefit_no_transfer();

GRANT SELECT ON benefit_claim, benefit_calculation, benefit_run, benefit_chunk, benefit_payment, benefit_adjustment, benefit_rise,
    benefit_recovery, benefit_death, benefit_inheritance TO lingbao_app;
GRANT INSERT ON benefit_claim, benefit_calculation, benefit_run, benefit_chunk, benefit_payment, benefit_adjustment, benefit_rise,
    benefit_recovery, benefit_death, benefit_inheritance TO lingbao_app;
GRANT UPDATE (state, reason, first_payment, last_payment, months, awarded_fen, pension_fen, account_pension_fen, account_start_fen,
    granted_by, granted_at) ON benefit_claim TO lingbao_app;
GRANT UPDATE (state, approved_by, approved_at, finished_at) ON benefit_run TO lingbao_app;
GRANT UPDATE (approved_by) ON benefit_adjustment TO lingbao_app;
