/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Choosing among SRV records (RFC 2782), for both services of XEP-0368 in one list. */
typedef struct
{
  char     *host;
  guint16   port;
  guint16   priority;
  guint16   weight;
  gboolean  direct_tls;   /* _xmpps-client */
} XmppSrvTarget;

void       xmpp_srv_target_free (XmppSrvTarget *target);

/* Adds the targets of @records (GVariant "(qqqs)" each, as GResolver gives them) to @targets.
 * Returns FALSE if they say that the service is not offered: a lone target ".". */
gboolean   xmpp_srv_collect     (GPtrArray     *targets,
                                 GList         *records,
                                 gboolean       direct_tls);
/* Orders by priority, and within one at random by weight. @random: a number in [0, bound); NULL: the system's. */
void       xmpp_srv_sort        (GPtrArray     *targets,
                                 guint32      (*random) (guint32 bound));

G_END_DECLS
