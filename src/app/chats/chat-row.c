/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/chats/chat-row.h"
#include "app/parts/avatar.h"
#include "app/parts/person-face.h"
#include "app/parts/stamp.h"
#include "app/parts/state.h"
#include "app/parts/text.h"

#include <glib/gi18n.h>

/* More of a message never fits on the second line. */
#define PREVIEW_CHARACTERS 160

struct _AtriumChatRow
{
  GtkWidget parent_instance;

  AtriumConversation *conversation;   /* owned, NULL while in the recycling pool */
  GSignalGroup *signals;
  GSignalGroup *person_signals;

  /* template children */
  GtkWidget *box;
  GtkWidget *second_line;
  AtriumAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *time_label;
  GtkLabel *preview_label;
  GtkWidget *draft_label;
  GtkImage *state_image;
  GtkWidget *pin_image;
  GtkWidget *mute_image;
  GtkLabel *badge;
};

G_DEFINE_FINAL_TYPE (AtriumChatRow, atrium_chat_row, GTK_TYPE_WIDGET)

/* The last words with who said them, on one line. */
static char *
dup_preview (AtriumConversation *conversation,
             gboolean           *out_draft)
{
  const char *draft = atrium_conversation_get_draft (conversation);
  const char *const *typing = atrium_conversation_get_typing (conversation);
  const char *text = atrium_conversation_get_last_text (conversation);
  const char *author = atrium_conversation_get_last_author (conversation);
  g_autofree char *line = NULL;

  *out_draft = FALSE;
  if (typing != NULL && typing[0] != NULL)
    {
      g_autofree char *name = atrium_text_line (typing[0], 40);

      if (typing[1] != NULL)
        return g_strdup (_("Several people are writing…"));
      if (atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_PERSON)
        return g_strdup (_("Writing…"));
      return g_strdup_printf (_("%s is writing…"), name);
    }
  if (draft != NULL && *draft != '\0')
    {
      *out_draft = TRUE;
      return atrium_text_line (draft, PREVIEW_CHARACTERS);
    }
  if (text == NULL)
    return g_strdup (atrium_conversation_get_join_problem (conversation));

  line = atrium_text_line (text, PREVIEW_CHARACTERS);
  if (atrium_conversation_get_last_own_state (conversation) >= 0)
    /* Translators: own last message in the chat list */
    return g_strdup_printf (_("You: %s"), line);
  if (atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM && author != NULL)
    {
      g_autofree char *name = atrium_text_line (author, 40);

      /* Translators: author, then what they wrote, in the chat list */
      return g_strdup_printf (C_("chat list", "%s: %s"), name, line);
    }
  return g_steal_pointer (&line);
}

