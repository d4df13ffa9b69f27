/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "media/encoder-kind.h"

G_BEGIN_DECLS

/**
 * MediaPeer:
 *
 * One connection to another side of a call, or to a media server: ICE, DTLS-SRTP, and up to one sound and one picture each
 * way. The only file of ours that speaks to webrtcbin; everybody else sees typed functions, errors and properties.
 *
 * Sound goes in and comes out as raw samples (S16LE, 48 kHz, one channel), pictures go in coded (MediaVideoEncoder) and come
 * out raw. Descriptions are SDP text (RFC 8829). Lives in the main context it was made in.
 *
 * Properties: "state" (#MediaPeerState).
 * Signals, in that context: ::candidate (guint mline, const char *candidate) one local ICE candidate to tell the other side;
 * ::keyframe-wanted () the other side needs a keyframe of our picture; ::failed (const GError *).
 */
#define MEDIA_TYPE_PEER (media_peer_get_type ())
G_DECLARE_FINAL_TYPE (MediaPeer, media_peer, MEDIA, PEER, GObject)

typedef enum
{
  MEDIA_PEER_NEW,
  MEDIA_PEER_CONNECTING,
  MEDIA_PEER_CONNECTED,      /* media can flow */
  MEDIA_PEER_DISCONNECTED,   /* nothing heard for a while; may come back */
  MEDIA_PEER_FAILED,         /* will not come back by itself */
  MEDIA_PEER_CLOSED,
} MediaPeerState;

#define MEDIA_PEER_ERROR (media_peer_error_quark ())
GQuark media_peer_error_quark (void);
typedef enum
{
  MEDIA_PEER_ERROR_UNAVAILABLE,   /* a part of GStreamer is missing */
  MEDIA_PEER_ERROR_DESCRIPTION,   /* the description cannot be read or does not fit */
  MEDIA_PEER_ERROR_NO_CODEC,      /* no codec in common in any of the contents */
  MEDIA_PEER_ERROR_CLOSED,
  MEDIA_PEER_ERROR_PIPELINE,      /* GStreamer reported an error */
} MediaPeerError;

typedef enum
{
  MEDIA_PEER_AUDIO      = 1 << 0,   /* send sound */
  MEDIA_PEER_VIDEO      = 1 << 1,   /* send a picture */
  MEDIA_PEER_RELAY_ONLY = 1 << 2,   /* hide our addresses: relays only */
} MediaPeerFlags;

/* What arrives. Called on streaming threads until media_peer_close() has returned; hand it on, do not work. */
typedef struct
{
  void (*audio) (GstSample *sample, gpointer user_data);   /* S16LE, 48 kHz, one channel */
  void (*video) (GstSample *sample, gpointer user_data);   /* raw, in the decoder's format and size */
} MediaPeerFuncs;

/**
 * media_peer_new:
 * @flags: what we send; what we receive is what the other side sends
 * @codecs: (array length=n_codecs): what our picture may be coded with, preferred first; may be empty without MEDIA_PEER_VIDEO
 * @servers: (nullable): "stun://host:port", "turn(s)://user:password@host:port" with escaped parts
 * @funcs: copied
 */
MediaPeer     *media_peer_new                  (MediaPeerFlags        flags,
                                                const MediaCodec     *codecs,
                                                guint                 n_codecs,
                                                const char * const   *servers,
                                                const MediaPeerFuncs *funcs,
                                                gpointer              user_data) G_GNUC_WARN_UNUSED_RESULT;

/* Our offer; the local description is set when it finishes. Returns: (transfer full): SDP */
void           media_peer_create_offer_async   (MediaPeer            *self,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
char          *media_peer_create_offer_finish  (MediaPeer            *self,
                                                GAsyncResult         *result,
                                                GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* Our answer to the other side's offer. */
void           media_peer_accept_offer_async   (MediaPeer            *self,
                                                const char           *sdp,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
char          *media_peer_accept_offer_finish  (MediaPeer            *self,
                                                GAsyncResult         *result,
                                                GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* The other side's answer to our offer. */
void           media_peer_accept_answer_async  (MediaPeer            *self,
                                                const char           *sdp,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
gboolean       media_peer_accept_answer_finish (MediaPeer            *self,
                                                GAsyncResult         *result,
                                                GError              **error);
/* One candidate of the other side, for m-line @mline; kept until its description is there. */
void           media_peer_add_candidate        (MediaPeer            *self,
                                                guint                 mline,
                                                const char           *candidate);

/* The codec that was agreed for our picture. FALSE before the negotiation and when none is sent. */
gboolean       media_peer_get_video_codec      (MediaPeer            *self,
                                                MediaCodec           *out_codec);
/* Any thread. Dropped while not connected. Timestamps are those of the caller's clock; they only have to grow. */
void           media_peer_push_audio           (MediaPeer            *self,
                                                GstSample            *sample);
void           media_peer_push_video           (MediaPeer            *self,
                                                GstSample            *sample);
MediaPeerState media_peer_get_state            (MediaPeer            *self);
/* Stops everything at once; the functions are called no more. */
void           media_peer_close                (MediaPeer            *self);

G_END_DECLS
