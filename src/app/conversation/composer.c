/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/composer-private.h"
#include "app/parts/text.h"
#include "app/parts/toast.h"

#include <glib/gi18n.h>
#include <string.h>

/* So long after the last key "is writing" ends. */
#define TYPING_SECONDS 5

enum
{
  SENT,
  EDIT_LAST,
  ESCAPE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumComposer, atrium_composer, GTK_TYPE_WIDGET)

static gboolean
enter_sends (AtriumComposer *self)
{
  return self->settings == NULL || g_settings_get_boolean (self->settings, "enter-sends");
}

char *
atrium_composer_dup_text (AtriumComposer *self)
{
  GtkTextBuffer *buffer;
  GtkTextIter start, end;

  g_return_val_if_fail (ATRIUM_IS_COMPOSER (self), NULL);

  buffer = gtk_text_view_get_buffer (self->view);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
fill (AtriumComposer *self,
      const char     *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);

  self->filling = TRUE;
  /* Undo must not bring back the text of another chat. */
  gtk_text_buffer_begin_irreversible_action (buffer);
  gtk_text_buffer_set_text (buffer, text != NULL ? text : "", -1);
  gtk_text_buffer_end_irreversible_action (buffer);
  self->filling = FALSE;
  atrium_composer_update_buttons (self);
}

void
atrium_composer_update_buttons (AtriumComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  gboolean empty = gtk_text_buffer_get_char_count (buffer) == 0;
  gboolean something = !empty || self->files->len > 0 || self->editing != NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->placeholder), empty && !self->preedit);
  gtk_widget_set_visible (self->send_button, something);
  gtk_widget_set_visible (self->voice_button, !something);
  gtk_widget_set_visible (self->attach_button, self->editing == NULL);
}

/* --- what the next message is about --- */

static void
show_about (AtriumComposer *self,
            const char     *title,
            const char     *text)
{
  g_autofree char *shown_title = atrium_text_line (title, 100);
  g_autofree char *shown = atrium_text_line (text, 200);

  gtk_label_set_text (self->about_title, shown_title);
  gtk_label_set_text (self->about_label, shown);
  gtk_widget_set_visible (self->about_bar, TRUE);
}

static void
keep_draft (AtriumComposer *self)
{
  g_autofree char *text = NULL;

  if (self->conversation == NULL || self->editing != NULL)
    return;

  text = atrium_composer_dup_text (self);
  atrium_conversation_set_draft (self->conversation, *text != '\0' ? text : NULL,
                                 self->reply_to != NULL ? atrium_message_get_id (self->reply_to) : 0);
}

static void
end_about (AtriumComposer *self)
{
  gboolean was_editing = self->editing != NULL;

  g_clear_object (&self->reply_to);
  g_clear_object (&self->editing);
  gtk_widget_set_visible (self->about_bar, FALSE);
  if (was_editing)
    fill (self, self->conversation != NULL ? atrium_conversation_get_draft (self->conversation) : NULL);
  else
    keep_draft (self);
  atrium_composer_update_buttons (self);
}

void
atrium_composer_reply (AtriumComposer *self,
                       AtriumMessage  *message)
{
  g_autofree char *title = NULL;

  g_return_if_fail (ATRIUM_IS_COMPOSER (self));
  g_return_if_fail (ATRIUM_IS_MESSAGE (message));

  if (self->editing != NULL)
    end_about (self);
  g_set_object (&self->reply_to, message);
  title = g_strdup_printf (_("Reply to %s"), atrium_message_get_author_name (message));
  show_about (self, title, atrium_message_get_body (message));
  keep_draft (self);
  atrium_composer_focus (self);
}

void
atrium_composer_edit (AtriumComposer *self,
                      AtriumMessage  *message)
{
  g_return_if_fail (ATRIUM_IS_COMPOSER (self));
  g_return_if_fail (ATRIUM_IS_MESSAGE (message));

  g_clear_object (&self->reply_to);
  g_set_object (&self->editing, message);
  show_about (self, _("Edit your message"), atrium_message_get_body (message));
  fill (self, atrium_message_get_body (message));
  atrium_composer_focus (self);
}

/* --- sending --- */

