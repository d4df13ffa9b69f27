/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "workspace/chat/extra.h"
#include "workspace/people/mention.h"
#include "workspace/people/pinyin.h"

static void
test_pinyin (void)
{
  static const struct
  {
    const char *name;
    const char *pinyin;
    const char *initials;
  } cases[] = {
    { "张伟", "zhang wei", "zw" },
    { "单田芳", "shan tian fang", "stf" },
    { "曾国藩", "zeng guo fan", "zgf" },
    { "解缙", "xie jin", "xj" },
    { "朴树", "piao shu", "ps" },
    { "仇英", "qiu ying", "qy" },
    { "尉迟恭", "yu chi gong", "ycg" },
    { "孟单", "meng dan", "md" },       /* a surname's reading only where the surname stands */
    { "Alice Smith", "alice smith", "as" },
    { "José", "jose", "j" },
    { "", "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *pinyin = NULL;
      g_autofree char *initials = NULL;

      atrium_pinyin_read (cases[i].name, &pinyin, &initials);
      g_assert_cmpstr (pinyin, ==, cases[i].pinyin);
      g_assert_cmpstr (initials, ==, cases[i].initials);
    }
}

static void
test_mention (void)
{
  static const struct
  {
    const char *text;
    const char *nick;
    gboolean    named;
  } cases[] = {
    { "alice: are you there?", "alice", TRUE },
    { "ask @alice, please", "alice", TRUE },
    { "malice and alices", "alice", FALSE },
    { "thanks alice", "alice", TRUE },
    { "@张伟你好", "张伟", TRUE },
    { "hello all", "alice", FALSE },
    { "hello", NULL, FALSE },
    { "hello", "", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (atrium_mention_is_for (cases[i].text, NULL, "alice@work.test", "room@rooms.work.test", cases[i].nick), ==, cases[i].named);
}

static void
test_mention_by_reference (void)
{
  g_autoptr (GPtrArray) mentions = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_span_free);

  g_ptr_array_add (mentions, atrium_span_new (0, 5, ATRIUM_SPAN_MENTION, "bob@work.test"));
  g_assert_false (atrium_mention_is_for ("Bobby", mentions, "alice@work.test", "room@rooms.work.test", NULL));
  g_ptr_array_add (mentions, atrium_span_new (0, 5, ATRIUM_SPAN_MENTION, "alice@work.test"));
  g_assert_true (atrium_mention_is_for ("Bobby", mentions, "alice@work.test", "room@rooms.work.test", NULL));
}

static void
test_extra (void)
{
  g_autoptr (AtriumExtra) empty = atrium_extra_parse (NULL);
  g_autoptr (AtriumExtra) extra = NULL;
  g_autofree char *json = NULL;

  g_assert_null (atrium_extra_to_json (empty));
  empty->mentions = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_span_free);
  g_ptr_array_add (empty->mentions, atrium_span_new (1, 4, ATRIUM_SPAN_MENTION, "bob@work.test"));
  empty->unstyled = TRUE;
  json = atrium_extra_to_json (empty);
  extra = atrium_extra_parse (json);
  g_assert_true (extra->unstyled);
  g_assert_cmpuint (extra->mentions->len, ==, 1);
  g_assert_cmpstr (((AtriumSpan *) g_ptr_array_index (extra->mentions, 0))->value, ==, "bob@work.test");
}

static void
test_extra_hostile (void)
{
  static const char *texts[] = {
    "", "[", "[]", "null", "{\"mentions\":[[5,1,\"x\"]]}", "{\"mentions\":[[\"a\",{},3]]}", "{\"mentions\":7,\"unstyled\":\"yes\"}",
    "{\"mentions\":[[0,99999999999999,\"x\"]]}", "{\"waveform\":{}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (AtriumExtra) extra = atrium_extra_parse (texts[i]);

      g_assert_null (extra->mentions);
      g_assert_false (extra->unstyled);
      g_assert_null (extra->waveform);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/workspace/names/pinyin", test_pinyin);
  g_test_add_func ("/workspace/names/mention", test_mention);
  g_test_add_func ("/workspace/names/mention-by-reference", test_mention_by_reference);
  g_test_add_func ("/workspace/extra/round-trip", test_extra);
  g_test_add_func ("/workspace/extra/hostile", test_extra_hostile);

  return g_test_run ();
}
