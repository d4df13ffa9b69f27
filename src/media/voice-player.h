/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "media/voice-recorder.h"   /* MediaVoiceError */

G_BEGIN_DECLS

/**
 * MediaVoicePlayer:
 *
 * Plays one local Ogg Opus voice message. Only that: the parts are named here, nothing is chosen by what a stranger's file
 * contains.
 *
 * Properties: "playing", "position" and "duration" (gint64 µs; duration 0 until known), "rate" (1.0, 1.5, 2.0; pitch kept).
 * "position" is notified four times a second while playing, and never otherwise.
 * Signals: ::ended (), ::failed (const GError *).
 */
#define MEDIA_TYPE_VOICE_PLAYER (media_voice_player_get_type ())
G_DECLARE_FINAL_TYPE (MediaVoicePlayer, media_voice_player, MEDIA, VOICE_PLAYER, GObject)

/* @sink: name of a GStreamer sink element, or NULL for the desktop's default output. */
MediaVoicePlayer *media_voice_player_new          (const char        *path,
                                                   const char        *sink) G_GNUC_WARN_UNUSED_RESULT;
void              media_voice_player_play         (MediaVoicePlayer  *self);
void              media_voice_player_pause        (MediaVoicePlayer  *self);
void              media_voice_player_seek         (MediaVoicePlayer  *self,
                                                   gint64             position);   /* µs, clamped */
void              media_voice_player_set_rate     (MediaVoicePlayer  *self,
                                                   double             rate);       /* 0.5 to 3.0 */
gboolean          media_voice_player_is_playing   (MediaVoicePlayer  *self);
gint64            media_voice_player_get_position (MediaVoicePlayer  *self);
gint64            media_voice_player_get_duration (MediaVoicePlayer  *self);
double            media_voice_player_get_rate     (MediaVoicePlayer  *self);

G_END_DECLS
