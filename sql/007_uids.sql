-- Which UIDs an object holds, so that those of one UID are read together in whatever objects of a calendar they lie. After
-- 006_others.sql, in the same way.

ALTER TABLE wp_prm_calendar_objects
	ADD COLUMN uids TEXT NULL; -- as the provider notes them; NULL: not known, which the next listing of all finds out

-- This file was run.
INSERT IGNORE INTO wp_prm_calendar_schema (version, applied_at) VALUES (7, UNIX_TIMESTAMP());
