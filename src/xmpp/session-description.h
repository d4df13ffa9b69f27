/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/*
 * What two sides of a call agree on, as plain data between two spellings: SDP (RFC 8866, RFC 8829), which a media engine
 * reads and writes, and Jingle (0167, 0176, 0293, 0294, 0320, 0338, 0339), which goes over the wire. sdp.h and
 * jingle-rtp.h read and write it. Both readers check everything, so that whatever stands in these structs fits into either
 * spelling: tokens are tokens, addresses are addresses, no string holds a control character.
 */

#define XMPP_SESSION_ERROR (xmpp_session_error_quark ())
GQuark xmpp_session_error_quark (void);
typedef enum
{
  XMPP_SESSION_ERROR_MALFORMED,     /* not what the format says */
  XMPP_SESSION_ERROR_LIMIT,         /* more than XMPP_SESSION_MAX_… */
  XMPP_SESSION_ERROR_UNSUPPORTED,   /* understood and refused: no DTLS, no rtcp-mux, unknown media … */
} XmppSessionError;

#define XMPP_SESSION_MAX_CONTENTS    64
#define XMPP_SESSION_MAX_CANDIDATES  100   /* a content */
#define XMPP_SESSION_MAX_PAYLOADS    64    /* a content */
#define XMPP_SESSION_MAX_ENTRIES     64    /* of each other list */
#define XMPP_SESSION_MAX_TEXT        256   /* bytes of one value */
#define XMPP_SESSION_MAX_SDP         (256 * 1024)

/* Who sends in a content (XEP-0166 §7.3), whoever wrote the description. */
typedef enum
{
  XMPP_SENDERS_BOTH,
  XMPP_SENDERS_INITIATOR,
  XMPP_SENDERS_RESPONDER,
  XMPP_SENDERS_NONE,
} XmppSenders;

typedef enum
{
  XMPP_DTLS_NONE,      /* not said */
  XMPP_DTLS_ACTPASS,
  XMPP_DTLS_ACTIVE,
  XMPP_DTLS_PASSIVE,
} XmppDtlsSetup;

/* name=value; a value alone has an empty name, a flag alone an empty value. */
typedef struct
{
  char *name;
  char *value;
} XmppSessionParameter;

/* rtcp-fb: "nack", or "nack" "pli"; subtype "" if none. */
typedef struct
{
  char *type;
  char *subtype;
} XmppFeedback;

typedef struct
{
  guint8     id;           /* 0 to 127 */
  guint8     channels;     /* 1 unless said otherwise */
  guint      clockrate;    /* Hz */
  char      *name;         /* case as written: "opus", "H264" */
  GPtrArray *parameters;   /* XmppSessionParameter, of fmtp */
  GPtrArray *feedback;     /* XmppFeedback */
} XmppPayloadType;

typedef struct
{
  guint8       id;         /* 1 to 255 */
  XmppSenders  senders;
  char        *uri;
} XmppHeaderExtension;

typedef struct
{
  guint32    ssrc;
  GPtrArray *parameters;   /* XmppSessionParameter: cname, msid … */
} XmppSource;

typedef struct
{
  char   *semantics;       /* "FID", "SIM" … */
  GArray *ssrcs;           /* guint32 */
} XmppSourceGroup;

/* One ICE candidate (RFC 8839 §5.1, XEP-0176 §5.5): UDP, component 1, a numeric address. */
typedef struct
{
  char    *foundation;
  char    *address;
  char    *related_address;   /* NULL if none */
  char    *type;              /* "host", "srflx", "prflx", "relay"; static */
  guint32  priority;
  guint16  port;
  guint16  related_port;      /* 0 if none */
  guint8   generation;
  guint8   network;
} XmppIceCandidate;

typedef struct
{
  char          *name;                /* Jingle content name = SDP mid */
  char          *media;               /* "audio" or "video"; static */
  XmppSenders    senders;
  gboolean       by_initiator;        /* Jingle's creator */
  guint          mline;               /* which m-line it was in SDP, from 0; its place in the list otherwise */
  gboolean       rtcp_mux;
  gboolean       extmap_allow_mixed;
  GPtrArray     *payload_types;       /* XmppPayloadType, preferred first */
  GPtrArray     *feedback;            /* XmppFeedback, for all payload types */
  GPtrArray     *extensions;          /* XmppHeaderExtension */
  GPtrArray     *sources;             /* XmppSource */
  GPtrArray     *source_groups;       /* XmppSourceGroup */
  GPtrArray     *candidates;          /* XmppIceCandidate */
  char          *ufrag;               /* NULL if not said */
  char          *pwd;
  char          *fingerprint_hash;    /* "sha-256" …; static; NULL if none */
  char          *fingerprint;         /* upper-case hexadecimal pairs with colons */
  XmppDtlsSetup  setup;
} XmppSessionContent;

