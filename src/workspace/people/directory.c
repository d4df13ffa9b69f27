/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/people/directory-private.h"

#include "workspace/account/account.h"
#include "workspace/account/session.h"
#include "workspace/chat/conversation-private.h"
#include "workspace/chat/extra.h"
#include "workspace/clock.h"
#include "workspace/outbox/entry-kind.h"
#include "workspace/people/group-private.h"
#include "workspace/people/person-private.h"
#include "workspace/people/pinyin.h"
#include "workspace/store-task.h"
#include "workspace/workspace-private.h"
#include "xmpp/jid.h"
#include "xmpp/vcard4.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_PEOPLE 50000
#define GROUP_SEPARATOR "/"

struct _AtriumDirectory
{
  GObject parent_instance;

  AtriumWorkspace *workspace;   /* borrowed; NULL when detached */
  AtriumSession *session;       /* weak: the one followed */
  GHashTable *known;            /* address → AtriumPerson, everybody we know of */
  GListStore *people;           /* contacts, sorted */
  GListStore *groups;
  GListStore *requests;
  GHashTable *pending;          /* address → StorePerson: roster news to write */
  guint write_idle;
  guint tree_idle;
  gboolean reading;
  gboolean dirty;
};

G_DEFINE_FINAL_TYPE (AtriumDirectory, atrium_directory, G_TYPE_OBJECT)

static void schedule_tree (AtriumDirectory *self);

/* Names and order. */

char *
atrium_directory_dup_name (AtriumDirectory *self,
                           const char      *address,
                           const char      *nick)
{
  AtriumPerson *person = address != NULL ? g_hash_table_lookup (self->known, address) : NULL;

  if (person != NULL && g_strcmp0 (atrium_person_get_name (person), address) != 0)
    return g_strdup (atrium_person_get_name (person));
  if (nick != NULL && *nick != '\0')
    return g_strdup (nick);

  return g_strdup (address != NULL ? address : "");
}

static int
compare_people (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  AtriumPerson *left = (gpointer) a, *right = (gpointer) b;
  const char *left_key = atrium_person_get_pinyin (left), *right_key = atrium_person_get_pinyin (right);
  int order;

  order = g_utf8_collate (left_key != NULL ? left_key : atrium_person_get_name (left),
                          right_key != NULL ? right_key : atrium_person_get_name (right));
  if (order != 0)
    return order;

  return g_strcmp0 (atrium_person_get_address (left), atrium_person_get_address (right));
}

static AtriumPerson *
ensure (AtriumDirectory *self,
        const char      *address)
{
  AtriumPerson *person = g_hash_table_lookup (self->known, address);

  if (person == NULL)
    {
      person = atrium_person_new ();
      atrium_person_set_address (person, address);
      atrium_person_set_name (person, address);
      if (self->workspace != NULL)
        atrium_person_set_own (person, g_strcmp0 (address, atrium_account_get_address (atrium_workspace_get_account (self->workspace))) == 0);
      g_hash_table_insert (self->known, g_strdup (address), person);
    }

  return person;
}

static AtriumSubscription
map_subscription (const StorePerson *row)
{
  switch (row->subscription)
    {
    case STORE_SUBSCRIPTION_TO:
      return ATRIUM_SUBSCRIPTION_TO;
    case STORE_SUBSCRIPTION_FROM:
      return row->asked ? ATRIUM_SUBSCRIPTION_ASKED : ATRIUM_SUBSCRIPTION_FROM;
    case STORE_SUBSCRIPTION_BOTH:
      return ATRIUM_SUBSCRIPTION_BOTH;
    case STORE_SUBSCRIPTION_NONE:
    default:
      return row->asked ? ATRIUM_SUBSCRIPTION_ASKED : ATRIUM_SUBSCRIPTION_NONE;
    }
}

static void
fill_card (AtriumPerson *person,
           const char   *json)
{
  g_autoptr (JsonObject) card = atrium_json_parse (json, -1);

  if (card == NULL)
    return;
  atrium_person_set_title (person, atrium_json_get_string (card, "title"));
  atrium_person_set_organisation (person, atrium_json_get_string (card, "organisation"));
  atrium_person_set_email (person, atrium_json_get_string (card, "email"));
  atrium_person_set_phone (person, atrium_json_get_string (card, "phone"));
  atrium_person_set_note (person, atrium_json_get_string (card, "note"));
  atrium_person_set_time_zone (person, atrium_json_get_string (card, "time_zone"));
}

static void
fill_person (AtriumDirectory   *self,
             AtriumPerson      *person,
             const StorePerson *row)
{
  AtriumConversation *conversation;

  g_object_freeze_notify (G_OBJECT (person));
  atrium_person_set_name (person, row->name != NULL && *row->name != '\0' ? row->name
                                    : row->nick != NULL && *row->nick != '\0' ? row->nick : row->address);
  atrium_person_set_nickname (person, row->nick);
  atrium_person_set_groups (person, (const char * const *) row->groups);
  atrium_person_set_pinyin (person, row->pinyin);
  atrium_person_set_initials (person, row->initials);
  atrium_person_set_subscription (person, map_subscription (row));
  atrium_person_set_blocked (person, row->blocked);
  atrium_person_set_avatar_hash (person, row->avatar);
  fill_card (person, row->vcard);
  g_object_thaw_notify (G_OBJECT (person));

  conversation = atrium_workspace_find (self->workspace, row->address);
  if (conversation != NULL)
    atrium_conversation_update_person (conversation);
}

