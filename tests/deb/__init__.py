# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian package, from building it to purging it; `make check-deb` runs this."""