/* Until the message is safe on this disk the text stays, and nobody changes it. */
static void
set_sending (AtriumComposer *self,
             gboolean        sending)
{
  self->sending = sending;
  gtk_text_view_set_editable (self->view, !sending);
}

static void
say_problem (AtriumComposer *self,
             const GError   *error)
{
  g_autofree char *text = NULL;

  if (error != NULL)
    /* Translators: why a message could not be written to the disk */
    text = g_strdup_printf (_("Not sent: %s Your text is kept."), error->message);
  gtk_label_set_text (self->problem_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), text != NULL);
}

typedef struct
{
  AtriumComposer *composer;
  gboolean edit;
  gboolean files;
} Sending;

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autofree Sending *sending = data;
  g_autoptr(AtriumComposer) self = sending->composer;
  g_autoptr(AtriumMessage) message = NULL;
  g_autoptr(GError) error = NULL;
  AtriumConversation *conversation = ATRIUM_CONVERSATION (source);
  gboolean done;

  if (sending->edit)
    {
      done = atrium_conversation_edit_finish (conversation, result, &error);
    }
  else
    {
      message = sending->files ? atrium_conversation_send_files_finish (conversation, result, &error)
                               : atrium_conversation_send_finish (conversation, result, &error);
      done = message != NULL;
    }

  set_sending (self, FALSE);
  if (!done)
    {
      say_problem (self, error);
      return;
    }

  /* The draft belongs to the chat it was written in, whatever is open by now. */
  if (!sending->edit)
    atrium_conversation_set_draft (conversation, NULL, 0);
  if (self->conversation == conversation)
    {
      say_problem (self, NULL);
      if (sending->edit)
        {
          end_about (self);
        }
      else
        {
          g_clear_object (&self->reply_to);
          gtk_widget_set_visible (self->about_bar, FALSE);
          atrium_composer_clear_files (self);
          fill (self, NULL);
          atrium_completion_reset (self->completion);
        }
      g_signal_emit (self, signals[SENT], 0);
    }
}

