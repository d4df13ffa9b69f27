/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/state.h"

#include <glib/gi18n.h>

const char *
atrium_message_state_icon (AtriumMessageState state)
{
  switch (state)
    {
    case ATRIUM_MESSAGE_SENT:
    case ATRIUM_MESSAGE_DELIVERED:
      return "atrium-sent-symbolic";
    case ATRIUM_MESSAGE_READ:
      return "atrium-read-symbolic";
    case ATRIUM_MESSAGE_FAILED:
      return "emblem-important-symbolic";
    case ATRIUM_MESSAGE_QUEUED:
    default:
      return "document-open-recent-symbolic";
    }
}

const char *
atrium_message_state_word (AtriumMessageState state)
{
  switch (state)
    {
    /* That a device has it matters less than that somebody read it: the tooltip says so. */
    case ATRIUM_MESSAGE_SENT:
    case ATRIUM_MESSAGE_DELIVERED:
      return C_("message state", "Sent");
    case ATRIUM_MESSAGE_READ:
      return C_("message state", "Read");
    case ATRIUM_MESSAGE_FAILED:
      return C_("message state", "Not sent");
    case ATRIUM_MESSAGE_QUEUED:
    default:
      return C_("message state", "Waiting on this computer");
    }
}
