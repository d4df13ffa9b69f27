/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * XEP-0198 Stream Management: counters and queues.
 *
 * Invariants:
 *  1. counted + length (waiting) = stanzas sent in the session, modulo 2^32.
 *  2. h (serial) = h_base + (serial − in_base) for serial ≥ in_base, else h_low, modulo 2^32.
 *  3. unconfirmed holds the fingerprints of the stanzas handled after the last confirmed one, oldest first.
 */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "sm.h"

/* Version 1: id, location ("": none), full address, h, what the peer had counted. */
#define SAVED_TYPE "(usssuu)"
#define SAVED_VERSION 1

typedef struct
{
  guint64  serial;
  GBytes  *xml;
} Waiting;

typedef struct
{
  guint64 serial;
  guint   fingerprint;
} Handled;

struct _XmppSm
{
  gboolean  active;
  char     *id;
  char     *location;

  GQueue    waiting;        /* of Waiting, oldest first */
  guint32   counted;        /* h that the peer told last */
  gboolean  unknown_out;    /* restored: what was sent after saving is not known */

  guint64   in_base;
  guint32   h_base;
  guint32   h_low;          /* h as told at the last resume */
  GQueue    unconfirmed;    /* of Handled */
  GQueue    repeats;        /* fingerprints of what the peer is going to repeat after a resume */
  guint32   repeated;       /* how many it has repeated */
};

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_bytes_unref (waiting->xml);
  g_free (waiting);
}

XmppSm *
xmpp_sm_new (void)
{
  XmppSm *self = g_new0 (XmppSm, 1);

  g_queue_init (&self->waiting);
  g_queue_init (&self->unconfirmed);
  g_queue_init (&self->repeats);
  return self;
}

void
xmpp_sm_drop_waiting (XmppSm *self)
{
  self->counted += g_queue_get_length (&self->waiting);
  g_queue_clear_full (&self->waiting, waiting_free);
}

void
xmpp_sm_forget (XmppSm *self)
{
  xmpp_sm_drop_waiting (self);
  g_queue_clear_full (&self->unconfirmed, g_free);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->location, g_free);
  self->active = FALSE;
  self->unknown_out = FALSE;
  self->counted = 0;
  self->h_base = 0;
  self->h_low = 0;
  self->repeated = 0;
  g_queue_clear (&self->repeats);
}

void
xmpp_sm_free (XmppSm *self)
{
  xmpp_sm_forget (self);
  g_free (self);
}

void
xmpp_sm_start (XmppSm     *self,
               const char *id,
               const char *location,
               guint64     received)
{
  xmpp_sm_forget (self);
  self->active = TRUE;
  self->id = g_strdup (id);
  self->location = g_strdup (location);
  self->in_base = received;
}

gboolean
xmpp_sm_is_active (XmppSm *self)
{
  return self->active;
}

const char *
xmpp_sm_get_id (XmppSm *self)
{
  return self->id;
}

const char *
xmpp_sm_get_location (XmppSm *self)
{
  return self->location;
}

/* --- out --- */

void
xmpp_sm_sent (XmppSm  *self,
              guint64  serial,
              GBytes  *xml)
{
  Waiting *waiting = g_new (Waiting, 1);

  waiting->serial = serial;
  waiting->xml = g_bytes_ref (xml);
  g_queue_push_tail (&self->waiting, waiting);
}

/* XEP-0198 §4: an unsigned 32-bit number that wraps. Digits only, no sign, no blanks. */
static gboolean
read_h (const char *text,
        guint32    *h)
{
  guint64 number;

  if (text == NULL || !g_ascii_isdigit (*text) ||
      !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &number, NULL))
    return FALSE;
  *h = number;
  return TRUE;
}

gboolean
xmpp_sm_acknowledge (XmppSm     *self,
                     const char *h,
                     guint64    *serial)
{
  guint32 count, news;

  if (!self->active || !read_h (h, &count))
    return FALSE;

  /* Modulo 2^32 a number that goes back is one that is far ahead: one comparison finds both. */
  news = count - self->counted;
  if (self->unknown_out)
    {
      self->unknown_out = FALSE;
      self->counted = count;
      return TRUE;
    }
  if (news > g_queue_get_length (&self->waiting))
    return FALSE;

  self->counted = count;
  for (; news > 0; news--)
    {
      Waiting *waiting = g_queue_pop_head (&self->waiting);

      *serial = waiting->serial;
      waiting_free (waiting);
    }
  return TRUE;
}

