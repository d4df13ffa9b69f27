/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "update-private.h"

static const CrdtLimits default_limits = {
  CRDT_MAX_UPDATE, CRDT_MAX_GAP, CRDT_MAX_PENDING_BYTES, CRDT_MAX_PENDING_STRUCTS, CRDT_MAX_DEPTH, CRDT_MAX_ROOTS,
};

/**
 * crdt_doc_new:
 * @options: (nullable): NULL for a fresh client id and the default limits
 *
 * Returns: (transfer full): an empty document
 */
CrdtDoc *
crdt_doc_new (const CrdtOptions *options)
{
  CrdtDoc *self = g_new0 (CrdtDoc, 1);

  self->limits = options != NULL && options->limits != NULL ? *options->limits : default_limits;
  self->keep_deleted = options != NULL && options->keep_deleted;
  self->client_id = options != NULL ? options->client_id : 0;
  while (self->client_id == 0)
    self->client_id = g_random_int ();
  self->payloads = g_array_new (FALSE, FALSE, sizeof (CrdtPayload));
  self->free_payloads = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->types = g_ptr_array_new ();
  g_ptr_array_add (self->types, NULL);
  self->alloc_seqs = 4;
  self->seqs = g_new0 (CrdtSeq, self->alloc_seqs);
  self->n_seqs = 1;
  crdt_strings_init (&self->strings);
  self->alloc_clients = 4;
  self->clients = g_new0 (CrdtClient, self->alloc_clients);
  self->n_clients = 1;
  self->n_client_slots = 8;
  self->client_slots = g_new0 (guint32, self->n_client_slots);
  self->loose = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->txn.clients = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->txn.deletes = g_array_new (FALSE, FALSE, sizeof (CrdtRange));
  self->txn.delete_order = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->txn.splits = g_array_new (FALSE, FALSE, sizeof (CrdtId));
  self->txn.candidates = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->txn.changed = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->missing = g_array_new (FALSE, FALSE, sizeof (CrdtWireId));
  self->pending_deletes = g_array_new (FALSE, FALSE, sizeof (CrdtWireRange));
  self->observers = g_array_new (FALSE, FALSE, sizeof (CrdtObserver));
  self->undos = g_ptr_array_new ();
  self->roots = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

/**
 * crdt_doc_free:
 * @self: (nullable): a document; not inside one of its callbacks
 *
 * Frees a document with all its types. Its items are freed block by block, not one by one.
 */
void
crdt_doc_free (CrdtDoc *self)
{
  if (self == NULL)
    return;
  g_return_if_fail (!self->busy);
  for (guint i = 0; i < self->observers->len; i++)
    {
      CrdtObserver *observer = &g_array_index (self->observers, CrdtObserver, i);

      if (observer->destroy != NULL)
        observer->destroy (observer->user_data);
    }
  crdt_doc_set_update_func (self, NULL, NULL, NULL);
  crdt_doc_set_block_func (self, NULL, NULL, NULL);
  for (guint i = 1; i < self->types->len; i++)
    if (crdt_type_at (self, i)->format_keys != NULL)
      g_array_unref (crdt_type_at (self, i)->format_keys);
  g_ptr_array_unref (self->types);
  g_array_unref (self->roots);
  crdt_store_clear (self);
  crdt_pool_clear (&self->items);
  crdt_pool_clear (&self->leaves);
  crdt_pool_clear (&self->inners);
  crdt_arena_clear (&self->arena);
  crdt_strings_clear (&self->strings);
  g_array_unref (self->payloads);
  g_array_unref (self->free_payloads);
  g_free (self->seqs);
  g_free (self->seq_buckets);
  g_free (self->loose_next);
  g_free (self->loose_prev);
  g_array_unref (self->loose);
  g_array_unref (self->txn.clients);
  g_array_unref (self->txn.deletes);
  g_array_unref (self->txn.delete_order);
  g_array_unref (self->txn.splits);
  g_array_unref (self->txn.candidates);
  g_array_unref (self->txn.changed);
  crdt_apply_cache_free (self);
  crdt_writer_clear (&self->update_buffer);
  g_clear_pointer (&self->crowd.siblings, g_array_unref);
  g_clear_pointer (&self->redone, g_hash_table_unref);
  g_clear_pointer (&self->pending, g_bytes_unref);
  g_array_unref (self->missing);
  g_array_unref (self->pending_deletes);
  g_array_unref (self->observers);
  g_ptr_array_unref (self->undos);
  g_free (self->scan);
  g_free (self);
}

guint64
crdt_doc_get_client_id (CrdtDoc *self)
{
  return self->client_id;
}

/**
 * crdt_doc_set_client_id:
 * @client_id: 0 for a fresh random one
 *
 * Writes under another id from now on; needed after a restore from a backup (threat G2).
 */
void
crdt_doc_set_client_id (CrdtDoc *self,
                        guint64  client_id)
{
  g_return_if_fail (self->txn.depth == 0 && client_id <= CRDT_MAX_INTEGER);
  while (client_id == 0)
    {
      client_id = g_random_int ();
      if (crdt_doc_find_client (self, client_id) != 0)
        client_id = 0;
    }
  self->client_id = client_id;
  self->client = 0;
}

/** Returns: how many bytes the document holds, counted as taken from malloc. */
gsize
crdt_doc_get_memory (CrdtDoc *self)
{
  gsize sum = sizeof *self + self->arena.total + self->strings.bytes;

  sum += (self->items.alloc_chunks + self->leaves.alloc_chunks + self->inners.alloc_chunks) * sizeof (gpointer);
  sum += self->payloads->len * sizeof (CrdtPayload) + self->alloc_seqs * sizeof (CrdtSeq);
  sum += self->n_buckets * sizeof (guint32) + self->types->len * sizeof (gpointer);
  sum += self->alloc_clients * sizeof (CrdtClient) + self->n_client_slots * sizeof (guint32);
  sum += (self->loose_alloc * 2 + self->scan_alloc) * sizeof (guint32);
  for (guint32 i = 1; i < self->n_clients; i++)
    {
      const CrdtClient *client = &self->clients[i];

      sum += client->alloc_chunks * sizeof (CrdtChunk) + client->narrow.alloc + client->wide.alloc * 2;
      sum += (client->narrow.alloc_marks + client->wide.alloc_marks) * 2 * sizeof (guint32);
    }
  if (self->pending != NULL)
    sum += g_bytes_get_size (self->pending);
  return sum;
}

/** Returns: the number of structs, the measure of a document's size. */
guint
crdt_doc_get_n_structs (CrdtDoc *self)
{
  return self->items.n > 0 ? self->items.n - 1 - self->items.n_free : 0;
}

/** Returns: how many units of a client are known, without gaps; 0 for an unknown one. */
guint64
crdt_doc_get_clock (CrdtDoc *self,
                    guint64  client_id)
{
  guint32 client = crdt_doc_find_client (self, client_id);

  return client != 0 ? self->clients[client].state : 0;
}

/* Roots */

CrdtType *
crdt_doc_root_by_number (CrdtDoc *doc,
                         guint32  name)
{
  for (guint i = 0; i < doc->roots->len; i++)
    {
      CrdtType *type = crdt_type_at (doc, g_array_index (doc->roots, guint32, i));

      if (type->name == name)
        return type;
    }
  return NULL;
}

/* Makes a root. */
CrdtType *
crdt_doc_add_root (CrdtDoc      *doc,
                   guint32       name,
                   CrdtTypeKind  kind)
{
  CrdtType *type = crdt_type_new (doc, kind, name, 0);

  type->root = TRUE;
  g_array_append_val (doc->roots, type->index);
  return type;
}

/**
 * crdt_doc_lookup_root:
 *
 * Returns: (transfer none) (nullable): the root called @name, if it has been named at all
 */
CrdtType *
crdt_doc_lookup_root (CrdtDoc    *self,
                      const char *name)
{
  guint32 number = crdt_strings_lookup (&self->strings, name, strlen (name));

  return number != 0 ? crdt_doc_root_by_number (self, number) : NULL;
}

/**
 * crdt_doc_get_root:
 * @kind: what it is to be; the first request decides, because the wire does not tell
 * @error: %CRDT_ERROR_KIND if it has been asked for as something else, %CRDT_ERROR_LIMIT if
 *   there are too many
 *
 * Returns: (transfer none) (nullable): the root called @name, made if need be
 */
CrdtType *
crdt_doc_get_root (CrdtDoc       *self,
                   const char    *name,
                   CrdtTypeKind   kind,
                   GError       **error)
{
  CrdtType *type = crdt_doc_lookup_root (self, name);

  g_return_val_if_fail (kind < CRDT_TYPE_UNKNOWN, NULL);
  if (type == NULL)
    {
      if (self->roots->len >= self->limits.max_roots)
        {
          g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_LIMIT, "too many roots");
          return NULL;
        }
      type = crdt_doc_add_root (self, crdt_strings_number (&self->strings, name, strlen (name)), kind);
    }
  else if (type->kind == CRDT_TYPE_UNKNOWN)
    type->kind = (guint8) kind;
  else if (type->kind != kind)
    {
      g_set_error (error, CRDT_ERROR, CRDT_ERROR_KIND, "the root %s is of another kind", name);
      return NULL;
    }
  return type;
}

