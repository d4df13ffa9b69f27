/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "media"

#include "config.h"

#include "media/picture-header.h"

#include <string.h>

static guint32
read_be16 (const guint8 *p)
{
  return (guint32) p[0] << 8 | p[1];
}

static guint32
read_be32 (const guint8 *p)
{
  return read_be16 (p) << 16 | read_be16 (p + 2);
}

static guint32
read_le16 (const guint8 *p)
{
  return p[0] | (guint32) p[1] << 8;
}

static guint32
read_le24 (const guint8 *p)
{
  return read_le16 (p) | (guint32) p[2] << 16;
}

/* PNG (ISO 15948) §5.6: IHDR is always the first chunk. */
static gboolean
read_png (const guint8 *data,
          gsize         length,
          guint32      *width,
          guint32      *height)
{
  if (length < 24 || memcmp (data + 12, "IHDR", 4) != 0)
    return FALSE;

  *width = read_be32 (data + 16);
  *height = read_be32 (data + 20);
  return TRUE;
}

/* JPEG (ITU-T T.81) §B.1.1.4: walk the segments up to the first start of frame. */
static gboolean
read_jpeg (const guint8 *data,
           gsize         length,
           guint32      *width,
           guint32      *height)
{
  gsize at = 2;

  while (length - at >= 4)
    {
      guint8 marker;
      gsize size;

      if (data[at] != 0xff)
        return FALSE;
      marker = data[at + 1];
      if (marker == 0xff)       /* fill byte */
        {
          at += 1;
          continue;
        }
      if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8))   /* no length */
        {
          at += 2;
          continue;
        }
      if (marker == 0xd9 || marker == 0xda)     /* end, or scan without a frame */
        return FALSE;

      size = read_be16 (data + at + 2);
      if (size < 2 || size > length - at - 2)
        return FALSE;

      /* SOF0–SOF15 without DHT (c4), JPG (c8) and DAC (cc) */
      if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
        {
          if (size < 8)
            return FALSE;
          *height = read_be16 (data + at + 5);
          *width = read_be16 (data + at + 7);
          return TRUE;
        }
      at += 2 + size;
    }

  return FALSE;
}

/* RFC 9649 §2.5 to §2.7: the first chunk tells lossy, lossless or extended. */
static gboolean
read_webp (const guint8 *data,
           gsize         length,
           guint32      *width,
           guint32      *height)
{
  if (length < 30)
    return FALSE;

  if (memcmp (data + 12, "VP8 ", 4) == 0)
    {
      if (data[23] != 0x9d || data[24] != 0x01 || data[25] != 0x2a)
        return FALSE;
      *width = read_le16 (data + 26) & 0x3fff;
      *height = read_le16 (data + 28) & 0x3fff;
      return TRUE;
    }
  if (memcmp (data + 12, "VP8L", 4) == 0)
    {
      guint32 bits;

      if (data[20] != 0x2f)
        return FALSE;
      bits = read_le24 (data + 21) | (guint32) data[24] << 24;
      *width = (bits & 0x3fff) + 1;
      *height = (bits >> 14 & 0x3fff) + 1;
      return TRUE;
    }
  if (memcmp (data + 12, "VP8X", 4) == 0)
    {
      *width = read_le24 (data + 24) + 1;
      *height = read_le24 (data + 27) + 1;
      return TRUE;
    }

  return FALSE;
}

MediaPictureFormat
media_picture_header_read (const guint8 *data,
                           gsize         length,
                           int          *out_width,
                           int          *out_height)
{
  MediaPictureFormat format = MEDIA_PICTURE_UNKNOWN;
  guint32 width = 0;
  guint32 height = 0;

  g_return_val_if_fail (data != NULL || length == 0, MEDIA_PICTURE_UNKNOWN);

  if (length >= 8 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    format = read_png (data, length, &width, &height) ? MEDIA_PICTURE_PNG : MEDIA_PICTURE_UNKNOWN;
  else if (length >= 3 && memcmp (data, "\xff\xd8\xff", 3) == 0)
    format = read_jpeg (data, length, &width, &height) ? MEDIA_PICTURE_JPEG : MEDIA_PICTURE_UNKNOWN;
  else if (length >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    format = read_webp (data, length, &width, &height) ? MEDIA_PICTURE_WEBP : MEDIA_PICTURE_UNKNOWN;
  else if (length >= 10 && (memcmp (data, "GIF87a", 6) == 0 || memcmp (data, "GIF89a", 6) == 0))
    {
      width = read_le16 (data + 6);
      height = read_le16 (data + 8);
      format = MEDIA_PICTURE_GIF;
    }

  if (width == 0 || height == 0 || width > MEDIA_PICTURE_MAX_SIDE || height > MEDIA_PICTURE_MAX_SIDE)
    return MEDIA_PICTURE_UNKNOWN;
  if (format != MEDIA_PICTURE_UNKNOWN)
    {
      *out_width = (int) width;
      *out_height = (int) height;
    }

  return format;
}

const char *
media_picture_format_get_type (MediaPictureFormat format)
{
  switch (format)
    {
    case MEDIA_PICTURE_PNG:
      return "image/png";
    case MEDIA_PICTURE_JPEG:
      return "image/jpeg";
    case MEDIA_PICTURE_WEBP:
      return "image/webp";
    case MEDIA_PICTURE_GIF:
      return "image/gif";
    case MEDIA_PICTURE_UNKNOWN:
    default:
      return NULL;
    }
}