#define ON_DONE(verb)                                                                            \
static void                                                                                      \
on_##verb##_done (GObject      *source,                                                          \
                  GAsyncResult *result,                                                          \
                  gpointer      data)                                                            \
{                                                                                                \
  g_autoptr(GtkWidget) self = data;                                                              \
  g_autoptr(GError) error = NULL;                                                                \
                                                                                                 \
  if (!atrium_conversation_##verb##_finish (ATRIUM_CONVERSATION (source), result, &error))       \
    atrium_toast_error (self, NULL, error);                                                      \
}

ON_DONE (set_subject)
ON_DONE (set_nick)
ON_DONE (invite)

#undef ON_DONE

/* Runs "/topic …" and the like; FALSE: the text is a message. */
static gboolean
run_command (AtriumComposer *self,
             const char     *text)
{
  const char *space = strchr (text, ' ');
  g_autofree char *verb = space != NULL ? g_strndup (text, space - text) : g_strdup (text);
  g_autofree char *argument = g_strstrip (g_strdup (space != NULL ? space + 1 : ""));

  if (atrium_conversation_get_kind (self->conversation) != ATRIUM_CONVERSATION_ROOM)
    return FALSE;

  if (g_str_equal (verb, "/topic"))
    atrium_conversation_set_subject_async (self->conversation, argument, NULL, on_set_subject_done, g_object_ref (self));
  else if (g_str_equal (verb, "/nick") && *argument != '\0')
    atrium_conversation_set_nick_async (self->conversation, argument, NULL, on_set_nick_done, g_object_ref (self));
  else if (g_str_equal (verb, "/invite") && *argument != '\0')
    atrium_conversation_invite_async (self->conversation, (const char *[]) { argument, NULL }, NULL, NULL, on_invite_done,
                                      g_object_ref (self));
  else if (g_str_equal (verb, "/leave"))
    gtk_widget_activate_action (GTK_WIDGET (self), "chat.leave", NULL);
  else
    return FALSE;

  fill (self, NULL);
  keep_draft (self);
  return TRUE;
}

void
atrium_composer_send (AtriumComposer *self)
{
  g_autofree char *text = NULL;
  g_autofree char *stripped = NULL;
  Sending *sending;

  g_return_if_fail (ATRIUM_IS_COMPOSER (self));

  if (self->conversation == NULL || self->sending)
    return;

  text = atrium_composer_dup_text (self);
  stripped = g_strstrip (g_strdup (text));
  if (*stripped == '\0' && self->files->len == 0)
    return;
  if (*stripped == '/' && self->editing == NULL && self->files->len == 0 && run_command (self, stripped))
    return;

  atrium_completion_close (self->completion);
  atrium_conversation_set_typing (self->conversation, FALSE);
  g_clear_handle_id (&self->typing_id, g_source_remove);

  sending = g_new0 (Sending, 1);
  sending->composer = g_object_ref (self);
  sending->edit = self->editing != NULL;
  sending->files = self->files->len > 0;
  set_sending (self, TRUE);
  if (sending->edit)
    {
      atrium_conversation_edit_async (self->conversation, self->editing, stripped, NULL, on_sent, sending);
    }
  else if (sending->files)
    {
      atrium_conversation_send_files_async (self->conversation, self->files, *stripped != '\0' ? stripped : NULL, self->reply_to, NULL,
                                            on_sent, sending);
    }
  else
    {
      g_autoptr(GPtrArray) mentions = atrium_completion_dup_mentions (self->completion, stripped);

      atrium_conversation_send_async (self->conversation, stripped, self->reply_to, mentions, ATRIUM_SEND_DEFAULT, NULL, on_sent, sending);
    }
}

/* --- typing --- */

static gboolean
on_typing_over (gpointer data)
{
  AtriumComposer *self = data;

  self->typing_id = 0;
  if (self->conversation != NULL)
    atrium_conversation_set_typing (self->conversation, FALSE);
  return G_SOURCE_REMOVE;
}

static void
on_text_changed (AtriumComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  gboolean empty = gtk_text_buffer_get_char_count (buffer) == 0;

  atrium_composer_update_buttons (self);
  if (self->filling || self->conversation == NULL)
    return;

  keep_draft (self);
  say_problem (self, NULL);
  g_clear_handle_id (&self->typing_id, g_source_remove);
  atrium_conversation_set_typing (self->conversation, !empty);
  if (!empty)
    self->typing_id = g_timeout_add_seconds (TYPING_SECONDS, on_typing_over, self);
}

static void
on_preedit_changed (AtriumComposer *self,
                    const char     *preedit)
{
  self->preedit = preedit != NULL && *preedit != '\0';
  atrium_composer_update_buttons (self);
}

static gboolean
on_key_pressed (GtkEventControllerKey *keys,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        state,
                AtriumComposer        *self)
{
  gboolean shift = (state & GDK_SHIFT_MASK) != 0;
  gboolean control = (state & GDK_CONTROL_MASK) != 0;
  gboolean alt = (state & GDK_ALT_MASK) != 0;

  /* While an input method composes, every key is its own: Enter takes the candidate and sends nothing. */
  if (self->preedit)
    return GDK_EVENT_PROPAGATE;
  if (!control && !alt && !shift && atrium_completion_handle_key (self->completion, keyval))
    return GDK_EVENT_STOP;

  switch (keyval)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      if (alt || (enter_sends (self) ? shift : !control))
        return GDK_EVENT_PROPAGATE;
      atrium_composer_send (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      if (shift || control || alt || self->editing != NULL ||
          gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (self->view)) > 0)
        return GDK_EVENT_PROPAGATE;
      g_signal_emit (self, signals[EDIT_LAST], 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      if (self->reply_to != NULL || self->editing != NULL)
        end_about (self);
      else
        g_signal_emit (self, signals[ESCAPE], 0);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* --- text style --- */

/* Puts @mark around the selection, or at the start of its lines for a quote. */
static void
format (AtriumComposer *self,
        const char     *mark)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  g_autofree char *selected = NULL;
  g_autofree char *styled = NULL;
  GtkTextIter start, end;

  gtk_text_buffer_get_selection_bounds (buffer, &start, &end);
  if (*mark == '>')
    {
      gtk_text_iter_set_line_offset (&start, 0);
      selected = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
      {
        g_auto(GStrv) lines = g_strsplit (selected, "\n", -1);
        g_autofree char *joined = g_strjoinv ("\n> ", lines);

        styled = g_strconcat ("> ", joined, NULL);
      }
    }
  else
    {
      selected = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
      styled = strchr (selected, '\n') != NULL && *mark == '`' ? g_strdup_printf ("```\n%s\n```", selected)
                                                               : g_strdup_printf ("%s%s%s", mark, selected, mark);
    }

  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, styled, -1);
  gtk_text_buffer_end_user_action (buffer);
  if (*selected == '\0' && *mark != '>')
    gtk_text_iter_backward_chars (&start, g_utf8_strlen (mark, -1));
  gtk_text_buffer_place_cursor (buffer, &start);
  atrium_composer_focus (self);
}

static void
on_format (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  format (ATRIUM_COMPOSER (widget), g_variant_get_string (parameter, NULL));
}

static void
on_attach (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  atrium_composer_choose_files (ATRIUM_COMPOSER (widget), g_str_equal (g_variant_get_string (parameter, NULL), "picture"));
}

static void
on_record_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  atrium_composer_record (ATRIUM_COMPOSER (widget));
}

