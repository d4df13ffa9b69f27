/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/voice-card.h"
#include "app/parts/stamp.h"
#include "app/parts/toast.h"
#include "app/parts/waveform.h"
#include "media/voice-player.h"

#include <glib/gi18n.h>

static const double rates[] = { 1.0, 1.5, 2.0 };

struct _AtriumVoiceCard
{
  GtkWidget parent_instance;

  AtriumFile *file;          /* owned */
  MediaVoicePlayer *player;  /* owned; NULL before the first press of Play */
  guint rate;                /* index into rates */
  gboolean play_when_here;   /* Play was pressed before the file had come */

  /* template children */
  GtkWidget *box;
  GtkButton *play_button;
  AtriumWaveform *waveform;
  GtkLabel *time_label;
  GtkButton *rate_button;
};

G_DEFINE_FINAL_TYPE (AtriumVoiceCard, atrium_voice_card, GTK_TYPE_WIDGET)

/* The card that plays now, in the whole program. */
static AtriumVoiceCard *playing_card;

static void
update (AtriumVoiceCard *self)
{
  gint64 duration = atrium_file_get_duration (self->file);
  gint64 position = 0;
  gboolean playing = FALSE;
  g_autofree char *length = NULL;
  g_autofree char *text = NULL;
  g_autofree char *rate = g_strdup_printf ("%g×", rates[self->rate]);

  if (self->player != NULL)
    {
      playing = media_voice_player_is_playing (self->player);
      position = media_voice_player_get_position (self->player) / 1000;
      if (media_voice_player_get_duration (self->player) > 0)
        duration = media_voice_player_get_duration (self->player) / 1000;
    }

  length = atrium_stamp_duration (duration);
  if (atrium_file_get_state (self->file) == ATRIUM_FILE_RUNNING)
    {
      text = g_strdup_printf (C_("file", "%d %%"), (int) (atrium_file_get_progress (self->file) * 100));
    }
  else if (position > 0)
    {
      g_autofree char *now = atrium_stamp_duration (position);

      text = g_strdup_printf ("%s / %s", now, length);
    }
  else
    {
      text = g_strdup (length);
    }

  gtk_label_set_text (self->time_label, text);
  gtk_button_set_label (self->rate_button, rate);
  gtk_button_set_icon_name (self->play_button, playing ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->play_button), playing ? _("Pause") : _("Play"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  playing ? _("Pause") : _("Play"), -1);
  atrium_waveform_set_progress (self->waveform, duration > 0 ? (double) position / duration : 0.0);
}

static void
on_failed (AtriumVoiceCard *self,
           const GError    *error)
{
  atrium_toast_error (GTK_WIDGET (self), _("The voice message cannot be played"), error);
  update (self);
}

static void
play (AtriumVoiceCard *self)
{
  if (self->player == NULL)
    {
      self->player = media_voice_player_new (atrium_file_get_path (self->file), NULL);
      g_signal_connect_object (self->player, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->player, "ended", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->player, "failed", G_CALLBACK (on_failed), self, G_CONNECT_SWAPPED);
    }
  if (playing_card != NULL && playing_card != self && playing_card->player != NULL)
    media_voice_player_pause (playing_card->player);
  playing_card = self;
  media_voice_player_set_rate (self->player, rates[self->rate]);
  media_voice_player_play (self->player);
  update (self);
}

static void
on_file_changed (AtriumVoiceCard *self)
{
  if (self->play_when_here && atrium_file_get_path (self->file) != NULL)
    {
      self->play_when_here = FALSE;
      play (self);
    }
  update (self);
}

static void
on_downloaded (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  g_autoptr(AtriumVoiceCard) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_file_download_finish (ATRIUM_FILE (source), result, &error))
    {
      self->play_when_here = FALSE;
      atrium_toast_error (GTK_WIDGET (self), _("The voice message could not be loaded"), error);
    }
}

static void
on_play (AtriumVoiceCard *self)
{
  if (self->player != NULL && media_voice_player_is_playing (self->player))
    {
      media_voice_player_pause (self->player);
      update (self);
    }
  else if (atrium_file_get_path (self->file) != NULL)
    {
      play (self);
    }
  else
    {
      self->play_when_here = TRUE;
      atrium_file_download_async (self->file, NULL, on_downloaded, g_object_ref (self));
    }
}

static void
on_seek (AtriumVoiceCard *self,
         double           fraction)
{
  if (self->player != NULL)
    media_voice_player_seek (self->player, (gint64) (media_voice_player_get_duration (self->player) * fraction));
}

static void
on_rate (AtriumVoiceCard *self)
{
  self->rate = (self->rate + 1) % G_N_ELEMENTS (rates);
  if (self->player != NULL)
    media_voice_player_set_rate (self->player, rates[self->rate]);
  update (self);
}

static void
atrium_voice_card_dispose (GObject *object)
{
  AtriumVoiceCard *self = ATRIUM_VOICE_CARD (object);

  if (playing_card == self)
    playing_card = NULL;
  if (self->player != NULL)
    media_voice_player_pause (self->player);
  g_clear_object (&self->player);
  g_clear_object (&self->file);
  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (atrium_voice_card_parent_class)->dispose (object);
}

static void
atrium_voice_card_class_init (AtriumVoiceCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ATRIUM_TYPE_WAVEFORM);
  G_OBJECT_CLASS (klass)->dispose = atrium_voice_card_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/conversation/voice-card.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumVoiceCard, box);
  gtk_widget_class_bind_template_child (widget_class, AtriumVoiceCard, play_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumVoiceCard, waveform);
  gtk_widget_class_bind_template_child (widget_class, AtriumVoiceCard, time_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumVoiceCard, rate_button);
  gtk_widget_class_bind_template_callback (widget_class, on_play);
  gtk_widget_class_bind_template_callback (widget_class, on_seek);
  gtk_widget_class_bind_template_callback (widget_class, on_rate);
}

static void
atrium_voice_card_init (AtriumVoiceCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->rate_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Speed"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->waveform), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Voice message"), -1);
}

GtkWidget *
atrium_voice_card_new (AtriumFile *file)
{
  AtriumVoiceCard *self;

  g_return_val_if_fail (ATRIUM_IS_FILE (file), NULL);

  self = g_object_new (ATRIUM_TYPE_VOICE_CARD, NULL);
  self->file = g_object_ref (file);
  atrium_waveform_set_peaks (self->waveform, atrium_file_get_waveform (file));
  g_signal_connect_object (file, "notify", G_CALLBACK (on_file_changed), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
