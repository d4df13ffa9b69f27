/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl/ctl.h"

#include "workspace/policy/policy.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static const struct
{
  const char *name;
  CtlVerb     run;
  const char *usage;
} verbs[] = {
  { "sign-in", ctl_verb_sign_in, "ADDRESS [--password-file F] [--server URI] [--ca FILE]" },
  { "sign-out", ctl_verb_sign_out, "[--wipe]" },
  { "status", ctl_verb_status, "" },
  { "outbox", ctl_verb_outbox, "[retry ID | drop ID]" },
  { "sync", ctl_verb_sync, "" },
  { "watch", ctl_verb_watch, "[--seconds N]" },
  { "chats", ctl_verb_chats, "" },
  { "messages", ctl_verb_messages, "CHAT [--limit N] [--before ID]" },
  { "send", ctl_verb_send, "CHAT TEXT [--reply-to ID] [--file PATH]… [--wait]" },
  { "react", ctl_verb_react, "ID EMOJI [--remove]" },
  { "edit", ctl_verb_edit, "ID TEXT" },
  { "retract", ctl_verb_retract, "ID" },
  { "read", ctl_verb_read, "CHAT" },
  { "room", ctl_verb_room, "new NAME [--private] [--member ADDRESS]… | join ADDRESS [--nick NICK] | leave ROOM | members ROOM | "
                           "invite ROOM ADDRESS… | configure ROOM [--name N] [--private yes|no] [--members-only yes|no] [--archive yes|no]" },
  { "people", ctl_verb_people, "[QUERY]" },
  { "search", ctl_verb_search, "QUERY [--in all|chat|people] [--limit N]" },
  { "policy", ctl_verb_policy, "[validate FILE]" },
  { "diagnose", ctl_verb_diagnose, "[ADDRESS]" },
};

/* Waiting. */

void
ctl_ready (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Ctl *ctl = user_data;

  g_clear_object (&ctl->result);
  ctl->result = g_object_ref (result);
  g_main_loop_quit (ctl->loop);
}

static gboolean
on_timeout (gpointer user_data)
{
  Ctl *ctl = user_data;

  ctl->timed_out = TRUE;
  g_main_loop_quit (ctl->loop);

  return G_SOURCE_REMOVE;
}

GAsyncResult *
ctl_wait (Ctl *ctl)
{
  while (ctl->result == NULL && !ctl->timed_out)
    g_main_loop_run (ctl->loop);

  return g_steal_pointer (&ctl->result);
}

gboolean
ctl_wait_for (Ctl       *ctl,
              gboolean (*condition) (Ctl *ctl))
{
  while (!condition (ctl) && !ctl->timed_out)
    g_main_context_iteration (NULL, TRUE);

  return !ctl->timed_out;
}

/* Errors. */

static const char *
get_reason (const GError *error,
            CtlStatus    *out_status)
{
  *out_status = CTL_FAILED;
  if (error->domain != ATRIUM_ERROR)
    return "failed";

  switch ((AtriumError) error->code)
    {
    case ATRIUM_ERROR_NOT_SIGNED_IN:
      *out_status = CTL_NOT_SIGNED_IN;
      return "not-signed-in";
    case ATRIUM_ERROR_OFFLINE:
      return "offline";
    case ATRIUM_ERROR_REFUSED:
      *out_status = CTL_REFUSED;
      return "refused";
    case ATRIUM_ERROR_WRONG_PASSWORD:
      *out_status = CTL_REFUSED;
      return "wrong-password";
    case ATRIUM_ERROR_POLICY:
      *out_status = CTL_REFUSED;
      return "policy";
    case ATRIUM_ERROR_NOT_FOUND:
      return "not-found";
    case ATRIUM_ERROR_INVALID:
      return "invalid";
    case ATRIUM_ERROR_TOO_LARGE:
      return "too-large";
    case ATRIUM_ERROR_STORAGE:
      return "storage";
    case ATRIUM_ERROR_UNSUPPORTED:
      return "unsupported";
    case ATRIUM_ERROR_BUSY:
      return "busy";
    case ATRIUM_ERROR_FAILED:
    default:
      return "failed";
    }
}

