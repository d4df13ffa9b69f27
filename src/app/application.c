/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/application.h"
#include "app/desktop/autostart.h"
#include "app/desktop/launcher-badge.h"
#include "app/desktop/notifications.h"
#include "app/desktop/status-icon.h"
#include "app/parts/toast.h"
#include "app/window.h"

#include "workspace/policy/policy.h"
#include "workspace/workspace.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#define RESOURCE_PATH "/org/atriumworkspace/Atrium"

struct _AtriumApplication
{
  AdwApplication parent_instance;

  char *profile;                      /* NULL: the default one */
  AtriumWorkspace *workspace;
  GSettings *settings;                /* NULL when no schema is installed */
  AtriumNotifications *notifications;
  AtriumStatusIcon *status_icon;      /* NULL without a session bus */
  GtkWidget *window;                  /* owned by GTK, NULL while closed */
  GCancellable *opening;
  char *pending_uri;                  /* to offer once the window is there */
  char *pending_chat;                 /* to open once the workspace is there */
  gboolean background;                /* started by --background: no window yet */
  gboolean held;                      /* running without a window */
  gboolean opened;
  gboolean closing;
  int natural_dpi;                    /* of the desktop, in 1024ths; 0 before it was read */
};

G_DEFINE_FINAL_TYPE (AtriumApplication, atrium_application, ADW_TYPE_APPLICATION)

static void present_window (AtriumApplication *self);

/* --- settings --- */

static void
apply_appearance (AtriumApplication *self)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK };
  int appearance = self->settings != NULL ? g_settings_get_enum (self->settings, "appearance") : 0;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[CLAMP (appearance, 0, 2)]);
}

static void
apply_text_scale (AtriumApplication *self)
{
  GtkSettings *gtk_settings = gtk_settings_get_default ();
  int scale = self->settings != NULL ? g_settings_get_int (self->settings, "text-scale") : 100;

  if (gtk_settings == NULL)
    return;
  if (self->natural_dpi == 0)
    {
      g_object_get (gtk_settings, "gtk-xft-dpi", &self->natural_dpi, NULL);
      if (self->natural_dpi <= 0)
        self->natural_dpi = 96 * 1024;
      if (scale == 100)
        return;
    }
  g_object_set (gtk_settings, "gtk-xft-dpi", self->natural_dpi * scale / 100, NULL);
}

static void
on_autostart_set (GObject      *source,
                  GAsyncResult *result,
                  gpointer      data)
{
  g_autoptr(AtriumApplication) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_autostart_set_finish (result, &error) && self->window != NULL)
    atrium_toast_error (self->window, _("Starting with the session could not be changed"), error);
}

static void
apply_autostart (AtriumApplication *self)
{
  const char *command[] = { "atrium", "--background", NULL };
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (self));

  if (bus != NULL && self->profile == NULL)
    atrium_autostart_set_async (bus, ATRIUM_APPLICATION_ID, command, g_settings_get_boolean (self->settings, "autostart"),
                                _("Receive messages from the start of the session"), NULL, on_autostart_set, g_object_ref (self));
}

static void
on_setting_changed (GSettings         *settings,
                    const char        *key,
                    AtriumApplication *self)
{
  if (g_str_equal (key, "appearance"))
    apply_appearance (self);
  else if (g_str_equal (key, "text-scale"))
    apply_text_scale (self);
  else if (g_str_equal (key, "autostart"))
    apply_autostart (self);
}

/* --- running without a window --- */

static void
set_held (AtriumApplication *self,
          gboolean           held)
{
  if (self->held == held)
    return;

  self->held = held;
  if (held)
    g_application_hold (G_APPLICATION (self));
  else
    g_application_release (G_APPLICATION (self));
}

static gboolean
runs_in_background (AtriumApplication *self)
{
  return self->settings == NULL || g_settings_get_boolean (self->settings, "run-in-background");
}

static void
on_closed (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr(AtriumApplication) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_workspace_close_finish (ATRIUM_WORKSPACE (source), result, &error))
    g_warning ("The workspace was not closed in order: %s", error->message);
  set_held (self, FALSE);
  g_application_quit (G_APPLICATION (self));
}

