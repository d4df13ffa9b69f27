/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/outbox/sender-private.h"

#include "workspace/account/session.h"
#include "workspace/clock.h"
#include "workspace/fault.h"
#include "workspace/outbox/outbox-private.h"
#include "workspace/store-task.h"
#include "xmpp/muc.h"

/*
 * What becomes of an entry. Rows are what is on disk, and what this object knows besides.
 *
 *   on disk   here        event                                → on disk    here
 *   WAITING   –           claimed (fsync)                      → SENDING    flight
 *   SENDING   flight      handed to the stream                 → SENDING    flight with serial
 *   SENDING   flight      stream acknowledges, not a room      → gone, message SENT
 *   SENDING   flight      the room's copy or a carbon came     → gone, message SENT
 *   SENDING   flight      error came back: try again           → WAITING (later)
 *   SENDING   flight      error came back: for good            → FAILED, message FAILED
 *   SENDING   flight      session lost and not resumed         → SENDING    doubt
 *   SENDING   flight      room: acknowledged, no copy in 30 s  → SENDING    doubt
 *   SENDING   –           program started                      → SENDING    doubt
 *   SENDING   doubt       the archive has it                   → gone, message SENT
 *   SENDING   doubt       the archive has not                  → WAITING
 *   FAILED    –           retried by the user                  → WAITING
 *
 * Invariants:
 *  1. an entry leaves the database only when the server is known to have it, or when the user drops it;
 *  2. an entry is on disk as SENDING, with fsync, before its first byte is sent: so what is WAITING was never sent, or
 *     is known not to have arrived;
 *  3. while one entry of a lane is in doubt, nothing of that lane is sent;
 *  4. an entry always goes under the same stanza id.
 */

/* Entries of one conversation under way at a time. */
#define PIPELINE 16
#define CLAIM_LIMIT 64
/* A room's copy of our message must come back within this after the server has taken it, in seconds. */
#define ECHO_SECONDS 30
/* Archives write behind a little: a look-up this soon after the loss is repeated once, in µs and ms. */
#define LAG (10 * G_TIME_SPAN_SECOND)
#define LAG_WAIT_MS 1500
/* Back-off of what the server sent back: 5 s doubled up to 10 minutes. */
#define RETRY_BASE (5 * G_TIME_SPAN_SECOND)
#define RETRY_MAX (10 * G_TIME_SPAN_MINUTE)

typedef struct
{
  gint64   id;
  gint64   message;
  guint64  serial;        /* 0: a request, or not yet handed over */
  char    *lane;
  char    *kind;
  char    *target;
  char    *stanza_id;
  gint64   created;
  gint64   lost;          /* monotonic time of the loss; 0: not in doubt */
  guint    lookups;
  guint    tries;
  gboolean room;
  gboolean acknowledged;
  gboolean looking;
} Flight;

struct _AtriumSender
{
  GObject parent_instance;

  AtriumWorkspace *workspace;   /* borrowed; NULL when detached */
  XmppClient *client;
  XmppArchive *archive;
  XmppMuc *muc;
  GHashTable *flights;          /* gint64* id → Flight */
  GHashTable *by_stanza_id;     /* borrowed → borrowed Flight */
  GCancellable *cancellable;
  guint timer;
  guint echo_timer;
  guint lag_timer;
  gboolean loaded;              /* what was SENDING at the start is known */
  gboolean ready;
  gboolean claiming;
  gboolean again;
};

G_DEFINE_FINAL_TYPE (AtriumSender, atrium_sender, G_TYPE_OBJECT)

static void look_up (AtriumSender *self);

static void
flight_free (gpointer data)
{
  Flight *flight = data;

  g_free (flight->lane);
  g_free (flight->kind);
  g_free (flight->target);
  g_free (flight->stanza_id);
  g_free (flight);
}

static Flight *
add_flight (AtriumSender           *self,
            const StoreOutboxEntry *entry,
            gboolean                room)
{
  Flight *flight = g_new0 (Flight, 1);

  flight->id = entry->id;
  flight->message = entry->message;
  flight->lane = g_strdup (entry->lane != NULL ? entry->lane : entry->target);
  flight->kind = g_strdup (entry->kind);
  flight->target = g_strdup (entry->target);
  flight->stanza_id = g_strdup (entry->stanza_id);
  flight->created = entry->created;
  flight->tries = entry->tries;
  flight->room = room;
  g_hash_table_replace (self->flights, &flight->id, flight);
  if (flight->stanza_id != NULL)
    g_hash_table_replace (self->by_stanza_id, flight->stanza_id, flight);

  return flight;
}

