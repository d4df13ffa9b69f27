/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/outbox/sender-private.h"

#include "workspace/account/session.h"
#include "workspace/chat/extra.h"
#include "workspace/policy/policy.h"
#include "workspace/sync/rooms.h"
#include "xmpp/markers.h"
#include "xmpp/muc-invite.h"

#include <string.h>

static JsonObject *
dup_payload (const AtriumParcel *parcel)
{
  gsize size = 0;
  const char *text = parcel->entry->payload != NULL ? g_bytes_get_data (parcel->entry->payload, &size) : NULL;

  return text != NULL ? atrium_json_parse (text, size) : NULL;
}

/* A server that lacks a feature will lack it next time too: such an entry is done. */
static void
return_result (GTask    *task,
               gboolean  done,
               GError   *error)
{
  if (!done && (g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED) ||
                g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_SERVICE_UNAVAILABLE)))
    {
      g_clear_error (&error);
      done = TRUE;
    }
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Read marks. */

static void
on_mds_published (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_mds_publish_finish (XMPP_MDS (source), result, &error);

  if (!done && !g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_DISCONNECTED) &&
      !g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_TIMED_OUT))
    {
      /* The others were told; only our own devices were not. */
      g_debug ("read state: %s", error->message);
      g_clear_error (&error);
      done = TRUE;
    }
  return_result (task, done, error);
}