char *
atrium_chat_row_dup_description (AtriumConversation *conversation)
{
  g_autoptr(GString) words = g_string_new (atrium_conversation_get_name (conversation));
  g_autofree char *preview = NULL;
  guint unread = atrium_conversation_get_unread (conversation);
  gboolean draft;

  if (unread > 0)
    {
      g_string_append (words, ", ");
      g_string_append_printf (words, ngettext ("%u unread", "%u unread", unread), unread);
    }
  preview = dup_preview (conversation, &draft);
  if (preview != NULL)
    {
      g_string_append (words, draft ? _(", draft: ") : ", ");
      g_string_append (words, preview);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
set_class (GtkWidget  *widget,
           const char *name,
           gboolean    on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
update (AtriumChatRow *self)
{
  AtriumConversation *conversation = self->conversation;
  g_autofree char *preview = NULL;
  g_autofree char *name = NULL;
  g_autoptr(GBytes) picture = NULL;
  AtriumPerson *person;
  gboolean room, draft, muted;
  guint unread, mentions;
  gint64 time;
  int own_state;

  if (conversation == NULL)
    return;

  room = atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM;
  unread = atrium_conversation_get_unread (conversation);
  mentions = atrium_conversation_get_mentions (conversation);
  muted = atrium_conversation_get_muted (conversation);
  time = atrium_conversation_get_last_time (conversation);
  own_state = atrium_conversation_get_last_own_state (conversation);
  person = atrium_conversation_get_person (conversation);

  atrium_avatar_set_subject (self->avatar, atrium_conversation_get_address (conversation),
                             atrium_conversation_get_name (conversation), room);
  picture = atrium_conversation_dup_avatar (conversation);
  atrium_avatar_load_bytes (self->avatar, picture);
  atrium_avatar_set_dot (self->avatar,
                         person != NULL ? atrium_dot_for_presence (atrium_person_get_presence (person), FALSE) : ATRIUM_DOT_NONE);

  name = atrium_text_line (atrium_conversation_get_name (conversation), 120);
  gtk_label_set_text (self->name_label, name);
  if (time > 0)
    {
      g_autofree char *stamp = atrium_stamp_short (time, g_get_real_time ());

      gtk_label_set_text (self->time_label, stamp);
    }
  else
    {
      gtk_label_set_text (self->time_label, "");
    }

  preview = dup_preview (conversation, &draft);
  gtk_label_set_text (self->preview_label, preview != NULL ? preview : "");
  gtk_widget_set_visible (self->draft_label, draft);
  gtk_widget_set_visible (GTK_WIDGET (self->state_image), own_state >= 0 && !draft);
  if (own_state >= 0)
    {
      gtk_image_set_from_icon_name (self->state_image, atrium_message_state_icon (own_state));
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->state_image), atrium_message_state_word (own_state));
      set_class (GTK_WIDGET (self->state_image), "error", own_state == ATRIUM_MESSAGE_FAILED);
    }

  gtk_widget_set_visible (self->pin_image, atrium_conversation_get_pinned (conversation));
  gtk_widget_set_visible (self->mute_image, muted);

  if (unread > 0 || mentions > 0)
    {
      g_autofree char *text = mentions > 0 ? g_strdup_printf ("@ %u", mentions) : unread > 999 ? g_strdup ("999+")
                                                                                               : g_strdup_printf ("%u", unread);

      gtk_label_set_text (self->badge, text);
    }
  else
    {
      gtk_label_set_text (self->badge, "•");
    }
  gtk_widget_set_visible (GTK_WIDGET (self->badge),
                          unread > 0 || mentions > 0 || atrium_conversation_get_marked_unread (conversation));
  set_class (GTK_WIDGET (self->badge), "mention", mentions > 0 && !muted);
  set_class (GTK_WIDGET (self), "unread", unread > 0 && !muted);
}

static void
atrium_chat_row_dispose (GObject *object)
{
  AtriumChatRow *self = ATRIUM_CHAT_ROW (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->person_signals);
  g_clear_object (&self->conversation);
  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (atrium_chat_row_parent_class)->dispose (object);
}

static void
atrium_chat_row_class_init (AtriumChatRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ATRIUM_TYPE_AVATAR);
  G_OBJECT_CLASS (klass)->dispose = atrium_chat_row_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/chats/chat-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumChatRow, box);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatRow, second_line);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatRow, time_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatRow, preview_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatRow, draft_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatRow, state_image);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatRow, pin_image);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatRow, mute_image);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatRow, badge);
}

static void
atrium_chat_row_init (AtriumChatRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->signals = g_signal_group_new (ATRIUM_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (update), self);
  self->person_signals = g_signal_group_new (ATRIUM_TYPE_PERSON);
  g_signal_group_connect_swapped (self->person_signals, "notify::presence", G_CALLBACK (update), self);
}

GtkWidget *
atrium_chat_row_new (void)
{
  return g_object_new (ATRIUM_TYPE_CHAT_ROW, NULL);
}

void
atrium_chat_row_set_conversation (AtriumChatRow      *self,
                                  AtriumConversation *conversation)
{
  g_return_if_fail (ATRIUM_IS_CHAT_ROW (self));

  if (!g_set_object (&self->conversation, conversation))
    return;

  g_signal_group_set_target (self->signals, conversation);
  g_signal_group_set_target (self->person_signals,
                             conversation != NULL ? atrium_conversation_get_person (conversation) : NULL);
  update (self);
}

AtriumConversation *
atrium_chat_row_get_conversation (AtriumChatRow *self)
{
  g_return_val_if_fail (ATRIUM_IS_CHAT_ROW (self), NULL);

  return self->conversation;
}
