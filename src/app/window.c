/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/chats/chat-list.h"
#include "app/conversation/conversation-page.h"
#include "app/conversation/side-panel.h"
#include "app/palette/palette.h"
#include "app/parts/text.h"
#include "app/parts/toast.h"
#include "app/people/people-list.h"
#include "app/people/person-page.h"
#include "app/preferences/connection-window.h"
#include "app/preferences/preferences-window.h"
#include "app/rail.h"
#include "app/rooms/room-dialog.h"
#include "app/shell.h"
#include "app/today/today-page.h"
#include "app/welcome/welcome-page.h"
#include "app/window.h"

#include <glib/gi18n.h>
#include <string.h>

struct _AtriumWindow
{
  AdwApplicationWindow parent_instance;

  AtriumWorkspace *workspace;         /* owned */
  GSettings *settings;                /* owned, nullable */
  AtriumPalette *palette;
  AtriumWelcomePage *welcome;         /* NULL while not shown */
  AtriumMessage *forwarding;          /* owned, while its target is chosen */
  char *section;
  gboolean ready;                     /* the workspace is open */

  /* template children */
  GtkOverlay *overlay;
  GtkStack *main_stack;
  AdwBin *welcome_bin;
  AtriumShell *shell;
  AtriumRail *rail;
  GtkStack *list_stack;
  AtriumChatList *chat_list;
  AtriumPeopleList *people_list;
  GtkStack *content_stack;
  AtriumTodayPage *today_page;
  AtriumConversationPage *conversation_page;
  AtriumPersonPage *person_page;
  AtriumSidePanel *side_panel;
};

G_DEFINE_FINAL_TYPE (AtriumWindow, atrium_window, ADW_TYPE_APPLICATION_WINDOW)

static gboolean
section_is (AtriumWindow *self,
            const char   *name)
{
  return g_strcmp0 (self->section, name) == 0;
}

/* What the user looks at counts as read. */
static void
update_active (AtriumWindow *self)
{
  AtriumConversation *conversation = atrium_conversation_page_get_conversation (self->conversation_page);
  gboolean narrow = atrium_shell_get_width_step (self->shell) == ATRIUM_WIDTH_NARROW;
  gboolean in_sight = section_is (self, "chats") && (!narrow || atrium_shell_get_content_shown (self->shell)) &&
                      gtk_widget_get_visible (GTK_WIDGET (self));

  if (!self->ready)
    return;
  atrium_workspace_set_active (self->workspace,
                               in_sight && atrium_conversation_page_get_reading (self->conversation_page) ? conversation : NULL,
                               gtk_window_is_active (GTK_WINDOW (self)));
}

static void
update_panes (AtriumWindow *self)
{
  AtriumWidth step = atrium_shell_get_width_step (self->shell);
  gboolean narrow = step == ATRIUM_WIDTH_NARROW;
  gboolean panel = atrium_shell_get_panel_shown (self->shell);

  atrium_conversation_page_set_narrow (self->conversation_page, narrow);
  atrium_conversation_page_set_last (self->conversation_page, !narrow && !(panel && step == ATRIUM_WIDTH_WIDE));
  atrium_person_page_set_narrow (self->person_page, narrow);
  update_active (self);
}

static void
set_section (AtriumWindow *self,
             const char   *section)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "section");
  gboolean today = g_str_equal (section, "today");

  if (!g_str_equal (section, "people") && !today)
    section = "chats";
  if (!section_is (self, section))
    {
      g_free (self->section);
      self->section = g_strdup (section);
      if (self->settings != NULL)
        g_settings_set_string (self->settings, "section", section);
    }
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (section));
  if (!today)
    gtk_stack_set_visible_child_name (self->list_stack, section);
  gtk_stack_set_visible_child_name (self->content_stack, section);
  atrium_shell_set_has_list (self->shell, !today);
  atrium_shell_set_content_shown (self->shell, FALSE);
  if (!g_str_equal (section, "chats"))
    atrium_shell_set_panel_shown (self->shell, FALSE);
  update_active (self);
}

static void
update_counts (AtriumWindow *self)
{
  atrium_rail_set_counts (self->rail, atrium_workspace_get_unread (self->workspace), atrium_workspace_get_mentions (self->workspace));
}

/* --- first run --- */

