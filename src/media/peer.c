/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "media"

#include "config.h"

#include "media/peer.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/sdp/gstsdpmessage.h>
#include <gst/video/video.h>
#include <string.h>

/* webrtcbin's own library is "unstable" by name; what is used of it has not changed since 1.14. */
#define GST_USE_UNSTABLE_API
#include <gst/webrtc/webrtc.h>

/*
 *   sending    appsrc (raw) → opusenc → rtpopuspay → capsfilter ─┐
 *              appsrc (coded) → rtp…pay → capsfilter ────────────┤ webrtcbin
 *   receiving  webrtcbin → queue → depayloader → decoder → convert → appsink
 *
 * webrtcbin answers on threads of its own. Every answer is carried to our context by an idle source that holds a weak
 * reference; nothing of GObject's signals is emitted elsewhere. self->lock guards the two sources and `connected`, which the
 * push functions read from any thread.
 *
 * An answer takes the payload number, codec and content order of the offer, and is prepared before webrtcbin sees the offer:
 * afterwards it would silently turn what does not fit into receive-only.
 */

#define PAYLOAD_OPUS    111
#define PAYLOAD_VIDEO   96     /* and upwards, one a codec, in the order of preference */
#define TWCC_ID         3
#define TWCC_URI        "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
#define AUDIO_CAPS      "audio/x-raw, format=S16LE, rate=48000, channels=1, layout=interleaved"
#define MAX_CANDIDATES  200    /* that wait for a description */
#define MAX_DRIFT       (200 * (GstClockTimeDiff) GST_MSECOND)   /* between the caller's clock and ours before we follow */

typedef struct
{
  guint  mline;
  char  *text;
} Candidate;

/* Where something that is sent goes in. */
typedef struct
{
  GstAppSrc        *element;   /* NULL when it is not sent */
  GstClockTimeDiff  offset;    /* from the caller's clock to the pipeline's running time */
  gboolean          anchored;  /* offset is set */
} Source;

struct _MediaPeer
{
  GObject parent_instance;

  GMainContext   *context;
  GArray         *codecs;          /* MediaCodec */
  MediaPeerFuncs  funcs;
  gpointer        user_data;
  GstElement     *pipeline;        /* NULL when closed */
  GstElement     *webrtc;          /* inside the pipeline */
  GQueue          candidates;      /* Candidate, until the remote description is there */
  MediaPeerFlags  flags;
  MediaPeerState  state;
  MediaCodec      video_codec;
  gboolean        has_video_codec;
  gboolean        remote_set;

  GMutex          lock;
  Source          audio;
  Source          video;
  gboolean        connected;
};

enum { PROP_0, PROP_STATE, N_PROPS };
enum { CANDIDATE, KEYFRAME_WANTED, FAILED, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MediaPeer, media_peer, G_TYPE_OBJECT)
G_DEFINE_QUARK (media-peer-error-quark, media_peer_error)

/* --- from webrtcbin's threads to ours --- */

/* Something that happened. Carried to our context; dropped when the peer is gone or closed by then. */
typedef struct
{
  GWeakRef   self;
  void     (*func) (MediaPeer *self, gpointer data);
  gpointer   data;
  GDestroyNotify destroy;
} Event;

static gboolean
on_event (gpointer user_data)
{
  Event *event = user_data;
  g_autoptr(MediaPeer) self = g_weak_ref_get (&event->self);

  if (self != NULL && self->pipeline != NULL)
    event->func (self, event->data);

  return G_SOURCE_REMOVE;
}

static void
event_free (gpointer data)
{
  Event *event = data;

  g_weak_ref_clear (&event->self);
  if (event->destroy != NULL)
    event->destroy (event->data);
  g_free (event);
}

static void
carry (MediaPeer       *self,
       void           (*func) (MediaPeer *self, gpointer data),
       gpointer         data,
       GDestroyNotify   destroy)
{
  g_autoptr(GSource) idle = g_idle_source_new ();
  Event *event = g_new0 (Event, 1);

  g_weak_ref_init (&event->self, self);
  event->func = func;
  event->data = data;
  event->destroy = destroy;
  g_source_set_priority (idle, G_PRIORITY_DEFAULT);
  g_source_set_callback (idle, on_event, event, event_free);
  g_source_attach (idle, self->context);
}

static void
candidate_free (gpointer data)
{
  Candidate *candidate = data;

  g_free (candidate->text);
  g_free (candidate);
}

static void
emit_candidate (MediaPeer *self,
                gpointer   data)
{
  Candidate *candidate = data;

  g_signal_emit (self, signals[CANDIDATE], 0, candidate->mline, candidate->text);
}

/* webrtcbin's thread. */
static void
on_ice_candidate (GstElement *webrtc,
                  guint       mline,
                  const char *text,
                  gpointer    user_data)
{
  Candidate *candidate;

  if (text == NULL || *text == '\0')   /* the end of the gathering */
    return;
  candidate = g_new (Candidate, 1);
  candidate->mline = mline;
  candidate->text = g_strdup (text);
  carry (MEDIA_PEER (user_data), emit_candidate, candidate, candidate_free);
}

