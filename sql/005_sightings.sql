-- Meetings that several calendars of a connection hold: who else holds one, besides the calendar that its row in
-- wp_prm_calendar_events names. That row is the first sighting of each event, so that what is stored needs no copying: the others
-- are added when their calendars are next listed. After 004_span.sql, in the same way.

CREATE TABLE IF NOT EXISTS wp_prm_calendar_sightings (
	connection BIGINT UNSIGNED NOT NULL,
	event_hash BINARY(16) NOT NULL, -- of the event's uid
	calendar_hash BINARY(16) NOT NULL,
	worth TINYINT UNSIGNED NOT NULL, -- how much this copy counts beside the others
	PRIMARY KEY (connection, event_hash, calendar_hash),
	KEY calendar (connection, calendar_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

ALTER TABLE wp_prm_calendar_events
	ADD COLUMN worth TINYINT UNSIGNED NOT NULL DEFAULT 0; -- of the copy that the row is made of; 0: not known

-- This file was run.
INSERT IGNORE INTO wp_prm_calendar_schema (version, applied_at) VALUES (5, UNIX_TIMESTAMP());
