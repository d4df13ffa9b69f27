/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/chat/conversation-state.h"

#include "workspace/account/session.h"
#include "workspace/clock.h"
#include "workspace/people/directory-private.h"
#include "workspace/policy/policy.h"
#include "workspace/store-task.h"
#include "workspace/sync/rooms.h"
#include "workspace/workspace-private.h"
#include "xmpp/chat-state.h"
#include "xmpp/jid.h"

#include <glib/gi18n-lib.h>

/* Who said “composing” and nothing since is not believed for longer, in µs. */
#define TYPING_SPAN (30 * G_TIME_SPAN_SECOND)
/* While the user types it is repeated this often. */
#define TYPING_REPEAT (20 * G_TIME_SPAN_SECOND)
#define DRAFT_WAIT_MS 400

static AtriumConversationState *
get_state (AtriumConversation *self)
{
  return atrium_conversation_get_state (self);
}

AtriumConversationState *
atrium_conversation_state_new (AtriumConversation *conversation)
{
  AtriumConversationState *state = g_new0 (AtriumConversationState, 1);

  state->conversation = conversation;
  state->typing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return state;
}

void
atrium_conversation_state_free (AtriumConversationState *state)
{
  g_clear_handle_id (&state->typing_timer, g_source_remove);
  g_clear_handle_id (&state->draft_timer, g_source_remove);
  g_hash_table_unref (state->typing);
  g_free (state);
}

gint64
atrium_conversation_get_sort_time (AtriumConversation *self)
{
  return get_state (self)->sort_time;
}

gint64
atrium_conversation_get_last_message (AtriumConversation *self)
{
  return get_state (self)->last_message;
}

gint64
atrium_conversation_get_read_message (AtriumConversation *self)
{
  return get_state (self)->read_message;
}

/* Subtitle. */

static const char *
describe_presence (AtriumPresence presence)
{
  switch (presence)
    {
    case ATRIUM_PRESENCE_AVAILABLE:
      return _("Available");
    case ATRIUM_PRESENCE_AWAY:
      return _("Away");
    case ATRIUM_PRESENCE_EXTENDED_AWAY:
      return _("Away for a while");
    case ATRIUM_PRESENCE_BUSY:
      return _("Do not disturb");
    case ATRIUM_PRESENCE_OFFLINE:
      return _("Offline");
    case ATRIUM_PRESENCE_UNKNOWN:
    default:
      return NULL;
    }
}

void
atrium_conversation_update_subtitle (AtriumConversation *self)
{
  AtriumPerson *person = atrium_conversation_get_person (self);
  g_autofree char *text = NULL;

  if (atrium_conversation_get_kind (self) == ATRIUM_CONVERSATION_ROOM)
    {
      guint n_members = atrium_conversation_get_n_members (self);
      guint n_present = atrium_conversation_get_n_present (self);

      if (n_members > 0)
        {
          g_autofree char *people = g_strdup_printf (ngettext ("%u person", "%u people", n_members), n_members);
          g_autofree char *online = g_strdup_printf (ngettext ("%u online", "%u online", n_present), n_present);

          text = g_strdup_printf ("%s · %s", people, online);
        }
    }
  else if (person != NULL)
    {
      const char *words = describe_presence (atrium_person_get_presence (person));
      const char *status = atrium_person_get_status_text (person);

      if (words != NULL && status != NULL && *status != '\0')
        text = g_strdup_printf ("%s · %s", words, status);
      else if (words != NULL)
        text = g_strdup (words);
      else
        text = g_strdup (atrium_person_get_address (person));
    }
  atrium_conversation_put_subtitle (self, text);
}

void
atrium_conversation_update_person (AtriumConversation *self)
{
  AtriumPerson *person = atrium_conversation_get_person (self);

  if (person == NULL)
    return;
  atrium_conversation_put_name (self, atrium_person_get_name (person));
  atrium_conversation_put_avatar (self, atrium_person_get_avatar (person));
  atrium_conversation_put_avatar_hash (self, atrium_person_get_avatar_hash (person));
  atrium_conversation_update_subtitle (self);
}

/* From the row. */

