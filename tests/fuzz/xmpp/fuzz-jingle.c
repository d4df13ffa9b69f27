/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a stranger's <jingle/> becomes in SDP is read back as the same: no attribute of theirs ends a line or adds one. */

#include "config.h"

#include "xmpp/jingle-rtp.h"
#include "xmpp/sdp.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(XmppNode) jingle = xmpp_node_parse (size > 0 ? (const char *) data : "", (gssize) size, NULL);
  g_autoptr(XmppSessionDescription) description = jingle != NULL ? xmpp_jingle_rtp_parse (jingle, NULL) : NULL;
  g_autoptr(XmppSessionDescription) again = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  if (description == NULL)
    return 0;
  one = xmpp_sdp_print (description, TRUE, 1, 1);
  again = xmpp_sdp_parse (one, TRUE, &error);
  g_assert_no_error (error);
  two = xmpp_sdp_print (again, TRUE, 1, 1);
  g_assert_cmpstr (one, ==, two);

  return 0;
}
