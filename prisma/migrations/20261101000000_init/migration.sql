-- The store: `object` is the current state, `change` the log, `clock` their order. See docs/spec/store.md.

CREATE TABLE "object" (
    "resource" TEXT COLLATE "C" NOT NULL,
    "namespace" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "uid" TEXT COLLATE "C" NOT NULL,
    "revision" BIGINT NOT NULL,
    "value" JSON NOT NULL,
    CONSTRAINT "object_pkey" PRIMARY KEY ("resource", "namespace", "name")
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX "object_uid_key" ON "object" ("uid");

CREATE TABLE "change" (
    "revision" BIGINT NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "type" CHAR(1) NOT NULL,
    "resource" TEXT COLLATE "C" NOT NULL,
    "namespace" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "uid" TEXT COLLATE "C" NOT NULL,
    "value" JSON NOT NULL,
    "previous_revision" BIGINT,
    "previous_value" JSON,
    "actor" TEXT NOT NULL,
    "client" TEXT NOT NULL,
    "transient" BOOLEAN NOT NULL,
    "batch" UUID NOT NULL,
    CONSTRAINT "change_pkey" PRIMARY KEY ("resource", "revision", "time")
) PARTITION BY RANGE ("time");

CREATE INDEX "change_resource_name_revision_idx" ON "change" ("resource", "name", "revision");

CREATE TABLE "clock" (
    "id" BOOLEAN NOT NULL DEFAULT true,
    "revision" BIGINT NOT NULL,
    "compacted" BIGINT NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "partitioned_until" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "clock_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "clock_one_row" CHECK ("id")
);

INSERT INTO "clock" ("revision", "compacted", "time", "partitioned_until") VALUES (0, 0, '-infinity', '-infinity');

CREATE TABLE "compaction" (
    "resource" TEXT COLLATE "C" NOT NULL,
    "revision" BIGINT NOT NULL,
    CONSTRAINT "compaction_pkey" PRIMARY KEY ("resource")
);

-- Makes the partition of the day (UTC) that holds `at` and tells when it ends. Called with the clock locked.
-- Attaching takes a weaker lock than creating in place, so readers of the log are not held up.
CREATE FUNCTION "add_change_partition"("at" TIMESTAMPTZ) RETURNS TIMESTAMPTZ
LANGUAGE plpgsql AS $$
DECLARE
    day_start TIMESTAMPTZ := date_trunc('day', at, 'UTC');
    day_end TIMESTAMPTZ := day_start + interval '24 hours';
    partition TEXT := 'change_' || to_char(day_start AT TIME ZONE 'UTC', 'YYYYMMDD');
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE change INCLUDING ALL)', partition);
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT day CHECK (time >= %L AND time < %L)', partition, day_start, day_end);
    EXECUTE format('ALTER TABLE change ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, day_start, day_end);
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT day', partition);
    UPDATE clock SET partitioned_until = day_end;
    RETURN day_end;
END $$;

-- Commits a batch of writes, one array element each; keys and uids are distinct within a batch. Writes of one group
-- are stored together or not at all. `outcomes` has a letter per write: s(tored), e(xists already), n(ot found),
-- r(evision differs), g(roup failed by another of its writes). Stored writes have the revisions after `base`, in order.
--
-- The lock on the clock is taken by a statement of its own: the snapshot of the next one then holds every batch before
-- this one, and revisions are handed out in the order of commits. The plan is made once, not for each batch, and
-- index scans are forced because it is kept while
-- tables grow from empty to large; the uid is looked up by a scalar subquery because EXISTS becomes a hash of the table.
CREATE FUNCTION "commit_batch"(
    "batch_id" UUID, "origin" TEXT,
    "types" TEXT[], "resources" TEXT[], "namespaces" TEXT[], "names" TEXT[], "uids" TEXT[],
    "expectations" BIGINT[], "groups" INT[], "transients" BOOLEAN[], "actors" TEXT[], "clients" TEXT[],
    "bodies" TEXT,
    OUT "base" BIGINT, OUT "outcomes" TEXT
)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET work_mem = '64MB'
AS $$
DECLARE
    compacted_revision BIGINT;
    at TIMESTAMPTZ(3);
    until TIMESTAMPTZ;
    stored_count BIGINT;
BEGIN
    SELECT c.revision, c.compacted, greatest(c.time, clock_timestamp()), c.partitioned_until
      INTO base, compacted_revision, at, until FROM clock c FOR UPDATE;
    IF at >= until THEN
        PERFORM add_change_partition(at);
    END IF;

    WITH write AS MATERIALIZED (
        SELECT w.*
        FROM unnest(types, resources, namespaces, names, uids, expectations, groups, transients, actors, clients,
                    string_to_array(bodies, E'\x1e'))
             WITH ORDINALITY AS w (type, resource, namespace, name, uid, expected, grp, transient, actor, client, body, position)
    ), judged AS MATERIALIZED (
        SELECT w.*, o.revision AS previous_revision, coalesce(o.uid, w.uid) AS kept_uid,
               CASE WHEN o.revision <= compacted_revision THEN o.value END AS previous_value,
               CASE WHEN w.type = 'c' THEN
                        CASE WHEN o.revision IS NOT NULL OR (SELECT u.revision FROM object u WHERE u.uid = w.uid) IS NOT NULL THEN 'e' ELSE 's' END
                    WHEN o.revision IS NULL THEN 'n'
                    WHEN o.revision <> w.expected THEN 'r'
                    ELSE 's' END AS verdict
        FROM write w LEFT JOIN object o USING (resource, namespace, name)
    ), settled AS MATERIALIZED (
        SELECT j.*, CASE WHEN j.verdict = 's' AND bool_or(j.verdict <> 's') OVER (PARTITION BY j.grp) THEN 'g' ELSE j.verdict END AS outcome
        FROM judged j
    ), stored AS MATERIALIZED (
        SELECT s.*, s.body::json AS value, base + row_number() OVER (ORDER BY s.position) AS revision
        FROM settled s WHERE s.outcome = 's'
    ), inserted AS (
        INSERT INTO object (resource, namespace, name, uid, revision, value)
        SELECT s.resource, s.namespace, s.name, s.uid, s.revision, s.value FROM stored s WHERE s.type = 'c'
    ), updated AS (
        UPDATE object o SET revision = s.revision, value = s.value FROM stored s
        WHERE s.type = 'u' AND (o.resource, o.namespace, o.name) = (s.resource, s.namespace, s.name)
    ), deleted AS (
        DELETE FROM object o USING stored s
        WHERE s.type = 'd' AND (o.resource, o.namespace, o.name) = (s.resource, s.namespace, s.name)
    ), logged AS (
        INSERT INTO change (revision, time, type, resource, namespace, name, uid, value,
                            previous_revision, previous_value, actor, client, transient, batch)
        SELECT s.revision, at, s.type, s.resource, s.namespace, s.name, s.kept_uid, s.value,
               s.previous_revision, s.previous_value, s.actor, s.client, s.transient, batch_id
        FROM stored s
    )
    SELECT string_agg(s.outcome, '' ORDER BY s.position), count(*) FILTER (WHERE s.outcome = 's')
      INTO outcomes, stored_count FROM settled s;

    IF stored_count > 0 THEN
        UPDATE clock SET revision = base + stored_count, time = at;
        PERFORM pg_notify('quarterdeck_change', origin || ':' || (base + stored_count));
    END IF;
END $$;

-- Forgets what is older than the cutoffs. An entry that stays may lean on one that goes, for the value before it; such
-- a value is copied into it first. Writers are held up only for the last part, which looks at what they added meanwhile.
CREATE FUNCTION "compact_change"("older_than" TIMESTAMPTZ, "transient_older_than" TIMESTAMPTZ) RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
    seen BIGINT;
    old_point BIGINT;
    point BIGINT;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('quarterdeck compact_change'));
    SELECT c.revision, c.compacted INTO seen, old_point FROM clock c;
    SELECT greatest(old_point, max(c.revision)) INTO point FROM change c WHERE c.time < older_than;

    -- A current entry is left: the next change of its object will lean on it.
    WITH doomed AS MATERIALIZED (
        SELECT d.resource, d.revision, d.time, d.value FROM change d
        WHERE d.transient AND d.time < transient_older_than AND d.revision > point AND d.revision <= seen
          AND NOT EXISTS (SELECT FROM object o WHERE (o.resource, o.namespace, o.name, o.revision) = (d.resource, d.namespace, d.name, d.revision))
    ), copied AS (
        UPDATE change c SET previous_value = d.value FROM doomed d
        WHERE c.previous_revision = d.revision AND c.resource = d.resource AND c.revision > d.revision
          AND NOT EXISTS (SELECT FROM doomed e WHERE e.revision = c.revision)
    ), gone AS (
        DELETE FROM change c USING doomed d WHERE (c.resource, c.revision, c.time) = (d.resource, d.revision, d.time)
    )
    INSERT INTO compaction (resource, revision) SELECT d.resource, max(d.revision) FROM doomed d GROUP BY d.resource
    ON CONFLICT (resource) DO UPDATE SET revision = greatest(compaction.revision, excluded.revision);

    IF point = old_point THEN
        RETURN;
    END IF;
    UPDATE change c SET previous_value = p.value FROM change p
    WHERE p.resource = c.resource AND p.revision = c.previous_revision AND c.revision > point AND c.previous_revision <= point AND c.previous_value IS NULL;
    PERFORM FROM clock FOR UPDATE;
    UPDATE change c SET previous_value = p.value FROM change p
    WHERE p.resource = c.resource AND p.revision = c.previous_revision AND c.revision > seen AND c.previous_revision <= point AND c.previous_value IS NULL;
    UPDATE clock SET compacted = point;
END $$;
