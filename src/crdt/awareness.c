/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "awareness.h"
#include "value-private.h"

typedef struct
{
  guint64  client_id;
  guint64  clock;
  gint64   seen;      /* ms, of the caller's clock */
  char    *state;     /* owned JSON, NULL once the client has gone */
} Peer;

struct _CrdtAwareness
{
  guint64            client_id;
  GHashTable        *peers;     /* &peer->client_id → Peer, owned */
  CrdtAwarenessFunc  func;
  gpointer           user_data;
};

static void
peer_free (gpointer data)
{
  g_free (((Peer *) data)->state);
  g_free (data);
}

/**
 * crdt_awareness_new:
 * @client_id: our id in the document
 *
 * Returns: (transfer full): the presence of everybody in one document
 */
CrdtAwareness *
crdt_awareness_new (guint64 client_id)
{
  CrdtAwareness *self = g_new0 (CrdtAwareness, 1);

  self->client_id = client_id;
  self->peers = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, peer_free);
  return self;
}

void
crdt_awareness_free (CrdtAwareness *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->peers);
  g_free (self);
}

/** Sets who is told when a state comes, changes or goes. */
void
crdt_awareness_set_func (CrdtAwareness     *self,
                         CrdtAwarenessFunc  func,
                         gpointer           user_data)
{
  self->func = func;
  self->user_data = user_data;
}

static Peer *
ensure_peer (CrdtAwareness *self,
             guint64        client_id)
{
  Peer *peer = g_hash_table_lookup (self->peers, &client_id);

  if (peer == NULL)
    {
      peer = g_new0 (Peer, 1);
      peer->client_id = client_id;
      g_hash_table_insert (self->peers, &peer->client_id, peer);
    }
  return peer;
}

static void
set_state (CrdtAwareness *self,
           Peer          *peer,
           const char    *state)
{
  gboolean same = g_strcmp0 (peer->state, state) == 0;

  if (same)
    return;
  g_free (peer->state);
  peer->state = g_strdup (state);
  if (self->func != NULL)
    self->func (self, peer->client_id, peer->state, self->user_data);
}

/**
 * crdt_awareness_set_local:
 * @state: (nullable): JSON; NULL when we go
 * @now: milliseconds of a clock that does not go back
 * @error: INVALID if it is not JSON, LIMIT if it is too long
 *
 * Sets or renews our own state; send crdt_awareness_encode() of our id then.
 */
gboolean
crdt_awareness_set_local (CrdtAwareness  *self,
                          const char     *state,
                          gint64          now,
                          GError        **error)
{
  Peer *peer;

  if (state != NULL)
    {
      g_autoptr(CrdtValue) value = NULL;

      if (strlen (state) > CRDT_AWARENESS_MAX_STATE)
        {
          g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_LIMIT, "awareness: the state is too long");
          return FALSE;
        }
      value = crdt_value_from_json (state, -1, error);
      if (value == NULL)
        return FALSE;
      if (crdt_value_get_kind (value) == CRDT_VALUE_NULL)
        state = NULL;
    }
  peer = ensure_peer (self, self->client_id);
  peer->clock++;
  peer->seen = now;
  set_state (self, peer, state);
  return TRUE;
}

/** Returns: (transfer none) (nullable): a client's state, NULL if it is not here. */
const char *
crdt_awareness_get (CrdtAwareness *self,
                    guint64        client_id)
{
  const Peer *peer = g_hash_table_lookup (self->peers, &client_id);

  return peer != NULL ? peer->state : NULL;
}

static int
compare_ids (const void *a,
             const void *b)
{
  guint64 x = *(const guint64 *) a;
  guint64 y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

/** Returns: (transfer full) (array length=n_clients): everybody who has a state, by rising id. */
guint64 *
crdt_awareness_list (CrdtAwareness *self,
                     guint         *n_clients)
{
  guint64 *ids = g_new (guint64, g_hash_table_size (self->peers) + 1);
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Peer *) value)->state != NULL)
      ids[n++] = ((Peer *) value)->client_id;
  qsort (ids, n, sizeof *ids, compare_ids);
  *n_clients = n;
  return ids;
}

/* One entry of a message. */
typedef struct
{
  guint64  client_id;
  guint64  clock;
  char    *state;
} Entry;

static void
entry_clear (gpointer data)
{
  g_free (((Entry *) data)->state);
}

