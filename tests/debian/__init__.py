# SPDX-License-Identifier: GPL-2.0-or-later
"""Other releases of Debian: make check-debian RELEASE=…"""
