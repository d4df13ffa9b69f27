/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/incoming.h"

G_DEFINE_BOXED_TYPE (XmppIncoming, xmpp_incoming, xmpp_incoming_ref, xmpp_incoming_unref)

XmppIncoming *
xmpp_incoming_ref (XmppIncoming *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
xmpp_incoming_unref (XmppIncoming *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->chat);
  g_clear_pointer (&self->author, xmpp_author_free);
  g_free (self->from);
  g_free (self->archive);
  g_free (self->archive_id);
  g_clear_pointer (&self->message, xmpp_message_unref);
  g_free (self);
}