/** Returns: (transfer full) (array zero-terminated=1): the names of all roots; g_strfreev() it. */
char **
crdt_doc_list_roots (CrdtDoc *self)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < self->roots->len; i++)
    {
      const CrdtType *type = crdt_type_at (self, g_array_index (self->roots, guint32, i));
      gsize n;
      const guint8 *name = crdt_string (self, type->name, &n);

      g_ptr_array_add (names, g_strndup ((const char *) name, n));
    }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

/* Hooks */

/**
 * crdt_doc_set_update_func:
 * @func: (nullable): gets the update of each transaction
 */
void
crdt_doc_set_update_func (CrdtDoc        *self,
                          CrdtUpdateFunc  func,
                          gpointer        user_data,
                          GDestroyNotify  destroy)
{
  if (self->update_destroy != NULL)
    self->update_destroy (self->update_data);
  self->update_func = func;
  self->update_data = user_data;
  self->update_destroy = destroy;
}

/**
 * crdt_doc_set_block_func:
 * @func: (nullable): decides about blocks that updates bring
 */
void
crdt_doc_set_block_func (CrdtDoc        *self,
                         CrdtBlockFunc   func,
                         gpointer        user_data,
                         GDestroyNotify  destroy)
{
  if (self->block_destroy != NULL)
    self->block_destroy (self->block_data);
  self->block_func = func;
  self->block_data = user_data;
  self->block_destroy = destroy;
}

