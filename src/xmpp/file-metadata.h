/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0446: File metadata element, with hashes of XEP-0300 and thumbnails of XEP-0264. */

#define XMPP_NS_FILE_METADATA "urn:xmpp:file:metadata:0"
#define XMPP_NS_HASHES        "urn:xmpp:hashes:2"
#define XMPP_NS_THUMBS        "urn:xmpp:thumbs:1"

#define XMPP_FILE_NAME_MAX_BYTES  200
#define XMPP_FILE_DESC_MAX_BYTES  16384
#define XMPP_FILE_MAX_HASHES      16
#define XMPP_FILE_MAX_THUMBNAILS  8
#define XMPP_FILE_MAX_PIXELS      65535     /* a side */

typedef struct
{
  char   *algorithm;        /* "sha-256", "sha3-256", "blake2b-256"… */
  GBytes *value;
} XmppFileHash;

typedef struct
{
  char *uri;
  char *media_type;         /* (nullable) */
  int   width, height;      /* pixels; 0 = unknown */
} XmppThumbnail;

typedef struct
{
  char      *name;          /* cleaned by xmpp_file_name_clean(); NULL if not given */
  char      *media_type;    /* lower case "type/subtype"; NULL if not given or malformed */
  char      *description;   /* (nullable) */
  gint64     size;          /* bytes; −1 = unknown */
  gint64     modified;      /* µs since the epoch, UTC; 0 = unknown */
  gint64     duration;      /* ms; 0 = none */
  int        width, height; /* pixels; 0 = unknown */
  GPtrArray *hashes;        /* (element-type XmppFileHash) */
  GPtrArray *thumbnails;    /* (element-type XmppThumbnail) */
} XmppFileMetadata;

XmppFileMetadata *xmpp_file_metadata_new    (void) G_GNUC_WARN_UNUSED_RESULT;
XmppFileMetadata *xmpp_file_metadata_parse  (const XmppNode *file) G_GNUC_WARN_UNUSED_RESULT;   /* a <file/>; NULL if it is none */
XmppFileMetadata *xmpp_file_metadata_copy   (const XmppFileMetadata *self) G_GNUC_WARN_UNUSED_RESULT;
void              xmpp_file_metadata_free   (XmppFileMetadata *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppFileMetadata, xmpp_file_metadata_free)
void              xmpp_file_metadata_add_to_node (const XmppFileMetadata *self, XmppNode *parent);
void              xmpp_file_metadata_add_hash    (XmppFileMetadata *self, const char *algorithm, GBytes *value);
void              xmpp_file_metadata_add_thumbnail (XmppFileMetadata *self, const char *uri, const char *media_type,
                                                    int width, int height);
/* Lower-cased @text when it is "type/subtype" of RFC 6838 characters, parameters cut off; else NULL. */
char             *xmpp_media_type_dup_clean (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
