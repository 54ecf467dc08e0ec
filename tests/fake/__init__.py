# SPDX-License-Identifier: GPL-2.0-or-later
"""Scripted servers that misbehave on request."""
