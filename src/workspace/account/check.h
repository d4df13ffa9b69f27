/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumCheck:
 *
 * One line of “Check connection”.
 *
 * Properties, all read-only from outside and notified when they change:
 *
 * - `title`: what was looked at
 * - `name`: stable short name for scripts: “name”, “server”, “sign-in”, “archive”, “upload”, …
 * - `state`: UNKNOWN while it runs
 * - `detail`: what was seen, plain words (nullable)
 * - `fix`: what to do about it (nullable)
 */
#define ATRIUM_TYPE_CHECK (atrium_check_get_type ())
G_DECLARE_FINAL_TYPE (AtriumCheck, atrium_check, ATRIUM, CHECK, GObject)

const char      *atrium_check_get_title  (AtriumCheck *self);
const char      *atrium_check_get_name   (AtriumCheck *self);
AtriumCheckState atrium_check_get_state  (AtriumCheck *self);
const char      *atrium_check_get_detail (AtriumCheck *self);
const char      *atrium_check_get_fix    (AtriumCheck *self);

G_END_DECLS