typedef struct
{
  GPtrArray *contents;   /* XmppSessionContent, in the order of the m-lines */
  GPtrArray *bundle;     /* char *, names of contents that share a transport; NULL if none does */
} XmppSessionDescription;

XmppSessionDescription *xmpp_session_description_new         (void) G_GNUC_WARN_UNUSED_RESULT;
void                    xmpp_session_description_free        (XmppSessionDescription *self);
XmppSessionContent     *xmpp_session_description_find        (XmppSessionDescription *self,
                                                              const char             *name);   /* borrowed; NULL */
/* What both readers end with: names unique, bundle refers to contents, every content secured and muxed. */
gboolean                xmpp_session_description_check       (XmppSessionDescription *self,
                                                              GError                **error);

XmppSessionContent     *xmpp_session_content_new             (void) G_GNUC_WARN_UNUSED_RESULT;
void                    xmpp_session_content_free            (XmppSessionContent     *self);
XmppPayloadType        *xmpp_payload_type_new                (guint8                  id,
                                                              const char             *name,
                                                              guint                   clockrate,
                                                              guint                   channels) G_GNUC_WARN_UNUSED_RESULT;
void                    xmpp_payload_type_free               (XmppPayloadType        *self);
XmppIceCandidate       *xmpp_ice_candidate_new               (void) G_GNUC_WARN_UNUSED_RESULT;
void                    xmpp_ice_candidate_free              (XmppIceCandidate       *self);
XmppSource             *xmpp_source_new                      (guint32                 ssrc) G_GNUC_WARN_UNUSED_RESULT;
XmppSourceGroup        *xmpp_source_group_new                (const char             *semantics) G_GNUC_WARN_UNUSED_RESULT;

/* Appends unless the list is full (XMPP_SESSION_MAX_ENTRIES): FALSE then. Strings are copied. */
gboolean                xmpp_session_add_parameter           (GPtrArray              *parameters,
                                                              const char             *name,
                                                              const char             *value);
gboolean                xmpp_session_add_feedback            (GPtrArray              *feedback,
                                                              const char             *type,
                                                              const char             *subtype);
gboolean                xmpp_session_add_extension           (GPtrArray              *extensions,
                                                              guint8                  id,
                                                              const char             *uri,
                                                              XmppSenders             senders);

/* Checks that both readers share. */
gboolean                xmpp_session_is_token                (const char             *text);   /* RFC 8866 §9 token, 1 to 64 bytes */
gboolean                xmpp_session_is_value                (const char             *text);   /* printable UTF-8, no control, ≤ MAX_TEXT */
gboolean                xmpp_session_is_address              (const char             *text);   /* IPv4 or IPv6, numeric */
gboolean                xmpp_session_is_ice                  (const char             *text,
                                                              gsize                   min,
                                                              gsize                   max);    /* ice-char, RFC 8839 §5.1 */
/* The allowed spelling of @hash ("sha-256", "sha-384", "sha-512"), or NULL; SHA-1 and older are refused. */
const char             *xmpp_session_get_hash                (const char             *hash);
/* Upper-case copy of @text if it is as many hexadecimal pairs as @hash has bytes; NULL otherwise. */
char                   *xmpp_session_dup_fingerprint         (const char             *hash,
                                                              const char             *text) G_GNUC_WARN_UNUSED_RESULT;
const char             *xmpp_session_get_media               (const char             *media);       /* static; NULL if neither */
const char             *xmpp_session_get_candidate_type      (const char             *type);        /* static; NULL if unknown */
/* Decimal digits only, within [0, max]. */
gboolean                xmpp_session_get_number              (const char             *text,
                                                              guint64                 max,
                                                              guint64                *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppSessionDescription, xmpp_session_description_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppSessionContent, xmpp_session_content_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppPayloadType, xmpp_payload_type_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppIceCandidate, xmpp_ice_candidate_free)

G_END_DECLS
