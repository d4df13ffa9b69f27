/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

G_BEGIN_DECLS

/* Stored values, append only: XEP-0045 §5.2. */
typedef enum
{
  STORE_AFFILIATION_NONE = 0,
  STORE_AFFILIATION_OUTCAST = 1,
  STORE_AFFILIATION_MEMBER = 2,
  STORE_AFFILIATION_ADMIN = 3,
  STORE_AFFILIATION_OWNER = 4,
} StoreAffiliation;

/* A room this account uses or used. Reference counted, by whichever thread. */
typedef struct
{
  char    *address;
  char    *name;
  char    *subject;
  char    *nick;            /* our own there; NULL: the usual one */
  char    *password;        /* of a room that asks for one; NULL */
  gboolean autojoin;        /* bookmark (XEP-0402) */
  gboolean bookmarked;
  char    *bookmark_extensions; /* XML of other programs, kept; NULL */
  char    *config;          /* JSON: what disco and the room told about itself; NULL */
  char    *avatar;          /* hash; NULL */
} StoreRoom;

typedef struct
{
  char            *address; /* bare */
  char            *nick;
  StoreAffiliation affiliation;
} StoreMember;

GType          store_room_get_type          (void) G_GNUC_CONST;
#define STORE_TYPE_ROOM (store_room_get_type ())
StoreRoom     *store_room_new               (const char *address) G_GNUC_WARN_UNUSED_RESULT;
StoreRoom     *store_room_ref               (StoreRoom *self);
void           store_room_unref             (StoreRoom *self);
StoreMember   *store_member_new             (const char *address, const char *nick, StoreAffiliation affiliation) G_GNUC_WARN_UNUSED_RESULT;
void           store_member_free            (StoreMember *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreRoom, store_room_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreMember, store_member_free)

StoreRoom     *store_room_load              (StoreTransaction *tx, const char *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean       store_room_save              (StoreTransaction *tx, const StoreRoom *room, GError **error);
gboolean       store_room_delete            (StoreTransaction *tx, const char *address, GError **error);
GPtrArray     *store_room_list              (StoreTransaction *tx, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Members: the affiliation lists as last seen. At most 20,000 a room. */
GPtrArray     *store_room_list_members      (StoreTransaction *tx, const char *room, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean       store_room_set_members       (StoreTransaction *tx, const char *room, GPtrArray *members, GError **error);
/* NONE removes. */
gboolean       store_room_set_member        (StoreTransaction *tx, const char *room, const StoreMember *member, GError **error);

G_END_DECLS