static void
print_error (Ctl        *ctl,
             const char *message,
             const char *reason,
             const char *hint)
{
  if (ctl->json)
    {
      g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
      JsonObject *object = json_object_new ();
      g_autofree char *text = NULL;

      ctl_set_string (object, "error", message);
      ctl_set_string (object, "reason", reason);
      ctl_set_string (object, "hint", hint);
      json_node_take_object (node, object);
      text = json_to_string (node, FALSE);
      g_printerr ("%s\n", text);
    }
  else if (hint != NULL)
    {
      g_printerr ("atriumctl: %s %s\n", message, hint);
    }
  else
    {
      g_printerr ("atriumctl: %s\n", message);
    }
}

CtlStatus
ctl_fail (Ctl    *ctl,
          GError *error)
{
  CtlStatus status;
  const char *reason = get_reason (error, &status);
  const char *hint = NULL;

  if (ctl->workspace != NULL && atrium_account_get_problem (atrium_workspace_get_account (ctl->workspace)) != NULL &&
      g_strcmp0 (atrium_account_get_problem (atrium_workspace_get_account (ctl->workspace)), error->message) == 0)
    hint = atrium_account_get_problem_hint (atrium_workspace_get_account (ctl->workspace));
  print_error (ctl, error->message, reason, hint);
  g_error_free (error);

  return status;
}

CtlStatus
ctl_fail_usage (Ctl        *ctl,
                const char *format,
                ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  print_error (ctl, text, "usage", "See atriumctl --help.");

  return CTL_USAGE;
}

CtlStatus
ctl_fail_timeout (Ctl *ctl)
{
  print_error (ctl, "The time is over.", "timed-out", "What is written here is kept and will be sent.");

  return CTL_TIMED_OUT;
}

gboolean
ctl_parse (Ctl                *ctl,
           int                *argc,
           char             ***argv,
           const GOptionEntry *entries)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (g_option_context_parse (context, argc, argv, &error))
    {
      /* "--" separates options from what only looks like one. */
      if (*argc > 1 && g_str_equal ((*argv)[1], "--"))
        {
          memmove (*argv + 1, *argv + 2, sizeof (char *) * (*argc - 1));
          (*argc)--;
        }
      return TRUE;
    }
  ctl_fail_usage (ctl, "%s", error->message);

  return FALSE;
}

/* The profile. */

CtlStatus
ctl_open (Ctl      *ctl,
          gboolean  online)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  ctl->workspace = atrium_workspace_new (ctl->data_dir, ctl->cache_dir, ctl->settings);
  atrium_workspace_set_wants_connection (ctl->workspace, online);
  atrium_workspace_open_async (ctl->workspace, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);
  if (!atrium_workspace_open_finish (ctl->workspace, result, &error))
    return ctl_fail (ctl, error);

  return CTL_DONE;
}

static gboolean
is_online_or_hopeless (Ctl *ctl)
{
  AtriumAccount *account = atrium_workspace_get_account (ctl->workspace);

  return atrium_account_get_state (account) == ATRIUM_ACCOUNT_ONLINE || atrium_account_get_problem_final (account) ||
         !atrium_account_get_network_allowed (account);
}

CtlStatus
ctl_open_online (Ctl *ctl)
{
  CtlStatus status = ctl_open (ctl, TRUE);
  AtriumAccount *account;

  if (status != CTL_DONE)
    return status;
  account = atrium_workspace_get_account (ctl->workspace);
  if (atrium_account_get_address (account) == NULL)
    return ctl_fail (ctl, g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_NOT_SIGNED_IN, _("There is no account. Sign in first.")));
  if (!atrium_workspace_get_online_here (ctl->workspace))
    return ctl_fail (ctl, g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_BUSY, _("Another program on this profile is online. Do it there.")));
  if (!ctl_wait_for (ctl, is_online_or_hopeless))
    return ctl_fail_timeout (ctl);
  if (atrium_account_get_state (account) != ATRIUM_ACCOUNT_ONLINE)
    return ctl_fail (ctl, g_error_new (ATRIUM_ERROR, atrium_account_get_problem_final (account) ? ATRIUM_ERROR_REFUSED : ATRIUM_ERROR_OFFLINE, "%s",
                                       atrium_account_get_problem (account) != NULL ? atrium_account_get_problem (account) : _("There is no connection.")));

  return CTL_DONE;
}

