/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What keeps a connection going, without one: counts, the link's watch, back-off, SRV. */

#include "config.h"

#include "test-clock.h"

#include "xmpp/backoff.h"
#include "xmpp/connector.h"
#include "xmpp/host-meta.h"
#include "xmpp/link.h"
#include "xmpp/sm.h"
#include "xmpp/srv.h"

#include <string.h>

#define SECOND G_TIME_SPAN_SECOND

/* --- stream management --- */

static void
sent (XmppSm  *sm,
      guint64  first,
      guint64  last)
{
  for (guint64 serial = first; serial <= last; serial++)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, serial);
      g_autoptr(GBytes) xml = g_bytes_new (text, strlen (text));

      xmpp_sm_sent (sm, serial, xml);
    }
}

static void
test_sm_out (void)
{
  g_autoptr(XmppSm) sm = xmpp_sm_new ();
  guint64 serial = 0;

  g_assert_false (xmpp_sm_acknowledge (sm, "0", &serial));   /* no session */
  xmpp_sm_start (sm, "id", NULL, 0);
  sent (sm, 11, 13);
  g_assert_true (xmpp_sm_acknowledge (sm, "0", &serial));
  g_assert_cmpuint (serial, ==, 0);
  g_assert_true (xmpp_sm_acknowledge (sm, "2", &serial));
  g_assert_cmpuint (serial, ==, 12);
  g_assert_cmpuint (xmpp_sm_get_first_waiting (sm), ==, 13);
  g_assert_cmpuint (xmpp_sm_get_out_count (sm), ==, 3);

  /* Too high, back, no numbers: nothing changes. */
  for (const char * const *h = (const char * const[]) { "4", "1", "4294967295", "4294967296", "-1", "", " 2", "2 ", "0x2",
                                                         "2.0", "+2", NULL, }; *h != NULL; h++)
    g_assert_false (xmpp_sm_acknowledge (sm, *h, &serial));
  g_assert_false (xmpp_sm_acknowledge (sm, NULL, &serial));
  g_assert_cmpuint (serial, ==, 12);
  g_assert_cmpuint (xmpp_sm_get_n_waiting (sm), ==, 1);
  g_assert_true (xmpp_sm_acknowledge (sm, "3", &serial));
  g_assert_cmpuint (serial, ==, 13);
  g_assert_cmpuint (xmpp_sm_get_first_waiting (sm), ==, 0);
}

/* The peer's count goes round at 2^32: begun just below it by a restored session. */
static void
test_sm_wrap (void)
{
  g_autoptr(XmppSm) sm = xmpp_sm_new ();
  g_autoptr(GVariant) saved = g_variant_ref_sink (g_variant_new ("(usssuu)", 1, "id", "", "a@b/c", 4294967294u, 4294967294u));
  g_autofree char *address = NULL;
  guint64 serial = 0;

  g_assert_true (xmpp_sm_restore (sm, saved, 0, &address));
  g_assert_cmpstr (address, ==, "a@b/c");
  g_assert_true (xmpp_sm_acknowledge (sm, "4294967295", &serial));   /* the earlier process sent one more */
  g_assert_false (xmpp_sm_is_restored (sm));
  sent (sm, 1, 3);
  g_assert_true (xmpp_sm_acknowledge (sm, "0", &serial));
  g_assert_cmpuint (serial, ==, 1);
  g_assert_false (xmpp_sm_acknowledge (sm, "4294967295", &serial));
  g_assert_true (xmpp_sm_acknowledge (sm, "2", &serial));
  g_assert_cmpuint (serial, ==, 3);

  /* In goes round as well. */
  g_assert_cmpuint (xmpp_sm_get_h (sm, 0), ==, 4294967294u);
  g_assert_cmpuint (xmpp_sm_get_h (sm, 3), ==, 1);
}

static void
test_sm_in (void)
{
  g_autoptr(XmppSm) sm = xmpp_sm_new ();

  xmpp_sm_start (sm, "id", NULL, 100);
  g_assert_cmpuint (xmpp_sm_get_h (sm, 100), ==, 0);
  g_assert_cmpuint (xmpp_sm_get_h (sm, 103), ==, 3);
  g_assert_cmpuint (xmpp_sm_get_h (sm, 50), ==, 0);   /* confirmed late, of the session before */
}

