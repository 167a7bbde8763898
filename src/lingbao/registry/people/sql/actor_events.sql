-- What was done to the accounts of staff and platforms: appointed, dismissed, reset, by whom and why.
CREATE TABLE people_actor_event (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id   bigint NOT NULL REFERENCES people_actor,
    action     text NOT NULL CHECK (action IN ('appointed', 'dismissed', 'reinstated', 'login_changed', 'confirmed',
                   'password_asked', 'password_reset', 'password_refused',
                   'authenticator_asked', 'authenticator_reset', 'authenticator_refused')),
    by_actor   bigint NOT NULL,                     -- 0: the operator of the machine
    reason     text NOT NULL CHECK (reason <> ''),
    answers_id bigint CONSTRAINT people_actor_event_answered_once UNIQUE REFERENCES people_actor_event,
    CHECK ((answers_id IS NOT NULL) <= (action IN
        ('confirmed', 'password_reset', 'password_refused', 'authenticator_reset', 'authenticator_refused')))
);
CREATE INDEX people_actor_event_actor ON people_actor_event (actor_id, id);
--append-only people_actor_event

-- Staff is made by two persons: one could make himself both who sign for a payment, or someone who reads everybody's record. A platform's
-- engineer, who sees that platform's own orders alone, is made by one.
CREATE FUNCTION people_actor_needs_two(actor bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM people_actor WHERE id = actor AND role NOT IN ('worker', 'platform'))
$$;

-- Until another administrator confirmed the appointment nobody acts under it; the operator of the machine needs no second.
CREATE FUNCTION people_actor_waits(actor bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT people_actor_needs_two(actor) AND EXISTS (
        SELECT FROM people_actor_event e WHERE e.actor_id = actor AND e.action IN ('appointed', 'reinstated') AND e.by_actor <> 0
            AND NOT EXISTS (SELECT FROM people_actor_event WHERE answers_id = e.id AND action = 'confirmed'))
$$;

-- Who holds the second factor of another could sign in as he: one administrator asks for its reset, another grants it. The same
-- holds for an appointment and a password of those whom two persons make: with a password alone the first factor of an account that
-- nobody used yet would be set up by whoever was shown the code.
CREATE FUNCTION people_actor_event_two_persons() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    asked people_actor_event;
    asking text[] := CASE NEW.action WHEN 'authenticator_reset' THEN '{authenticator_asked}' WHEN 'confirmed' THEN '{appointed,reinstated}'
                     WHEN 'password_reset' THEN '{password_asked}' END;
    refused text := CASE NEW.action WHEN 'password_refused' THEN 'password_asked' WHEN 'authenticator_refused' THEN 'authenticator_asked' END;
BEGIN
    IF NEW.by_actor <> 0 AND asking IS NOT NULL AND (NEW.action <> 'password_reset' OR people_actor_needs_two(NEW.actor_id)) THEN
        SELECT * INTO asked FROM people_actor_event WHERE id = NEW.answers_id AND action = ANY (asking);
        IF asked.id IS NULL OR asked.actor_id <> NEW.actor_id OR NEW.by_actor IN (asked.by_actor, NEW.actor_id) THEN
            RAISE EXCEPTION 'this account is appointed and reset by two persons' USING ERRCODE = 'LB031', DETAIL = NEW.actor_id::text;
        END IF;
    END IF;
    IF refused IS NOT NULL AND NOT EXISTS (SELECT FROM people_actor_event WHERE id = NEW.answers_id AND actor_id = NEW.actor_id AND action = refused) THEN
        RAISE EXCEPTION 'a refusal answers a request' USING ERRCODE = 'LB031', DETAIL = NEW.actor_id::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER people_actor_event_two_persons BEFORE INSERT ON people_actor_event
    FOR EACH ROW EXECUTE FUNCTION people_actor_event_two_persons();

-- Appointments and dismissals write themselves down; the purpose of the acting session is the reason.
CREATE FUNCTION people_actor_noted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO people_actor_event (actor_id, action, by_actor, reason)
        VALUES (NEW.id, CASE WHEN TG_OP = 'INSERT' THEN 'appointed' WHEN NEW.login IS DISTINCT FROM OLD.login THEN 'login_changed'
                        WHEN NEW.active THEN 'reinstated' ELSE 'dismissed' END,
                coalesce(registry_actor(), 0), coalesce(nullif(current_setting('lingbao.purpose', true), ''), 'registry'));
    RETURN NEW;
END $$;
CREATE TRIGGER people_actor_appointed AFTER INSERT ON people_actor
    FOR EACH ROW WHEN (NEW.role <> 'worker') EXECUTE FUNCTION people_actor_noted();
CREATE TRIGGER people_actor_ended AFTER UPDATE OF active ON people_actor
    FOR EACH ROW WHEN (NEW.role <> 'worker' AND NEW.active <> OLD.active) EXECUTE FUNCTION people_actor_noted();
-- Under another login another would act: that of staff is changed by the operator of the machine alone, and it is on record.
CREATE FUNCTION people_actor_login_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF registry_is_service() AND registry_role() <> 'system' THEN
        RAISE EXCEPTION 'a login is changed by the registry alone' USING ERRCODE = '42501', DETAIL = OLD.id::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER people_actor_login_kept BEFORE UPDATE OF login ON people_actor
    FOR EACH ROW WHEN (NEW.login IS DISTINCT FROM OLD.login) EXECUTE FUNCTION people_actor_login_kept();
CREATE TRIGGER people_actor_renamed AFTER UPDATE OF login ON people_actor
    FOR EACH ROW WHEN (NEW.role <> 'worker' AND NEW.login IS DISTINCT FROM OLD.login) EXECUTE FUNCTION people_actor_noted();

REVOKE EXECUTE ON FUNCTION people_actor_noted, people_actor_event_two_persons, people_actor_needs_two, people_actor_waits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_actor_needs_two, people_actor_waits TO lingbao_app;
GRANT SELECT, INSERT ON people_actor_event TO lingbao_app;
ALTER TABLE people_actor_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY people_actor_event_seen ON people_actor_event FOR SELECT TO lingbao_app
    USING ((SELECT registry_role()) IN ('system', 'auditor', 'administrator'));
CREATE POLICY people_actor_event_made ON people_actor_event FOR INSERT TO lingbao_app
    WITH CHECK ((SELECT registry_role()) IN ('system', 'administrator') AND by_actor = (SELECT registry_actor()));
