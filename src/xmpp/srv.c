/* SPDX-License-Identifier: GPL-3.0-or-later */

/* SRV records: RFC 2782; XEP-0368 for TLS from the first byte. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "srv.h"

#include <string.h>

/* More targets than this are not tried: an answer is one packet of DNS, but TCP answers can be 64 kB. */
#define MAX_TARGETS 32

void
xmpp_srv_target_free (XmppSrvTarget *target)
{
  g_free (target->host);
  g_free (target);
}

gboolean
xmpp_srv_collect (GPtrArray *targets,
                  GList     *records,
                  gboolean   direct_tls)
{
  for (GList *l = records; l != NULL; l = l->next)
    {
      guint16 priority, weight, port;
      const char *host;
      XmppSrvTarget *target;

      g_variant_get (l->data, "(qqq&s)", &priority, &weight, &port, &host);
      if (*host == '\0' || strcmp (host, ".") == 0)
        {
          if (records->next == NULL)
            return FALSE;
          continue;
        }
      if (port == 0 || targets->len >= MAX_TARGETS)
        continue;
      target = g_new0 (XmppSrvTarget, 1);
      target->host = g_strdup (host);
      if (g_str_has_suffix (target->host, "."))
        target->host[strlen (target->host) - 1] = '\0';
      target->port = port;
      target->priority = priority;
      target->weight = weight;
      target->direct_tls = direct_tls;
      g_ptr_array_add (targets, target);
    }
  return TRUE;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const XmppSrvTarget *first = *(XmppSrvTarget **) a;
  const XmppSrvTarget *second = *(XmppSrvTarget **) b;

  if (first->priority != second->priority)
    return first->priority < second->priority ? -1 : 1;
  /* Weight 0 first: it then has its small chance (RFC 2782, "Weight"). */
  if ((first->weight == 0) != (second->weight == 0))
    return first->weight == 0 ? -1 : 1;
  return 0;
}

static guint32
system_random (guint32 bound)
{
  return g_random_int_range (0, bound);
}

void
xmpp_srv_sort (GPtrArray *targets,
               guint32  (*random) (guint32 bound))
{
  if (random == NULL)
    random = system_random;
  g_ptr_array_sort (targets, compare);

  /* The next of a priority is drawn by running sums of the weights of those that are left. */
  for (guint place = 0; place < targets->len; place++)
    {
      XmppSrvTarget **list = (XmppSrvTarget **) targets->pdata;
      XmppSrvTarget *drawn;
      guint32 sum = 0, draw, running = 0;
      guint i, end;

      for (end = place; end < targets->len && list[end]->priority == list[place]->priority; end++)
        sum += list[end]->weight;
      draw = random (sum + 1);
      for (i = place; i + 1 < end; i++)
        {
          running += list[i]->weight;
          if (running >= draw)
            break;
        }
      drawn = list[i];
      memmove (list + place + 1, list + place, (i - place) * sizeof *list);
      list[place] = drawn;
    }
}
