/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whatever the SDP reader accepts, Jingle can carry and give back: the two spellings agree, and none holds a line end. */

#include "config.h"

#include "xmpp/jingle-rtp.h"
#include "xmpp/sdp.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autoptr(XmppSessionDescription) description = xmpp_sdp_parse (text, TRUE, NULL);
  g_autoptr(XmppSessionDescription) again = NULL;
  g_autoptr(XmppNode) jingle = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  if (description == NULL)
    return 0;
  jingle = xmpp_node_new ("jingle", XMPP_NS_JINGLE);
  xmpp_jingle_rtp_build (description, jingle);
  again = xmpp_jingle_rtp_parse (jingle, &error);
  g_assert_no_error (error);
  one = xmpp_sdp_print (description, TRUE, 1, 1);
  two = xmpp_sdp_print (again, TRUE, 1, 1);
  g_assert_cmpstr (one, ==, two);

  return 0;
}