/* The organisation as a tree. */

typedef struct
{
  AtriumGroup *group;
  GListStore  *children;
  GHashTable  *people;      /* borrowed set */
} Unit;

static void
unit_free (gpointer data)
{
  Unit *unit = data;

  g_object_unref (unit->group);
  g_object_unref (unit->children);
  g_hash_table_unref (unit->people);
  g_free (unit);
}

static Unit *
ensure_unit (AtriumDirectory *self,
             GHashTable      *units,
             GListStore      *roots,
             const char      *path)
{
  Unit *unit = g_hash_table_lookup (units, path);
  const char *slash;

  if (unit != NULL)
    return unit;

  slash = strrchr (path, *GROUP_SEPARATOR);
  unit = g_new0 (Unit, 1);
  unit->group = atrium_group_new ();
  unit->children = g_list_store_new (G_TYPE_OBJECT);
  unit->people = g_hash_table_new (NULL, NULL);
  atrium_group_set_path (unit->group, path);
  atrium_group_set_name (unit->group, slash != NULL && slash[1] != '\0' ? slash + 1 : path);
  atrium_group_set_children (unit->group, G_LIST_MODEL (unit->children));
  g_hash_table_insert (units, g_strdup (path), unit);

  return unit;
}

static int
compare_children (gconstpointer a,
                  gconstpointer b,
                  gpointer      user_data)
{
  gboolean left_group = ATRIUM_IS_GROUP ((gpointer) a), right_group = ATRIUM_IS_GROUP ((gpointer) b);

  if (left_group != right_group)
    return left_group ? -1 : 1;
  if (left_group)
    return g_utf8_collate (atrium_group_get_name ((gpointer) a), atrium_group_get_name ((gpointer) b));

  return compare_people (a, b, NULL);
}

/* "a/b/c": the parents "a" and "a/b" exist too, at most 8 deep. */
static void
add_to_tree (AtriumDirectory *self,
             GHashTable      *units,
             GListStore      *roots,
             const char      *path,
             AtriumPerson    *person)
{
  g_auto (GStrv) parts = g_strsplit (path, GROUP_SEPARATOR, 8);
  g_autoptr (GString) name = g_string_new (NULL);
  Unit *parent = NULL;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      gboolean made;
      Unit *unit;

      if (i > 0)
        g_string_append (name, GROUP_SEPARATOR);
      g_string_append (name, parts[i]);
      made = !g_hash_table_contains (units, name->str);
      unit = ensure_unit (self, units, roots, name->str);
      if (made)
        g_list_store_insert_sorted (parent != NULL ? parent->children : roots, unit->group, compare_children, NULL);
      g_hash_table_add (unit->people, person);
      parent = unit;
    }
  if (parent != NULL)
    g_list_store_insert_sorted (parent->children, person, compare_children, NULL);
}

static gboolean
on_tree (gpointer user_data)
{
  AtriumDirectory *self = user_data;
  g_autoptr (GHashTable) units = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unit_free);
  g_autoptr (GListStore) roots = g_list_store_new (ATRIUM_TYPE_GROUP);
  g_autoptr (GPtrArray) tops = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_people = g_list_model_get_n_items (G_LIST_MODEL (self->people));
  GHashTableIter iter;
  gpointer value;

  self->tree_idle = 0;
  for (guint i = 0; i < n_people; i++)
    {
      g_autoptr (AtriumPerson) person = g_list_model_get_item (G_LIST_MODEL (self->people), i);
      const char * const *groups = atrium_person_get_groups (person);

      for (guint j = 0; groups != NULL && groups[j] != NULL; j++)
        if (*groups[j] != '\0')
          add_to_tree (self, units, roots, groups[j], person);
    }
  g_hash_table_iter_init (&iter, units);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    atrium_group_set_n_people (((Unit *) value)->group, g_hash_table_size (((Unit *) value)->people));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (roots)); i++)
    g_ptr_array_add (tops, g_list_model_get_item (G_LIST_MODEL (roots), i));
  g_list_store_splice (self->groups, 0, g_list_model_get_n_items (G_LIST_MODEL (self->groups)), tops->pdata, tops->len);

  return G_SOURCE_REMOVE;
}

static void
schedule_tree (AtriumDirectory *self)
{
  if (self->tree_idle == 0)
    self->tree_idle = g_idle_add_full (G_PRIORITY_LOW, on_tree, self, NULL);
}

/* Reading. */

typedef struct
{
  GPtrArray *rows;        /* StorePerson */
  GPtrArray *avatars;     /* GBytes or NULL, same order */
} ReadPeople;

static void
bytes_free (gpointer data)
{
  g_clear_pointer ((GBytes **) &data, g_bytes_unref);
}

static void
read_people_free (gpointer data)
{
  ReadPeople *read = data;

  g_ptr_array_unref (read->rows);
  g_ptr_array_unref (read->avatars);
  g_free (read);
}

