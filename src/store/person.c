/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * People. "folded" holds what is searched, in fields that begin with a line feed, words in them with a space before each:
 * name and nickname, pinyin, pinyin in one, initials, address.
 */

#include "person.h"

#include <string.h>

#include "sql-private.h"
#include "tokenizer-private.h"

#define COLUMNS \
  "address, name, nick, groups, pinyin, initials, subscription, listed, asked, asking, blocked, avatar, vcard, vcard_time"
#define MAX_GROUPS 64
#define MAX_FIELD 16384
#define MAX_VCARD 262144
#define MAX_AVATAR (512 * 1024)
#define MAX_LIST 50000
#define MAX_WORDS 8

G_DEFINE_BOXED_TYPE (StorePerson, store_person, store_person_ref, store_person_unref)

StorePerson *
store_person_new (const char *address)
{
  StorePerson *self = g_atomic_rc_box_new0 (StorePerson);

  self->address = g_strdup (address);
  return self;
}

StorePerson *
store_person_ref (StorePerson *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (StorePerson *self)
{
  g_free (self->address);
  g_free (self->name);
  g_free (self->nick);
  g_strfreev (self->groups);
  g_free (self->pinyin);
  g_free (self->initials);
  g_free (self->avatar);
  g_free (self->vcard);
}

void
store_person_unref (StorePerson *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

static StorePerson *
read_row (StoreStatement *s)
{
  g_autofree char *address = store_column_dup_text (s, 0);
  g_autofree char *groups = store_column_dup_text (s, 3);
  StorePerson *self = store_person_new (address);

  self->name = store_column_dup_text (s, 1);
  self->nick = store_column_dup_text (s, 2);
  self->groups = groups != NULL ? g_strsplit (groups, "\n", -1) : NULL;
  self->pinyin = store_column_dup_text (s, 4);
  self->initials = store_column_dup_text (s, 5);
  self->subscription = store_column_enum (s, 6, STORE_SUBSCRIPTION_BOTH, STORE_SUBSCRIPTION_NONE);
  self->listed = sqlite3_column_int64 (s, 7) != 0;
  self->asked = sqlite3_column_int64 (s, 8) != 0;
  self->asking = sqlite3_column_int64 (s, 9) != 0;
  self->blocked = sqlite3_column_int64 (s, 10) != 0;
  self->avatar = store_column_dup_text (s, 11);
  self->vcard = store_column_dup_text (s, 12);
  self->vcard_time = sqlite3_column_int64 (s, 13);
  return self;
}

StorePerson *
store_person_load (StoreTransaction *tx,
                   const char       *address,
                   GError          **error)
{
  g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT " COLUMNS " FROM person WHERE address = ?", "s", address);
  int step;

  if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
    return NULL;
  if (step == 0)
    store_fail_not_found (error, "person");
  return step == 1 ? read_row (statement) : NULL;
}

static void
append_folded (GString    *folded,
               const char *text)
{
  g_autofree char *plain = text != NULL ? store_fold (text) : NULL;

  if (plain != NULL && plain[0] != '\0')
    g_string_append_printf (folded, " %s", plain);
}

static char *
make_folded (const StorePerson *person)
{
  GString *folded = g_string_new ("\n");

  append_folded (folded, person->name);
  append_folded (folded, person->nick);
  g_string_append_c (folded, '\n');
  append_folded (folded, person->pinyin);
  g_string_append_c (folded, '\n');
  if (person->pinyin != NULL)
    {
      g_auto(GStrv) syllables = g_strsplit (person->pinyin, " ", -1);
      g_autofree char *joined = g_strjoinv ("", syllables);

      append_folded (folded, joined);
    }
  g_string_append_c (folded, '\n');
  append_folded (folded, person->initials);
  g_string_append_c (folded, '\n');
  append_folded (folded, person->address);
  return g_string_free (folded, FALSE);
}

gboolean
store_person_save (StoreTransaction  *tx,
                   const StorePerson *person,
                   GError           **error)
{
  g_autofree char *groups = NULL;
  g_autofree char *folded = NULL;

  if (person->groups != NULL)
    {
      if (g_strv_length (person->groups) > MAX_GROUPS)
        {
          g_set_error_literal (error, STORE_ERROR, STORE_ERROR_INVALID, "groups: too many");
          return FALSE;
        }
      groups = g_strjoinv ("\n", person->groups);
    }
  if (!store_check_required (person->address, STORE_LIMIT_ID * 3, "address", error) ||
      !store_check_text (person->name, MAX_FIELD, "name", error) ||
      !store_check_text (person->nick, MAX_FIELD, "nickname", error) ||
      !store_check_text (groups, MAX_FIELD, "groups", error) ||
      !store_check_text (person->pinyin, MAX_FIELD, "pinyin", error) ||
      !store_check_text (person->initials, MAX_FIELD, "initials", error) ||
      !store_check_text (person->avatar, STORE_LIMIT_ID, "avatar", error) ||
      !store_check_text (person->vcard, MAX_VCARD, "vcard", error))
    return FALSE;
  folded = make_folded (person);
  if (!store_exec (tx, error,
                   "INSERT INTO person (" COLUMNS ", folded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                   "ON CONFLICT (address) DO UPDATE SET name = excluded.name, nick = excluded.nick, groups = excluded.groups, "
                   "pinyin = excluded.pinyin, initials = excluded.initials, subscription = excluded.subscription, "
                   "listed = excluded.listed, asked = excluded.asked, asking = excluded.asking, blocked = excluded.blocked, "
                   "avatar = excluded.avatar, vcard = excluded.vcard, vcard_time = excluded.vcard_time, "
                   "folded = excluded.folded", "ssssssdddddssis", person->address, person->name, person->nick, groups,
                   person->pinyin, person->initials, (int) person->subscription, person->listed ? 1 : 0, person->asked ? 1 : 0,
                   person->asking ? 1 : 0, person->blocked ? 1 : 0, person->avatar, person->vcard, person->vcard_time, folded))
    return FALSE;
  store_transaction_note (tx, STORE_CHANGE_PERSON, 0, 0);
  return TRUE;
}

gboolean
store_person_delete (StoreTransaction *tx,
                     const char       *address,
                     GError          **error)
{
  if (!store_exec (tx, error, "DELETE FROM person WHERE address = ?", "s", address))
    return FALSE;
  store_transaction_note (tx, STORE_CHANGE_PERSON, 0, 0);
  return TRUE;
}

GPtrArray *
store_person_list (StoreTransaction *tx,
                   guint             offset,
                   guint             limit,
                   GError          **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) store_person_unref);
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  /* By pinyin where there is one: that is what "folded" of a Chinese name does not give. */
  statement = store_query (tx, error, "SELECT " COLUMNS " FROM person ORDER BY coalesce(pinyin, lower(name), lower(nick), address), "
                           "address LIMIT ? OFFSET ?", "dd", (int) CLAMP (limit, 1, MAX_LIST), (int) MIN (offset, G_MAXINT));
  if (statement == NULL)
    return NULL;
  while ((step = store_step (tx, statement, error)) == 1)
    g_ptr_array_add (list, read_row (statement));
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

/* Searching */

typedef struct
{
  StorePerson *person;
  guint        rank;     /* smaller is better */
} Found;

static void
found_clear (Found *found)
{
  g_clear_pointer (&found->person, store_person_unref);
}

static gboolean
has_sign (const char *word)
{
  for (const char *p = word; *p != '\0'; p = g_utf8_next_char (p))
    if (g_utf8_get_char (p) >= 0x2e80)
      return TRUE;
  return FALSE;
}

/* Number of the field in which a word of @folded begins with @word (any part of it when @anywhere); G_MAXUINT: in none. */
static guint
find_word (const char *folded,
           const char *word,
           gboolean    anywhere)
{
  gsize length = strlen (word);
  guint field = 0;

  for (const char *p = folded; *p != '\0'; p++)
    {
      if (*p == '\n')
        field++;
      if ((anywhere || *p == ' ') && strncmp (*p == ' ' ? p + 1 : p, word, length) == 0)
        return field;
    }
  return G_MAXUINT;
}

static int
compare_found (gconstpointer a,
               gconstpointer b)
{
  const Found *x = a;
  const Found *y = b;

  if (x->rank != y->rank)
    return x->rank < y->rank ? -1 : 1;
  if (x->person->listed != y->person->listed)
    return x->person->listed ? -1 : 1;
  return strcmp (x->person->address, y->person->address);
}

GPtrArray *
store_person_search (StoreTransaction *tx,
                     const char       *query,
                     guint             limit,
                     GError          **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) store_person_unref);
  g_autoptr(GArray) found = g_array_new (FALSE, FALSE, sizeof (Found));
  g_autofree char *valid = g_utf8_make_valid (query, strnlen (query, 1024));
  g_autofree char *folded_query = store_fold (valid);
  g_auto(GStrv) words = g_strsplit (folded_query, " ", MAX_WORDS);
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  g_array_set_clear_func (found, (GDestroyNotify) found_clear);
  if (words[0] == NULL || words[0][0] == '\0')
    return g_steal_pointer (&list);
  statement = store_query (tx, error, "SELECT " COLUMNS ", folded FROM person WHERE instr(folded, ?) > 0", "s", words[0]);
  if (statement == NULL)
    return NULL;
  while ((step = store_step (tx, statement, error)) == 1)
    {
      const char *folded = (const char *) sqlite3_column_text (statement, 14);
      guint worst = 0;
      Found hit;

      for (guint i = 0; words[i] != NULL && worst != G_MAXUINT; i++)
        worst = MAX (worst, find_word (folded, words[i], has_sign (words[i])));
      if (worst == G_MAXUINT)
        continue;
      hit = (Found) { read_row (statement), worst };
      g_array_append_val (found, hit);
    }
  if (step < 0)
    return NULL;
  g_array_sort (found, compare_found);
  for (guint i = 0; i < found->len && i < limit; i++)
    g_ptr_array_add (list, store_person_ref (g_array_index (found, Found, i).person));
  return g_steal_pointer (&list);
}