static AtriumNotify
map_notify (StoreNotify           notify,
            StoreConversationKind kind)
{
  switch (notify)
    {
    case STORE_NOTIFY_MENTIONS:
      return ATRIUM_NOTIFY_MENTIONS;
    case STORE_NOTIFY_NOTHING:
      return ATRIUM_NOTIFY_NOTHING;
    case STORE_NOTIFY_DEFAULT:
    case STORE_NOTIFY_ALL:
    default:
      return ATRIUM_NOTIFY_ALL;
    }
}

static AtriumMessageState
map_message_state (int state)
{
  switch (state)
    {
    case STORE_MESSAGE_SENT:
      return ATRIUM_MESSAGE_SENT;
    case STORE_MESSAGE_DELIVERED:
      return ATRIUM_MESSAGE_DELIVERED;
    case STORE_MESSAGE_READ:
      return ATRIUM_MESSAGE_READ;
    case STORE_MESSAGE_FAILED:
      return ATRIUM_MESSAGE_FAILED;
    case STORE_MESSAGE_QUEUED:
    default:
      return ATRIUM_MESSAGE_QUEUED;
    }
}

static void
fill_last (AtriumConversation      *self,
           const StoreConversation *row)
{
  AtriumDirectory *directory = atrium_workspace_get_directory (atrium_conversation_get_workspace (self));
  g_autofree char *author = NULL;

  if (row->last_sender != NULL)
    author = row->kind == STORE_CONVERSATION_PERSON ? atrium_directory_dup_name (directory, row->last_sender, NULL)
                                                    : atrium_directory_dup_name (directory, row->last_sender, row->last_sender);
  atrium_conversation_put_last_text (self, row->last_text);
  atrium_conversation_put_last_author (self, author);
  atrium_conversation_put_last_own_state (self, row->last_message != 0 && row->last_sender == NULL ? (int) map_message_state (row->last_state) : -1);
  atrium_conversation_put_last_time (self, row->last_time);
}

void
atrium_conversation_fill (AtriumConversation      *self,
                          const StoreConversation *row)
{
  AtriumConversationState *state = get_state (self);
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);
  gboolean first = !state->filled;

  state->filled = TRUE;
  g_object_freeze_notify (G_OBJECT (self));
  state->sort_time = row->sort_time;
  state->last_message = row->last_message;
  state->read_message = row->read_message;
  atrium_conversation_put_address (self, row->address);
  atrium_conversation_put_kind (self, row->kind == STORE_CONVERSATION_ROOM ? ATRIUM_CONVERSATION_ROOM : ATRIUM_CONVERSATION_PERSON);
  if (row->kind == STORE_CONVERSATION_PERSON && xmpp_jid_is_bare (row->address))
    {
      if (atrium_conversation_get_person (self) == NULL)
        {
          g_autoptr (AtriumPerson) person = atrium_directory_lookup (atrium_workspace_get_directory (workspace), row->address);

          atrium_conversation_put_person (self, person);
        }
      atrium_conversation_update_person (self);
    }
  else
    {
      const char *nick = xmpp_jid_get_resource (row->address);
      g_autofree char *local = xmpp_jid_dup_local (row->address);

      atrium_conversation_put_name (self, row->name != NULL && *row->name != '\0' ? row->name
                                            : nick != NULL ? nick : local != NULL ? local : row->address);
      atrium_conversation_update_subtitle (self);
    }
  fill_last (self, row);
  atrium_conversation_put_unread (self, row->unread);
  atrium_conversation_put_mentions (self, row->mentions);
  atrium_conversation_put_muted_until (self, row->muted_until);
  atrium_conversation_put_muted (self, row->muted_until > atrium_clock_now ());
  atrium_conversation_put_pinned (self, row->pin_order != 0);
  atrium_conversation_put_pin_order (self, (int) CLAMP (row->pin_order, 0, G_MAXINT));
  atrium_conversation_put_archived (self, row->archived);
  atrium_conversation_put_notify (self, map_notify (row->notify, row->kind));
  if (!state->draft_dirty)
    {
      atrium_conversation_put_draft (self, row->draft);
      atrium_conversation_put_draft_reply (self, row->draft_reply);
    }
  g_object_thaw_notify (G_OBJECT (self));

  if (first && row->kind == STORE_CONVERSATION_ROOM && atrium_workspace_get_session (workspace) != NULL)
    atrium_rooms_touch_conversation (atrium_session_get_rooms (atrium_workspace_get_session (workspace)), self);
}

