-- From when on the occurrences of an object are stored: of objects that were read under a clock that was ahead, earlier ones are
-- missing. After 002_gone.sql, in the same way.

ALTER TABLE wp_prm_calendar_objects
	ADD COLUMN expanded_from BIGINT NOT NULL DEFAULT 0;

-- This file was run.
INSERT IGNORE INTO wp_prm_calendar_schema (version, applied_at) VALUES (3, UNIX_TIMESTAMP());
