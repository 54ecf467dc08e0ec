# SPDX-License-Identifier: GPL-2.0-or-later
"""Stories against calendar servers of the world: make server-tests."""
