/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading, positions, events, undo, snapshots, presence. */

#include "crdt/crdt.h"

static CrdtDoc *
new_doc (guint64  client,
         gboolean keep_deleted)
{
  CrdtOptions options = { .client_id = client, .keep_deleted = keep_deleted };

  return crdt_doc_new (&options);
}

static CrdtValue *
json (const char *text)
{
  g_autoptr(GError) error = NULL;
  CrdtValue *value = crdt_value_from_json (text, -1, &error);

  g_assert_no_error (error);
  return value;
}

static void
expect_json (CrdtValue  *value,
             const char *expected)
{
  g_autofree char *text = crdt_value_to_json (value);

  g_assert_cmpstr (text, ==, expected);
  crdt_value_unref (value);
}

static void
expect_text (CrdtType   *text,
             const char *expected)
{
  g_autofree char *content = crdt_text_to_string (text, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_cmpstr (content, ==, expected);
  crdt_doc_check (crdt_type_get_doc (text), &error);
  g_assert_no_error (error);
}

/* All conversions against a plain count, on a text of many pieces. */
static void
test_positions (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1, FALSE);
  CrdtType *text = crdt_doc_get_root (doc, "t", CRDT_TYPE_TEXT, NULL);
  g_autoptr(GRand) rand = g_rand_new_with_seed (5);
  static const char *const words[] = { "a\n", "\xe4\xb8\xad", "\xf0\x9f\x98\x80", "word ", "\n\n", "x" };
  g_autofree char *content = NULL;
  guint unit = 0, line = 0, point = 0;

  for (guint i = 0; i < 3000; i++)
    {
      guint points = crdt_text_get_n_code_points (text);
      guint at = crdt_text_code_point_to_index (text, (guint) g_rand_int_range (rand, 0, (int) points + 1));

      g_assert_true (crdt_text_insert (text, at, words[g_rand_int_range (rand, 0, 6)], -1, NULL, NULL));
      if (i % 3 == 0)
        {
          guint from = crdt_text_code_point_to_index (text, points / 2);

          g_assert_true (crdt_text_delete (text, from, crdt_text_code_point_to_index (text, points / 2 + 1) - from,
                                           NULL));
        }
    }
  content = crdt_text_to_string (text, NULL);
  for (const char *at = content;; at = g_utf8_next_char (at))
    {
      g_assert_cmpuint (crdt_text_index_to_line (text, unit), ==, line);
      g_assert_cmpuint (crdt_text_index_to_code_point (text, unit), ==, point);
      g_assert_cmpuint (crdt_text_code_point_to_index (text, point), ==, unit);
      if (at == content || at[-1] == '\n')
        g_assert_cmpuint (crdt_text_line_to_index (text, line), ==, unit);
      if (*at == '\0')
        break;
      unit += g_utf8_get_char (at) >= 0x10000 ? 2 : 1;
      line += *at == '\n';
      point++;
    }
  g_assert_cmpuint (crdt_type_get_length (text), ==, unit);
  g_assert_cmpuint (crdt_text_get_n_lines (text), ==, line + 1);
  g_assert_true (crdt_doc_check (doc, NULL));
}

/* One long run, which is searched through the marks of its buffer. */
static void
test_long_run (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1, FALSE);
  CrdtType *text = crdt_doc_get_root (doc, "t", CRDT_TYPE_TEXT, NULL);
  g_autoptr(GString) narrow = g_string_new (NULL);
  g_autoptr(GString) wide = g_string_new (NULL);

  for (guint i = 0; i < 20000; i++)
    {
      g_string_append (narrow, i % 10 == 9 ? "\n" : "n");
      g_string_append (wide, i % 10 == 9 ? "\n" : i % 10 == 3 ? "\xf0\x9f\x98\x80" : "\xe4\xb8\xad");
    }
  g_assert_true (crdt_text_insert (text, 0, narrow->str, -1, NULL, NULL));
  g_assert_true (crdt_text_insert (text, 20000, wide->str, -1, NULL, NULL));
  g_assert_cmpuint (crdt_text_get_n_lines (text), ==, 4001);
  for (guint line = 0; line < 2000; line++)
    {
      g_assert_cmpuint (crdt_text_line_to_index (text, line), ==, line * 10);
      g_assert_cmpuint (crdt_text_line_to_index (text, 2000 + line), ==, 20000 + line * 11);
      g_assert_cmpuint (crdt_text_index_to_line (text, 20000 + line * 11), ==, 2000 + line);
      g_assert_cmpuint (crdt_text_index_to_code_point (text, 20000 + line * 11 + 5), ==, 20000 + line * 10 + 4);
      g_assert_cmpuint (crdt_text_code_point_to_index (text, 20000 + line * 10 + 4), ==, 20000 + line * 11 + 5);
    }
}

