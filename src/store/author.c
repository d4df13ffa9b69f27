/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Authors by number. The key of one says by what it is recognised: "me" for this account; "o/CONVERSATION/ID" by occupant id
 * (XEP-0421), which is a room's own; "a/ADDRESS" by bare address; "n/CONVERSATION/NICK" where a room tells nothing better.
 */

#include "message-private.h"

#include <string.h>

gboolean
store_author_intern (StoreTransaction  *tx,
                     gint64             conversation,
                     const StoreAuthor *author,
                     gint64            *out_id,
                     GError           **error)
{
  g_autofree char *key = NULL;
  gboolean stale = FALSE;
  int step;

  if (!store_check_text (author->sender, STORE_LIMIT_ID * 3, "sender", error) ||
      !store_check_text (author->occupant_id, STORE_LIMIT_ID, "occupant id", error) ||
      !store_check_text (author->nick, STORE_LIMIT_ID, "nickname", error))
    return FALSE;

  if (author->direction == STORE_DIRECTION_OUT)
    key = g_strdup ("me");
  else if (author->occupant_id != NULL)
    key = g_strdup_printf ("o/%" G_GINT64_FORMAT "/%s", conversation, author->occupant_id);
  else if (author->sender != NULL)
    key = g_strdup_printf ("a/%s", author->sender);
  else
    key = g_strdup_printf ("n/%" G_GINT64_FORMAT "/%s", conversation, author->nick != NULL ? author->nick : "");

  *out_id = 0;
  {
    g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT id, address, nick FROM author WHERE key = ?", "s", key);

    if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
      return FALSE;
    if (step == 1)
      {
        *out_id = sqlite3_column_int64 (statement, 0);
        stale = (author->sender != NULL && sqlite3_column_type (statement, 1) == SQLITE_NULL) ||
                (author->nick != NULL && g_strcmp0 (author->nick, (const char *) sqlite3_column_text (statement, 2)) != 0);
      }
  }
  if (*out_id == 0)
    {
      if (!store_exec (tx, error, "INSERT INTO author (key, address, occupant, nick) VALUES (?, ?, ?, ?)", "ssss", key,
                       author->sender, author->occupant_id, author->nick))
        return FALSE;
      *out_id = store_last_row (tx);
      return TRUE;
    }
  return !stale || tx->access == STORE_ACCESS_READ ||
         store_exec (tx, error, "UPDATE author SET address = coalesce(address, ?), nick = coalesce(?, nick) WHERE id = ?", "ssi",
                     author->sender, author->nick, *out_id);
}

gboolean
store_author_equal (StoreTransaction *tx,
                    gint64            a,
                    gint64            b,
                    gboolean         *out_equal,
                    GError          **error)
{
  gint64 equal;

  *out_equal = a == b;
  if (a == b)
    return TRUE;
  /* The strongest name that both have decides. */
  if (!store_get_int64 (tx, error, 0, &equal,
                        "SELECT CASE WHEN x.key = 'me' OR y.key = 'me' THEN 0 "
                        "WHEN x.occupant IS NOT NULL AND y.occupant IS NOT NULL THEN x.occupant = y.occupant "
                        "WHEN x.address IS NOT NULL AND y.address IS NOT NULL THEN x.address = y.address "
                        "ELSE coalesce(x.nick = y.nick, 0) END FROM author x, author y WHERE x.id = ? AND y.id = ?", "ii", a, b))
    return FALSE;
  *out_equal = equal != 0;
  return TRUE;
}

gboolean
store_archive_intern (StoreTransaction *tx,
                      const char       *address,
                      gint64           *out_id,
                      GError          **error)
{
  *out_id = 0;
  if (address == NULL)
    return TRUE;
  if (!store_check_required (address, STORE_LIMIT_ID * 3, "archive", error) ||
      !store_get_int64 (tx, error, 0, out_id, "SELECT id FROM archive WHERE address = ?", "s", address))
    return FALSE;
  if (*out_id == 0)
    {
      if (!store_exec (tx, error, "INSERT INTO archive (address) VALUES (?)", "s", address))
        return FALSE;
      *out_id = store_last_row (tx);
    }
  return TRUE;
}