/* Three handled, one confirmed, the link breaks: after the resume two come again and are left out. */
static void
test_sm_repetition (void)
{
  g_autoptr(XmppSm) sm = xmpp_sm_new ();

  xmpp_sm_start (sm, "id", NULL, 0);
  xmpp_sm_handled (sm, 1, 111);
  xmpp_sm_handled (sm, 2, 222);
  xmpp_sm_handled (sm, 3, 333);
  xmpp_sm_confirmed (sm, 1);
  g_assert_false (xmpp_sm_is_repetition (sm, 222, 3));   /* nothing is repeated while the link lives */

  xmpp_sm_resumed (sm, 1);
  g_assert_true (xmpp_sm_expects_repetition (sm));
  g_assert_true (xmpp_sm_is_repetition (sm, 222, 3));
  g_assert_true (xmpp_sm_is_repetition (sm, 333, 3));
  g_assert_false (xmpp_sm_is_repetition (sm, 333, 3));   /* the same text once more is a new stanza */
  g_assert_cmpuint (xmpp_sm_get_h (sm, 1), ==, 1);
  g_assert_cmpuint (xmpp_sm_get_h (sm, 4), ==, 4);
}

/* The server lost one of what it had sent: its count stays right all the same. */
static void
test_sm_repetition_with_a_gap (void)
{
  g_autoptr(XmppSm) sm = xmpp_sm_new ();

  xmpp_sm_start (sm, "id", NULL, 0);
  xmpp_sm_handled (sm, 1, 111);
  xmpp_sm_handled (sm, 2, 222);
  xmpp_sm_handled (sm, 3, 333);
  xmpp_sm_resumed (sm, 0);
  g_assert_true (xmpp_sm_is_repetition (sm, 111, 3));     /* the server's number 1 */
  g_assert_false (xmpp_sm_is_repetition (sm, 444, 3));    /* its number 2, our serial 4 */
  g_assert_cmpuint (xmpp_sm_get_h (sm, 4), ==, 2);
  g_assert_cmpuint (xmpp_sm_get_h (sm, 2), ==, 0);        /* of the old ones only what was confirmed before */
}

static void
test_sm_save (void)
{
  g_autoptr(XmppSm) sm = xmpp_sm_new ();
  g_autoptr(XmppSm) later = xmpp_sm_new ();
  g_autoptr(GVariant) saved = NULL;
  g_autoptr(GVariant) foreign = g_variant_ref_sink (g_variant_new_string ("x"));
  g_autoptr(GVariant) future = g_variant_ref_sink (g_variant_new ("(usssuu)", 2, "id", "", "a@b/c", 0, 0));
  g_autoptr(GVariant) empty = g_variant_ref_sink (g_variant_new ("(usssuu)", 1, "", "", "a@b/c", 0, 0));
  g_autofree char *address = NULL;

  g_assert_null (xmpp_sm_save (sm, "a@b/c", 0));
  xmpp_sm_start (sm, NULL, NULL, 0);
  g_assert_null (xmpp_sm_save (sm, "a@b/c", 0));   /* cannot be resumed */
  xmpp_sm_start (sm, "id-1", "host:1", 10);
  saved = xmpp_sm_save (sm, "a@b/c", 14);

  g_assert_false (xmpp_sm_restore (later, foreign, 0, &address));
  g_assert_false (xmpp_sm_restore (later, future, 0, &address));
  g_assert_false (xmpp_sm_restore (later, empty, 0, &address));
  g_assert_false (xmpp_sm_is_active (later));
  g_assert_true (xmpp_sm_restore (later, saved, 0, &address));
  g_assert_cmpstr (address, ==, "a@b/c");
  g_assert_cmpstr (xmpp_sm_get_id (later), ==, "id-1");
  g_assert_cmpstr (xmpp_sm_get_location (later), ==, "host:1");
  g_assert_cmpuint (xmpp_sm_get_h (later, 0), ==, 4);
  g_assert_cmpuint (xmpp_sm_get_h (later, 2), ==, 6);
}

/* --- the link --- */

typedef struct
{
  XmppLink *link;
  guint     probes;
  gboolean  dead;
} Watch;

static void
on_probe (gpointer user_data)
{
  ((Watch *) user_data)->probes++;
}

static void
on_dead (gpointer user_data)
{
  ((Watch *) user_data)->dead = TRUE;
}

static const XmppLinkEvents link_events = { on_probe, on_dead };

