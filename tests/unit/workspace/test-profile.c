/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-profile.h"

#include "workspace/chat/conversation-private.h"

#include <glib/gstdio.h>

void
test_ready (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("the test waited for 20 seconds in vain");

  return G_SOURCE_REMOVE;
}

void
test_wait (GAsyncResult **result)
{
  guint deadline = g_timeout_add_seconds (20, on_deadline, NULL);

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}

void
test_wait_until (gboolean (*condition) (gpointer data),
                 gpointer   data)
{
  guint deadline = g_timeout_add_seconds (20, on_deadline, NULL);

  while (!condition (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}

static gboolean
write_account (StoreTransaction  *tx,
               gpointer           data,
               GError           **error)
{
  return store_setting_set_string (tx, ATRIUM_KEY_ADDRESS, TEST_OWN, error);
}

static void
open_workspace (TestProfile *self)
{
  g_autofree char *cache = g_build_filename (self->folder, "cache", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->workspace = atrium_workspace_new (self->folder, cache, NULL);
  atrium_workspace_set_wants_connection (self->workspace, FALSE);
  atrium_workspace_open_async (self->workspace, NULL, test_ready, &result);
  test_wait (&result);
  atrium_workspace_open_finish (self->workspace, result, &error);
  g_assert_no_error (error);
}

static void
close_workspace (TestProfile *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  atrium_workspace_close_async (self->workspace, NULL, test_ready, &result);
  test_wait (&result);
  atrium_workspace_close_finish (self->workspace, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&self->workspace);
}

TestProfile *
test_profile_new (void)
{
  TestProfile *self = g_new0 (TestProfile, 1);
  g_autoptr (StoreDatabase) database = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("atrium-test-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (self->folder, "atrium.db", NULL);
  database = store_database_open_sync (path, &error);
  g_assert_no_error (error);
  store_database_run_sync (database, STORE_ACCESS_WRITE, write_account, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&database);
  open_workspace (self);

  return self;
}

void
test_profile_reopen (TestProfile *self)
{
  close_workspace (self);
  open_workspace (self);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_unlink (child) != 0)
        g_rmdir (child);
    }
  g_rmdir (path);
}

void
test_profile_free (TestProfile *self)
{
  close_workspace (self);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self);
}

AtriumConversation *
test_profile_chat (TestProfile *self,
                   const char  *address)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  AtriumConversation *chat;

  atrium_workspace_open_person_async (self->workspace, address, NULL, test_ready, &result);
  test_wait (&result);
  chat = atrium_workspace_open_person_finish (self->workspace, result, &error);
  g_assert_no_error (error);

  return chat;
}

AtriumMessage *
test_profile_send (TestProfile        *self,
                   AtriumConversation *chat,
                   const char         *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  AtriumMessage *message;

  atrium_conversation_send_async (chat, text, NULL, NULL, ATRIUM_SEND_DEFAULT, NULL, test_ready, &result);
  test_wait (&result);
  message = atrium_conversation_send_finish (chat, result, &error);
  g_assert_no_error (error);

  return message;
}

void
test_profile_run (TestProfile *self,
                  StoreWork    work,
                  gpointer     data)
{
  g_autoptr (GError) error = NULL;

  store_database_run_sync (atrium_workspace_get_database (self->workspace), STORE_ACCESS_WRITE, work, data, &error);
  g_assert_no_error (error);
}

static gboolean
count_work (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  return store_outbox_count (tx, data, error);
}

guint
test_profile_count_outbox (TestProfile *self)
{
  guint count = 0;

  test_profile_run (self, count_work, &count);

  return count;
}
