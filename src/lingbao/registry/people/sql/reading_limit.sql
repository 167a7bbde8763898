-- Nobody at a desk reads the data of more people in an hour than the work of a day needs. The registry itself does: it
-- sends messages and pays. The limit is a row, so that a change of it stands in the fingerprint of nobody's code.
CREATE TABLE people_reading_limit (
    alone   boolean PRIMARY KEY DEFAULT true CHECK (alone),
    an_hour integer NOT NULL CHECK (an_hour > 0),
    search_opens interval NOT NULL DEFAULT '1 day' CHECK (search_opens > interval '0')  -- how long a search lets another province see a person
);
INSERT INTO people_reading_limit (an_hour) VALUES (100);
GRANT SELECT ON people_reading_limit TO lingbao_app;

-- A reading refused is a fact of its own: how many were asked for, and why.
CREATE TABLE people_reading_refusal (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor   bigint NOT NULL,
    role    text NOT NULL,
    agency  bigint,
    persons integer NOT NULL,
    read_in_hour integer NOT NULL,
    purpose text NOT NULL
);
CREATE INDEX people_reading_refusal_actor ON people_reading_refusal (actor, id);
--append-only people_reading_refusal
GRANT SELECT ON people_reading_refusal TO lingbao_app;
ALTER TABLE people_reading_refusal ENABLE ROW LEVEL SECURITY;
CREATE POLICY people_reading_refusal_seen ON people_reading_refusal FOR SELECT TO lingbao_app USING (
    CASE (SELECT registry_role())
        WHEN 'system' THEN true
        WHEN 'auditor' THEN true
        WHEN 'supervisor' THEN agency = (SELECT registry_agency())
        ELSE false
    END);

CREATE INDEX people_access_actor_time ON people_access (actor, at) WHERE action = 'read';

-- A number was looked for that nobody has: who looked, when and why. Which number it was stands there as a keyed hash alone; once the
-- person is registered, the line was no guess.
CREATE TABLE people_search_miss (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor   bigint NOT NULL,
    role    text NOT NULL,
    agency  bigint,
    number_index bytea NOT NULL,
    purpose text NOT NULL
);
CREATE INDEX people_search_miss_actor ON people_search_miss (actor, at);
--append-only people_search_miss
GRANT SELECT ON people_search_miss TO lingbao_app;
ALTER TABLE people_search_miss ENABLE ROW LEVEL SECURITY;
CREATE POLICY people_search_miss_seen ON people_search_miss FOR SELECT TO lingbao_app USING (
    CASE (SELECT registry_role())
        WHEN 'system' THEN true
        WHEN 'auditor' THEN true
        WHEN 'supervisor' THEN agency = (SELECT registry_agency())
        ELSE false
    END);

-- How many different people an actor read in the last hour, these included, and numbers that nobody has.
CREATE FUNCTION people_read_in_hour(by_actor bigint, these bigint[]) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT (SELECT count(DISTINCT m.number_index) FROM people_search_miss m WHERE m.actor = by_actor AND m.at > clock_timestamp() - interval '1 hour'
            AND NOT EXISTS (SELECT FROM people_person p WHERE p.identity_index = m.number_index)) + count(DISTINCT person) FROM (
        SELECT person_id AS person FROM people_access WHERE actor = by_actor AND action = 'read' AND at > clock_timestamp() - interval '1 hour'
        UNION ALL SELECT unnest(these)) read
$$;

-- Two sessions of one actor are counted one after the other.
CREATE FUNCTION people_check_reading(persons bigint[], why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF registry_role() NOT IN ('clerk', 'supervisor', 'coordinator', 'auditor') OR persons IS NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('people reading', registry_actor()));
    IF people_read_in_hour(registry_actor(), persons) > (SELECT an_hour FROM people_reading_limit) THEN
        RAISE EXCEPTION 'too many people read in an hour' USING ERRCODE = 'LB032', DETAIL = cardinality(persons)::text;
    END IF;
END $$;

-- Keep that a number was looked for in vain; refused as reading is once there were too many.
CREATE FUNCTION people_missed(by_index bytea, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF registry_role() NOT IN ('clerk', 'supervisor', 'coordinator', 'auditor') THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('people reading', registry_actor()));
    INSERT INTO people_search_miss (actor, role, agency, number_index, purpose)
        VALUES (registry_actor(), registry_role(), registry_agency(), by_index, why);
    IF people_read_in_hour(registry_actor(), '{}') > (SELECT an_hour FROM people_reading_limit) THEN
        RAISE EXCEPTION 'too many people looked for in an hour' USING ERRCODE = 'LB032', DETAIL = '1';
    END IF;
END $$;

-- The refusal undoes the transaction it happened in, so it is written down in another.
CREATE FUNCTION people_note_refusal(persons integer, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM registry_require('clerk', 'supervisor', 'coordinator', 'auditor');
    INSERT INTO people_reading_refusal (actor, role, agency, persons, read_in_hour, purpose)
        VALUES (registry_actor(), registry_role(), registry_agency(), persons, people_read_in_hour(registry_actor(), '{}'), why);
END $$;
REVOKE EXECUTE ON FUNCTION people_read_in_hour, people_missed, people_check_reading, people_note_refusal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_note_refusal TO lingbao_app;
