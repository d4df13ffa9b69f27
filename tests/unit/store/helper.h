/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/* A database in a folder of its own. */
typedef struct
{
  char          *folder;
  char          *path;
  StoreDatabase *db;
} Fixture;

#define SECOND ((gint64) G_USEC_PER_SEC)
/* 2024-01-01 00:00:00 UTC */
#define T0 (G_GINT64_CONSTANT (1704067200) * G_USEC_PER_SEC)
#define OWN "alice@work.test"

void          fixture_set_up         (Fixture *self, gconstpointer data);
void          fixture_tear_down      (Fixture *self, gconstpointer data);
void          fixture_reopen         (Fixture *self);
/* Closes; the database is finalised, so all references to it must be gone. */
void          fixture_close          (Fixture *self);
void          remove_folder          (const char *path);

/* Run in a transaction and succeed. */
void          fixture_write          (Fixture *self, StoreWork work, gpointer data);
void          fixture_read           (Fixture *self, StoreWork work, gpointer data);

gint64        ensure_chat            (StoreTransaction *tx, const char *address, StoreConversationKind kind);
/* @origin and @archive_id may be NULL; @sender NULL: an own one. The message id is the origin id. */
StoreMessage *new_message            (gint64 conversation, const char *sender, const char *origin, const char *archive_id,
                                      const char *body, gint64 time);
/* Inserts live, asserts the outcome, returns the row id. */
gint64        insert                 (StoreTransaction *tx, StoreMessage *message, StoreInsertOutcome outcome);
/* The bodies of a conversation in order, joined by blanks. */
char         *list_bodies            (StoreTransaction *tx, gint64 conversation);
/* Asserts what must hold of any database: blocks, unread counts, order, the index. */
gboolean      check_invariants       (StoreTransaction *tx, gpointer data, GError **error);

#define add_test(path, func) \
  g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
