-- Months are counted year*12 + month-1, as everywhere in the law. A membership runs from `since` up to and not including
-- `until`. One person is a member of one pension scheme in one place at a time. No extension is needed for that: a
-- membership is a flat box, its person by its months; boxes are compared with their edges, so that it ends half a month early.
CREATE TABLE enrolment_membership (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   bigint NOT NULL REFERENCES people_person,
    scheme      text NOT NULL CHECK (scheme IN ('employee', 'resident')),
    standing    text NOT NULL CHECK (standing IN ('flexible', 'employed', 'resident')),
    province    char(2) NOT NULL CHECK (province ~ '^[0-9]{2}$'),
    area        text,
    agency_id   bigint REFERENCES people_agency,
    since       integer NOT NULL CHECK (since BETWEEN 22800 AND 26399),
    until       integer CHECK (until > since),
    end_reason  text,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by bigint NOT NULL,
    CHECK ((standing = 'resident') = (scheme = 'resident')),
    CHECK ((until IS NULL) = (end_reason IS NULL)),
    CONSTRAINT enrolment_one_at_a_time EXCLUDE USING gist (
        box(point(person_id, since), point(person_id, coalesce(until, 26400) - 0.5)) WITH &&)
);
CREATE INDEX enrolment_membership_person ON enrolment_membership (person_id, since);
CREATE INDEX enrolment_membership_place ON enrolment_membership (province, scheme) WHERE until IS NULL;

-- A membership ends once; nothing else of it changes.
CREATE FUNCTION enrolment_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.until IS NOT NULL OR (to_jsonb(NEW) - 'until' - 'end_reason') <> (to_jsonb(OLD) - 'until' - 'end_reason') THEN
        RAISE EXCEPTION 'a membership ends once and does not change' USING ERRCODE = 'LB002', DETAIL = 'enrolment_membership';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enrolment_only_ends BEFORE UPDATE ON enrolment_membership FOR EACH ROW EXECUTE FUNCTION enrolment_only_ends();
CREATE TRIGGER enrolment_membership_kept BEFORE DELETE OR TRUNCATE ON enrolment_membership
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

-- What a member chose to pay from a month on; the last one recorded for a month counts.
CREATE TABLE enrolment_choice (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    membership_id bigint NOT NULL REFERENCES enrolment_membership,
    since         integer NOT NULL CHECK (since BETWEEN 22800 AND 26399),
    kind          text NOT NULL CHECK (kind IN ('floor', 'tier', 'base', 'amount', 'fee')),
    value         numeric NOT NULL CHECK (value >= 0),   -- tier: share of the wage; others: yuan
    rhythm        smallint NOT NULL CHECK (rhythm IN (1, 3, 6, 12)),
    law_hash      text NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by   bigint NOT NULL
);
CREATE INDEX enrolment_choice_membership ON enrolment_choice (membership_id, since, id);

-- Joined, stopped, returned, left, moved: what monitoring follows as it happens.
CREATE TABLE enrolment_event (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    membership_id bigint NOT NULL REFERENCES enrolment_membership,
    kind          text NOT NULL CHECK (kind IN ('joined', 'stopped', 'returned', 'left')),
    month         integer NOT NULL CHECK (month BETWEEN 22800 AND 26399),
    reason_code   text,
    said          text,                                  -- in the person's own words
    recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by   bigint NOT NULL
);
CREATE INDEX enrolment_event_membership ON enrolment_event (membership_id, id);
CREATE INDEX enrolment_event_recent ON enrolment_event (recorded_at);

--append-only enrolment_choice
--append-only enrolment_event
