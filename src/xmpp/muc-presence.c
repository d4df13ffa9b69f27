/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0045: who is in a room, by what the room says. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/jid.h"
#include "xmpp/muc-info-private.h"
#include "xmpp/muc-occupant-private.h"
#include "xmpp/muc-room-private.h"
#include "xmpp/occupant-id.h"

/* §15.6.2 */
enum
{
  STATUS_SELF           = 110,
  STATUS_CREATED        = 201,
  STATUS_OTHER_NICK     = 210,
  STATUS_BANNED         = 301,
  STATUS_NEW_NICK       = 303,
  STATUS_KICKED         = 307,
  STATUS_NO_MEMBER      = 321,
  STATUS_MEMBERS_ONLY   = 322,
  STATUS_SHUTDOWN       = 332,
  STATUS_TROUBLE        = 333,
};

XmppNode *
xmpp_muc_get_user_node (const XmppNode *stanza)
{
  XmppNode *found = NULL;

  for (XmppNode *child = xmpp_node_get_first_child (stanza); child != NULL; child = xmpp_node_get_next (child))
    {
      if (xmpp_node_is (child, "x", XMPP_NS_MUC_USER))
        found = child;
    }
  return found;
}

gboolean
xmpp_muc_has_status (const XmppNode *x,
                     int             code)
{
  for (XmppNode *child = xmpp_node_get_first_child (x); child != NULL; child = xmpp_node_get_next (child))
    {
      gint64 value;

      if (xmpp_node_is (child, "status", XMPP_NS_MUC_USER)
          && xmpp_node_get_attribute_int64 (child, "code", 100, 999, &value) && value == code)
        return TRUE;
    }
  return FALSE;
}

/* --- the list --- */

static void
add_occupant (XmppMucRoom     *self,
              XmppMucOccupant *occupant)    /* (transfer full) */
{
  g_hash_table_insert (self->by_nick, g_strdup (xmpp_muc_occupant_get_nick (occupant)), occupant);
  if (self->state == XMPP_ROOM_JOINING)
    {
      g_ptr_array_add (self->arriving, occupant);
      return;
    }
  xmpp_muc_occupant_set_position (occupant, self->occupants->len);
  g_ptr_array_add (self->occupants, occupant);
  g_list_model_items_changed (G_LIST_MODEL (self), self->occupants->len - 1, 0, 1);
}

/* The last one takes the place of the one who goes (R3): no search, no shifting, in rooms of any size. */
static void
remove_occupant (XmppMucRoom     *self,
                 XmppMucOccupant *occupant)
{
  guint position, last;

  g_hash_table_remove (self->by_nick, xmpp_muc_occupant_get_nick (occupant));
  if (self->self_occupant == occupant)
    self->self_occupant = NULL;
  if (g_ptr_array_remove_fast (self->arriving, occupant))
    return;
  position = xmpp_muc_occupant_get_position (occupant);
  last = self->occupants->len - 1;
  g_assert (g_ptr_array_index (self->occupants, position) == occupant);
  g_ptr_array_remove_index_fast (self->occupants, position);
  if (position != last)
    xmpp_muc_occupant_set_position (g_ptr_array_index (self->occupants, position), position);
  g_list_model_items_changed (G_LIST_MODEL (self), last, 1, 0);
  if (position != last)
    g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 1);
}

