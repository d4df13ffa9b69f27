/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/chat/file.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_VOICE_CARD (atrium_voice_card_get_type ())
G_DECLARE_FINAL_TYPE (AtriumVoiceCard, atrium_voice_card, ATRIUM, VOICE_CARD, GtkWidget)

/* A voice message: play, waveform, time, speed. Only one plays at a time. */
GtkWidget *atrium_voice_card_new (AtriumFile *file);

G_END_DECLS
