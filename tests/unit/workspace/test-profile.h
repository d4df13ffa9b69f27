/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/workspace-private.h"

G_BEGIN_DECLS

/* A profile in a temporary folder, with the account alice@work.test and no network. */
#define TEST_OWN "alice@work.test"

typedef struct
{
  char            *folder;
  AtriumWorkspace *workspace;
} TestProfile;

TestProfile        *test_profile_new     (void);
/* Closes, asserts that nothing is left, and removes the folder. */
void                test_profile_free    (TestProfile *self);
/* Closes and opens again, as after a restart. */
void                test_profile_reopen  (TestProfile *self);
AtriumConversation *test_profile_chat    (TestProfile *self,
                                          const char  *address);      /* (transfer full) */
AtriumMessage      *test_profile_send    (TestProfile *self,
                                          AtriumConversation *chat,
                                          const char  *text);         /* (transfer full) */
/* A GAsyncReadyCallback: keeps the result in a GAsyncResult *. */
void                test_ready           (GObject      *source,
                                          GAsyncResult *result,
                                          gpointer      user_data);
void                test_wait            (GAsyncResult **result);
/* Iterates until @condition holds; a deadline ends a broken test. */
void                test_wait_until      (gboolean (*condition) (gpointer data),
                                          gpointer   data);
/* Runs @work on the database and asserts that it succeeds. */
void                test_profile_run     (TestProfile *self,
                                          StoreWork    work,
                                          gpointer     data);
guint               test_profile_count_outbox (TestProfile *self);

G_END_DECLS