void
xmpp_muc_room_clear_occupants (XmppMucRoom *self)
{
  guint n = self->occupants->len;

  g_hash_table_remove_all (self->by_nick);
  self->self_occupant = NULL;
  g_ptr_array_set_size (self->arriving, 0);
  g_ptr_array_set_size (self->occupants, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}

/* --- presence --- */

typedef struct
{
  XmppOccupantFacts  facts;
  char              *address;     /* owns facts.address */
} Item;

static void
item_clear (Item *item)
{
  g_free (item->address);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Item, item_clear)

static void
parse_item (XmppMucRoom    *self,
            const XmppNode *presence,
            const XmppNode *x,
            Item           *out)
{
  XmppNode *item = xmpp_node_get_child (x, "item", NULL);
  g_autofree char *address = NULL;
  const char *text;

  out->facts.role = XMPP_ROLE_NONE;
  out->facts.affiliation = XMPP_AFFILIATION_NONE;
  if (self->info != NULL && (self->info->flags & XMPP_MUC_OCCUPANT_ID) != 0)
    out->facts.occupant_id = xmpp_occupant_id_get (presence);
  if (item == NULL)
    return;
  xmpp_role_from_string (xmpp_node_get_attribute (item, "role"), &out->facts.role);
  xmpp_affiliation_from_string (xmpp_node_get_attribute (item, "affiliation"), &out->facts.affiliation);
  text = xmpp_node_get_attribute (item, "jid");
  address = text != NULL ? xmpp_jid_prepare (text, NULL) : NULL;
  if (address != NULL)
    out->facts.address = out->address = xmpp_jid_dup_bare (address);
}

/* 110 on our own nick, or with 210 on the one that the service gave us instead. */
static gboolean
is_self (XmppMucRoom    *self,
         const XmppNode *x,
         const char     *nick)
{
  if (!xmpp_muc_has_status (x, STATUS_SELF))
    return FALSE;
  return g_strcmp0 (nick, self->nick) == 0
         || (self->state == XMPP_ROOM_JOINING && xmpp_muc_has_status (x, STATUS_OTHER_NICK));
}

/* Another person behind the same nick, without having seen the first one go: not the same stay (threat A11). */
static gboolean
is_another (XmppMucOccupant         *occupant,
            const XmppOccupantFacts *facts)
{
  const char *old_id = xmpp_muc_occupant_get_occupant_id (occupant);
  const char *old_address = xmpp_muc_occupant_get_address (occupant);

  if (old_id != NULL && facts->occupant_id != NULL)
    return g_strcmp0 (old_id, facts->occupant_id) != 0;
  return old_address != NULL && facts->address != NULL && g_strcmp0 (old_address, facts->address) != 0;
}

static void
handle_available (XmppMucRoom    *self,
                  const XmppNode *presence,
                  const XmppNode *x,
                  const char     *nick)
{
  g_auto(Item) item = { 0 };
  XmppMucOccupant *occupant = g_hash_table_lookup (self->by_nick, nick);
  gboolean mine = is_self (self, x, nick);
  gboolean is_new;

  parse_item (self, presence, x, &item);
  if (occupant != NULL && is_another (occupant, &item.facts))
    {
      remove_occupant (self, occupant);
      occupant = NULL;
    }
  is_new = occupant == NULL;
  if (is_new)
    {
      if (g_hash_table_size (self->by_nick) >= XMPP_ROOM_MAX_OCCUPANTS && !mine)
        {
          xmpp_client_note_rejection (self->client, "room-too-many-occupants");
          return;
        }
      occupant = xmpp_muc_occupant_new (nick);
    }
  xmpp_muc_occupant_update (occupant, &item.facts, presence);
  if (is_new)
    add_occupant (self, occupant);
  if (mine)
    {
      self->self_occupant = occupant;
      xmpp_muc_room_take_nick (self, g_strdup (nick));
      self->created |= xmpp_muc_has_status (x, STATUS_CREATED);
      xmpp_muc_room_note_self (self);
      if (self->state == XMPP_ROOM_JOINING)
        xmpp_muc_room_enter (self);
    }
  else if (is_new && self->state == XMPP_ROOM_JOINED)
    g_signal_emit (self, xmpp_room_signals[XMPP_ROOM_OCCUPANT_JOINED_SIGNAL], 0, occupant);
}

static void
rename_occupant (XmppMucRoom     *self,
                 XmppMucOccupant *occupant,
                 const char      *nick,
                 gboolean         mine)
{
  g_autofree char *old = g_strdup (xmpp_muc_occupant_get_nick (occupant));
  XmppMucOccupant *other = g_hash_table_lookup (self->by_nick, nick);

  if (other != NULL && other != occupant)
    remove_occupant (self, other);      /* the room gives the nick to this one: the other is gone */
  g_hash_table_remove (self->by_nick, old);
  g_hash_table_insert (self->by_nick, g_strdup (nick), occupant);
  xmpp_muc_occupant_set_nick (occupant, nick);
  if (mine)
    {
      xmpp_muc_room_take_nick (self, g_strdup (nick));
      g_free (self->wanted_nick);
      self->wanted_nick = g_strdup (nick);
      xmpp_room_request_return (&self->nick_request, NULL);
    }
  if (self->state == XMPP_ROOM_JOINED)
    g_signal_emit (self, xmpp_room_signals[XMPP_ROOM_OCCUPANT_RENAMED_SIGNAL], 0, occupant, old);
}

static XmppRoomLeft
parse_why (const XmppNode *x)
{
  if (xmpp_node_get_child (x, "destroy", NULL) != NULL)
    return XMPP_ROOM_LEFT_DESTROYED;
  if (xmpp_muc_has_status (x, STATUS_BANNED))
    return XMPP_ROOM_LEFT_BANNED;
  if (xmpp_muc_has_status (x, STATUS_NO_MEMBER) || xmpp_muc_has_status (x, STATUS_MEMBERS_ONLY))
    return XMPP_ROOM_LEFT_NOT_MEMBER;
  /* A service that ends, or an error of the connection (333), comes with 307 on some servers. */
  if (xmpp_muc_has_status (x, STATUS_SHUTDOWN) || xmpp_muc_has_status (x, STATUS_TROUBLE))
    return XMPP_ROOM_LEFT_SERVICE;
  if (xmpp_muc_has_status (x, STATUS_KICKED))
    return XMPP_ROOM_LEFT_KICKED;
  return XMPP_ROOM_LEFT_ASKED;
}

static void
parse_actor (const XmppNode  *x,
             const char     **by,
             const char     **reason)
{
  XmppNode *item = xmpp_node_get_child (x, "item", NULL);
  XmppNode *actor = item != NULL ? xmpp_node_get_child (item, "actor", NULL) : NULL;
  XmppNode *destroy = xmpp_node_get_child (x, "destroy", NULL);

  *by = actor != NULL ? xmpp_node_get_attribute (actor, "nick") : NULL;
  if (*by == NULL && actor != NULL)
    *by = xmpp_node_get_attribute (actor, "jid");
  *reason = item != NULL ? xmpp_node_get_child_text (item, "reason", NULL) : NULL;
  if (*reason == NULL && destroy != NULL)
    *reason = xmpp_node_get_child_text (destroy, "reason", NULL);
}

static void
handle_self_gone (XmppMucRoom    *self,
                  const XmppNode *x,
                  XmppRoomLeft    why)
{
  const char *by, *reason;

  parse_actor (x, &by, &reason);
  if (why == XMPP_ROOM_LEFT_SERVICE || why == XMPP_ROOM_LEFT_ASKED)
    {
      /* We did not ask, or we would not be in any more: the service dropped us. */
      xmpp_muc_room_come_again (self);
      why = XMPP_ROOM_LEFT_SERVICE;
    }
  else
    {
      g_autoptr(GError) error = g_error_new (XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_GONE, "removed from %s", self->address);

      xmpp_muc_room_fail_joins (self, error);
      xmpp_muc_room_stop (self);
      xmpp_muc_room_clear_occupants (self);
      xmpp_muc_room_set_state (self, XMPP_ROOM_OUT);
    }
  g_signal_emit (self, xmpp_room_signals[XMPP_ROOM_LEFT_SIGNAL], 0, why, by, reason);
}

static void
handle_unavailable (XmppMucRoom    *self,
                    const XmppNode *x,
                    const char     *nick)
{
  g_autoptr(XmppMucOccupant) occupant = NULL;
  XmppMucOccupant *known = g_hash_table_lookup (self->by_nick, nick);
  gboolean mine = g_strcmp0 (nick, self->nick) == 0;
  const char *by, *reason;
  XmppRoomLeft why;

  if (known != NULL && xmpp_muc_has_status (x, STATUS_NEW_NICK))
    {
      XmppNode *item = xmpp_node_get_child (x, "item", NULL);
      const char *new_nick = item != NULL ? xmpp_node_get_attribute (item, "nick") : NULL;
      g_autofree char *full = new_nick != NULL && *new_nick != '\0' ? xmpp_jid_join (self->address, new_nick) : NULL;
      g_autofree char *prepared = full != NULL ? xmpp_jid_prepare (full, NULL) : NULL;

      if (prepared != NULL)
        {
          rename_occupant (self, known, xmpp_jid_get_resource (prepared), mine);
          return;
        }
    }
  why = parse_why (x);
  if (mine)
    {
      if (self->state == XMPP_ROOM_JOINED)
        handle_self_gone (self, x, why);
      return;
    }
  if (known == NULL)
    return;
  occupant = g_object_ref (known);
  remove_occupant (self, known);
  parse_actor (x, &by, &reason);
  if (self->state == XMPP_ROOM_JOINED)
    g_signal_emit (self, xmpp_room_signals[XMPP_ROOM_OCCUPANT_LEFT_SIGNAL], 0, occupant, why, by, reason);
}

/* The room's own presence: its picture (XEP-0486). */
static void
handle_room_itself (XmppMucRoom    *self,
                    const XmppNode *presence)
{
  XmppNode *update = xmpp_node_get_child (presence, "x", "vcard-temp:x:update");
  XmppMucInfo *info;

  if (update == NULL || self->info == NULL || xmpp_node_get_child (update, "photo", NULL) == NULL)
    return;
  info = xmpp_muc_info_copy (self->info);
  g_free (info->avatar_hash);
  info->avatar_hash = xmpp_avatar_hash_dup_clean (xmpp_node_get_child_text (update, "photo", NULL));
  xmpp_muc_room_take_info (self, info);
}

void
xmpp_muc_room_handle_presence (XmppMucRoom *self,
                               XmppNode    *presence)
{
  const char *type = xmpp_node_get_attribute (presence, "type");
  g_autofree char *from = NULL;
  const char *nick;
  XmppNode *x;

  g_assert (XMPP_IS_MUC_ROOM (self));

  self->heard = g_get_monotonic_time ();
  if (g_strcmp0 (type, "error") == 0)
    {
      /* Also an occupant can have an error sent to us: only one that answers what we asked counts. */
      if (!xmpp_muc_room_take_join_error (self, presence))
        xmpp_room_request_take_error (&self->nick_request, presence);
      return;
    }
  if (self->state != XMPP_ROOM_JOINING && self->state != XMPP_ROOM_JOINED)
    return;
  from = xmpp_jid_prepare (xmpp_node_get_attribute (presence, "from"), NULL);
  nick = from != NULL ? xmpp_jid_get_resource (from) : NULL;
  if (nick == NULL)
    {
      if (from != NULL)
        handle_room_itself (self, presence);
      return;
    }
  x = xmpp_muc_get_user_node (presence);
  if (x == NULL)
    {
      xmpp_client_note_rejection (self->client, "room-presence-malformed");
      return;
    }
  if (type == NULL)
    handle_available (self, presence, x, nick);
  else if (g_strcmp0 (type, "unavailable") == 0)
    handle_unavailable (self, x, nick);
}
