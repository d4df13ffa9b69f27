/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sql-private.h"

G_BEGIN_DECLS

/* What the chat list shows of the newest message, after it changed. */
gboolean store_conversation_refresh_last   (StoreTransaction *tx, gint64 id, GError **error);
/* Counts unread messages anew. */
gboolean store_conversation_refresh_unread (StoreTransaction *tx, gint64 id, GError **error);

G_END_DECLS
