/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "workspace/people/directory.h"

G_BEGIN_DECLS

typedef struct _AtriumSession AtriumSession;
typedef struct _AtriumWorkspace AtriumWorkspace;

AtriumDirectory *atrium_directory_new      (AtriumWorkspace *workspace) G_GNUC_WARN_UNUSED_RESULT;
void             atrium_directory_detach   (AtriumDirectory *self);
/* Reads everybody, inside a transaction; what it gives goes to atrium_directory_show() or is freed. NULL on error. */
gpointer         atrium_directory_read     (StoreTransaction *tx,
                                            GError         **error);
void             atrium_directory_read_free (gpointer        read);
void             atrium_directory_show     (AtriumDirectory *self,
                                            gpointer         read);
void             atrium_directory_reload   (AtriumDirectory *self);
void             atrium_directory_clear    (AtriumDirectory *self);
/* Follows roster, presence, pictures and the block list of a session while it lives. */
void             atrium_directory_follow   (AtriumDirectory *self,
                                            AtriumSession   *session);
/* The name to show for somebody: directory, then @nick, then address. */
char            *atrium_directory_dup_name (AtriumDirectory *self,
                                            const char      *address,
                                            const char      *nick) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