/* Leaves in order: what waits is on disk already, the session stays resumable. */
static void
quit (AtriumApplication *self)
{
  if (self->closing)
    return;

  self->closing = TRUE;
  set_held (self, TRUE);
  if (self->window != NULL)
    gtk_widget_set_visible (self->window, FALSE);
  if (self->opened)
    {
      atrium_workspace_close_async (self->workspace, NULL, on_closed, g_object_ref (self));
    }
  else
    {
      g_cancellable_cancel (self->opening);
      set_held (self, FALSE);
      g_application_quit (G_APPLICATION (self));
    }
}

static void
on_window_destroyed (AtriumApplication *self)
{
  self->window = NULL;
}

static gboolean
on_close_request (GtkWindow         *window,
                  AtriumApplication *self)
{
  g_autoptr(GNotification) note = NULL;

  if (self->closing)
    return FALSE;
  if (!runs_in_background (self))
    {
      quit (self);
      return TRUE;
    }

  /* A closed window is a hidden one: it comes back at once and where it was. */
  set_held (self, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (window), FALSE);
  atrium_workspace_set_active (self->workspace, NULL, FALSE);
  if (self->settings != NULL && !g_settings_get_boolean (self->settings, "background-explained"))
    {
      g_settings_set_boolean (self->settings, "background-explained", TRUE);
      note = g_notification_new (_("Atrium is still running"));
      g_notification_set_body (note, _("You go on receiving messages. Quit with Ctrl+Q."));
      g_application_send_notification (G_APPLICATION (self), "background", note);
    }
  return TRUE;
}

static void
present_window (AtriumApplication *self)
{
  if (self->window == NULL)
    {
      self->window = atrium_window_new (GTK_APPLICATION (self), self->workspace, self->settings);
      g_signal_connect_object (self->window, "close-request", G_CALLBACK (on_close_request), self, 0);
      g_signal_connect_object (self->window, "destroy", G_CALLBACK (on_window_destroyed), self, G_CONNECT_SWAPPED);
    }
  gtk_window_present (GTK_WINDOW (self->window));
  set_held (self, FALSE);
  g_application_withdraw_notification (G_APPLICATION (self), "background");

  if (self->pending_uri != NULL && self->opened)
    {
      g_autofree char *uri = g_steal_pointer (&self->pending_uri);

      atrium_window_offer_uri (ATRIUM_WINDOW (self->window), uri);
    }
}

/* --- the workspace --- */

static void
open_chat (AtriumApplication *self,
           const char        *address,
           gboolean           reply)
{
  g_autoptr(AtriumConversation) conversation = NULL;

  if (!self->opened)
    {
      g_free (self->pending_chat);
      self->pending_chat = g_strdup (address);
      present_window (self);
      return;
    }

  present_window (self);
  conversation = atrium_workspace_dup_conversation (self->workspace, address);
  if (conversation == NULL)
    return;
  atrium_window_open_conversation (ATRIUM_WINDOW (self->window), conversation, 0);
  if (reply)
    atrium_window_focus_composer (ATRIUM_WINDOW (self->window));
}

static void
on_counts_changed (AtriumApplication *self)
{
  guint unread = atrium_workspace_get_unread (self->workspace);
  guint mentions = atrium_workspace_get_mentions (self->workspace);
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (self));

  if (bus != NULL)
    atrium_launcher_badge_show (bus, ATRIUM_APPLICATION_ID, unread, mentions > 0);
  if (self->status_icon != NULL)
    {
      g_autofree char *tip = unread > 0 ? g_strdup_printf (ngettext ("%u unread message", "%u unread messages", unread), unread) : NULL;

      atrium_status_icon_set_attention (self->status_icon, mentions > 0);
      atrium_status_icon_set_tooltip (self->status_icon, tip);
    }
}

static void
say_that_it_cannot_open (AtriumApplication *self,
                         const GError      *error)
{
  GtkWidget *dialog;

  present_window (self);
  dialog = adw_message_dialog_new (GTK_WINDOW (self->window), _("Your messages cannot be opened"), error->message);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "quit", _("Quit"));
  g_signal_connect_swapped (dialog, "response", G_CALLBACK (quit), self);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr(AtriumApplication) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_workspace_open_finish (ATRIUM_WORKSPACE (source), result, &error))
    {
      if (!self->closing && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        say_that_it_cannot_open (self, error);
      return;
    }

  self->opened = TRUE;
  on_counts_changed (self);
  if (self->pending_chat != NULL)
    {
      g_autofree char *address = g_steal_pointer (&self->pending_chat);

      open_chat (self, address, FALSE);
    }
  if (self->pending_uri != NULL && self->window != NULL)
    present_window (self);
}

