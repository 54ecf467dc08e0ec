/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the check of object_cache_ops.json: which entries of the object cache our write drops. */
#pragma once

#include "replay.h"

/* From now on the entries are noted in `replay->dropped`. */
void replay_cache_watch(Replay *replay);

/* Each entry that WordPress changed (`replay->cache_ops`) must have been dropped; more may be. */
void replay_cache_compare(Replay *replay);
