-- What prm-calendar remembers between its runs. The program makes these tables itself where it may (sql/grants.sql). By hand,
-- as root:
--
--   mysql wordpress < sql/001_state.sql
--
-- With another prefix than wp_:
--
--   sed 's/\bwp_/xyz_/g' sql/001_state.sql | mysql wordpress
--
-- They are a cache: drop them all, and the next run makes them again from WordPress's own tables and the calendars.
-- Times are unix seconds. Hashes are 16 bytes of BLAKE2b.

-- One row per migration that was made.
CREATE TABLE IF NOT EXISTS wp_prm_calendar_schema (
	version INT UNSIGNED NOT NULL,
	applied_at BIGINT NOT NULL,
	PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A user's contacts as they were when the stored events were last matched.
CREATE TABLE IF NOT EXISTS wp_prm_calendar_users (
	user_id BIGINT UNSIGNED NOT NULL,
	contacts_hash BINARY(16) NOT NULL,
	PRIMARY KEY (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Connections that were tried: what went wrong with them, and when they are tried again.
CREATE TABLE IF NOT EXISTS wp_prm_calendar_connections (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	user_id BIGINT UNSIGNED NOT NULL,
	connection_hash BINARY(16) NOT NULL,
	connection_id TEXT NOT NULL,
	refused_hash BINARY(16) NULL, -- of the stored credentials that the server refused
	refused_at BIGINT NOT NULL DEFAULT 0,
	failures INT UNSIGNED NOT NULL DEFAULT 0, -- in a row
	retry_at BIGINT NOT NULL DEFAULT 0,
	problems INT UNSIGNED NOT NULL DEFAULT 0, -- objects that could not be read
	first_problem TEXT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY connection (user_id, connection_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How far the calendars of a connection were read. A row is there once a calendar was listed completely.
CREATE TABLE IF NOT EXISTS wp_prm_calendar_cursors (
	connection BIGINT UNSIGNED NOT NULL,
	calendar_hash BINARY(16) NOT NULL,
	calendar_id TEXT NOT NULL, -- as configured
	settings_hash BINARY(16) NOT NULL, -- of what the events depend on besides the calendar: the window, the zone …
	cursor_text MEDIUMTEXT NOT NULL, -- the provider's own
	listed_at BIGINT NOT NULL, -- when all of it was last listed
	PRIMARY KEY (connection, calendar_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Calendar objects (CalDAV resources) whose events are stored.
CREATE TABLE IF NOT EXISTS wp_prm_calendar_objects (
	connection BIGINT UNSIGNED NOT NULL,
	calendar_hash BINARY(16) NOT NULL,
	object_hash BINARY(16) NOT NULL, -- of the calendar and the key
	object_key TEXT NOT NULL, -- the href in its one canonical spelling
	href TEXT NOT NULL, -- as the server spells it
	etag VARBINARY(1024) NULL, -- NULL: to be read again in any case
	expanded_to BIGINT NOT NULL, -- occurrences up to here are stored
	problem TEXT NULL, -- why it, or a part of it, could not be read
	PRIMARY KEY (connection, object_hash),
	KEY calendar (connection, calendar_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The posts of events. The key keeps two processes from storing one event twice.
CREATE TABLE IF NOT EXISTS wp_prm_calendar_events (
	connection BIGINT UNSIGNED NOT NULL,
	event_hash BINARY(16) NOT NULL, -- of the event's uid
	event_uid TEXT NOT NULL,
	calendar_hash BINARY(16) NOT NULL,
	object_hash BINARY(16) NULL, -- NULL: the provider knows no objects
	post_id BIGINT UNSIGNED NOT NULL,
	content_hash BINARY(16) NOT NULL, -- of the rows as they were written
	starts BIGINT NOT NULL, -- site time as digits: 20260115090000
	ends BIGINT NOT NULL,
	PRIMARY KEY (connection, event_hash),
	KEY post (post_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Meetings that were logged: a row for each way to recognise one (the event; its iCalendar UID and start; its title and start).
-- The key keeps two processes from logging one meeting twice. A row whose comment is gone says that a person deleted it.
CREATE TABLE IF NOT EXISTS wp_prm_calendar_activities (
	user_id BIGINT UNSIGNED NOT NULL,
	meeting_hash BINARY(16) NOT NULL,
	person_id BIGINT UNSIGNED NOT NULL,
	comment_id BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (user_id, meeting_hash, person_id),
	KEY comment (comment_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What ran, for `status`, `doctor` and whoever wonders. Old rows are deleted.
CREATE TABLE IF NOT EXISTS wp_prm_calendar_runs (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	command VARCHAR(20) NOT NULL,
	host VARCHAR(255) NOT NULL, -- and, behind a colon, the process, so that one that was killed is known
	started_at BIGINT NOT NULL,
	ended_at BIGINT NULL, -- NULL: still running, or ended without saying so
	exit_status INT NULL,
	connections_done INT UNSIGNED NOT NULL DEFAULT 0,
	connections_failed INT UNSIGNED NOT NULL DEFAULT 0,
	connections_skipped INT UNSIGNED NOT NULL DEFAULT 0,
	events_added INT UNSIGNED NOT NULL DEFAULT 0,
	events_changed INT UNSIGNED NOT NULL DEFAULT 0,
	events_removed INT UNSIGNED NOT NULL DEFAULT 0,
	meetings_logged INT UNSIGNED NOT NULL DEFAULT 0,
	PRIMARY KEY (id),
	KEY started (started_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- This file was run.
INSERT IGNORE INTO wp_prm_calendar_schema (version, applied_at) VALUES (1, UNIX_TIMESTAMP());