/* Typing of others. */

static gboolean on_typing_over (gpointer user_data);

static void
show_typing (AtriumConversation *self)
{
  AtriumConversationState *state = get_state (self);
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  GHashTableIter iter;
  gpointer key, value;
  gint64 now = g_get_monotonic_time (), next = G_MAXINT64;

  g_hash_table_iter_init (&iter, state->typing);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      gint64 until = *(gint64 *) value;

      if (until <= now)
        {
          g_hash_table_iter_remove (&iter);
          continue;
        }
      next = MIN (next, until);
      if (workspace != NULL)
        {
          g_autofree char *name = atrium_directory_dup_name (atrium_workspace_get_directory (workspace), key, NULL);

          g_strv_builder_add (builder, name);
        }
    }
  names = g_strv_builder_end (builder);
  atrium_conversation_put_typing (self, names[0] != NULL ? (const char * const *) names : NULL);
  g_clear_handle_id (&state->typing_timer, g_source_remove);
  if (next != G_MAXINT64)
    state->typing_timer = g_timeout_add ((next - now) / G_TIME_SPAN_MILLISECOND + 10, on_typing_over, self);
}

static gboolean
on_typing_over (gpointer user_data)
{
  get_state (user_data)->typing_timer = 0;
  show_typing (user_data);

  return G_SOURCE_REMOVE;
}

void
atrium_conversation_note_typing (AtriumConversation *self,
                                 const char         *who,
                                 gboolean            typing)
{
  AtriumConversationState *state = get_state (self);

  if (typing && g_hash_table_size (state->typing) < 20)
    {
      gint64 until = g_get_monotonic_time () + TYPING_SPAN;

      g_hash_table_replace (state->typing, g_strdup (who), g_memdup2 (&until, sizeof until));
    }
  else if (!g_hash_table_remove (state->typing, who))
    {
      return;
    }
  show_typing (self);
}

/* Our own typing. */

void
atrium_conversation_set_typing (AtriumConversation *self,
                                gboolean            typing)
{
  AtriumConversationState *state;
  AtriumWorkspace *workspace;
  AtriumSession *session;
  gint64 now = g_get_monotonic_time ();

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  state = get_state (self);
  workspace = atrium_conversation_get_workspace (self);
  session = workspace != NULL ? atrium_workspace_get_session (workspace) : NULL;
  if (session == NULL || !atrium_session_is_online (session) || !atrium_policy_get_send_typing (atrium_workspace_get_settings (workspace)))
    return;
  if (typing == state->typing_told && (!typing || now - state->typing_told_at < TYPING_REPEAT))
    return;

  state->typing_told = typing;
  state->typing_told_at = now;
  xmpp_client_send (atrium_session_get_client (session),
                    xmpp_chat_state_new (atrium_conversation_get_address (self),
                                         atrium_conversation_get_kind (self) == ATRIUM_CONVERSATION_ROOM ? "groupchat" : "chat",
                                         typing ? XMPP_CHAT_STATE_COMPOSING : XMPP_CHAT_STATE_ACTIVE));
}

/* Settings of a conversation: one row each. */

typedef enum { SET_PIN, SET_MUTED, SET_ARCHIVED, SET_NOTIFY, SET_DRAFT } SettingKind;

typedef struct
{
  SettingKind kind;
  gint64      id;
  gint64      value;
  char       *text;
} Setting;

static void
setting_free (gpointer data)
{
  Setting *setting = data;

  g_free (setting->text);
  g_free (setting);
}

static gboolean
setting_work (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  Setting *setting = data;

  switch (setting->kind)
    {
    case SET_PIN:
      return store_conversation_set_pin_order (tx, setting->id, setting->value, error);
    case SET_MUTED:
      return store_conversation_set_muted (tx, setting->id, setting->value, error);
    case SET_ARCHIVED:
      return store_conversation_set_archived (tx, setting->id, setting->value != 0, error);
    case SET_NOTIFY:
      return store_conversation_set_notify (tx, setting->id, (StoreNotify) setting->value, error);
    case SET_DRAFT:
    default:
      return store_conversation_set_draft (tx, setting->id, setting->text, setting->value, 0, atrium_clock_now (), error);
    }
}