static void
leave_welcome (AtriumWindow *self)
{
  /* Its entry must lose the focus before it goes. */
  gtk_root_set_focus (GTK_ROOT (self), NULL);
  gtk_stack_set_visible_child_name (self->main_stack, "shell");
  self->welcome = NULL;
  adw_bin_set_child (self->welcome_bin, NULL);
}

static void
show_welcome (AtriumWindow *self)
{
  if (self->welcome == NULL)
    {
      self->welcome = ATRIUM_WELCOME_PAGE (atrium_welcome_page_new (self->workspace, self->settings));
      g_signal_connect_object (self->welcome, "done", G_CALLBACK (leave_welcome), self, G_CONNECT_SWAPPED);
      adw_bin_set_child (self->welcome_bin, GTK_WIDGET (self->welcome));
    }
  gtk_stack_set_visible_child_name (self->main_stack, "welcome");
}

static void
on_account_changed (AtriumWindow *self)
{
  AtriumAccount *account = atrium_workspace_get_account (self->workspace);
  GAction *sign_in = g_action_map_lookup_action (G_ACTION_MAP (self), "sign-in");
  gboolean final = atrium_account_get_problem_final (account);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (sign_in), atrium_account_get_state (account) == ATRIUM_ACCOUNT_NONE || final);
}

/* What is on this computer stays open; only the connection waits. */
static void
on_password_needed (AtriumWindow *self)
{
  GAction *sign_in = g_action_map_lookup_action (G_ACTION_MAP (self), "sign-in");

  g_simple_action_set_enabled (G_SIMPLE_ACTION (sign_in), TRUE);
  if (self->welcome == NULL)
    atrium_toast_action (GTK_WIDGET (self), _("Your password is needed to connect."), _("Sign in"), "win.sign-in");
}

static void
on_opened (AtriumWindow *self)
{
  gboolean opened = FALSE;
  gboolean empty;

  g_object_get (self->workspace, "opened", &opened, NULL);
  if (!opened || self->ready)
    return;

  self->ready = TRUE;
  empty = g_list_model_get_n_items (atrium_workspace_get_conversations (self->workspace)) == 0;
  if (atrium_account_get_state (atrium_workspace_get_account (self->workspace)) == ATRIUM_ACCOUNT_NONE && empty)
    show_welcome (self);
  else
    gtk_stack_set_visible_child_name (self->main_stack, "shell");
  update_counts (self);
  update_active (self);
}

/* --- conversations --- */

void
atrium_window_open_conversation (AtriumWindow       *self,
                                 AtriumConversation *conversation,
                                 gint64              message_id)
{
  g_return_if_fail (ATRIUM_IS_WINDOW (self));
  g_return_if_fail (ATRIUM_IS_CONVERSATION (conversation));

  if (self->welcome != NULL)
    leave_welcome (self);
  if (!section_is (self, "chats"))
    set_section (self, "chats");
  atrium_conversation_page_set_conversation (self->conversation_page, conversation, message_id);
  atrium_chat_list_set_selected (self->chat_list, conversation);
  atrium_side_panel_set_conversation (self->side_panel, conversation);
  atrium_shell_set_content_shown (self->shell, TRUE);
  update_active (self);
}

static void
on_chat_open (AtriumWindow       *self,
              AtriumConversation *conversation)
{
  atrium_window_open_conversation (self, conversation, 0);
}

static void
open_address (AtriumWindow *self,
              const char   *address,
              gint64        message_id)
{
  g_autoptr(AtriumConversation) conversation = atrium_workspace_dup_conversation (self->workspace, address);

  if (conversation == NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.message-person", "s", address);
      return;
    }
  atrium_window_open_conversation (self, conversation, message_id);
  atrium_conversation_page_focus_composer (self->conversation_page);
}

void
atrium_window_focus_composer (AtriumWindow *self)
{
  g_return_if_fail (ATRIUM_IS_WINDOW (self));

  atrium_conversation_page_focus_composer (self->conversation_page);
}

static void
on_person_opened (GObject      *source,
                  GAsyncResult *result,
                  gpointer      data)
{
  g_autoptr(AtriumWindow) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(AtriumConversation) conversation = atrium_workspace_open_person_finish (ATRIUM_WORKSPACE (source), result, &error);

  if (conversation == NULL)
    {
      atrium_toast_error (GTK_WIDGET (self), _("The chat could not be opened"), error);
      return;
    }
  atrium_window_open_conversation (self, conversation, 0);
  atrium_conversation_page_focus_composer (self->conversation_page);
}