static void
drop_flight (AtriumSender *self,
             gint64        id)
{
  Flight *flight = g_hash_table_lookup (self->flights, &id);

  if (flight == NULL)
    return;
  if (flight->stanza_id != NULL && g_hash_table_lookup (self->by_stanza_id, flight->stanza_id) == flight)
    g_hash_table_remove (self->by_stanza_id, flight->stanza_id);
  g_hash_table_remove (self->flights, &id);
}

static StoreDatabase *
get_database (AtriumSender *self)
{
  return atrium_workspace_get_database (self->workspace);
}

/* Settling. */

typedef enum { OUTCOME_DONE, OUTCOME_RETRY, OUTCOME_FAILED } Outcome;

typedef struct
{
  gint64   id;
  gint64   message;       /* 0: not a message of its own */
  Outcome  outcome;
  gint64   next_try;
  char    *error;
  char    *archive;       /* where it was found (nullable) */
  char    *archive_id;
} Verdict;

static void
verdict_free (gpointer data)
{
  Verdict *verdict = data;

  g_free (verdict->error);
  g_free (verdict->archive);
  g_free (verdict->archive_id);
  g_free (verdict);
}

static Verdict *
verdict_new (const Flight *flight,
             Outcome       outcome)
{
  Verdict *verdict = g_new0 (Verdict, 1);

  verdict->id = flight->id;
  verdict->message = g_str_equal (flight->kind, ATRIUM_ENTRY_MESSAGE) ? flight->message : 0;
  verdict->outcome = outcome;

  return verdict;
}

static gboolean
write_verdict (StoreTransaction  *tx,
               const Verdict     *verdict,
               GError           **error)
{
  switch (verdict->outcome)
    {
    case OUTCOME_DONE:
      if (!store_outbox_remove (tx, verdict->id, error))
        return FALSE;
      if (verdict->message == 0)
        return TRUE;
      if (verdict->archive_id != NULL)
        {
          StoreStanzaIds ids = { .archive = verdict->archive, .archive_id = verdict->archive_id };

          if (!store_message_set_ids (tx, verdict->message, &ids, error))
            return FALSE;
        }
      return store_message_set_state (tx, verdict->message, STORE_MESSAGE_SENT, NULL, error);
    case OUTCOME_RETRY:
      return store_outbox_set_waiting (tx, verdict->id, verdict->next_try, verdict->error, error);
    case OUTCOME_FAILED:
    default:
      if (!store_outbox_set_failed (tx, verdict->id, verdict->error, error))
        return FALSE;
      return verdict->message == 0 || store_message_set_state (tx, verdict->message, STORE_MESSAGE_FAILED, verdict->error, error);
    }
}

/* An entry, or the message of one, may have been dropped meanwhile: that is no reason to undo the others. */
static gboolean
write_verdicts (StoreTransaction  *tx,
                gpointer           data,
                GError           **error)
{
  GPtrArray *verdicts = data;

  for (guint i = 0; i < verdicts->len; i++)
    {
      g_autoptr (GError) problem = NULL;

      if (write_verdict (tx, g_ptr_array_index (verdicts, i), &problem))
        continue;
      if (!g_error_matches (problem, STORE_ERROR, STORE_ERROR_NOT_FOUND))
        return g_propagate_error (error, g_steal_pointer (&problem)), FALSE;
    }

  return TRUE;
}

static void
on_verdicts_written (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (AtriumSender) self = user_data;
  g_autoptr (GError) error = NULL;
  GPtrArray *verdicts = store_database_get_run_data (result);
  gboolean written = store_database_run_finish (STORE_DATABASE (source), result, &error);

  if (self->workspace == NULL)
    return;
  if (!written)
    g_debug ("settling: %s", error->message);

  for (guint i = 0; i < verdicts->len; i++)
    {
      Verdict *verdict = g_ptr_array_index (verdicts, i);
      Flight *flight = g_hash_table_lookup (self->flights, &verdict->id);

      if (flight == NULL)
        continue;
      if (written)
        {
          drop_flight (self, verdict->id);
        }
      else
        {
          /* The disk refused: what is on it says SENDING, so the archive decides once more. */
          flight->lost = g_get_monotonic_time ();
          flight->looking = FALSE;
        }
    }
  if (written)
    atrium_sender_kick (self);
  else
    look_up (self);
}

