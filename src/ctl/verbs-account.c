/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl/ctl.h"

#include "workspace/account/check.h"
#include "workspace/policy/policy.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* A password from a file (first line), or asked for at the terminal without echo. Never from the command line. */
static char *
read_password (const char  *path,
               GError     **error)
{
  g_autofree char *text = NULL;

  if (path != NULL)
    {
      if (!g_file_get_contents (path, &text, NULL, error))
        return NULL;
    }
  else
    {
      struct termios before, quiet;
      gboolean terminal = tcgetattr (STDIN_FILENO, &before) == 0;
      char line[4096];

      if (terminal)
        {
          quiet = before;
          quiet.c_lflag &= ~ECHO;
          tcsetattr (STDIN_FILENO, TCSAFLUSH, &quiet);
          fputs (_("Password: "), stderr);
        }
      if (fgets (line, sizeof line, stdin) != NULL)
        text = g_strdup (line);
      explicit_bzero (line, sizeof line);
      if (terminal)
        {
          tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
          fputc ('\n', stderr);
        }
    }
  if (text != NULL)
    text[strcspn (text, "\r\n")] = '\0';
  if (text == NULL || *text == '\0')
    {
      g_set_error_literal (error, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("There is no password. Use --password-file or type it."));
      return NULL;
    }

  return g_steal_pointer (&text);
}

CtlStatus
ctl_verb_sign_in (Ctl   *ctl,
                  int    argc,
                  char **argv)
{
  g_autofree char *password_file = NULL;
  g_autofree char *server = NULL;
  g_autofree char *ca = NULL;
  g_autofree char *ca_path = NULL;
  g_autofree char *password = NULL;
  const GOptionEntry entries[] = {
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &password_file, NULL, NULL },
    { "server", 0, 0, G_OPTION_ARG_STRING, &server, NULL, NULL },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &ca, NULL, NULL },
    { NULL },
  };
  g_autoptr (GAsyncResult) result = NULL;
  AtriumAccount *account;
  GError *error = NULL;
  CtlStatus status;

  if (!ctl_parse (ctl, &argc, &argv, entries))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_fail_usage (ctl, "sign-in takes one address.");
  password = read_password (password_file, &error);
  if (password == NULL)
    return ctl_fail (ctl, error);
  if (ca != NULL)
    ca_path = g_canonicalize_filename (ca, NULL);

  status = ctl_open (ctl, TRUE);
  if (status != CTL_DONE)
    return status;
  account = atrium_workspace_get_account (ctl->workspace);
  atrium_account_set_secrets_file (account, TRUE);
  atrium_account_sign_in_async (account, argv[1], password, server, ca_path, NULL, ctl_ready, ctl);
  explicit_bzero (password, strlen (password));
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);
  if (!atrium_account_sign_in_finish (account, result, &error))
    return ctl_fail (ctl, error);
  if (!ctl->json)
    g_print (_("Signed in as %s.\n"), atrium_account_get_address (account));

  return CTL_DONE;
}

CtlStatus
ctl_verb_sign_out (Ctl   *ctl,
                   int    argc,
                   char **argv)
{
  gboolean wipe = FALSE;
  const GOptionEntry entries[] = {
    { "wipe", 0, 0, G_OPTION_ARG_NONE, &wipe, NULL, NULL },
    { NULL },
  };
  g_autoptr (GAsyncResult) result = NULL;
  AtriumAccount *account;
  GError *error = NULL;
  CtlStatus status;

  if (!ctl_parse (ctl, &argc, &argv, entries))
    return CTL_USAGE;
  status = ctl_open (ctl, TRUE);
  if (status != CTL_DONE)
    return status;
  account = atrium_workspace_get_account (ctl->workspace);
  if (atrium_account_get_address (account) == NULL && !wipe)
    return ctl_fail (ctl, g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_NOT_SIGNED_IN, _("There is no account.")));
  atrium_account_sign_out_async (account, wipe, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);

  return atrium_account_sign_out_finish (account, result, &error) ? CTL_DONE : ctl_fail (ctl, error);
}

CtlStatus
ctl_verb_status (Ctl   *ctl,
                 int    argc,
                 char **argv)
{
  JsonObject *status_line;
  CtlStatus status = ctl_open (ctl, FALSE);

  if (status != CTL_DONE)
    return status;
  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (atrium_account_get_address (atrium_workspace_get_account (ctl->workspace)) == NULL)
    return ctl_fail (ctl, g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_NOT_SIGNED_IN, _("There is no account. Sign in first.")));

  /* The count comes from the database, not from what the model has shown so far. */
  atrium_outbox_wait_message_async (atrium_workspace_get_outbox (ctl->workspace), -1, NULL, ctl_ready, ctl);
  {
    g_autoptr (GAsyncResult) result = ctl_wait (ctl);

    if (result == NULL)
      return ctl_fail_timeout (ctl);
  }
  status_line = ctl_status_to_json (ctl);
  if (ctl->json)
    {
      ctl_print_object (status_line);
      return CTL_DONE;
    }
  g_print ("%s: %s\n", json_object_get_string_member (status_line, "account"), json_object_get_string_member (status_line, "state"));
  if (!json_object_get_null_member (status_line, "server"))
    g_print ("%s\n", json_object_get_string_member (status_line, "server"));
  if (!json_object_get_null_member (status_line, "error"))
    g_print ("%s\n", json_object_get_string_member (status_line, "error"));
  g_print (_("Waiting to be sent: %d\n"), (int) json_object_get_int_member (status_line, "outbox"));
  json_object_unref (status_line);

  return CTL_DONE;
}

