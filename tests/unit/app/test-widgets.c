/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every template is built once; rows are shown with messages made by hand. */
#include "config.h"

#include "app/chats/chat-list.h"
#include "app/chats/chat-row.h"
#include "app/conversation/composer.h"
#include "app/conversation/conversation-page.h"
#include "app/conversation/file-view.h"
#include "app/conversation/message-row.h"
#include "app/conversation/room-settings.h"
#include "app/conversation/side-panel.h"
#include "app/conversation/timeline-view.h"
#include "app/parts/offline-banner.h"
#include "app/parts/person-row.h"
#include "app/parts/text-flow.h"
#include "app/parts/waveform.h"
#include "app/parts/wrap-box.h"
#include "app/people/people-list.h"
#include "app/people/person-page.h"
#include "app/preferences/preferences-window.h"
#include "app/rail.h"
#include "app/rooms/room-dialog.h"
#include "app/shell.h"
#include "app/today/today-page.h"
#include "app/welcome/welcome-page.h"
#include "app/window.h"
#include "workspace/chat/file-private.h"
#include "workspace/chat/message-private.h"
#include "workspace/chat/reaction-private.h"
#include "workspace/policy/policy.h"

#include <glib/gstdio.h>
#include <string.h>

static void
test_templates (void)
{
  GType const types[] = {
    ATRIUM_TYPE_CHAT_LIST, ATRIUM_TYPE_CHAT_ROW, ATRIUM_TYPE_COMPOSER, ATRIUM_TYPE_CONVERSATION_PAGE, ATRIUM_TYPE_MESSAGE_ROW,
    ATRIUM_TYPE_ROOM_SETTINGS, ATRIUM_TYPE_SIDE_PANEL, ATRIUM_TYPE_TIMELINE_VIEW, ATRIUM_TYPE_OFFLINE_BANNER, ATRIUM_TYPE_PERSON_ROW,
    ATRIUM_TYPE_TEXT_FLOW, ATRIUM_TYPE_WAVEFORM, ATRIUM_TYPE_WRAP_BOX, ATRIUM_TYPE_PEOPLE_LIST, ATRIUM_TYPE_PERSON_PAGE,
    ATRIUM_TYPE_RAIL, ATRIUM_TYPE_TODAY_PAGE,
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GtkWidget *widget = g_object_new (types[i], NULL);

      g_test_message ("%s", g_type_name (types[i]));
      g_object_ref_sink (widget);
      g_assert_finalize_object (widget);
    }
}

static AtriumMessage *
make_message (const char *body)
{
  AtriumMessage *message = atrium_message_new ();
  g_autoptr(GListStore) reactions = g_list_store_new (ATRIUM_TYPE_REACTION);
  g_autoptr(GListStore) files = g_list_store_new (ATRIUM_TYPE_FILE);

  atrium_message_set_id (message, 1);
  atrium_message_set_author_address (message, "bob@work.test");
  atrium_message_set_author_name (message, "Bob Larsen");
  atrium_message_set_body (message, body);
  atrium_message_set_time (message, G_USEC_PER_SEC * G_GINT64_CONSTANT (1700000000));
  atrium_message_set_starts_group (message, TRUE);
  atrium_message_set_reactions (message, G_LIST_MODEL (reactions));
  atrium_message_set_files (message, G_LIST_MODEL (files));
  return message;
}

