/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/chats/chat-row.h"
#include "app/parts/offline-banner.h"
#include "app/parts/stamp.h"
#include "app/parts/text.h"
#include "app/today/today-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

/* A card is a glance, not a list. */
#define MAX_ROWS 5

struct _AtriumTodayPage
{
  GtkWidget parent_instance;

  AtriumWorkspace *workspace;       /* owned */
  GSignalGroup *signals;
  GSignalGroup *account_signals;
  GtkCustomFilter *filter;
  GtkFilterListModel *unread;       /* all that waits */
  GtkSliceListModel *shown;

  /* template children */
  GtkWidget *box;
  GtkWidget *new_button;
  GtkWidget *search_button;
  AtriumOfflineBanner *banner;
  GtkLabel *greeting_label;
  GtkLabel *day_label;
  GtkWidget *unread_section;
  GtkButton *all_button;
  GtkListBox *unread_list;
  GtkWidget *quiet_page;
};

G_DEFINE_FINAL_TYPE (AtriumTodayPage, atrium_today_page, GTK_TYPE_WIDGET)

const char *
atrium_today_greeting (int hour)
{
  if (hour >= 5 && hour < 12)
    /* Translators: %s is the user's name */
    return _("Good morning, %s");
  if (hour >= 12 && hour < 18)
    /* Translators: %s is the user's name */
    return _("Good afternoon, %s");
  /* Translators: %s is the user's name */
  return _("Good evening, %s");
}

static gboolean
waits (gpointer item,
       gpointer data)
{
  AtriumConversation *conversation = item;

  return !atrium_conversation_get_archived (conversation) && !atrium_conversation_get_muted (conversation) &&
         (atrium_conversation_get_unread (conversation) > 0 || atrium_conversation_get_mentions (conversation) > 0 ||
          atrium_conversation_get_marked_unread (conversation));
}

/* The name people are called by: the first word of a Latin name, a Chinese name whole. */
static char *
dup_short_name (const char *name)
{
  g_autofree char *line = atrium_text_line (name, 60);
  char *space = strchr (line, ' ');

  if (space == NULL || g_unichar_get_script (g_utf8_get_char (name)) == G_UNICODE_SCRIPT_HAN)
    return g_steal_pointer (&line);
  return g_strndup (line, space - line);
}

static void
update_greeting (AtriumTodayPage *self)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  /* Translators: today in full, under the greeting */
  g_autofree char *day = g_date_time_format (now, C_("time format", "%A %-d %B"));
  AtriumAccount *account = self->workspace != NULL ? atrium_workspace_get_account (self->workspace) : NULL;
  const char *name = account != NULL ? atrium_account_get_display_name (account) : NULL;
  guint n_waiting = g_list_model_get_n_items (G_LIST_MODEL (self->unread));
  g_autofree char *line = NULL;

  if (name != NULL && *name != '\0')
    {
      g_autofree char *short_name = dup_short_name (name);
      g_autofree char *greeting = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
      greeting = g_strdup_printf (atrium_today_greeting (g_date_time_get_hour (now)), short_name);
#pragma GCC diagnostic pop
      gtk_label_set_text (self->greeting_label, greeting);
    }
  else
    {
      gtk_label_set_text (self->greeting_label, _("Welcome"));
    }

  if (n_waiting > 0)
    {
      g_autofree char *count = g_strdup_printf (ngettext ("%u chat waits", "%u chats wait", n_waiting), n_waiting);

      /* Translators: the date, then what waits */
      line = g_strdup_printf (C_("today", "%s · %s"), day, count);
    }
  gtk_label_set_text (self->day_label, line != NULL ? line : day);
}

static void
update (AtriumTodayPage *self)
{
  guint n_waiting = g_list_model_get_n_items (G_LIST_MODEL (self->unread));
  g_autofree char *all = g_strdup_printf (_("Show all %u"), n_waiting);

  gtk_widget_set_visible (self->unread_section, n_waiting > 0);
  gtk_widget_set_visible (self->quiet_page, n_waiting == 0);
  gtk_button_set_label (self->all_button, all);
  gtk_widget_set_visible (GTK_WIDGET (self->all_button), n_waiting > MAX_ROWS);
  update_greeting (self);
}