static void
on_joined (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr(AtriumWindow) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(AtriumConversation) conversation = atrium_workspace_join_room_finish (ATRIUM_WORKSPACE (source), result, &error);

  if (conversation == NULL)
    atrium_toast_error (GTK_WIDGET (self), _("The room could not be entered"), error);
  else
    atrium_window_open_conversation (self, conversation, 0);
}

static void
on_invited (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  if (atrium_conversation_invite_finish (ATRIUM_CONVERSATION (source), result, &error))
    atrium_toast (self, _("Invited"));
  else
    atrium_toast_error (self, _("The invitation could not be sent"), error);
}

static void
on_forwarded (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(AtriumMessage) message = atrium_conversation_forward_finish (ATRIUM_CONVERSATION (source), result, &error);

  if (message != NULL)
    atrium_toast (self, _("Forwarded"));
  else
    atrium_toast_error (self, _("The message could not be forwarded"), error);
}

static void
on_forward_target (GObject      *source,
                   GAsyncResult *result,
                   gpointer      data)
{
  g_autoptr(AtriumWindow) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(AtriumConversation) to = atrium_workspace_open_person_finish (ATRIUM_WORKSPACE (source), result, &error);
  AtriumConversation *from = atrium_conversation_page_get_conversation (self->conversation_page);

  if (to == NULL)
    atrium_toast_error (GTK_WIDGET (self), NULL, error);
  else if (self->forwarding != NULL && from != NULL)
    atrium_conversation_forward_async (from, self->forwarding, to, NULL, on_forwarded, g_object_ref (self));
  g_clear_object (&self->forwarding);
}

static void
on_forward (AtriumWindow  *self,
            AtriumMessage *message)
{
  g_set_object (&self->forwarding, message);
  atrium_palette_open (self->palette, ATRIUM_PALETTE_CHAT);
}

/* --- palette --- */

static void
on_palette_person (AtriumWindow *self,
                   const char   *address)
{
  AtriumConversation *open = atrium_conversation_page_get_conversation (self->conversation_page);

  switch (atrium_palette_get_mode (self->palette))
    {
    case ATRIUM_PALETTE_INVITE:
      if (open != NULL)
        atrium_conversation_invite_async (open, (const char *[]) { address, NULL }, NULL, NULL, on_invited, g_object_ref (self));
      break;
    case ATRIUM_PALETTE_CHAT:
      atrium_workspace_open_person_async (self->workspace, address, NULL, on_forward_target, g_object_ref (self));
      break;
    case ATRIUM_PALETTE_GO:
    case ATRIUM_PALETTE_PERSON:
    case ATRIUM_PALETTE_MESSAGES:
    default:
      gtk_widget_activate_action (GTK_WIDGET (self), "win.message-person", "s", address);
    }
}

static void
on_palette_chat (AtriumWindow *self,
                 const char   *address,
                 gint64        message_id)
{
  AtriumConversation *open = atrium_conversation_page_get_conversation (self->conversation_page);
  g_autoptr(AtriumConversation) to = NULL;

  if (atrium_palette_get_mode (self->palette) != ATRIUM_PALETTE_CHAT)
    {
      open_address (self, address, message_id);
      return;
    }
  to = atrium_workspace_dup_conversation (self->workspace, address);
  if (to != NULL && open != NULL && self->forwarding != NULL)
    atrium_conversation_forward_async (open, self->forwarding, to, NULL, on_forwarded, g_object_ref (self));
  g_clear_object (&self->forwarding);
}

/* --- links of others end at a question --- */

typedef struct
{
  AtriumWindow *window;
  char *address;
  gboolean join;
} Offer;

static void
offer_free (gpointer data)
{
  Offer *offer = data;

  g_object_unref (offer->window);
  g_free (offer->address);
  g_free (offer);
}

static void
on_offer_answer (AdwMessageDialog *dialog,
                 const char       *response,
                 Offer            *offer)
{
  if (!g_str_equal (response, "yes"))
    return;

  if (offer->join)
    atrium_workspace_join_room_async (offer->window->workspace, offer->address, NULL, NULL, on_joined, g_object_ref (offer->window));
  else
    atrium_workspace_open_person_async (offer->window->workspace, offer->address, NULL, on_person_opened, g_object_ref (offer->window));
}

