/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/chats/chat-actions.h"
#include "app/conversation/composer.h"
#include "app/conversation/conversation-page.h"
#include "app/conversation/timeline-view.h"
#include "app/parts/avatar.h"
#include "app/parts/offline-banner.h"
#include "app/parts/person-face.h"
#include "app/parts/text.h"
#include "app/parts/toast.h"

#include "workspace/search/search-hit.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Matches that the search in one chat walks through. */
#define MAX_HITS 500

struct _AtriumConversationPage
{
  GtkWidget parent_instance;

  AtriumWorkspace *workspace;         /* owned */
  AtriumConversation *conversation;   /* owned */
  GSignalGroup *signals;
  GSignalGroup *person_signals;
  GCancellable *search;               /* of the search that runs, NULL none */
  GListModel *hits;                   /* newest first, NULL before a search */
  guint hit;                          /* the one in sight */

  /* template children */
  GtkStack *stack;
  GtkWidget *back_button;
  AtriumAvatar *avatar;
  GtkLabel *title_label;
  GtkLabel *subtitle_label;
  GtkWidget *search_button;
  GtkWidget *panel_button;
  GtkWidget *menu_button;
  GtkWidget *window_controls;
  GtkWidget *none_controls;
  AtriumOfflineBanner *banner;
  GtkRevealer *problem_revealer;
  GtkLabel *problem_label;
  GtkSearchBar *search_bar;
  GtkEditable *search_entry;
  GtkLabel *hits_label;
  GtkWidget *older_hit_button;
  GtkWidget *newer_hit_button;
  GtkWidget *date_button;
  GtkPopover *date_popover;
  GtkCalendar *calendar;
  AtriumTimelineView *timeline;
  AtriumComposer *composer;
};

enum
{
  FORWARD,
  READING,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumConversationPage, atrium_conversation_page, GTK_TYPE_WIDGET)

static void
update_head (AtriumConversationPage *self)
{
  AtriumConversation *conversation = self->conversation;
  g_autoptr(GBytes) picture = NULL;
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;
  const char *const *typing;
  const char *problem;
  AtriumPerson *person;
  gboolean room;

  if (conversation == NULL)
    return;

  room = atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM;
  person = atrium_conversation_get_person (conversation);
  typing = atrium_conversation_get_typing (conversation);
  title = atrium_text_line (atrium_conversation_get_name (conversation), 120);
  if (typing != NULL && typing[0] != NULL)
    {
      g_autofree char *names = g_strjoinv (_(", "), (char **) typing);
      g_autofree char *shown = atrium_text_line (names, 120);

      subtitle = room ? g_strdup_printf (_("Writing: %s"), shown) : g_strdup (_("Writing…"));
    }
  else
    {
      subtitle = atrium_text_line (atrium_conversation_get_subtitle (conversation), 200);
    }

  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->subtitle_label, subtitle);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->subtitle_label), atrium_conversation_get_subject (conversation));
  atrium_avatar_set_subject (self->avatar, atrium_conversation_get_address (conversation),
                             atrium_conversation_get_name (conversation), room);
  picture = atrium_conversation_dup_avatar (conversation);
  atrium_avatar_load_bytes (self->avatar, picture);
  atrium_avatar_set_dot (self->avatar,
                         person != NULL ? atrium_dot_for_presence (atrium_person_get_presence (person), FALSE) : ATRIUM_DOT_NONE);

  problem = atrium_conversation_get_join_problem (conversation);
  gtk_label_set_text (self->problem_label, problem != NULL ? problem : "");
  gtk_revealer_set_reveal_child (self->problem_revealer, problem != NULL);
}

static void
on_joined (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_conversation_join_finish (ATRIUM_CONVERSATION (source), result, &error))
    atrium_toast_error (self, _("The room could not be entered"), error);
}

static void
on_join_clicked (AtriumConversationPage *self)
{
  if (self->conversation != NULL)
    atrium_conversation_join_async (self->conversation, NULL, on_joined, g_object_ref (self));
}

static void
on_forward (AtriumConversationPage *self,
            AtriumMessage          *message)
{
  g_signal_emit (self, signals[FORWARD], 0, message);
}

static void
on_reading_changed (AtriumConversationPage *self)
{
  g_signal_emit (self, signals[READING], 0);
}

static void
on_edit_last (AtriumConversationPage *self)
{
  g_autoptr(AtriumMessage) message = atrium_timeline_view_dup_last_own (self->timeline);

  if (message != NULL)
    atrium_composer_edit (self->composer, message);
}

/* --- search in this chat --- */

