/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/message-commands.h"
#include "app/parts/toast.h"

#include <adwaita.h>
#include <glib/gi18n.h>

static const char *const names[ATRIUM_N_COMMANDS] = {
  [ATRIUM_COMMAND_REPLY] = "reply",
  [ATRIUM_COMMAND_EDIT] = "edit",
  [ATRIUM_COMMAND_FORWARD] = "forward",
  [ATRIUM_COMMAND_REACT] = "react",
  [ATRIUM_COMMAND_CHOOSE_REACTION] = "choose-reaction",
  [ATRIUM_COMMAND_COPY] = "copy",
  [ATRIUM_COMMAND_RETRACT] = "retract",
  [ATRIUM_COMMAND_MODERATE] = "moderate",
  [ATRIUM_COMMAND_RETRY] = "retry",
  [ATRIUM_COMMAND_DROP] = "drop",
};

const char *
atrium_command_get_name (AtriumCommand command)
{
  g_return_val_if_fail (command < ATRIUM_N_COMMANDS, NULL);

  return names[command];
}

gboolean
atrium_command_parse (const char    *name,
                      AtriumCommand *out_command)
{
  for (guint i = 0; i < ATRIUM_N_COMMANDS; i++)
    {
      if (g_strcmp0 (names[i], name) == 0)
        {
          *out_command = i;
          return TRUE;
        }
    }
  return FALSE;
}

gboolean
atrium_command_is_possible (AtriumCommand       command,
                            AtriumConversation *conversation,
                            AtriumMessage      *message)
{
  gboolean retracted = atrium_message_get_retracted (message);
  gboolean failed = atrium_message_get_state (message) == ATRIUM_MESSAGE_FAILED;
  gboolean has_text = *atrium_message_get_body (message) != '\0';
  gboolean room = atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM;

  if (atrium_message_get_system (message))
    return command == ATRIUM_COMMAND_COPY;

  switch (command)
    {
    case ATRIUM_COMMAND_REPLY:
    case ATRIUM_COMMAND_REACT:
    case ATRIUM_COMMAND_CHOOSE_REACTION:
      return !retracted && !failed;
    case ATRIUM_COMMAND_FORWARD:
      return !retracted;
    case ATRIUM_COMMAND_COPY:
      return !retracted && has_text;
    case ATRIUM_COMMAND_EDIT:
      return has_text && atrium_message_can_edit (message);
    case ATRIUM_COMMAND_RETRACT:
      return !failed && atrium_message_can_retract (message);
    case ATRIUM_COMMAND_MODERATE:
      return room && !retracted && !atrium_message_get_own (message) &&
             atrium_conversation_get_own_role (conversation) == ATRIUM_ROLE_MODERATOR;
    case ATRIUM_COMMAND_RETRY:
    case ATRIUM_COMMAND_DROP:
      return failed;
    case ATRIUM_N_COMMANDS:
    default:
      g_return_val_if_reached (FALSE);
    }
}

typedef struct
{
  AtriumCommand command;
  AtriumConversation *conversation;
  AtriumMessage *message;
  GtkWidget *widget;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_object_unref (question->conversation);
  g_object_unref (question->message);
  g_object_unref (question->widget);
  g_free (question);
}

#define ON_DONE(verb, words)                                                                     \
static void                                                                                      \
on_##verb##_done (GObject      *source,                                                          \
                  GAsyncResult *result,                                                          \
                  gpointer      data)                                                            \
{                                                                                                \
  g_autoptr(GtkWidget) widget = data;                                                            \
  g_autoptr(GError) error = NULL;                                                                \
                                                                                                 \
  if (!atrium_conversation_##verb##_finish (ATRIUM_CONVERSATION (source), result, &error))       \
    atrium_toast_error (widget, words, error);                                                   \
}

ON_DONE (react, _("The reaction could not be kept"))
ON_DONE (retract, _("The message could not be taken back"))
ON_DONE (moderate, _("The message could not be removed"))
ON_DONE (retry, NULL)
ON_DONE (drop, NULL)

#undef ON_DONE

static void
on_answer (AdwMessageDialog *dialog,
           const char       *response,
           Question         *question)
{
  if (!g_str_equal (response, "yes"))
    return;

  if (question->command == ATRIUM_COMMAND_RETRACT)
    atrium_conversation_retract_async (question->conversation, question->message, NULL, on_retract_done,
                                       g_object_ref (question->widget));
  else
    atrium_conversation_moderate_async (question->conversation, question->message, NULL, NULL, on_moderate_done,
                                        g_object_ref (question->widget));
}

static void
ask (AtriumCommand       command,
     AtriumConversation *conversation,
     AtriumMessage      *message,
     GtkWidget          *widget)
{
  gboolean retract = command == ATRIUM_COMMAND_RETRACT;
  Question *question = g_new0 (Question, 1);
  GtkWidget *dialog;

  question->command = command;
  question->conversation = g_object_ref (conversation);
  question->message = g_object_ref (message);
  question->widget = g_object_ref (widget);

  dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)),
                                   retract ? _("Take this message back?") : _("Remove this message for everybody?"),
                                   retract ? _("It disappears for the others too, if their programs follow. Some may have read it.")
                                           : _("Everybody in the room sees that you removed it."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "no", _("Cancel"), "yes", retract ? _("Take back") : _("Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "yes", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "no");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_answer), question, (GClosureNotify) (void (*) (void)) question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Giving the same reaction again takes it away. */
static gboolean
gave_already (AtriumMessage *message,
              const char    *emoji)
{
  GListModel *reactions = atrium_message_get_reactions (message);

  for (guint i = 0; i < g_list_model_get_n_items (reactions); i++)
    {
      g_autoptr(AtriumReaction) reaction = g_list_model_get_item (reactions, i);

      if (atrium_reaction_get_own (reaction) && g_str_equal (atrium_reaction_get_emoji (reaction), emoji))
        return TRUE;
    }
  return FALSE;
}

void
atrium_command_run (AtriumCommand       command,
                    AtriumConversation *conversation,
                    AtriumMessage      *message,
                    const char         *argument,
                    GtkWidget          *widget)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (conversation));
  g_return_if_fail (ATRIUM_IS_MESSAGE (message));
  g_return_if_fail (GTK_IS_WIDGET (widget));

  switch (command)
    {
    case ATRIUM_COMMAND_REACT:
      g_return_if_fail (argument != NULL);
      atrium_conversation_react_async (conversation, message, argument, !gave_already (message, argument), NULL, on_react_done,
                                       g_object_ref (widget));
      break;
    case ATRIUM_COMMAND_COPY:
      gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), atrium_message_get_body (message));
      atrium_toast (widget, _("Copied"));
      break;
    case ATRIUM_COMMAND_RETRACT:
    case ATRIUM_COMMAND_MODERATE:
      ask (command, conversation, message, widget);
      break;
    case ATRIUM_COMMAND_RETRY:
      atrium_conversation_retry_async (conversation, message, NULL, on_retry_done, g_object_ref (widget));
      break;
    case ATRIUM_COMMAND_DROP:
      atrium_conversation_drop_async (conversation, message, NULL, on_drop_done, g_object_ref (widget));
      break;
    case ATRIUM_COMMAND_REPLY:
    case ATRIUM_COMMAND_EDIT:
    case ATRIUM_COMMAND_FORWARD:
    case ATRIUM_COMMAND_CHOOSE_REACTION:
    case ATRIUM_N_COMMANDS:
    default:
      g_return_if_reached ();
    }
}
