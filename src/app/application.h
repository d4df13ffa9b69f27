/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define ATRIUM_TYPE_APPLICATION (atrium_application_get_type ())
G_DECLARE_FINAL_TYPE (AtriumApplication, atrium_application, ATRIUM, APPLICATION, AdwApplication)

/**
 * atrium_application_new:
 *
 * The program. Looks at @argv for --profile already, because a profile has its own application id: two
 * profiles run side by side, each once.
 */
AtriumApplication *atrium_application_new (int    argc,
                                           char **argv) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
