/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tokens, queries, what is found, snippets, people; indexing anew. */

#include "helper.h"

#include <string.h>

#include "store/index-private.h"
#include "store/sql-private.h"
#include "store/tokenizer-private.h"

#define BOB "bob@work.test"
#define CAROL "carol@work.test"

/* Tokens */

static gboolean
on_token (StoreTokenKind kind,
          const char    *token,
          gsize          length,
          gsize          start,
          gsize          end,
          gpointer       data)
{
  GString *joined = data;

  g_string_append_printf (joined, "%s%.*s", joined->len > 0 ? "|" : "", (int) length, token);
  return TRUE;
}

static void
test_tokens (void)
{
  static const struct { const char *text, *tokens; } cases[] = {
    { "", "" },
    { "  ,.!? ", "" },
    { "Hello World", "hello|world" },
    { "Café ÀÉ naïve", "cafe|ae|naive" },
    { "cafe\xcc\x81 x", "cafe|x" },
    { "Straße", "strasse" },
    { "ПРИВЕТ мир", "привет|мир" },
    { "ΑΒΓ", "αβγ" },
    { "你好世界", "你|好|世|界" },
    { "会议room3号", "会|议|room3|号" },
    { "ＡＢＣ１２３", "abc123" },
    { "東京タワー", "東|京|タ|ワ|ー" },
    { "안녕하세요", "안|녕|하|세|요" },
    { "v1.2.3 2024-05-01", "v1|2|3|2024|05|01" },
    { "foo_bar-baz", "foo_bar|baz" },
    { "ok👍🏽 yes❤️no", "ok|👍|yes|❤|no" },
    { "a\xff\xfe" "b", "a|b" },
    { "𠮷野家", "𠮷|野|家" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GString) joined = g_string_new (NULL);

      store_tokenize (cases[i].text, strlen (cases[i].text), on_token, joined);
      /* The skin tone is a sign of its own or nothing, never part of a word. */
      if (strstr (cases[i].text, "👍🏽") != NULL)
        {
          g_assert_nonnull (strstr (joined->str, "👍"));
          g_assert_true (g_str_has_prefix (joined->str, "ok|👍"));
          g_assert_true (g_str_has_suffix (joined->str, "|no"));
        }
      else
        g_assert_cmpstr (joined->str, ==, cases[i].tokens);
    }
}

static void
test_long_token (void)
{
  g_autofree char *text = g_strnfill (65536, 'a');
  g_autoptr(GString) joined = g_string_new (NULL);

  store_tokenize (text, 65536, on_token, joined);
  g_assert_cmpuint (joined->len, ==, 96);
}

/* Queries */

static void
test_expressions (void)
{
  static const struct { const char *text, *expression; } cases[] = {
    { "", NULL },
    { "   ", NULL },
    { "***", NULL },
    { "hello", "body : (\"hello\"*)" },
    { "hello ", "body : (\"hello\")" },
    { "hello wor", "body : (\"hello\" AND \"wor\"*)" },
    { "\"hello wor\"", "body : (\"hello wor\")" },
    { "会议", "body : (\"会议\")" },
    { "r", "body : (\"r\")" },
    { "пр", "body : (\"пр\"*)" },
    { "会议 roo", "body : (\"会议\" AND \"roo\"*)" },
    { "a\"b", "body : (\"a\" AND \"b\")" },
    { "NEAR(a b)", "body : (\"NEAR(a\" AND \"b)\")" },
    { "a OR b", "body : (\"a\" AND \"OR\" AND \"b\")" },
    { "-x", "body : (\"-x\")" },
    { "^a {b} col:x", "body : (\"^a\" AND \"{b}\" AND \"col:x\")" },
    { "from:bob has:file", NULL },
    { "from: x", "body : (\"from:\" AND \"x\")" },
    { "has:nothing", "body : (\"has:nothing\"*)" },
    { "before:yesterday", "body : (\"before:yesterday\"*)" },
    { "before:2024-05 x", "body : (\"x\")" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(StoreQuery) query = store_query_parse (cases[i].text);
      g_autofree char *expression = store_query_dup_expression (query);

      g_assert_cmpstr (expression, ==, cases[i].expression);
    }
}

static gint64
say (StoreTransaction *tx,
     gint64            chat,
     const char       *sender,
     const char       *body,
     gint64            time)
{
  return insert (tx, new_message (chat, sender, NULL, NULL, body, time), STORE_INSERTED);
}

static guint
count_hits (StoreTransaction *tx,
            const char       *text)
{
  g_autoptr(StoreQuery) query = store_query_parse (text);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) hits = store_search_messages (tx, query, G_MAXINT64, 200, &error);

  g_assert_no_error (error);
  for (guint i = 1; i < hits->len; i++)
    g_assert_cmpint (((StoreHit *) hits->pdata[i])->message->id, <, ((StoreHit *) hits->pdata[i - 1])->message->id);
  return hits->len;
}