static gboolean
read_people (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  ReadPeople *read = data;
  const guint page = 1000;

  for (guint offset = 0; offset < MAX_PEOPLE; offset += page)
    {
      g_autoptr (GPtrArray) rows = store_person_list (tx, offset, page, error);

      if (rows == NULL)
        return FALSE;
      for (guint i = 0; i < rows->len; i++)
        {
          StorePerson *row = g_ptr_array_index (rows, i);

          g_ptr_array_add (read->rows, store_person_ref (row));
          g_ptr_array_add (read->avatars, row->avatar != NULL ? store_avatar_load (tx, row->avatar, NULL, NULL) : NULL);
        }
      if (rows->len < page)
        break;
    }

  return TRUE;
}

static ReadPeople *
read_people_new (void)
{
  ReadPeople *read = g_new0 (ReadPeople, 1);

  read->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) store_person_unref);
  read->avatars = g_ptr_array_new_with_free_func (bytes_free);

  return read;
}

static int
compare_person_pointers (gconstpointer a,
                         gconstpointer b,
                         gpointer      user_data)
{
  return compare_people (*(gpointer *) a, *(gpointer *) b, NULL);
}

static void
show_people (AtriumDirectory *self,
             ReadPeople      *read)
{
  g_autoptr (GPtrArray) contacts = g_ptr_array_new ();
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (self->people));
  gboolean same;

  for (guint i = 0; i < read->rows->len; i++)
    {
      StorePerson *row = g_ptr_array_index (read->rows, i);
      AtriumPerson *person = ensure (self, row->address);

      fill_person (self, person, row);
      atrium_person_set_avatar (person, g_ptr_array_index (read->avatars, i));
      if (row->listed && !atrium_person_get_own (person))
        g_ptr_array_add (contacts, person);
    }
  g_ptr_array_sort_with_data (contacts, compare_person_pointers, NULL);

  same = n_old == contacts->len;
  for (guint i = 0; same && i < n_old; i++)
    {
      g_autoptr (AtriumPerson) person = g_list_model_get_item (G_LIST_MODEL (self->people), i);

      same = person == g_ptr_array_index (contacts, i);
    }
  if (!same)
    g_list_store_splice (self->people, 0, n_old, contacts->pdata, contacts->len);
  schedule_tree (self);
}

static void
on_people_read (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (AtriumDirectory) self = user_data;
  gboolean read = store_database_run_finish (STORE_DATABASE (source), result, NULL);

  self->reading = FALSE;
  if (!read || self->workspace == NULL)
    return;
  show_people (self, store_database_get_run_data (result));
  if (self->dirty)
    atrium_directory_reload (self);
}

void
atrium_directory_reload (AtriumDirectory *self)
{
  if (self->workspace == NULL)
    return;
  if (self->reading)
    {
      self->dirty = TRUE;
      return;
    }

  self->dirty = FALSE;
  self->reading = TRUE;
  store_database_run_async (atrium_workspace_get_database (self->workspace), STORE_ACCESS_READ, G_PRIORITY_DEFAULT + 10,
                            read_people, read_people_new (), read_people_free, NULL, on_people_read, g_object_ref (self));
}

gpointer
atrium_directory_read (StoreTransaction  *tx,
                       GError           **error)
{
  ReadPeople *read = read_people_new ();

  if (read_people (tx, read, error))
    return read;
  read_people_free (read);

  return NULL;
}

void
atrium_directory_read_free (gpointer read)
{
  read_people_free (read);
}

void
atrium_directory_show (AtriumDirectory *self,
                       gpointer         read)
{
  show_people (self, read);
}

void
atrium_directory_clear (AtriumDirectory *self)
{
  g_list_store_remove_all (self->people);
  g_list_store_remove_all (self->groups);
  g_list_store_remove_all (self->requests);
  g_hash_table_remove_all (self->known);
}

/* Writing what the roster says. Readings of names are made on the database thread: ICU takes its time. */

typedef struct
{
  GPtrArray *news;        /* StorePerson with name, groups, subscription, listed, asked */
  char     **complete;    /* (nullable): nobody else is a contact any more */
} WritePeople;

static void
write_people_free (gpointer data)
{
  WritePeople *write = data;

  g_ptr_array_unref (write->news);
  g_strfreev (write->complete);
  g_free (write);
}

static gboolean
write_people (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  WritePeople *write = data;

  for (guint i = 0; i < write->news->len; i++)
    {
      StorePerson *news = g_ptr_array_index (write->news, i);
      g_autoptr (StorePerson) row = store_person_load (tx, news->address, NULL);
      gboolean known = row != NULL;

      if (row == NULL)
        row = store_person_new (news->address);
      if (known && g_strcmp0 (row->name, news->name) == 0 && row->subscription == news->subscription && row->listed == news->listed &&
          row->asked == news->asked && row->groups != NULL && news->groups != NULL &&
          g_strv_equal ((const char * const *) row->groups, (const char * const *) news->groups))
        continue;
      if (row->pinyin == NULL || g_strcmp0 (row->name, news->name) != 0)
        {
          const char *name = news->name != NULL ? news->name : row->nick;

          g_clear_pointer (&row->pinyin, g_free);
          g_clear_pointer (&row->initials, g_free);
          if (name != NULL && *name != '\0')
            atrium_pinyin_read (name, &row->pinyin, &row->initials);
        }
      g_free (row->name);
      row->name = g_strdup (news->name);
      g_strfreev (row->groups);
      row->groups = g_strdupv (news->groups);
      row->subscription = news->subscription;
      row->listed = news->listed;
      row->asked = news->asked;
      if (!store_person_save (tx, row, error))
        return FALSE;
    }
  if (write->complete != NULL)
    return store_person_unlist_others (tx, (const char * const *) write->complete, error);

  return TRUE;
}