static void
on_emoji_picked (AtriumComposer *self,
                 const char     *emoji)
{
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (self->view), emoji, -1);
  atrium_composer_focus (self);
}

/* --- object --- */

static void
atrium_composer_dispose (GObject *object)
{
  AtriumComposer *self = ATRIUM_COMPOSER (object);

  if (self->clamp != NULL)
    atrium_composer_stop_recording (self);
  g_clear_handle_id (&self->typing_id, g_source_remove);
  g_clear_object (&self->completion);
  g_clear_pointer ((GtkWidget **) &self->clamp, gtk_widget_unparent);
  g_clear_object (&self->reply_to);
  g_clear_object (&self->editing);
  g_clear_object (&self->conversation);
  g_clear_object (&self->settings);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (atrium_composer_parent_class)->dispose (object);
}

static void
atrium_composer_finalize (GObject *object)
{
  g_ptr_array_unref (ATRIUM_COMPOSER (object)->files);

  G_OBJECT_CLASS (atrium_composer_parent_class)->finalize (object);
}

static void
atrium_composer_class_init (AtriumComposerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const char *const names[N_SIGNALS] = { "sent", "edit-last", "escape" };

  object_class->dispose = atrium_composer_dispose;
  object_class->finalize = atrium_composer_finalize;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_install_action (widget_class, "composer.format", "s", on_format);
  gtk_widget_class_install_action (widget_class, "composer.attach", "s", on_attach);
  gtk_widget_class_install_action (widget_class, "composer.record", NULL, on_record_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_b, GDK_CONTROL_MASK, "composer.format", "s", "*");
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_i, GDK_CONTROL_MASK, "composer.format", "s", "_");

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/conversation/composer.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, clamp);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, problem_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, frame);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, about_bar);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, about_title);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, about_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, about_close);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, format_revealer);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, format_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, bold_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, italic_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, strike_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, code_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, quote_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, tray);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, stack);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, attach_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, view);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, placeholder);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, emoji_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, voice_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, send_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, discard_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, record_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, record_level);
  gtk_widget_class_bind_template_child (widget_class, AtriumComposer, record_send);
  gtk_widget_class_bind_template_callback (widget_class, end_about);
  gtk_widget_class_bind_template_callback (widget_class, on_emoji_picked);
  gtk_widget_class_bind_template_callback (widget_class, atrium_composer_send);
  gtk_widget_class_bind_template_callback_full (widget_class, "on_record", G_CALLBACK (atrium_composer_record));
  gtk_widget_class_bind_template_callback_full (widget_class, "stop_recording", G_CALLBACK (atrium_composer_stop_recording));
  gtk_widget_class_bind_template_callback_full (widget_class, "on_record_send", G_CALLBACK (atrium_composer_send_recording));
}

