/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crdt-bench TRACE.json.gz [YJS_V1_FILE]
 *
 * Replays a recorded editing session through the document engine and prints, as its last
 * line, one JSON object with the time of each phase. The text is checked in every phase.
 * With a file that Yjs wrote for the same session, checks that ours is the same, byte for
 * byte, and loads it.
 */

#include "crdt/crdt.h"

#include <gio/gio.h>
#include <sys/resource.h>
#include <time.h>

typedef struct
{
  guint       at;
  guint       deleted;
  const char *text;
  gsize       n_bytes;
} Patch;

typedef struct
{
  Patch   *patches;
  guint    n_patches;
  guint    agent;
  guint   *parents;
  guint    n_parents;
} Txn;

typedef struct
{
  CrdtValue  *json;
  const char *end;
  gsize       n_end;
  char       *texts;    /* all insertions in a row: the phases measure the engine, not scattered input */
  Patch      *patches;
  Txn        *txns;
  guint       n_txns;
  guint       n_agents; /* 0: sequential */
} Trace;

typedef struct
{
  double ms;
  double cpu_ms;
} Timing;

static double
now_ms (clockid_t clock)
{
  struct timespec t;

  clock_gettime (clock, &t);
  return (double) t.tv_sec * 1e3 + (double) t.tv_nsec / 1e6;
}

static void
start (Timing *timing)
{
  timing->ms = now_ms (CLOCK_MONOTONIC);
  timing->cpu_ms = now_ms (CLOCK_PROCESS_CPUTIME_ID);
}

static void
stop (Timing *timing)
{
  timing->ms = now_ms (CLOCK_MONOTONIC) - timing->ms;
  timing->cpu_ms = now_ms (CLOCK_PROCESS_CPUTIME_ID) - timing->cpu_ms;
}

/* Phases are repeated while that is quick; the best time counts, as the machine may be busy. */
#define MAX_REPEATS 7
#define MAX_MS      1500

static void
keep_best (Timing       *best,
           const Timing *timing,
           guint         run)
{
  if (run == 0 || timing->ms < best->ms)
    best->ms = timing->ms;
  if (run == 0 || timing->cpu_ms < best->cpu_ms)
    best->cpu_ms = timing->cpu_ms;
}

static guint
number (CrdtValue  *object,
        const char *key)
{
  CrdtValue *value = crdt_value_get (object, key);

  return value != NULL ? (guint) crdt_value_get_number (value) : 0;
}

static gboolean
load_trace (Trace       *trace,
            const char  *path,
            GError     **error)
{
  g_autoptr(GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr(GFileInputStream) raw = g_file_read (file, NULL, error);
  g_autoptr(GZlibDecompressor) gunzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr(GInputStream) in = NULL;
  g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable ();
  CrdtValue *txns, *end;
  gsize n_texts = 0, n_patches = 0;

  if (raw == NULL)
    return FALSE;
  in = g_converter_input_stream_new (G_INPUT_STREAM (raw), G_CONVERTER (gunzip));
  if (g_output_stream_splice (out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error) < 0)
    return FALSE;
  trace->json = crdt_value_from_json (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (out)),
                                      (gssize) g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (out)),
                                      error);
  if (trace->json == NULL)
    return FALSE;
  end = crdt_value_get (trace->json, "endContent");
  txns = crdt_value_get (trace->json, "txns");
  if (end == NULL || txns == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "not a trace");
      return FALSE;
    }
  trace->end = crdt_value_get_string (end, &trace->n_end);
  trace->n_txns = crdt_value_get_n_items (txns);
  trace->txns = g_new0 (Txn, trace->n_txns);
  trace->n_agents = number (trace->json, "numAgents");
  for (guint i = 0; i < trace->n_txns; i++)
    {
      CrdtValue *patches = crdt_value_get (crdt_value_get_item (txns, i), "patches");

      n_patches += crdt_value_get_n_items (patches);
      for (guint k = 0; k < crdt_value_get_n_items (patches); k++)
        {
          gsize n = 0;

          crdt_value_get_string (crdt_value_get_item (crdt_value_get_item (patches, k), 2), &n);
          n_texts += n;
        }
    }
  trace->texts = g_malloc (n_texts + 1);
  trace->patches = g_new0 (Patch, n_patches + 1);
  n_texts = n_patches = 0;
  for (guint i = 0; i < trace->n_txns; i++)
    {
      CrdtValue *json = crdt_value_get_item (txns, i);
      CrdtValue *patches = crdt_value_get (json, "patches");
      CrdtValue *parents = crdt_value_get (json, "parents");
      Txn *txn = &trace->txns[i];

      txn->agent = number (json, "agent");
      txn->n_patches = crdt_value_get_n_items (patches);
      txn->patches = trace->patches + n_patches;
      n_patches += txn->n_patches;
      for (guint k = 0; k < txn->n_patches; k++)
        {
          CrdtValue *patch = crdt_value_get_item (patches, k);
          const char *text;

          txn->patches[k].at = (guint) crdt_value_get_number (crdt_value_get_item (patch, 0));
          txn->patches[k].deleted = (guint) crdt_value_get_number (crdt_value_get_item (patch, 1));
          text = crdt_value_get_string (crdt_value_get_item (patch, 2), &txn->patches[k].n_bytes);
          txn->patches[k].text = trace->texts + n_texts;
          memcpy (trace->texts + n_texts, text, txn->patches[k].n_bytes);
          n_texts += txn->patches[k].n_bytes;
        }
      if (parents != NULL)
        {
          txn->n_parents = crdt_value_get_n_items (parents);
          txn->parents = g_new (guint, txn->n_parents);
          for (guint k = 0; k < txn->n_parents; k++)
            txn->parents[k] = (guint) crdt_value_get_number (crdt_value_get_item (parents, k));
        }
    }
  return TRUE;
}

