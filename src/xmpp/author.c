/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/author.h"

G_DEFINE_BOXED_TYPE (XmppAuthor, xmpp_author, xmpp_author_copy, xmpp_author_free)

XmppAuthor *
xmpp_author_new (XmppChatKind  kind,
                 const char   *chat,
                 const char   *address,
                 const char   *nick,
                 const char   *occupant_id,
                 gint64        stay)
{
  XmppAuthor *self;

  g_return_val_if_fail (chat != NULL, NULL);

  self = g_new0 (XmppAuthor, 1);
  self->kind = kind;
  self->chat = g_strdup (chat);
  self->address = g_strdup (address);
  self->nick = g_strdup (nick);
  self->occupant_id = g_strdup (occupant_id);
  self->stay = stay;
  return self;
}

XmppAuthor *
xmpp_author_copy (const XmppAuthor *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return xmpp_author_new (self->kind, self->chat, self->address, self->nick, self->occupant_id, self->stay);
}

void
xmpp_author_free (XmppAuthor *self)
{
  if (self == NULL)
    return;
  g_free (self->chat);
  g_free (self->address);
  g_free (self->nick);
  g_free (self->occupant_id);
  g_free (self);
}

/*
 * Decision table; "=" both have it and it is equal, "≠" both have it and it differs, "–" one or both lack it:
 *
 *   kind, chat  occupant-id  address  stay   same
 *   differ                                   no
 *   direct                   =               yes
 *   direct                   ≠ or –          no
 *   room        =                            yes
 *   room        ≠                            no
 *   room        –            =               yes
 *   room        –            ≠               no
 *   room        –            –        =      yes
 *   room        –            –        ≠, –   no
 *
 * The room itself is the author of what has neither nick nor address; it is the same as itself.
 */
gboolean
xmpp_author_same (const XmppAuthor *a,
                  const XmppAuthor *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (a->kind != b->kind || g_strcmp0 (a->chat, b->chat) != 0)
    return FALSE;
  if (a->kind == XMPP_CHAT_DIRECT)
    return a->address != NULL && g_strcmp0 (a->address, b->address) == 0;
  if (xmpp_author_is_room (a) || xmpp_author_is_room (b))
    return xmpp_author_is_room (a) && xmpp_author_is_room (b);
  if (a->occupant_id != NULL && b->occupant_id != NULL)
    return g_str_equal (a->occupant_id, b->occupant_id);
  if (a->address != NULL && b->address != NULL)
    return g_str_equal (a->address, b->address);
  return a->stay != 0 && a->stay == b->stay;
}

gboolean
xmpp_author_is_room (const XmppAuthor *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->kind == XMPP_CHAT_ROOM && self->nick == NULL && self->address == NULL && self->occupant_id == NULL;
}
