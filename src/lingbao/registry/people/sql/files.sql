-- Opening a person's file (birth, balances, time line) is reading too: who opens it says why, and the person sees it. Going
-- back and forth in one piece of work is one reading: the same reason leaves one line in twelve hours.
CREATE FUNCTION people_open(person bigint, why text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM registry_require('clerk', 'supervisor', 'coordinator', 'auditor');
    IF NOT registry_sees_person(person) THEN RETURN false; END IF;
    IF EXISTS (SELECT FROM people_access WHERE person_id = person AND actor = registry_actor() AND action = 'read' AND fields = '{file}'
               AND at > clock_timestamp() - interval '12 hours' AND (why = '' OR purpose = why)) THEN
        RETURN true;
    END IF;
    IF why = '' THEN RETURN false; END IF;
    PERFORM people_check_reading(ARRAY[person], why);
    PERFORM people_log(ARRAY[person], 'read', '{file}', why);
    RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION people_open FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_open TO lingbao_app;