/* --- actions --- */

static void
on_quit_action (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  quit (data);
}

static void
on_about_action (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       data)
{
  AtriumApplication *self = data;

  present_window (self);
  adw_show_about_window (GTK_WINDOW (self->window),
                         "application-name", "Atrium",
                         "application-icon", ATRIUM_APPLICATION_ID,
                         "version", ATRIUM_VERSION,
                         "developer-name", _("The Atrium developers"),
                         "comments", _("Chat, people and rooms of your organisation, on your own server"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         /* Translators: your names, one a line */
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static void
on_reconnect_action (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       data)
{
  AtriumApplication *self = data;

  atrium_account_reconnect (atrium_workspace_get_account (self->workspace));
}

static void
on_open_chat_action (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       data)
{
  open_chat (data, g_variant_get_string (parameter, NULL), FALSE);
}

static void
on_reply_action (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       data)
{
  open_chat (data, g_variant_get_string (parameter, NULL), TRUE);
}

static void
on_mark_read_action (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       data)
{
  AtriumApplication *self = data;
  g_autoptr(AtriumConversation) conversation = atrium_workspace_dup_conversation (self->workspace, g_variant_get_string (parameter, NULL));

  if (conversation != NULL)
    atrium_conversation_mark_read (conversation);
}

static void
on_show_action (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  present_window (data);
}

static void
on_new_message_action (GSimpleAction *action,
                       GVariant      *parameter,
                       gpointer       data)
{
  AtriumApplication *self = data;

  present_window (self);
  gtk_widget_activate_action (self->window, "win.new-message", NULL);
}

static const char *
presence_name (AtriumPresence presence)
{
  switch (presence)
    {
    case ATRIUM_PRESENCE_AWAY:
    case ATRIUM_PRESENCE_EXTENDED_AWAY:
      return "away";
    case ATRIUM_PRESENCE_BUSY:
      return "busy";
    case ATRIUM_PRESENCE_OFFLINE:
      return "invisible";
    case ATRIUM_PRESENCE_AVAILABLE:
    case ATRIUM_PRESENCE_UNKNOWN:
    default:
      return "available";
    }
}

static void
on_presence_action (GSimpleAction *action,
                    GVariant      *value,
                    gpointer       data)
{
  AtriumApplication *self = data;
  AtriumAccount *account = atrium_workspace_get_account (self->workspace);
  const char *name = g_variant_get_string (value, NULL);
  AtriumPresence presence = g_str_equal (name, "away") ? ATRIUM_PRESENCE_AWAY :
                            g_str_equal (name, "busy") ? ATRIUM_PRESENCE_BUSY :
                            g_str_equal (name, "invisible") ? ATRIUM_PRESENCE_OFFLINE : ATRIUM_PRESENCE_AVAILABLE;

  atrium_account_set_presence (account, presence, atrium_account_get_status_text (account));
}

static void
on_work_offline_action (GSimpleAction *action,
                        GVariant      *value,
                        gpointer       data)
{
  AtriumApplication *self = data;

  atrium_account_set_network_allowed (atrium_workspace_get_account (self->workspace), !g_variant_get_boolean (value));
}

static void
on_account_changed (AtriumApplication *self)
{
  AtriumAccount *account = atrium_workspace_get_account (self->workspace);
  GAction *presence = g_action_map_lookup_action (G_ACTION_MAP (self), "presence");
  GAction *offline = g_action_map_lookup_action (G_ACTION_MAP (self), "work-offline");
  gboolean signed_in = atrium_account_get_state (account) != ATRIUM_ACCOUNT_NONE;

  g_simple_action_set_state (G_SIMPLE_ACTION (presence), g_variant_new_string (presence_name (atrium_account_get_presence (account))));
  g_simple_action_set_enabled (G_SIMPLE_ACTION (presence), signed_in);
  g_simple_action_set_state (G_SIMPLE_ACTION (offline), g_variant_new_boolean (!atrium_account_get_network_allowed (account)));
  g_simple_action_set_enabled (G_SIMPLE_ACTION (offline), signed_in);
}

static const GActionEntry entries[] = {
  { .name = "quit", .activate = on_quit_action },
  { .name = "about", .activate = on_about_action },
  { .name = "reconnect", .activate = on_reconnect_action },
  { .name = "show", .activate = on_show_action },
  { .name = "new-message", .activate = on_new_message_action },
  { .name = "open-chat", .activate = on_open_chat_action, .parameter_type = "s" },
  { .name = "reply", .activate = on_reply_action, .parameter_type = "s" },
  { .name = "mark-read", .activate = on_mark_read_action, .parameter_type = "s" },
  { .name = "presence", .parameter_type = "s", .state = "'available'", .change_state = on_presence_action },
  { .name = "work-offline", .state = "false", .change_state = on_work_offline_action },
};

static const struct
{
  const char *action;
  const char *accelerators[3];
} accelerators[] = {
  { "app.quit", { "<Control>q" } },
  { "win.palette", { "<Control>k" } },
  { "win.find", { "<Control>f" } },
  { "win.search", { "<Control><Shift>f" } },
  { "win.section::today", { "<Control>1" } },
  { "win.section::chats", { "<Control>2" } },
  { "win.section::people", { "<Control>3" } },
  { "win.next-chat", { "<Alt>Down" } },
  { "win.previous-chat", { "<Alt>Up" } },
  { "win.next-unread", { "<Alt><Shift>Down" } },
  { "win.previous-unread", { "<Alt><Shift>Up" } },
  { "win.new-message", { "<Control>n" } },
  { "win.preferences", { "<Control>comma" } },
  { "win.show-help-overlay", { "<Control>question", "<Control>slash" } },
  { "win.next-region", { "F6" } },
  { "win.previous-region", { "<Shift>F6" } },
  { "win.show-panel", { "F9" } },
  { "win.fullscreen", { "F11" } },
  { "win.close", { "<Control>w" } },
  { "win.larger-text", { "<Control>plus", "<Control>equal" } },
  { "win.smaller-text", { "<Control>minus" } },
  { "win.normal-text", { "<Control>0" } },
};

/* --- GApplication --- */

static void
make_status_icon (AtriumApplication *self)
{
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (self));
  g_autoptr(GMenu) menu = g_menu_new ();

  if (bus == NULL)
    return;

  g_menu_append (menu, _("Open Atrium"), "app.show");
  g_menu_append (menu, _("New message"), "app.new-message");
  g_menu_append (menu, C_("status icon", "Quit"), "app.quit");
  self->status_icon = atrium_status_icon_new (G_APPLICATION (self), bus, ATRIUM_APPLICATION_ID, "Atrium", G_MENU_MODEL (menu));
  if (self->settings != NULL)
    g_settings_bind (self->settings, "status-icon", self->status_icon, "active", G_SETTINGS_BIND_GET);
  else
    atrium_status_icon_set_active (self->status_icon, TRUE);
}

static void
atrium_application_startup (GApplication *application)
{
  AtriumApplication *self = ATRIUM_APPLICATION (application);
  g_autofree char *data_dir = atrium_workspace_dup_data_dir (self->profile);
  g_autofree char *cache_dir = atrium_workspace_dup_cache_dir (self->profile);
  AtriumAccount *account;

  G_APPLICATION_CLASS (atrium_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (ATRIUM_APPLICATION_ID);

  self->settings = atrium_policy_new_settings ();
  if (self->settings != NULL)
    g_signal_connect_object (self->settings, "changed", G_CALLBACK (on_setting_changed), self, 0);
  apply_appearance (self);
  apply_text_scale (self);

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accelerators[i].action, accelerators[i].accelerators);

  self->workspace = atrium_workspace_new (data_dir, cache_dir, self->settings);
  account = atrium_workspace_get_account (self->workspace);
  g_signal_connect_object (account, "notify", G_CALLBACK (on_account_changed), self, G_CONNECT_SWAPPED);
  on_account_changed (self);
  g_signal_connect_object (self->workspace, "notify::unread", G_CALLBACK (on_counts_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->workspace, "notify::mentions", G_CALLBACK (on_counts_changed), self, G_CONNECT_SWAPPED);
  self->notifications = atrium_notifications_new (application, self->workspace, self->settings);
  make_status_icon (self);

  self->opening = g_cancellable_new ();
  atrium_workspace_open_async (self->workspace, self->opening, on_opened, g_object_ref (self));
}

static void
atrium_application_activate (GApplication *application)
{
  AtriumApplication *self = ATRIUM_APPLICATION (application);

  if (self->background)
    {
      self->background = FALSE;
      set_held (self, TRUE);
      return;
    }
  present_window (self);
}

static void
atrium_application_open (GApplication  *application,
                         GFile        **files,
                         int            n_files,
                         const char    *hint)
{
  AtriumApplication *self = ATRIUM_APPLICATION (application);

  /* One at a time: a list of links is no business of a person. */
  if (n_files > 0)
    {
      g_free (self->pending_uri);
      self->pending_uri = g_file_get_uri (files[0]);
    }
  present_window (self);
}

static int
atrium_application_handle_local_options (GApplication *application,
                                         GVariantDict *options)
{
  AtriumApplication *self = ATRIUM_APPLICATION (application);

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Atrium %s\n", ATRIUM_VERSION);
      return 0;
    }
  if (g_variant_dict_contains (options, "background"))
    self->background = TRUE;
  return -1;
}

static void
atrium_application_shutdown (GApplication *application)
{
  AtriumApplication *self = ATRIUM_APPLICATION (application);

  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  g_clear_object (&self->status_icon);
  g_clear_object (&self->notifications);
  g_clear_object (&self->opening);
  g_clear_object (&self->workspace);
  g_clear_object (&self->settings);

  G_APPLICATION_CLASS (atrium_application_parent_class)->shutdown (application);
}

static void
atrium_application_finalize (GObject *object)
{
  AtriumApplication *self = ATRIUM_APPLICATION (object);

  g_free (self->profile);
  g_free (self->pending_uri);
  g_free (self->pending_chat);

  G_OBJECT_CLASS (atrium_application_parent_class)->finalize (object);
}

static void
atrium_application_class_init (AtriumApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = atrium_application_finalize;
  application_class->startup = atrium_application_startup;
  application_class->activate = atrium_application_activate;
  application_class->open = atrium_application_open;
  application_class->handle_local_options = atrium_application_handle_local_options;
  application_class->shutdown = atrium_application_shutdown;
}

static void
atrium_application_init (AtriumApplication *self)
{
  const GOptionEntry options[] = {
    { "background", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Start without a window"), NULL },
    { "profile", 0, 0, G_OPTION_ARG_STRING, NULL, N_("Use a profile of its own"), N_("NAME") },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version and exit"), NULL },
    { NULL }
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

/* A profile's name becomes part of a bus name and of a path. */
static gboolean
is_profile_name (const char *name)
{
  gsize length = name != NULL ? strlen (name) : 0;

  if (length == 0 || length > 64 || !g_ascii_isalpha (*name))
    return FALSE;
  return strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == length;
}

static const char *
find_profile (int    argc,
              char **argv)
{
  for (int i = 1; i < argc; i++)
    {
      if (g_str_has_prefix (argv[i], "--profile="))
        return argv[i] + strlen ("--profile=");
      if (g_str_equal (argv[i], "--profile") && i + 1 < argc)
        return argv[i + 1];
    }
  return NULL;
}

AtriumApplication *
atrium_application_new (int    argc,
                        char **argv)
{
  const char *profile = find_profile (argc, argv);
  g_autofree char *id = NULL;
  AtriumApplication *self;

  if (profile != NULL && !is_profile_name (profile))
    {
      g_printerr (_("“%s” cannot be the name of a profile: use letters and digits.\n"), profile);
      exit (2);
    }

  id = profile != NULL ? g_strconcat (ATRIUM_APPLICATION_ID ".", profile, NULL) : g_strdup (ATRIUM_APPLICATION_ID);
  self = g_object_new (ATRIUM_TYPE_APPLICATION,
                       "application-id", id,
                       "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", RESOURCE_PATH,
                       NULL);
  self->profile = g_strdup (profile);
  return self;
}