static int
compare_verdicts (gconstpointer a,
                  gconstpointer b)
{
  const Verdict *left = *(Verdict **) a, *right = *(Verdict **) b;

  return (left->id > right->id) - (left->id < right->id);
}

static void
write_all (AtriumSender *self,
           GPtrArray    *verdicts)      /* (transfer full) */
{
  /* Flights come out of their table in no order; entries are settled in that of their writing. */
  g_ptr_array_sort (verdicts, compare_verdicts);
  if (verdicts->len == 0)
    {
      g_ptr_array_unref (verdicts);
      return;
    }

  /* FILL: should a power cut undo it, the entry is SENDING again and the archive is asked. */
  store_database_run_async (get_database (self), STORE_ACCESS_FILL, G_PRIORITY_DEFAULT, write_verdicts, verdicts,
                            (GDestroyNotify) g_ptr_array_unref, NULL, on_verdicts_written, g_object_ref (self));
}

static void
write_one (AtriumSender *self,
           Verdict      *verdict)
{
  GPtrArray *verdicts = g_ptr_array_new_with_free_func (verdict_free);

  g_ptr_array_add (verdicts, verdict);
  write_all (self, verdicts);
}

static void
sent_back (AtriumSender *self,
           Flight       *flight,
           const GError *error)
{
  gboolean retry;
  g_autofree char *text = atrium_stanza_error_to_text (error, &retry);
  Verdict *verdict = verdict_new (flight, retry ? OUTCOME_RETRY : OUTCOME_FAILED);

  verdict->error = g_steal_pointer (&text);
  if (retry)
    {
      gint64 delay = RETRY_BASE << MIN (flight->tries, 10);

      verdict->next_try = g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_DISCONNECTED)
                            ? 0 : atrium_clock_now () + MIN (delay, RETRY_MAX);
      if (flight->room && g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_NOT_ACCEPTABLE))
        {
          XmppMucRoom *room = xmpp_muc_get_room (self->muc, flight->target);

          if (room != NULL)
            xmpp_muc_room_ping (room);
        }
    }
  write_one (self, verdict);
}

/* In doubt: the archive is asked. */

static gboolean
needs_look_up (const Flight *flight)
{
  return flight->stanza_id != NULL &&
         (g_str_equal (flight->kind, ATRIUM_ENTRY_MESSAGE) || g_str_equal (flight->kind, ATRIUM_ENTRY_EDIT) ||
          g_str_equal (flight->kind, ATRIUM_ENTRY_RETRACTION));
}

static gboolean
on_lag_over (gpointer user_data)
{
  AtriumSender *self = user_data;

  self->lag_timer = 0;
  look_up (self);

  return G_SOURCE_REMOVE;
}

typedef struct
{
  AtriumSender *self;
  gint64        id;
} LookUp;

static void
on_looked_up (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autofree LookUp *look = user_data;
  g_autoptr (AtriumSender) self = look->self;
  g_autoptr (GError) error = NULL;
  g_autofree char *found = xmpp_archive_find_finish (XMPP_ARCHIVE (source), result, &error);
  Flight *flight;
  Verdict *verdict;

  if (self->workspace == NULL)
    return;
  flight = g_hash_table_lookup (self->flights, &look->id);
  if (flight == NULL)
    return;
  flight->looking = FALSE;
  flight->lookups++;

  if (found != NULL)
    {
      verdict = verdict_new (flight, OUTCOME_DONE);
      verdict->archive = g_strdup (flight->room ? flight->target : atrium_workspace_get_own_address (self->workspace));
      verdict->archive_id = g_steal_pointer (&found);
      write_one (self, verdict);
      return;
    }
  if (g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_DISCONNECTED) ||
      g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_TIMED_OUT))
    {
      /* The next session asks again. */
      if (self->ready && error->code == XMPP_STANZA_ERROR_TIMED_OUT)
        look_up (self);
      return;
    }
  if (error == NULL && flight->lookups < 2 && g_get_monotonic_time () - flight->lost < LAG)
    {
      if (self->lag_timer == 0)
        self->lag_timer = g_timeout_add (LAG_WAIT_MS, on_lag_over, self);
      return;
    }

  write_one (self, verdict_new (flight, OUTCOME_RETRY));
}

