/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "conversation.h"

G_BEGIN_DECLS

/* Stored values, append only. */
typedef enum
{
  STORE_MESSAGE_TEXT = 0,     /* text, files or both */
  STORE_MESSAGE_NOTICE = 1,   /* a line about the room: topic, name, who joined */
  STORE_MESSAGE_CALL = 2,     /* a call, missed or not; the rest is in "extra" */
} StoreMessageKind;

typedef enum
{
  STORE_DIRECTION_IN = 0,
  STORE_DIRECTION_OUT = 1,
} StoreDirection;

typedef enum
{
  STORE_MESSAGE_QUEUED = 0,
  STORE_MESSAGE_SENT = 1,       /* acknowledged by the server, or seen in its archive */
  STORE_MESSAGE_DELIVERED = 2,  /* on a device of the other */
  STORE_MESSAGE_READ = 3,
  STORE_MESSAGE_FAILED = 4,
} StoreMessageState;

typedef enum
{
  STORE_FILE_REMOTE = 0,        /* not fetched */
  STORE_FILE_LOCAL = 1,         /* "path" is complete */
  STORE_FILE_MOVING = 2,        /* going up or down; see its job */
  STORE_FILE_FAILED = 3,
} StoreFileState;

/* A file of a message. */
typedef struct
{
  gint64         id;
  gint64         message;
  char          *name;
  gint64         size;          /* bytes; −1 unknown */
  char          *type;          /* media type; NULL unknown */
  char          *hash;          /* "sha-256:base64…" as the sender gave it; NULL */
  char          *url;           /* NULL until uploaded */
  char          *path;          /* in this computer's storage; NULL */
  StoreFileState state;
  int            width, height; /* of a picture or video; 0 unknown */
  gint64         duration;      /* µs; 0 unknown */
  char          *description;
  char          *error;
} StoreFile;

/* What one person answered to a message with (XEP-0444): the whole set. */
typedef struct
{
  char    *sender;              /* bare address, or NULL where unknown */
  char    *nick;                /* in rooms; NULL */
  gboolean own;
  char   **emojis;
  gint64   time;
} StoreReaction;

/* Who says something. The same person is recognised by @occupant_id first, then @sender, then @nick. */
typedef struct
{
  StoreDirection direction;     /* OUT: this account, from whichever device */
  const char    *sender;        /* bare address; in rooms the real one where it is known; NULL */
  const char    *occupant_id;   /* XEP-0421; rooms only; NULL */
  const char    *nick;          /* rooms only; NULL */
} StoreAuthor;

/* The names of one stanza. NULL where there is none. */
typedef struct
{
  const char *origin_id;        /* XEP-0359, by the sender */
  const char *message_id;       /* "id" of the stanza */
  const char *archive;          /* bare address of the archive … */
  const char *archive_id;       /* … and the id there (stanza-id) */
} StoreStanzaIds;

/**
 * StoreMessage:
 *
 * One message. Strings are owned. Reference counted, by whichever thread; not changed once it was handed over.
 */
typedef struct
{
  gint64            id;           /* stable; assigned by the store; grows roughly with the time */
  gint64            conversation;
  StoreMessageKind  kind;
  StoreDirection    direction;
  char             *sender;       /* bare address; in rooms the real one where it is known; NULL */
  char             *nick;         /* rooms; NULL */
  char             *occupant_id;  /* rooms; NULL */
  char             *origin_id;
  char             *message_id;
  char             *archive;      /* bare address of the archive that holds it; NULL */
  char             *archive_id;
  char             *body;         /* "" when there is none */
  char             *extra;        /* JSON of the layer above (mentions, markup, call data); NULL */
  char             *thread;
  gint64            time;         /* shown; µs since the epoch */
  gint64            order_key;    /* order in the conversation; follows the archive's; assigned by the store */
  StoreMessageState state;
  char             *error;        /* why it failed; NULL */
  gboolean          mention;      /* mentions this person */
  gboolean          encrypted;

  char             *reply_id;     /* id that the reply names (XEP-0461); NULL: no reply */
  gint64            reply_message; /* that message here, 0 while unknown */

  gint64            edited;       /* time of the newest edit; 0: never */
  gint64            retracted;    /* time of the retraction; 0: not. The text is gone then */
  char             *retracted_by; /* bare address or nickname */
  char             *retracted_reason;

  GPtrArray        *files;        /* (element-type StoreFile) (nullable) */
  GPtrArray        *reactions;    /* (element-type StoreReaction) (nullable); only set by reading */
} StoreMessage;

