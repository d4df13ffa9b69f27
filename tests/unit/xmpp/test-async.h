/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "test-stream.h"

G_BEGIN_DECLS

/* The result of an asynchronous call, waited for: test_async_done() as its callback with a GAsyncResult * as data. */

static inline void
test_async_done (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  GAsyncResult **out = user_data;

  g_assert_null (*out);
  *out = g_object_ref (result);
}

static inline gboolean
test_async_has (gpointer data)
{
  return *(GAsyncResult **) data != NULL;
}

static inline GAsyncResult *
test_async_wait (GAsyncResult **result)
{
  test_stream_wait (test_async_has, result);
  return *result;
}

/* Makes the client believe that a new session has begun: features ask for their lists. */
static inline void
test_session_start (TestStream *stream)
{
  g_signal_emit_by_name (test_stream_get_client (stream), "session-started", FALSE);
}

G_END_DECLS
