/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0393: spans stay inside the text, in order, and nest. */

#include "config.h"

#include "xmpp/styling.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static gboolean
is_boundary (const char *text,
             gsize       size,
             gsize       at)
{
  return at == size || ((guchar) text[at] & 0xc0) != 0x80;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  const char *text = (const char *) data;
  g_autoptr(GArray) spans = NULL;
  g_autoptr(GArray) open = NULL;

  if (size == 0 || !g_utf8_validate (text, size, NULL))
    return 0;
  open = g_array_new (FALSE, FALSE, sizeof (gsize));
  spans = xmpp_styling_parse (text, size);
  for (guint i = 0; i < spans->len; i++)
    {
      const XmppStyleSpan *span = &g_array_index (spans, XmppStyleSpan, i);

      g_assert_cmpuint (span->start, <, span->end);
      g_assert_cmpuint (span->end, <=, size);
      g_assert_true (is_boundary (text, size, span->start) && is_boundary (text, size, span->end));
      if (i > 0)
        g_assert_cmpuint (span->start, >=, g_array_index (spans, XmppStyleSpan, i - 1).start);
      while (open->len > 0 && g_array_index (open, gsize, open->len - 1) <= span->start)
        g_array_set_size (open, open->len - 1);
      if (open->len > 0)
        g_assert_cmpuint (span->end, <=, g_array_index (open, gsize, open->len - 1));
      g_array_append_val (open, span->end);
    }
  return 0;
}