/* Lists from the server */

static gboolean
set_flags (StoreTransaction   *tx,
           const char * const *addresses,
           const char         *sql_clear,
           const char         *sql_set,
           GError            **error)
{
  if (!store_exec (tx, error, sql_clear, ""))
    return FALSE;
  for (guint i = 0; addresses[i] != NULL; i++)
    if (!store_exec (tx, error, sql_set, "s", addresses[i]))
      return FALSE;
  store_transaction_note (tx, STORE_CHANGE_PERSON, 0, 0);
  return TRUE;
}

gboolean
store_person_unlist_others (StoreTransaction   *tx,
                            const char * const *addresses,
                            GError            **error)
{
  /* Through a third value, so that those who stay lose nothing. */
  return set_flags (tx, addresses, "UPDATE person SET listed = 2 WHERE listed = 1",
                    "UPDATE person SET listed = 1 WHERE address = ? AND listed = 2", error) &&
         store_exec (tx, error, "UPDATE person SET listed = 0, subscription = 0, asked = 0, groups = NULL WHERE listed = 2", "");
}

static gboolean
ensure (StoreTransaction *tx,
        const char       *address,
        GError          **error)
{
  g_autoptr(StorePerson) person = NULL;
  gint64 id;

  if (!store_check_required (address, STORE_LIMIT_ID * 3, "address", error) ||
      !store_get_int64 (tx, error, 0, &id, "SELECT id FROM person WHERE address = ?", "s", address))
    return FALSE;
  if (id != 0)
    return TRUE;
  person = store_person_new (address);
  return store_person_save (tx, person, error);
}