static gboolean
is_room_joined (AtriumSender *self,
                const char   *address)
{
  XmppMucRoom *room = xmpp_muc_get_room (self->muc, address);

  return room != NULL && xmpp_muc_room_get_state (room) == XMPP_ROOM_JOINED;
}

static void
look_up (AtriumSender *self)
{
  GPtrArray *again = g_ptr_array_new_with_free_func (verdict_free);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->flights);
  while (self->ready && g_hash_table_iter_next (&iter, NULL, &value))
    {
      Flight *flight = value;
      LookUp *look;

      if (flight->lost == 0 || flight->looking)
        continue;
      if (flight->room && !is_room_joined (self, flight->target))
        continue;
      if (flight->lookups > 0 && self->lag_timer != 0)
        continue;
      flight->looking = TRUE;
      if (!needs_look_up (flight) ||
          !xmpp_archive_is_supported (self->archive, flight->room ? flight->target : NULL, NULL))
        {
          g_ptr_array_add (again, verdict_new (flight, OUTCOME_RETRY));
          continue;
        }

      look = g_new0 (LookUp, 1);
      look->self = g_object_ref (self);
      look->id = flight->id;
      xmpp_archive_find_async (self->archive, flight->room ? flight->target : NULL, flight->room ? NULL : flight->target,
                               flight->stanza_id, flight->created, self->cancellable, on_looked_up, look);
    }

  write_all (self, again);
}

static void
doubt (Flight *flight)
{
  flight->lost = g_get_monotonic_time ();
  flight->serial = 0;
  flight->lookups = 0;
  flight->acknowledged = FALSE;
  flight->looking = FALSE;
}

/* Acknowledgements. */

static gboolean
on_echo_late (gpointer user_data)
{
  AtriumSender *self = user_data;
  GHashTableIter iter;
  gpointer value;

  self->echo_timer = 0;
  g_hash_table_iter_init (&iter, self->flights);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Flight *flight = value;

      if (flight->room && flight->acknowledged && flight->lost == 0)
        doubt (flight);
    }
  look_up (self);

  return G_SOURCE_REMOVE;
}

static void
on_acknowledged (XmppClient   *client,
                 guint64       serial,
                 AtriumSender *self)
{
  GPtrArray *verdicts;
  GHashTableIter iter;
  gpointer value;

  if (self->workspace == NULL)
    return;

  atrium_fault_point ("acknowledged");
  verdicts = g_ptr_array_new_with_free_func (verdict_free);
  g_hash_table_iter_init (&iter, self->flights);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Flight *flight = value;

      if (flight->serial == 0 || flight->serial > serial || flight->acknowledged)
        continue;
      flight->acknowledged = TRUE;
      if (!flight->room)
        g_ptr_array_add (verdicts, verdict_new (flight, OUTCOME_DONE));
      else if (self->echo_timer == 0)
        self->echo_timer = g_timeout_add_seconds (ECHO_SECONDS, on_echo_late, self);
    }
  write_all (self, verdicts);
}

static void
doubt_all (AtriumSender *self,
           guint64       first_serial)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->flights);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Flight *flight = value;

      if (flight->lost != 0)
        flight->looking = FALSE;
      else if (flight->serial >= first_serial && (flight->serial != 0 || first_serial == 0))
        doubt (flight);
    }
}

static void
on_unacknowledged (XmppClient   *client,
                   guint64       first_serial,
                   AtriumSender *self)
{
  doubt_all (self, first_serial);
}

static void
on_session_started (XmppClient   *client,
                    gboolean      resumed,
                    AtriumSender *self)
{
  /* A fresh session knows nothing of what the lost one was about to say, echoes of rooms included. */
  if (!resumed)
    doubt_all (self, 0);
}

