/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/disco.h"
#include "xmpp/roster.h"

G_BEGIN_DECLS

/* Entity time (XEP-0202): what o'clock it is where somebody sits. */

/* Answers contacts (not strangers: it tells the time zone) as long as the returned object lives. */
#define XMPP_TYPE_ENTITY_TIME (xmpp_entity_time_get_type ())
G_DECLARE_FINAL_TYPE (XmppEntityTime, xmpp_entity_time, XMPP, ENTITY_TIME, GObject)

XmppEntityTime *xmpp_entity_time_new          (XmppClient *client,
                                               XmppDisco  *disco,
                                               XmppRoster *roster) G_GNUC_WARN_UNUSED_RESULT;

/* @address: full address of a person's device, or the server. Finish: seconds east of UTC in @out_offset (−50,400 to
 * 50,400) and their clock in @out_time (µs since the epoch). */
void            xmpp_entity_time_fetch_async  (XmppEntityTime      *self,
                                               const char          *address,
                                               GCancellable        *cancellable,
                                               GAsyncReadyCallback  callback,
                                               gpointer             user_data);
gboolean        xmpp_entity_time_fetch_finish (XmppEntityTime  *self,
                                               GAsyncResult    *result,
                                               int             *out_offset,
                                               gint64          *out_time,
                                               GError         **error);
/* "+08:00", "-05:30", "Z". */
gboolean        xmpp_entity_time_parse_offset (const char *text,
                                               int        *out_offset);

G_END_DECLS