guint
xmpp_sm_get_n_waiting (XmppSm *self)
{
  return g_queue_get_length (&self->waiting);
}

guint32
xmpp_sm_get_out_count (XmppSm *self)
{
  return self->counted + g_queue_get_length (&self->waiting);
}

GBytes *
xmpp_sm_get_waiting (XmppSm *self,
                     guint   n)
{
  Waiting *waiting = g_queue_peek_nth (&self->waiting, n);

  return waiting != NULL ? waiting->xml : NULL;
}

guint64
xmpp_sm_get_first_waiting (XmppSm *self)
{
  Waiting *waiting = g_queue_peek_head (&self->waiting);

  return waiting != NULL ? waiting->serial : 0;
}

/* --- in --- */

guint32
xmpp_sm_get_h (XmppSm  *self,
               guint64  confirmed)
{
  return confirmed >= self->in_base ? self->h_base + (guint32) (confirmed - self->in_base) : self->h_low;
}

void
xmpp_sm_handled (XmppSm  *self,
                 guint64  serial,
                 guint    fingerprint)
{
  Handled *handled;

  if (!self->active)
    return;
  handled = g_new (Handled, 1);
  handled->serial = serial;
  handled->fingerprint = fingerprint;
  g_queue_push_tail (&self->unconfirmed, handled);
}

void
xmpp_sm_confirmed (XmppSm  *self,
                   guint64  serial)
{
  Handled *handled;

  while ((handled = g_queue_peek_head (&self->unconfirmed)) != NULL && handled->serial <= serial)
    g_free (g_queue_pop_head (&self->unconfirmed));
}

void
xmpp_sm_resumed (XmppSm  *self,
                 guint64  confirmed)
{
  self->h_low = xmpp_sm_get_h (self, confirmed);
  self->repeated = 0;
  g_queue_clear (&self->repeats);
  for (GList *l = self->unconfirmed.head; l != NULL; l = l->next)
    g_queue_push_tail (&self->repeats, GUINT_TO_POINTER (((Handled *) l->data)->fingerprint));
}

gboolean
xmpp_sm_is_repetition (XmppSm  *self,
                       guint    fingerprint,
                       guint64  received)
{
  if (g_queue_is_empty (&self->repeats))
    return FALSE;
  if (GPOINTER_TO_UINT (g_queue_peek_head (&self->repeats)) == fingerprint)
    {
      g_queue_pop_head (&self->repeats);
      self->repeated++;
      return TRUE;
    }

  /* The peer lost some of what it had sent. From here on its count and ours run apart by a constant. */
  g_queue_clear (&self->repeats);
  self->in_base = received;
  self->h_base = self->h_low + self->repeated;
  return FALSE;
}

/* --- across processes --- */

GVariant *
xmpp_sm_save (XmppSm     *self,
              const char *address,
              guint64     confirmed)
{
  if (self->id == NULL)
    return NULL;
  return g_variant_ref_sink (g_variant_new (SAVED_TYPE, SAVED_VERSION, self->id,
                                            self->location != NULL ? self->location : "", address,
                                            xmpp_sm_get_h (self, confirmed), self->counted));
}

/**
 * xmpp_sm_restore:
 * @saved: from xmpp_sm_save(), perhaps by another version
 * @received: the serial of the last stanza received so far
 * @address: (out) (transfer full): the full address of the session
 *
 * Returns: FALSE, and nothing changed, if @saved is not understood
 */
gboolean
xmpp_sm_restore (XmppSm    *self,
                 GVariant  *saved,
                 guint64    received,
                 char     **address)
{
  const char *id, *location, *saved_address;
  guint32 version, h, counted;

  if (!g_variant_is_of_type (saved, G_VARIANT_TYPE (SAVED_TYPE)))
    return FALSE;
  g_variant_get (saved, "(u&s&s&suu)", &version, &id, &location, &saved_address, &h, &counted);
  if (version != SAVED_VERSION || *id == '\0' || *saved_address == '\0')
    return FALSE;

  xmpp_sm_start (self, id, *location != '\0' ? location : NULL, received);
  self->h_base = h;
  self->h_low = h;
  self->counted = counted;
  self->unknown_out = TRUE;
  *address = g_strdup (saved_address);
  return TRUE;
}

gboolean
xmpp_sm_expects_repetition (XmppSm *self)
{
  return !g_queue_is_empty (&self->repeats);
}

void
xmpp_sm_abandon (XmppSm *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->location, g_free);
}

gboolean
xmpp_sm_is_restored (XmppSm *self)
{
  return self->unknown_out;
}
