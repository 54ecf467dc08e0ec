-- Which events wait to be logged, so that a run reads these and not all that ever took place. After 008_health.sql, in the same way.

ALTER TABLE wp_prm_calendar_events
	ADD COLUMN waits TINYINT UNSIGNED NOT NULL DEFAULT 1; -- 0: nothing is left to do; 2: set aside by the rules of its connection

ALTER TABLE wp_prm_calendar_events
	ADD KEY waiting (waits, ends, post_id);

ALTER TABLE wp_prm_calendar_connections
	ADD COLUMN log_hash BINARY(16) NULL; -- of the rules by which its events were set aside; NULL: none were

-- This file was run.
INSERT IGNORE INTO wp_prm_calendar_schema (version, applied_at) VALUES (9, UNIX_TIMESTAMP());