GType          store_message_get_type       (void) G_GNUC_CONST;
#define STORE_TYPE_MESSAGE (store_message_get_type ())
StoreMessage  *store_message_new            (void) G_GNUC_WARN_UNUSED_RESULT;
StoreMessage  *store_message_ref            (StoreMessage *self);
void           store_message_unref          (StoreMessage *self);
StoreFile     *store_file_new               (void) G_GNUC_WARN_UNUSED_RESULT;
void           store_file_free              (StoreFile *self);
/* Appends a new file to @self and returns it, borrowed. */
StoreFile     *store_message_add_file       (StoreMessage *self);
void           store_reaction_free          (StoreReaction *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreMessage, store_message_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreFile, store_file_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreReaction, store_reaction_free)

/**
 * StoreInsertFlags:
 * @STORE_INSERT_SEEN: does not count as unread (history fetched for reading back, own notices)
 */
typedef enum
{
  STORE_INSERT_NONE = 0,
  STORE_INSERT_SEEN = 1 << 0,
} StoreInsertFlags;

/**
 * StoreInsertOutcome:
 * @STORE_INSERTED: a new row: notify, if it is news
 * @STORE_MERGED: known already; an id, a place or a state was filled in
 * @STORE_KNOWN: known already, nothing new
 */
typedef enum
{
  STORE_INSERTED,
  STORE_MERGED,
  STORE_KNOWN,
} StoreInsertOutcome;

/**
 * store_message_insert:
 * @message: sets "id", "order_key" and, when the message was known, "state" from the row
 * @out_outcome: (out) (optional)
 *
 * Writes a message that was just written here or came live (directly, as a carbon copy, or replayed after a resumption),
 * at the end of its conversation. Pages of an archive go through store_archive_insert_page().
 *
 * The same message gives one row whichever ways and in whichever order it comes: it is recognised by archive and archive
 * id, by author and origin id, or, without an origin id, by author, message id and text; later arrivals fill in ids that
 * were missing. Edits, retractions, reactions and marks that came before it are applied.
 *
 * Limits: body 256 kB, ids 1 kB, other strings 64 kB, 64 files: beyond, INVALID.
 */
gboolean       store_message_insert         (StoreTransaction   *tx,
                                             StoreMessage       *message,
                                             StoreInsertFlags    flags,
                                             StoreInsertOutcome *out_outcome,
                                             GError            **error);