static gboolean
on_write (gpointer user_data)
{
  AtriumDirectory *self = user_data;
  WritePeople *write = g_new0 (WritePeople, 1);
  GHashTableIter iter;
  gpointer value;

  self->write_idle = 0;
  write->news = g_ptr_array_new_with_free_func ((GDestroyNotify) store_person_unref);
  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (write->news, store_person_ref (value));
  g_hash_table_remove_all (self->pending);
  if (self->workspace != NULL)
    atrium_store_run (atrium_workspace_get_database (self->workspace), STORE_ACCESS_FILL, write_people, write, write_people_free);
  else
    write_people_free (write);

  return G_SOURCE_REMOVE;
}

static StorePerson *
person_from_item (const XmppRosterItem *item)
{
  StorePerson *person = store_person_new (item->address);

  person->name = g_strdup (item->name);
  g_strfreev (person->groups);
  person->groups = g_strdupv (item->groups);
  person->subscription = (StoreSubscription) item->subscription;
  person->asked = item->ask;
  person->listed = TRUE;

  return person;
}

static void
queue_write (AtriumDirectory *self,
             StorePerson     *person)
{
  g_hash_table_replace (self->pending, g_strdup (person->address), person);
  if (self->write_idle == 0)
    self->write_idle = g_idle_add (on_write, self);
}

static void
on_item_changed (XmppRoster      *roster,
                 XmppRosterItem  *item,
                 AtriumDirectory *self)
{
  if (self->workspace != NULL)
    queue_write (self, person_from_item (item));
}

static void
on_item_removed (XmppRoster      *roster,
                 const char      *address,
                 AtriumDirectory *self)
{
  StorePerson *person;

  if (self->workspace == NULL)
    return;
  person = store_person_new (address);
  g_strfreev (person->groups);
  person->groups = g_new0 (char *, 1);
  queue_write (self, person);
}

static void
on_roster_loaded (XmppRoster      *roster,
                  AtriumDirectory *self)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GStrvBuilder) addresses = NULL;
  WritePeople *write;

  if (self->workspace == NULL)
    return;

  items = xmpp_roster_list_items (roster);
  addresses = g_strv_builder_new ();
  write = g_new0 (WritePeople, 1);
  write->news = g_ptr_array_new_with_free_func ((GDestroyNotify) store_person_unref);
  for (guint i = 0; i < items->len; i++)
    {
      XmppRosterItem *item = g_ptr_array_index (items, i);

      g_ptr_array_add (write->news, person_from_item (item));
      g_strv_builder_add (addresses, item->address);
    }
  write->complete = g_strv_builder_end (addresses);
  atrium_store_run (atrium_workspace_get_database (self->workspace), STORE_ACCESS_FILL, write_people, write, write_people_free);
}

/* Presence, which is not stored. */

static AtriumPresence
map_show (XmppShow show)
{
  switch (show)
    {
    case XMPP_SHOW_XA:
      return ATRIUM_PRESENCE_EXTENDED_AWAY;
    case XMPP_SHOW_AWAY:
      return ATRIUM_PRESENCE_AWAY;
    case XMPP_SHOW_DND:
      return ATRIUM_PRESENCE_BUSY;
    case XMPP_SHOW_ONLINE:
    case XMPP_SHOW_CHAT:
      return ATRIUM_PRESENCE_AVAILABLE;
    case XMPP_SHOW_OFFLINE:
    default:
      return ATRIUM_PRESENCE_OFFLINE;
    }
}

static void
on_presence_changed (XmppPresences   *presences,
                     const char      *address,
                     AtriumDirectory *self)
{
  AtriumPerson *person;
  AtriumConversation *conversation;
  XmppPresence *best;

  if (self->workspace == NULL)
    return;
  person = ensure (self, address);
  best = xmpp_presences_get_best (presences, address);
  atrium_person_set_presence (person, best != NULL ? map_show (best->show) : ATRIUM_PRESENCE_OFFLINE);
  atrium_person_set_status_text (person, best != NULL ? best->status : NULL);
  conversation = atrium_workspace_find (self->workspace, address);
  if (conversation != NULL)
    atrium_conversation_update_person (conversation);
}

static void
forget_presence (AtriumDirectory *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      atrium_person_set_presence (value, ATRIUM_PRESENCE_UNKNOWN);
      atrium_person_set_status_text (value, NULL);
    }
}

static void
on_client_state (XmppClient      *client,
                 GParamSpec      *pspec,
                 AtriumDirectory *self)
{
  if (xmpp_client_get_state (client) == XMPP_CLIENT_OFFLINE && self->workspace != NULL)
    forget_presence (self);
}

/* Requests to see our presence. */

