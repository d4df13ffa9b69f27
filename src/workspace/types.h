/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * Enumerations and small records of the workspace. Values that are written to disk have their own stored form in
 * src/store; the numbers here may change.
 */

/* What can go wrong with a verb of the workspace. The message is a plain translated sentence that can be shown. */
#define ATRIUM_ERROR (atrium_error_quark ())
GQuark atrium_error_quark (void);
typedef enum
{
  ATRIUM_ERROR_FAILED,          /* none of the others */
  ATRIUM_ERROR_NOT_SIGNED_IN,   /* needs an account */
  ATRIUM_ERROR_OFFLINE,         /* truly needs the server now, and there is no connection */
  ATRIUM_ERROR_REFUSED,         /* the server said no */
  ATRIUM_ERROR_POLICY,          /* the organisation does not allow it */
  ATRIUM_ERROR_NOT_FOUND,       /* no such message, room, person, entry */
  ATRIUM_ERROR_INVALID,         /* the argument makes no sense: empty text, bad address */
  ATRIUM_ERROR_TOO_LARGE,       /* file or text above the limit */
  ATRIUM_ERROR_STORAGE,         /* the disk refused; nothing was changed */
  ATRIUM_ERROR_UNSUPPORTED,     /* this server cannot do it */
  ATRIUM_ERROR_WRONG_PASSWORD,
  ATRIUM_ERROR_BUSY,            /* another program has it: second opening of the same thing */
} AtriumError;

typedef enum
{
  ATRIUM_ACCOUNT_NONE,          /* no account: local profile */
  ATRIUM_ACCOUNT_OFFLINE,       /* not wanted online, or stopped by a final problem */
  ATRIUM_ACCOUNT_WAITING,       /* wanted online; waits for the network or the next try */
  ATRIUM_ACCOUNT_CONNECTING,
  ATRIUM_ACCOUNT_ONLINE,
} AtriumAccountState;

typedef enum
{
  ATRIUM_PRESENCE_UNKNOWN,      /* we may not see it */
  ATRIUM_PRESENCE_OFFLINE,      /* for the own account: invisible */
  ATRIUM_PRESENCE_AVAILABLE,
  ATRIUM_PRESENCE_AWAY,
  ATRIUM_PRESENCE_EXTENDED_AWAY,
  ATRIUM_PRESENCE_BUSY,         /* do not disturb */
} AtriumPresence;

typedef enum
{
  ATRIUM_SUBSCRIPTION_NONE,
  ATRIUM_SUBSCRIPTION_ASKED,    /* we asked to see theirs and wait */
  ATRIUM_SUBSCRIPTION_TO,       /* we see theirs */
  ATRIUM_SUBSCRIPTION_FROM,     /* they see ours */
  ATRIUM_SUBSCRIPTION_BOTH,
} AtriumSubscription;

typedef enum
{
  ATRIUM_CONVERSATION_PERSON,
  ATRIUM_CONVERSATION_ROOM,
} AtriumConversationKind;
typedef enum
{
  ATRIUM_NOTIFY_ALL,
  ATRIUM_NOTIFY_MENTIONS,
  ATRIUM_NOTIFY_NOTHING,
} AtriumNotify;

typedef enum
{
  ATRIUM_MESSAGE_QUEUED,        /* safe on this disk */
  ATRIUM_MESSAGE_SENT,          /* the server has it */
  ATRIUM_MESSAGE_DELIVERED,     /* a device of theirs has it */
  ATRIUM_MESSAGE_READ,
  ATRIUM_MESSAGE_FAILED,        /* refused for good; see AtriumMessage:error; retry or drop it in the outbox */
} AtriumMessageState;

typedef enum
{
  ATRIUM_FILE_OTHER,
  ATRIUM_FILE_IMAGE,
  ATRIUM_FILE_VOICE,
  ATRIUM_FILE_VIDEO,
} AtriumFileKind;
typedef enum
{
  ATRIUM_FILE_REMOTE,           /* on the server only */
  ATRIUM_FILE_WAITING,          /* for its turn or the network */
  ATRIUM_FILE_RUNNING,
  ATRIUM_FILE_PAUSED,
  ATRIUM_FILE_DONE,             /* AtriumFile:path is there */
  ATRIUM_FILE_FAILED,
} AtriumFileState;

typedef enum
{
  ATRIUM_ROLE_NONE,
  ATRIUM_ROLE_VISITOR,
  ATRIUM_ROLE_PARTICIPANT,
  ATRIUM_ROLE_MODERATOR,
} AtriumRole;
typedef enum
{
  ATRIUM_AFFILIATION_NONE,
  ATRIUM_AFFILIATION_OUTCAST,
  ATRIUM_AFFILIATION_MEMBER,
  ATRIUM_AFFILIATION_ADMIN,
  ATRIUM_AFFILIATION_OWNER,
} AtriumAffiliation;

typedef enum
{
  ATRIUM_OUTBOX_MESSAGE,
  ATRIUM_OUTBOX_EDIT,
  ATRIUM_OUTBOX_RETRACTION,
  ATRIUM_OUTBOX_REACTION,
  ATRIUM_OUTBOX_READ,           /* read marker and read state of our other devices */
  ATRIUM_OUTBOX_UPLOAD,         /* a file on its way; its message follows */
  ATRIUM_OUTBOX_ROOM,           /* bookmark, invitation, subject, … */
  ATRIUM_OUTBOX_PERSON,         /* roster change, subscription, block */
  ATRIUM_OUTBOX_PROFILE,        /* own name, picture */
} AtriumOutboxKind;
typedef enum
{
  ATRIUM_OUTBOX_WAITING,        /* for a connection, its turn, or the next try */
  ATRIUM_OUTBOX_SENDING,        /* handed to the server, not confirmed */
  ATRIUM_OUTBOX_UNCERTAIN,      /* the confirmation was lost: the archive is asked before it is sent again */
  ATRIUM_OUTBOX_FAILED,         /* refused for good; retry or drop */
} AtriumOutboxState;

