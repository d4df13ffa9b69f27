/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/people/pinyin.h"

#include <string.h>
#include <unicode/utrans.h>
#include <unicode/ustring.h>

/* Names are short; what is longer is read up to here, in UTF-16 units. */
#define MAX_UNITS 256

/* Surnames whose reading as a surname differs from the commonest one. Longer ones first. */
static const struct
{
  const char *surname;
  const char *reading;
} surnames[] = {
  { "尉迟", "yu chi" }, { "长孙", "zhang sun" }, { "万俟", "mo qi" }, { "澹台", "tan tai" }, { "宓", "fu" },
  { "单于", "chan yu" }, { "令狐", "ling hu" }, { "宿", "su" }, { "鲜于", "xian yu" }, { "皇甫", "huang fu" },
  { "呼延", "hu yan" }, { "夏侯", "xia hou" }, { "诸葛", "zhu ge" }, { "欧阳", "ou yang" }, { "司马", "si ma" },
  { "上官", "shang guan" }, { "东方", "dong fang" }, { "公孙", "gong sun" }, { "慕容", "mu rong" }, { "独孤", "du gu" },
  { "贺兰", "he lan" }, { "完颜", "wan yan" }, { "耶律", "ye lü" }, { "濮阳", "pu yang" }, { "淳于", "chun yu" },
  { "单", "shan" }, { "曾", "zeng" }, { "解", "xie" }, { "朴", "piao" }, { "仇", "qiu" },
  { "查", "zha" }, { "盖", "ge" }, { "区", "ou" }, { "任", "ren" }, { "乐", "yue" },
  { "员", "yun" }, { "缪", "miao" }, { "繁", "po" }, { "翟", "zhai" }, { "尹", "yin" },
  { "华", "hua" }, { "纪", "ji" }, { "折", "she" }, { "冼", "xian" }, { "洗", "xian" },
  { "黑", "he" }, { "秘", "bi" }, { "种", "chong" }, { "瞿", "qu" }, { "牟", "mu" },
  { "召", "shao" }, { "覃", "qin" }, { "谌", "chen" }, { "晟", "cheng" }, { "隗", "wei" },
  { "郇", "xun" }, { "逄", "pang" }, { "麦", "mai" }, { "撒", "sa" }, { "哈", "ha" },
  { "阚", "kan" }, { "褚", "chu" }, { "臧", "zang" }, { "郗", "xi" }, { "佴", "nai" },
  { "芮", "rui" }, { "羿", "yi" }, { "亓", "qi" }, { "那", "na" }, { "能", "nai" },
  { "钭", "tou" }, { "郜", "gao" }, { "邸", "di" }, { "乜", "nie" }, { "过", "guo" },
  { "车", "che" }, { "贾", "jia" }, { "应", "ying" }, { "行", "xing" }, { "葛", "ge" },
  { "卜", "bu" }, { "柏", "bai" }, { "会", "gui" }, { "相", "xiang" }, { "重", "chong" },
  { "晁", "chao" }, { "尉", "wei" }, { "祭", "zhai" }, { "郝", "hao" }, { "库", "she" },
  { "幺", "yao" }, { "载", "dai" }, { "佘", "she" }, { "俞", "yu" }, { "於", "yu" },
};

static gboolean
is_han (gunichar c)
{
  return g_unichar_get_script (c) == G_UNICODE_SCRIPT_HAN;
}

/* "Han-Latin; Latin-ASCII; Lower" over @text, which is well below MAX_UNITS. */
static char *
transliterate (const char *text)
{
  static GMutex lock;
  static UTransliterator *reader;
  UErrorCode status = U_ZERO_ERROR;
  UChar buffer[MAX_UNITS * 8];
  char out[MAX_UNITS * 24];
  int32_t length = 0, limit, out_length = 0;

  u_strFromUTF8 (buffer, MAX_UNITS, &length, text, -1, &status);
  if (U_FAILURE (status))
    return g_strdup (text);

  g_mutex_lock (&lock);
  if (reader == NULL)
    {
      UChar id[64];

      u_uastrcpy (id, "Han-Latin; Latin-ASCII; Lower");
      reader = utrans_openU (id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    }
  limit = length;
  if (U_SUCCESS (status))
    utrans_transUChars (reader, buffer, &length, G_N_ELEMENTS (buffer), 0, &limit, &status);
  g_mutex_unlock (&lock);
  if (U_FAILURE (status))
    return g_strdup (text);

  u_strToUTF8 (out, sizeof out, &out_length, buffer, length, &status);

  return U_SUCCESS (status) ? g_strndup (out, out_length) : g_strdup (text);
}

/* Lower-case letters and digits of @text in words. */
static void
append_words (GString    *pinyin,
              GString    *initials,
              const char *text)
{
  g_autofree char *read = transliterate (text);
  g_autofree char *folded = g_utf8_strdown (read, -1);
  gboolean word = FALSE;

  for (const char *p = folded; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_isalnum (c))
        {
          word = word && c == '\'';
          continue;
        }
      if (!word)
        {
          if (pinyin->len > 0)
            g_string_append_c (pinyin, ' ');
          g_string_append_unichar (initials, c);
          word = TRUE;
        }
      g_string_append_unichar (pinyin, c);
    }
}

void
atrium_pinyin_read (const char  *name,
                    char       **out_pinyin,
                    char       **out_initials)
{
  g_autoptr (GString) pinyin = g_string_new (NULL);
  g_autoptr (GString) initials = g_string_new (NULL);
  g_autoptr (GString) spaced = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *trimmed = g_strstrip (g_strdup (valid));
  const char *rest = trimmed;
  guint n_units = 0;

  if (*rest != '\0' && is_han (g_utf8_get_char (rest)))
    for (guint i = 0; i < G_N_ELEMENTS (surnames); i++)
      if (g_str_has_prefix (rest, surnames[i].surname))
        {
          append_words (pinyin, initials, surnames[i].reading);
          rest += strlen (surnames[i].surname);
          break;
        }

  /* ICU joins the syllables of Han characters: one character at a time, so that each is a word. */
  for (; *rest != '\0' && n_units < MAX_UNITS / 4; rest = g_utf8_next_char (rest), n_units++)
    {
      gunichar c = g_utf8_get_char (rest);

      if (is_han (c))
        g_string_append_c (spaced, ' ');
      g_string_append_unichar (spaced, c);
      if (is_han (c))
        g_string_append_c (spaced, ' ');
    }
  append_words (pinyin, initials, spaced->str);

  *out_pinyin = g_string_free (g_steal_pointer (&pinyin), FALSE);
  *out_initials = g_string_free (g_steal_pointer (&initials), FALSE);
}