static void
on_bounced (XmppMessages *messages,
            const char   *chat,
            const char   *id,
            GError       *error,
            AtriumSender *self)
{
  Flight *flight = id != NULL ? g_hash_table_lookup (self->by_stanza_id, id) : NULL;

  if (flight == NULL)
    {
      if (self->workspace != NULL && id != NULL)
        atrium_outbox_note_late_bounce (atrium_workspace_get_outbox (self->workspace), id, error);
      return;
    }
  if (g_strcmp0 (flight->target, chat) == 0)
    sent_back (self, flight, error);
}

/* Claiming. */

typedef struct
{
  char       *own;
  GHashTable *held;         /* lanes */
  GHashTable *rooms;        /* addresses of rooms we are in */
  gboolean    first;        /* also list what was SENDING when the program started */
  GPtrArray  *parcels;      /* out: AtriumParcel, to be sent now */
  GPtrArray  *doubtful;     /* out: AtriumParcel */
  gint64      next;         /* out: µs since the epoch, G_MAXINT64 none */
} Claim;

static void
claim_free (gpointer data)
{
  Claim *claim = data;

  g_free (claim->own);
  g_hash_table_unref (claim->held);
  g_hash_table_unref (claim->rooms);
  g_ptr_array_unref (claim->parcels);
  g_ptr_array_unref (claim->doubtful);
  g_free (claim);
}

static gboolean
list_doubtful (StoreTransaction  *tx,
               Claim             *claim,
               GError           **error)
{
  g_autoptr (GPtrArray) all = store_outbox_list (tx, 100000, error);

  if (all == NULL)
    return FALSE;
  for (guint i = 0; i < all->len; i++)
    {
      StoreOutboxEntry *entry = g_ptr_array_index (all, i);
      AtriumParcel *parcel;

      if (entry->state != STORE_OUTBOX_SENDING || g_str_equal (entry->kind, ATRIUM_ENTRY_UPLOAD))
        continue;
      parcel = g_new0 (AtriumParcel, 1);
      parcel->entry = store_outbox_entry_ref (entry);
      if (entry->conversation != 0)
        {
          g_autoptr (StoreConversation) conversation = store_conversation_load (tx, entry->conversation, NULL);

          parcel->kind = conversation != NULL ? conversation->kind : STORE_CONVERSATION_PERSON;
        }
      g_ptr_array_add (claim->doubtful, parcel);
      g_hash_table_add (claim->held, g_strdup (entry->lane != NULL ? entry->lane : entry->target));
    }

  return TRUE;
}

static gboolean
claim_work (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  Claim *claim = data;
  g_autoptr (GPtrArray) ready = NULL;

  if (claim->first && !list_doubtful (tx, claim, error))
    return FALSE;

  ready = store_outbox_list_ready (tx, atrium_clock_now (), PIPELINE, CLAIM_LIMIT, &claim->next, error);
  if (ready == NULL)
    return FALSE;
  for (guint i = 0; i < ready->len; i++)
    {
      StoreOutboxEntry *entry = g_ptr_array_index (ready, i);
      const char *lane = entry->lane != NULL ? entry->lane : entry->target;
      g_autoptr (AtriumParcel) parcel = NULL;
      g_autoptr (GError) problem = NULL;

      if (g_str_equal (entry->kind, ATRIUM_ENTRY_UPLOAD) || g_hash_table_contains (claim->held, lane))
        continue;
      parcel = atrium_parcel_read (tx, entry, claim->own, &problem);
      if (parcel == NULL && problem == NULL)
        {
          g_hash_table_add (claim->held, g_strdup (lane));
          continue;
        }
      if (parcel == NULL)
        {
          if (!g_error_matches (problem, STORE_ERROR, STORE_ERROR_NOT_FOUND))
            return g_propagate_error (error, g_steal_pointer (&problem)), FALSE;
          /* Its message was deleted: nothing to send. */
          if (!store_outbox_remove (tx, entry->id, error))
            return FALSE;
          continue;
        }
      if (parcel->kind == STORE_CONVERSATION_ROOM && entry->conversation != 0 && !g_hash_table_contains (claim->rooms, entry->target))
        {
          g_hash_table_add (claim->held, g_strdup (lane));
          continue;
        }
      if (!store_outbox_set_sending (tx, entry->id, error))
        return FALSE;
      g_ptr_array_add (claim->parcels, g_steal_pointer (&parcel));
    }

  return TRUE;
}

typedef struct
{
  AtriumSender *self;
  gint64        id;
} Request;

