# SPDX-License-Identifier: GPL-2.0-or-later
"""Three sidecars, each on another node of a Galera cluster, which shares no locks."""

import unittest

from lib.cluster_story import ClusterStory, CommonStories
from lib.galera import GaleraCluster
from lib.processes import wait_until
from lib.program import run_program

EX_UNAVAILABLE = 69


class Galera(CommonStories, ClusterStory):

    @classmethod
    def make_cluster(cls, folder):
        return GaleraCluster(folder)

    def test_a_node_without_quorum_refuses_and_says_so(self):
        self.connect(self.anna, self.work.connection(1))
        self.meet("first", -1)
        self.assertIn("a Galera cluster of 3", self.check(0, "server")["message"])
        for node in self.cluster.nodes[1:]:
            node.kill()
        lonely = self.cluster.nodes[0]
        wait_until(lambda: lonely.status("cluster_status") == "non-Primary", "the quorum to be lost", 60)
        self.assertEqual(self.check(0, "server")["status"], "fail")
        done = run_program("sync", "--all", ini=self.inis[0])
        self.assertEqual(done.status, EX_UNAVAILABLE, done)
        self.assert_one_line(done.stderr, "not ready")
        lonely.sql("SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES'")
        for node in self.cluster.nodes[1:]:
            node.start()
        self.cluster.wait_for_size(3)
        self.sync_together()
        self.assertEqual(self.titles(self.anna), ["First"])
        self.assert_all_holds()


if __name__ == "__main__":
    unittest.main()
