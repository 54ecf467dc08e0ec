# SPDX-License-Identifier: GPL-2.0-or-later
"""A site's rows set aside, to be put back before each of many runs."""

SAVED = ("posts", "postmeta", "comments", "commentmeta", "usermeta", "options")
OWN_TABLES = "wp_prm_calendar_"


def own_tables(session):
    names = session.rows("SHOW TABLES LIKE 'wp\\_prm\\_calendar\\_%';")
    return [name for row in names for name in row.values()]


def forget_own_tables(session):
    session.run("".join(f"DROP TABLE {table};" for table in own_tables(session)) + "DO 0;")


class Snapshot:
    """Kept in a second database on the same server; drop() removes it."""

    def __init__(self, session, wp):
        self.session = session
        self._copy = f"{wp.name}_copy"
        session.run(f"DROP DATABASE IF EXISTS `{self._copy}`; CREATE DATABASE `{self._copy}`;")
        self._tables = [f"wp_{name}" for name in SAVED] + own_tables(self.session)
        session.run("".join(
            f"CREATE TABLE `{self._copy}`.{table} LIKE {table};"
            f"INSERT INTO `{self._copy}`.{table} SELECT * FROM {table};" for table in self._tables))

    def restore(self):
        """Our own tables too: those that came later go, those that went come back."""
        there = own_tables(self.session)
        gone = [table for table in self._tables if table.startswith(OWN_TABLES) and table not in there]
        statements = [f"DROP TABLE {table};" for table in there if table not in self._tables]
        statements += [f"CREATE TABLE {table} LIKE `{self._copy}`.{table};" for table in gone]
        statements += [f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM `{self._copy}`.{table};"
                       for table in self._tables]
        self.session.run("".join(statements))

    def drop(self):
        self.session.run(f"DROP DATABASE IF EXISTS `{self._copy}`;")
