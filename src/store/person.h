/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

G_BEGIN_DECLS

/* Stored values, append only: RFC 6121 §2.1.2.5. */
typedef enum
{
  STORE_SUBSCRIPTION_NONE = 0,
  STORE_SUBSCRIPTION_TO = 1,
  STORE_SUBSCRIPTION_FROM = 2,
  STORE_SUBSCRIPTION_BOTH = 3,
} StoreSubscription;

/* Somebody known. Presence is not stored. Reference counted, by whichever thread. */
typedef struct
{
  char             *address;       /* bare; unique */
  char             *name;          /* as the directory or this person's list has it; NULL */
  char             *nick;          /* as they call themselves; NULL */
  char            **groups;        /* (nullable) */
  char             *pinyin;        /* of the name, syllables by spaces: "zhang san"; by the caller; NULL */
  char             *initials;      /* "zs"; NULL */
  StoreSubscription subscription;
  gboolean          listed;        /* in this account's contact list */
  gboolean          asked;         /* we asked to see their presence, no answer yet */
  gboolean          asking;        /* they ask to see ours */
  gboolean          blocked;
  char             *avatar;        /* hash of the picture, see store_avatar_load(); NULL */
  char             *vcard;         /* JSON; NULL */
  gint64            vcard_time;    /* when it was fetched; 0 */
} StorePerson;

GType          store_person_get_type        (void) G_GNUC_CONST;
#define STORE_TYPE_PERSON (store_person_get_type ())
StorePerson   *store_person_new             (const char *address) G_GNUC_WARN_UNUSED_RESULT;
StorePerson   *store_person_ref             (StorePerson *self);
void           store_person_unref           (StorePerson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StorePerson, store_person_unref)

StorePerson   *store_person_load            (StoreTransaction *tx, const char *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes all of @person, whether known or not. Limits: 64 groups, 16 kB of strings, vcard 256 kB. */
gboolean       store_person_save            (StoreTransaction *tx, const StorePerson *person, GError **error);
gboolean       store_person_delete          (StoreTransaction *tx, const char *address, GError **error);
/* Everybody (at most @limit, from @offset), by name. */
GPtrArray     *store_person_list            (StoreTransaction *tx, guint offset, guint limit, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * store_person_search:
 *
 * Finds people by name, address, pinyin and initials; every word of @query must be found at the start of a word of theirs, or
 * anywhere in a name with Han characters or in the joined pinyin. Better matches first: name, pinyin, initials, address.
 */
GPtrArray     *store_person_search          (StoreTransaction *tx, const char *query, guint limit, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A full roster (RFC 6121 §2.1.4) came: those not in @addresses are no longer listed. */
gboolean       store_person_unlist_others   (StoreTransaction *tx, const char * const *addresses, GError **error);
gboolean       store_person_set_blocked     (StoreTransaction *tx, const char *address, gboolean blocked, GError **error);
/* A full block list (XEP-0191): exactly these are blocked. */
gboolean       store_person_set_all_blocked (StoreTransaction *tx, const char * const *addresses, GError **error);

/* Pictures by the hash of their bytes, which the caller has checked. At most 512 kB. */
gboolean       store_avatar_save            (StoreTransaction *tx, const char *hash, const char *type, GBytes *data, GError **error);
GBytes        *store_avatar_load            (StoreTransaction *tx, const char *hash, char **out_type, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Drops pictures that no person and no room uses. */
gboolean       store_avatar_collect         (StoreTransaction *tx, GError **error);

G_END_DECLS