/* The canonical hash */

static void
hash_number (GChecksum *sum,
             guint64    value)
{
  guint64 bits = GUINT64_TO_LE (value);

  g_checksum_update (sum, (const guchar *) &bits, 8);
}

static void
hash_bytes (GChecksum    *sum,
            const guint8 *data,
            gsize         length)
{
  hash_number (sum, length);
  g_checksum_update (sum, data, (gssize) length);
}

/* Hashes the live items of a sequence; runs of text count as one however they are cut. */
static void
hash_sequence (CrdtDoc   *doc,
               GChecksum *sum,
               guint32    seq,
               GArray    *types)
{
  g_auto(CrdtWriter) text = { 0 };

  for (CrdtHandle h = crdt_seq_first (doc, seq); h != 0; h = crdt_seq_next (doc, h))
    {
      const CrdtItem *item = crdt_item (doc, h);

      if (item->deleted)
        continue;
      if (item->ref == CRDT_REF_STRING)
        {
          gsize size = crdt_text_utf8_size (doc, item, 0, item->length);

          crdt_writer_reserve (&text, size);
          crdt_text_utf8_copy (doc, item, 0, item->length, text.data + text.len);
          text.len += size;
          continue;
        }
      if (text.len > 0)
        {
          hash_number (sum, CRDT_REF_STRING);
          hash_bytes (sum, text.data, text.len);
          text.len = 0;
        }
      if (item->ref == CRDT_REF_TYPE)
        {
          hash_number (sum, CRDT_REF_TYPE);
          hash_number (sum, crdt_type_at (doc, item->content)->kind);
          hash_number (sum, doc->clients[item->client].id);
          hash_number (sum, item->clock);
          g_array_append_val (types, item->content);
          continue;
        }
      /* Values of a list are hashed one by one: how they are grouped depends on history. */
      for (guint32 i = 0; i < item->length; i++)
        {
          const guint8 *data;
          gsize length;

          hash_number (sum, item->ref);
          crdt_payload_get (doc, item, i, 1, &data, &length);
          hash_bytes (sum, data, length);
          if (item->ref == CRDT_REF_FORMAT || item->ref == CRDT_REF_DOC)
            {
              data = crdt_string (doc, crdt_payload (doc, item->content)->key, &length);
              hash_bytes (sum, data, length);
            }
        }
    }
  if (text.len > 0)
    {
      hash_number (sum, CRDT_REF_STRING);
      hash_bytes (sum, text.data, text.len);
    }
}

