/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

G_BEGIN_DECLS

/*
 * Small things by name. A getter returns TRUE with NULL when there is no such thing. Keys at most 1 kB, values 1 MB.
 */

/* The account and what it remembers. Never secrets. */
gboolean       store_setting_get            (StoreTransaction *tx, const char *key, GBytes **out_value, GError **error);
gboolean       store_setting_set            (StoreTransaction *tx, const char *key, GBytes *value, GError **error);  /* NULL removes */
gboolean       store_setting_get_string     (StoreTransaction *tx, const char *key, char **out_value, GError **error);
gboolean       store_setting_set_string     (StoreTransaction *tx, const char *key, const char *value, GError **error);
/* All keys beginning with @prefix → GBytes. */
GHashTable    *store_setting_list           (StoreTransaction *tx, const char *prefix, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How far something that is not an archive was synchronised (roster version, node cursors). Forgotten by a rescue. */
gboolean       store_cursor_get             (StoreTransaction *tx, const char *name, char **out_value, GError **error);
gboolean       store_cursor_set             (StoreTransaction *tx, const char *name, const char *value, GError **error);

/* Answers that belong to a capability hash (XEP-0115). At most 2,000 are kept, the least recently used go. */
gboolean       store_caps_get               (StoreTransaction *tx, const char *hash, GBytes **out_data, GError **error);
gboolean       store_caps_set               (StoreTransaction *tx, const char *hash, GBytes *data, gint64 now, GError **error);
/* All of them: hash → GBytes, to fill the cache in memory. */
GHashTable    *store_caps_list              (StoreTransaction *tx, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* State of a resumable stream (XEP-0198 §5), written in the transaction of the stanzas that it counts. */
gboolean       store_session_get            (StoreTransaction *tx, const char *account, GBytes **out_state, GError **error);
gboolean       store_session_set            (StoreTransaction *tx, const char *account, GBytes *state, GError **error);

G_END_DECLS
