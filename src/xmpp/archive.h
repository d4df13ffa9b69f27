/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/messages.h"

G_BEGIN_DECLS

/* XEP-0313: Message Archive Management, paged by XEP-0059; of the own account and of rooms. */

#define XMPP_NS_ARCHIVE          "urn:xmpp:mam:2"
#define XMPP_NS_ARCHIVE_EXTENDED "urn:xmpp:mam:2#extended"

/* One page; a slow server needs its 30 seconds for it. */
#define XMPP_ARCHIVE_PAGE_DEFAULT 50
#define XMPP_ARCHIVE_PAGE_MAX     250

#define XMPP_ARCHIVE_ERROR (xmpp_archive_error_quark ())
GQuark xmpp_archive_error_quark (void);
typedef enum
{
  XMPP_ARCHIVE_ERROR_INVALID,       /* the answer is not what was asked for */
  XMPP_ARCHIVE_ERROR_UNSUPPORTED,   /* this archive cannot be asked that way (extended fields) */
} XmppArchiveError;

/* Plain data: initialise with { 0 }; strings are borrowed. */
typedef struct
{
  const char *archive;          /* room's bare address; NULL = own account */
  const char *with;             /* only with that person (own account's archive); (nullable) */
  gint64      start, end;       /* µs since the epoch; 0 = open */
  guint       max;              /* 0 = XMPP_ARCHIVE_PAGE_DEFAULT */
  const char *after;            /* forward: the page that follows this archive id; (nullable): from the beginning */
  const char *before;           /* backward: the page that precedes it; "" the last page; (nullable) */
  const char *newer_than;       /* extended: only what follows this archive id, whichever way it is paged; (nullable) */
  const char *older_than;       /* extended; (nullable) */
  const char *const *ids;       /* extended: just these; (nullable) */
} XmppArchiveQuery;

/* Boxed, reference counted, read only. */
typedef struct
{
  char      *archive;           /* bare address of the archive */
  GPtrArray *messages;          /* (element-type XmppIncoming), oldest first */
  char      *first, *last;      /* archive ids to go on from; NULL for an empty page */
  gint64     count;             /* of the whole result; −1 = not said */
  gboolean   complete;          /* no more in the direction paged */
  guint      refused;           /* results that did not pass the checks */

  /*< private >*/
  gatomicrefcount refs;
} XmppArchivePage;

GType            xmpp_archive_page_get_type  (void) G_GNUC_CONST;
#define XMPP_TYPE_ARCHIVE_PAGE (xmpp_archive_page_get_type ())
XmppArchivePage *xmpp_archive_page_ref       (XmppArchivePage *self);
void             xmpp_archive_page_unref     (XmppArchivePage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppArchivePage, xmpp_archive_page_unref)

#define XMPP_TYPE_ARCHIVE (xmpp_archive_get_type ())
G_DECLARE_FINAL_TYPE (XmppArchive, xmpp_archive, XMPP, ARCHIVE, GObject)

XmppArchive     *xmpp_archive_new            (XmppMessages        *messages) G_GNUC_WARN_UNUSED_RESULT;
/* Whether @archive (NULL = own) announced archiving in this session; for rooms: once joined. @extended: (out) (optional) */
gboolean         xmpp_archive_is_supported   (XmppArchive         *self,
                                              const char          *archive,
                                              gboolean            *extended);

/**
 * xmpp_archive_query_async:
 *
 * Fetches one page. XmppMessages::received is emitted with it before @callback runs (also when it is empty). Errors:
 * XMPP_STANZA_ERROR (ITEM_NOT_FOUND: the archive does not know the id to go on from any more), XMPP_ARCHIVE_ERROR.
 */
void             xmpp_archive_query_async    (XmppArchive            *self,
                                              const XmppArchiveQuery *query,
                                              GCancellable           *cancellable,
                                              GAsyncReadyCallback     callback,
                                              gpointer                user_data);
XmppArchivePage *xmpp_archive_query_finish   (XmppArchive            *self,
                                              GAsyncResult           *result,
                                              GError                **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xmpp_archive_find_async:
 * @archive: room's bare address; %NULL for the own account
 * @with: (nullable): the other side, in the own archive
 * @origin_id: id that we sent it with
 * @since: µs since the epoch, by the clock of this machine; a margin of 10 minutes is added for the server's clock
 *
 * Whether a message of ours has reached the archive, for sending exactly once: call it for what is unacknowledged when a
 * session ended, and send again only what is not there. Pages through everything since then; nothing is emitted.
 * The finish function gives the archive id; NULL without error: it is not there.
 */
void             xmpp_archive_find_async     (XmppArchive            *self,
                                              const char             *archive,
                                              const char             *with,
                                              const char             *origin_id,
                                              gint64                  since,
                                              GCancellable           *cancellable,
                                              GAsyncReadyCallback     callback,
                                              gpointer                user_data);
char            *xmpp_archive_find_finish    (XmppArchive            *self,
                                              GAsyncResult           *result,
                                              GError                **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
