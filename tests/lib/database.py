# SPDX-License-Identifier: GPL-2.0-or-later
"""Which database server the tests run against: PRM_TEST_DATABASE (make check DATABASE=…)."""

import os

from .mariadb import MariaDb
from .mysql import MySql

SERVERS = {"mariadb": MariaDb, "mysql": MySql}


def server_class():
    return SERVERS[os.environ.get("PRM_TEST_DATABASE") or "mariadb"]
