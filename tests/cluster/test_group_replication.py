# SPDX-License-Identifier: GPL-2.0-or-later
"""Three sidecars and MySQL's Group Replication with one primary, where all write."""

import unittest

from lib.cluster_story import ClusterStory, CommonStories
from lib.group_replication import GROUP, ReplicationGroup
from lib.processes import wait_until
from lib.program import run_program

EX_UNAVAILABLE = 69
MAY_SEE = "GRANT SELECT ON performance_schema.replication_group_members TO"


class GroupStories(CommonStories):
    """What the program says of a group."""

    def grant_sight(self):
        self.cluster.writable(0).sql(f"{MAY_SEE} '{self.wp.user}'@'localhost'")
        self.cluster.settle()

    def test_doctor_names_the_state_of_the_group_to_those_who_may_see_it(self):
        message = self.check(0, "server")["message"]
        self.assertRegex(message, rf"MySQL .* in the replication group {GROUP} \(its state is for those who may read")
        self.grant_sight()
        found = self.check(0, "server")
        self.assertIn(f"in the replication group {GROUP} (ONLINE, PRIMARY; 3 of 3 members online)", found["message"])
        self.assertEqual(found["status"], "ok")


class OnePrimary(GroupStories, ClusterStory):

    @classmethod
    def make_cluster(cls, folder):
        return ReplicationGroup(folder, single_primary=True)

    def test_a_member_without_quorum_holds_nobody_for_ever(self):
        """It lets writes wait; the program gives up, and all goes on when the others are back."""
        self.connect(self.anna, self.work.connection(1))
        self.meet("first", -1)
        self.grant_sight()
        lonely = self.cluster.writable(0)
        self.addCleanup(self.cluster.mend)
        for member in self.cluster.members:
            if member is not lonely:
                member.freeze()
        wait_until(lambda: lonely.online() == 1, "the quorum to be lost", 60)
        found = self.check(0, "server")
        self.assertEqual(found["status"], "fail")
        self.assertIn("1 of 3 members online", found["message"])
        done = run_program("sync", "--all", ini=self.inis[0], secs=300)
        self.assertEqual(done.status, EX_UNAVAILABLE, done)
        self.cluster.mend()
        self.point_sidecars()
        self.sync_together()
        self.assertEqual(self.titles(self.anna), ["First"])
        self.assert_all_holds()

    def test_a_secondary_is_read_only_and_doctor_says_what_to_name(self):
        secondary = next(member for member in self.cluster.members if member is not self.cluster.primary)
        ini = self.write_ini("secondary.ini", database_socket=secondary.socket)
        self.connect(self.anna, self.work.connection(1))
        self.cluster.settle()
        done = run_program("doctor", "--json", ini=ini)
        found = next(one for one in done.json["checks"] if one["check"] == "server")
        self.assertEqual((found["status"], found["remedy"]), ("fail", "name the primary in [database]"))
        self.assertEqual(run_program("sync", "--all", ini=ini).status, EX_UNAVAILABLE)


if __name__ == "__main__":
    unittest.main()