static void
update_state (MediaPeer *self,
              gpointer   data)
{
  GstWebRTCPeerConnectionState connection;
  MediaPeerState state;

  g_object_get (self->webrtc, "connection-state", &connection, NULL);
  switch (connection)
    {
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED:
      state = MEDIA_PEER_CONNECTED;
      break;
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTING:
      state = MEDIA_PEER_CONNECTING;
      break;
    case GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED:
      state = MEDIA_PEER_DISCONNECTED;
      break;
    case GST_WEBRTC_PEER_CONNECTION_STATE_FAILED:
      state = MEDIA_PEER_FAILED;
      break;
    case GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED:
      state = MEDIA_PEER_CLOSED;
      break;
    case GST_WEBRTC_PEER_CONNECTION_STATE_NEW:
    default:
      state = MEDIA_PEER_NEW;
      break;
    }
  if (state == self->state)
    return;
  self->state = state;
  g_mutex_lock (&self->lock);
  self->connected = state == MEDIA_PEER_CONNECTED || state == MEDIA_PEER_DISCONNECTED;
  g_mutex_unlock (&self->lock);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  /* What was coded before had nowhere to go. */
  if (state == MEDIA_PEER_CONNECTED)
    g_signal_emit (self, signals[KEYFRAME_WANTED], 0);
}

/* webrtcbin's thread. */
static void
on_connection_state (GstElement *webrtc,
                     GParamSpec *pspec,
                     gpointer    user_data)
{
  carry (MEDIA_PEER (user_data), update_state, NULL, NULL);
}

static void
emit_keyframe_wanted (MediaPeer *self,
                      gpointer   data)
{
  g_signal_emit (self, signals[KEYFRAME_WANTED], 0);
}

static void
emit_failed (MediaPeer *self,
             gpointer   data)
{
  g_signal_emit (self, signals[FAILED], 0, data);
}

static void
recalculate_latency (MediaPeer *self,
                     gpointer   data)
{
  gst_bin_recalculate_latency (GST_BIN (self->pipeline));
}

/* Streaming thread. */
static GstBusSyncReply
on_bus_message (GstBus     *bus,
                GstMessage *message,
                gpointer    user_data)
{
  MediaPeer *self = MEDIA_PEER (user_data);
  g_autoptr(GError) cause = NULL;

  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_LATENCY:
      carry (self, recalculate_latency, NULL, NULL);   /* not here: it asks all streams, this one is busy */
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &cause, NULL);
      carry (self, emit_failed, g_error_new (MEDIA_PEER_ERROR, MEDIA_PEER_ERROR_PIPELINE, "%s", cause->message),
             (GDestroyNotify) g_error_free);
      break;
    default:
      break;
    }
  gst_message_unref (message);

  return GST_BUS_DROP;
}

/* --- what arrives --- */

/* Streaming thread. */
static GstFlowReturn
on_audio_sample (GstAppSink *sink,
                 gpointer    user_data)
{
  MediaPeer *self = MEDIA_PEER (user_data);
  g_autoptr(GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample != NULL)
    self->funcs.audio (sample, self->user_data);

  return sample != NULL ? GST_FLOW_OK : GST_FLOW_EOS;
}

/* Streaming thread. */
static GstFlowReturn
on_video_sample (GstAppSink *sink,
                 gpointer    user_data)
{
  MediaPeer *self = MEDIA_PEER (user_data);
  g_autoptr(GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample != NULL)
    self->funcs.video (sample, self->user_data);

  return sample != NULL ? GST_FLOW_OK : GST_FLOW_EOS;
}

/* The parts for what a peer may send, a closed list: nothing else gets near a decoder (threat E5). */
typedef struct
{
  const char *encoding;
  const char *parts[5];   /* alternatives of one place separated by "|" */
  gboolean    video;
} Chain;

static const Chain chains[] = {
  { "OPUS", { "rtpopusdepay", "opusdec", "audioconvert", "audioresample", NULL }, FALSE },
  { "VP8", { "rtpvp8depay", "vp8dec", "videoconvert", NULL }, TRUE },
  { "H264", { "rtph264depay", "h264parse", "avdec_h264|openh264dec", "videoconvert", NULL }, TRUE },
  { "VP9", { "rtpvp9depay", "vp9dec", "videoconvert", NULL }, TRUE },
};

static GstElement *
make_part (const char *alternatives)
{
  g_auto(GStrv) names = g_strsplit (alternatives, "|", -1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      GstElement *element = gst_element_factory_make (names[i], NULL);

      if (element != NULL)
        return element;
    }

  return NULL;
}

static GstElement *
make_chain (MediaPeer   *self,
            const Chain *chain)
{
  GstAppSinkCallbacks callbacks = { .new_sample = chain->video ? on_video_sample : on_audio_sample };
  GstElement *bin = gst_bin_new (NULL);
  GstElement *queue = gst_element_factory_make ("queue", NULL);
  GstElement *sink = gst_element_factory_make ("appsink", NULL);
  GstElement *last = queue;
  g_autoptr(GstPad) pad = NULL;

  gst_bin_add_many (GST_BIN (bin), queue, sink, NULL);
  for (guint i = 0; chain->parts[i] != NULL; i++)
    {
      GstElement *part = make_part (chain->parts[i]);

      if (part == NULL)
        {
          gst_object_unref (gst_object_ref_sink (bin));
          return NULL;
        }
      /* What cannot be decoded is asked for again; until then the last good picture stays. */
      if (g_object_class_find_property (G_OBJECT_GET_CLASS (part), "request-keyframe") != NULL)
        g_object_set (part, "request-keyframe", TRUE, "wait-for-keyframe", TRUE, NULL);
      gst_bin_add (GST_BIN (bin), part);
      gst_element_link (last, part);
      last = part;
    }
  /* Not async: a sink that waits for its first buffer takes the running pipeline back to PAUSED, and the others with it. */
  g_object_set (sink, "sync", TRUE, "async", FALSE, "max-buffers", 4, "drop", TRUE, "enable-last-sample", FALSE, NULL);
  if (!chain->video)
    {
      g_autoptr(GstCaps) caps = gst_caps_from_string (AUDIO_CAPS);

      g_object_set (sink, "caps", caps, NULL);
    }
  else
    {
      g_object_set (sink, "max-buffers", 1, NULL);   /* the newest picture only */
    }
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, self, NULL);
  gst_element_link (last, sink);
  pad = gst_element_get_static_pad (queue, "sink");
  gst_element_add_pad (bin, gst_ghost_pad_new ("sink", pad));

  return bin;
}

