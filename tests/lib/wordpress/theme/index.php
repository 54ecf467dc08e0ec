<?php
// SPDX-License-Identifier: GPL-2.0-or-later
// WordPress calls a theme without this file broken.
