-- The least privileges that prm-calendar needs, to be run once as root:
--
--   mysql wordpress < sql/grants.sql
--
-- Change the database (wordpress), the prefix (wp_), the password and, where the program runs on another
-- machine, 'localhost'. DELETE on posts is for `gone = delete` and `disconnect` alone; leave it out with `gone = trash`. Where people comment on events,
-- `gone = delete`, and `disconnect`, need DELETE on comments and commentmeta, too.

CREATE USER IF NOT EXISTS 'prm_calendar'@'localhost' IDENTIFIED BY 'change me';

-- Who the users are, and their connections: only the connections are ever changed. INSERT is for `connect` alone, and may be left out.
GRANT SELECT (ID, user_login, user_email, display_name) ON wordpress.wp_users TO 'prm_calendar'@'localhost';
GRANT SELECT, INSERT, UPDATE ON wordpress.wp_usermeta TO 'prm_calendar'@'localhost';

-- Events: posts and their meta. Contacts are posts too: read, and their comment_count updated.
GRANT SELECT, INSERT, UPDATE, DELETE ON wordpress.wp_posts TO 'prm_calendar'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON wordpress.wp_postmeta TO 'prm_calendar'@'localhost';

-- Activities: written, never changed, never removed. Comments on an event go with it to another post, into the trash and back.
GRANT SELECT, INSERT, UPDATE (comment_post_ID, comment_approved) ON wordpress.wp_comments TO 'prm_calendar'@'localhost';
GRANT SELECT, INSERT ON wordpress.wp_commentmeta TO 'prm_calendar'@'localhost';

-- Transients (whose turn it is) and locks.
GRANT SELECT, INSERT, UPDATE, DELETE ON wordpress.wp_options TO 'prm_calendar'@'localhost';

-- What the program remembers between its runs, in tables of its own. With CREATE and ALTER, which are for these tables alone, it
-- makes them itself, and an upgrade migrates them. Without, run the other files of this folder as root, before these lines and
-- after each upgrade that asks for it.
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON wordpress.wp_prm_calendar_schema TO 'prm_calendar'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON wordpress.wp_prm_calendar_users TO 'prm_calendar'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON wordpress.wp_prm_calendar_connections TO 'prm_calendar'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON wordpress.wp_prm_calendar_cursors TO 'prm_calendar'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON wordpress.wp_prm_calendar_objects TO 'prm_calendar'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON wordpress.wp_prm_calendar_events TO 'prm_calendar'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON wordpress.wp_prm_calendar_sightings TO 'prm_calendar'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON wordpress.wp_prm_calendar_activities TO 'prm_calendar'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON wordpress.wp_prm_calendar_runs TO 'prm_calendar'@'localhost';
