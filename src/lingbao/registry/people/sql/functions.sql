-- Whom one sees, and the only ways to read sealed data or to change a person.

-- One human being may stand under two numbers; the kept one speaks for both.
CREATE FUNCTION people_kept(person bigint) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT kept_id FROM people_merge WHERE other_id = person), person)
$$;

-- All numbers of one human being, the one kept first.
CREATE FUNCTION people_numbers(person bigint) RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT people_kept(person) || ARRAY(SELECT other_id FROM people_merge WHERE kept_id = people_kept(person) ORDER BY other_id)
$$;

-- Does the acting agency's province know the person: lives there, holds an account there, or is being handled there.
CREATE FUNCTION people_province_knows(person bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM people_person p WHERE p.id = person AND p.residence_province = registry_province())
        OR EXISTS (SELECT FROM ledger_account a
                   WHERE a.owner_kind = 'person' AND a.owner_id = person AND a.province = registry_province())
        OR EXISTS (SELECT FROM people_handling h WHERE h.person_id = person AND h.province = registry_province()
                   AND (h.until IS NULL OR h.until > clock_timestamp()))
$$;

-- May the present role know of this person? Other apps use it in their own policies.
CREATE FUNCTION registry_sees_person(person bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT CASE registry_role()
        WHEN 'system' THEN true
        WHEN 'auditor' THEN true
        WHEN 'coordinator' THEN true
        WHEN 'worker' THEN person = registry_person()
        WHEN 'clerk' THEN people_province_knows(person)
        WHEN 'supervisor' THEN people_province_knows(person)
        ELSE false
    END
$$;

CREATE FUNCTION people_log(persons bigint[], what text, what_fields text[], why text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO people_access (actor, role, agency, person_id, action, fields, purpose)
        SELECT coalesce(registry_actor(), 0), registry_role(), registry_agency(), person, what, what_fields, why
        FROM unnest(persons) AS person
$$;

-- Sealed data are read here only, each reading by another than the person leaves a line in the log, and nobody at a desk reads
-- more people in an hour than the limit (reading_limit.sql); finding by number is reading too.
CREATE FUNCTION people_read(persons bigint[], what_fields text[], why text)
    RETURNS TABLE (person_id bigint, public_id uuid, identity_sealed bytea, name_sealed bytea, phone_sealed bytea)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    seen bigint[];
BEGIN
    PERFORM registry_require('system', 'clerk', 'supervisor', 'coordinator', 'auditor', 'worker');
    SELECT array_agg(p) INTO seen FROM unnest(persons) AS p WHERE registry_sees_person(p) OR NOT registry_is_service();
    PERFORM people_check_reading(seen, why);
    IF registry_role() <> 'worker' AND seen IS NOT NULL THEN
        PERFORM people_log(seen, 'read', what_fields, why);
    END IF;
    RETURN QUERY SELECT p.id, p.public_id,
        CASE WHEN 'identity_number' = ANY (what_fields) THEN p.identity_sealed END,
        CASE WHEN 'name' = ANY (what_fields) THEN p.name_sealed END,
        CASE WHEN 'phone' = ANY (what_fields) THEN p.phone_sealed END
        FROM people_person p WHERE p.id = ANY (seen) ORDER BY p.id;
END $$;

-- Find by keyed hash across all provinces: registration must find a person whom the province does not see yet.
-- Finding is handling: from then on the province sees him, and he sees that it looked. A search alone opens him for a while only; what
-- comes of it (a transfer, a claim) is a handling of its own. Numbers that nobody has count as readings do: guessing ends at the limit.
CREATE FUNCTION people_find(by_index bytea, why text, searching boolean) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found_id bigint;
    ends timestamptz := CASE WHEN searching THEN clock_timestamp() + (SELECT search_opens FROM people_reading_limit) END;
BEGIN
    PERFORM registry_require('system', 'clerk', 'supervisor', 'coordinator');
    SELECT id INTO found_id FROM people_person WHERE identity_index = by_index;
    IF found_id IS NULL THEN
        PERFORM people_missed(by_index, why);
        RETURN NULL;
    END IF;
    PERFORM people_check_reading(ARRAY[found_id], why);
    IF registry_province() IS NOT NULL AND NOT people_province_knows(found_id) THEN
        INSERT INTO people_handling (person_id, province, cause, until)
            VALUES (found_id, registry_province(), CASE WHEN searching THEN 'search' ELSE 'registration' END, ends)
            ON CONFLICT (person_id, province, cause) DO UPDATE SET until = excluded.until;
    END IF;
    PERFORM people_log(ARRAY[found_id], 'read', ARRAY['identity_number'], why);
    RETURN people_kept(found_id);
END $$;

CREATE FUNCTION people_handle(person bigint, in_province text, why text, ends boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM registry_require('system', 'coordinator');
    INSERT INTO people_handling (person_id, province, cause, until)
        VALUES (person, in_province, why, CASE WHEN ends THEN clock_timestamp() END)
        ON CONFLICT (person_id, province, cause) DO UPDATE SET until = excluded.until;
END $$;

-- A change keeps the row as it was and leaves a line in the log.
CREATE FUNCTION people_person_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.public_id <> OLD.public_id OR NEW.registered_at <> OLD.registered_at THEN
        RAISE EXCEPTION 'a person keeps its number' USING ERRCODE = 'LB002', DETAIL = 'people_person';
    END IF;
    INSERT INTO people_person_before (person_id, person) VALUES (OLD.id, OLD);
    PERFORM people_log(ARRAY[OLD.id], 'write', ARRAY(
        SELECT DISTINCT regexp_replace(key, '_(sealed|index|masked)$', '')
        FROM jsonb_each(to_jsonb(OLD)) o JOIN jsonb_each(to_jsonb(NEW)) n USING (key)
        WHERE o.value IS DISTINCT FROM n.value AND key NOT IN ('changed_by', 'change_reason') ORDER BY 1), NEW.change_reason);
    RETURN NEW;
END $$;
CREATE TRIGGER people_person_changes BEFORE UPDATE ON people_person
    FOR EACH ROW EXECUTE FUNCTION people_person_changes();
CREATE TRIGGER people_person_kept BEFORE DELETE ON people_person
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER people_person_no_truncate BEFORE TRUNCATE ON people_person
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER people_handling_kept BEFORE DELETE OR TRUNCATE ON people_handling
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