static void
test_ranges (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1, FALSE);
  CrdtType *text = crdt_doc_get_root (doc, "t", CRDT_TYPE_TEXT, NULL);
  g_autoptr(CrdtValue) delta = json ("[{\"insert\":\"ab\"},{\"insert\":\"cd\",\"attributes\":{\"bold\":true}},"
                                     "{\"insert\":{\"image\":1}},{\"insert\":\"ef\"}]");
  g_autofree char *range = NULL;
  CrdtTextIter iter;
  CrdtTextRun run;
  guint n = 0;
  g_autoptr(GError) error = NULL;

  g_assert_true (crdt_text_apply_delta (text, delta, &error));
  g_assert_no_error (error);
  expect_json (crdt_text_to_delta (text), "[{\"insert\":\"ab\"},{\"insert\":\"cd\",\"attributes\":{\"bold\":true}},"
                                          "{\"insert\":{\"image\":1}},{\"insert\":\"ef\"}]");
  expect_json (crdt_text_get_delta (text, 1, 2), "[{\"insert\":\"b\"},{\"insert\":\"c\",\"attributes\":{\"bold\":true}}]");
  expect_json (crdt_text_get_attributes_at (text, 2), "{}");
  expect_json (crdt_text_get_attributes_at (text, 3), "{\"bold\":true}");
  expect_json (crdt_text_get_attributes_at (text, 4), "{\"bold\":true}");
  expect_json (crdt_text_get_attributes_at (text, 5), "{}");
  range = crdt_text_get_range (text, 1, 5, NULL);
  g_assert_cmpstr (range, ==, "bcde");
  crdt_text_iter_init (&iter, text, 3, 3);
  while (crdt_text_iter_next (&iter, &run))
    n += run.length * (run.embed ? 100 : 1);
  g_assert_cmpuint (n, ==, 102);
  g_assert_false (crdt_text_delete (text, 6, 2, &error));
  g_assert_error (error, CRDT_ERROR, CRDT_ERROR_RANGE);
}

/* A bad delta changes nothing, not even its good beginning. */
static void
test_bad_delta (void)
{
  static const char *const cases[] = { "{}", "[{\"insert\":\"x\"},{\"delete\":9}]", "[{\"insert\":\"x\"},{\"retain\":-1}]",
                                       "[{\"insert\":\"x\"},{}]", "[{\"insert\":\"x\"},{\"retain\":1.5}]",
                                       "[{\"insert\":\"x\",\"attributes\":1}]", "[{\"retain\":2000000000}]" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(CrdtDoc) doc = new_doc (1, FALSE);
      CrdtType *text = crdt_doc_get_root (doc, "t", CRDT_TYPE_TEXT, NULL);
      g_autoptr(CrdtValue) delta = json (cases[i]);
      g_autoptr(GError) error = NULL;

      crdt_text_insert (text, 0, "abc", -1, NULL, NULL);
      g_assert_false (crdt_text_apply_delta (text, delta, &error));
      g_assert_nonnull (error);
      expect_text (text, "abc");
    }
}