static void
on_request_done (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autofree Request *request = user_data;
  g_autoptr (AtriumSender) self = request->self;
  g_autoptr (GError) error = NULL;
  gboolean done = atrium_request_run_finish (result, &error);
  Flight *flight;

  if (self->workspace == NULL)
    return;
  flight = g_hash_table_lookup (self->flights, &request->id);
  if (flight == NULL)
    return;
  if (done)
    write_one (self, verdict_new (flight, OUTCOME_DONE));
  else
    sent_back (self, flight, error);
}

static gboolean
is_lane_in_doubt (AtriumSender *self,
                  const char   *lane)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->flights);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Flight *) value)->lost != 0 && g_str_equal (((Flight *) value)->lane, lane))
      return TRUE;

  return FALSE;
}

static void
hand_over (AtriumSender *self,
           AtriumParcel *parcel)
{
  StoreOutboxEntry *entry = parcel->entry;
  gboolean room = parcel->kind == STORE_CONVERSATION_ROOM && parcel->message != NULL;
  Flight *flight = add_flight (self, entry, room);
  XmppNode *stanza;

  if (!self->ready || is_lane_in_doubt (self, flight->lane))
    {
      write_one (self, verdict_new (flight, OUTCOME_RETRY));
      return;
    }

  if (!g_str_equal (entry->kind, ATRIUM_ENTRY_MESSAGE) && !g_str_equal (entry->kind, ATRIUM_ENTRY_EDIT) &&
      !g_str_equal (entry->kind, ATRIUM_ENTRY_RETRACTION) && !g_str_equal (entry->kind, ATRIUM_ENTRY_REACTION))
    {
      Request *request = g_new0 (Request, 1);

      request->self = g_object_ref (self);
      request->id = entry->id;
      atrium_request_run_async (atrium_workspace_get_session (self->workspace), parcel, on_request_done, request);
      return;
    }

  stanza = atrium_parcel_to_node (parcel);
  if (stanza == NULL)
    {
      write_one (self, verdict_new (flight, OUTCOME_DONE));
      return;
    }

  atrium_fault_point ("before-send");
  flight->serial = xmpp_client_send (self->client, stanza);
  if (flight->serial == 0)
    write_one (self, verdict_new (flight, OUTCOME_RETRY));
  atrium_fault_point ("after-send");
}

static gboolean
on_due (gpointer user_data)
{
  AtriumSender *self = user_data;

  self->timer = 0;
  atrium_sender_kick (self);

  return G_SOURCE_REMOVE;
}

static void
on_claimed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (AtriumSender) self = user_data;
  g_autoptr (GError) error = NULL;
  Claim *claim = store_database_get_run_data (result);

  self->claiming = FALSE;
  if (self->workspace == NULL)
    return;
  if (!store_database_run_finish (STORE_DATABASE (source), result, &error))
    {
      g_debug ("claiming: %s", error->message);
      /* A disk that refuses now may take it later. */
      if (self->timer == 0)
        self->timer = g_timeout_add_seconds (2, on_due, self);
      return;
    }

  if (claim->first)
    {
      self->loaded = TRUE;
      for (guint i = 0; i < claim->doubtful->len; i++)
        {
          AtriumParcel *parcel = g_ptr_array_index (claim->doubtful, i);
          Flight *flight;

          if (g_hash_table_contains (self->flights, &parcel->entry->id))
            continue;
          flight = add_flight (self, parcel->entry, parcel->kind == STORE_CONVERSATION_ROOM && parcel->entry->message != 0);
          doubt (flight);
        }
      look_up (self);
    }

  atrium_fault_point ("claimed");
  for (guint i = 0; i < claim->parcels->len; i++)
    hand_over (self, g_ptr_array_index (claim->parcels, i));

  g_clear_handle_id (&self->timer, g_source_remove);
  if (claim->next != G_MAXINT64)
    {
      gint64 wait = MAX (claim->next - atrium_clock_now (), 0) / G_TIME_SPAN_MILLISECOND + 10;

      self->timer = g_timeout_add (MIN (wait, 3600 * 1000), on_due, self);
    }
  if (self->again || claim->parcels->len == CLAIM_LIMIT)
    {
      self->again = FALSE;
      atrium_sender_kick (self);
    }
}

