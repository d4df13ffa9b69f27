/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "workspace/types.h"

G_BEGIN_DECLS

/*
 * The "extra" column of a message: a JSON object of what the table has no column for.
 *
 *   mentions   [[start, end, "address"], …]   bytes of the body
 *   unstyled   true                           XEP-0393 §6
 *   forwarded  "name"                         first author of a forwarded message
 *   silent     true
 *   waveform   "base64"                       of a voice message
 *   stay       number                         XmppAuthor.stay of the author, for edits in rooms without identities
 *
 * Unknown members are kept out; anything malformed reads as absent.
 */
typedef struct
{
  GPtrArray *mentions;    /* (element-type AtriumSpan) (nullable) */
  gboolean   unstyled;
  gboolean   silent;
  char      *forwarded;
  GBytes    *waveform;
  gint64     stay;
} AtriumExtra;

/* NULL @json gives an empty one. */
AtriumExtra *atrium_extra_parse      (const char        *json) G_GNUC_WARN_UNUSED_RESULT;
/* NULL when there is nothing in it. */
char        *atrium_extra_to_json    (const AtriumExtra *extra) G_GNUC_WARN_UNUSED_RESULT;
void         atrium_extra_free       (AtriumExtra       *extra);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtriumExtra, atrium_extra_free)

/* Compact JSON text of @object (transfer full). */
char        *atrium_json_to_text     (JsonObject        *object) G_GNUC_WARN_UNUSED_RESULT;
/* NULL unless @text is one JSON object. */
JsonObject  *atrium_json_parse       (const char        *text,
                                      gssize             length) G_GNUC_WARN_UNUSED_RESULT;
/* Members of the wrong type read as absent. */
const char  *atrium_json_get_string  (JsonObject        *object,
                                      const char        *name);
gint64       atrium_json_get_int     (JsonObject        *object,
                                      const char        *name);
gboolean     atrium_json_get_boolean (JsonObject        *object,
                                      const char        *name);
/* (transfer full): the strings of an array; empty when absent. */
char       **atrium_json_dup_strv    (JsonObject        *object,
                                      const char        *name) G_GNUC_WARN_UNUSED_RESULT;
void         atrium_json_set_strv    (JsonObject        *object,
                                      const char        *name,
                                      const char * const *values);

G_END_DECLS