/* Overlapping formats of one key: the format description's example. */
static void
test_overlap (void)
{
  g_autoptr(CrdtDoc) one = new_doc (1, FALSE);
  g_autoptr(CrdtDoc) two = new_doc (2, FALSE);
  CrdtType *a = crdt_doc_get_root (one, "t", CRDT_TYPE_TEXT, NULL);
  CrdtType *b = crdt_doc_get_root (two, "t", CRDT_TYPE_TEXT, NULL);
  g_autoptr(CrdtValue) red = json ("{\"c\":\"r\"}");
  g_autoptr(CrdtValue) blue = json ("{\"c\":\"b\"}");
  g_autoptr(GBytes) start = NULL;
  g_autoptr(GBytes) from_one = NULL;
  g_autoptr(GBytes) from_two = NULL;

  crdt_text_insert (a, 0, "hello", -1, NULL, NULL);
  start = crdt_doc_encode (one, CRDT_FORMAT_V1);
  crdt_doc_apply_update (two, g_bytes_get_data (start, NULL), g_bytes_get_size (start), 0, NULL, NULL);
  crdt_text_format (a, 0, 3, red, NULL);
  crdt_text_format (b, 1, 3, blue, NULL);
  from_one = crdt_doc_encode (one, CRDT_FORMAT_V1);
  from_two = crdt_doc_encode (two, CRDT_FORMAT_V1);
  crdt_doc_apply_update (two, g_bytes_get_data (from_one, NULL), g_bytes_get_size (from_one), 0, NULL, NULL);
  crdt_doc_apply_update (one, g_bytes_get_data (from_two, NULL), g_bytes_get_size (from_two), 0, NULL, NULL);
  for (guint i = 0; i < 2; i++)
    expect_json (crdt_text_to_delta (i == 0 ? a : b),
                 "[{\"insert\":\"h\",\"attributes\":{\"c\":\"r\"}},{\"insert\":\"el\",\"attributes\":{\"c\":\"b\"}},"
                 "{\"insert\":\"lo\"}]");
}

typedef struct
{
  GString *log;
} Log;

static void
on_change (CrdtDoc          *doc,
           const CrdtChange *change,
           gpointer          user_data)
{
  Log *log = user_data;

  g_string_append_printf (log->log, "%c:", "LRU"[change->source]);
  for (guint i = 0; i < change->types->len; i++)
    {
      g_autoptr(CrdtValue) value = crdt_type_change_to_value (change->types->pdata[i]);
      g_autofree char *text = crdt_value_to_json (value);

      g_string_append (log->log, text);
    }
  g_string_append_c (log->log, '\n');
}

static void
expect_log (Log        *log,
            const char *expected)
{
  g_assert_cmpstr (log->log->str, ==, expected);
  g_string_truncate (log->log, 0);
}

static void
test_events (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1, FALSE);
  g_autoptr(CrdtDoc) copy = new_doc (2, FALSE);
  g_autoptr(GBytes) bytes = NULL;
  CrdtType *text = crdt_doc_get_root (doc, "t", CRDT_TYPE_TEXT, NULL);
  CrdtType *map = crdt_doc_get_root (doc, "m", CRDT_TYPE_MAP, NULL);
  CrdtType *array = crdt_doc_get_root (doc, "a", CRDT_TYPE_ARRAY, NULL);
  g_autoptr(CrdtValue) bold = json ("{\"bold\":true}");
  g_autoptr(CrdtValue) one = json ("1");
  g_autoptr(CrdtValue) two = json ("2");
  CrdtValue *both[] = { one, two };
  Log log = { g_string_new (NULL) };
  Log remote = { g_string_new (NULL) };
  guint id = crdt_doc_observe (doc, on_change, &log, NULL);

  crdt_text_insert (text, 0, "hello", -1, NULL, NULL);
  expect_log (&log, "L:{\"delta\":[{\"insert\":\"hello\"}],\"keys\":{}}\n");
  crdt_text_insert (text, 5, "!", -1, NULL, NULL);
  expect_log (&log, "L:{\"delta\":[{\"retain\":5},{\"insert\":\"!\"}],\"keys\":{}}\n");
  crdt_text_delete (text, 1, 2, NULL);
  expect_log (&log, "L:{\"delta\":[{\"retain\":1},{\"delete\":2}],\"keys\":{}}\n");
  crdt_text_format (text, 1, 2, bold, NULL);
  expect_log (&log, "L:{\"delta\":[{\"retain\":1},{\"retain\":2,\"attributes\":{\"bold\":true}}],\"keys\":{}}\n");
  crdt_text_insert (text, 2, "x", -1, NULL, NULL);
  expect_log (&log, "L:{\"delta\":[{\"retain\":2},{\"insert\":\"x\",\"attributes\":{\"bold\":true}}],\"keys\":{}}\n");
  crdt_map_set (map, "k", one, NULL);
  expect_log (&log, "L:{\"delta\":[],\"keys\":{\"k\":{\"action\":\"add\"}}}\n");
  crdt_map_set (map, "k", two, NULL);
  expect_log (&log, "L:{\"delta\":[],\"keys\":{\"k\":{\"action\":\"update\",\"oldValue\":1}}}\n");
  crdt_map_delete (map, "k", NULL);
  expect_log (&log, "L:{\"delta\":[],\"keys\":{\"k\":{\"action\":\"delete\",\"oldValue\":2}}}\n");
  crdt_doc_begin (doc, NULL);
  crdt_array_insert (array, 0, both, 2, NULL);
  crdt_array_insert_type (array, 1, CRDT_TYPE_MAP, NULL, NULL);
  crdt_array_delete (array, 2, 1, NULL);
  crdt_doc_commit (doc);
  expect_log (&log, "L:{\"delta\":[{\"insert\":[1,{}]}],\"keys\":{}}\n");
  /* Nothing is told that is nothing in the end. */
  crdt_doc_begin (doc, NULL);
  crdt_text_insert (text, 0, "gone", -1, NULL, NULL);
  crdt_text_delete (text, 0, 4, NULL);
  crdt_doc_commit (doc);
  expect_log (&log, "");
  crdt_doc_observe (copy, on_change, &remote, NULL);
  bytes = crdt_doc_encode (doc, CRDT_FORMAT_V1);
  crdt_doc_get_root (copy, "a", CRDT_TYPE_ARRAY, NULL);
  crdt_doc_apply_update (copy, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 0, NULL, NULL);
  g_assert_true (g_str_has_prefix (remote.log->str, "R:"));
  crdt_doc_unobserve (doc, id);
  crdt_text_insert (text, 0, "x", -1, NULL, NULL);
  expect_log (&log, "");
  g_string_free (log.log, TRUE);
  g_string_free (remote.log, TRUE);
}

