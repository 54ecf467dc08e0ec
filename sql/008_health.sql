-- Since when a connection fails. After 007_uids.sql, in the same way.

ALTER TABLE wp_prm_calendar_connections
	ADD COLUMN failing_at BIGINT NOT NULL DEFAULT 0; -- when the first of the failures came that no success followed; 0: it does not fail

-- This file was run.
INSERT IGNORE INTO wp_prm_calendar_schema (version, applied_at) VALUES (8, UNIX_TIMESTAMP());
