/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0486: MUC Avatars: a room's picture is the photo of its vcard-temp (XEP-0054). */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/muc-avatar.h"

#define NS_VCARD "vcard-temp"

typedef struct
{
  GBytes *image;
  char   *media_type;
} Picture;

static void
picture_free (gpointer data)
{
  Picture *picture = data;

  g_clear_pointer (&picture->image, g_bytes_unref);
  g_free (picture->media_type);
  g_free (picture);
}

static Picture *
parse_picture (const XmppNode  *answer,
               GError         **error)
{
  XmppNode *vcard = xmpp_node_get_child (answer, "vCard", NS_VCARD);
  XmppNode *photo = vcard != NULL ? xmpp_node_get_child (vcard, "PHOTO", NULL) : NULL;
  const char *text = photo != NULL ? xmpp_node_get_child_text (photo, "BINVAL", NULL) : NULL;
  Picture *picture = g_new0 (Picture, 1);
  guchar *data;
  gsize length;

  if (text == NULL)
    return picture;
  data = g_base64_decode (text, &length);
  picture->image = g_bytes_new_take (data, length);
  if (length > XMPP_MUC_AVATAR_MAX_BYTES)
    {
      picture_free (picture);
      g_set_error_literal (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER, "the picture of the room is too big");
      return NULL;
    }
  picture->media_type = g_strdup (xmpp_node_get_child_text (photo, "TYPE", NULL));
  if (length == 0)
    g_clear_pointer (&picture->image, g_bytes_unref);
  return picture;
}

static void
on_vcard (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(XmppNode) answer = NULL;
  GError *error = NULL;
  Picture *picture;

  answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  if (answer != NULL)
    picture = parse_picture (answer, &error);
  else if (g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND))
    {
      g_clear_error (&error);
      picture = g_new0 (Picture, 1);
    }
  else
    picture = NULL;

  if (picture == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, picture, picture_free);
}

void
xmpp_muc_avatar_load_async (XmppClient          *client,
                            const char          *room,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  XmppNode *iq;
  GTask *task;

  g_return_if_fail (XMPP_IS_CLIENT (client));
  g_return_if_fail (room != NULL);

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_avatar_load_async);
  iq = xmpp_client_new_iq ("get", room);
  xmpp_node_add_child (iq, "vCard", NS_VCARD);
  xmpp_client_send_iq_async (client, iq, cancellable, on_vcard, task);
}

GBytes *
xmpp_muc_avatar_load_finish (XmppClient    *client,
                             GAsyncResult  *result,
                             char         **out_media_type,
                             GError       **error)
{
  Picture *picture;
  GBytes *image;

  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  picture = g_task_propagate_pointer (G_TASK (result), error);
  if (picture == NULL)
    return NULL;
  image = g_steal_pointer (&picture->image);
  if (out_media_type != NULL)
    *out_media_type = g_steal_pointer (&picture->media_type);
  picture_free (picture);
  return image;
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(XmppNode) answer = NULL;
  GError *error = NULL;

  answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  if (answer == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
xmpp_muc_avatar_store_async (XmppClient          *client,
                             const char          *room,
                             GBytes              *image,
                             const char          *media_type,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  XmppNode *iq, *vcard;
  GTask *task;

  g_return_if_fail (XMPP_IS_CLIENT (client));
  g_return_if_fail (room != NULL);
  g_return_if_fail (image == NULL || g_bytes_get_size (image) <= XMPP_MUC_AVATAR_MAX_BYTES);

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_avatar_store_async);
  iq = xmpp_client_new_iq ("set", room);
  vcard = xmpp_node_add_child (iq, "vCard", NS_VCARD);
  if (image != NULL)
    {
      XmppNode *photo = xmpp_node_add_child (vcard, "PHOTO", NULL);
      gsize length;
      const guchar *data = g_bytes_get_data (image, &length);
      g_autofree char *text = g_base64_encode (data, length);

      xmpp_node_add_text_child (photo, "TYPE", NULL, media_type != NULL ? media_type : "image/png");
      xmpp_node_add_text_child (photo, "BINVAL", NULL, text);
    }
  xmpp_client_send_iq_async (client, iq, cancellable, on_stored, task);
}

gboolean
xmpp_muc_avatar_store_finish (XmppClient    *client,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