void
atrium_window_offer_uri (AtriumWindow *self,
                         const char   *uri)
{
  g_autofree char *rest = NULL;
  g_autofree char *address = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *body = NULL;
  char *query;
  Offer *offer;
  GtkWidget *dialog;
  gboolean join;

  g_return_if_fail (ATRIUM_IS_WINDOW (self));
  g_return_if_fail (uri != NULL);

  if (g_ascii_strncasecmp (uri, "xmpp:", 5) != 0 || strlen (uri) > 2048)
    return;

  rest = g_strdup (uri + 5);
  query = strchr (rest, '?');
  if (query != NULL)
    *query++ = '\0';
  if (query != NULL && (strcmp (query, "register") == 0 || g_str_has_prefix (query, "register;")))
    {
      /* An invitation is for somebody without an account. */
      if (atrium_account_get_state (atrium_workspace_get_account (self->workspace)) == ATRIUM_ACCOUNT_NONE)
        {
          show_welcome (self);
          atrium_welcome_page_use_invitation (self->welcome, uri);
        }
      else
        {
          atrium_toast (GTK_WIDGET (self), _("You have an account already."));
        }
      return;
    }

  address = g_uri_unescape_string (rest, NULL);
  if (address == NULL || !g_utf8_validate (address, -1, NULL) || strchr (address, '@') == NULL)
    {
      atrium_toast (GTK_WIDGET (self), _("This link names nobody."));
      return;
    }

  /* Whatever else the link asks for, it ends at the person. */
  join = query != NULL && (strcmp (query, "join") == 0 || g_str_has_prefix (query, "join;"));
  shown = atrium_text_line (address, 200);
  body = join ? g_strdup_printf (_("A link asks you to enter the room %s."), shown)
              : g_strdup_printf (_("A link leads to %s."), shown);
  dialog = adw_message_dialog_new (GTK_WINDOW (self), join ? _("Enter this room?") : _("Write to this person?"), body);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "no", _("Cancel"), "yes", join ? _("Enter") : _("Open the chat"), NULL);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "no");
  offer = g_new0 (Offer, 1);
  offer->window = g_object_ref (self);
  offer->address = g_steal_pointer (&address);
  offer->join = join;
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_offer_answer), offer, (GClosureNotify) (void (*) (void)) offer_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- actions --- */

static void
on_section (GSimpleAction *action,
            GVariant      *value,
            gpointer       data)
{
  set_section (data, g_variant_get_string (value, NULL));
}

static void
on_back (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  AtriumWindow *self = data;

  atrium_shell_set_panel_shown (self->shell, FALSE);
  atrium_shell_set_content_shown (self->shell, FALSE);
  atrium_chat_list_set_selected (self->chat_list, NULL);
  update_active (self);
}

static void
on_palette (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       data)
{
  AtriumWindow *self = data;
  const char *name = g_action_get_name (G_ACTION (action));

  if (!self->ready || self->welcome != NULL)
    return;
  atrium_palette_open (self->palette,
                       g_str_equal (name, "new-message") || g_str_equal (name, "add-person") ? ATRIUM_PALETTE_PERSON :
                       g_str_equal (name, "invite") ? ATRIUM_PALETTE_INVITE :
                       g_str_equal (name, "search") ? ATRIUM_PALETTE_MESSAGES : ATRIUM_PALETTE_GO);
}

static void
on_find (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  AtriumWindow *self = data;

  if (section_is (self, "people"))
    atrium_people_list_focus (self->people_list);
  else if (section_is (self, "chats"))
    atrium_conversation_page_search (self->conversation_page);
}

static void
on_move (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  AtriumWindow *self = data;
  const char *name = g_action_get_name (G_ACTION (action));
  g_autoptr(AtriumConversation) conversation = atrium_chat_list_dup_neighbour (self->chat_list, g_str_has_prefix (name, "next") ? 1 : -1,
                                                                               g_str_has_suffix (name, "unread"));

  if (conversation != NULL)
    {
      atrium_window_open_conversation (self, conversation, 0);
      atrium_conversation_page_focus_composer (self->conversation_page);
    }
}

static void
on_show_panel (GSimpleAction *action,
               GVariant      *value,
               gpointer       data)
{
  AtriumWindow *self = data;
  gboolean shown = g_variant_get_boolean (value) && section_is (self, "chats") &&
                   atrium_conversation_page_get_conversation (self->conversation_page) != NULL;

  atrium_shell_set_panel_shown (self->shell, shown);
}