static gboolean
work_find (StoreTransaction *tx,
           gpointer          data,
           GError          **error)
{
  gint64 bob = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  gint64 carol = ensure_chat (tx, CAROL, STORE_CONVERSATION_PERSON);
  const StoreAuthor by_bob = { STORE_DIRECTION_IN, BOB, NULL, NULL };
  g_autoptr(StorePerson) person = store_person_new (CAROL);
  StoreMessage *message;
  StoreFile *file;
  gint64 id;

  person->name = g_strdup ("李雷");
  g_assert_true (store_person_save (tx, person, error));
  g_assert_true (store_conversation_set_name (tx, carol, "Carol Wang", error));
  say (tx, bob, BOB, "今天下午三点开会", T0);
  say (tx, bob, NULL, "好的，会议室 B12 见", T0 + SECOND);
  say (tx, carol, CAROL, "The Meeting is at https://work.test/x", T0 + 2 * SECOND);
  id = say (tx, carol, CAROL, "meat or meeting", T0 + 3 * SECOND);
  message = new_message (carol, NULL, "o-file", NULL, "", T0 + 86400 * 40 * SECOND);
  file = store_message_add_file (message);
  file->name = g_strdup ("预算 budget.png");
  file->type = g_strdup ("image/png");
  insert (tx, message, STORE_INSERTED);

  g_assert_cmpuint (count_hits (tx, "会"), ==, 2);
  g_assert_cmpuint (count_hits (tx, "开会"), ==, 1);
  g_assert_cmpuint (count_hits (tx, "会开"), ==, 0);
  g_assert_cmpuint (count_hits (tx, "会议室"), ==, 1);
  g_assert_cmpuint (count_hits (tx, "下午三点"), ==, 1);
  g_assert_cmpuint (count_hits (tx, "meet"), ==, 2);
  g_assert_cmpuint (count_hits (tx, "meet "), ==, 0);
  g_assert_cmpuint (count_hits (tx, "MEETING"), ==, 2);
  g_assert_cmpuint (count_hits (tx, "\"meat or\""), ==, 1);
  g_assert_cmpuint (count_hits (tx, "budget"), ==, 1);
  g_assert_cmpuint (count_hits (tx, "预算"), ==, 1);
  /* The words of the facets are not words of a text. */
  g_assert_cmpuint (count_hits (tx, "hl"), ==, 0);
  g_assert_cmpuint (count_hits (tx, "meeting from:bob"), ==, 0);
  g_assert_cmpuint (count_hits (tx, "meeting from:carol"), ==, 2);
  g_assert_cmpuint (count_hits (tx, "meeting from:李雷"), ==, 2);
  g_assert_cmpuint (count_hits (tx, "from:me"), ==, 2);
  g_assert_cmpuint (count_hits (tx, "from:nobody"), ==, 0);
  g_assert_cmpuint (count_hits (tx, "in:\"carol wang\" me"), ==, 2);
  g_assert_cmpuint (count_hits (tx, "in:bob@work.test"), ==, 2);
  g_assert_cmpuint (count_hits (tx, "has:link"), ==, 1);
  g_assert_cmpuint (count_hits (tx, "has:file"), ==, 1);
  g_assert_cmpuint (count_hits (tx, "has:image budget"), ==, 1);
  g_assert_cmpuint (count_hits (tx, "before:2024-01-20"), ==, 4);
  g_assert_cmpuint (count_hits (tx, "after:2024-01-20"), ==, 1);
  g_assert_cmpuint (count_hits (tx, "meeting before:2023"), ==, 0);
  g_assert_cmpuint (count_hits (tx, "meeting after:2023"), ==, 2);

  /* What is changed or taken back is found so. */
  g_assert_true (store_message_apply_edit (tx, bob, "none", &by_bob, NULL, T0, "x", NULL, NULL, error));
  {
    g_autoptr(StoreMessage) got = store_message_load (tx, id, error);
    const StoreAuthor by_carol = { STORE_DIRECTION_IN, CAROL, NULL, NULL };

    g_assert_true (store_message_set_ids (tx, id, &(StoreStanzaIds) { "o-late", "o-late", NULL, NULL }, error));
    g_assert_true (store_message_apply_edit (tx, carol, "o-late", &by_carol, NULL, T0 + 4 * SECOND, "改成 lunch", NULL, NULL, error));
    g_assert_cmpuint (count_hits (tx, "meat"), ==, 0);
    g_assert_cmpuint (count_hits (tx, "改成"), ==, 1);
    g_assert_true (store_message_apply_retraction (tx, carol, "o-late", &by_carol, NULL, T0 + 5 * SECOND, NULL, NULL, NULL, error));
    g_assert_cmpuint (count_hits (tx, "改成"), ==, 0);
  }
  return check_invariants (tx, NULL, error);
}

