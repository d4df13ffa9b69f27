/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The tables, and how an older file becomes a newer one: one function a version, each in one transaction with the version
 * number. A function that has been released is never changed; tests/unit/store/fixtures keeps a file of each version.
 *
 * message.id grows with the time (1/64 s since 2000, see message.c), because it is the row id of the search index too, which is
 * read newest first. message.order_key is the order within a conversation (place.c). "block" counts the messages of each
 * stretch of a conversation (place.c). An author is interned once: its key says by what it is recognised (author.c).
 * "message_id" is NULL where it equals "origin_id".
 */

#include "schema-private.h"

#include <stdlib.h>

static const char version_1[] =
  "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);"
  "CREATE TABLE setting (key TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL);"
  "CREATE TABLE cursor (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);"
  "CREATE TABLE caps (hash TEXT NOT NULL PRIMARY KEY, data BLOB NOT NULL, used INTEGER NOT NULL);"
  "CREATE TABLE session (account TEXT NOT NULL PRIMARY KEY, state BLOB NOT NULL);"
  "CREATE TABLE change (sequence INTEGER PRIMARY KEY, kind INTEGER NOT NULL, conversation INTEGER NOT NULL,"
  "  row INTEGER NOT NULL, old_key INTEGER NOT NULL, new_key INTEGER NOT NULL);"

  "CREATE TABLE conversation (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL,"
  "  name TEXT NOT NULL DEFAULT '', pin_order INTEGER NOT NULL DEFAULT 0, muted_until INTEGER NOT NULL DEFAULT 0,"
  "  archived INTEGER NOT NULL DEFAULT 0, notify INTEGER NOT NULL DEFAULT 0, unread INTEGER NOT NULL DEFAULT 0,"
  "  mentions INTEGER NOT NULL DEFAULT 0, read_key INTEGER NOT NULL DEFAULT 0, read_message INTEGER NOT NULL DEFAULT 0,"
  "  read_told INTEGER NOT NULL DEFAULT 1, last_message INTEGER NOT NULL DEFAULT 0, last_text TEXT, last_sender TEXT,"
  "  last_state INTEGER NOT NULL DEFAULT 0, last_kind INTEGER NOT NULL DEFAULT 0, last_time INTEGER NOT NULL DEFAULT 0,"
  "  sort_time INTEGER NOT NULL DEFAULT 0, draft TEXT, draft_reply INTEGER NOT NULL DEFAULT 0,"
  "  draft_edit INTEGER NOT NULL DEFAULT 0, draft_time INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL DEFAULT 0,"
  "  extra TEXT);"
  "CREATE INDEX conversation_order ON conversation (archived, (pin_order = 0), pin_order, sort_time DESC);"

  "CREATE TABLE author (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, address TEXT, occupant TEXT, nick TEXT);"
  "CREATE INDEX author_address ON author (address) WHERE address IS NOT NULL;"
  "CREATE TABLE archive (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE);"

  "CREATE TABLE message (id INTEGER PRIMARY KEY,"
  "  conversation INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE, order_key INTEGER NOT NULL,"
  "  time INTEGER NOT NULL, author INTEGER NOT NULL REFERENCES author, direction INTEGER NOT NULL,"
  "  kind INTEGER NOT NULL, state INTEGER NOT NULL, weight INTEGER NOT NULL, segment INTEGER NOT NULL DEFAULT 0,"
  "  nick TEXT, origin_id TEXT, message_id TEXT, archive INTEGER REFERENCES archive, archive_id TEXT,"
  "  body TEXT NOT NULL, extra TEXT, thread TEXT, error TEXT, encrypted INTEGER NOT NULL DEFAULT 0,"
  "  reply_id TEXT, reply_message INTEGER, edited INTEGER NOT NULL DEFAULT 0, retracted INTEGER NOT NULL DEFAULT 0,"
  "  retracted_by TEXT, retracted_reason TEXT, files INTEGER NOT NULL DEFAULT 0, reactions INTEGER NOT NULL DEFAULT 0);"
  "CREATE UNIQUE INDEX message_order ON message (conversation, order_key);"
  "CREATE UNIQUE INDEX message_archive ON message (archive_id, archive) WHERE archive_id IS NOT NULL;"
  "CREATE UNIQUE INDEX message_origin ON message (origin_id, conversation, author) WHERE origin_id IS NOT NULL;"
  "CREATE INDEX message_wire ON message (message_id, conversation) WHERE message_id IS NOT NULL;"
  "CREATE INDEX message_files ON message (conversation, id) WHERE files > 0;"
  "CREATE INDEX message_reply ON message (reply_id, conversation) WHERE reply_id IS NOT NULL AND reply_message IS NULL;"

  "CREATE TABLE block (id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,"
  "  first_key INTEGER NOT NULL, count INTEGER NOT NULL);"
  "CREATE UNIQUE INDEX block_order ON block (conversation, first_key);"

  "CREATE TABLE version (id INTEGER PRIMARY KEY, message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,"
  "  time INTEGER NOT NULL, origin_id TEXT, message_id TEXT, archive INTEGER, archive_id TEXT,"
  "  body TEXT NOT NULL, extra TEXT);"
  "CREATE INDEX version_message ON version (message, time);"
  "CREATE INDEX version_origin ON version (origin_id) WHERE origin_id IS NOT NULL;"
  "CREATE INDEX version_wire ON version (message_id) WHERE message_id IS NOT NULL;"
  "CREATE INDEX version_archive ON version (archive_id) WHERE archive_id IS NOT NULL;"

  "CREATE TABLE reaction (id INTEGER PRIMARY KEY, message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,"
  "  author INTEGER NOT NULL REFERENCES author, nick TEXT, emojis TEXT NOT NULL, time INTEGER NOT NULL);"
  "CREATE UNIQUE INDEX reaction_author ON reaction (message, author);"

  "CREATE TABLE mark (id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,"
  "  author INTEGER NOT NULL REFERENCES author, nick TEXT, message INTEGER NOT NULL, order_key INTEGER NOT NULL,"
  "  time INTEGER NOT NULL);"
  "CREATE UNIQUE INDEX mark_author ON mark (conversation, author);"

  "CREATE TABLE waiting (id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,"
  "  target TEXT NOT NULL, kind INTEGER NOT NULL, author INTEGER NOT NULL REFERENCES author, nick TEXT,"
  "  time INTEGER NOT NULL, origin_id TEXT, message_id TEXT, archive INTEGER, archive_id TEXT,"
  "  text TEXT, extra TEXT, moderator TEXT);"
  "CREATE INDEX waiting_target ON waiting (conversation, target);"

  "CREATE TABLE file (id INTEGER PRIMARY KEY, message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,"
  "  name TEXT NOT NULL, size INTEGER NOT NULL, type TEXT, hash TEXT, url TEXT, path TEXT, state INTEGER NOT NULL,"
  "  width INTEGER NOT NULL, height INTEGER NOT NULL, duration INTEGER NOT NULL, description TEXT, error TEXT);"
  "CREATE INDEX file_message ON file (message);"
  "CREATE INDEX file_path ON file (path) WHERE path IS NOT NULL;"

  "CREATE TABLE segment (id INTEGER PRIMARY KEY, archive INTEGER NOT NULL REFERENCES archive, scope TEXT NOT NULL,"
  "  start_id TEXT NOT NULL, start_time INTEGER NOT NULL, end_id TEXT NOT NULL, end_time INTEGER NOT NULL,"
  "  at_start INTEGER NOT NULL, live INTEGER NOT NULL);"
  "CREATE INDEX segment_archive ON segment (archive, scope, end_time);"
  "CREATE TABLE segment_merged (id INTEGER PRIMARY KEY, into_id INTEGER NOT NULL);"

  "CREATE TABLE person (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, name TEXT, nick TEXT, groups TEXT,"
  "  pinyin TEXT, initials TEXT, folded TEXT NOT NULL, subscription INTEGER NOT NULL, listed INTEGER NOT NULL,"
  "  asked INTEGER NOT NULL, asking INTEGER NOT NULL, blocked INTEGER NOT NULL, avatar TEXT, vcard TEXT,"
  "  vcard_time INTEGER NOT NULL);"
  "CREATE INDEX person_folded ON person (folded);"
  "CREATE TABLE avatar (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, type TEXT, data BLOB NOT NULL);"
  "CREATE TABLE room (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, name TEXT, subject TEXT, nick TEXT, password TEXT,"
  "  autojoin INTEGER NOT NULL, bookmarked INTEGER NOT NULL, bookmark_extensions TEXT, config TEXT, avatar TEXT);"
  "CREATE TABLE member (id INTEGER PRIMARY KEY, room TEXT NOT NULL, address TEXT NOT NULL, nick TEXT,"
  "  affiliation INTEGER NOT NULL);"
  "CREATE UNIQUE INDEX member_room ON member (room, address);"

  /* AUTOINCREMENT: the id of an entry that is done must not be given to another, somebody may still hold it. */
  "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, target TEXT NOT NULL, lane TEXT NOT NULL,"
  "  stanza_id TEXT, payload BLOB NOT NULL, message INTEGER NOT NULL, conversation INTEGER NOT NULL,"
  "  state INTEGER NOT NULL, tries INTEGER NOT NULL, next_try INTEGER NOT NULL, error TEXT, created INTEGER NOT NULL);"
  "CREATE INDEX outbox_lane ON outbox (lane, id);"
  "CREATE TABLE job (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, file INTEGER NOT NULL, outbox INTEGER NOT NULL,"
  "  source TEXT, target TEXT, offset INTEGER NOT NULL, total INTEGER NOT NULL, state INTEGER NOT NULL,"
  "  tries INTEGER NOT NULL, next_try INTEGER NOT NULL, error TEXT, payload BLOB, created INTEGER NOT NULL);";