static void
show_hit (AtriumConversationPage *self)
{
  guint n_hits = self->hits != NULL ? g_list_model_get_n_items (self->hits) : 0;
  const char *query = gtk_editable_get_text (self->search_entry);
  g_autofree char *text = NULL;

  if (*query == '\0')
    text = g_strdup ("");
  else if (n_hits == 0)
    text = g_strdup (_("No match"));
  else
    /* Translators: which match of how many */
    text = g_strdup_printf (_("%u of %u"), self->hit + 1, n_hits);
  gtk_label_set_text (self->hits_label, text);
  gtk_widget_set_sensitive (self->older_hit_button, self->hit + 1 < n_hits);
  gtk_widget_set_sensitive (self->newer_hit_button, n_hits > 0 && self->hit > 0);

  if (n_hits > 0)
    {
      g_autoptr(AtriumSearchHit) hit = g_list_model_get_item (self->hits, self->hit);

      atrium_timeline_view_show_message (self->timeline, atrium_search_hit_get_id (hit));
    }
}

static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr(AtriumConversationPage) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GListModel) hits = atrium_conversation_find_finish (ATRIUM_CONVERSATION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || ATRIUM_CONVERSATION (source) != self->conversation)
    return;
  if (hits == NULL)
    atrium_toast_error (GTK_WIDGET (self), NULL, error);
  g_set_object (&self->hits, hits);
  self->hit = 0;
  show_hit (self);
}

static void
end_search (AtriumConversationPage *self)
{
  if (self->search != NULL)
    g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
  g_clear_object (&self->hits);
  self->hit = 0;
}

static void
on_search_changed (AtriumConversationPage *self)
{
  const char *query = gtk_editable_get_text (self->search_entry);

  end_search (self);
  if (*query == '\0' || self->conversation == NULL)
    {
      show_hit (self);
      return;
    }
  self->search = g_cancellable_new ();
  atrium_conversation_find_async (self->conversation, query, MAX_HITS, self->search, on_found, g_object_ref (self));
}

static void
on_older_hit (AtriumConversationPage *self)
{
  if (self->hits != NULL && self->hit + 1 < g_list_model_get_n_items (self->hits))
    self->hit++;
  show_hit (self);
}

static void
on_newer_hit (AtriumConversationPage *self)
{
  if (self->hit > 0)
    self->hit--;
  show_hit (self);
}

static void
on_day_found (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr(AtriumConversationPage) self = data;
  g_autoptr(GError) error = NULL;
  guint position;

  if (!atrium_timeline_jump_to_finish (ATRIUM_TIMELINE (source), result, &position, &error))
    {
      atrium_toast (GTK_WIDGET (self), _("No message on or after that day."));
    }
  else
    {
      g_autoptr(AtriumMessage) message = g_list_model_get_item (G_LIST_MODEL (source), position);

      if (message != NULL)
        atrium_timeline_view_show_message (self->timeline, atrium_message_get_id (message));
    }
}

static void
on_day_selected (AtriumConversationPage *self)
{
  g_autoptr(GDateTime) day = gtk_calendar_get_date (self->calendar);
  g_autoptr(AtriumTimeline) timeline = NULL;

  if (self->conversation == NULL)
    return;

  gtk_popover_popdown (self->date_popover);
  timeline = atrium_conversation_dup_timeline (self->conversation);
  atrium_timeline_jump_to_async (timeline, ATRIUM_JUMP_DATE,
                                 g_date_time_to_unix (day) * G_USEC_PER_SEC, NULL, on_day_found, g_object_ref (self));
}

static void
on_search_mode (AtriumConversationPage *self)
{
  if (!gtk_search_bar_get_search_mode (self->search_bar))
    {
      end_search (self);
      gtk_editable_set_text (self->search_entry, "");
      atrium_composer_focus (self->composer);
    }
}

static void
atrium_conversation_page_dispose (GObject *object)
{
  AtriumConversationPage *self = ATRIUM_CONVERSATION_PAGE (object);

  end_search (self);
  g_clear_object (&self->signals);
  g_clear_object (&self->person_signals);
  g_clear_pointer ((GtkWidget **) &self->stack, gtk_widget_unparent);
  g_clear_object (&self->conversation);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (atrium_conversation_page_parent_class)->dispose (object);
}

static void
atrium_conversation_page_class_init (AtriumConversationPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ATRIUM_TYPE_AVATAR);
  g_type_ensure (ATRIUM_TYPE_COMPOSER);
  g_type_ensure (ATRIUM_TYPE_OFFLINE_BANNER);
  g_type_ensure (ATRIUM_TYPE_TIMELINE_VIEW);
  G_OBJECT_CLASS (klass)->dispose = atrium_conversation_page_dispose;

  signals[FORWARD] = g_signal_new ("forward", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, ATRIUM_TYPE_MESSAGE);
  signals[READING] = g_signal_new ("reading", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/conversation/conversation-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, stack);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, avatar);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, subtitle_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, search_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, panel_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, menu_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, window_controls);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, none_controls);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, banner);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, problem_revealer);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, problem_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, hits_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, older_hit_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, newer_hit_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, date_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, date_popover);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, calendar);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, timeline);
  gtk_widget_class_bind_template_child (widget_class, AtriumConversationPage, composer);
  gtk_widget_class_bind_template_callback (widget_class, on_join_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_older_hit);
  gtk_widget_class_bind_template_callback (widget_class, on_newer_hit);
  gtk_widget_class_bind_template_callback (widget_class, on_day_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_forward);
  gtk_widget_class_bind_template_callback (widget_class, on_reading_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_edit_last);
  gtk_widget_class_bind_template_callback (widget_class, atrium_composer_reply);
  gtk_widget_class_bind_template_callback (widget_class, atrium_composer_edit);
  gtk_widget_class_bind_template_callback (widget_class, atrium_timeline_view_show_newest);
  gtk_widget_class_bind_template_callback (widget_class, atrium_timeline_view_focus);
}

