/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0446: File metadata element; XEP-0264: Jingle Content Thumbnails. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/file-metadata.h"
#include "xmpp/file-name.h"
#include "xmpp/stanza-id.h"
#include "xmpp/timestamp.h"

#include <string.h>

#define HASH_MAX_BYTES 64       /* the longest known digest: 512 bits */

static void
file_hash_free (gpointer data)
{
  XmppFileHash *hash = data;

  g_free (hash->algorithm);
  g_bytes_unref (hash->value);
  g_free (hash);
}

static void
thumbnail_free (gpointer data)
{
  XmppThumbnail *thumbnail = data;

  g_free (thumbnail->uri);
  g_free (thumbnail->media_type);
  g_free (thumbnail);
}

XmppFileMetadata *
xmpp_file_metadata_new (void)
{
  XmppFileMetadata *self = g_new0 (XmppFileMetadata, 1);

  self->size = -1;
  self->hashes = g_ptr_array_new_with_free_func (file_hash_free);
  self->thumbnails = g_ptr_array_new_with_free_func (thumbnail_free);
  return self;
}

void
xmpp_file_metadata_free (XmppFileMetadata *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->media_type);
  g_free (self->description);
  g_ptr_array_unref (self->hashes);
  g_ptr_array_unref (self->thumbnails);
  g_free (self);
}

XmppFileMetadata *
xmpp_file_metadata_copy (const XmppFileMetadata *self)
{
  XmppFileMetadata *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = xmpp_file_metadata_new ();
  copy->name = g_strdup (self->name);
  copy->media_type = g_strdup (self->media_type);
  copy->description = g_strdup (self->description);
  copy->size = self->size;
  copy->modified = self->modified;
  copy->duration = self->duration;
  copy->width = self->width;
  copy->height = self->height;
  for (guint i = 0; i < self->hashes->len; i++)
    {
      const XmppFileHash *hash = g_ptr_array_index (self->hashes, i);

      xmpp_file_metadata_add_hash (copy, hash->algorithm, hash->value);
    }
  for (guint i = 0; i < self->thumbnails->len; i++)
    {
      const XmppThumbnail *thumbnail = g_ptr_array_index (self->thumbnails, i);

      xmpp_file_metadata_add_thumbnail (copy, thumbnail->uri, thumbnail->media_type, thumbnail->width, thumbnail->height);
    }
  return copy;
}

void
xmpp_file_metadata_add_hash (XmppFileMetadata *self,
                             const char       *algorithm,
                             GBytes           *value)
{
  XmppFileHash *hash;

  g_return_if_fail (self != NULL && algorithm != NULL && value != NULL);

  hash = g_new0 (XmppFileHash, 1);
  hash->algorithm = g_strdup (algorithm);
  hash->value = g_bytes_ref (value);
  g_ptr_array_add (self->hashes, hash);
}

void
xmpp_file_metadata_add_thumbnail (XmppFileMetadata *self,
                                  const char       *uri,
                                  const char       *media_type,
                                  int               width,
                                  int               height)
{
  XmppThumbnail *thumbnail;

  g_return_if_fail (self != NULL && uri != NULL);

  thumbnail = g_new0 (XmppThumbnail, 1);
  thumbnail->uri = g_strdup (uri);
  thumbnail->media_type = g_strdup (media_type);
  thumbnail->width = width;
  thumbnail->height = height;
  g_ptr_array_add (self->thumbnails, thumbnail);
}

static gboolean
is_media_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$&-^_.+", c) != NULL);
}

char *
xmpp_media_type_dup_clean (const char *text)
{
  gsize length = 0, slash = 0;

  if (text == NULL)
    return NULL;
  /* RFC 6838 §4.2: at most 127 characters each. */
  while (is_media_char (text[length]) || (text[length] == '/' && slash == 0 && length > 0))
    {
      if (text[length] == '/')
        slash = length;
      length++;
      if (length - slash > 128)
        return NULL;
    }
  if (slash == 0 || length == slash + 1 || (text[length] != '\0' && text[length] != ';' && text[length] != ' '))
    return NULL;
  return g_ascii_strdown (text, length);
}

static void
parse_hash (XmppFileMetadata *self,
            const XmppNode   *node)
{
  const char *algorithm = xmpp_node_get_attribute (node, "algo");
  g_autoptr(GBytes) value = NULL;
  g_autofree char *text = g_strdup (xmpp_node_get_text (node));
  guchar *data;
  gsize length;

  g_strstrip (text);
  if (self->hashes->len >= XMPP_FILE_MAX_HASHES || algorithm == NULL || *algorithm == '\0' || strlen (algorithm) > 32
      || *text == '\0' || strlen (text) > 2 * HASH_MAX_BYTES)
    return;
  data = g_base64_decode (text, &length);
  value = g_bytes_new_take (data, length);
  if (length >= 16 && length <= HASH_MAX_BYTES)
    xmpp_file_metadata_add_hash (self, algorithm, value);
}

static void
parse_thumbnail (XmppFileMetadata *self,
                 const XmppNode   *node)
{
  const char *uri = xmpp_node_get_attribute (node, "uri");
  g_autofree char *media_type = xmpp_media_type_dup_clean (xmpp_node_get_attribute (node, "media-type"));
  gint64 width = 0, height = 0;

  /* A data: picture may be large, a name may not. */
  if (self->thumbnails->len >= XMPP_FILE_MAX_THUMBNAILS || uri == NULL
      || (!g_str_has_prefix (uri, "data:") && !xmpp_id_is_usable (uri)))
    return;
  xmpp_node_get_attribute_int64 (node, "width", 1, XMPP_FILE_MAX_PIXELS, &width);
  xmpp_node_get_attribute_int64 (node, "height", 1, XMPP_FILE_MAX_PIXELS, &height);
  xmpp_file_metadata_add_thumbnail (self, uri, media_type, width, height);
}