static gint64
test_clock (gpointer user_data)
{
  return *(gint64 *) user_data;
}

static void
test_undo (void)
{
  gint64 now = 1000;
  CrdtUndoOptions options = { .capture_timeout = 500, .clock = test_clock, .clock_data = &now };
  g_autoptr(CrdtDoc) doc = new_doc (1, FALSE);
  CrdtType *text = crdt_doc_get_root (doc, "t", CRDT_TYPE_TEXT, NULL);
  CrdtType *other = crdt_doc_get_root (doc, "o", CRDT_TYPE_TEXT, NULL);
  g_autoptr(CrdtUndo) undo = crdt_undo_new (doc, &text, 1, &options);

  crdt_text_insert (text, 0, "one", -1, NULL, NULL);
  now += 100;
  crdt_text_insert (text, 3, " two", -1, NULL, NULL);
  now += 600;
  crdt_text_delete (text, 0, 3, NULL);
  crdt_undo_set_selection (undo, g_strdup ("3"), g_free);
  crdt_text_insert (other, 0, "not in scope", -1, NULL, NULL);
  g_assert_true (crdt_undo_undo (undo, NULL));
  g_assert_cmpstr (crdt_undo_get_selection (undo), ==, "3");
  expect_text (text, "one two");
  g_assert_true (crdt_undo_undo (undo, NULL));
  expect_text (text, "");
  expect_text (other, "not in scope");
  g_assert_false (crdt_undo_undo (undo, NULL));
  g_assert_true (crdt_undo_redo (undo, NULL));
  expect_text (text, "one two");
  g_assert_true (crdt_undo_redo (undo, NULL));
  expect_text (text, " two");
  g_assert_true (crdt_undo_undo (undo, NULL));
  g_assert_true (crdt_undo_can_redo (undo));
  crdt_undo_stop_capturing (undo);
  crdt_text_insert (text, 0, "new ", -1, NULL, NULL);
  g_assert_false (crdt_undo_can_redo (undo));
  /* Another origin is not tracked. */
  crdt_doc_begin (doc, &now);
  crdt_text_insert (text, 0, "X", -1, NULL, NULL);
  crdt_doc_commit (doc);
  g_assert_true (crdt_undo_undo (undo, NULL));
  expect_text (text, "Xone two");
  crdt_undo_clear (undo);
  g_assert_false (crdt_undo_can_undo (undo));
}

