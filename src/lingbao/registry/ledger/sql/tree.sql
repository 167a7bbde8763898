-- A tree of hashes over the lines of each closed day, so that one line can be shown to stand in what was published
-- without showing any other. A leaf carries a secret of its own: who sees a neighbour's leaf cannot guess the line behind it.
CREATE TABLE ledger_tree (
    date   date PRIMARY KEY REFERENCES ledger_digest,
    lines  bigint NOT NULL,
    root   bytea NOT NULL,
    linked bytea NOT NULL,                           -- sha256(link of the day before, chain of the digest, root)
    secret bytea NOT NULL                            -- never granted: the secret of each line is made from it
);
-- The node over each 256 lines, so that a proof reads 256 lines and not the whole day.
CREATE TABLE ledger_tree_block (
    date          date NOT NULL REFERENCES ledger_tree,
    place         bigint NOT NULL,                   -- from 0
    first_entry   bigint NOT NULL,
    first_account bigint NOT NULL,
    node          bytea NOT NULL,
    PRIMARY KEY (date, place)
);
--append-only ledger_tree
--append-only ledger_tree_block
GRANT SELECT (date, lines, root, linked) ON ledger_tree TO lingbao_app;
GRANT SELECT ON ledger_tree_block TO lingbao_app;

-- What a leaf says of a line; docs/registry/proofs.md has the same in words.
CREATE FUNCTION ledger_line_text(entry bigint, book_date date, value_date date, kind text, account bigint, fen bigint, law_hash text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN concat_ws('|', entry, to_char(book_date, 'YYYY-MM-DD'), to_char(value_date, 'YYYY-MM-DD'), kind, account, fen, law_hash);
CREATE FUNCTION ledger_line_secret(secret bytea, entry bigint, account bigint) RETURNS bytea LANGUAGE sql IMMUTABLE
    RETURN sha256(secret || int8send(entry) || int8send(account));
CREATE FUNCTION ledger_leaf(line_secret bytea, line text) RETURNS bytea LANGUAGE sql IMMUTABLE
    RETURN sha256('\x00'::bytea || line_secret || convert_to(line, 'UTF8'));

-- One level up: two neighbours make a node, one left over goes up as it is.
CREATE FUNCTION ledger_tree_up(level bytea[]) RETURNS bytea[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(CASE WHEN n = 2 THEN sha256('\x01'::bytea || pair) ELSE pair END ORDER BY place) FROM (
        SELECT (at + 1) / 2 AS place, count(*) AS n, string_agg(node, ''::bytea ORDER BY at) AS pair
        FROM unnest(level) WITH ORDINALITY AS x (node, at) GROUP BY 1) pairs
$$;

-- The leaves of a day from one line up to, but without, another, in order; the whole day without limits.
CREATE FUNCTION ledger_leaves(day date, day_secret bytea, from_entry bigint, from_account bigint, to_entry bigint, to_account bigint)
    RETURNS TABLE (entry bigint, account bigint, leaf bytea) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.id, l.account_id, ledger_leaf(ledger_line_secret(day_secret, e.id, l.account_id),
        ledger_line_text(e.id, e.book_date, e.value_date, e.kind, l.account_id, l.amount_fen, e.law_hash))
    FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id
    WHERE e.book_date = day AND (from_entry IS NULL OR e.id >= from_entry AND (e.id, l.account_id) >= (from_entry, from_account))
      AND (to_entry IS NULL OR e.id <= to_entry AND (e.id, l.account_id) < (to_entry, to_account))
    ORDER BY e.id, l.account_id
$$;

-- The tree of a day: lines, root, and the nodes over each 256 lines.
CREATE FUNCTION ledger_day_tree(day date, day_secret bytea, OUT lines bigint, OUT root bytea, OUT blocks bytea[], OUT entries bigint[], OUT accounts bigint[])
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    level bytea[];
BEGIN
    SELECT coalesce(array_agg(leaf ORDER BY at), '{}'), count(*), array_agg(entry ORDER BY at) FILTER (WHERE at % 256 = 1),
        array_agg(account ORDER BY at) FILTER (WHERE at % 256 = 1)
        INTO level, lines, entries, accounts FROM (
            SELECT leaf, entry, account, row_number() OVER (ORDER BY entry, account) AS at
            FROM ledger_leaves(day, day_secret, NULL, NULL, NULL, NULL)) numbered;
    FOR step IN 1..8 LOOP
        EXIT WHEN cardinality(level) <= 1;
        level := ledger_tree_up(level);
    END LOOP;
    blocks := level;
    WHILE cardinality(level) > 1 LOOP
        level := ledger_tree_up(level);
    END LOOP;
    root := coalesce(level[1], sha256(''));
END $$;

-- Grow the tree of every closed day that has none, in order; return how many.
CREATE FUNCTION ledger_grow_trees() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    closed record;
    tree record;
    day_secret bytea;
    before bytea;
    grown integer := 0;
BEGIN
    PERFORM registry_require('system', 'auditor');
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger trees', 0));
    SELECT linked INTO before FROM ledger_tree ORDER BY date DESC LIMIT 1;
    before := coalesce(before, sha256(''));
    FOR closed IN SELECT d.date, d.chain FROM ledger_digest d WHERE NOT EXISTS (SELECT FROM ledger_tree t WHERE t.date >= d.date) ORDER BY d.date LOOP
        day_secret := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
        SELECT * INTO tree FROM ledger_day_tree(closed.date, day_secret);
        before := sha256(before || closed.chain || tree.root);
        INSERT INTO ledger_tree (date, lines, root, linked, secret) VALUES (closed.date, tree.lines, tree.root, before, day_secret);
        INSERT INTO ledger_tree_block (date, place, first_entry, first_account, node)
            SELECT closed.date, at - 1, entry, account, node
            FROM unnest(tree.entries, tree.accounts, tree.blocks) WITH ORDINALITY AS x (entry, account, node, at);
        grown := grown + 1;
    END LOOP;
    RETURN grown;
END $$;

-- Days whose tree is not that of the books, or whose link does not follow from the day before.
CREATE FUNCTION ledger_wrong_trees(since date) RETURNS TABLE (day date, holds boolean, follows boolean) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT t.date, (g.lines, g.root) = (t.lines, t.root) AND coalesce(g.blocks, '{}') = coalesce(
            (SELECT array_agg(b.node ORDER BY b.place) FROM ledger_tree_block b WHERE b.date = t.date), '{}'),
        t.linked = sha256(coalesce((SELECT p.linked FROM ledger_tree p WHERE p.date < t.date ORDER BY p.date DESC LIMIT 1), sha256('')) || d.chain || t.root)
    FROM ledger_tree t JOIN ledger_digest d USING (date), LATERAL ledger_day_tree(t.date, t.secret) g WHERE t.date >= coalesce(since, '-infinity'::date)
$$;

-- The secret of one line and the leaves around it; the registry itself asks, after it saw that the line is the asker's own.
CREATE FUNCTION ledger_proof_parts(of_entry bigint, of_account bigint, OUT day date, OUT line text, OUT line_secret bytea, OUT place bigint,
    OUT at bigint, OUT leaves bytea[]) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    block ledger_tree_block;
    following ledger_tree_block;
    tree ledger_tree;
BEGIN
    PERFORM registry_require('system');
    SELECT e.book_date, ledger_line_text(e.id, e.book_date, e.value_date, e.kind, l.account_id, l.amount_fen, e.law_hash) INTO day, line
        FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id WHERE e.id = of_entry AND l.account_id = of_account;
    SELECT * INTO tree FROM ledger_tree t WHERE t.date = day;
    IF tree.date IS NULL THEN RETURN; END IF;
    line_secret := ledger_line_secret(tree.secret, of_entry, of_account);
    SELECT * INTO block FROM ledger_tree_block b WHERE b.date = day AND (b.first_entry, b.first_account) <= (of_entry, of_account)
        ORDER BY b.place DESC LIMIT 1;
    SELECT * INTO following FROM ledger_tree_block b WHERE b.date = day AND b.place = block.place + 1;
    place := block.place;
    SELECT array_agg(x.leaf ORDER BY x.entry, x.account), count(*) FILTER (WHERE (x.entry, x.account) < (of_entry, of_account)) INTO leaves, at
        FROM ledger_leaves(day, tree.secret, block.first_entry, block.first_account, following.first_entry, following.first_account) x;
END $$;

REVOKE EXECUTE ON FUNCTION ledger_leaves, ledger_day_tree, ledger_grow_trees, ledger_wrong_trees, ledger_proof_parts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_grow_trees, ledger_wrong_trees, ledger_proof_parts TO lingbao_app;