static gint64
parse_number (const XmppNode *node,
              gint64          max,
              gint64          fallback)
{
  g_autofree char *text = g_strdup (xmpp_node_get_text (node));
  gint64 value;

  return g_ascii_string_to_signed (g_strstrip (text), 10, 0, max, &value, NULL) ? value : fallback;
}

static char *
dup_limited (const char *text,
             gsize       max)
{
  gsize length = strnlen (text, max + 1);

  if (length > max)
    {
      length = max;
      while (length > 0 && (text[length] & 0xc0) == 0x80)
        length--;
    }
  return length > 0 ? g_strndup (text, length) : NULL;
}

static void
parse_field (XmppFileMetadata *self,
             const XmppNode   *node)
{
  const char *name = xmpp_node_get_name (node);
  const char *text = xmpp_node_get_text (node);

  if (g_str_equal (name, "name") && self->name == NULL && *text != '\0')
    self->name = xmpp_file_name_clean (text);
  else if (g_str_equal (name, "media-type") && self->media_type == NULL)
    self->media_type = xmpp_media_type_dup_clean (text);
  else if (g_str_equal (name, "desc") && self->description == NULL)
    self->description = dup_limited (text, XMPP_FILE_DESC_MAX_BYTES);
  else if (g_str_equal (name, "size"))
    self->size = parse_number (node, G_MAXINT64, self->size);
  else if (g_str_equal (name, "length"))
    self->duration = parse_number (node, G_MAXINT64, self->duration);
  else if (g_str_equal (name, "width"))
    self->width = parse_number (node, XMPP_FILE_MAX_PIXELS, self->width);
  else if (g_str_equal (name, "height"))
    self->height = parse_number (node, XMPP_FILE_MAX_PIXELS, self->height);
  else if (g_str_equal (name, "date"))
    xmpp_timestamp_parse (text, &self->modified);
}

XmppFileMetadata *
xmpp_file_metadata_parse (const XmppNode *file)
{
  g_autoptr(XmppFileMetadata) self = NULL;

  g_return_val_if_fail (file != NULL, NULL);

  if (!xmpp_node_is (file, "file", XMPP_NS_FILE_METADATA))
    return NULL;
  self = xmpp_file_metadata_new ();
  for (XmppNode *child = xmpp_node_get_first_child (file); child != NULL; child = xmpp_node_get_next (child))
    {
      if (xmpp_node_is (child, "hash", XMPP_NS_HASHES))
        parse_hash (self, child);
      else if (xmpp_node_is (child, "thumbnail", XMPP_NS_THUMBS))
        parse_thumbnail (self, child);
      else if (g_strcmp0 (xmpp_node_get_xmlns (child), XMPP_NS_FILE_METADATA) == 0)
        parse_field (self, child);
    }
  return g_steal_pointer (&self);
}

static void
add_number (XmppNode   *node,
            const char *name,
            gint64      value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  xmpp_node_add_text_child (node, name, NULL, text);
}

void
xmpp_file_metadata_add_to_node (const XmppFileMetadata *self,
                                XmppNode               *parent)
{
  XmppNode *node;

  g_return_if_fail (self != NULL && parent != NULL);

  node = xmpp_node_add_child (parent, "file", XMPP_NS_FILE_METADATA);
  if (self->media_type != NULL)
    xmpp_node_add_text_child (node, "media-type", NULL, self->media_type);
  if (self->name != NULL)
    xmpp_node_add_text_child (node, "name", NULL, self->name);
  if (self->modified != 0)
    {
      g_autofree char *date = xmpp_timestamp_format (self->modified);

      xmpp_node_add_text_child (node, "date", NULL, date);
    }
  if (self->size >= 0)
    add_number (node, "size", self->size);
  if (self->width > 0)
    add_number (node, "width", self->width);
  if (self->height > 0)
    add_number (node, "height", self->height);
  if (self->duration > 0)
    add_number (node, "length", self->duration);
  if (self->description != NULL)
    xmpp_node_add_text_child (node, "desc", NULL, self->description);
  for (guint i = 0; i < self->hashes->len; i++)
    {
      const XmppFileHash *hash = g_ptr_array_index (self->hashes, i);
      gsize length;
      const guchar *data = g_bytes_get_data (hash->value, &length);
      g_autofree char *text = g_base64_encode (data, length);

      xmpp_node_set_attribute (xmpp_node_add_text_child (node, "hash", XMPP_NS_HASHES, text), "algo", hash->algorithm);
    }
  for (guint i = 0; i < self->thumbnails->len; i++)
    {
      const XmppThumbnail *thumbnail = g_ptr_array_index (self->thumbnails, i);
      XmppNode *child = xmpp_node_add_child (node, "thumbnail", XMPP_NS_THUMBS);

      xmpp_node_set_attribute (child, "uri", thumbnail->uri);
      if (thumbnail->media_type != NULL)
        xmpp_node_set_attribute (child, "media-type", thumbnail->media_type);
      if (thumbnail->width > 0)
        xmpp_node_set_attribute_int64 (child, "width", thumbnail->width);
      if (thumbnail->height > 0)
        xmpp_node_set_attribute_int64 (child, "height", thumbnail->height);
    }
}