static void
test_snapshots (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1, TRUE);
  g_autoptr(CrdtDoc) collected = new_doc (1, FALSE);
  CrdtType *text = crdt_doc_get_root (doc, "t", CRDT_TYPE_TEXT, NULL);
  g_autoptr(GBytes) then = NULL;
  g_autoptr(GBytes) late = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  crdt_text_insert (text, 0, "hello world", -1, NULL, NULL);
  then = crdt_snapshot_new (doc, CRDT_FORMAT_V1);
  crdt_text_delete (text, 0, 6, NULL);
  crdt_text_insert (text, 5, "!", -1, NULL, NULL);
  before = crdt_doc_hash (doc);
  {
    g_autoptr(CrdtDoc) old = crdt_snapshot_open (doc, g_bytes_get_data (then, NULL), g_bytes_get_size (then),
                                                 CRDT_FORMAT_V1, &error);

    g_assert_no_error (error);
    expect_text (crdt_doc_get_root (old, "t", CRDT_TYPE_TEXT, NULL), "hello world");
  }
  expect_json (crdt_snapshot_diff (text, then, NULL, NULL),
               "[{\"insert\":\"hello \",\"attributes\":{\"ychange\":{\"type\":\"removed\"}}},{\"insert\":\"world\"},"
               "{\"insert\":\"!\",\"attributes\":{\"ychange\":{\"type\":\"added\"}}}]");
  after = crdt_doc_hash (doc);
  g_assert_cmpstr (before, ==, after);
  text = crdt_doc_get_root (collected, "t", CRDT_TYPE_TEXT, NULL);
  crdt_text_insert (text, 0, "hello", -1, NULL, NULL);
  late = crdt_snapshot_new (collected, CRDT_FORMAT_V2);
  crdt_text_delete (text, 0, 2, NULL);
  g_assert_null (crdt_snapshot_open (collected, g_bytes_get_data (late, NULL), g_bytes_get_size (late), CRDT_FORMAT_V2,
                                     &error));
  g_assert_error (error, CRDT_ERROR, CRDT_ERROR_HISTORY);
}

static void
test_relative (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1, FALSE);
  CrdtType *text = crdt_doc_get_root (doc, "t", CRDT_TYPE_TEXT, NULL);
  g_autoptr(GBytes) position = NULL;
  CrdtType *type;
  guint index;

  crdt_text_insert (text, 0, "hello", -1, NULL, NULL);
  position = crdt_position_new (text, 2, 0);
  g_assert_cmpmem (g_bytes_get_data (position, NULL), g_bytes_get_size (position), "\x00\x01\x02\x00", 4);
  crdt_text_insert (text, 0, ">> ", -1, NULL, NULL);
  g_assert_true (crdt_position_resolve (doc, (const guint8 *) "\x00\x01\x02\x00", 4, &type, &index, NULL));
  g_assert_true (type == text);
  g_assert_cmpuint (index, ==, 5);
  crdt_text_delete (text, 4, 3, NULL);
  g_assert_true (crdt_position_resolve (doc, (const guint8 *) "\x00\x01\x02\x00", 4, &type, &index, NULL));
  g_assert_cmpuint (index, ==, 4);
  g_assert_false (crdt_position_resolve (doc, (const guint8 *) "\x00\x05\x02\x00", 4, &type, &index, NULL));
}

typedef struct
{
  guint calls;
} Presence;

static void
on_presence (CrdtAwareness *awareness,
             guint64        client_id,
             const char    *state,
             gpointer       user_data)
{
  ((Presence *) user_data)->calls++;
}

