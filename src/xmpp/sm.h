/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * XEP-0198: the book-keeping of stream management, without a wire.
 *
 * Out: each stanza sent is kept until the peer has counted it. In: serials of received stanzas (counted by the client
 * object for its whole life) are turned into the session's count h, of what the caller has confirmed.
 */
typedef struct _XmppSm XmppSm;

XmppSm     *xmpp_sm_new             (void) G_GNUC_WARN_UNUSED_RESULT;
void        xmpp_sm_free            (XmppSm      *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppSm, xmpp_sm_free)

/* A session begins with <enabled/>; @received is the serial of the last stanza before it. @id NULL: not resumable. */
void        xmpp_sm_start           (XmppSm      *self,
                                     const char  *id,
                                     const char  *location,
                                     guint64      received);
/* The session is over and cannot come back. */
void        xmpp_sm_forget          (XmppSm      *self);
gboolean    xmpp_sm_is_active       (XmppSm      *self);
const char *xmpp_sm_get_id          (XmppSm      *self);         /* NULL: cannot be resumed */
const char *xmpp_sm_get_location    (XmppSm      *self);

/* Out. */
void        xmpp_sm_sent            (XmppSm      *self,
                                     guint64      serial,
                                     GBytes      *xml);
/* @h as the peer wrote it. FALSE: it counts what was never sent, or takes back what it counted (or is no number). */
gboolean    xmpp_sm_acknowledge     (XmppSm      *self,
                                     const char  *h,
                                     guint64     *serial);       /* (inout): last serial known to have arrived */
guint       xmpp_sm_get_n_waiting   (XmppSm      *self);
guint32     xmpp_sm_get_out_count   (XmppSm      *self);         /* stanzas sent in the session */
GBytes     *xmpp_sm_get_waiting     (XmppSm      *self,
                                     guint        n);
guint64     xmpp_sm_get_first_waiting (XmppSm    *self);         /* 0: none */
void        xmpp_sm_drop_waiting    (XmppSm      *self);

/* In. */
guint32     xmpp_sm_get_h           (XmppSm      *self,
                                     guint64      confirmed);
/* What was handled and is not confirmed will be sent again by the peer after a resume. */
void        xmpp_sm_handled         (XmppSm      *self,
                                     guint64      serial,
                                     guint        fingerprint);
void        xmpp_sm_confirmed       (XmppSm      *self,
                                     guint64      serial);
void        xmpp_sm_resumed         (XmppSm      *self,
                                     guint64      confirmed);
/* TRUE: this stanza is such a repetition; it is not to be handled or counted again. */
gboolean    xmpp_sm_is_repetition   (XmppSm      *self,
                                     guint        fingerprint,
                                     guint64      received);

gboolean    xmpp_sm_expects_repetition (XmppSm   *self);
/* The session will not be resumed. */
void        xmpp_sm_abandon         (XmppSm      *self);

/* For a resume by a later process. @address: the full address of the session. */
GVariant   *xmpp_sm_save            (XmppSm      *self,
                                     const char  *address,
                                     guint64      confirmed) G_GNUC_WARN_UNUSED_RESULT;
gboolean    xmpp_sm_restore         (XmppSm      *self,
                                     GVariant    *saved,
                                     guint64      received,
                                     char       **address);
/* Restored, and the peer has not said yet what it has counted. */
gboolean    xmpp_sm_is_restored     (XmppSm      *self);

G_END_DECLS