typedef enum
{
  ATRIUM_JOB_UPLOAD,
  ATRIUM_JOB_DOWNLOAD,
  ATRIUM_JOB_HISTORY,
  ATRIUM_JOB_INDEX,
} AtriumJobKind;
typedef enum
{
  ATRIUM_JOB_WAITING,
  ATRIUM_JOB_RUNNING,
  ATRIUM_JOB_PAUSED,
  ATRIUM_JOB_DONE,
  ATRIUM_JOB_FAILED,
} AtriumJobState;

typedef enum
{
  ATRIUM_PRIORITY_LOW,
  ATRIUM_PRIORITY_NORMAL,
  ATRIUM_PRIORITY_HIGH,
  ATRIUM_PRIORITY_URGENT,
} AtriumPriority;
typedef enum
{
  ATRIUM_SEARCH_MESSAGE,
  ATRIUM_SEARCH_PERSON,
  ATRIUM_SEARCH_ROOM,
} AtriumSearchKind;
typedef enum
{
  ATRIUM_CHECK_UNKNOWN,
  ATRIUM_CHECK_OK,
  ATRIUM_CHECK_FAILED,
  ATRIUM_CHECK_ABSENT,
} AtriumCheckState;

typedef enum
{
  ATRIUM_SEND_DEFAULT = 0,
  ATRIUM_SEND_SILENT  = 1 << 0, /* asks the receiver's program not to notify: nothing is notified at our other devices either */
} AtriumSendFlags;

typedef enum
{
  ATRIUM_ROOM_DEFAULT = 0,      /* listed, anybody of the server may enter, kept, archived, real addresses shown */
  ATRIUM_ROOM_PRIVATE = 1 << 0, /* hidden and members only */
} AtriumRoomFlags;

typedef enum
{
  ATRIUM_SEARCH_IN_MESSAGES = 1 << 0,
  ATRIUM_SEARCH_IN_PEOPLE   = 1 << 1,
  ATRIUM_SEARCH_IN_ROOMS    = 1 << 2,
  ATRIUM_SEARCH_IN_ALL      = ATRIUM_SEARCH_IN_MESSAGES | ATRIUM_SEARCH_IN_PEOPLE | ATRIUM_SEARCH_IN_ROOMS,
} AtriumSearchFlags;

typedef enum
{
  ATRIUM_SPAN_BOLD,
  ATRIUM_SPAN_ITALIC,
  ATRIUM_SPAN_STRIKE,
  ATRIUM_SPAN_CODE,
  ATRIUM_SPAN_CODE_BLOCK,
  ATRIUM_SPAN_QUOTE,
  ATRIUM_SPAN_LINK,             /* value: the URI */
  ATRIUM_SPAN_MENTION,          /* value: bare address of the person, or full room address of the occupant */
  ATRIUM_SPAN_MARKUP,           /* the styling characters themselves: dim or hide */
} AtriumSpanKind;

/**
 * AtriumSpan:
 * @start: first byte
 * @end: one past the last byte
 * @kind: what it is
 * @value: (nullable): see #AtriumSpanKind
 *
 * A stretch of a message body. Both ends lie on character boundaries.
 */
typedef struct
{
  guint          start;
  guint          end;
  AtriumSpanKind kind;
  char          *value;
} AtriumSpan;

#define ATRIUM_TYPE_SPAN (atrium_span_get_type ())
GType       atrium_span_get_type (void) G_GNUC_CONST;
AtriumSpan *atrium_span_new      (guint             start,
                                  guint             end,
                                  AtriumSpanKind    kind,
                                  const char       *value) G_GNUC_WARN_UNUSED_RESULT;
AtriumSpan *atrium_span_copy     (const AtriumSpan *span) G_GNUC_WARN_UNUSED_RESULT;
void        atrium_span_free     (AtriumSpan       *span);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtriumSpan, atrium_span_free)

/**
 * AtriumRoomConfig:
 *
 * What the owner of a room may change, typed. Obtained by atrium_conversation_get_config_async().
 */
typedef struct
{
  char    *name;
  char    *description;
  gboolean hidden;              /* not in the list of rooms */
  gboolean members_only;
  gboolean moderated;           /* visitors may not speak */
  gboolean persistent;          /* stays when empty */
  gboolean archive;             /* the server keeps its history */
  gboolean members_invite;      /* members may invite */
  gboolean anybody_sets_subject;
} AtriumRoomConfig;

#define ATRIUM_TYPE_ROOM_CONFIG (atrium_room_config_get_type ())
GType             atrium_room_config_get_type (void) G_GNUC_CONST;
AtriumRoomConfig *atrium_room_config_new      (void) G_GNUC_WARN_UNUSED_RESULT;
AtriumRoomConfig *atrium_room_config_copy     (const AtriumRoomConfig *config) G_GNUC_WARN_UNUSED_RESULT;
void              atrium_room_config_free     (AtriumRoomConfig       *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtriumRoomConfig, atrium_room_config_free)

G_END_DECLS
