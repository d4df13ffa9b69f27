/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The dot at the lower right of an avatar. */
typedef enum
{
  ATRIUM_DOT_NONE,
  ATRIUM_DOT_AVAILABLE,
  ATRIUM_DOT_AWAY,
  ATRIUM_DOT_BUSY,
  ATRIUM_DOT_OFFLINE,
} AtriumDot;

#define ATRIUM_TYPE_AVATAR (atrium_avatar_get_type ())
G_DECLARE_FINAL_TYPE (AtriumAvatar, atrium_avatar, ATRIUM, AVATAR, GtkWidget)

/**
 * atrium_avatar_new:
 * @size: edge in logical pixels
 *
 * A face: a circle for a person, a rounded square for a room, filled with the hue of the address
 * (XEP-0392) and one Chinese character or two letters of the name, or a picture over it.
 */
GtkWidget *atrium_avatar_new         (int           size);

void       atrium_avatar_set_size    (AtriumAvatar *self,
                                      int           size);
/**
 * atrium_avatar_set_subject:
 * @address: (nullable): bare address, gives the colour
 * @name: (nullable): gives the letters; the address when %NULL
 * @room: a rounded square instead of a circle
 */
void       atrium_avatar_set_subject (AtriumAvatar *self,
                                      const char   *address,
                                      const char   *name,
                                      gboolean      room);
void       atrium_avatar_set_dot     (AtriumAvatar *self,
                                      AtriumDot     dot);
/**
 * atrium_avatar_set_picture:
 * @picture: (nullable): shown instead of the letters; already decoded by the safe decoder
 */
void       atrium_avatar_set_picture (AtriumAvatar *self,
                                      GdkPaintable *picture);

/**
 * atrium_avatar_dup_letters:
 *
 * Returns: (transfer full): the first Chinese, Japanese or Korean character of @name, or up to two
 *   initials in capitals, or an empty string
 */
char      *atrium_avatar_dup_letters (const char   *name);

G_END_DECLS