static gboolean
outbox_is_settled (Ctl *ctl)
{
  AtriumOutbox *outbox = atrium_workspace_get_outbox (ctl->workspace);

  return atrium_outbox_get_count (outbox) == atrium_outbox_get_failed (outbox);
}

CtlStatus
ctl_verb_sync (Ctl   *ctl,
               int    argc,
               char **argv)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  CtlStatus status = ctl_open (ctl, TRUE);

  if (status != CTL_DONE)
    return status;
  if (atrium_account_get_address (atrium_workspace_get_account (ctl->workspace)) != NULL &&
      !atrium_workspace_get_online_here (ctl->workspace))
    return ctl_wait_for (ctl, outbox_is_settled) ? CTL_DONE : ctl_fail_timeout (ctl);

  atrium_workspace_sync_async (ctl->workspace, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);

  return atrium_workspace_sync_finish (ctl->workspace, result, &error) ? CTL_DONE : ctl_fail (ctl, error);
}

CtlStatus
ctl_verb_outbox (Ctl   *ctl,
                 int    argc,
                 char **argv)
{
  g_autoptr (GAsyncResult) result = NULL;
  GListModel *outbox;
  GError *error = NULL;
  CtlStatus status;
  gint64 id = 0;
  gboolean done;

  if (argc != 1 && !(argc == 3 && (g_str_equal (argv[1], "retry") || g_str_equal (argv[1], "drop")) &&
                     g_ascii_string_to_signed (argv[2], 10, 1, G_MAXINT64, &id, NULL)))
    return ctl_fail_usage (ctl, "outbox [retry ID | drop ID]");
  status = ctl_open (ctl, FALSE);
  if (status != CTL_DONE)
    return status;
  outbox = G_LIST_MODEL (atrium_workspace_get_outbox (ctl->workspace));

  if (argc == 3 && g_str_equal (argv[1], "retry"))
    {
      atrium_outbox_retry_async (ATRIUM_OUTBOX (outbox), id, NULL, ctl_ready, ctl);
      result = ctl_wait (ctl);
      if (result == NULL)
        return ctl_fail_timeout (ctl);
      done = atrium_outbox_retry_finish (ATRIUM_OUTBOX (outbox), result, &error);
      return done ? CTL_DONE : ctl_fail (ctl, error);
    }
  if (argc == 3)
    {
      atrium_outbox_drop_async (ATRIUM_OUTBOX (outbox), id, NULL, ctl_ready, ctl);
      result = ctl_wait (ctl);
      if (result == NULL)
        return ctl_fail_timeout (ctl);
      done = atrium_outbox_drop_finish (ATRIUM_OUTBOX (outbox), result, &error);
      return done ? CTL_DONE : ctl_fail (ctl, error);
    }

  /* Waiting for what is not there comes back with the model read. */
  atrium_outbox_wait_async (ATRIUM_OUTBOX (outbox), -1, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);
  for (guint i = 0; i < g_list_model_get_n_items (outbox); i++)
    {
      g_autoptr (AtriumOutboxEntry) entry = g_list_model_get_item (outbox, i);

      if (ctl->json)
        ctl_print_object (ctl_entry_to_json (entry));
      else
        g_print ("%" G_GINT64_FORMAT "  %s  %s  %s%s%s\n", atrium_outbox_entry_get_id (entry), atrium_outbox_entry_get_target (entry),
                 atrium_outbox_entry_get_state (entry) == ATRIUM_OUTBOX_FAILED ? "failed" : "waiting",
                 atrium_outbox_entry_get_summary (entry) != NULL ? atrium_outbox_entry_get_summary (entry) : "",
                 atrium_outbox_entry_get_error (entry) != NULL ? "  — " : "",
                 atrium_outbox_entry_get_error (entry) != NULL ? atrium_outbox_entry_get_error (entry) : "");
    }

  return CTL_DONE;
}

/* Policy. */