/* webrtcbin's thread. */
static void
on_pad_added (GstElement *webrtc,
              GstPad     *pad,
              gpointer    user_data)
{
  MediaPeer *self = MEDIA_PEER (user_data);
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr(GstPad) sink = NULL;
  const char *encoding;
  GstElement *bin = NULL;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC)
    return;
  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  encoding = gst_caps_get_size (caps) > 0 ? gst_structure_get_string (gst_caps_get_structure (caps, 0), "encoding-name") : NULL;
  for (guint i = 0; encoding != NULL && bin == NULL && i < G_N_ELEMENTS (chains); i++)
    if (g_ascii_strcasecmp (encoding, chains[i].encoding) == 0 &&
        (chains[i].video ? self->funcs.video != NULL : self->funcs.audio != NULL))
      bin = make_chain (self, &chains[i]);
  if (bin == NULL)   /* something must take it, or the whole session stops */
    {
      bin = gst_element_factory_make ("fakesink", NULL);
      g_object_set (bin, "sync", FALSE, "async", FALSE, NULL);
    }
  gst_bin_add (GST_BIN (self->pipeline), bin);
  gst_element_sync_state_with_parent (bin);
  sink = gst_element_get_static_pad (bin, "sink");
  gst_pad_link (pad, sink);
}

/* --- what is sent --- */

static GstCaps *
make_rtp_caps (const char *media,
               const char *encoding,
               int         clockrate,
               guint       payload)
{
  GstCaps *caps = gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING, media, "encoding-name", G_TYPE_STRING, encoding,
                                       "clock-rate", G_TYPE_INT, clockrate, "payload", G_TYPE_INT, (int) payload,
                                       "rtcp-fb-transport-cc", G_TYPE_BOOLEAN, TRUE,
                                       "extmap-" G_STRINGIFY (TWCC_ID), G_TYPE_STRING, TWCC_URI, NULL);

  if (g_str_equal (media, "video"))
    gst_caps_set_simple (caps, "rtcp-fb-nack", G_TYPE_BOOLEAN, TRUE, "rtcp-fb-nack-pli", G_TYPE_BOOLEAN, TRUE, NULL);
  if (g_str_equal (encoding, "OPUS"))
    gst_caps_set_simple (caps, "encoding-params", G_TYPE_STRING, "2", "useinbandfec", G_TYPE_STRING, "1", NULL);
  if (g_str_equal (encoding, "H264"))
    gst_caps_set_simple (caps, "packetization-mode", G_TYPE_STRING, "1", "profile-level-id", G_TYPE_STRING, "42e01f",
                         "level-asymmetry-allowed", G_TYPE_STRING, "1", NULL);

  return caps;
}

static GstElement *
make_payloader (MediaCodec codec)
{
  static const char *const names[MEDIA_N_CODECS] = { "rtph264pay", "rtpvp8pay", "rtpvp9pay", "rtpav1pay" };
  GstElement *payloader = gst_element_factory_make (names[codec], NULL);

  if (payloader == NULL)
    return NULL;
  g_object_set (payloader, "mtu", 1200, NULL);
  if (codec == MEDIA_CODEC_H264)
    {
      g_object_set (payloader, "config-interval", -1, NULL);
      gst_util_set_object_arg (G_OBJECT (payloader), "aggregate-mode", "zero-latency");
    }
  else if (codec != MEDIA_CODEC_AV1)
    {
      gst_util_set_object_arg (G_OBJECT (payloader), "picture-id-mode", "15-bit");
    }

  return payloader;
}

