# SPDX-License-Identifier: GPL-2.0-or-later
"""Our own rules find what they are there to find."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
HEAD = "/* SPDX-License-Identifier: GPL-2.0-or-later */\n"


class LintRules(unittest.TestCase):
    """A small house, in which one thing at a time is wrong."""

    def setUp(self):
        self.house = Path(tempfile.mkdtemp(prefix="prm-lint-"))
        self.addCleanup(shutil.rmtree, self.house)

    def write(self, **files):
        for name, text in files.items():
            room, _, module = name.partition("_")
            path = self.house / "src" / room / (module[:-2] + "." + module[-1])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(HEAD + text, encoding="utf-8")

    def lint(self):
        done = subprocess.run([TOP / "tests/lint/lint-rules"], cwd=self.house, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 1 if done.stdout else 0, done.stderr)
        # The doors of a whole house are not there.
        return [line for line in done.stdout.splitlines() if "names a door" not in line]

    def circles(self):
        for source in self.house.rglob("*.c"):
            target = self.house / "build" / source.relative_to(self.house).with_suffix(".o")
            target.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cc", "-Isrc", "-c", "-o", target, source], cwd=self.house, check=True)
        done = subprocess.run([TOP / "tests/lint/lint-circles", "build"], cwd=self.house, capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 1 if done.stdout else 0, done.stderr)
        return done.stdout

    def test_a_tidy_house_is_left_alone(self):
        self.write(wp_user_h="#pragma once\n", wp_user_c='#include "wp/user.h"\n#include "site/option.h"\n',
                   site_option_h="#pragma once\n")
        self.assertEqual(self.lint(), [])

    def test_an_arrow_that_points_back(self):
        self.write(site_option_c='#include "wp/user.h"\n')
        self.assertEqual(self.lint(), ["src/site/option.c:2: src/site/ may not include src/wp/"])

    def test_a_room_that_is_entered_by_no_door(self):
        self.write(sync_pass_c='#include "wp/event_batch.h"\n')
        self.assertEqual(self.lint(), [
            "src/sync/pass.c:2: wp/event_batch.h is no door of src/wp/: only its own room may include it"])

    def test_a_room_that_is_not_in_the_table(self):
        self.write(attic_box_c="")
        self.assertEqual(self.lint(), ["src/attic/box.c:1: src/attic/ is no room of the design"])

    def test_a_library_outside_of_its_room(self):
        self.write(wp_user_c="#include <mysql.h>\n")
        self.assertEqual(self.lint(), ["src/wp/user.c:2: only src/db/ may include <mysql.h>"])

    def test_files_that_include_each_other(self):
        self.write(wp_user_h='#include "wp/post.h"\n', wp_post_h='#include "wp/page.h"\n',
                   wp_page_h='#include "wp/user.h"\n')
        self.assertEqual(self.lint(), ["files include each other in a circle: "
                                       "src/wp/page.h -> src/wp/user.h -> src/wp/post.h -> src/wp/page.h"])

    def test_sql_in_a_room_that_holds_none(self):
        self.write(sync_pass_c='const char *sql = "SELECT 1";\n')
        self.assertIn("src/sync/pass.c:2: SQL stands only in", self.lint()[0])

    def test_a_banned_function(self):
        self.write(util_log_c="void f(char *a, char *b)\n{\n\tstrcpy(a, b);\n}\n")
        self.assertEqual(self.lint(), ["src/util/log.c:4: strcpy() is banned"])

    def test_files_that_call_each_other(self):
        self.write(wp_user_c="int post(void);\nint user(void)\n{\n\treturn post();\n}\n",
                   wp_post_c="int user(void);\nint post(void)\n{\n\treturn user();\n}\n")
        self.assertEqual(self.lint(), [])
        self.assertEqual(self.circles(), "files call each other in a circle: "
                                         "src/wp/post.c -> src/wp/user.c -> src/wp/post.c\n")

    def test_a_call_past_the_table_that_no_include_shows(self):
        self.write(site_option_c="int user(void);\nint option(void)\n{\n\treturn user();\n}\n",
                   wp_user_c="int user(void)\n{\n\treturn 1;\n}\n")
        self.assertEqual(self.circles(), "src/site/option.c: calls into src/wp/user.c, "
                                         "but src/site/ may not use src/wp/\n")

    def test_objects_that_were_not_made(self):
        self.write(wp_user_c="")
        done = subprocess.run([TOP / "tests/lint/lint-circles", "build"], cwd=self.house, capture_output=True,
                              text=True, check=False)
        self.assertEqual((done.returncode, done.stdout),
                         (1, "cannot look for circles: build/src/wp/user.o is not there; run make first\n"))


if __name__ == "__main__":
    unittest.main()
