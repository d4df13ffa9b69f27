/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/person-face.h"
#include "media/picture.h"

#include <glib/gi18n.h>

/* Faces are shown at 128 px at most, on a screen of scale 2. */
#define FACE_PIXELS 256
#define CACHE_SIZE 512

typedef struct
{
  AtriumAvatar *avatar;  /* owned */
  char *key;
} Load;

static GHashTable *textures;  /* SHA-256 of the bytes → GdkTexture */

static void
load_free (Load *load)
{
  g_object_unref (load->avatar);
  g_free (load->key);
  g_free (load);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

AtriumDot
atrium_dot_for_presence (AtriumPresence presence,
                         gboolean       show_offline)
{
  switch (presence)
    {
    case ATRIUM_PRESENCE_AVAILABLE:
      return ATRIUM_DOT_AVAILABLE;
    case ATRIUM_PRESENCE_AWAY:
    case ATRIUM_PRESENCE_EXTENDED_AWAY:
      return ATRIUM_DOT_AWAY;
    case ATRIUM_PRESENCE_BUSY:
      return ATRIUM_DOT_BUSY;
    case ATRIUM_PRESENCE_OFFLINE:
    case ATRIUM_PRESENCE_UNKNOWN:
    default:
      return show_offline ? ATRIUM_DOT_OFFLINE : ATRIUM_DOT_NONE;
    }
}

const char *
atrium_presence_word (AtriumPresence presence)
{
  switch (presence)
    {
    case ATRIUM_PRESENCE_AVAILABLE:
      return C_("presence", "Available");
    case ATRIUM_PRESENCE_AWAY:
      return C_("presence", "Away");
    case ATRIUM_PRESENCE_EXTENDED_AWAY:
      return C_("presence", "Away for longer");
    case ATRIUM_PRESENCE_BUSY:
      return C_("presence", "Do not disturb");
    case ATRIUM_PRESENCE_OFFLINE:
      return C_("presence", "Offline");
    case ATRIUM_PRESENCE_UNKNOWN:
    default:
      return C_("presence", "Presence unknown");
    }
}

static void
on_decoded (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr(Load) load = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(MediaPicture) picture = media_picture_load_finish (result, &error);
  g_autoptr(GdkTexture) texture = NULL;

  if (picture == NULL)
    {
      g_debug ("A face cannot be shown: %s", error->message);
      return;
    }

  texture = gdk_memory_texture_new (media_picture_get_width (picture), media_picture_get_height (picture),
                                    GDK_MEMORY_R8G8B8A8, media_picture_get_pixels (picture),
                                    media_picture_get_stride (picture));
  if (g_hash_table_size (textures) >= CACHE_SIZE)
    g_hash_table_remove_all (textures);
  g_hash_table_insert (textures, g_strdup (load->key), g_object_ref (texture));

  if (g_strcmp0 (g_object_get_data (G_OBJECT (load->avatar), "atrium-picture-key"), load->key) == 0)
    atrium_avatar_set_picture (load->avatar, GDK_PAINTABLE (texture));
}

void
atrium_avatar_load_bytes (AtriumAvatar *self,
                          GBytes       *bytes)
{
  g_autofree char *key = NULL;
  GdkPaintable *known;
  Load *load;

  g_return_if_fail (ATRIUM_IS_AVATAR (self));

  if (bytes == NULL)
    {
      g_object_set_data (G_OBJECT (self), "atrium-picture-key", NULL);
      atrium_avatar_set_picture (self, NULL);
      return;
    }

  if (textures == NULL)
    textures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);

  key = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  if (g_strcmp0 (g_object_get_data (G_OBJECT (self), "atrium-picture-key"), key) == 0)
    return;

  g_object_set_data_full (G_OBJECT (self), "atrium-picture-key", g_strdup (key), g_free);
  known = g_hash_table_lookup (textures, key);
  atrium_avatar_set_picture (self, known);
  if (known != NULL)
    return;

  load = g_new0 (Load, 1);
  load->avatar = g_object_ref (self);
  load->key = g_steal_pointer (&key);
  media_picture_decode_async (bytes, FACE_PIXELS, FACE_PIXELS, NULL, on_decoded, load);
}
