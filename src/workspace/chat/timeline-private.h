/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "workspace/chat/timeline.h"

G_BEGIN_DECLS

typedef struct _AtriumConversation AtriumConversation;

AtriumTimeline *atrium_timeline_new         (AtriumConversation *conversation) G_GNUC_WARN_UNUSED_RESULT;
/* A committed change of this conversation. */
void            atrium_timeline_note_change (AtriumTimeline     *self,
                                             const StoreChange  *change);
/* Too much changed to tell: reads the window anew. */
void            atrium_timeline_reset       (AtriumTimeline     *self);

G_END_DECLS
