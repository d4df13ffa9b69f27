/* SPDX-License-Identifier: GPL-3.0-or-later */

/* fill-profile FILE [MESSAGES [CHATS]]: a database like that of somebody who has used Atrium for a while. */

#include "generate.h"

#include <stdlib.h>

int
main (int    argc,
      char **argv)
{
  GenerateProfile profile = { 100000, 200, 300 };
  g_autoptr(StoreDatabase) db = NULL;
  g_autoptr(GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  if (argc < 2 || argc > 4)
    {
      g_printerr ("usage: fill-profile FILE [MESSAGES [CHATS]]\n");
      return 2;
    }
  if (argc > 2)
    profile.messages = strtoul (argv[2], NULL, 10);
  if (argc > 3)
    profile.chats = CLAMP (strtoul (argv[3], NULL, 10), 1, 100000);
  db = store_database_open_sync (argv[1], &error);
  if (db == NULL || !generate_profile (db, &profile, &error))
    {
      g_printerr ("fill-profile: %s\n", error->message);
      return 1;
    }
  g_print ("%u messages in %u chats, %.1f s\n", profile.messages, profile.chats,
           (g_get_monotonic_time () - start) / (double) G_USEC_PER_SEC);
  return 0;
}