static void
on_hide_panel (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       data)
{
  AtriumWindow *self = data;

  atrium_shell_set_panel_shown (self->shell, FALSE);
}

static void
on_panel (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       data)
{
  AtriumWindow *self = data;

  atrium_side_panel_show_page (self->side_panel, g_variant_get_string (parameter, NULL));
  atrium_shell_set_panel_shown (self->shell, TRUE);
}

static void
on_panel_changed (AtriumWindow *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "show-panel");
  gboolean shown = atrium_shell_get_panel_shown (self->shell);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (shown));
  if (shown)
    atrium_side_panel_refresh (self->side_panel);
  update_panes (self);
}

static void
on_open_chat (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       data)
{
  open_address (data, g_variant_get_string (parameter, NULL), 0);
}

static void
on_message_person (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       data)
{
  AtriumWindow *self = data;

  atrium_workspace_open_person_async (self->workspace, g_variant_get_string (parameter, NULL), NULL, on_person_opened, g_object_ref (self));
}

static void
show_person (AtriumWindow *self,
             AtriumPerson *person)
{
  if (!section_is (self, "people"))
    set_section (self, "people");
  atrium_person_page_set_person (self->person_page, person);
  atrium_shell_set_content_shown (self->shell, TRUE);
}

static void
on_show_person (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  AtriumWindow *self = data;
  g_autoptr(AtriumPerson) person = atrium_directory_lookup (atrium_workspace_get_directory (self->workspace),
                                                            g_variant_get_string (parameter, NULL));

  if (person != NULL)
    show_person (self, person);
}

static void
on_room_dialog (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  AtriumWindow *self = data;
  gboolean join = g_str_equal (g_action_get_name (G_ACTION (action)), "join-room");
  GtkWidget *dialog = atrium_room_dialog_new (GTK_WINDOW (self), self->workspace, join);

  g_signal_connect_object (dialog, "opened", G_CALLBACK (on_chat_open), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_preferences (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  AtriumWindow *self = data;
  GtkWidget *window = atrium_preferences_window_new (GTK_WINDOW (self), self->workspace, self->settings);

  gtk_window_present (GTK_WINDOW (window));
}

static void
on_check_connection (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       data)
{
  AtriumWindow *self = data;

  gtk_window_present (GTK_WINDOW (atrium_connection_window_new (GTK_WINDOW (self), self->workspace)));
}

static void
on_sign_in (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       data)
{
  show_welcome (data);
}

static void
on_offer_uri (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       data)
{
  atrium_window_offer_uri (data, g_variant_get_string (parameter, NULL));
}

static void
on_fullscreen (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       data)
{
  GtkWindow *window = GTK_WINDOW (data);

  if (gtk_window_is_fullscreen (window))
    gtk_window_unfullscreen (window);
  else
    gtk_window_fullscreen (window);
}

static void
on_close (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       data)
{
  gtk_window_close (GTK_WINDOW (data));
}

static void
on_text_size (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       data)
{
  AtriumWindow *self = data;
  const char *name = g_action_get_name (G_ACTION (action));
  int scale;

  if (self->settings == NULL || !g_settings_is_writable (self->settings, "text-scale"))
    return;
  scale = g_settings_get_int (self->settings, "text-scale");
  scale = g_str_has_prefix (name, "larger") ? scale + 10 : g_str_has_prefix (name, "smaller") ? scale - 10 : 100;
  g_settings_set_int (self->settings, "text-scale", CLAMP (scale, 80, 200));
}

/* F6: rail, list, timeline, composer, panel, and round again. */
static void
on_region (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       data)
{
  AtriumWindow *self = data;
  gboolean next = g_str_has_prefix (g_action_get_name (G_ACTION (action)), "next");
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));
  enum { RAIL, LIST, TIMELINE, COMPOSER, PANEL, N_REGIONS } at = COMPOSER;

  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->rail)))
    at = RAIL;
  else if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list_stack)))
    at = LIST;
  else if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->side_panel)))
    at = PANEL;
  else if (focus != NULL && !GTK_IS_TEXT_VIEW (focus) && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->content_stack)))
    at = TIMELINE;

  for (guint i = 0; i < N_REGIONS; i++)
    {
      at = (at + (next ? 1 : N_REGIONS - 1)) % N_REGIONS;
      if (at == RAIL && gtk_widget_get_child_visible (GTK_WIDGET (self->rail)))
        {
          gtk_widget_child_focus (GTK_WIDGET (self->rail), GTK_DIR_TAB_FORWARD);
          return;
        }
      if (at == LIST && !section_is (self, "today") && gtk_widget_get_child_visible (GTK_WIDGET (self->list_stack)))
        {
          if (section_is (self, "people"))
            atrium_people_list_focus (self->people_list);
          else
            atrium_chat_list_focus (self->chat_list);
          return;
        }
      if (!section_is (self, "chats") && at == TIMELINE)
        {
          gtk_widget_child_focus (GTK_WIDGET (self->content_stack), GTK_DIR_TAB_FORWARD);
          return;
        }
      if (section_is (self, "chats") && atrium_conversation_page_get_conversation (self->conversation_page) != NULL &&
          (at == TIMELINE || at == COMPOSER))
        {
          if (at == TIMELINE)
            atrium_conversation_page_focus_timeline (self->conversation_page);
          else
            atrium_conversation_page_focus_composer (self->conversation_page);
          return;
        }
      if (at == PANEL && atrium_shell_get_panel_shown (self->shell))
        {
          atrium_side_panel_focus (self->side_panel);
          return;
        }
    }
}