static void
test_link (void)
{
  XmppClock *clock = test_clock_new ();
  Watch watch = { NULL, 0, FALSE };

  watch.link = xmpp_link_new (clock, &link_events, &watch);

  /* While something comes, nothing is asked. */
  for (guint i = 0; i < 10; i++)
    {
      test_clock_advance (clock, 10 * SECOND);
      xmpp_link_alive (watch.link);
    }
  g_assert_cmpuint (watch.probes, ==, 0);

  /* Silence: asked after 15 s, and an answer is enough. */
  test_clock_advance (clock, 15 * SECOND - 1);
  g_assert_cmpuint (watch.probes, ==, 0);
  test_clock_advance (clock, 1);
  g_assert_cmpuint (watch.probes, ==, 1);
  test_clock_advance (clock, 11 * SECOND);
  xmpp_link_alive (watch.link);
  test_clock_advance (clock, 14 * SECOND);
  g_assert_false (watch.dead);
  g_assert_cmpuint (watch.probes, ==, 1);

  /* Silence for good: known within 30 s of the last byte. */
  test_clock_advance (clock, 1 * SECOND);
  g_assert_cmpuint (watch.probes, ==, 2);
  test_clock_advance (clock, 12 * SECOND - 1);
  g_assert_false (watch.dead);
  test_clock_advance (clock, 1);
  g_assert_true (watch.dead);

  xmpp_link_free (watch.link);
  test_clock_free (clock);
}

/* After a change of the network the question comes at once, and is less patient. */
static void
test_link_check (void)
{
  XmppClock *clock = test_clock_new ();
  Watch watch = { NULL, 0, FALSE };

  watch.link = xmpp_link_new (clock, &link_events, &watch);
  xmpp_link_check (watch.link);
  xmpp_link_check (watch.link);
  g_assert_cmpuint (watch.probes, ==, 1);
  test_clock_advance (clock, 5 * SECOND);
  g_assert_true (watch.dead);
  xmpp_link_free (watch.link);
  test_clock_free (clock);
}

/* --- back-off (threats B9) --- */

static gint64
longest (gint64 bound)
{
  return bound - 1;
}

static void
test_backoff (void)
{
  XmppBackoff backoff = { 0 };
  gint64 now = 100 * SECOND, delay;
  static const gint64 limits[] = { 5, 2, 4, 8, 16, 32, 60, 60, 60 };

  backoff.random = longest;
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      delay = xmpp_backoff_next (&backoff, XMPP_BACKOFF_SERVER_END, now);
      g_assert_cmpint (delay, ==, limits[i] * SECOND - 1);
    }

  /* A short session does not count as a recovery, a stable one does. */
  xmpp_backoff_online (&backoff, now);
  delay = xmpp_backoff_next (&backoff, XMPP_BACKOFF_SERVER_END, now + 59 * SECOND);
  g_assert_cmpint (delay, ==, 60 * SECOND - 1);
  xmpp_backoff_online (&backoff, now);
  delay = xmpp_backoff_next (&backoff, XMPP_BACKOFF_SERVER_END, now + 60 * SECOND);
  g_assert_cmpint (delay, ==, 5 * SECOND - 1);

  /* Our own link, the first time: soon. A server that is busy: not so soon. What it asks for: not before. */
  memset (&backoff, 0, sizeof backoff);
  backoff.random = longest;
  g_assert_cmpint (xmpp_backoff_next (&backoff, XMPP_BACKOFF_LINK_LOST, now), <, 1 * SECOND);
  g_assert_cmpint (xmpp_backoff_next (&backoff, XMPP_BACKOFF_SERVER_BUSY, now), ==, 16 * SECOND - 1);
  xmpp_backoff_hint (&backoff, now, 120);
  delay = xmpp_backoff_next (&backoff, XMPP_BACKOFF_SERVER_END, now);
  g_assert_cmpint (delay, >=, 120 * SECOND);
  g_assert_cmpint (delay, <=, 125 * SECOND);
  xmpp_backoff_hint (&backoff, now, G_MAXINT64 / 2);
  g_assert_cmpint (xmpp_backoff_next (&backoff, XMPP_BACKOFF_SERVER_END, now), <=, 3605 * SECOND);
}

static int
compare_delays (gconstpointer a,
                gconstpointer b)
{
  return *(const gint64 *) a < *(const gint64 *) b ? -1 : *(const gint64 *) a > *(const gint64 *) b;
}

