/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "workspace/search/search-hit.h"
#include "workspace/workspace.h"

G_BEGIN_DECLS

/* Exit statuses of atriumctl; scripts depend on them. */
typedef enum
{
  CTL_DONE = 0,
  CTL_FAILED = 1,
  CTL_USAGE = 2,
  CTL_NOT_SIGNED_IN = 3,
  CTL_TIMED_OUT = 4,
  CTL_REFUSED = 5,
} CtlStatus;

/* One run of the program. */
typedef struct
{
  AtriumWorkspace *workspace;
  GMainLoop       *loop;
  gboolean         json;
  int              timeout;     /* seconds; 0 none */
  GAsyncResult    *result;      /* of ctl_wait() */
  gboolean         timed_out;
  char            *data_dir;
  char            *cache_dir;
  GSettings       *settings;
} Ctl;

typedef CtlStatus (*CtlVerb) (Ctl *ctl, int argc, char **argv);

/* ctl.c */
/* A GAsyncReadyCallback for ctl_wait(): @user_data is the Ctl. */
void          ctl_ready             (GObject        *source,
                                     GAsyncResult   *result,
                                     gpointer        user_data);
/* Iterates until ctl_ready() was called; (transfer full). NULL: the time is over. */
GAsyncResult *ctl_wait              (Ctl            *ctl) G_GNUC_WARN_UNUSED_RESULT;
/* Iterates until @condition holds. FALSE: the time is over. */
gboolean      ctl_wait_for          (Ctl            *ctl,
                                     gboolean      (*condition) (Ctl *ctl));
/* Opens the profile. @online: be online too, or follow the program that is. */
CtlStatus     ctl_open              (Ctl            *ctl,
                                     gboolean        online);
/* The same, for what needs an account that is online here. */
CtlStatus     ctl_open_online       (Ctl            *ctl);
void          ctl_close             (Ctl            *ctl);
/* One line on stderr, in words or JSON; (transfer full) @error. The status it means. */
CtlStatus     ctl_fail              (Ctl            *ctl,
                                     GError         *error);
CtlStatus     ctl_fail_usage        (Ctl            *ctl,
                                     const char     *format,
                                     ...) G_GNUC_PRINTF (2, 3);
CtlStatus     ctl_fail_timeout      (Ctl            *ctl);
/* Takes an option with or without a value out of argv; FALSE: bad usage was told. */
gboolean      ctl_parse             (Ctl                *ctl,
                                     int                *argc,
                                     char             ***argv,
                                     const GOptionEntry *entries);

/* output.c */
void          ctl_print_object      (JsonObject     *object);    /* (transfer full): one line */
JsonObject   *ctl_message_to_json   (AtriumMessage  *message) G_GNUC_WARN_UNUSED_RESULT;
void          ctl_print_message     (Ctl            *ctl,
                                     AtriumMessage  *message);
JsonObject   *ctl_chat_to_json      (AtriumConversation *conversation) G_GNUC_WARN_UNUSED_RESULT;
JsonObject   *ctl_person_to_json    (AtriumPerson   *person) G_GNUC_WARN_UNUSED_RESULT;
JsonObject   *ctl_status_to_json    (Ctl            *ctl) G_GNUC_WARN_UNUSED_RESULT;
JsonObject   *ctl_entry_to_json     (AtriumOutboxEntry *entry) G_GNUC_WARN_UNUSED_RESULT;
char         *ctl_time_to_text      (gint64          time) G_GNUC_WARN_UNUSED_RESULT;   /* ISO 8601 UTC; NULL for 0 */
void          ctl_set_string        (JsonObject     *object,
                                     const char     *name,
                                     const char     *value);     /* null when NULL */
const char   *ctl_presence_to_text  (AtriumPresence  presence);

/* Verbs. */
CtlStatus     ctl_verb_sign_in      (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_sign_out     (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_status       (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_outbox       (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_sync         (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_watch        (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_chats        (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_messages     (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_send         (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_react        (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_edit         (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_retract      (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_read         (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_room         (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_people       (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_search       (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_policy       (Ctl *ctl, int argc, char **argv);
CtlStatus     ctl_verb_diagnose     (Ctl *ctl, int argc, char **argv);

G_END_DECLS