/* Reading. NULL with NOT_FOUND when there is none. Files and reactions are included. */
StoreMessage  *store_message_load           (StoreTransaction *tx, gint64 id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* By any of its ids, as edits, replies and reactions name it. The newest match. */
StoreMessage  *store_message_find           (StoreTransaction *tx, gint64 conversation, const char *wire_id,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The own message that was sent with @origin_id, in whichever conversation. */
StoreMessage  *store_message_find_own       (StoreTransaction *tx, const char *origin_id,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * store_message_list:
 * @order_key: the messages before or after this one; %G_MAXINT64 and before: the newest
 * @limit: 1 to 500
 *
 * Returns: (element-type StoreMessage): oldest first
 */
GPtrArray     *store_message_list_before    (StoreTransaction *tx, gint64 conversation, gint64 order_key, guint limit,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray     *store_message_list_after     (StoreTransaction *tx, gint64 conversation, gint64 order_key, guint limit,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Messages with files, newest first, for the Files panel. */
GPtrArray     *store_message_list_with_files (StoreTransaction *tx, gint64 conversation, gint64 before_id, guint limit,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Earlier texts of an edited message, oldest first: messages with only body, extra and time set. */
GPtrArray     *store_message_list_versions  (StoreTransaction *tx, gint64 id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * store_message_set_state:
 *
 * Moves the state forward: queued → sent → delivered → read, and never back, except that FAILED replaces QUEUED and
 * anything replaces FAILED. @error_text is kept with FAILED.
 */
gboolean       store_message_set_state      (StoreTransaction *tx, gint64 id, StoreMessageState state,
                                             const char *error_text, GError **error);
/**
 * store_message_place_waiting:
 *
 * Own messages that wait in the outbox go behind what has come from the archive since they were written, in the order in
 * which they were written: that is where the archive will have them. Call it after writing what came.
 */
gboolean       store_message_place_waiting  (StoreTransaction *tx, gint64 conversation, GError **error);
/* After a room answered with its own copy, or an archive look-up found it: fills in what was missing. */
gboolean       store_message_set_ids        (StoreTransaction *tx, gint64 id, const StoreStanzaIds *ids, GError **error);
gboolean       store_message_set_extra      (StoreTransaction *tx, gint64 id, const char *json, GError **error);

/*
 * What others, or this account's other devices, do to a message. @target is an id as the wire gave it. The store checks that
 * an edit or retraction comes from the author of the message; the caller has checked who @author is. An unknown target
 * waits for its message (at most 1,000 a conversation, 64 kB each; the oldest give way). @ids are the action's own: a
 * second arrival changes nothing. @out_message (optional): the message it was applied to; 0 while it waits; −1 when it was
 * refused (not by the author, or the message is retracted).
 */
gboolean       store_message_apply_edit     (StoreTransaction *tx, gint64 conversation, const char *target,
                                             const StoreAuthor *author, const StoreStanzaIds *ids, gint64 time,
                                             const char *body, const char *extra, gint64 *out_message, GError **error);
/* @moderator: NULL when the author retracts; else who did it for the room (XEP-0425), already verified. */
gboolean       store_message_apply_retraction (StoreTransaction *tx, gint64 conversation, const char *target,
                                             const StoreAuthor *author, const StoreStanzaIds *ids, gint64 time,
                                             const char *moderator, const char *reason, gint64 *out_message, GError **error);
/* The whole set of one person; an empty one takes it back. At most 32 emojis of 64 bytes. */
gboolean       store_message_apply_reactions (StoreTransaction *tx, gint64 conversation, const char *target,
                                             const StoreAuthor *author, gint64 time, const char * const *emojis,
                                             gint64 *out_message, GError **error);
/* XEP-0184: one message of ours is on a device of @author. */
gboolean       store_message_apply_receipt  (StoreTransaction *tx, gint64 conversation, const char *target,
                                             const StoreAuthor *author, gint64 time, gint64 *out_message, GError **error);
/* XEP-0333, XEP-0490: @author has read up to @target. OUT: this person, on another device. */
gboolean       store_message_apply_read     (StoreTransaction *tx, gint64 conversation, const char *target,
                                             const StoreAuthor *author, gint64 time, gint64 *out_message, GError **error);

/* How far another has read. */
typedef struct
{
  char  *sender;
  char  *nick;
  gint64 message;
  gint64 order_key;
  gint64 time;
} StoreReadMark;
void           store_read_mark_free         (StoreReadMark *self);
GPtrArray     *store_message_list_read_marks (StoreTransaction *tx, gint64 conversation,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Files. */
StoreFile     *store_file_load              (StoreTransaction *tx, gint64 id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes everything but id and message of @file. */
gboolean       store_file_update            (StoreTransaction *tx, const StoreFile *file, GError **error);

/**
 * store_message_delete:
 * store_message_delete_before:
 *
 * Removes rows from this computer: one, or at most @limit with an id from before @time ("keep n months"); queued ones stay.
 * @out_paths: (out) (optional) (element-type filename): local files that nobody needs any more; the caller deletes them.
 */
gboolean       store_message_delete         (StoreTransaction *tx, gint64 id, GPtrArray **out_paths, GError **error);
gboolean       store_message_delete_before  (StoreTransaction *tx, gint64 time, guint limit, guint *out_deleted,
                                             GPtrArray **out_paths, GError **error);

G_END_DECLS
