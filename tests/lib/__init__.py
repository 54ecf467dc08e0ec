# SPDX-License-Identifier: GPL-2.0-or-later
"""The harness: private servers and a real WordPress in a temporary folder. Standard library only."""