/* 100 clients whose server went down: their first tries are spread over five seconds, not in a crowd. */
static void
test_backoff_spread (void)
{
  gint64 delays[100];
  guint crowd = 0;

  for (guint i = 0; i < G_N_ELEMENTS (delays); i++)
    {
      XmppBackoff backoff = { 0 };
      delays[i] = xmpp_backoff_next (&backoff, XMPP_BACKOFF_SERVER_END, SECOND);
    }
  qsort (delays, G_N_ELEMENTS (delays), sizeof delays[0], compare_delays);
  for (guint i = 0; i < G_N_ELEMENTS (delays); i++)
    {
      guint near = 0;

      g_assert_cmpint (delays[i], >=, 0);
      g_assert_cmpint (delays[i], <=, 5 * SECOND);
      for (guint k = i; k < G_N_ELEMENTS (delays) && delays[k] < delays[i] + SECOND / 2; k++)
        near++;
      crowd = MAX (crowd, near);
    }
  g_test_message ("first %.2f s, last %.2f s, at most %u of 100 in half a second", delays[0] / 1e6, delays[99] / 1e6, crowd);
  g_assert_cmpint (delays[99] - delays[0], >, 3 * SECOND);
  g_assert_cmpuint (crowd, <, 40);
}

/* --- SRV --- */

static GList *
add_record (GList      *records,
            guint16     priority,
            guint16     weight,
            guint16     port,
            const char *target)
{
  return g_list_append (records, g_variant_ref_sink (g_variant_new ("(qqqs)", priority, weight, port, target)));
}

static guint32
smallest (guint32 bound)
{
  return 0;
}

static guint32
largest (guint32 bound)
{
  return bound - 1;
}

static char *
describe (GPtrArray *targets)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < targets->len; i++)
    {
      XmppSrvTarget *target = g_ptr_array_index (targets, i);
      g_string_append_printf (text, "%s%s:%u ", target->direct_tls ? "+" : "", target->host, target->port);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_srv (void)
{
  g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_srv_target_free);
  g_autofree char *low = NULL;
  g_autofree char *high = NULL;
  GList *records = NULL, *direct = NULL;

  records = add_record (records, 10, 5, 1, "c.");
  records = add_record (records, 5, 0, 2, "a");
  records = add_record (records, 5, 10, 3, "b");
  records = add_record (records, 5, 10, 0, "no-port");
  direct = add_record (direct, 5, 10, 4, "d.");
  g_assert_true (xmpp_srv_collect (targets, records, FALSE));
  g_assert_true (xmpp_srv_collect (targets, direct, TRUE));

  /* The draw decides within a priority; weight 0 comes first only at the lowest draw. */
  xmpp_srv_sort (targets, smallest);
  low = describe (targets);
  g_assert_cmpstr (low, ==, "a:2 b:3 +d:4 c:1 ");
  xmpp_srv_sort (targets, largest);
  high = describe (targets);
  g_assert_true (g_str_has_suffix (high, "a:2 c:1 "));
  g_list_free_full (records, (GDestroyNotify) g_variant_unref);
  g_list_free_full (direct, (GDestroyNotify) g_variant_unref);
}

/* Weights are shares: 30 of 40 draws for a weight three times as large, about. */
static void
test_srv_weights (void)
{
  guint first = 0;

  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_srv_target_free);
      GList *records = add_record (add_record (NULL, 0, 30, 1, "heavy"), 0, 10, 2, "light");

      g_assert_true (xmpp_srv_collect (targets, records, FALSE));
      xmpp_srv_sort (targets, NULL);
      first += strcmp (((XmppSrvTarget *) g_ptr_array_index (targets, 0))->host, "heavy") == 0;
      g_list_free_full (records, (GDestroyNotify) g_variant_unref);
    }
  g_assert_cmpuint (first, >, 1350);
  g_assert_cmpuint (first, <, 1650);
}

static void
test_srv_none (void)
{
  g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_srv_target_free);
  GList *records = add_record (NULL, 0, 0, 0, ".");

  g_assert_false (xmpp_srv_collect (targets, records, FALSE));
  g_assert_true (xmpp_srv_collect (targets, NULL, FALSE));
  g_assert_cmpuint (targets->len, ==, 0);
  g_list_free_full (records, (GDestroyNotify) g_variant_unref);
}

/* --- addresses of servers --- */