static void
test_find (Fixture      *f,
           gconstpointer data)
{
  fixture_write (f, work_find, NULL);
}

static void
test_snippets (void)
{
  static const struct { const char *query, *text, *snippet, *marked; } cases[] = {
    { "meet", "The Meeting", "The Meeting", "Meeting" },
    { "会议", "我们的会议和会议", "我们的会议和会议", "会议|会议" },
    { "a b", "b a", "b a", "b|a" },
    { "x", "line\n\tone x", "line one x", "x" },
    { "cafe", "Café!", "Café!", "Café" },
    { "nothing", "here", "here", "" },
  };
  g_autofree char *before = g_strnfill (300, 'y');
  g_autofree char *longer = g_strconcat (before, " 开会 ", before, NULL);
  g_autoptr(StoreQuery) query = store_query_parse ("开会");
  g_autoptr(GArray) ranges = NULL;
  g_autofree char *snippet = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(StoreQuery) q = store_query_parse (cases[i].query);
      g_autoptr(GArray) r = NULL;
      g_autofree char *s = store_query_snippet (q, cases[i].text, 160, &r);
      g_autoptr(GString) marked = g_string_new (NULL);

      g_assert_cmpstr (s, ==, cases[i].snippet);
      for (guint j = 0; j < r->len; j++)
        {
          StoreRange *range = &g_array_index (r, StoreRange, j);

          g_string_append_printf (marked, "%s%.*s", j > 0 ? "|" : "", (int) (range->end - range->start), s + range->start);
        }
      g_assert_cmpstr (marked->str, ==, cases[i].marked);
    }
  snippet = store_query_snippet (query, longer, 160, &ranges);
  g_assert_true (g_str_has_prefix (snippet, "…"));
  g_assert_true (g_str_has_suffix (snippet, "…"));
  g_assert_cmpint (g_utf8_strlen (snippet, -1), <=, 162);
  g_assert_cmpuint (ranges->len, ==, 1);
  g_assert_cmpint (strncmp (snippet + g_array_index (ranges, StoreRange, 0).start, "开会", 6), ==, 0);
}

/* Texts of random pieces against a plain look through them */

static const char * const pieces[] = { "会", "议", "室", "今", "天", "meet", "meeting", "ok", " ", " ", "，", "B12", "é", "👍" };

static gboolean
work_recall (StoreTransaction *tx,
             gpointer          data,
             GError          **error)
{
  GRand *rand = data;
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < 150; i++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      guint n = g_rand_int_range (rand, 1, 10);

      for (guint j = 0; j < n; j++)
        g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
      say (tx, chat, NULL, text->str, T0 + i * SECOND);
      g_ptr_array_add (texts, g_strdup (text->str));
    }
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr(GString) word = g_string_new (NULL);
      guint n = g_rand_int_range (rand, 1, 5), expected = 0;

      /* Han only: there a part of the text is a match. */
      for (guint j = 0; j < n; j++)
        g_string_append (word, pieces[g_rand_int_range (rand, 0, 5)]);
      for (guint j = 0; j < texts->len; j++)
        {
          /* Signs between two characters do not part them. */
          g_autofree char *plain = g_strdup (texts->pdata[j]);
          g_autoptr(GString) kept = g_string_new (NULL);

          for (const char *p = plain; *p != '\0'; p = g_utf8_next_char (p))
            if (*p != ' ' && g_utf8_get_char (p) != 0xff0c)
              g_string_append_unichar (kept, g_utf8_get_char (p));
          expected += strstr (kept->str, word->str) != NULL;
        }
      g_assert_cmpuint (count_hits (tx, word->str), ==, expected);
    }
  return store_conversation_delete (tx, chat, error);
}

