-- Calendars that their account does not have any more: their events are kept for some days, in case the calendar comes back.
-- After 001_state.sql, in the same way.

ALTER TABLE wp_prm_calendar_cursors
	ADD COLUMN gone_at BIGINT NOT NULL DEFAULT 0; -- since when; 0: it is there

-- This file was run.
INSERT IGNORE INTO wp_prm_calendar_schema (version, applied_at) VALUES (2, UNIX_TIMESTAMP());