void
ctl_close (Ctl *ctl)
{
  if (ctl->workspace == NULL)
    return;

  /* Closing writes what waits; it is not cut short by --timeout. */
  ctl->timed_out = FALSE;
  g_clear_object (&ctl->result);
  atrium_workspace_close_async (ctl->workspace, NULL, ctl_ready, ctl);
  while (ctl->result == NULL)
    g_main_loop_run (ctl->loop);
  atrium_workspace_close_finish (ctl->workspace, ctl->result, NULL);
  g_clear_object (&ctl->result);
  g_clear_object (&ctl->workspace);
}

static void
print_help (void)
{
  g_print ("%s\n\n", "atriumctl [--profile NAME | --data-dir DIR] [--json] [--timeout SECONDS] VERB …");
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_print ("  %s %s\n", verbs[i].name, verbs[i].usage);
  g_print ("\n%s\n", "Exit status: 0 done, 1 failed, 2 wrong usage, 3 not signed in, 4 time-out, 5 refused by the server or by policy.");
}

static CtlStatus
run_verb (Ctl   *ctl,
          int    argc,
          char **argv)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (argv[0], verbs[i].name))
      return verbs[i].run (ctl, argc, argv);

  return ctl_fail_usage (ctl, "There is no verb “%s”.", argv[0]);
}

int
main (int    argc,
      char **argv)
{
  Ctl ctl = { 0 };
  g_autofree char *profile = NULL;
  g_autofree char *data_dir = NULL;
  gboolean help = FALSE, version = FALSE;
  const GOptionEntry entries[] = {
    { "profile", 0, 0, G_OPTION_ARG_STRING, &profile, NULL, NULL },
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &data_dir, NULL, NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &ctl.json, NULL, NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &ctl.timeout, NULL, NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &help, NULL, NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  CtlStatus status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, ATRIUM_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("atriumctl");

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return ctl_fail_usage (&ctl, "%s", error->message);
  if (help || (argc > 1 && g_str_equal (argv[1], "help")))
    {
      print_help ();
      return CTL_DONE;
    }
  if (version)
    {
      g_print ("atriumctl %s\n", ATRIUM_VERSION);
      return CTL_DONE;
    }
  if (argc > 1 && g_str_equal (argv[1], "--"))
    argv++, argc--;
  if (argc < 2)
    return ctl_fail_usage (&ctl, "Say what to do.");
  if (profile != NULL && (data_dir != NULL || *profile == '\0' || *profile == '.' || strchr (profile, '/') != NULL))
    return ctl_fail_usage (&ctl, "Give either --profile, a plain name, or --data-dir.");

  ctl.loop = g_main_loop_new (NULL, FALSE);
  ctl.data_dir = data_dir != NULL ? g_canonicalize_filename (data_dir, NULL) : atrium_workspace_dup_data_dir (profile);
  ctl.cache_dir = data_dir != NULL ? g_build_filename (ctl.data_dir, "cache", NULL) : atrium_workspace_dup_cache_dir (profile);
  ctl.settings = atrium_policy_new_settings ();
  if (ctl.timeout > 0)
    g_timeout_add_seconds (ctl.timeout, on_timeout, &ctl);

  status = run_verb (&ctl, argc - 1, argv + 1);
  ctl_close (&ctl);

  g_main_loop_unref (ctl.loop);
  g_clear_object (&ctl.settings);
  g_clear_object (&ctl.result);
  g_free (ctl.data_dir);
  g_free (ctl.cache_dir);

  return status;
}
