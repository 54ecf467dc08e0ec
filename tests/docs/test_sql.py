# SPDX-License-Identifier: GPL-2.0-or-later
"""The SQL of src/ and sql/ is what MariaDB 10.11 and MySQL 8 both know (CONTRIBUTING, "SQL")."""

import re
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
ROOMS = ("wp", "state", "site", "schema", "db")  # that may hold SQL (CONTRIBUTING)

# What only one of them knows, or what they understand differently. Why it is here: who lacks it.
DIALECT = {
    r"RETURNING": "MySQL",
    r"SKIP LOCKED": "MariaDB before 10.6, MySQL 5.7",
    r"FOR (SHARE|UPDATE) OF": "MariaDB",
    r"FOR SHARE": "MariaDB",
    r"VALUES ROW": "MariaDB",
    r"AS \w+ ON DUPLICATE KEY": "MariaDB",
    r"= VALUE\(": "MySQL",
    r"JSON_\w+": "they differ",
    r"LATERAL": "MariaDB",
    r"(NEXT|PREVIOUS) VALUE FOR": "MySQL",
    r"CREATE (OR REPLACE )?SEQUENCE": "MySQL",
    r"CREATE OR REPLACE TABLE": "MySQL",
    r"(ADD|DROP|MODIFY|CHANGE) (COLUMN|KEY|INDEX) IF": "MySQL",
    r"WAIT \d": "MySQL",
    r"NOWAIT": "MySQL 5.7",
    r"(INTERSECT|EXCEPT) ": "MySQL before 8.0.31",
    r"REGEXP_\w+": "they differ",
    r"MEMBER OF": "MariaDB",
    r"INVISIBLE|IGNORED": "each has its own word",
    r"ANY_VALUE": "MariaDB",
    r"(GET|RELEASE)_LOCK": "clusters do not share it",
    r"UUID_TO_BIN|BIN_TO_UUID": "MariaDB",
    r"(SHA1?|MD5|DES_ENCRYPT|ENCODE|ENCRYPT|PASSWORD|OLD_PASSWORD)\(": "MySQL 9.6, MySQL 8",
    r"utf8mb4_0900\w*": "MariaDB before 11.4",
    r"utf8mb4_uca1400\w*": "MySQL",
    r"/\*[!M+]": "a comment that only one of them runs or reads",
}
PATTERN = re.compile("|".join(rf"(?<!\w){words}" for words in DIALECT), re.IGNORECASE)
VERB = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|ALTER TABLE|CREATE TABLE|SHOW|SET|"
                  r"ON DUPLICATE KEY|FOR UPDATE|VALUES|WHERE|UNION)\b")
LITERALS = re.compile(r'"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*')


def code_only(text):
    """Without comments; strings, which may hold what begins one, stay."""
    parts = re.split(r'("(?:\\.|[^"\\\n])*")', text)
    for index in range(0, len(parts), 2):
        parts[index] = parts[index].replace("//", "\x00")
    joined = "".join(part if index % 2 == 0 else part.replace("/*", "/\x01*")
                     for index, part in enumerate(parts))
    joined = re.sub(r"/\*.*?\*/", " ", joined, flags=re.DOTALL)
    return joined.replace("/\x01*", "/*")


def statements(text):
    """String literals that hold SQL; those that stand side by side are one, as for the compiler."""
    for found in LITERALS.finditer(code_only(text)):
        joined = re.sub(r'"\s*"', "", found.group(0))[1:-1].replace("\\n", " ").replace("\\t", " ")
        if VERB.search(joined):
            yield " ".join(joined.split())


def dialect_in(sql):
    found = PATTERN.search(sql)
    return found.group(0) if found else None


class Dialects(unittest.TestCase):
    def sources(self):
        return sorted(path for room in ROOMS for path in (TOP / "src" / room).glob("*.[ch]"))

    def test_statements_in_the_code_are_known_to_both(self):
        count = 0
        for path in self.sources():
            for sql in statements(path.read_text(encoding="utf-8")):
                count += 1
                with self.subTest(file=path.name, sql=sql[:80]):
                    self.assertIsNone(dialect_in(sql))
        self.assertGreater(count, 60, "the statements are not found any more")

    def test_files_are_known_to_both(self):
        for path in sorted((TOP / "sql").glob("*.sql")):
            text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
            with self.subTest(file=path.name):
                self.assertIsNone(dialect_in(" ".join(text.split())))

    def test_words_of_one_dialect_are_found(self):
        for sql in ("DELETE FROM t WHERE a = 1 RETURNING a", "SELECT a FROM t FOR UPDATE SKIP LOCKED",
                    "INSERT INTO t VALUES (?) AS new ON DUPLICATE KEY UPDATE a = new.a",
                    "SELECT JSON_EXTRACT(a, '$') FROM t", "SELECT SHA1(a), SHA2(a, 256) FROM t", "SELECT GET_LOCK('a', 1)",
                    "ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT",
                    "SELECT /*! STRAIGHT_JOIN */ a FROM t", "SELECT a COLLATE utf8mb4_0900_ai_ci"):
            with self.subTest(sql=sql):
                self.assertIsNotNone(dialect_in(sql))
        # The only form that both know; MySQL advises against it.
        self.assertIsNone(dialect_in("INSERT INTO t (a) VALUES (?) "
                                     "ON DUPLICATE KEY UPDATE a = VALUES(a)"))

    def test_literals_side_by_side_are_one_statement(self):
        code = 'x = "SELECT a "\n\t"FROM t "\n "FOR SHARE"; /* "UPDATE t RETURNING" */ y = "no";'
        self.assertEqual(list(statements(code)), ["SELECT a FROM t FOR SHARE"])
