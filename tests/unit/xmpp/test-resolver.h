/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A GResolver whose world is a table: every host is 127.0.0.1, services are what a test says. */
#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

/* Becomes the default resolver, until it is removed. */
TestResolver *test_resolver_install   (void);
void          test_resolver_remove    (TestResolver *self);
void          test_resolver_add_srv   (TestResolver *self,
                                       const char   *name,
                                       guint16       priority,
                                       guint16       weight,
                                       guint16       port,
                                       const char   *target);
/* A host that does not exist. */
void          test_resolver_add_missing (TestResolver *self,
                                       const char   *host);

G_END_DECLS