gboolean
store_person_set_blocked (StoreTransaction *tx,
                          const char       *address,
                          gboolean          blocked,
                          GError          **error)
{
  if (!ensure (tx, address, error) ||
      !store_exec (tx, error, "UPDATE person SET blocked = ? WHERE address = ?", "ds", blocked ? 1 : 0, address))
    return FALSE;
  store_transaction_note (tx, STORE_CHANGE_PERSON, 0, 0);
  return TRUE;
}

gboolean
store_person_set_all_blocked (StoreTransaction   *tx,
                              const char * const *addresses,
                              GError            **error)
{
  for (guint i = 0; addresses[i] != NULL; i++)
    if (!ensure (tx, addresses[i], error))
      return FALSE;
  return set_flags (tx, addresses, "UPDATE person SET blocked = 0 WHERE blocked = 1",
                    "UPDATE person SET blocked = 1 WHERE address = ?", error);
}

/* Pictures */

gboolean
store_avatar_save (StoreTransaction *tx,
                   const char       *hash,
                   const char       *type,
                   GBytes           *data,
                   GError          **error)
{
  return store_check_required (hash, STORE_LIMIT_ID, "hash", error) && store_check_text (type, STORE_LIMIT_ID, "type", error) &&
         store_check_bytes (data, MAX_AVATAR, "avatar", error) &&
         store_exec (tx, error, "INSERT OR REPLACE INTO avatar (hash, type, data) VALUES (?, ?, ?)", "ssb", hash, type, data);
}

GBytes *
store_avatar_load (StoreTransaction *tx,
                   const char       *hash,
                   char            **out_type,
                   GError          **error)
{
  g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT data, type FROM avatar WHERE hash = ?", "s", hash);
  int step;

  if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
    return NULL;
  if (step == 0)
    {
      store_fail_not_found (error, "avatar");
      return NULL;
    }
  if (out_type != NULL)
    *out_type = store_column_dup_text (statement, 1);
  return store_column_dup_bytes (statement, 0);
}

gboolean
store_avatar_collect (StoreTransaction *tx,
                      GError          **error)
{
  return store_exec (tx, error, "DELETE FROM avatar WHERE hash NOT IN (SELECT avatar FROM person WHERE avatar IS NOT NULL) "
                     "AND hash NOT IN (SELECT avatar FROM room WHERE avatar IS NOT NULL)", "");
}