static const GActionEntry entries[] = {
  { .name = "section", .parameter_type = "s", .state = "'chats'", .change_state = on_section },
  { .name = "back", .activate = on_back },
  { .name = "palette", .activate = on_palette },
  { .name = "search", .activate = on_palette },
  { .name = "new-message", .activate = on_palette },
  { .name = "add-person", .activate = on_palette },
  { .name = "invite", .activate = on_palette },
  { .name = "find", .activate = on_find },
  { .name = "next-chat", .activate = on_move },
  { .name = "previous-chat", .activate = on_move },
  { .name = "next-unread", .activate = on_move },
  { .name = "previous-unread", .activate = on_move },
  { .name = "show-panel", .state = "false", .change_state = on_show_panel },
  { .name = "hide-panel", .activate = on_hide_panel },
  { .name = "panel", .parameter_type = "s", .activate = on_panel },
  { .name = "open-chat", .parameter_type = "s", .activate = on_open_chat },
  { .name = "message-person", .parameter_type = "s", .activate = on_message_person },
  { .name = "show-person", .parameter_type = "s", .activate = on_show_person },
  { .name = "new-room", .activate = on_room_dialog },
  { .name = "join-room", .activate = on_room_dialog },
  { .name = "preferences", .activate = on_preferences },
  { .name = "check-connection", .activate = on_check_connection },
  { .name = "sign-in", .activate = on_sign_in },
  { .name = "offer-uri", .parameter_type = "s", .activate = on_offer_uri },
  { .name = "fullscreen", .activate = on_fullscreen },
  { .name = "close", .activate = on_close },
  { .name = "larger-text", .activate = on_text_size },
  { .name = "smaller-text", .activate = on_text_size },
  { .name = "normal-text", .activate = on_text_size },
  { .name = "next-region", .activate = on_region },
  { .name = "previous-region", .activate = on_region },
};

static void
apply_compact (AtriumWindow *self)
{
  atrium_chat_list_set_compact (self->chat_list, self->settings != NULL && g_settings_get_boolean (self->settings, "compact-rows"));
}

static void
atrium_window_dispose (GObject *object)
{
  AtriumWindow *self = ATRIUM_WINDOW (object);

  if (self->workspace != NULL)
    g_signal_handlers_disconnect_by_data (self->workspace, self);
  g_clear_object (&self->forwarding);
  g_clear_object (&self->settings);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (atrium_window_parent_class)->dispose (object);
}

static void
atrium_window_finalize (GObject *object)
{
  g_free (ATRIUM_WINDOW (object)->section);

  G_OBJECT_CLASS (atrium_window_parent_class)->finalize (object);
}