static void
refilter (AtriumTodayPage *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static GtkWidget *
make_row (gpointer item,
          gpointer data)
{
  g_autofree char *words = atrium_chat_row_dup_description (item);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *chat = atrium_chat_row_new ();

  atrium_chat_row_set_conversation (ATRIUM_CHAT_ROW (chat), item);
  gtk_widget_set_margin_start (chat, 3);
  gtk_widget_set_margin_end (chat, 3);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), chat);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  return row;
}

static void
on_row_activated (AtriumTodayPage *self,
                  GtkListBoxRow   *row)
{
  AtriumConversation *conversation = atrium_chat_row_get_conversation (ATRIUM_CHAT_ROW (gtk_list_box_row_get_child (row)));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-chat", "s", atrium_conversation_get_address (conversation));
}

static void
atrium_today_page_dispose (GObject *object)
{
  AtriumTodayPage *self = ATRIUM_TODAY_PAGE (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->account_signals);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->shown);
  g_clear_object (&self->unread);
  g_clear_object (&self->filter);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (atrium_today_page_parent_class)->dispose (object);
}

static void
atrium_today_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (atrium_today_page_parent_class)->map (widget);
  update_greeting (ATRIUM_TODAY_PAGE (widget));
}

static void
atrium_today_page_class_init (AtriumTodayPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ATRIUM_TYPE_OFFLINE_BANNER);
  G_OBJECT_CLASS (klass)->dispose = atrium_today_page_dispose;
  widget_class->map = atrium_today_page_map;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/today/today-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumTodayPage, box);
  gtk_widget_class_bind_template_child (widget_class, AtriumTodayPage, new_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumTodayPage, search_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumTodayPage, banner);
  gtk_widget_class_bind_template_child (widget_class, AtriumTodayPage, greeting_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumTodayPage, day_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumTodayPage, unread_section);
  gtk_widget_class_bind_template_child (widget_class, AtriumTodayPage, all_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumTodayPage, unread_list);
  gtk_widget_class_bind_template_child (widget_class, AtriumTodayPage, quiet_page);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
atrium_today_page_init (AtriumTodayPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->new_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("New message"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Go to anything"), -1);

  self->filter = gtk_custom_filter_new (waits, NULL, NULL);
  self->unread = gtk_filter_list_model_new (NULL, g_object_ref (GTK_FILTER (self->filter)));
  self->shown = gtk_slice_list_model_new (g_object_ref (G_LIST_MODEL (self->unread)), 0, MAX_ROWS);
  g_signal_connect_object (self->unread, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  gtk_list_box_bind_model (self->unread_list, G_LIST_MODEL (self->shown), make_row, NULL, NULL);

  self->signals = g_signal_group_new (ATRIUM_TYPE_WORKSPACE);
  g_signal_group_connect_swapped (self->signals, "notify::unread", G_CALLBACK (refilter), self);
  g_signal_group_connect_swapped (self->signals, "notify::mentions", G_CALLBACK (refilter), self);
  self->account_signals = g_signal_group_new (ATRIUM_TYPE_ACCOUNT);
  g_signal_group_connect_swapped (self->account_signals, "notify::display-name", G_CALLBACK (update_greeting), self);
  update (self);
}

void
atrium_today_page_set_workspace (AtriumTodayPage *self,
                                 AtriumWorkspace *workspace)
{
  g_return_if_fail (ATRIUM_IS_TODAY_PAGE (self));
  g_return_if_fail (ATRIUM_IS_WORKSPACE (workspace));

  if (!g_set_object (&self->workspace, workspace))
    return;

  g_signal_group_set_target (self->signals, workspace);
  g_signal_group_set_target (self->account_signals, atrium_workspace_get_account (workspace));
  gtk_filter_list_model_set_model (self->unread, atrium_workspace_get_conversations (workspace));
  atrium_offline_banner_set_workspace (self->banner, workspace);
  update (self);
}
