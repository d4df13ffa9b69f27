/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/chat-state.h"
#include "xmpp/client.h"
#include "xmpp/fallback.h"
#include "xmpp/file-sharing.h"
#include "xmpp/hints.h"
#include "xmpp/reactions.h"
#include "xmpp/references.h"
#include "xmpp/reply.h"
#include "xmpp/retraction.h"

G_BEGIN_DECLS

/* RFC 6121 §5: a message, as a plain typed view. */

#define XMPP_MESSAGE_MAX_LANGUAGES 16

typedef enum
{
  XMPP_MESSAGE_NORMAL,
  XMPP_MESSAGE_CHAT,
  XMPP_MESSAGE_GROUPCHAT,
  XMPP_MESSAGE_HEADLINE,
  XMPP_MESSAGE_ERROR,
} XmppMessageType;

typedef struct
{
  char *language;         /* BCP 47, "" if not said */
  char *text;
} XmppText;

/**
 * XmppMessage:
 *
 * What a <message/> says. Nothing in here is proved: who may say what is decided by #XmppMessages, which gives out
 * #XmppIncoming. Reference counted and not changed after parsing; the fields are read only.
 */
typedef struct
{
  XmppMessageType type;
  char           *from;               /* prepared address; NULL if absent */
  char           *to;                 /* prepared address; NULL if absent */
  char           *id;                 /* NULL if absent or unusable */
  char           *origin_id;          /* XEP-0359; (nullable) */
  char           *thread;             /* (nullable) */
  GPtrArray      *bodies;             /* (element-type XmppText) in the order sent, one a language */
  GPtrArray      *subjects;           /* (element-type XmppText) */
  char           *replaces;           /* XEP-0308: id of the message that this one replaces; (nullable) */
  gboolean        wants_receipt;      /* XEP-0184 */
  char           *received_id;        /* XEP-0184: this is a receipt for that message; (nullable) */
  gboolean        markable;           /* XEP-0333 */
  char           *displayed_id;       /* XEP-0333: everything up to that message was displayed; (nullable) */
  XmppChatState   chat_state;         /* XEP-0085 */
  XmppHints       hints;              /* XEP-0334 */
  gboolean        unstyled;           /* XEP-0393 §6 */
  XmppRetraction *retraction;         /* XEP-0424, 0425; (nullable) */
  XmppReactions  *reactions;          /* XEP-0444; (nullable) */
  XmppReply      *reply;              /* XEP-0461; (nullable) */
  GPtrArray      *fallbacks;          /* XEP-0428; (element-type XmppFallback) */
  GPtrArray      *mentions;           /* XEP-0372; (element-type XmppMention); offsets are of the default body */
  GPtrArray      *files;              /* XEP-0447, 0066; (element-type XmppFileShare) */
  GError         *error;              /* XMPP_STANZA_ERROR of a message of type error; NULL otherwise */

  /*< private >*/
  gatomicrefcount refs;
  XmppNode       *node;
} XmppMessage;

GType           xmpp_message_get_type        (void) G_GNUC_CONST;
#define XMPP_TYPE_MESSAGE (xmpp_message_get_type ())

#define XMPP_MESSAGE_PARSE_ERROR (xmpp_message_parse_error_quark ())
GQuark          xmpp_message_parse_error_quark (void);
typedef enum
{
  XMPP_MESSAGE_PARSE_ERROR_INVALID,     /* not a message, or an address in it is malformed */
} XmppMessageParseError;

/* @node: a <message xmlns='jabber:client'/>, root or not; its contents are kept alive by a copy. */
XmppMessage    *xmpp_message_parse           (const XmppNode *node,
                                              GError        **error) G_GNUC_WARN_UNUSED_RESULT;
XmppMessage    *xmpp_message_ref             (XmppMessage    *self);
void            xmpp_message_unref           (XmppMessage    *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppMessage, xmpp_message_unref)

/* The body in the language that the user reads best (@languages: BCP 47 tags, best first, or NULL), else the one without a
 * language, else the first; NULL if there is no body. */
const char     *xmpp_message_get_body        (XmppMessage        *self,
                                              const char *const  *languages);
const char     *xmpp_message_get_subject     (XmppMessage        *self,
                                              const char *const  *languages);
/* What to show as the text: the body without what only stands in for things that this view already tells (quoted reply,
 * retraction notice, file address); NULL if nothing is left. Mentions are not valid for it: see
 * xmpp_message_dup_text_with_mentions(). */
char           *xmpp_message_dup_text        (XmppMessage        *self,
                                              const char *const  *languages) G_GNUC_WARN_UNUSED_RESULT;
/* The same for the default body, with the mentions moved to where they are in the result. */
char           *xmpp_message_dup_text_with_mentions (XmppMessage *self,
                                              GPtrArray         **out_mentions) G_GNUC_WARN_UNUSED_RESULT;
/* Subject, and neither body nor thread: sets a room's subject (XEP-0045 §8.1). */
gboolean        xmpp_message_is_subject_change (XmppMessage      *self);
/* There is something to store: text, file, reaction, retraction, correction, receipt or marker. */
gboolean        xmpp_message_has_content     (XmppMessage        *self);
/* A payload that this view has no field for (other modules); borrowed; NULL if none. */
const XmppNode *xmpp_message_get_payload     (XmppMessage        *self,
                                              const char         *name,
                                              const char         *xmlns);
const char     *xmpp_message_type_to_string  (XmppMessageType     type);

G_END_DECLS