static void
test_recall (Fixture      *f,
             gconstpointer data)
{
  guint32 seed = g_test_rand_int ();
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < 5; i++)
    fixture_write (f, work_recall, rand);
}

/* Another tokenizer: everything is indexed anew in the background, while new messages come and old ones go. */
static gboolean
work_fill (StoreTransaction *tx,
           gpointer          data,
           GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);

  for (guint i = 0; i < 3000; i++)
    say (tx, chat, BOB, "旧的消息 old", T0 + i * SECOND);
  return TRUE;
}

static gboolean
work_forget_version (StoreTransaction *tx,
                     gpointer          data,
                     GError          **error)
{
  return store_exec (tx, error, "UPDATE meta SET value = '0' WHERE key = 'tokenizer'", "");
}

static gboolean
work_meanwhile (StoreTransaction *tx,
                gpointer          data,
                GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  gint64 id;

  say (tx, chat, BOB, "新的消息 fresh", T0 + 90000 * SECOND);
  g_assert_cmpuint (count_hits (tx, "fresh"), >, 0);
  g_assert_true (store_get_int64 (tx, error, 0, &id, "SELECT min(id) FROM message", ""));
  return store_message_delete (tx, id, NULL, error);
}

static gboolean
work_count_index (StoreTransaction *tx,
                  gpointer          data,
                  GError          **error)
{
  return store_get_int64 (tx, error, 0, data, "SELECT count(*) FROM message_index WHERE message_index MATCH 'body : \"消息\"'", "");
}

static void
test_reindex (Fixture      *f,
              gconstpointer data)
{
  gint64 found = 0;

  fixture_write (f, work_fill, NULL);
  fixture_write (f, work_forget_version, NULL);
  fixture_close (f);
  fixture_reopen (f);
  for (guint i = 0; i < 3; i++)
    fixture_write (f, work_meanwhile, NULL);
  fixture_close (f);
  fixture_reopen (f);    /* goes on where it stopped */
  while (store_database_get_index_progress (f->db) < 1)
    fixture_read (f, work_count_index, &found);
  fixture_read (f, work_count_index, &found);
  g_assert_cmpint (found, ==, 3000);
  fixture_read (f, check_invariants, NULL);
}

/* One process makes the index anew while another, which has had the file open before, edits and deletes. */
static gboolean
work_reset (StoreTransaction *tx,
            gpointer          data,
            GError          **error)
{
  /* As store_index_reset() does it, inside this transaction. */
  return store_exec (tx, error, "INSERT INTO message_index (message_index) VALUES ('delete-all')", "") &&
         store_exec (tx, error, "INSERT OR REPLACE INTO meta (key, value) SELECT 'index_floor', max(id) + 1 FROM message", "");
}

static gboolean
work_delete_oldest (StoreTransaction *tx,
                    gpointer          data,
                    GError          **error)
{
  gint64 id;

  return store_get_int64 (tx, error, 0, &id, "SELECT min(id) FROM message", "") && store_message_delete (tx, id, NULL, error);
}

static gboolean
work_check_index (StoreTransaction *tx,
                  gpointer          data,
                  GError          **error)
{
  return store_exec (tx, error, "INSERT INTO message_index (message_index) VALUES ('integrity-check')", "");
}

