/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "workspace/workspace-private.h"
#include "xmpp/archive.h"

G_BEGIN_DECLS

/**
 * AtriumApply:
 *
 * What came from the network, to be written in one transaction, and what came of it. Filled on the main thread, worked
 * off on the database thread by atrium_apply_work(), read on the main thread again.
 */
typedef struct _AtriumApply AtriumApply;

/* A delivery receipt that is owed (XEP-0184). */
typedef struct
{
  char *to;
  char *type;
  char *id;
} AtriumReceipt;

/* A new incoming message the user may want to hear of. */
typedef struct
{
  gint64        conversation;
  StoreMessage *message;
  gboolean      live;         /* just said; else found in the archive, and the newest one there */
} AtriumNews;

AtriumApply *atrium_apply_new           (AtriumWorkspace        *workspace) G_GNUC_WARN_UNUSED_RESULT;
void         atrium_apply_free          (AtriumApply            *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtriumApply, atrium_apply_free)

/* @settles: outbox entry that this message proves to have arrived; 0 none. */
void         atrium_apply_add           (AtriumApply            *self,
                                         XmppIncoming           *incoming,
                                         gint64                  settles);
void         atrium_apply_set_page      (AtriumApply            *self,
                                         XmppArchivePage        *page,
                                         StoreArchiveDirection   direction,
                                         const char             *scope,
                                         const char             *anchor_id,
                                         gboolean                seen,
                                         gboolean                bounded);
gboolean     atrium_apply_is_empty      (AtriumApply            *self);

/* A #StoreWork; @data is the AtriumApply. */
gboolean     atrium_apply_work          (StoreTransaction       *tx,
                                         gpointer                data,
                                         GError                **error);
/* Forgets the results of a work that failed, to run it again. */
void         atrium_apply_reset         (AtriumApply            *self);

GPtrArray   *atrium_apply_get_receipts  (AtriumApply            *self);   /* (element-type AtriumReceipt) */
GPtrArray   *atrium_apply_get_news      (AtriumApply            *self);   /* (element-type AtriumNews) */
GArray      *atrium_apply_get_settled   (AtriumApply            *self);   /* gint64: outbox entries */
GArray      *atrium_apply_get_read      (AtriumApply            *self);   /* gint64: conversations read elsewhere */

G_END_DECLS
