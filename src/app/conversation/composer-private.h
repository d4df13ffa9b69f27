/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/conversation/completion.h"
#include "app/conversation/composer.h"
#include "media/voice-recorder.h"

G_BEGIN_DECLS

struct _AtriumComposer
{
  GtkWidget parent_instance;

  AtriumWorkspace *workspace;         /* owned */
  GSettings *settings;                /* owned, NULL: built-in defaults */
  AtriumConversation *conversation;   /* owned, NULL: none open */
  AtriumMessage *reply_to;            /* owned, at most one of these two */
  AtriumMessage *editing;
  AtriumCompletion *completion;
  GPtrArray *files;                   /* GFile in the tray */
  MediaVoiceRecorder *recorder;       /* NULL while not recording */
  char *recording_path;
  gboolean preedit;                   /* an input method is composing: Enter belongs to it */
  gboolean sending;                   /* the text is on its way to the disk */
  gboolean filling;                   /* the text is set by us, not typed */
  guint typing_id;                    /* ends "is writing" */

  /* template children */
  AdwClamp *clamp;
  GtkLabel *problem_label;
  GtkWidget *frame;
  GtkWidget *about_bar;
  GtkLabel *about_title;
  GtkLabel *about_label;
  GtkWidget *about_close;
  GtkRevealer *format_revealer;
  GtkWidget *format_button;
  GtkWidget *bold_button;
  GtkWidget *italic_button;
  GtkWidget *strike_button;
  GtkWidget *code_button;
  GtkWidget *quote_button;
  GtkFlowBox *tray;
  GtkStack *stack;
  GtkWidget *attach_button;
  GtkTextView *view;
  GtkLabel *placeholder;
  GtkWidget *emoji_button;
  GtkWidget *voice_button;
  GtkWidget *send_button;
  GtkWidget *discard_button;
  GtkLabel *record_label;
  GtkLevelBar *record_level;
  GtkWidget *record_send;
};

/* composer.c */
void atrium_composer_update_buttons  (AtriumComposer *self);

/* composer-files.c: tray, paste, file dialog */
void atrium_composer_init_files      (AtriumComposer *self);
void atrium_composer_clear_files     (AtriumComposer *self);
void atrium_composer_choose_files    (AtriumComposer *self,
                                      gboolean        pictures);

/* composer-voice.c */
void atrium_composer_record          (AtriumComposer *self);
void atrium_composer_stop_recording  (AtriumComposer *self);
void atrium_composer_send_recording  (AtriumComposer *self);

G_END_DECLS