static void
on_request_received (XmppRoster      *roster,
                     const char      *from,
                     const char      *text,
                     AtriumDirectory *self)
{
  AtriumPerson *person = ensure (self, from);
  guint position;

  atrium_person_set_request (person, text != NULL ? text : "");
  if (!g_list_store_find (self->requests, person, &position))
    g_list_store_append (self->requests, person);
}

static void
on_request_removed (XmppRoster      *roster,
                    const char      *from,
                    AtriumDirectory *self)
{
  AtriumPerson *person = ensure (self, from);
  guint position;

  atrium_person_set_request (person, NULL);
  if (g_list_store_find (self->requests, person, &position))
    g_list_store_remove (self->requests, position);
}

/* Nicknames, pictures, blocking. */

typedef struct
{
  char   *address;
  char   *nick;         /* NULL: leave */
  char   *avatar;       /* NULL: leave; "" none */
  GBytes *picture;
  char   *vcard;        /* NULL: leave */
} PersonNote;

static void
person_note_free (gpointer data)
{
  PersonNote *note = data;

  g_free (note->address);
  g_free (note->nick);
  g_free (note->avatar);
  g_free (note->vcard);
  g_clear_pointer (&note->picture, g_bytes_unref);
  g_free (note);
}

static gboolean
person_note_work (StoreTransaction  *tx,
                  gpointer           data,
                  GError           **error)
{
  PersonNote *note = data;
  g_autoptr (StorePerson) row = store_person_load (tx, note->address, NULL);

  if (row == NULL)
    row = store_person_new (note->address);
  if (note->nick != NULL)
    {
      g_free (row->nick);
      row->nick = *note->nick != '\0' ? g_strdup (note->nick) : NULL;
      if (row->name == NULL || *row->name == '\0')
        {
          g_clear_pointer (&row->pinyin, g_free);
          g_clear_pointer (&row->initials, g_free);
          if (row->nick != NULL)
            atrium_pinyin_read (row->nick, &row->pinyin, &row->initials);
        }
    }
  if (note->avatar != NULL)
    {
      g_free (row->avatar);
      row->avatar = *note->avatar != '\0' ? g_strdup (note->avatar) : NULL;
      if (note->picture != NULL && !store_avatar_save (tx, note->avatar, xmpp_avatar_sniff (note->picture), note->picture, error))
        return FALSE;
    }
  if (note->vcard != NULL)
    {
      g_free (row->vcard);
      row->vcard = g_strdup (note->vcard);
      row->vcard_time = atrium_clock_now ();
    }

  return store_person_save (tx, row, error);
}

static void
write_note (AtriumDirectory *self,
            PersonNote      *note)
{
  atrium_store_run (atrium_workspace_get_database (self->workspace), STORE_ACCESS_FILL, person_note_work, note, person_note_free);
}

static void
on_nick_changed (XmppNicks       *nicks,
                 const char      *address,
                 const char      *nick,
                 AtriumDirectory *self)
{
  PersonNote *note;

  if (self->workspace == NULL)
    return;
  note = g_new0 (PersonNote, 1);
  note->address = g_strdup (address);
  note->nick = g_strdup (nick);
  write_note (self, note);
}

typedef struct
{
  AtriumDirectory *self;
  char            *address;
  char            *hash;
} FetchAvatar;

static void
on_avatar_fetched (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  FetchAvatar *fetch = user_data;
  g_autoptr (AtriumDirectory) self = fetch->self;
  g_autoptr (GBytes) picture = xmpp_avatars_fetch_finish (XMPP_AVATARS (source), result, NULL);

  if (picture != NULL && self->workspace != NULL)
    {
      PersonNote *note = g_new0 (PersonNote, 1);

      note->address = g_steal_pointer (&fetch->address);
      note->avatar = g_steal_pointer (&fetch->hash);
      note->picture = g_bytes_ref (picture);
      write_note (self, note);
    }
  g_free (fetch->address);
  g_free (fetch->hash);
  g_free (fetch);
}

static void
on_avatar_announced (XmppAvatars      *avatars,
                     const char       *address,
                     const char       *hash,
                     XmppAvatarSource  source,
                     AtriumDirectory  *self)
{
  AtriumPerson *person;
  FetchAvatar *fetch;

  /* Occupants of rooms that hide addresses have full room addresses: their pictures are not kept. */
  if (self->workspace == NULL || !xmpp_jid_is_bare (address))
    return;
  person = ensure (self, address);
  if (g_strcmp0 (atrium_person_get_avatar_hash (person), *hash != '\0' ? hash : NULL) == 0)
    return;
  if (*hash == '\0')
    {
      PersonNote *note = g_new0 (PersonNote, 1);

      note->address = g_strdup (address);
      note->avatar = g_strdup ("");
      write_note (self, note);
      return;
    }

  fetch = g_new0 (FetchAvatar, 1);
  fetch->self = g_object_ref (self);
  fetch->address = g_strdup (address);
  fetch->hash = g_strdup (hash);
  xmpp_avatars_fetch_async (avatars, address, hash, source, NULL, on_avatar_fetched, fetch);
}

static gboolean
blocked_work (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  return store_person_set_all_blocked (tx, data, error);
}

