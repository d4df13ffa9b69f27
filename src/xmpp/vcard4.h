/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/pep.h"

G_BEGIN_DECLS

/* A person's card: vCard 4 as XML (RFC 6351) over PEP and IQ (XEP-0292); vcard-temp (XEP-0054, vcard-temp.h) is read into
 * the same structure. */

#define XMPP_VCARD4_NODE     "urn:xmpp:vcard4"
#define XMPP_VCARD_MAX_TEXT  4096   /* bytes of one field; longer ones are cut at a character */
#define XMPP_VCARD_MAX_LIST  32     /* entries of one kind */

typedef struct
{
  char *value;
  char *kind;     /* "work", "home", "cell" … lower case; "" none */
} XmppVcardEntry;

typedef struct
{
  char      *full_name;      /* (nullable), as all of them */
  char      *given_name;
  char      *family_name;
  char      *nickname;
  char      *organisation;
  char      *department;     /* second component of org */
  char      *title;
  char      *role;
  char      *url;            /* text; a link only by the rules of threats D8 */
  char      *note;
  char      *birthday;       /* as written */
  char      *time_zone;
  char      *photo_type;     /* vcard-temp only */
  GBytes    *photo;          /* (nullable): vcard-temp only, ≤ XMPP_AVATAR_MAX_BYTES */
  GPtrArray *emails;         /* of XmppVcardEntry, never NULL */
  GPtrArray *phones;
  GPtrArray *addresses;      /* of XmppVcardEntry, one line of text each */
} XmppVcard;

#define XMPP_TYPE_VCARD (xmpp_vcard_get_type ())
GType      xmpp_vcard_get_type             (void) G_GNUC_CONST;
XmppVcard *xmpp_vcard_new                  (void) G_GNUC_WARN_UNUSED_RESULT;
XmppVcard *xmpp_vcard_copy                 (const XmppVcard *card);
void       xmpp_vcard_free                 (XmppVcard *card);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppVcard, xmpp_vcard_free)
void       xmpp_vcard_add_entry            (GPtrArray  *list,
                                            const char *value,
                                            const char *kind);

/* From and to <vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/>. Parsing gives NULL for another element. */
XmppVcard *xmpp_vcard4_parse               (const XmppNode *vcard) G_GNUC_WARN_UNUSED_RESULT;
XmppNode  *xmpp_vcard4_to_node             (const XmppVcard *card) G_GNUC_WARN_UNUSED_RESULT;

/* The card of @address (NULL: own): by PEP, then by IQ (§4), then vcard-temp. (transfer full). ITEM_NOT_FOUND when there is none. */
void       xmpp_vcard4_fetch_async         (XmppPep             *pep,
                                            const char          *address,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
XmppVcard *xmpp_vcard4_fetch_finish        (XmppPep       *pep,
                                            GAsyncResult  *result,
                                            GError       **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ours, by PEP, readable for @access. */
void       xmpp_vcard4_publish_async       (XmppPep             *pep,
                                            const XmppVcard     *card,
                                            XmppPepAccess        access,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
gboolean   xmpp_vcard4_publish_finish      (XmppPep       *pep,
                                            GAsyncResult  *result,
                                            GError       **error);

G_END_DECLS