static GtkLabel *
find_label (GtkWidget  *widget,
            const char *text)
{
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL)
    return GTK_LABEL (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkLabel *found = find_label (child, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Threat C5: markup in a message is text. */
static void
test_row_markup (void)
{
  g_autoptr(AtriumMessage) message = make_message ("<span size=\"999999\">big</span> & co");
  g_autoptr(GtkWidget) row = g_object_ref_sink (atrium_message_row_new ());

  atrium_message_row_set_message (ATRIUM_MESSAGE_ROW (row), message);
  g_assert_nonnull (find_label (row, "<span size=\"999999\">big</span> & co"));
  g_assert_nonnull (find_label (row, "Bob Larsen"));

  /* A correction shows, and says that it is one. */
  atrium_message_set_body (message, "small");
  atrium_message_set_edited (message, TRUE);
  g_assert_nonnull (find_label (row, "small"));
  g_assert_nonnull (find_label (row, "(edited)"));
  g_assert_null (find_label (row, "999999"));

  atrium_message_set_retracted (message, TRUE);
  g_assert_nonnull (find_label (row, "This message was taken back."));
  g_assert_null (find_label (row, "small"));
}

/* Threat C6: an endless text is cut, and "Show all" is offered. */
static void
test_row_long (void)
{
  g_autofree char *text = g_strnfill (100000, 'x');
  g_autoptr(AtriumMessage) message = make_message (text);
  g_autoptr(GtkWidget) row = g_object_ref_sink (atrium_message_row_new ());
  GtkLabel *label;

  atrium_message_row_set_message (ATRIUM_MESSAGE_ROW (row), message);
  label = find_label (row, "xxxxx");
  g_assert_nonnull (label);
  g_assert_cmpuint (g_utf8_strlen (gtk_label_get_text (label), -1), ==, 5000 + 2);
  g_assert_nonnull (find_label (row, "Show all"));
}

static void
test_row_states (void)
{
  static const struct
  {
    AtriumMessageState state;
    const char *word;
  } cases[] = {
    { ATRIUM_MESSAGE_QUEUED, "Waiting on this computer" }, { ATRIUM_MESSAGE_SENT, "Sent" }, { ATRIUM_MESSAGE_DELIVERED, "Sent" },
    { ATRIUM_MESSAGE_READ, "Read" }, { ATRIUM_MESSAGE_FAILED, "Not sent" },
  };
  g_autoptr(AtriumMessage) message = make_message ("hello");
  g_autoptr(GtkWidget) row = g_object_ref_sink (atrium_message_row_new ());
  const char *const readers[] = { "Bob", "Carol", NULL };

  atrium_message_set_own (message, TRUE);
  atrium_message_row_set_message (ATRIUM_MESSAGE_ROW (row), message);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      atrium_message_set_state (message, cases[i].state);
      g_assert_nonnull (find_label (row, cases[i].word));
    }
  atrium_message_set_state (message, ATRIUM_MESSAGE_READ);
  atrium_message_set_read_by (message, readers);
  g_assert_nonnull (find_label (row, "Read by 2"));
}

/* A row that is used again shows nothing of the message before. */
static void
test_row_recycled (void)
{
  g_autoptr(AtriumMessage) first = make_message ("first");
  g_autoptr(AtriumMessage) second = make_message ("second");
  g_autoptr(AtriumReaction) reaction = g_object_new (ATRIUM_TYPE_REACTION, NULL);
  g_autoptr(GtkWidget) row = g_object_ref_sink (atrium_message_row_new ());

  atrium_reaction_set_emoji (reaction, "🎉");
  atrium_reaction_set_count (reaction, 3);
  g_list_store_append (G_LIST_STORE (atrium_message_get_reactions (first)), reaction);
  atrium_message_set_id (second, 2);

  atrium_message_row_set_message (ATRIUM_MESSAGE_ROW (row), first);
  g_assert_nonnull (find_label (row, "🎉"));
  atrium_message_row_set_message (ATRIUM_MESSAGE_ROW (row), NULL);
  atrium_message_row_set_message (ATRIUM_MESSAGE_ROW (row), second);
  g_assert_nonnull (find_label (row, "second"));
  g_assert_null (find_label (row, "first"));
  g_assert_null (find_label (row, "🎉"));
  atrium_message_set_body (first, "changed");
  g_assert_null (find_label (row, "changed"));
}

/* Threat D3: what a desktop would run is never opened. */
static void
test_can_open (void)
{
  static const struct
  {
    const char *name, *content;
    gboolean opens;
  } cases[] = {
    { "notes.txt", "just words\n", TRUE },
    { "report.pdf", "%PDF-1.4\n", TRUE },
    { "photo.png", "%PDF-1.4\n", FALSE },
    { "run.sh", "#!/bin/sh\nrm -rf /\n", FALSE },
    { "app.desktop", "[Desktop Entry]\nExec=evil\n", FALSE },
    { "page.html", "<!DOCTYPE html><html></html>", FALSE },
    { "image.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", FALSE },
    { "noname", "words\n", FALSE },
  };
  g_autofree char *folder = g_dir_make_tmp ("atrium-test-XXXXXX", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(AtriumFile) file = g_object_new (ATRIUM_TYPE_FILE, NULL);
      g_autofree char *path = g_build_filename (folder, "content", NULL);

      g_test_message ("%s", cases[i].name);
      g_assert_true (g_file_set_contents (path, cases[i].content, -1, NULL));
      atrium_file_set_name (file, cases[i].name);
      atrium_file_set_path (file, path);
      g_assert_cmpint (atrium_file_can_open (file), ==, cases[i].opens);
      g_unlink (path);
    }
  g_rmdir (folder);
}

typedef struct
{
  gboolean done;
} Wait;

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (atrium_workspace_open_finish (ATRIUM_WORKSPACE (source), result, &error));
  g_assert_no_error (error);
  ((Wait *) data)->done = TRUE;
}

static void
on_closed (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  atrium_workspace_close_finish (ATRIUM_WORKSPACE (source), result, NULL);
  ((Wait *) data)->done = TRUE;
}

/* The main window over an empty profile: the first run; and the windows that belong to it. */
static void
test_window (void)
{
  g_autofree char *folder = g_dir_make_tmp ("atrium-test-XXXXXX", NULL);
  g_autoptr(GSettings) settings = atrium_policy_new_settings ();
  g_autoptr(AtriumWorkspace) workspace = atrium_workspace_new (folder, folder, settings);
  GtkWidget *window = g_object_ref_sink (atrium_window_new (NULL, workspace, settings));
  GtkWidget *preferences, *dialog;
  Wait wait = { FALSE };

  g_assert_nonnull (settings);
  atrium_workspace_open_async (workspace, NULL, on_opened, &wait);
  while (!wait.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (find_label (window, "Sign in to Atrium"));

  preferences = atrium_preferences_window_new (GTK_WINDOW (window), workspace, settings);
  atrium_preferences_window_show_page (ATRIUM_PREFERENCES_WINDOW (preferences), "notifications");
  g_assert_nonnull (find_label (preferences, "Quiet hours"));
  gtk_window_destroy (GTK_WINDOW (preferences));
  dialog = atrium_room_dialog_new (GTK_WINDOW (window), workspace, FALSE);
  gtk_window_destroy (GTK_WINDOW (dialog));

  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (window);
  wait.done = FALSE;
  atrium_workspace_close_async (workspace, NULL, on_closed, &wait);
  while (!wait.done)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  adw_init ();

  g_test_add_func ("/app/templates", test_templates);
  g_test_add_func ("/app/message-row/markup", test_row_markup);
  g_test_add_func ("/app/message-row/long", test_row_long);
  g_test_add_func ("/app/message-row/states", test_row_states);
  g_test_add_func ("/app/message-row/recycled", test_row_recycled);
  g_test_add_func ("/app/file/can-open", test_can_open);
  g_test_add_func ("/app/window", test_window);

  return g_test_run ();
}