static void
on_blocking_changed (XmppBlocking    *blocking,
                     AtriumDirectory *self)
{
  if (self->workspace != NULL)
    atrium_store_run (atrium_workspace_get_database (self->workspace), STORE_ACCESS_FILL, blocked_work,
                      xmpp_blocking_list (blocking), (GDestroyNotify) g_strfreev);
}

void
atrium_directory_follow (AtriumDirectory *self,
                         AtriumSession   *session)
{
  XmppRoster *roster = atrium_session_get_roster (session);

  g_set_weak_pointer (&self->session, session);
  g_signal_connect_object (roster, "loaded", G_CALLBACK (on_roster_loaded), self, 0);
  g_signal_connect_object (roster, "item-changed", G_CALLBACK (on_item_changed), self, 0);
  g_signal_connect_object (roster, "item-removed", G_CALLBACK (on_item_removed), self, 0);
  g_signal_connect_object (roster, "request-received", G_CALLBACK (on_request_received), self, 0);
  g_signal_connect_object (roster, "request-removed", G_CALLBACK (on_request_removed), self, 0);
  g_signal_connect_object (atrium_session_get_presences (session), "changed", G_CALLBACK (on_presence_changed), self, 0);
  g_signal_connect_object (atrium_session_get_nicks (session), "changed", G_CALLBACK (on_nick_changed), self, 0);
  g_signal_connect_object (atrium_session_get_avatars (session), "announced", G_CALLBACK (on_avatar_announced), self, 0);
  g_signal_connect_object (atrium_session_get_blocking (session), "changed", G_CALLBACK (on_blocking_changed), self, 0);
  g_signal_connect_object (atrium_session_get_client (session), "notify::state", G_CALLBACK (on_client_state), self, 0);
}

/* Cards. */

static void
set_member (JsonObject *object,
            const char *name,
            const char *value)
{
  if (value != NULL && *value != '\0')
    json_object_set_string_member (object, name, value);
}

static const char *
first_entry (GPtrArray *entries)
{
  return entries != NULL && entries->len > 0 ? ((XmppVcardEntry *) g_ptr_array_index (entries, 0))->value : NULL;
}

static void
on_card_fetched (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumDirectory *self = g_task_get_source_object (task);
  AtriumPerson *person = g_task_get_task_data (task);
  g_autoptr (XmppVcard) card = xmpp_vcard4_fetch_finish (XMPP_PEP (source), result, NULL);

  if (card != NULL && self->workspace != NULL)
    {
      g_autoptr (JsonObject) object = json_object_new ();
      g_autofree char *organisation = card->department != NULL && card->organisation != NULL
                                        ? g_strdup_printf ("%s · %s", card->organisation, card->department)
                                        : g_strdup (card->organisation);
      PersonNote *note = g_new0 (PersonNote, 1);

      set_member (object, "title", card->title != NULL ? card->title : card->role);
      set_member (object, "organisation", organisation);
      set_member (object, "email", first_entry (card->emails));
      set_member (object, "phone", first_entry (card->phones));
      set_member (object, "note", card->note);
      set_member (object, "time_zone", card->time_zone);
      note->address = g_strdup (atrium_person_get_address (person));
      note->nick = g_strdup (card->nickname != NULL ? card->nickname : card->full_name);
      note->vcard = atrium_json_to_text (g_steal_pointer (&object));
      fill_card (person, note->vcard);
      write_note (self, note);
    }
  g_task_return_boolean (task, TRUE);
}

void
atrium_directory_load_card_async (AtriumDirectory     *self,
                                  AtriumPerson        *person,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (ATRIUM_IS_DIRECTORY (self));
  g_return_if_fail (ATRIUM_IS_PERSON (person));

  g_task_set_source_tag (task, atrium_directory_load_card_async);
  g_task_set_task_data (task, g_object_ref (person), g_object_unref);
  if (self->session == NULL || !atrium_session_is_online (self->session))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  xmpp_vcard4_fetch_async (atrium_session_get_pep (self->session), atrium_person_get_address (person), cancellable,
                           on_card_fetched, g_steal_pointer (&task));
}