CtlStatus
ctl_verb_policy (Ctl   *ctl,
                 int    argc,
                 char **argv)
{
  g_autoptr (GVariant) dump = NULL;
  GVariantIter iter;
  const char *key, *source;
  GVariant *value;
  gboolean locked;

  if (argc == 3 && g_str_equal (argv[1], "validate"))
    {
      g_autofree char *text = NULL;
      g_auto (GStrv) problems = NULL;
      GError *error = NULL;

      if (!g_file_get_contents (argv[2], &text, NULL, &error))
        return ctl_fail (ctl, error);
      if (atrium_policy_validate (text, &problems, &error))
        return CTL_DONE;
      if (error != NULL)
        return ctl_fail (ctl, error);
      for (guint i = 0; problems[i] != NULL; i++)
        ctl_fail (ctl, g_error_new (ATRIUM_ERROR, ATRIUM_ERROR_INVALID, "%s", problems[i]));
      return CTL_FAILED;
    }
  if (argc != 1)
    return ctl_fail_usage (ctl, "policy [validate FILE]");
  if (ctl->settings == NULL)
    return ctl_fail (ctl, g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_NOT_FOUND, _("The settings schema of Atrium is not installed.")));

  dump = atrium_policy_dump (ctl->settings);
  g_variant_iter_init (&iter, dump);
  while (g_variant_iter_loop (&iter, "(&svb&s)", &key, &value, &locked, &source))
    {
      g_autofree char *text = g_variant_print (value, FALSE);

      if (ctl->json)
        {
          JsonObject *object = json_object_new ();

          ctl_set_string (object, "key", key);
          json_object_set_member (object, "value", json_gvariant_serialize (value));
          json_object_set_boolean_member (object, "locked", locked);
          ctl_set_string (object, "source", source);
          ctl_print_object (object);
        }
      else
        {
          g_print ("%s = %s  (%s)\n", key, text, source);
        }
    }

  return CTL_DONE;
}

/* Diagnosis. */

static gboolean
is_settled_or_waited (Ctl *ctl)
{
  AtriumAccount *account = atrium_workspace_get_account (ctl->workspace);

  return atrium_account_get_state (account) == ATRIUM_ACCOUNT_ONLINE || atrium_account_get_problem (account) != NULL ||
         atrium_account_get_address (account) == NULL || !atrium_workspace_get_online_here (ctl->workspace);
}

CtlStatus
ctl_verb_diagnose (Ctl   *ctl,
                   int    argc,
                   char **argv)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) checks = NULL;
  g_autoptr (GVariant) rejections = NULL;
  AtriumAccount *account;
  GVariantIter iter;
  const char *reason;
  guint32 count;
  JsonObject *line, *counts;
  GError *error = NULL;
  CtlStatus status;

  if (argc > 2)
    return ctl_fail_usage (ctl, "diagnose [ADDRESS]");
  status = ctl_open (ctl, TRUE);
  if (status != CTL_DONE)
    return status;
  account = atrium_workspace_get_account (ctl->workspace);
  if (!ctl_wait_for (ctl, is_settled_or_waited))
    return ctl_fail_timeout (ctl);

  atrium_account_check_connection_async (account, argc == 2 ? argv[1] : NULL, NULL, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);
  checks = atrium_account_check_connection_finish (account, result, &error);
  if (checks == NULL)
    return ctl_fail (ctl, error);
  for (guint i = 0; i < g_list_model_get_n_items (checks); i++)
    {
      g_autoptr (AtriumCheck) check = g_list_model_get_item (checks, i);
      gboolean ok = atrium_check_get_state (check) == ATRIUM_CHECK_OK;

      if (ctl->json)
        {
          line = json_object_new ();
          ctl_set_string (line, "check", atrium_check_get_name (check));
          json_object_set_boolean_member (line, "ok", ok);
          ctl_set_string (line, "detail", atrium_check_get_detail (check));
          ctl_set_string (line, "fix", atrium_check_get_fix (check));
          ctl_print_object (line);
        }
      else
        {
          g_print ("%s %s: %s%s%s\n", ok ? "✓" : atrium_check_get_state (check) == ATRIUM_CHECK_FAILED ? "✗" : "–",
                   atrium_check_get_title (check), atrium_check_get_detail (check) != NULL ? atrium_check_get_detail (check) : "",
                   atrium_check_get_fix (check) != NULL ? " " : "", atrium_check_get_fix (check) != NULL ? atrium_check_get_fix (check) : "");
        }
    }

  rejections = atrium_workspace_dup_rejections (ctl->workspace);
  if (ctl->json)
    {
      line = json_object_new ();
      counts = json_object_new ();
      g_variant_iter_init (&iter, rejections);
      while (g_variant_iter_loop (&iter, "{&su}", &reason, &count))
        json_object_set_int_member (counts, reason, count);
      json_object_set_string_member (line, "check", "rejections");
      json_object_set_boolean_member (line, "ok", json_object_get_size (counts) == 0);
      json_object_set_object_member (line, "detail", counts);
      json_object_set_null_member (line, "fix");
      ctl_print_object (line);
    }

  return CTL_DONE;
}
