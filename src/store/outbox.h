/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

G_BEGIN_DECLS

/* Stored values, append only. */
typedef enum
{
  STORE_OUTBOX_WAITING = 0,
  STORE_OUTBOX_SENDING = 1,   /* handed to a stream, not yet acknowledged */
  STORE_OUTBOX_FAILED = 2,    /* will not be tried again without the person */
} StoreOutboxState;

/**
 * StoreOutboxEntry:
 *
 * One write on its way out, whatever it is: message, edit, reaction, read mark, upload, document update. What "kind" and
 * "payload" mean is up to the layer above.
 */
typedef struct
{
  gint64           id;         /* order of sending within a lane; assigned by store_outbox_add() */
  char            *kind;       /* "message", "reaction" … at most 64 bytes */
  char            *target;     /* address or node it goes to */
  char            *lane;       /* entries of one lane go one after another; NULL: the target */
  char            *stanza_id;  /* origin id that it is sent under, for the look-up after a lost stream; NULL */
  GBytes          *payload;    /* at most 1 MB */
  gint64           message;    /* row it belongs to, or 0 */
  gint64           conversation; /* or 0 */
  StoreOutboxState state;
  guint            tries;
  gint64           next_try;   /* µs since the epoch; 0: now */
  char            *error;      /* the last one, for people; NULL */
  gint64           created;
} StoreOutboxEntry;

GType             store_outbox_entry_get_type (void) G_GNUC_CONST;
#define STORE_TYPE_OUTBOX_ENTRY (store_outbox_entry_get_type ())
StoreOutboxEntry *store_outbox_entry_new      (void) G_GNUC_WARN_UNUSED_RESULT;
StoreOutboxEntry *store_outbox_entry_ref      (StoreOutboxEntry *self);
void              store_outbox_entry_unref    (StoreOutboxEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreOutboxEntry, store_outbox_entry_unref)

/* Sets "id". */
gboolean          store_outbox_add            (StoreTransaction *tx, StoreOutboxEntry *entry, GError **error);
StoreOutboxEntry *store_outbox_load           (StoreTransaction *tx, gint64 id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Oldest first. */
GPtrArray        *store_outbox_list           (StoreTransaction *tx, guint limit, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean          store_outbox_count          (StoreTransaction *tx, guint *out_count, GError **error);
/**
 * store_outbox_list_ready:
 * @pipeline: so many entries of one lane may be under way at a time, 1 or more
 *
 * Entries to send at @now: WAITING, due, and with nothing before them in their lane but SENDING entries; at most @pipeline of
 * a lane counting those. A FAILED entry does not hold up its lane; a waiting one whose time has not come does.
 * @out_next: (out) (optional): when the next one becomes due; G_MAXINT64: none waits for a time.
 */
GPtrArray        *store_outbox_list_ready     (StoreTransaction *tx, gint64 now, guint pipeline, guint limit, gint64 *out_next,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean          store_outbox_set_sending    (StoreTransaction *tx, gint64 id, GError **error);    /* counts a try */
gboolean          store_outbox_set_waiting    (StoreTransaction *tx, gint64 id, gint64 next_try, const char *error_text, GError **error);
gboolean          store_outbox_set_failed     (StoreTransaction *tx, gint64 id, const char *error_text, GError **error);
gboolean          store_outbox_set_payload    (StoreTransaction *tx, gint64 id, GBytes *payload, GError **error);
/* The stream is gone: all that were SENDING wait again. */
gboolean          store_outbox_reset_sending  (StoreTransaction *tx, GError **error);
/* Done, or dropped by the person. NOT_FOUND when somebody else was faster. */
gboolean          store_outbox_remove         (StoreTransaction *tx, gint64 id, GError **error);

/*
 * Jobs: uploads and downloads that continue after a restart.
 */
typedef enum
{
  STORE_JOB_WAITING = 0,
  STORE_JOB_RUNNING = 1,
  STORE_JOB_FAILED = 2,
} StoreJobState;

typedef struct
{
  gint64        id;
  char         *kind;      /* "upload", "download" */
  gint64        file;      /* StoreFile it is for, or 0 */
  gint64        outbox;    /* entry that waits for it, or 0 */
  char         *source;    /* path or URL */
  char         *target;
  gint64        offset;    /* bytes done */
  gint64        total;     /* −1 unknown */
  StoreJobState state;
  guint         tries;
  gint64        next_try;
  char         *error;
  GBytes       *payload;   /* slot, headers; NULL */
  gint64        created;
} StoreJob;

GType             store_job_get_type          (void) G_GNUC_CONST;
#define STORE_TYPE_JOB (store_job_get_type ())
StoreJob         *store_job_new               (void) G_GNUC_WARN_UNUSED_RESULT;
StoreJob         *store_job_ref               (StoreJob *self);
void              store_job_unref             (StoreJob *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreJob, store_job_unref)
gboolean          store_job_add               (StoreTransaction *tx, StoreJob *job, GError **error);
gboolean          store_job_update            (StoreTransaction *tx, const StoreJob *job, GError **error);
gboolean          store_job_set_offset        (StoreTransaction *tx, gint64 id, gint64 offset, GError **error);
gboolean          store_job_remove            (StoreTransaction *tx, gint64 id, GError **error);
StoreJob         *store_job_load              (StoreTransaction *tx, gint64 id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray        *store_job_list              (StoreTransaction *tx, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