static void
name_widget (GtkWidget  *widget,
             const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
atrium_conversation_page_init (AtriumConversationPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  name_widget (self->back_button, _("Back to the list"));
  name_widget (self->search_button, _("Search in this chat"));
  name_widget (self->panel_button, _("Side panel"));
  name_widget (self->menu_button, _("Chat menu"));
  name_widget (GTK_WIDGET (self->search_entry), _("Search in this chat"));
  name_widget (self->older_hit_button, _("Older match"));
  name_widget (self->newer_hit_button, _("Newer match"));
  name_widget (self->date_button, _("Go to a day"));

  gtk_search_bar_connect_entry (self->search_bar, self->search_entry);
  g_object_bind_property (self->search_button, "active", self->search_bar, "search-mode-enabled", G_BINDING_BIDIRECTIONAL);
  g_signal_connect_swapped (self->search_bar, "notify::search-mode-enabled", G_CALLBACK (on_search_mode), self);

  self->signals = g_signal_group_new (ATRIUM_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (update_head), self);
  self->person_signals = g_signal_group_new (ATRIUM_TYPE_PERSON);
  g_signal_group_connect_swapped (self->person_signals, "notify::presence", G_CALLBACK (update_head), self);
}

void
atrium_conversation_page_set_workspace (AtriumConversationPage *self,
                                        AtriumWorkspace        *workspace,
                                        GSettings              *settings)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION_PAGE (self));

  g_set_object (&self->workspace, workspace);
  atrium_offline_banner_set_workspace (self->banner, workspace);
  atrium_composer_set_workspace (self->composer, workspace, settings);
}

void
atrium_conversation_page_set_conversation (AtriumConversationPage *self,
                                           AtriumConversation     *conversation,
                                           gint64                  message_id)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION_PAGE (self));

  if (self->conversation != conversation)
    {
      GActionGroup *actions = conversation != NULL ? atrium_chat_actions_new (conversation, GTK_WIDGET (self)) : NULL;

      gtk_search_bar_set_search_mode (self->search_bar, FALSE);
      g_set_object (&self->conversation, conversation);
      gtk_widget_insert_action_group (GTK_WIDGET (self), "chat", actions);
      g_clear_object (&actions);
      g_signal_group_set_target (self->signals, conversation);
      g_signal_group_set_target (self->person_signals, conversation != NULL ? atrium_conversation_get_person (conversation) : NULL);
      atrium_composer_set_conversation (self->composer, conversation);
      update_head (self);
    }
  atrium_timeline_view_set_conversation (self->timeline, conversation, message_id);
  gtk_stack_set_visible_child_name (self->stack, conversation != NULL ? "chat" : "none");
}

AtriumConversation *
atrium_conversation_page_get_conversation (AtriumConversationPage *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION_PAGE (self), NULL);

  return self->conversation;
}

gboolean
atrium_conversation_page_get_reading (AtriumConversationPage *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION_PAGE (self), FALSE);

  return self->conversation != NULL && atrium_timeline_view_get_at_end (self->timeline);
}

void
atrium_conversation_page_set_narrow (AtriumConversationPage *self,
                                     gboolean                narrow)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION_PAGE (self));

  gtk_widget_set_visible (self->back_button, narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->avatar), !narrow);
  atrium_timeline_view_set_narrow (self->timeline, narrow);
}

void
atrium_conversation_page_set_last (AtriumConversationPage *self,
                                   gboolean                last)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION_PAGE (self));

  gtk_widget_set_visible (self->window_controls, last);
}

void
atrium_conversation_page_search (AtriumConversationPage *self)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION_PAGE (self));

  if (self->conversation == NULL)
    return;
  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

void
atrium_conversation_page_focus_composer (AtriumConversationPage *self)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION_PAGE (self));

  if (self->conversation != NULL)
    atrium_composer_focus (self->composer);
}

void
atrium_conversation_page_focus_timeline (AtriumConversationPage *self)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION_PAGE (self));

  atrium_timeline_view_focus (self->timeline);
}