/* Streaming thread: requests come up from webrtcbin as events. */
static GstPadProbeReturn
on_upstream_event (GstPad          *pad,
                   GstPadProbeInfo *info,
                   gpointer         user_data)
{
  if (gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    carry (MEDIA_PEER (user_data), emit_keyframe_wanted, NULL, NULL);

  return GST_PAD_PROBE_OK;
}

/* Adds source → parts… → [capssetter] → capsfilter and links it to a new pad of webrtcbin. */
static GstAppSrc *
add_sender (MediaPeer   *self,
            GstElement **parts,
            guint        n_parts,
            GstCaps     *caps)
{
  GstElement *source = gst_element_factory_make ("appsrc", NULL);
  GstElement *setter = gst_element_factory_make ("capssetter", NULL);
  GstElement *last = source;
  g_autoptr(GstPad) out = NULL;
  g_autoptr(GstPad) in = NULL;
  g_autoptr(GstCaps) template = gst_caps_copy (caps);

  /* Said by hand: what appsrc says by itself leaves no room for the latency of what follows. */
  g_object_set (source, "format", GST_FORMAT_TIME, "is-live", TRUE, "max-buffers", (guint64) 8, "min-latency", (gint64) 0, NULL);
  gst_util_set_object_arg (G_OBJECT (source), "leaky-type", "downstream");
  gst_bin_add_many (GST_BIN (self->pipeline), source, setter, NULL);
  for (guint i = 0; i < n_parts; i++)
    {
      gst_bin_add (GST_BIN (self->pipeline), parts[i]);
      gst_element_link (last, parts[i]);
      last = parts[i];
    }
  /* The payloader writes its own H.264 profile; a filter behind it that asks for another one is never satisfied. */
  g_object_set (setter, "caps", template, "join", TRUE, NULL);
  gst_element_link (last, setter);
  out = gst_element_get_static_pad (setter, "src");
  in = gst_element_request_pad (self->webrtc, gst_element_get_pad_template (self->webrtc, "sink_%u"), NULL, caps);
  gst_pad_link (out, in);

  return g_object_ref (GST_APP_SRC (source));
}

static gboolean
add_audio_sender (MediaPeer  *self,
                  guint       payload,
                  GError    **error)
{
  GstElement *parts[3] = {
    gst_element_factory_make ("audioconvert", NULL), gst_element_factory_make ("opusenc", NULL),
    gst_element_factory_make ("rtpopuspay", NULL),
  };
  g_autoptr(GstCaps) caps = make_rtp_caps ("audio", "OPUS", 48000, payload);
  g_autoptr(GstCaps) raw = gst_caps_from_string (AUDIO_CAPS);
  GstAppSrc *source;

  if (parts[0] == NULL || parts[1] == NULL || parts[2] == NULL)
    {
      for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        if (parts[i] != NULL)
          gst_object_unref (gst_object_ref_sink (parts[i]));
      g_set_error_literal (error, MEDIA_PEER_ERROR, MEDIA_PEER_ERROR_UNAVAILABLE, "GStreamer has no Opus here");
      return FALSE;
    }
  g_object_set (parts[1], "bitrate", 28000, "inband-fec", TRUE, "packet-loss-percentage", 10, NULL);
  gst_util_set_object_arg (G_OBJECT (parts[1]), "audio-type", "voice");
  gst_util_set_object_arg (G_OBJECT (parts[1]), "frame-size", "20");
  g_object_set (parts[2], "pt", payload, NULL);
  source = add_sender (self, parts, G_N_ELEMENTS (parts), caps);
  gst_app_src_set_caps (source, raw);
  g_mutex_lock (&self->lock);
  self->audio.element = source;
  g_mutex_unlock (&self->lock);

  return TRUE;
}

static gboolean
add_video_sender (MediaPeer   *self,
                  MediaCodec   codec,
                  guint        payload,
                  GError     **error)
{
  GstElement *payloader = make_payloader (codec);
  g_autoptr(GstCaps) caps = make_rtp_caps ("video", media_codec_get_name (codec), 90000, payload);
  g_autoptr(GstCaps) coded = media_codec_make_caps (codec);
  g_autoptr(GstPad) pad = NULL;
  GstAppSrc *source;

  if (payloader == NULL)
    {
      g_set_error (error, MEDIA_PEER_ERROR, MEDIA_PEER_ERROR_UNAVAILABLE, "GStreamer cannot send %s here",
                   media_codec_get_name (codec));
      return FALSE;
    }
  g_object_set (payloader, "pt", payload, NULL);
  source = add_sender (self, &payloader, 1, caps);
  gst_app_src_set_caps (source, coded);
  pad = gst_element_get_static_pad (GST_ELEMENT (source), "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream_event, self, NULL);
  self->video_codec = codec;
  self->has_video_codec = TRUE;
  g_mutex_lock (&self->lock);
  self->video.element = source;
  g_mutex_unlock (&self->lock);

  return TRUE;
}

/* Retransmission for pictures only: for sound it makes a group that other engines refuse, and comes too late anyway. */
static void
set_up_transceivers (MediaPeer *self)
{
  g_autoptr(GArray) transceivers = NULL;

  g_signal_emit_by_name (self->webrtc, "get-transceivers", &transceivers);
  for (guint i = 0; transceivers != NULL && i < transceivers->len; i++)
    {
      GstWebRTCRTPTransceiver *transceiver = g_array_index (transceivers, GstWebRTCRTPTransceiver *, i);
      g_autoptr(GstCaps) caps = NULL;

      g_object_get (transceiver, "codec-preferences", &caps, NULL);
      if (caps != NULL && gst_caps_get_size (caps) > 0 &&
          g_strcmp0 (gst_structure_get_string (gst_caps_get_structure (caps, 0), "media"), "video") == 0)
        g_object_set (transceiver, "do-nack", TRUE, NULL);
    }
}

/* --- descriptions --- */

/* One step with webrtcbin that ends with a promise. Owned by the task. */
typedef struct
{
  GTask *task;          /* owned until it is returned */
  void (*next) (GTask *task, GstStructure *reply);
  GstStructure *reply;  /* owned copy: the promise's own dies with it */
} Step;

static void
step_free (gpointer data)
{
  Step *step = data;

  g_clear_pointer (&step->reply, gst_structure_free);
  if (step->task != NULL && !g_task_get_completed (step->task))
    g_task_return_new_error (step->task, MEDIA_PEER_ERROR, MEDIA_PEER_ERROR_CLOSED, "the connection was closed");
  g_clear_object (&step->task);
  g_free (step);
}

static gboolean
on_step (gpointer user_data)
{
  Step *step = user_data;
  MediaPeer *self = g_task_get_source_object (step->task);
  GTask *task;

  if (self->pipeline == NULL)
    return G_SOURCE_REMOVE;   /* step_free() says so */
  task = g_steal_pointer (&step->task);
  step->next (task, step->reply);   /* takes the task */

  return G_SOURCE_REMOVE;
}

/* webrtcbin's thread. */
static void
on_promise (GstPromise *promise,
            gpointer    user_data)
{
  Step *step = user_data;
  MediaPeer *self = g_task_get_source_object (step->task);
  const GstStructure *reply = gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED ? gst_promise_get_reply (promise) : NULL;
  g_autoptr(GSource) idle = g_idle_source_new ();

  step->reply = reply != NULL ? gst_structure_copy (reply) : NULL;
  g_source_set_priority (idle, G_PRIORITY_DEFAULT);
  g_source_set_callback (idle, on_step, step, step_free);
  g_source_attach (idle, self->context);
  gst_promise_unref (promise);
}

/* @task (transfer full). */
static GstPromise *
new_step (GTask *task,
          void (*next) (GTask *task, GstStructure *reply))
{
  Step *step = g_new0 (Step, 1);

  step->task = task;
  step->next = next;

  return gst_promise_new_with_change_func (on_promise, step, NULL);
}

/* Ends @task with the reply's error if it holds one. */
static gboolean
check_reply (GTask              *task,
             const GstStructure *reply)
{
  g_autoptr(GError) error = NULL;

  if (reply == NULL || !gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL))
    return TRUE;
  g_task_return_new_error (task, MEDIA_PEER_ERROR, MEDIA_PEER_ERROR_DESCRIPTION, "%s", error->message);

  return FALSE;
}

static void
flush_candidates (MediaPeer *self)
{
  Candidate *candidate;

  self->remote_set = TRUE;
  while ((candidate = g_queue_pop_head (&self->candidates)) != NULL)
    {
      g_signal_emit_by_name (self->webrtc, "add-ice-candidate", candidate->mline, candidate->text);
      candidate_free (candidate);
    }
}

static void
local_description_set (GTask        *task,
                       GstStructure *reply)
{
  g_autoptr(GTask) owned = task;
  MediaPeer *self = g_task_get_source_object (task);
  GstWebRTCSessionDescription *description = NULL;

  if (!check_reply (task, reply))
    return;
  g_object_get (self->webrtc, "local-description", &description, NULL);
  if (description == NULL)
    g_object_get (self->webrtc, "pending-local-description", &description, NULL);
  if (description == NULL)
    {
      g_task_return_new_error (task, MEDIA_PEER_ERROR, MEDIA_PEER_ERROR_DESCRIPTION, "the description was not taken");
      return;
    }
  g_task_return_pointer (task, gst_sdp_message_as_text (description->sdp), g_free);
  gst_webrtc_session_description_free (description);
}

/* The reply to create-offer and create-answer; @name is the field. */
static void
description_made (GTask        *task,
                  GstStructure *reply,
                  const char   *name)
{
  MediaPeer *self = g_task_get_source_object (task);
  GstWebRTCSessionDescription *description = NULL;

  if (!check_reply (task, reply))
    {
      g_object_unref (task);
      return;
    }
  if (reply == NULL || !gst_structure_get (reply, name, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL))
    {
      g_task_return_new_error (task, MEDIA_PEER_ERROR, MEDIA_PEER_ERROR_DESCRIPTION, "no description was made");
      g_object_unref (task);
      return;
    }
  g_signal_emit_by_name (self->webrtc, "set-local-description", description, new_step (task, local_description_set));
  gst_webrtc_session_description_free (description);
}

static void
offer_made (GTask        *task,
            GstStructure *reply)
{
  description_made (task, reply, "offer");
}

static void
answer_made (GTask        *task,
             GstStructure *reply)
{
  description_made (task, reply, "answer");
}

static void
remote_offer_set (GTask        *task,
                  GstStructure *reply)
{
  MediaPeer *self = g_task_get_source_object (task);

  if (!check_reply (task, reply))
    {
      g_object_unref (task);
      return;
    }
  flush_candidates (self);
  g_signal_emit_by_name (self->webrtc, "create-answer", NULL, new_step (task, answer_made));
}

static void
remote_answer_set (GTask        *task,
                   GstStructure *reply)
{
  g_autoptr(GTask) owned = task;
  MediaPeer *self = g_task_get_source_object (task);

  if (!check_reply (task, reply))
    return;
  flush_candidates (self);
  g_task_return_boolean (task, TRUE);
}

static GstWebRTCSessionDescription *
parse_description (const char            *text,
                   GstWebRTCSDPType       type,
                   GError               **error)
{
  GstSDPMessage *message = NULL;

  if (*text == '\0' || gst_sdp_message_new_from_text (text, &message) != GST_SDP_OK || gst_sdp_message_medias_len (message) == 0)
    {
      g_clear_pointer (&message, gst_sdp_message_free);
      g_set_error_literal (error, MEDIA_PEER_ERROR, MEDIA_PEER_ERROR_DESCRIPTION, "the description cannot be read");
      return NULL;
    }

  return gst_webrtc_session_description_new (type, message);
}

/* Which payload number an m-line of the other side gives to @encoding; with H.264 only packetization mode 1. */
static gboolean
find_payload (const GstSDPMedia *media,
              const char        *encoding,
              guint             *out_payload)
{
  for (guint i = 0; i < gst_sdp_media_formats_len (media); i++)
    {
      guint64 payload;
      g_autoptr(GstCaps) caps = NULL;
      const GstStructure *structure;

      if (!g_ascii_string_to_unsigned (gst_sdp_media_get_format (media, i), 10, 0, 127, &payload, NULL))
        continue;
      caps = gst_sdp_media_get_caps_from_media (media, (int) payload);
      if (caps == NULL || gst_caps_get_size (caps) == 0)
        continue;
      structure = gst_caps_get_structure (caps, 0);
      if (g_ascii_strcasecmp (gst_structure_get_string (structure, "encoding-name") ? gst_structure_get_string (structure, "encoding-name") : "",
                              encoding) != 0)
        continue;
      if (g_str_equal (encoding, "H264") && g_strcmp0 (gst_structure_get_string (structure, "packetization-mode"), "1") != 0)
        continue;
      *out_payload = (guint) payload;
      return TRUE;
    }

  return FALSE;
}

static void
add_receiver (MediaPeer  *self,
              const char *media,
              const char *encoding,
              int         clockrate,
              guint       payload)
{
  g_autoptr(GstCaps) caps = make_rtp_caps (media, encoding, clockrate, payload);
  g_autoptr(GstWebRTCRTPTransceiver) transceiver = NULL;

  /* Made by hand, or the extension is missing in the answer and no feedback ever flows. */
  g_signal_emit_by_name (self->webrtc, "add-transceiver", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps, &transceiver);
}

/* One of ours for each m-line of the offer, in its order. */
static gboolean
prepare_answer (MediaPeer            *self,
                const GstSDPMessage  *offer,
                GError              **error)
{
  gboolean audio_sent = (self->flags & MEDIA_PEER_AUDIO) == 0;
  gboolean video_sent = (self->flags & MEDIA_PEER_VIDEO) == 0;
  gboolean any = FALSE;

  for (guint i = 0; i < gst_sdp_message_medias_len (offer); i++)
    {
      const GstSDPMedia *media = gst_sdp_message_get_media (offer, i);
      const char *kind = gst_sdp_media_get_media (media);
      guint payload;

      if (g_strcmp0 (kind, "audio") == 0 && find_payload (media, "OPUS", &payload))
        {
          any = TRUE;
          if (audio_sent)
            add_receiver (self, "audio", "OPUS", 48000, payload);
          else if (!add_audio_sender (self, payload, error))
            return FALSE;
          audio_sent = TRUE;
        }
      else if (g_strcmp0 (kind, "video") == 0)
        {
          static const MediaCodec receivable[] = { MEDIA_CODEC_VP8, MEDIA_CODEC_H264, MEDIA_CODEC_VP9 };
          const MediaCodec *codecs = video_sent ? receivable : (const MediaCodec *) (void *) self->codecs->data;
          guint n = video_sent ? G_N_ELEMENTS (receivable) : self->codecs->len;

          for (guint k = 0; k < n; k++)
            {
              if (!find_payload (media, media_codec_get_name (codecs[k]), &payload))
                continue;
              any = TRUE;
              if (video_sent)
                add_receiver (self, "video", media_codec_get_name (codecs[k]), 90000, payload);
              else if (!add_video_sender (self, codecs[k], payload, error))
                return FALSE;
              video_sent = TRUE;
              break;
            }
        }
    }
  if (!any)
    g_set_error_literal (error, MEDIA_PEER_ERROR, MEDIA_PEER_ERROR_NO_CODEC, "the two sides have no codec in common");

  return any;
}

/* The codec that an answer has chosen of those we offered. */
static void
read_answered_codec (MediaPeer           *self,
                     const GstSDPMessage *answer)
{
  for (guint i = 0; i < gst_sdp_message_medias_len (answer); i++)
    {
      const GstSDPMedia *media = gst_sdp_message_get_media (answer, i);
      guint payload;

      if (g_strcmp0 (gst_sdp_media_get_media (media), "video") == 0 && self->has_video_codec &&
          !find_payload (media, media_codec_get_name (self->video_codec), &payload))
        self->has_video_codec = FALSE;   /* refused: our picture is not wanted */
    }
}

/* --- the object --- */

static void
media_peer_dispose (GObject *object)
{
  media_peer_close (MEDIA_PEER (object));
  G_OBJECT_CLASS (media_peer_parent_class)->dispose (object);
}

static void
media_peer_finalize (GObject *object)
{
  MediaPeer *self = MEDIA_PEER (object);

  g_clear_pointer (&self->codecs, g_array_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (media_peer_parent_class)->finalize (object);
}

static void
media_peer_get_property (GObject    *object,
                         guint       id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  if (id == PROP_STATE)
    g_value_set_int (value, (int) MEDIA_PEER (object)->state);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
media_peer_class_init (MediaPeerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = media_peer_dispose;
  object_class->finalize = media_peer_finalize;
  object_class->get_property = media_peer_get_property;

  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, MEDIA_PEER_NEW, MEDIA_PEER_CLOSED, MEDIA_PEER_NEW,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CANDIDATE] = g_signal_new ("candidate", MEDIA_TYPE_PEER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
  signals[KEYFRAME_WANTED] = g_signal_new ("keyframe-wanted", MEDIA_TYPE_PEER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", MEDIA_TYPE_PEER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
media_peer_init (MediaPeer *self)
{
  g_mutex_init (&self->lock);
  g_queue_init (&self->candidates);
  self->context = g_main_context_ref_thread_default ();
  self->codecs = g_array_new (FALSE, FALSE, sizeof (MediaCodec));
}

static void
set_up_ice (MediaPeer          *self,
            const char * const *servers)
{
  g_autoptr(GObject) ice = NULL;
  g_autoptr(GObject) agent = NULL;

  g_object_get (self->webrtc, "ice-agent", &ice, NULL);
  g_object_set (ice, "ice-tcp", FALSE, NULL);   /* the signalling has words for UDP only */
  g_object_get (ice, "agent", &agent, NULL);
  if (agent != NULL)
    {
      /* On by default, it opens a port and asks the neighbourhood for a router: nobody has asked for that. */
      g_object_set (agent, "upnp", FALSE, NULL);
      if (g_object_class_find_property (G_OBJECT_GET_CLASS (agent), "keepalive-conncheck") != NULL)
        g_object_set (agent, "keepalive-conncheck", TRUE, NULL);   /* a dead peer is noticed */
    }
  for (guint i = 0; servers != NULL && servers[i] != NULL; i++)
    {
      gboolean added;

      if (g_str_has_prefix (servers[i], "stun://"))
        g_object_set (self->webrtc, "stun-server", servers[i], NULL);
      else
        g_signal_emit_by_name (self->webrtc, "add-turn-server", servers[i], &added);
    }
  if (self->flags & MEDIA_PEER_RELAY_ONLY)
    g_object_set (self->webrtc, "ice-transport-policy", GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY, NULL);
}

MediaPeer *
media_peer_new (MediaPeerFlags        flags,
                const MediaCodec     *codecs,
                guint                 n_codecs,
                const char * const   *servers,
                const MediaPeerFuncs *funcs,
                gpointer              user_data)
{
  MediaPeer *self;
  g_autoptr(GstBus) bus = NULL;

  g_return_val_if_fail (funcs != NULL, NULL);
  g_return_val_if_fail (n_codecs > 0 || (flags & MEDIA_PEER_VIDEO) == 0, NULL);

  gst_init (NULL, NULL);
  self = g_object_new (MEDIA_TYPE_PEER, NULL);
  self->flags = flags;
  self->funcs = *funcs;
  self->user_data = user_data;
  g_array_append_vals (self->codecs, codecs, n_codecs);

  self->pipeline = gst_object_ref_sink (gst_pipeline_new ("peer"));
  self->webrtc = gst_element_factory_make ("webrtcbin", NULL);
  if (self->webrtc == NULL)
    {
      gst_clear_object (&self->pipeline);   /* the first step says why */
      return self;
    }
  g_object_set (self->webrtc, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency", 60, NULL);
  gst_bin_add (GST_BIN (self->pipeline), self->webrtc);
  set_up_ice (self, servers);
  g_signal_connect (self->webrtc, "on-ice-candidate", G_CALLBACK (on_ice_candidate), self);
  g_signal_connect (self->webrtc, "notify::connection-state", G_CALLBACK (on_connection_state), self);
  g_signal_connect (self->webrtc, "pad-added", G_CALLBACK (on_pad_added), self);
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_set_sync_handler (bus, on_bus_message, self, NULL);

  return self;
}

static GTask *
begin (MediaPeer           *self,
       gpointer             tag,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tag);
  if (self->pipeline == NULL)
    {
      g_task_return_new_error (task, MEDIA_PEER_ERROR, self->state == MEDIA_PEER_CLOSED ? MEDIA_PEER_ERROR_CLOSED
                                                                                       : MEDIA_PEER_ERROR_UNAVAILABLE,
                               self->state == MEDIA_PEER_CLOSED ? "the connection was closed"
                                                                : "GStreamer's WebRTC part is not installed");
      g_object_unref (task);
      return NULL;
    }

  return task;
}

void
media_peer_create_offer_async (MediaPeer           *self,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GError) error = NULL;
  GTask *task;
  gboolean added = TRUE;

  g_return_if_fail (MEDIA_IS_PEER (self));

  task = begin (self, media_peer_create_offer_async, callback, user_data);
  if (task == NULL)
    return;
  if (self->flags & MEDIA_PEER_AUDIO)
    added = add_audio_sender (self, PAYLOAD_OPUS, &error);
  else
    add_receiver (self, "audio", "OPUS", 48000, PAYLOAD_OPUS);
  if (added && (self->flags & MEDIA_PEER_VIDEO))
    added = add_video_sender (self, g_array_index (self->codecs, MediaCodec, 0), PAYLOAD_VIDEO, &error);
  if (!added)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }
  set_up_transceivers (self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  g_signal_emit_by_name (self->webrtc, "create-offer", NULL, new_step (task, offer_made));
}

char *
media_peer_create_offer_finish (MediaPeer     *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
media_peer_accept_offer_async (MediaPeer           *self,
                               const char          *sdp,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GstWebRTCSessionDescription *description;
  g_autoptr(GError) error = NULL;
  GTask *task;

  g_return_if_fail (MEDIA_IS_PEER (self));
  g_return_if_fail (sdp != NULL);

  task = begin (self, media_peer_accept_offer_async, callback, user_data);
  if (task == NULL)
    return;
  description = parse_description (sdp, GST_WEBRTC_SDP_TYPE_OFFER, &error);
  if (description == NULL || !prepare_answer (self, description->sdp, &error))
    {
      g_clear_pointer (&description, gst_webrtc_session_description_free);
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }
  set_up_transceivers (self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  g_signal_emit_by_name (self->webrtc, "set-remote-description", description, new_step (task, remote_offer_set));
  gst_webrtc_session_description_free (description);
}

char *
media_peer_accept_offer_finish (MediaPeer     *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
media_peer_accept_answer_async (MediaPeer           *self,
                                const char          *sdp,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GstWebRTCSessionDescription *description;
  g_autoptr(GError) error = NULL;
  GTask *task;

  g_return_if_fail (MEDIA_IS_PEER (self));
  g_return_if_fail (sdp != NULL);

  task = begin (self, media_peer_accept_answer_async, callback, user_data);
  if (task == NULL)
    return;
  description = parse_description (sdp, GST_WEBRTC_SDP_TYPE_ANSWER, &error);
  if (description == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }
  read_answered_codec (self, description->sdp);
  g_signal_emit_by_name (self->webrtc, "set-remote-description", description, new_step (task, remote_answer_set));
  gst_webrtc_session_description_free (description);
}

gboolean
media_peer_accept_answer_finish (MediaPeer     *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
media_peer_add_candidate (MediaPeer  *self,
                          guint       mline,
                          const char *text)
{
  Candidate *candidate;

  g_return_if_fail (MEDIA_IS_PEER (self));
  g_return_if_fail (text != NULL);

  if (self->pipeline == NULL)
    return;
  if (self->remote_set)
    {
      g_signal_emit_by_name (self->webrtc, "add-ice-candidate", mline, text);
      return;
    }
  if (g_queue_get_length (&self->candidates) >= MAX_CANDIDATES)
    return;
  candidate = g_new (Candidate, 1);
  candidate->mline = mline;
  candidate->text = g_strdup (text);
  g_queue_push_tail (&self->candidates, candidate);
}

gboolean
media_peer_get_video_codec (MediaPeer  *self,
                            MediaCodec *out_codec)
{
  g_return_val_if_fail (MEDIA_IS_PEER (self), FALSE);

  if (self->has_video_codec)
    *out_codec = self->video_codec;

  return self->has_video_codec;
}

static void
push (MediaPeer *self,
      Source    *source,
      GstSample *sample)
{
  g_autoptr(GstAppSrc) element = NULL;
  g_autoptr(GstBuffer) buffer = gst_buffer_ref (gst_sample_get_buffer (sample));
  g_autoptr(GstSample) shifted = NULL;
  GstClockTime now;
  GstClockTime stamp;

  g_return_if_fail (GST_BUFFER_PTS_IS_VALID (buffer));

  g_mutex_lock (&self->lock);
  if (source->element != NULL && self->connected)
    {
      element = g_object_ref (source->element);
      now = gst_element_get_current_running_time (GST_ELEMENT (element));
      stamp = GST_BUFFER_PTS (buffer);
      if (GST_CLOCK_TIME_IS_VALID (now) &&
          (!source->anchored || ABS ((GstClockTimeDiff) stamp + source->offset - (GstClockTimeDiff) now) > MAX_DRIFT))
        {
          source->offset = GST_CLOCK_DIFF (stamp, now);
          source->anchored = TRUE;
        }
      buffer = gst_buffer_make_writable (buffer);   /* the memory stays shared */
      GST_BUFFER_PTS (buffer) = (GstClockTime) MAX (0, (GstClockTimeDiff) stamp + source->offset);
      GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
    }
  g_mutex_unlock (&self->lock);
  if (element == NULL)
    return;

  shifted = gst_sample_new (buffer, gst_sample_get_caps (sample), NULL, NULL);
  gst_app_src_push_sample (element, shifted);
}

void
media_peer_push_audio (MediaPeer *self,
                       GstSample *sample)
{
  g_return_if_fail (MEDIA_IS_PEER (self));

  push (self, &self->audio, sample);
}

void
media_peer_push_video (MediaPeer *self,
                       GstSample *sample)
{
  g_return_if_fail (MEDIA_IS_PEER (self));

  push (self, &self->video, sample);
}

MediaPeerState
media_peer_get_state (MediaPeer *self)
{
  g_return_val_if_fail (MEDIA_IS_PEER (self), MEDIA_PEER_CLOSED);

  return self->state;
}

void
media_peer_close (MediaPeer *self)
{
  GstElement *pipeline;
  GstAppSrc *audio;
  GstAppSrc *video;

  g_return_if_fail (MEDIA_IS_PEER (self));

  if (self->pipeline == NULL)
    return;
  g_mutex_lock (&self->lock);
  audio = g_steal_pointer (&self->audio.element);
  video = g_steal_pointer (&self->video.element);
  self->connected = FALSE;
  g_mutex_unlock (&self->lock);
  g_clear_object (&audio);
  g_clear_object (&video);

  g_signal_handlers_disconnect_by_data (self->webrtc, self);
  pipeline = g_steal_pointer (&self->pipeline);
  self->webrtc = NULL;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  g_queue_clear_full (&self->candidates, candidate_free);
  self->state = MEDIA_PEER_CLOSED;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}
