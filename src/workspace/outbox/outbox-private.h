/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/outbox/outbox.h"

G_BEGIN_DECLS

typedef struct _AtriumWorkspace AtriumWorkspace;

AtriumOutbox *atrium_outbox_new              (AtriumWorkspace *workspace) G_GNUC_WARN_UNUSED_RESULT;
void          atrium_outbox_detach           (AtriumOutbox    *self);
/* Reads the entries anew. */
void          atrium_outbox_reload           (AtriumOutbox    *self);
/* An error came back for a message that was settled already: it failed after all. */
void          atrium_outbox_note_late_bounce (AtriumOutbox    *self,
                                              const char      *stanza_id,
                                              const GError    *error);

G_END_DECLS