static gboolean
read_entries (CrdtReader *reader,
              GArray     *entries)
{
  guint64 n;

  if (!crdt_reader_read_varuint (reader, &n))
    return FALSE;
  if (n > crdt_reader_left (reader) / 3)
    return crdt_reader_fail (reader, CRDT_ERROR_TRUNCATED, "a count is larger than the data");
  for (; n > 0; n--)
    {
      Entry entry = { 0 };
      const guint8 *text;
      gsize length;
      g_autoptr(CrdtValue) value = NULL;

      if (!crdt_reader_read_varuint (reader, &entry.client_id) || !crdt_reader_read_varuint (reader, &entry.clock)
          || !crdt_reader_read_varbytes (reader, &text, &length))
        return FALSE;
      if (length > CRDT_AWARENESS_MAX_STATE)
        return crdt_reader_fail (reader, CRDT_ERROR_LIMIT, "a state is too long");
      value = crdt_json_read (text, length);
      if (value == NULL)
        return crdt_reader_fail (reader, CRDT_ERROR_INVALID, "a state is not JSON");
      if (crdt_value_get_kind (value) != CRDT_VALUE_NULL)
        entry.state = g_strndup ((const char *) text, length);
      g_array_append_val (entries, entry);
    }
  return reader->at == reader->end || crdt_reader_fail (reader, CRDT_ERROR_INVALID, "bytes follow the end");
}

/**
 * crdt_awareness_apply:
 * @now: milliseconds, as in crdt_awareness_set_local()
 * @out_answer: (out) (optional): TRUE if somebody says that we have gone: send our state again
 * @error: #CrdtError; nothing has changed then
 *
 * Takes in a message about others.
 */
gboolean
crdt_awareness_apply (CrdtAwareness  *self,
                      const guint8   *data,
                      gsize           length,
                      gint64          now,
                      gboolean       *out_answer,
                      GError        **error)
{
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  CrdtReader reader;
  guint n_new = 0;

  g_array_set_clear_func (entries, entry_clear);
  if (out_answer != NULL)
    *out_answer = FALSE;
  crdt_reader_init (&reader, data, length);
  if (!read_entries (&reader, entries))
    return crdt_reader_set_error (&reader, "awareness", error);
  for (guint i = 0; i < entries->len; i++)
    n_new += g_hash_table_lookup (self->peers, &g_array_index (entries, Entry, i).client_id) == NULL;
  if (g_hash_table_size (self->peers) + n_new > CRDT_AWARENESS_MAX_CLIENTS)
    {
      g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_LIMIT, "awareness: too many clients");
      return FALSE;
    }
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);
      Peer *peer = g_hash_table_lookup (self->peers, &entry->client_id);
      guint64 clock = peer != NULL ? peer->clock : 0;

      if (!(entry->clock > clock || (entry->clock == clock && entry->state == NULL
                                     && peer != NULL && peer->state != NULL)))
        continue;
      peer = ensure_peer (self, entry->client_id);
      if (entry->client_id == self->client_id && entry->state == NULL && peer->state != NULL)
        {
          /* We are still here: say so with a higher clock. */
          peer->clock = MIN (entry->clock, CRDT_MAX_INTEGER - 1) + 1;
          if (out_answer != NULL)
            *out_answer = TRUE;
          continue;
        }
      peer->clock = entry->clock;
      peer->seen = now;
      set_state (self, peer, entry->state);
    }
  return TRUE;
}

/** Removes who has not been heard of for %CRDT_AWARENESS_TIMEOUT; ourselves never. */
void
crdt_awareness_expire (CrdtAwareness *self,
                       gint64         now)
{
  GHashTableIter iter;
  gpointer value;
  g_autoptr(GArray) gone = g_array_new (FALSE, FALSE, sizeof (guint64));

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Peer *peer = value;

      if (peer->client_id != self->client_id && now - peer->seen >= CRDT_AWARENESS_TIMEOUT)
        g_array_append_val (gone, peer->client_id);
    }
  for (guint i = 0; i < gone->len; i++)
    {
      guint64 id = g_array_index (gone, guint64, i);

      set_state (self, g_hash_table_lookup (self->peers, &id), NULL);
      g_hash_table_remove (self->peers, &id);
    }
}

/**
 * crdt_awareness_encode:
 * @client_ids: (array length=n_clients) (nullable): whose states; NULL for all that are known
 *
 * Returns: (transfer full): a message for others
 */
GBytes *
crdt_awareness_encode (CrdtAwareness *self,
                       const guint64 *client_ids,
                       guint          n_clients)
{
  CrdtWriter writer = { 0 };
  g_autofree guint64 *all = NULL;
  guint n;

  if (client_ids == NULL)
    client_ids = all = crdt_awareness_list (self, &n_clients);
  n = 0;
  for (guint i = 0; i < n_clients; i++)
    n += g_hash_table_lookup (self->peers, &client_ids[i]) != NULL;
  crdt_writer_varuint (&writer, n);
  for (guint i = 0; i < n_clients; i++)
    {
      const Peer *peer = g_hash_table_lookup (self->peers, &client_ids[i]);
      const char *state;

      if (peer == NULL)
        continue;
      state = peer->state != NULL ? peer->state : "null";
      crdt_writer_varuint (&writer, peer->client_id);
      crdt_writer_varuint (&writer, peer->clock);
      crdt_writer_varbytes (&writer, state, strlen (state));
    }
  return crdt_writer_to_bytes (&writer);
}