gboolean
atrium_directory_load_card_finish (AtriumDirectory  *self,
                                   GAsyncResult     *result,
                                   GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* What the user does: through the outbox. */

typedef struct
{
  const char *verb;       /* static */
  char       *address;
  char       *name;
  char      **groups;
} PersonVerb;

static void
person_verb_free (gpointer data)
{
  PersonVerb *verb = data;

  g_free (verb->address);
  g_free (verb->name);
  g_strfreev (verb->groups);
  g_free (verb);
}

static gboolean
person_verb_work (StoreTransaction  *tx,
                  gpointer           data,
                  GError           **error)
{
  PersonVerb *verb = data;
  g_autoptr (JsonObject) payload = json_object_new ();
  g_autoptr (StorePerson) row = store_person_load (tx, verb->address, NULL);
  g_autofree char *json = NULL;

  if (row == NULL)
    row = store_person_new (verb->address);
  if (g_str_equal (verb->verb, "add"))
    {
      row->listed = TRUE;
      row->asked = TRUE;
      if (verb->name != NULL)
        {
          g_free (row->name);
          row->name = g_strdup (verb->name);
          g_clear_pointer (&row->pinyin, g_free);
          g_clear_pointer (&row->initials, g_free);
          atrium_pinyin_read (row->name, &row->pinyin, &row->initials);
        }
    }
  else if (g_str_equal (verb->verb, "remove"))
    row->listed = FALSE;
  else if (g_str_equal (verb->verb, "block"))
    row->blocked = TRUE;
  else if (g_str_equal (verb->verb, "unblock"))
    row->blocked = FALSE;
  if (!store_person_save (tx, row, error))
    return FALSE;

  json_object_set_string_member (payload, "verb", verb->verb);
  if (verb->name != NULL)
    json_object_set_string_member (payload, "name", verb->name);
  atrium_json_set_strv (payload, "groups", (const char * const *) verb->groups);
  json = atrium_json_to_text (g_steal_pointer (&payload));

  return atrium_entry_add (tx, ATRIUM_ENTRY_PERSON, verb->address, NULL, NULL, json, 0, 0, error) != 0;
}

static void
run_verb (AtriumDirectory      *self,
          const char           *verb,
          const char           *address,
          const char           *name,
          const char * const   *groups,
          gpointer              source_tag,
          GCancellable         *cancellable,
          GAsyncReadyCallback   callback,
          gpointer              user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *prepared = xmpp_jid_prepare (address, NULL);
  PersonVerb *data;

  g_task_set_source_tag (task, source_tag);
  if (self->workspace == NULL || atrium_account_get_address (atrium_workspace_get_account (self->workspace)) == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_NOT_SIGNED_IN, _("This needs an account."));
      return;
    }
  if (prepared == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("“%s” is not an address."), address);
      return;
    }

  data = g_new0 (PersonVerb, 1);
  data->verb = verb;
  data->address = xmpp_jid_dup_bare (prepared);
  data->name = g_strdup (name);
  data->groups = g_strdupv ((char **) groups);
  atrium_store_run_task (atrium_workspace_get_database (self->workspace), STORE_ACCESS_WRITE, g_steal_pointer (&task),
                         person_verb_work, data, person_verb_free, NULL);
}