static void
run_read (AtriumSession      *session,
          const AtriumParcel *parcel,
          GTask              *task)      /* (transfer full) */
{
  const StoreMessage *message = parcel->message;
  gboolean room = parcel->kind == STORE_CONVERSATION_ROOM;
  const char *own = xmpp_client_get_address (atrium_session_get_client (session));
  g_autoptr (JsonObject) payload = dup_payload (parcel);
  const char *id;

  if (message == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  id = room && message->archive_id != NULL ? message->archive_id : message->message_id;
  if (id != NULL && message->direction == STORE_DIRECTION_IN && atrium_json_get_boolean (payload, "tell"))
    xmpp_client_send (atrium_session_get_client (session),
                      xmpp_markers_new_displayed (parcel->entry->target, room ? "groupchat" : "chat", id));
  if (message->archive_id == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  xmpp_mds_publish_async (atrium_session_get_mds (session), parcel->entry->target, message->archive_id,
                          room ? parcel->entry->target : own, NULL, on_mds_published, task);
}

/* Rooms. */

static void
on_bookmark_done (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_bookmarks_finish (XMPP_BOOKMARKS (source), result, &error);

  if (!done && g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND))
    {
      g_clear_error (&error);
      done = TRUE;
    }
  return_result (task, done, error);
}

static void
run_room (AtriumSession      *session,
          const AtriumParcel *parcel,
          GTask              *task)      /* (transfer full) */
{
  g_autoptr (JsonObject) payload = dup_payload (parcel);
  const char *verb = atrium_json_get_string (payload, "verb");
  const char *room = parcel->entry->target;

  if (g_strcmp0 (verb, "bookmark") == 0)
    {
      g_autoptr (XmppBookmark) bookmark = xmpp_bookmark_new (room);

      bookmark->name = g_strdup (atrium_json_get_string (payload, "name"));
      bookmark->nick = g_strdup (atrium_json_get_string (payload, "nick"));
      bookmark->autojoin = TRUE;
      xmpp_bookmarks_put_async (atrium_session_get_bookmarks (session), bookmark, NULL, on_bookmark_done, task);
      return;
    }
  if (g_strcmp0 (verb, "unbookmark") == 0)
    {
      XmppMucRoom *joined = xmpp_muc_get_room (atrium_session_get_muc (session), room);

      if (joined != NULL)
        {
          xmpp_muc_room_leave (joined, NULL);
          atrium_rooms_forget (atrium_session_get_rooms (session), room);
        }
      xmpp_bookmarks_remove_async (atrium_session_get_bookmarks (session), room, NULL, on_bookmark_done, task);
      return;
    }
  if (g_strcmp0 (verb, "invite") == 0)
    {
      g_auto (GStrv) addresses = atrium_json_dup_strv (payload, "addresses");
      const char *reason = atrium_json_get_string (payload, "reason");

      for (guint i = 0; addresses[i] != NULL; i++)
        xmpp_client_send (atrium_session_get_client (session), xmpp_muc_invite_new_mediated (room, addresses[i], reason));
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* People. */

static void
on_roster_done (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  const char *address = g_object_get_data (G_OBJECT (task), "subscribe");
  GError *error = NULL;
  gboolean done = xmpp_roster_set_item_finish (XMPP_ROSTER (source), result, &error);

  if (done && address != NULL)
    xmpp_roster_subscribe (XMPP_ROSTER (source), address, NULL);
  return_result (task, done, error);
}

static void
on_roster_removed (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_roster_remove_finish (XMPP_ROSTER (source), result, &error);

  if (!done && g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND))
    {
      g_clear_error (&error);
      done = TRUE;
    }
  return_result (task, done, error);
}

static void
on_blocking_done (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_blocking_finish (XMPP_BLOCKING (source), result, &error);

  return_result (task, done, error);
}

static void
run_person (AtriumSession      *session,
            const AtriumParcel *parcel,
            GTask              *task)      /* (transfer full) */
{
  g_autoptr (JsonObject) payload = dup_payload (parcel);
  const char *verb = atrium_json_get_string (payload, "verb");
  const char *address = parcel->entry->target;
  XmppRoster *roster = atrium_session_get_roster (session);

  if (g_strcmp0 (verb, "add") == 0)
    {
      g_auto (GStrv) groups = atrium_json_dup_strv (payload, "groups");

      g_object_set_data_full (G_OBJECT (task), "subscribe", g_strdup (address), g_free);
      xmpp_roster_set_item_async (roster, address, atrium_json_get_string (payload, "name"), (const char * const *) groups,
                                  NULL, on_roster_done, task);
      return;
    }
  if (g_strcmp0 (verb, "remove") == 0)
    {
      xmpp_roster_remove_async (roster, address, NULL, on_roster_removed, task);
      return;
    }
  if (g_strcmp0 (verb, "block") == 0)
    {
      xmpp_blocking_block_async (atrium_session_get_blocking (session), address, NULL, on_blocking_done, task);
      return;
    }
  if (g_strcmp0 (verb, "unblock") == 0)
    {
      xmpp_blocking_unblock_async (atrium_session_get_blocking (session), address, NULL, on_blocking_done, task);
      return;
    }
  if (g_strcmp0 (verb, "approve") == 0)
    xmpp_roster_approve (roster, address);
  else if (g_strcmp0 (verb, "decline") == 0)
    xmpp_roster_cancel (roster, address);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* The own profile. */

static void
on_nick_published (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_nicks_publish_finish (XMPP_NICKS (source), result, &error);

  return_result (task, done, error);
}

static void
on_avatar_published (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_avatars_publish_finish (XMPP_AVATARS (source), result, &error);

  return_result (task, done, error);
}

static void
run_profile (AtriumSession      *session,
             const AtriumParcel *parcel,
             GTask              *task)      /* (transfer full) */
{
  g_autoptr (JsonObject) payload = dup_payload (parcel);
  const char *verb = atrium_json_get_string (payload, "verb");

  if (g_strcmp0 (verb, "nick") == 0)
    {
      xmpp_nicks_publish_async (atrium_session_get_nicks (session), atrium_json_get_string (payload, "nick"), NULL,
                                on_nick_published, task);
      return;
    }
  if (g_strcmp0 (verb, "avatar") == 0)
    {
      const char *text = atrium_json_get_string (payload, "data");
      g_autoptr (GBytes) picture = NULL;

      if (text != NULL)
        {
          gsize size;
          guchar *data = g_base64_decode (text, &size);

          picture = g_bytes_new_take (data, size);
        }
      xmpp_avatars_publish_async (atrium_session_get_avatars (session), picture, atrium_json_get_int (payload, "width"),
                                  atrium_json_get_int (payload, "height"), NULL, on_avatar_published, task);
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
atrium_request_run_async (AtriumSession       *session,
                          const AtriumParcel  *parcel,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (session, NULL, callback, user_data);
  const char *kind = parcel->entry->kind;

  g_task_set_source_tag (task, atrium_request_run_async);
  if (g_str_equal (kind, ATRIUM_ENTRY_READ))
    run_read (session, parcel, task);
  else if (g_str_equal (kind, ATRIUM_ENTRY_ROOM))
    run_room (session, parcel, task);
  else if (g_str_equal (kind, ATRIUM_ENTRY_PERSON))
    run_person (session, parcel, task);
  else if (g_str_equal (kind, ATRIUM_ENTRY_PROFILE))
    run_profile (session, parcel, task);
  else
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_UNSUPPORTED, "unknown entry of the outbox: %s", kind);
      g_object_unref (task);
    }
}

gboolean
atrium_request_run_finish (GAsyncResult  *result,
                           GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
