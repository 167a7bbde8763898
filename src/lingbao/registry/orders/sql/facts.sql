-- One row per order, partitioned by business date; partitions are made when the first order of a day comes.
CREATE TABLE orders_fact (
    business_date date NOT NULL,
    platform_id   integer NOT NULL,
    order_number  text COLLATE "C" NOT NULL,
    sequence      smallint NOT NULL,
    worker_id     integer NOT NULL,
    orders        smallint NOT NULL,
    minutes       integer NOT NULL,
    income_fen    bigint NOT NULL,
    withheld_fen  bigint NOT NULL,
    exempt        boolean NOT NULL,
    file_id       bigint NOT NULL,
    PRIMARY KEY (business_date, platform_id, order_number, sequence)
) PARTITION BY RANGE (business_date);
--append-only orders_fact

-- Partitions are written by COPY, which knows no row policies; a statement on them asks for the registry's own role.
CREATE FUNCTION orders_only_by_registry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registry_require('system');
    RETURN NULL;
END $$;

-- Make the partition of a day if it is not there; return its name. Attaching does not stop readers or writers.
CREATE FUNCTION orders_partition(day date) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    name text := 'orders_fact_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN name;
    END IF;
    PERFORM registry_require('system');
    PERFORM pg_advisory_xact_lock(hashtextextended('orders partition', 0));
    -- Asked of the catalogue, not of to_regclass, whose cache may still say that there was none before the wait.
    IF EXISTS (SELECT FROM pg_class WHERE relname = name AND relnamespace = 'public'::regnamespace) THEN
        RETURN name;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE orders_fact INCLUDING ALL)', name);
    EXECUTE format('CREATE TRIGGER %I BEFORE INSERT ON %I FOR EACH STATEMENT EXECUTE FUNCTION orders_only_by_registry()',
                   name || '_writer', name);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change()',
                   name || '_no_truncate', name);
    EXECUTE format('GRANT INSERT ON %I TO lingbao_app', name);
    EXECUTE format('ALTER TABLE orders_fact ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, day, day + 1);
    RETURN name;
END $$;
REVOKE EXECUTE ON FUNCTION orders_partition(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION orders_partition(date) TO lingbao_app;