void
atrium_sender_kick (AtriumSender *self)
{
  Claim *claim;
  GHashTableIter iter;
  gpointer value;

  if (!self->ready || self->workspace == NULL)
    return;
  if (self->claiming)
    {
      self->again = TRUE;
      return;
    }

  claim = g_new0 (Claim, 1);
  claim->own = g_strdup (atrium_workspace_get_own_address (self->workspace));
  claim->held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  claim->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  claim->parcels = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_parcel_free);
  claim->doubtful = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_parcel_free);
  claim->first = !self->loaded;
  claim->next = G_MAXINT64;

  g_hash_table_iter_init (&iter, self->flights);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Flight *flight = value;

      if (flight->lost != 0)
        g_hash_table_add (claim->held, g_strdup (flight->lane));
    }
  atrium_session_list_joined (atrium_workspace_get_session (self->workspace), claim->rooms);

  self->claiming = TRUE;
  store_database_run_async (get_database (self), STORE_ACCESS_WRITE, G_PRIORITY_DEFAULT, claim_work, claim, claim_free,
                            NULL, on_claimed, g_object_ref (self));
}

void
atrium_sender_set_ready (AtriumSender *self,
                         gboolean      ready)
{
  if (self->ready == ready)
    return;

  self->ready = ready;
  if (ready)
    {
      look_up (self);
      atrium_sender_kick (self);
    }
  else
    {
      g_clear_handle_id (&self->timer, g_source_remove);
      g_clear_handle_id (&self->echo_timer, g_source_remove);
      g_clear_handle_id (&self->lag_timer, g_source_remove);
    }
}

void
atrium_sender_note_room (AtriumSender *self)
{
  look_up (self);
  atrium_sender_kick (self);
}

gint64
atrium_sender_find (AtriumSender *self,
                    const char   *stanza_id)
{
  Flight *flight = g_hash_table_lookup (self->by_stanza_id, stanza_id);

  return flight != NULL ? flight->id : 0;
}

void
atrium_sender_note_settled (AtriumSender *self,
                            gint64        id)
{
  drop_flight (self, id);
  atrium_sender_kick (self);
}

gboolean
atrium_sender_is_in_flight (AtriumSender *self,
                            gint64        id)
{
  return g_hash_table_contains (self->flights, &id);
}

gboolean
atrium_sender_is_doubtful (AtriumSender *self,
                           gint64        id)
{
  Flight *flight = g_hash_table_lookup (self->flights, &id);

  return flight != NULL && flight->lost != 0;
}

void
atrium_sender_detach (AtriumSender *self)
{
  self->workspace = NULL;
  self->ready = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->echo_timer, g_source_remove);
  g_clear_handle_id (&self->lag_timer, g_source_remove);
}

static void
atrium_sender_finalize (GObject *object)
{
  AtriumSender *self = ATRIUM_SENDER (object);

  atrium_sender_detach (self);
  g_clear_pointer (&self->by_stanza_id, g_hash_table_unref);
  g_clear_pointer (&self->flights, g_hash_table_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->archive);
  g_clear_object (&self->muc);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (atrium_sender_parent_class)->finalize (object);
}

static void
atrium_sender_class_init (AtriumSenderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = atrium_sender_finalize;
}

static void
atrium_sender_init (AtriumSender *self)
{
  self->flights = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, flight_free);
  self->by_stanza_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->cancellable = g_cancellable_new ();
}

AtriumSender *
atrium_sender_new (AtriumWorkspace *workspace,
                   XmppArchive     *archive,
                   XmppMessages    *messages)
{
  AtriumSender *self = g_object_new (ATRIUM_TYPE_SENDER, NULL);

  self->workspace = workspace;
  self->archive = g_object_ref (archive);
  self->muc = g_object_ref (xmpp_messages_get_muc (messages));
  self->client = g_object_ref (xmpp_messages_get_client (messages));
  g_signal_connect_object (self->client, "acknowledged", G_CALLBACK (on_acknowledged), self, 0);
  g_signal_connect_object (self->client, "unacknowledged", G_CALLBACK (on_unacknowledged), self, 0);
  g_signal_connect_object (self->client, "session-started", G_CALLBACK (on_session_started), self, 0);
  g_signal_connect_object (messages, "bounced", G_CALLBACK (on_bounced), self, 0);

  return self;
}