static gboolean
finish_verb (AtriumDirectory  *self,
             GAsyncResult     *result,
             GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
atrium_directory_add_async (AtriumDirectory     *self,
                            const char          *address,
                            const char          *name,
                            const char * const  *groups,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_return_if_fail (ATRIUM_IS_DIRECTORY (self));

  run_verb (self, "add", address, name, groups, atrium_directory_add_async, cancellable, callback, user_data);
}

gboolean
atrium_directory_add_finish (AtriumDirectory  *self,
                             GAsyncResult     *result,
                             GError          **error)
{
  return finish_verb (self, result, error);
}

void
atrium_directory_remove_async (AtriumDirectory     *self,
                               const char          *address,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_return_if_fail (ATRIUM_IS_DIRECTORY (self));

  run_verb (self, "remove", address, NULL, NULL, atrium_directory_remove_async, cancellable, callback, user_data);
}

gboolean
atrium_directory_remove_finish (AtriumDirectory  *self,
                                GAsyncResult     *result,
                                GError          **error)
{
  return finish_verb (self, result, error);
}

void
atrium_directory_approve_async (AtriumDirectory     *self,
                                const char          *address,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_return_if_fail (ATRIUM_IS_DIRECTORY (self));

  run_verb (self, "approve", address, NULL, NULL, atrium_directory_approve_async, cancellable, callback, user_data);
}

gboolean
atrium_directory_approve_finish (AtriumDirectory  *self,
                                 GAsyncResult     *result,
                                 GError          **error)
{
  return finish_verb (self, result, error);
}

void
atrium_directory_decline_async (AtriumDirectory     *self,
                                const char          *address,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_return_if_fail (ATRIUM_IS_DIRECTORY (self));

  run_verb (self, "decline", address, NULL, NULL, atrium_directory_decline_async, cancellable, callback, user_data);
}

gboolean
atrium_directory_decline_finish (AtriumDirectory  *self,
                                 GAsyncResult     *result,
                                 GError          **error)
{
  return finish_verb (self, result, error);
}

void
atrium_directory_set_blocked_async (AtriumDirectory     *self,
                                    const char          *address,
                                    gboolean             blocked,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_return_if_fail (ATRIUM_IS_DIRECTORY (self));

  run_verb (self, blocked ? "block" : "unblock", address, NULL, NULL, atrium_directory_set_blocked_async, cancellable, callback, user_data);
}

gboolean
atrium_directory_set_blocked_finish (AtriumDirectory  *self,
                                     GAsyncResult     *result,
                                     GError          **error)
{
  return finish_verb (self, result, error);
}

/* Asking. */

GListModel *
atrium_directory_get_people (AtriumDirectory *self)
{
  g_return_val_if_fail (ATRIUM_IS_DIRECTORY (self), NULL);

  return G_LIST_MODEL (self->people);
}

GListModel *
atrium_directory_get_groups (AtriumDirectory *self)
{
  g_return_val_if_fail (ATRIUM_IS_DIRECTORY (self), NULL);

  return G_LIST_MODEL (self->groups);
}

GListModel *
atrium_directory_get_requests (AtriumDirectory *self)
{
  g_return_val_if_fail (ATRIUM_IS_DIRECTORY (self), NULL);

  return G_LIST_MODEL (self->requests);
}

AtriumPerson *
atrium_directory_lookup (AtriumDirectory *self,
                         const char      *address)
{
  g_return_val_if_fail (ATRIUM_IS_DIRECTORY (self), NULL);
  g_return_val_if_fail (address != NULL, NULL);

  return g_object_ref (ensure (self, address));
}

AtriumPerson *
atrium_directory_get_own (AtriumDirectory *self)
{
  const char *address;

  g_return_val_if_fail (ATRIUM_IS_DIRECTORY (self), NULL);

  address = self->workspace != NULL ? atrium_account_get_address (atrium_workspace_get_account (self->workspace)) : NULL;

  return address != NULL ? ensure (self, address) : NULL;
}

/* How well @person matches: 0 not at all, smaller is better. @out_hint: what else than the name matched. */
static guint
match (AtriumPerson  *person,
       const char    *folded,
       const char   **out_hint)
{
  g_autofree char *name = g_utf8_casefold (atrium_person_get_name (person), -1);
  const char *pinyin = atrium_person_get_pinyin (person);
  const char *initials = atrium_person_get_initials (person);
  const char *place;

  *out_hint = NULL;
  if (g_str_has_prefix (name, folded))
    return 1;
  place = strstr (name, folded);
  if (place != NULL && (place[-1] == ' ' || (guchar) *folded >= 0x80))
    return 2;
  if (pinyin != NULL)
    {
      g_autofree char *joined = g_strdup (pinyin);
      char *to = joined;

      *out_hint = pinyin;
      if (g_str_has_prefix (pinyin, folded))
        return 3;
      for (const char *from = pinyin; *from != '\0'; from++)
        if (*from != ' ')
          *to++ = *from;
      *to = '\0';
      if (g_str_has_prefix (joined, folded))
        return 3;
      if (initials != NULL && g_str_has_prefix (initials, folded))
        return 4;
      place = strstr (pinyin, folded);
      if (place != NULL && place > pinyin && place[-1] == ' ')
        return 5;
    }
  *out_hint = atrium_person_get_address (person);
  if (g_str_has_prefix (atrium_person_get_address (person), folded))
    return 6;
  *out_hint = NULL;

  return place != NULL ? 7 : 0;
}

typedef struct
{
  AtriumPerson *person;
  guint         rank;
  const char   *hint;
} Match;

static int
compare_matches (gconstpointer a,
                 gconstpointer b)
{
  const Match *left = a, *right = b;

  if (left->rank != right->rank)
    return left->rank < right->rank ? -1 : 1;

  return compare_people (left->person, right->person, NULL);
}

GListModel *
atrium_directory_search (AtriumDirectory *self,
                         const char      *text)
{
  GListStore *hits = g_list_store_new (ATRIUM_TYPE_PERSON);
  g_autoptr (GArray) matches = g_array_new (FALSE, FALSE, sizeof (Match));
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *folded = NULL;
  GHashTableIter iter;
  gpointer value;

  g_return_val_if_fail (ATRIUM_IS_DIRECTORY (self), NULL);

  g_strstrip (valid);
  folded = g_utf8_casefold (valid, -1);
  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Match found = { .person = value, .rank = 1 };

      if (atrium_person_get_own (value))
        continue;
      if (*folded != '\0')
        found.rank = match (value, folded, &found.hint);
      if (found.rank > 0)
        g_array_append_val (matches, found);
    }
  g_array_sort (matches, compare_matches);
  for (guint i = 0; i < matches->len; i++)
    {
      Match *found = &g_array_index (matches, Match, i);

      atrium_person_set_match_hint (found->person, found->hint);
      g_list_store_append (hits, found->person);
    }

  return G_LIST_MODEL (hits);
}

void
atrium_directory_detach (AtriumDirectory *self)
{
  self->workspace = NULL;
  g_clear_handle_id (&self->write_idle, g_source_remove);
  g_clear_handle_id (&self->tree_idle, g_source_remove);
}

static void
atrium_directory_finalize (GObject *object)
{
  AtriumDirectory *self = ATRIUM_DIRECTORY (object);

  atrium_directory_detach (self);
  g_clear_weak_pointer (&self->session);
  g_clear_object (&self->people);
  g_clear_object (&self->groups);
  g_clear_object (&self->requests);
  g_clear_pointer (&self->known, g_hash_table_unref);
  g_clear_pointer (&self->pending, g_hash_table_unref);

  G_OBJECT_CLASS (atrium_directory_parent_class)->finalize (object);
}

static void
atrium_directory_class_init (AtriumDirectoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = atrium_directory_finalize;
}

static void
atrium_directory_init (AtriumDirectory *self)
{
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) store_person_unref);
  self->people = g_list_store_new (ATRIUM_TYPE_PERSON);
  self->groups = g_list_store_new (ATRIUM_TYPE_GROUP);
  self->requests = g_list_store_new (ATRIUM_TYPE_PERSON);
}

AtriumDirectory *
atrium_directory_new (AtriumWorkspace *workspace)
{
  AtriumDirectory *self = g_object_new (ATRIUM_TYPE_DIRECTORY, NULL);

  self->workspace = workspace;

  return self;
}
