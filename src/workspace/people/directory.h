/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/people/group.h"
#include "workspace/people/person.h"

G_BEGIN_DECLS

/**
 * AtriumDirectory:
 *
 * The people of the organisation (shared roster groups), own contacts, and everybody we talk with.
 */
#define ATRIUM_TYPE_DIRECTORY (atrium_directory_get_type ())
G_DECLARE_FINAL_TYPE (AtriumDirectory, atrium_directory, ATRIUM, DIRECTORY, GObject)

GListModel   *atrium_directory_get_people   (AtriumDirectory *self);   /* AtriumPerson: contacts by name (pinyin order for Chinese names) */
GListModel   *atrium_directory_get_groups   (AtriumDirectory *self);   /* AtriumGroup: top units; people without a group are in none */
GListModel   *atrium_directory_get_requests (AtriumDirectory *self);   /* AtriumPerson: those who ask to see our presence, at most 50 */

/* The person with @address, made when unknown; the same object as long as anybody holds it. */
AtriumPerson *atrium_directory_lookup       (AtriumDirectory *self,
                                             const char      *address) G_GNUC_WARN_UNUSED_RESULT;
/* Me. NULL without an account. */
AtriumPerson *atrium_directory_get_own      (AtriumDirectory *self);

/* People whose name, reading (pinyin), initials or address match @text, best first: AtriumPerson with `match-hint`. At once, from memory.
 * Empty @text: everybody. */
GListModel   *atrium_directory_search       (AtriumDirectory *self,
                                             const char      *text) G_GNUC_WARN_UNUSED_RESULT;

/* Contacts. These wait in the outbox when offline. @name, @groups (nullable). add also asks to see their presence. */
void atrium_directory_add_async (AtriumDirectory    *self,
                                 const char         *address,
                                 const char         *name,
                                 const char * const *groups,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data);
gboolean atrium_directory_add_finish (AtriumDirectory *self,
                                      GAsyncResult    *result,
                                      GError         **error);
void atrium_directory_remove_async (AtriumDirectory    *self,
                                    const char         *address,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
gboolean atrium_directory_remove_finish (AtriumDirectory *self,
                                         GAsyncResult    *result,
                                         GError         **error);
void atrium_directory_approve_async (AtriumDirectory    *self,
                                     const char         *address,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data);
gboolean atrium_directory_approve_finish (AtriumDirectory *self,
                                          GAsyncResult    *result,
                                          GError         **error);
void atrium_directory_decline_async (AtriumDirectory    *self,
                                     const char         *address,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data);
gboolean atrium_directory_decline_finish (AtriumDirectory *self,
                                          GAsyncResult    *result,
                                          GError         **error);
void atrium_directory_set_blocked_async (AtriumDirectory    *self,
                                         const char         *address,
                                         gboolean            blocked,
                                         GCancellable       *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);
gboolean atrium_directory_set_blocked_finish (AtriumDirectory *self,
                                              GAsyncResult    *result,
                                              GError         **error);

/* Fetches card and picture of a person into its properties; needs the server, quiet when it knows none. */
void atrium_directory_load_card_async (AtriumDirectory    *self,
                                       AtriumPerson       *person,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
gboolean atrium_directory_load_card_finish (AtriumDirectory *self,
                                            GAsyncResult    *result,
                                            GError         **error);

G_END_DECLS
