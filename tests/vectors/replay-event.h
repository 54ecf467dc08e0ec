/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the check of db_writes.json: our store does to an event what a case does with WordPress's
 * functions. */
#pragma once

#include "replay.h"

void replay_event_insert(Replay *replay);
void replay_event_update(Replay *replay);
void replay_event_trash(Replay *replay);
void replay_event_restore(Replay *replay);
void replay_event_delete(Replay *replay);