static void
name_widget (GtkWidget  *widget,
             const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
atrium_composer_init (AtriumComposer *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  atrium_composer_init_files (self);
  self->completion = atrium_completion_new (self->view);

  name_widget (GTK_WIDGET (self->view), _("Message entry"));
  name_widget (self->attach_button, _("Attach"));
  name_widget (self->format_button, _("Text style"));
  name_widget (self->emoji_button, _("Emoji"));
  name_widget (self->voice_button, _("Record a voice message"));
  name_widget (self->send_button, C_("button", "Send"));
  name_widget (self->about_close, _("Cancel"));
  name_widget (self->bold_button, _("Bold"));
  name_widget (self->italic_button, _("Italic"));
  name_widget (self->strike_button, _("Struck through"));
  name_widget (self->code_button, _("Code"));
  name_widget (self->quote_button, _("Quote"));
  name_widget (self->discard_button, _("Discard the recording"));
  name_widget (self->record_send, _("Send the recording"));
  name_widget (GTK_WIDGET (self->record_level), _("Loudness"));

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
  g_signal_connect_swapped (self->view, "preedit-changed", G_CALLBACK (on_preedit_changed), self);
  g_signal_connect_object (gtk_text_view_get_buffer (self->view), "changed", G_CALLBACK (on_text_changed), self, G_CONNECT_SWAPPED);
  g_object_bind_property (self->format_button, "active", self->format_revealer, "reveal-child", G_BINDING_SYNC_CREATE);
  atrium_composer_update_buttons (self);
}

static void
update_send_tip (AtriumComposer *self)
{
  gtk_widget_set_tooltip_text (self->send_button, enter_sends (self) ? _("Send (Enter)") : _("Send (Ctrl+Enter)"));
}

void
atrium_composer_set_workspace (AtriumComposer  *self,
                               AtriumWorkspace *workspace,
                               GSettings       *settings)
{
  g_return_if_fail (ATRIUM_IS_COMPOSER (self));

  g_set_object (&self->workspace, workspace);
  if (g_set_object (&self->settings, settings) && settings != NULL)
    {
      g_settings_bind (settings, "formatting-bar", self->format_button, "active", G_SETTINGS_BIND_DEFAULT);
      g_signal_connect_object (settings, "changed::enter-sends", G_CALLBACK (update_send_tip), self, G_CONNECT_SWAPPED);
    }
  update_send_tip (self);
}

static void
on_draft_reply_loaded (GObject      *source,
                       GAsyncResult *result,
                       gpointer      data)
{
  g_autoptr(AtriumComposer) self = data;
  g_autoptr(AtriumMessage) message = atrium_workspace_load_message_finish (ATRIUM_WORKSPACE (source), result, NULL);

  if (message != NULL && self->conversation != NULL && self->reply_to == NULL && self->editing == NULL &&
      atrium_conversation_get_draft_reply (self->conversation) == atrium_message_get_id (message))
    atrium_composer_reply (self, message);
}

void
atrium_composer_set_conversation (AtriumComposer     *self,
                                  AtriumConversation *conversation)
{
  g_autofree char *hint = NULL;
  g_autofree char *name = NULL;
  gint64 reply;

  g_return_if_fail (ATRIUM_IS_COMPOSER (self));

  if (self->conversation == conversation)
    return;

  atrium_composer_stop_recording (self);
  if (self->typing_id != 0)
    {
      g_clear_handle_id (&self->typing_id, g_source_remove);
      atrium_conversation_set_typing (self->conversation, FALSE);
    }
  g_clear_object (&self->reply_to);
  g_clear_object (&self->editing);
  gtk_widget_set_visible (self->about_bar, FALSE);
  atrium_composer_clear_files (self);
  say_problem (self, NULL);

  g_set_object (&self->conversation, conversation);
  atrium_completion_set_conversation (self->completion, conversation,
                                      self->workspace != NULL ? atrium_workspace_get_directory (self->workspace) : NULL);
  fill (self, conversation != NULL ? atrium_conversation_get_draft (conversation) : NULL);
  if (conversation == NULL)
    return;

  name = atrium_text_line (atrium_conversation_get_name (conversation), 80);
  hint = g_strdup_printf (_("Write to %s"), name);
  gtk_label_set_text (self->placeholder, hint);
  reply = atrium_conversation_get_draft_reply (conversation);
  if (reply > 0 && self->workspace != NULL)
    atrium_workspace_load_message_async (self->workspace, reply, NULL, on_draft_reply_loaded, g_object_ref (self));
}

void
atrium_composer_focus (AtriumComposer *self)
{
  g_return_if_fail (ATRIUM_IS_COMPOSER (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}
