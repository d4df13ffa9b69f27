/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "workspace/types.h"

G_DEFINE_QUARK (atrium-error-quark, atrium_error)
G_DEFINE_BOXED_TYPE (AtriumSpan, atrium_span, atrium_span_copy, atrium_span_free)
G_DEFINE_BOXED_TYPE (AtriumRoomConfig, atrium_room_config, atrium_room_config_copy, atrium_room_config_free)

AtriumSpan *
atrium_span_new (guint           start,
                 guint           end,
                 AtriumSpanKind  kind,
                 const char     *value)
{
  AtriumSpan *span = g_new0 (AtriumSpan, 1);

  g_assert (start <= end);

  span->start = start;
  span->end = end;
  span->kind = kind;
  span->value = g_strdup (value);

  return span;
}

AtriumSpan *
atrium_span_copy (const AtriumSpan *span)
{
  return atrium_span_new (span->start, span->end, span->kind, span->value);
}

void
atrium_span_free (AtriumSpan *span)
{
  if (span == NULL)
    return;

  g_free (span->value);
  g_free (span);
}

AtriumRoomConfig *
atrium_room_config_new (void)
{
  return g_new0 (AtriumRoomConfig, 1);
}

AtriumRoomConfig *
atrium_room_config_copy (const AtriumRoomConfig *config)
{
  AtriumRoomConfig *copy = g_new0 (AtriumRoomConfig, 1);

  *copy = *config;
  copy->name = g_strdup (config->name);
  copy->description = g_strdup (config->description);

  return copy;
}

void
atrium_room_config_free (AtriumRoomConfig *config)
{
  if (config == NULL)
    return;

  g_free (config->name);
  g_free (config->description);
  g_free (config);
}