static void
save (AtriumConversation *self,
      SettingKind         kind,
      gint64              value,
      const char         *text)
{
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);
  Setting *setting;

  if (workspace == NULL || atrium_workspace_get_database (workspace) == NULL)
    return;
  setting = g_new0 (Setting, 1);
  setting->kind = kind;
  setting->id = atrium_conversation_get_id (self);
  setting->value = value;
  setting->text = g_strdup (text);
  atrium_store_run (atrium_workspace_get_database (workspace), kind == SET_DRAFT ? STORE_ACCESS_WRITE : STORE_ACCESS_FILL,
                    setting_work, setting, setting_free);
}

void
atrium_conversation_set_pinned (AtriumConversation *self,
                                gboolean            pinned)
{
  gint64 order = 1;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (pinned && atrium_conversation_get_workspace (self) != NULL)
    {
      GListModel *all = atrium_workspace_get_conversations (atrium_conversation_get_workspace (self));

      for (guint i = 0; i < g_list_model_get_n_items (all); i++)
        {
          g_autoptr (AtriumConversation) other = g_list_model_get_item (all, i);

          if (!atrium_conversation_get_pinned (other))
            break;
          order = MAX (order, atrium_conversation_get_pin_order (other) + 1);
        }
    }
  save (self, SET_PIN, pinned ? order : 0, NULL);
}

void
atrium_conversation_set_pin_order (AtriumConversation *self,
                                   int                 order)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  save (self, SET_PIN, MAX (order, 0), NULL);
}

void
atrium_conversation_set_muted_until (AtriumConversation *self,
                                     gint64              until)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  save (self, SET_MUTED, until, NULL);
}

void
atrium_conversation_set_archived (AtriumConversation *self,
                                  gboolean            archived)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  save (self, SET_ARCHIVED, archived, NULL);
}

void
atrium_conversation_set_notify (AtriumConversation *self,
                                AtriumNotify        notify)
{
  static const StoreNotify map[] = {
    [ATRIUM_NOTIFY_ALL] = STORE_NOTIFY_ALL,
    [ATRIUM_NOTIFY_MENTIONS] = STORE_NOTIFY_MENTIONS,
    [ATRIUM_NOTIFY_NOTHING] = STORE_NOTIFY_NOTHING,
  };

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));
  g_return_if_fail (notify < G_N_ELEMENTS (map));

  save (self, SET_NOTIFY, map[notify], NULL);
}

/* Drafts. */

static void
save_draft (AtriumConversation *self)
{
  AtriumConversationState *state = get_state (self);

  g_clear_handle_id (&state->draft_timer, g_source_remove);
  if (!state->draft_dirty)
    return;
  state->draft_dirty = FALSE;
  save (self, SET_DRAFT, atrium_conversation_get_draft_reply (self), atrium_conversation_get_draft (self));
}

static gboolean
on_draft_timer (gpointer user_data)
{
  get_state (user_data)->draft_timer = 0;
  save_draft (user_data);

  return G_SOURCE_REMOVE;
}

void
atrium_conversation_set_draft (AtriumConversation *self,
                               const char         *text,
                               gint64              reply_to)
{
  AtriumConversationState *state;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  state = get_state (self);
  if (text != NULL && *text == '\0')
    text = NULL;
  if (g_strcmp0 (text, atrium_conversation_get_draft (self)) == 0 && reply_to == atrium_conversation_get_draft_reply (self))
    return;
  atrium_conversation_put_draft (self, text);
  atrium_conversation_put_draft_reply (self, reply_to);
  state->draft_dirty = TRUE;
  if (text == NULL)
    save_draft (self);
  else if (state->draft_timer == 0)
    state->draft_timer = g_timeout_add (DRAFT_WAIT_MS, on_draft_timer, self);
}

void
atrium_conversations_flush_drafts (GListModel *conversations)
{
  for (guint i = 0; i < g_list_model_get_n_items (conversations); i++)
    {
      g_autoptr (AtriumConversation) conversation = g_list_model_get_item (conversations, i);

      save_draft (conversation);
    }
}
