/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>

#include "database.h"

G_BEGIN_DECLS

/*
 * One SQLite connection, used by one thread, with its prepared statements, and the transaction on it.
 */
typedef struct _StoreConnection StoreConnection;

struct _StoreConnection
{
  sqlite3    *handle;
  GHashTable *statements;    /* SQL text (static) → sqlite3_stmt */
  gboolean    read_only;
  gboolean    full_sync;     /* what PRAGMA synchronous stands at */
  gboolean    damaged;       /* a statement met a damage of the file */
  gboolean    index_damaged; /* … or of the search index only */
  gint64      deadline;      /* monotonic µs after which a statement is interrupted; 0: none */
  gint64      index_floor;   /* messages with an id from here on are in the search index */
};

struct _StoreTransaction
{
  StoreConnection *connection;
  StoreAccess      access;
  gboolean         failed;   /* a statement failed: the transaction can only be undone */
  GArray          *changes;  /* (element-type StoreLoggedChange) */
};

/* A row of table "change". Keys are G_MININT64 where they do not apply. */
typedef struct
{
  StoreChangeKind kind;
  gint64          conversation;
  gint64          row;
  gint64          old_key;
  gint64          new_key;
} StoreLoggedChange;

typedef enum
{
  STORE_OPEN_CREATE = 1 << 0,
  STORE_OPEN_READ_ONLY = 1 << 1,
  STORE_OPEN_RESCUE = 1 << 2,   /* a damaged file: tolerate a broken schema, never write a checkpoint */
} StoreOpenFlags;

StoreConnection *store_connection_open       (const char *path, StoreOpenFlags flags, GError **error);
void             store_connection_close      (StoreConnection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreConnection, store_connection_close)
gboolean         store_connection_exec       (StoreConnection *self, const char *sql, GError **error);
/* One number; @fallback when there is no row. */
gboolean         store_connection_get_int64  (StoreConnection *self, const char *sql, gint64 fallback, gint64 *out, GError **error);
/* Sets @error from the last failure of the connection, and notes damages. Returns FALSE. */
gboolean         store_connection_fail       (StoreConnection *self, int code, const char *step, GError **error);
StoreError       store_error_from_sqlite     (int code);

gboolean         store_transaction_begin     (StoreTransaction *tx, StoreConnection *connection, StoreAccess access, GError **error);
gboolean         store_transaction_commit    (StoreTransaction *tx, GError **error);
void             store_transaction_rollback  (StoreTransaction *tx);
void             store_transaction_note      (StoreTransaction *tx, StoreChangeKind kind, gint64 conversation, gint64 row);
void             store_transaction_note_move (StoreTransaction *tx, StoreChangeKind kind, gint64 conversation, gint64 row,
                                              gint64 old_key, gint64 new_key);

/*
 * Statements. @sql is a string constant: it is the key of the cache. @types tells the arguments that are bound in order:
 *   i gint64 · d int · s const char * (NULL: NULL) · b GBytes * (NULL: NULL) · k gint64 (0: NULL)
 * A statement is released (reset, ready for the next use) when its autoptr goes out of scope; the same @sql must not be
 * used again before that.
 */
typedef sqlite3_stmt StoreStatement;
void             store_statement_release     (StoreStatement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreStatement, store_statement_release)

StoreStatement  *store_query                 (StoreTransaction *tx, GError **error, const char *sql, const char *types, ...);
/* 1: a row, 0: no more, −1: failed. */
int              store_step                  (StoreTransaction *tx, StoreStatement *statement, GError **error);
gboolean         store_exec                  (StoreTransaction *tx, GError **error, const char *sql, const char *types, ...);
/* Rows that the last store_exec() changed. */
int              store_changes               (StoreTransaction *tx);
gint64           store_last_row              (StoreTransaction *tx);
/* The first column of the first row, @fallback when there is none or it is NULL. */
gboolean         store_get_int64             (StoreTransaction *tx, GError **error, gint64 fallback, gint64 *out,
                                              const char *sql, const char *types, ...);

/* Columns. Text from the disk is made valid UTF-8 (threat K6). */
char            *store_column_dup_text       (StoreStatement *statement, int column);    /* NULL for NULL */
GBytes          *store_column_dup_bytes      (StoreStatement *statement, int column);    /* NULL for NULL */
int              store_column_enum           (StoreStatement *statement, int column, int max, int fallback);

/* Checks on arguments: TRUE when @text is NULL, or valid UTF-8 of at most @max bytes. Else INVALID naming @what. */
gboolean         store_check_text            (const char *text, gsize max, const char *what, GError **error);
gboolean         store_check_required        (const char *text, gsize max, const char *what, GError **error);
gboolean         store_check_bytes           (GBytes *bytes, gsize max, const char *what, GError **error);
gboolean         store_fail_not_found        (GError **error, const char *what);

#define STORE_LIMIT_ID      1024
#define STORE_LIMIT_TEXT    65536
#define STORE_LIMIT_BODY    262144
#define STORE_LIMIT_PAYLOAD 1048576

G_END_DECLS