static void
test_host_port (void)
{
  static const struct { const char *text, *host; guint16 port; } cases[] = {
    { "example.org", "example.org", 5222 },
    { "example.org:1", "example.org", 1 },
    { "[2001:db8::1]:80", "2001:db8::1", 80 },
    { "[2001:db8::1]", "2001:db8::1", 5222 },
    { "2001:db8::1", "2001:db8::1", 5222 },
    { "", NULL, 0 }, { ":80", NULL, 0 }, { "a:", NULL, 0 }, { "a:0", NULL, 0 }, { "a:65536", NULL, 0 }, { "a:-1", NULL, 0 },
    { "a:1x", NULL, 0 }, { "[::1", NULL, 0 }, { "[]:1", NULL, 0 }, { "[::1]x", NULL, 0 }, { "a b", NULL, 0 },
    { "user@host", NULL, 0 }, { "host/path", NULL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *host = NULL;
      guint16 port = 5222;

      g_assert_cmpint (xmpp_connector_split_host_port (cases[i].text, &host, &port), ==, cases[i].host != NULL);
      g_assert_cmpstr (host, ==, cases[i].host);
      if (cases[i].host != NULL)
        g_assert_cmpuint (port, ==, cases[i].port);
    }
}

static void
test_uri (void)
{
  g_assert_null (xmpp_connector_check_uri ("xmpp://chat.example.org"));
  g_assert_null (xmpp_connector_check_uri ("xmpps://chat.example.org:443"));
  g_assert_null (xmpp_connector_check_uri ("wss://chat.example.org/ws"));
  g_assert_null (xmpp_connector_check_uri ("ws://127.0.0.1:5280/ws"));
  g_assert_null (xmpp_connector_check_uri ("ws://[::1]/ws"));
  g_assert_nonnull (xmpp_connector_check_uri ("ws://chat.example.org/ws"));
  g_assert_nonnull (xmpp_connector_check_uri ("ws://127.0.0.1.example.org/ws"));
  g_assert_nonnull (xmpp_connector_check_uri ("https://chat.example.org"));
  g_assert_nonnull (xmpp_connector_check_uri ("xmpp://user@chat.example.org"));
  g_assert_nonnull (xmpp_connector_check_uri ("chat.example.org"));
  g_assert_nonnull (xmpp_connector_check_uri (""));
}

static void
test_host_meta (void)
{
  static const char json[] = "{\"links\":[{\"rel\":\"urn:xmpp:alt-connections:websocket\",\"href\":\"wss://a.test/ws\"},"
                             "{\"rel\":\"urn:xmpp:alt-connections:websocket\",\"href\":\"ws://a.test/ws\"},"
                             "{\"rel\":\"urn:xmpp:alt-connections:xbosh\",\"href\":\"wss://a.test/bosh\"},"
                             "{\"rel\":5,\"href\":\"wss://x\"},7,{\"href\":{}}]}";
  static const char xml[] = "<?xml version='1.0'?><XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>"
                            "<Link rel='urn:xmpp:alt-connections:websocket' href='wss://b.test/ws'/>"
                            "<Link rel='urn:xmpp:alt-connections:websocket' href='javascript:x'/><Link/></XRD>";
  g_autofree char *tower = g_strnfill (60000, '[');
  g_auto(GStrv) from_json = xmpp_host_meta_read_json (json, strlen (json));
  g_auto(GStrv) from_xml = xmpp_host_meta_read_xml (xml, strlen (xml));

  g_assert_cmpuint (g_strv_length (from_json), ==, 1);
  g_assert_cmpstr (from_json[0], ==, "wss://a.test/ws");
  g_assert_cmpuint (g_strv_length (from_xml), ==, 1);
  g_assert_cmpstr (from_xml[0], ==, "wss://b.test/ws");
  g_assert_null (xmpp_host_meta_read_json (tower, 60000));
  g_assert_null (xmpp_host_meta_read_json ("[]", 2));
  g_assert_null (xmpp_host_meta_read_json ("", 0));
  g_assert_null (xmpp_host_meta_read_xml ("<html/>", 7));
  g_assert_null (xmpp_host_meta_read_xml ("<!DOCTYPE x><XRD/>", 18));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/upkeep/sm/out", test_sm_out);
  g_test_add_func ("/upkeep/sm/wrap", test_sm_wrap);
  g_test_add_func ("/upkeep/sm/in", test_sm_in);
  g_test_add_func ("/upkeep/sm/repetition", test_sm_repetition);
  g_test_add_func ("/upkeep/sm/repetition-with-a-gap", test_sm_repetition_with_a_gap);
  g_test_add_func ("/upkeep/sm/save", test_sm_save);
  g_test_add_func ("/upkeep/link/watch", test_link);
  g_test_add_func ("/upkeep/link/check", test_link_check);
  g_test_add_func ("/upkeep/backoff/delays", test_backoff);
  g_test_add_func ("/upkeep/backoff/spread", test_backoff_spread);
  g_test_add_func ("/upkeep/srv/order", test_srv);
  g_test_add_func ("/upkeep/srv/weights", test_srv_weights);
  g_test_add_func ("/upkeep/srv/none", test_srv_none);
  g_test_add_func ("/upkeep/host-port", test_host_port);
  g_test_add_func ("/upkeep/uri", test_uri);
  g_test_add_func ("/upkeep/host-meta", test_host_meta);

  return g_test_run ();
}