static void
atrium_window_class_init (AtriumWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ATRIUM_TYPE_CHAT_LIST);
  g_type_ensure (ATRIUM_TYPE_CONVERSATION_PAGE);
  g_type_ensure (ATRIUM_TYPE_PEOPLE_LIST);
  g_type_ensure (ATRIUM_TYPE_PERSON_PAGE);
  g_type_ensure (ATRIUM_TYPE_RAIL);
  g_type_ensure (ATRIUM_TYPE_SHELL);
  g_type_ensure (ATRIUM_TYPE_SIDE_PANEL);
  g_type_ensure (ATRIUM_TYPE_TODAY_PAGE);

  object_class->dispose = atrium_window_dispose;
  object_class->finalize = atrium_window_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/window.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumWindow, overlay);
  gtk_widget_class_bind_template_child (widget_class, AtriumWindow, main_stack);
  gtk_widget_class_bind_template_child (widget_class, AtriumWindow, welcome_bin);
  gtk_widget_class_bind_template_child (widget_class, AtriumWindow, shell);
  gtk_widget_class_bind_template_child (widget_class, AtriumWindow, rail);
  gtk_widget_class_bind_template_child (widget_class, AtriumWindow, list_stack);
  gtk_widget_class_bind_template_child (widget_class, AtriumWindow, chat_list);
  gtk_widget_class_bind_template_child (widget_class, AtriumWindow, people_list);
  gtk_widget_class_bind_template_child (widget_class, AtriumWindow, content_stack);
  gtk_widget_class_bind_template_child (widget_class, AtriumWindow, today_page);
  gtk_widget_class_bind_template_child (widget_class, AtriumWindow, conversation_page);
  gtk_widget_class_bind_template_child (widget_class, AtriumWindow, person_page);
  gtk_widget_class_bind_template_child (widget_class, AtriumWindow, side_panel);
}

static void
atrium_window_init (AtriumWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);

  g_signal_connect_object (self->shell, "notify::width-step", G_CALLBACK (update_panes), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shell, "notify::panel-shown", G_CALLBACK (on_panel_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->chat_list, "open", G_CALLBACK (on_chat_open), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->people_list, "open", G_CALLBACK (show_person), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->conversation_page, "forward", G_CALLBACK (on_forward), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->conversation_page, "reading", G_CALLBACK (update_active), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (update_active), NULL);
}

GtkWidget *
atrium_window_new (GtkApplication  *application,
                   AtriumWorkspace *workspace,
                   GSettings       *settings)
{
  AtriumWindow *self;
  g_autofree char *section = NULL;

  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (workspace), NULL);

  self = g_object_new (ATRIUM_TYPE_WINDOW, "application", application, NULL);
  self->workspace = g_object_ref (workspace);
  self->settings = settings != NULL ? g_object_ref (settings) : NULL;

  self->palette = ATRIUM_PALETTE (atrium_palette_new (workspace));
  g_signal_connect_object (self->palette, "person", G_CALLBACK (on_palette_person), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->palette, "chat", G_CALLBACK (on_palette_chat), self, G_CONNECT_SWAPPED);
  gtk_overlay_add_overlay (self->overlay, GTK_WIDGET (self->palette));

  atrium_rail_set_account (self->rail, atrium_workspace_get_account (workspace));
  atrium_chat_list_set_workspace (self->chat_list, workspace);
  atrium_people_list_set_workspace (self->people_list, workspace);
  atrium_person_page_set_workspace (self->person_page, workspace);
  atrium_today_page_set_workspace (self->today_page, workspace);
  atrium_conversation_page_set_workspace (self->conversation_page, workspace, settings);
  atrium_side_panel_set_workspace (self->side_panel, workspace);
  g_signal_connect_object (workspace, "notify::unread", G_CALLBACK (update_counts), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (workspace, "notify::mentions", G_CALLBACK (update_counts), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (workspace, "notify::opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (atrium_workspace_get_account (workspace), "notify", G_CALLBACK (on_account_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (atrium_workspace_get_account (workspace), "password-needed", G_CALLBACK (on_password_needed), self, G_CONNECT_SWAPPED);

  if (settings != NULL)
    {
      g_settings_bind (settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
      g_settings_bind (settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
      g_settings_bind (settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
      g_signal_connect_object (settings, "changed::compact-rows", G_CALLBACK (apply_compact), self, G_CONNECT_SWAPPED);
      section = g_settings_get_string (settings, "section");
    }
  apply_compact (self);
  set_section (self, section != NULL ? section : "chats");
  on_account_changed (self);
  on_opened (self);
  update_panes (self);
  return GTK_WIDGET (self);
}
