-- Whether something else (the theme's own sync) wrote the events of a connection since the last run, and who holds the theme's lock.
-- After 005_sightings.sql, in the same way.

ALTER TABLE wp_prm_calendar_connections
	ADD COLUMN last_sync_hash BINARY(16) NULL; -- of the connection's last_sync as the last run left it; NULL: not known

ALTER TABLE wp_prm_calendar_connections
	ADD COLUMN rows_mark VARCHAR(64) NOT NULL DEFAULT ''; -- of its posts as the last run left them; '': not known

ALTER TABLE wp_prm_calendar_connections
	ADD COLUMN others_at BIGINT NOT NULL DEFAULT 0; -- when something else was last seen to have written; 0: never

ALTER TABLE wp_prm_calendar_connections
	ADD COLUMN others_times INT UNSIGNED NOT NULL DEFAULT 0; -- how often

ALTER TABLE wp_prm_calendar_connections
	ADD COLUMN others_mended INT UNSIGNED NOT NULL DEFAULT 0; -- events that were written again after that

ALTER TABLE wp_prm_calendar_connections
	ADD COLUMN locked_until BIGINT NOT NULL DEFAULT 0; -- how long the theme's lock on it is held; 0: not

-- This file was run.
INSERT IGNORE INTO wp_prm_calendar_schema (version, applied_at) VALUES (6, UNIX_TIMESTAMP());
