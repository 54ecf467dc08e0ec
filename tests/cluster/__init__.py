# SPDX-License-Identifier: GPL-2.0-or-later
"""Several sidecars on one cluster: make cluster-tests."""