static gboolean
migrate_to_1 (StoreConnection *connection,
              GError         **error)
{
  return store_connection_exec (connection, version_1, error);
}

static const StoreMigration steps[] = { migrate_to_1 };
G_STATIC_ASSERT (G_N_ELEMENTS (steps) == STORE_SCHEMA_VERSION);

const StoreMigration *
store_schema_get_steps (guint *out_n)
{
  *out_n = G_N_ELEMENTS (steps);
  return steps;
}

gboolean
store_schema_get_version (StoreConnection *connection,
                          guint           *out_version,
                          GError         **error)
{
  g_autoptr(GError) local = NULL;
  gint64 header, tables, told = 0;

  if (!store_connection_get_int64 (connection, "PRAGMA user_version", 0, &header, error) ||
      !store_connection_get_int64 (connection, "SELECT count(*) FROM sqlite_schema", 0, &tables, error))
    return FALSE;
  if (tables > 0 &&
      !store_connection_get_int64 (connection, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'version'", 0, &told, &local))
    {
      /* The file has tables, but not this one: its schema is damaged. */
      if (g_error_matches (local, STORE_ERROR, STORE_ERROR_FAILED))
        local->code = STORE_ERROR_DAMAGED;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  /* A later program keeps both records too: one of them alone is a damaged byte, not a later program. */
  if (header != told || told < 0 || told > G_MAXINT32)
    {
      g_set_error (error, STORE_ERROR, STORE_ERROR_DAMAGED, "the version of the database is unclear (%" G_GINT64_FORMAT
                   " and %" G_GINT64_FORMAT ")", header, told);
      return FALSE;
    }
  *out_version = told;
  return TRUE;
}

static gboolean
run_step (StoreConnection *connection,
          StoreMigration   step,
          guint            version,
          GError         **error)
{
  g_autofree char *stamp = g_strdup_printf ("INSERT OR REPLACE INTO meta (key, value) VALUES ('version', %u);"
                                            "PRAGMA user_version = %u", version, version);

  if (!store_connection_exec (connection, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (!step (connection, error) || !store_connection_exec (connection, stamp, error) ||
      !store_connection_exec (connection, "COMMIT", error))
    {
      if (!sqlite3_get_autocommit (connection->handle))
        sqlite3_exec (connection->handle, "ROLLBACK", NULL, NULL, NULL);
      return FALSE;
    }
  return TRUE;
}

gboolean
store_schema_migrate (StoreConnection      *connection,
                      const StoreMigration *migrations,
                      guint                 n_steps,
                      GError              **error)
{
  guint version;

  if (!store_schema_get_version (connection, &version, error))
    return FALSE;
  if (version > n_steps)
    {
      g_set_error (error, STORE_ERROR, STORE_ERROR_NEWER,
                   "this database was written by a newer program (format %u, this program knows %u)", version, n_steps);
      return FALSE;
    }
  for (; version < n_steps; version++)
    if (!run_step (connection, migrations[version], version + 1, error))
      {
        g_prefix_error (error, "bringing the database to format %u: ", version + 1);
        return FALSE;
      }
  return TRUE;
}

static char *
digest_schema (StoreConnection *connection,
               GError         **error)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  sqlite3_stmt *statement = NULL;
  int code;

  code = sqlite3_prepare_v2 (connection->handle,
                             "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name", -1,
                             &statement, NULL);
  while (code == SQLITE_OK || code == SQLITE_ROW)
    {
      code = sqlite3_step (statement);
      if (code == SQLITE_ROW)
        for (int i = 0; i < 4; i++)
          {
            const guchar *text = sqlite3_column_text (statement, i);

            if (text != NULL)
              g_checksum_update (checksum, text, sqlite3_column_bytes (statement, i) + 1);
          }
    }
  if (code != SQLITE_DONE)
    store_connection_fail (connection, code, "reading the schema", error);
  sqlite3_finalize (statement);
  return code == SQLITE_DONE ? g_strdup (g_checksum_get_string (checksum)) : NULL;
}

gboolean
store_schema_seal (StoreConnection *connection,
                   GError         **error)
{
  g_autofree char *digest = digest_schema (connection, error);
  g_autofree char *sql = NULL;

  if (digest == NULL)
    return FALSE;
  /* The digest is hexadecimal. */
  sql = g_strdup_printf ("INSERT OR REPLACE INTO meta (key, value) SELECT 'schema', '%s' "
                         "WHERE NOT EXISTS (SELECT 1 FROM meta WHERE key = 'schema' AND value = '%s')", digest, digest);
  return store_connection_exec (connection, sql, error);
}

gboolean
store_schema_verify (StoreConnection *connection,
                     GError         **error)
{
  g_autofree char *digest = digest_schema (connection, error);
  g_autofree char *sql = NULL;
  gint64 same;

  if (digest == NULL)
    return FALSE;
  sql = g_strdup_printf ("SELECT count(*) FROM meta WHERE key = 'schema' AND value = '%s'", digest);
  if (!store_connection_get_int64 (connection, sql, 0, &same, error))
    return FALSE;
  if (same != 1)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_DAMAGED, "the schema of the database is not what was written");
      return FALSE;
    }
  return TRUE;
}