static int
compare_keys (gconstpointer a,
              gconstpointer b,
              gpointer      data)
{
  const CrdtDoc *doc = data;
  const CrdtSeq *x = &doc->seqs[*(const guint32 *) a];
  const CrdtSeq *y = &doc->seqs[*(const guint32 *) b];

  return g_bytes_compare (g_ptr_array_index (doc->strings.strings, x->key),
                          g_ptr_array_index (doc->strings.strings, y->key));
}

static int
compare_roots (gconstpointer a,
               gconstpointer b,
               gpointer      data)
{
  const CrdtDoc *doc = data;

  return g_bytes_compare (g_ptr_array_index (doc->strings.strings,
                                             crdt_type_at (doc, *(const guint32 *) a)->name),
                          g_ptr_array_index (doc->strings.strings,
                                             crdt_type_at (doc, *(const guint32 *) b)->name));
}

/**
 * crdt_doc_hash:
 *
 * A hash of the state: what is known of each client, what is deleted, and all content in
 * its order. Replicas that have got the same updates have the same hash, whatever order
 * they came in and whether or not deleted content has been collected. Pending parts do not
 * count. O(size).
 *
 * Returns: (transfer full): SHA-256 in hexadecimal
 */
char *
crdt_doc_hash (CrdtDoc *self)
{
  g_autoptr(GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr(GBytes) state = crdt_doc_encode_state_vector (self);
  g_autoptr(GArray) types = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_auto(CrdtEncoder) encoder;
  guint n_roots;
  gsize length;
  const guint8 *data = g_bytes_get_data (state, &length);

  hash_bytes (sum, data, length);
  crdt_encoder_init (&encoder, CRDT_FORMAT_V1);
  crdt_encode_deletes (&encoder, self);
  hash_bytes (sum, encoder.rest.data, encoder.rest.len);
  for (guint i = 0; i < self->roots->len; i++)
    {
      const CrdtType *type = crdt_type_at (self, g_array_index (self->roots, guint32, i));

      if (type->list != 0 || type->first_key != 0)
        g_array_append_val (types, type->index);
    }
  g_array_sort_with_data (types, compare_roots, self);
  n_roots = types->len;
  for (guint i = 0; i < types->len; i++)
    {
      const CrdtType *type = crdt_type_at (self, g_array_index (types, guint32, i));
      g_autoptr(GArray) keys = g_array_new (FALSE, FALSE, sizeof (guint32));

      if (i < n_roots)
        {
          data = crdt_string (self, type->name, &length);
          hash_bytes (sum, data, length);
        }
      hash_number (sum, i);
      if (type->list != 0)
        hash_sequence (self, sum, type->list, types);
      for (guint32 seq = type->first_key; seq != 0; seq = self->seqs[seq].next)
        g_array_append_val (keys, seq);
      g_array_sort_with_data (keys, compare_keys, self);
      for (guint k = 0; k < keys->len; k++)
        {
          guint32 seq = g_array_index (keys, guint32, k);

          data = crdt_string (self, self->seqs[seq].key, &length);
          hash_bytes (sum, data, length);
          hash_sequence (self, sum, seq, types);
        }
    }
  return g_strdup (g_checksum_get_string (sum));
}