static void
test_reindex_elsewhere (Fixture      *f,
                        gconstpointer data)
{
  g_autoptr(StoreDatabase) other = NULL;
  g_autoptr(GError) error = NULL;
  gint64 found = 0;

  fixture_write (f, work_fill, NULL);
  other = store_database_open_sync (f->path, &error);
  g_assert_no_error (error);
  fixture_write (f, work_reset, NULL);
  g_assert_true (store_database_run_sync (other, STORE_ACCESS_WRITE, work_delete_oldest, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (store_database_run_sync (other, STORE_ACCESS_READ, work_count_index, &found, &error));
  g_assert_cmpint (found, ==, 0);
  fixture_write (f, work_check_index, NULL);
  g_clear_object (&other);
  fixture_close (f);
  fixture_reopen (f);
  do
    fixture_read (f, work_count_index, &found);
  while (found < 2999);
  fixture_read (f, check_invariants, NULL);
  fixture_write (f, work_check_index, NULL);
}

/* People */

static void
add_person (StoreTransaction *tx,
            const char       *address,
            const char       *name,
            const char       *pinyin,
            const char       *initials)
{
  g_autoptr(StorePerson) person = store_person_new (address);
  g_autoptr(GError) error = NULL;

  person->name = g_strdup (name);
  person->pinyin = g_strdup (pinyin);
  person->initials = g_strdup (initials);
  person->listed = TRUE;
  store_person_save (tx, person, &error);
  g_assert_no_error (error);
}

static char *
find_people (StoreTransaction *tx,
             const char       *query)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) list = store_person_search (tx, query, 10, &error);
  GString *joined = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    {
      StorePerson *person = list->pdata[i];

      g_string_append_printf (joined, "%s%.*s", i > 0 ? " " : "", (int) (strchr (person->address, '@') - person->address),
                              person->address);
    }
  return g_string_free (joined, FALSE);
}

static gboolean
work_people (StoreTransaction *tx,
             gpointer          data,
             GError          **error)
{
  static const struct { const char *query, *found; } cases[] = {
    { "张三", "zs zsf" }, { "三", "zs zsf" }, { "三丰", "zsf" }, { "张", "zs zsf" }, { "zhang", "zs zsf" }, { "zhangsan", "zs zsf" }, { "zhangsanf", "zsf" },
    { "san", "zs zsf" }, { "zs", "zs zsf" }, { "zsf", "zsf" }, { "Bob", "bob" }, { "smi", "bob" }, { "smith bob", "bob" },
    { "ith", "" }, { "", "" }, { "%", "" }, { "_", "" }, { "'", "" }, { "work", "bob zs zsf" }, { "bob zhang", "" },
  };
  const char * const kept[] = { "bob@work.test", NULL };
  const char * const blocked[] = { "zs@work.test", "spam@evil.test", NULL };
  g_autoptr(StorePerson) person = NULL;
  g_autoptr(GPtrArray) all = NULL;

  add_person (tx, "zs@work.test", "张三", "zhang san", "zs");
  add_person (tx, "zsf@work.test", "张三丰", "zhang san feng", "zsf");
  add_person (tx, "bob@work.test", "Bob Smith", NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = find_people (tx, cases[i].query);

      g_assert_cmpstr (found, ==, cases[i].found);
    }
  g_assert_true (store_person_unlist_others (tx, kept, error));
  g_assert_true (store_person_set_all_blocked (tx, blocked, error));
  person = store_person_load (tx, "zs@work.test", error);
  g_assert_false (person->listed);
  g_assert_true (person->blocked);
  g_clear_pointer (&person, store_person_unref);
  person = store_person_load (tx, "bob@work.test", error);
  g_assert_true (person->listed);
  all = store_person_list (tx, 0, 100, error);
  g_assert_cmpuint (all->len, ==, 4);
  return TRUE;
}

static void
test_people (Fixture      *f,
             gconstpointer data)
{
  fixture_write (f, work_people, NULL);
}

int
main (int    argc,
      char **argv)
{
  /* Days of filters are local ones. */
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/search/tokens", test_tokens);
  g_test_add_func ("/store/search/long-token", test_long_token);
  g_test_add_func ("/store/search/expressions", test_expressions);
  g_test_add_func ("/store/search/snippets", test_snippets);
  add_test ("/store/search/find", test_find);
  add_test ("/store/search/recall", test_recall);
  add_test ("/store/search/reindex", test_reindex);
  add_test ("/store/search/reindex-elsewhere", test_reindex_elsewhere);
  add_test ("/store/search/people", test_people);
  return g_test_run ();
}
