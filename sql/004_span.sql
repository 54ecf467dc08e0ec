-- Connections that have more events than the site keeps: how many days before and after now are kept of them.
-- After 003_window.sql, in the same way.

ALTER TABLE wp_prm_calendar_connections
	ADD COLUMN span_days INT UNSIGNED NOT NULL DEFAULT 0; -- 0: the whole window

-- This file was run.
INSERT IGNORE INTO wp_prm_calendar_schema (version, applied_at) VALUES (4, UNIX_TIMESTAMP());