static void
test_awareness (void)
{
  g_autoptr(CrdtAwareness) one = crdt_awareness_new (1);
  g_autoptr(CrdtAwareness) two = crdt_awareness_new (2);
  g_autoptr(GBytes) message = NULL;
  Presence presence = { 0 };
  gboolean answer;
  const guint8 gone[] = { 1, 1, 9, 4, 'n', 'u', 'l', 'l' };
  g_autoptr(GError) error = NULL;

  crdt_awareness_set_func (two, on_presence, &presence);
  g_assert_true (crdt_awareness_set_local (one, "{\"n\":\"x\"}", 0, NULL));
  message = crdt_awareness_encode (one, NULL, 0);
  g_assert_cmpmem (g_bytes_get_data (message, NULL), g_bytes_get_size (message), "\x01\x01\x01\x09{\"n\":\"x\"}", 13);
  g_assert_true (crdt_awareness_apply (two, g_bytes_get_data (message, NULL), 13, 100, &answer, NULL));
  g_assert_cmpstr (crdt_awareness_get (two, 1), ==, "{\"n\":\"x\"}");
  g_assert_cmpuint (presence.calls, ==, 1);
  /* The same again is no news. */
  g_assert_true (crdt_awareness_apply (two, g_bytes_get_data (message, NULL), 13, 200, &answer, NULL));
  g_assert_cmpuint (presence.calls, ==, 1);
  /* Somebody says that the first has gone: it knows better, and says so with a higher clock. */
  g_assert_true (crdt_awareness_apply (one, gone, sizeof gone, 100, &answer, NULL));
  g_assert_true (answer);
  g_assert_nonnull (crdt_awareness_get (one, 1));
  crdt_awareness_expire (two, 100 + CRDT_AWARENESS_TIMEOUT - 1);
  g_assert_nonnull (crdt_awareness_get (two, 1));
  crdt_awareness_expire (two, 100 + CRDT_AWARENESS_TIMEOUT);
  g_assert_null (crdt_awareness_get (two, 1));
  g_assert_cmpuint (presence.calls, ==, 2);
  g_assert_false (crdt_awareness_set_local (one, "{", 0, &error));
  g_assert_error (error, CRDT_ERROR, CRDT_ERROR_INVALID);
}

static void
test_kinds (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1, FALSE);
  CrdtType *text = crdt_doc_get_root (doc, "t", CRDT_TYPE_TEXT, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(CrdtValue) one = json ("1");

  g_assert_null (crdt_doc_get_root (doc, "t", CRDT_TYPE_MAP, &error));
  g_assert_error (error, CRDT_ERROR, CRDT_ERROR_KIND);
  g_clear_error (&error);
  g_assert_false (crdt_array_insert (text, 0, &one, 1, &error));
  g_assert_error (error, CRDT_ERROR, CRDT_ERROR_KIND);
}

/* Many writers at one spot, in the order that is worst for a scan. */
static void
test_crowd (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1, FALSE);
  g_autoptr(GBytes) start = NULL;
  CrdtType *text = crdt_doc_get_root (doc, "t", CRDT_TYPE_TEXT, NULL);
  g_autoptr(GString) expected = g_string_new ("<");

  crdt_text_insert (text, 0, "<>", -1, NULL, NULL);
  start = crdt_doc_encode (doc, CRDT_FORMAT_V1);
  for (guint i = 0; i < 2000; i++)
    {
      /* Rising ids, then falling ones between them. */
      guint id = i < 1000 ? 1000 + 2 * i : 1001 + 2 * (1999 - i);
      g_autoptr(CrdtDoc) writer = new_doc (id, FALSE);
      g_autoptr(GBytes) diff = NULL;
      g_autofree char *word = g_strdup_printf ("%u,", id);

      crdt_doc_apply_update (writer, g_bytes_get_data (start, NULL), g_bytes_get_size (start), 0, NULL, NULL);
      crdt_text_insert (crdt_doc_get_root (writer, "t", CRDT_TYPE_TEXT, NULL), 1, word, -1, NULL, NULL);
      diff = crdt_doc_encode_diff (writer, (const guint8 *) "\x01\x01\x02", 3, CRDT_FORMAT_V1, NULL);
      g_assert_true (crdt_doc_apply_update (doc, g_bytes_get_data (diff, NULL), g_bytes_get_size (diff), 0, NULL, NULL));
    }
  for (guint id = 1000; id < 3000; id++)
    g_string_append_printf (expected, "%u,", id);
  g_string_append_c (expected, '>');
  expect_text (text, expected->str);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crdt/documents/positions", test_positions);
  g_test_add_func ("/crdt/documents/long-run", test_long_run);
  g_test_add_func ("/crdt/documents/ranges", test_ranges);
  g_test_add_func ("/crdt/documents/bad-delta", test_bad_delta);
  g_test_add_func ("/crdt/documents/overlap", test_overlap);
  g_test_add_func ("/crdt/documents/events", test_events);
  g_test_add_func ("/crdt/documents/undo", test_undo);
  g_test_add_func ("/crdt/documents/snapshots", test_snapshots);
  g_test_add_func ("/crdt/documents/relative", test_relative);
  g_test_add_func ("/crdt/documents/awareness", test_awareness);
  g_test_add_func ("/crdt/documents/kinds", test_kinds);
  g_test_add_func ("/crdt/documents/crowd", test_crowd);
  return g_test_run ();
}
