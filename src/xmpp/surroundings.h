/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What happens around a connection: the network changed, the machine slept. A link may be dead after it, and a try
 * that failed may succeed.
 */
typedef struct _XmppSurroundings XmppSurroundings;

typedef void (*XmppSurroundingsFunc) (gpointer user_data);

XmppSurroundings *xmpp_surroundings_new  (XmppSurroundingsFunc  changed,
                                          gpointer              user_data) G_GNUC_WARN_UNUSED_RESULT;
void              xmpp_surroundings_free (XmppSurroundings     *self);

G_END_DECLS