static CrdtDoc *
new_doc (guint64    client,
         CrdtType **text)
{
  CrdtOptions options = { .client_id = client };
  CrdtDoc *doc = crdt_doc_new (&options);

  *text = crdt_doc_get_root (doc, "text", CRDT_TYPE_TEXT, NULL);
  return doc;
}

static void
check_text (const Trace *trace,
            CrdtType    *text,
            const char  *phase)
{
  gsize length;
  g_autofree char *content = crdt_text_to_string (text, &length);

  if (length != trace->n_end || memcmp (content, trace->end, length) != 0)
    g_error ("%s: the text is not the one that the trace ends in", phase);
}

static void
edit (CrdtDoc   *doc,
      CrdtType  *text,
      const Txn *txn)
{
  gboolean several = txn->n_patches > 1 || (txn->n_patches == 1 && txn->patches[0].deleted > 0
                                            && txn->patches[0].n_bytes > 0);

  if (several)
    crdt_doc_begin (doc, NULL);
  for (guint k = 0; k < txn->n_patches; k++)
    {
      const Patch *patch = &txn->patches[k];

      if (patch->deleted > 0 && !crdt_text_delete (text, patch->at, patch->deleted, NULL))
        g_error ("a deletion of the trace is out of range");
      if (patch->n_bytes > 0 && !crdt_text_insert (text, patch->at, patch->text, (gssize) patch->n_bytes, NULL, NULL))
        g_error ("an insertion of the trace is out of range");
    }
  if (several)
    crdt_doc_commit (doc);
}

static void
on_update (CrdtDoc  *doc,
           GBytes   *update,
           gboolean  local,
           gpointer  origin,
           gpointer  user_data)
{
  if (local)
    g_ptr_array_add (user_data, g_bytes_ref (update));
}

static void
apply (CrdtDoc *doc,
       GBytes  *update)
{
  g_autoptr(GError) error = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (update, &length);

  if (!crdt_doc_apply_update (doc, data, length, CRDT_APPLY_TRUSTED, NULL, &error))
    g_error ("an update was refused: %s", error->message);
}

static void
bring (CrdtDoc     *doc,
       guint8      *has,
       const Trace *trace,
       GPtrArray  **updates,
       const guint *wanted,
       guint        n_wanted,
       GArray      *stack,
       GArray      *order)
{
  g_array_set_size (order, 0);
  g_array_set_size (stack, 0);
  for (guint i = 0; i < n_wanted; i++)
    g_array_append_val (stack, wanted[i]);
  while (stack->len > 0)
    {
      guint at = g_array_index (stack, guint, stack->len - 1);

      g_array_set_size (stack, stack->len - 1);
      if (has[at])
        continue;
      has[at] = TRUE;
      g_array_append_val (order, at);
      g_array_append_vals (stack, trace->txns[at].parents, trace->txns[at].n_parents);
    }
  /* The order in which they were made is a causal one. */
  for (guint i = 1; i < order->len; i++)
    for (guint k = i; k > 0 && g_array_index (order, guint, k) < g_array_index (order, guint, k - 1); k--)
      {
        guint swap = g_array_index (order, guint, k);

        g_array_index (order, guint, k) = g_array_index (order, guint, k - 1);
        g_array_index (order, guint, k - 1) = swap;
      }
  for (guint i = 0; i < order->len; i++)
    {
      GPtrArray *made = updates[g_array_index (order, guint, i)];

      for (guint k = 0; made != NULL && k < made->len; k++)
        apply (doc, made->pdata[k]);
    }
}

