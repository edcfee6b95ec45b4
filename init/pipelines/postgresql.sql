-- A table for udplogger's objects, of one log host or several, and the questions
-- that are asked most.
-- psql -d console -f postgresql.sql, as the owner of the database.

CREATE TABLE console (
	id bigint GENERATED ALWAYS AS IDENTITY,
	receiver text NOT NULL,    -- the log host
	time timestamptz NOT NULL, -- of the first byte, at the log host
	host text,                 -- NULL: the log host's own lines
	address inet,
	port integer,
	boot timestamptz,          -- of a record, as are these two, which may
	sequnum numeric,           -- have 64 bits without sign
	usec numeric,
	notice text,               -- what udplogger itself says, not the sender
	class text,                -- of an incident
	lost numeric,
	message text,
	line jsonb NOT NULL        -- the object as it is in the file
);
CREATE INDEX console_time ON console USING brin (time);
CREATE INDEX console_host ON console (host, time);
CREATE INDEX console_class ON console (class, time) WHERE class IS NOT NULL;

CREATE INDEX console_record ON console (host, sequnum)
	WHERE sequnum IS NOT NULL;
CREATE INDEX console_lost ON console (host, boot)
	WHERE notice IN ('messages-lost', 'message-late');

-- rsyslog gives up a line that the database refuses.  So none is: what is no
-- object, as text, or an object that a crash cut short, is in the table as a
-- string, and while the table takes no row, as when the disk is full, it waits.
-- A transaction that began at a standby stays read-only once that is the primary:
-- its connection ends then, and rsyslog makes another.  (After
-- default_transaction_read_only was taken back, end that connection yourself.)
CREATE FUNCTION console_insert(data text, receiver text DEFAULT '')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE -- plpgsql plans it once, SQL each time
	line jsonb;
	of console;
BEGIN
	BEGIN
		line := data;
		of.time := line->>'time';
		of.host := coalesce(line->>'host', line->>'address');
		of.address := split_part(line->>'address', '%', 1); -- no zone
		of.port := line->>'port';
		of.boot := line->>'boot';
		of.sequnum := line->>'sequnum';
		of.usec := line->>'usec';
		of.notice := line->>'notice';
		of.class := line->>'class';
		of.lost := line->>'lost';
		of.message := coalesce(line->>'message', line->>'title');
	EXCEPTION WHEN data_exception THEN
		of := NULL;
		of.message := data;
		line := to_jsonb(data);
	END;
	LOOP
		BEGIN
			INSERT INTO console (receiver, time, host, address, port,
					     boot, sequnum, usec, notice, class,
					     lost, message, line)
			VALUES (receiver, coalesce(of.time, now()), of.host,
				of.address, of.port, of.boot, of.sequnum, of.usec,
				of.notice, of.class, of.lost, of.message, line);
			RETURN;
		EXCEPTION WHEN OTHERS THEN
			RAISE WARNING 'console_insert waits: %', SQLERRM;
			IF SQLSTATE = '25006' AND NOT pg_is_in_recovery()
			   AND NOT current_setting('default_transaction_read_only')::bool
			THEN
				PERFORM pg_terminate_backend(pg_backend_pid());
			END IF;
			PERFORM pg_sleep(1);
		END;
	END LOOP;
END
$$;

-- What is missing, and whose it is: messages that a sender numbered and that
-- did not come; those that came late; and what the log host itself lost.
CREATE VIEW losses AS
	SELECT date_trunc('hour', time) AS hour, host, notice,
	       sum(lost) AS lost
	FROM console
	WHERE notice IS NOT NULL AND lost IS NOT NULL
	GROUP BY 1, 2, 3;

-- Which machines had an incident, when, and how it began.
CREATE VIEW incidents AS
	SELECT time, host, class, message AS title
	FROM console
	WHERE class IS NOT NULL AND line->>'ended' IS NULL;

-- When was each machine heard last, and how long ago is that.
CREATE VIEW last_heard AS
	SELECT host, max(time) AS last, now() - max(time) AS ago
	FROM console
	WHERE host IS NOT NULL AND notice IS NULL
	GROUP BY host;

-- Several log hosts get the same, or each a part of it: udplogger-fleet(7).

-- Whether what two log hosts say of boots is of the same one.  usec is the
-- sender's clock then; a boot lasts no longer than until the next one.
CREATE FUNCTION same_boot(boot timestamptz, usec numeric,
			  other timestamptz, other_usec numeric)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT abs(extract(epoch FROM boot - other))
	       <= 2 + least(usec, other_usec) / 1000000
$$;

-- Every line once: a record that several have is that of the one that has most
-- of it.  Text has no number, so that of two log hosts stands there twice.
CREATE VIEW once AS
	SELECT *
	FROM console c
	WHERE sequnum IS NULL OR NOT EXISTS (
		SELECT FROM console d
		WHERE d.host = c.host AND d.sequnum = c.sequnum
		AND d.usec = c.usec
		AND (d.receiver <> c.receiver OR d.time = c.time)
		AND same_boot(d.boot, d.usec, c.boot, c.usec)
		AND (coalesce((d.line->>'missing')::bigint, 0), d.receiver, d.id)
		    < (coalesce((c.line->>'missing')::bigint, 0), c.receiver, c.id));

-- What one log host misses, less what others have of that gap, or it got late:
-- missing.  What several miss counts for the first of them.
CREATE VIEW lost_by_all AS
	WITH gap AS (
		SELECT DISTINCT n.receiver, n.time, n.host, n.boot, n.lost,
		       coalesce(behind.usec, -- limit= may have left it out
				extract(epoch FROM n.time - n.boot)::numeric
				* 1000000) AS usec,
		       (n.line->'between'->>0)::numeric AS after,
		       (n.line->'between'->>1)::numeric AS before
		FROM console n LEFT JOIN console behind
		ON behind.receiver = n.receiver AND behind.host = n.host
		AND behind.boot = n.boot
		AND behind.sequnum = (n.line->'between'->>1)::numeric
		WHERE n.notice = 'messages-lost' AND n.boot IS NOT NULL
	), rest AS (
		SELECT g.*, greatest(0, g.lost - (
			SELECT count(DISTINCT r.sequnum)
			FROM console r
			WHERE r.host = g.host
			AND r.sequnum > g.after AND r.sequnum < g.before
			AND same_boot(r.boot, r.usec, g.boot, g.usec)
			AND (NOT EXISTS (
				SELECT FROM console o
				WHERE o.receiver = g.receiver
				AND o.host = r.host AND o.sequnum = r.sequnum
				AND o.usec = r.usec
				AND same_boot(o.boot, o.usec, g.boot, g.usec))
			OR EXISTS (
				SELECT FROM console l
				WHERE l.notice = 'message-late'
				AND l.receiver = g.receiver
				AND l.host = g.host AND l.boot = g.boot
				AND (l.line->>'came')::numeric = r.sequnum))
		)) AS missing
		FROM gap g
	)
	SELECT time, host, receiver, boot, after, before, lost,
	       greatest(0, missing - coalesce((
			SELECT max(told) FROM (
				SELECT sum(e.missing) AS told
				FROM rest e
				WHERE e.host = r.host AND e.receiver < r.receiver
				AND e.after < r.before AND e.before > r.after
				AND same_boot(e.boot, e.usec, r.boot, r.usec)
				GROUP BY e.receiver) others), 0)) AS missing
	FROM rest r;