/* Plays a session of several writers: everybody gets every update. Returns the first one's document. */
static CrdtDoc *
replay_session (const Trace *trace,
                GPtrArray   *all_updates,
                Timing      *timing)
{
  g_autofree CrdtDoc **docs = g_new0 (CrdtDoc *, trace->n_agents);
  g_autofree CrdtType **texts = g_new0 (CrdtType *, trace->n_agents);
  g_autofree guint8 **has = g_new0 (guint8 *, trace->n_agents);
  g_autofree GPtrArray **updates = g_new0 (GPtrArray *, trace->n_txns);
  g_autoptr(GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr(GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree guint *everything = g_new (guint, trace->n_txns);

  for (guint a = 0; a < trace->n_agents; a++)
    {
      docs[a] = new_doc (a + 1, &texts[a]);
      has[a] = g_new0 (guint8, trace->n_txns);
    }
  start (timing);
  for (guint i = 0; i < trace->n_txns; i++)
    {
      const Txn *txn = &trace->txns[i];

      everything[i] = i;
      bring (docs[txn->agent], has[txn->agent], trace, updates, txn->parents, txn->n_parents, stack, order);
      updates[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      crdt_doc_set_update_func (docs[txn->agent], on_update, updates[i], NULL);
      edit (docs[txn->agent], texts[txn->agent], txn);
      has[txn->agent][i] = TRUE;
    }
  for (guint a = 0; a < trace->n_agents; a++)
    {
      crdt_doc_set_update_func (docs[a], NULL, NULL, NULL);
      bring (docs[a], has[a], trace, updates, everything, trace->n_txns, stack, order);
    }
  stop (timing);
  for (guint a = 0; a < trace->n_agents; a++)
    {
      check_text (trace, texts[a], "session_replay");
      if (a > 0)
        crdt_doc_free (docs[a]);
      g_free (has[a]);
    }
  for (guint i = 0; i < trace->n_txns; i++)
    {
      for (guint k = 0; all_updates != NULL && k < updates[i]->len; k++)
        g_ptr_array_add (all_updates, g_bytes_ref (updates[i]->pdata[k]));
      g_ptr_array_unref (updates[i]);
    }
  return docs[0];
}

static void
report (GString      *out,
        const char   *phase,
        const Timing *timing)
{
  g_string_append_printf (out, "%s\"%s\":{\"ms\":%.3f,\"cpu_ms\":%.3f}", out->len > 1 ? "," : "", phase, timing->ms,
                          timing->cpu_ms);
}

static void
report_bytes (GString      *out,
              const char   *phase,
              const Timing *timing,
              gsize         bytes)
{
  report (out, phase, timing);
  g_string_truncate (out, out->len - 1);
  g_string_append_printf (out, ",\"bytes\":%" G_GSIZE_FORMAT "}", bytes);
}

int
main (int   argc,
      char *argv[])
{
  Trace trace = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) out = g_string_new ("{");
  g_autoptr(GPtrArray) updates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(CrdtDoc) done = NULL;
  g_autoptr(GBytes) v1 = NULL;
  g_autoptr(GBytes) v2 = NULL;
  Timing best = { 0 }, timing;
  CrdtType *text;

  if (argc < 2 || argc > 3)
    {
      g_printerr ("usage: crdt-bench TRACE.json.gz [YJS_V1_FILE]\n");
      return 2;
    }
  if (!load_trace (&trace, argv[1], &error))
    {
      g_printerr ("%s: %s\n", argv[1], error->message);
      return 1;
    }
  if (trace.n_agents <= 1)
    {
      for (guint run = 0; run < MAX_REPEATS && (run == 0 || best.ms * run < MAX_MS); run++)
        {
          CrdtDoc *doc = new_doc (1, &text);

          start (&timing);
          for (guint i = 0; i < trace.n_txns; i++)
            edit (doc, text, &trace.txns[i]);
          stop (&timing);
          keep_best (&best, &timing, run);
          check_text (&trace, text, "local_txn_each");
          crdt_doc_free (doc);
        }
      report (out, "local_txn_each", &best);
      for (guint run = 0; run < MAX_REPEATS && (run == 0 || best.ms * run < MAX_MS); run++)
        {
          CrdtDoc *doc = new_doc (1, &text);

          g_ptr_array_set_size (updates, 0);
          crdt_doc_set_update_func (doc, on_update, updates, NULL);
          start (&timing);
          for (guint i = 0; i < trace.n_txns; i++)
            edit (doc, text, &trace.txns[i]);
          stop (&timing);
          keep_best (&best, &timing, run);
          check_text (&trace, text, "local_txn_each_updates");
          crdt_doc_set_update_func (doc, NULL, NULL, NULL);
          g_clear_pointer (&done, crdt_doc_free);
          done = doc;
        }
      report (out, "local_txn_each_updates", &best);
    }
  else
    {
      for (guint run = 0; run < MAX_REPEATS && (run == 0 || best.ms * run < MAX_MS); run++)
        {
          g_ptr_array_set_size (updates, 0);
          g_clear_pointer (&done, crdt_doc_free);
          done = replay_session (&trace, updates, &timing);
          keep_best (&best, &timing, run);
        }
      report (out, "session_replay", &best);
    }
  for (guint run = 0; run < MAX_REPEATS && (run == 0 || best.ms * run < MAX_MS); run++)
    {
      CrdtDoc *doc = new_doc (1000, &text);

      start (&timing);
      for (guint i = 0; i < updates->len; i++)
        apply (doc, updates->pdata[i]);
      stop (&timing);
      keep_best (&best, &timing, run);
      check_text (&trace, text, "remote_one_by_one");
      crdt_doc_free (doc);
    }
  report (out, "remote_one_by_one", &best);
  for (guint format = 0; format < 2; format++)
    {
      GBytes **bytes = format == 0 ? &v1 : &v2;

      for (guint run = 0; run < 20; run++)
        {
          g_clear_pointer (bytes, g_bytes_unref);
          start (&timing);
          *bytes = crdt_doc_encode (done, format == 0 ? CRDT_FORMAT_V1 : CRDT_FORMAT_V2);
          stop (&timing);
          keep_best (&best, &timing, run);
        }
      report_bytes (out, format == 0 ? "encode_v1" : "encode_v2", &best, g_bytes_get_size (*bytes));
    }
  if (argc == 3)
    {
      g_autofree char *data = NULL;
      gsize length;

      if (!g_file_get_contents (argv[2], &data, &length, &error))
        {
          g_printerr ("%s\n", error->message);
          return 1;
        }
      if (length != g_bytes_get_size (v1) || memcmp (data, g_bytes_get_data (v1, NULL), length) != 0)
        {
          g_printerr ("%s: not the bytes that we write (%" G_GSIZE_FORMAT " against %" G_GSIZE_FORMAT ")\n", argv[2],
                      length, g_bytes_get_size (v1));
          return 1;
        }
      g_print ("the bytes are those of Yjs\n");
    }
  for (guint format = 0; format < 2; format++)
    {
      GBytes *bytes = format == 0 ? v1 : v2;
      gsize memory = 0;

      for (guint run = 0; run < 20; run++)
        {
          gsize length, n;
          const guint8 *data = g_bytes_get_data (bytes, &length);
          g_autofree char *content = NULL;
          CrdtDoc *doc;

          start (&timing);
          doc = new_doc (1000, &text);
          if (!crdt_doc_apply_update (doc, data, length,
                                      CRDT_APPLY_TRUSTED | (format == 0 ? 0 : CRDT_APPLY_V2), NULL, &error))
            g_error ("load: %s", error->message);
          content = crdt_text_to_string (text, &n);
          stop (&timing);
          keep_best (&best, &timing, run);
          check_text (&trace, text, "load");
          memory = crdt_doc_get_memory (doc);
          crdt_doc_free (doc);
        }
      report (out, format == 0 ? "load_v1" : "load_v2", &best);
      if (format == 1)
        g_string_append_printf (out, ",\"mem_load\":{\"bytes\":%" G_GSIZE_FORMAT "}", memory);
    }
  g_string_append_printf (out, ",\"structs\":%u}", crdt_doc_get_n_structs (done));
  g_print ("%s\n", out->str);
  crdt_value_unref (trace.json);
  for (guint i = 0; i < trace.n_txns; i++)
    g_free (trace.txns[i].parents);
  g_free (trace.patches);
  g_free (trace.texts);
  g_free (trace.txns);
  return 0;
}
