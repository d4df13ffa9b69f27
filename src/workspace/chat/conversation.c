/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/chat/conversation-private.h"

#include "workspace/chat/conversation-state.h"
#include "workspace/chat/member.h"
#include "workspace/chat/timeline-private.h"
#include "workspace/enum-types.h"

struct _AtriumConversation
{
  GObject parent_instance;

  AtriumWorkspace *workspace; /* borrowed: the workspace owns its conversations; NULL once it is gone */
  gint64 id;                  /* row in the database */
  AtriumTimeline *timeline;   /* weak: lives as long as somebody looks at it */
  GListStore *members;
  AtriumConversationState *state;

  char *address;
  char *name;
  char *subtitle;
  AtriumPerson *person;
  char *last_text;
  char *last_author;
  char *draft;
  char **typing;
  char *join_problem;
  char *subject;
  char *nick;
  GBytes *avatar;
  char *avatar_hash;
  AtriumConversationKind kind;
  int last_own_state;
  gint64 last_time;
  guint unread;
  guint mentions;
  gboolean marked_unread;
  gboolean muted;
  gint64 muted_until;
  gboolean pinned;
  int pin_order;
  gboolean archived;
  AtriumNotify notify;
  gint64 draft_reply;
  gboolean hidden_history;
  gboolean joined;
  AtriumRole own_role;
  AtriumAffiliation own_affiliation;
  gboolean private;
  guint n_members;
  guint n_present;
};

enum
{
  PROP_0,
  PROP_ADDRESS,
  PROP_KIND,
  PROP_NAME,
  PROP_SUBTITLE,
  PROP_PERSON,
  PROP_LAST_TEXT,
  PROP_LAST_AUTHOR,
  PROP_LAST_OWN_STATE,
  PROP_LAST_TIME,
  PROP_UNREAD,
  PROP_MENTIONS,
  PROP_MARKED_UNREAD,
  PROP_MUTED,
  PROP_MUTED_UNTIL,
  PROP_PINNED,
  PROP_PIN_ORDER,
  PROP_ARCHIVED,
  PROP_NOTIFY,
  PROP_DRAFT,
  PROP_DRAFT_REPLY,
  PROP_TYPING,
  PROP_HIDDEN_HISTORY,
  PROP_JOINED,
  PROP_JOIN_PROBLEM,
  PROP_SUBJECT,
  PROP_OWN_ROLE,
  PROP_OWN_AFFILIATION,
  PROP_NICK,
  PROP_PRIVATE,
  PROP_N_MEMBERS,
  PROP_N_PRESENT,
  PROP_AVATAR,
  PROP_AVATAR_HASH,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumConversation, atrium_conversation, G_TYPE_OBJECT)

static void
atrium_conversation_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  AtriumConversation *self = ATRIUM_CONVERSATION (object);

  switch (prop_id)
    {
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;
    case PROP_PERSON:
      g_value_set_object (value, self->person);
      break;
    case PROP_LAST_TEXT:
      g_value_set_string (value, self->last_text);
      break;
    case PROP_LAST_AUTHOR:
      g_value_set_string (value, self->last_author);
      break;
    case PROP_LAST_OWN_STATE:
      g_value_set_int (value, self->last_own_state);
      break;
    case PROP_LAST_TIME:
      g_value_set_int64 (value, self->last_time);
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, self->unread);
      break;
    case PROP_MENTIONS:
      g_value_set_uint (value, self->mentions);
      break;
    case PROP_MARKED_UNREAD:
      g_value_set_boolean (value, self->marked_unread);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    case PROP_MUTED_UNTIL:
      g_value_set_int64 (value, self->muted_until);
      break;
    case PROP_PINNED:
      g_value_set_boolean (value, self->pinned);
      break;
    case PROP_PIN_ORDER:
      g_value_set_int (value, self->pin_order);
      break;
    case PROP_ARCHIVED:
      g_value_set_boolean (value, self->archived);
      break;
    case PROP_NOTIFY:
      g_value_set_enum (value, self->notify);
      break;
    case PROP_DRAFT:
      g_value_set_string (value, self->draft);
      break;
    case PROP_DRAFT_REPLY:
      g_value_set_int64 (value, self->draft_reply);
      break;
    case PROP_TYPING:
      g_value_set_boxed (value, self->typing);
      break;
    case PROP_HIDDEN_HISTORY:
      g_value_set_boolean (value, self->hidden_history);
      break;
    case PROP_JOINED:
      g_value_set_boolean (value, self->joined);
      break;
    case PROP_JOIN_PROBLEM:
      g_value_set_string (value, self->join_problem);
      break;
    case PROP_SUBJECT:
      g_value_set_string (value, self->subject);
      break;
    case PROP_OWN_ROLE:
      g_value_set_enum (value, self->own_role);
      break;
    case PROP_OWN_AFFILIATION:
      g_value_set_enum (value, self->own_affiliation);
      break;
    case PROP_NICK:
      g_value_set_string (value, self->nick);
      break;
    case PROP_PRIVATE:
      g_value_set_boolean (value, self->private);
      break;
    case PROP_N_MEMBERS:
      g_value_set_uint (value, self->n_members);
      break;
    case PROP_N_PRESENT:
      g_value_set_uint (value, self->n_present);
      break;
    case PROP_AVATAR:
      g_value_set_boxed (value, self->avatar);
      break;
    case PROP_AVATAR_HASH:
      g_value_set_string (value, self->avatar_hash);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_conversation_finalize (GObject *object)
{
  AtriumConversation *self = ATRIUM_CONVERSATION (object);

  g_clear_pointer (&self->state, atrium_conversation_state_free);
  g_clear_weak_pointer (&self->timeline);
  g_clear_object (&self->members);

  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->subtitle, g_free);
  g_clear_object (&self->person);
  g_clear_pointer (&self->last_text, g_free);
  g_clear_pointer (&self->last_author, g_free);
  g_clear_pointer (&self->draft, g_free);
  g_clear_pointer (&self->typing, g_strfreev);
  g_clear_pointer (&self->join_problem, g_free);
  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->nick, g_free);
  g_clear_pointer (&self->avatar, g_bytes_unref);
  g_clear_pointer (&self->avatar_hash, g_free);

  G_OBJECT_CLASS (atrium_conversation_parent_class)->finalize (object);
}

static void
atrium_conversation_class_init (AtriumConversationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_conversation_get_property;
  object_class->finalize = atrium_conversation_finalize;

  properties[PROP_ADDRESS] =
    g_param_spec_string ("address", NULL, NULL, NULL, flags);
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, ATRIUM_TYPE_CONVERSATION_KIND, 0, flags);
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_SUBTITLE] =
    g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  properties[PROP_PERSON] =
    g_param_spec_object ("person", NULL, NULL, ATRIUM_TYPE_PERSON, flags);
  properties[PROP_LAST_TEXT] =
    g_param_spec_string ("last-text", NULL, NULL, NULL, flags);
  properties[PROP_LAST_AUTHOR] =
    g_param_spec_string ("last-author", NULL, NULL, NULL, flags);
  properties[PROP_LAST_OWN_STATE] =
    g_param_spec_int ("last-own-state", NULL, NULL, G_MININT, G_MAXINT, 0, flags);
  properties[PROP_LAST_TIME] =
    g_param_spec_int64 ("last-time", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_UNREAD] =
    g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_MENTIONS] =
    g_param_spec_uint ("mentions", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_MARKED_UNREAD] =
    g_param_spec_boolean ("marked-unread", NULL, NULL, FALSE, flags);
  properties[PROP_MUTED] =
    g_param_spec_boolean ("muted", NULL, NULL, FALSE, flags);
  properties[PROP_MUTED_UNTIL] =
    g_param_spec_int64 ("muted-until", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_PINNED] =
    g_param_spec_boolean ("pinned", NULL, NULL, FALSE, flags);
  properties[PROP_PIN_ORDER] =
    g_param_spec_int ("pin-order", NULL, NULL, G_MININT, G_MAXINT, 0, flags);
  properties[PROP_ARCHIVED] =
    g_param_spec_boolean ("archived", NULL, NULL, FALSE, flags);
  properties[PROP_NOTIFY] =
    g_param_spec_enum ("notify", NULL, NULL, ATRIUM_TYPE_NOTIFY, 0, flags);
  properties[PROP_DRAFT] =
    g_param_spec_string ("draft", NULL, NULL, NULL, flags);
  properties[PROP_DRAFT_REPLY] =
    g_param_spec_int64 ("draft-reply", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_TYPING] =
    g_param_spec_boxed ("typing", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_HIDDEN_HISTORY] =
    g_param_spec_boolean ("hidden-history", NULL, NULL, FALSE, flags);
  properties[PROP_JOINED] =
    g_param_spec_boolean ("joined", NULL, NULL, FALSE, flags);
  properties[PROP_JOIN_PROBLEM] =
    g_param_spec_string ("join-problem", NULL, NULL, NULL, flags);
  properties[PROP_SUBJECT] =
    g_param_spec_string ("subject", NULL, NULL, NULL, flags);
  properties[PROP_OWN_ROLE] =
    g_param_spec_enum ("own-role", NULL, NULL, ATRIUM_TYPE_ROLE, 0, flags);
  properties[PROP_OWN_AFFILIATION] =
    g_param_spec_enum ("own-affiliation", NULL, NULL, ATRIUM_TYPE_AFFILIATION, 0, flags);
  properties[PROP_NICK] =
    g_param_spec_string ("nick", NULL, NULL, NULL, flags);
  properties[PROP_PRIVATE] =
    g_param_spec_boolean ("private", NULL, NULL, FALSE, flags);
  properties[PROP_N_MEMBERS] =
    g_param_spec_uint ("n-members", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_PRESENT] =
    g_param_spec_uint ("n-present", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_AVATAR] =
    g_param_spec_boxed ("avatar", NULL, NULL, G_TYPE_BYTES, flags);
  properties[PROP_AVATAR_HASH] =
    g_param_spec_string ("avatar-hash", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_conversation_init (AtriumConversation *self)
{
  self->members = g_list_store_new (ATRIUM_TYPE_MEMBER);
  self->state = atrium_conversation_state_new (self);
  self->last_own_state = -1;
}

AtriumConversation *
atrium_conversation_new (AtriumWorkspace *workspace,
                         gint64           id)
{
  AtriumConversation *self = g_object_new (ATRIUM_TYPE_CONVERSATION, NULL);

  self->workspace = workspace;
  self->id = id;

  return self;
}

void
atrium_conversation_detach (AtriumConversation *self)
{
  self->workspace = NULL;
}

AtriumWorkspace *
atrium_conversation_get_workspace (AtriumConversation *self)
{
  return self->workspace;
}

gpointer
atrium_conversation_get_state (AtriumConversation *self)
{
  return self->state;
}

gint64
atrium_conversation_get_id (AtriumConversation *self)
{
  return self->id;
}

AtriumTimeline *
atrium_conversation_peek_timeline (AtriumConversation *self)
{
  return self->timeline;
}

AtriumTimeline *
atrium_conversation_dup_timeline (AtriumConversation *self)
{
  AtriumTimeline *timeline;

  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  if (self->timeline != NULL)
    return g_object_ref (self->timeline);

  timeline = atrium_timeline_new (self);
  g_set_weak_pointer (&self->timeline, timeline);

  return timeline;
}

GListModel *
atrium_conversation_get_members (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return G_LIST_MODEL (self->members);
}

GBytes *
atrium_conversation_dup_avatar (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return self->avatar != NULL ? g_bytes_ref (self->avatar) : NULL;
}

const char *
atrium_conversation_get_address (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return self->address;
}

void
atrium_conversation_put_address (AtriumConversation *self,
                                 const char *value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (g_strcmp0 (self->address, value) == 0)
    return;

  g_free (self->address);
  self->address = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESS]);
}

AtriumConversationKind
atrium_conversation_get_kind (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), 0);

  return self->kind;
}

void
atrium_conversation_put_kind (AtriumConversation *self,
                              AtriumConversationKind value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->kind == value)
    return;

  self->kind = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
}

const char *
atrium_conversation_get_name (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return self->name;
}

void
atrium_conversation_put_name (AtriumConversation *self,
                              const char *value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (g_strcmp0 (self->name, value) == 0)
    return;

  g_free (self->name);
  self->name = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

const char *
atrium_conversation_get_subtitle (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return self->subtitle;
}

void
atrium_conversation_put_subtitle (AtriumConversation *self,
                                  const char *value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (g_strcmp0 (self->subtitle, value) == 0)
    return;

  g_free (self->subtitle);
  self->subtitle = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBTITLE]);
}

AtriumPerson *
atrium_conversation_get_person (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return self->person;
}

void
atrium_conversation_put_person (AtriumConversation *self,
                                AtriumPerson *value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (g_set_object (&self->person, value))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PERSON]);
}

const char *
atrium_conversation_get_last_text (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return self->last_text;
}

void
atrium_conversation_put_last_text (AtriumConversation *self,
                                   const char *value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (g_strcmp0 (self->last_text, value) == 0)
    return;

  g_free (self->last_text);
  self->last_text = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_TEXT]);
}

const char *
atrium_conversation_get_last_author (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return self->last_author;
}

void
atrium_conversation_put_last_author (AtriumConversation *self,
                                     const char *value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (g_strcmp0 (self->last_author, value) == 0)
    return;

  g_free (self->last_author);
  self->last_author = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_AUTHOR]);
}

int
atrium_conversation_get_last_own_state (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), 0);

  return self->last_own_state;
}

void
atrium_conversation_put_last_own_state (AtriumConversation *self,
                                        int value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->last_own_state == value)
    return;

  self->last_own_state = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_OWN_STATE]);
}

gint64
atrium_conversation_get_last_time (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), 0);

  return self->last_time;
}

void
atrium_conversation_put_last_time (AtriumConversation *self,
                                   gint64 value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->last_time == value)
    return;

  self->last_time = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_TIME]);
}

guint
atrium_conversation_get_unread (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), 0);

  return self->unread;
}

void
atrium_conversation_put_unread (AtriumConversation *self,
                                guint value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->unread == value)
    return;

  self->unread = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD]);
}

guint
atrium_conversation_get_mentions (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), 0);

  return self->mentions;
}

void
atrium_conversation_put_mentions (AtriumConversation *self,
                                  guint value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->mentions == value)
    return;

  self->mentions = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MENTIONS]);
}

gboolean
atrium_conversation_get_marked_unread (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), FALSE);

  return self->marked_unread;
}

void
atrium_conversation_put_marked_unread (AtriumConversation *self,
                                       gboolean value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  value = !!value;
  if (self->marked_unread == value)
    return;

  self->marked_unread = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MARKED_UNREAD]);
}

gboolean
atrium_conversation_get_muted (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), FALSE);

  return self->muted;
}

void
atrium_conversation_put_muted (AtriumConversation *self,
                               gboolean value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  value = !!value;
  if (self->muted == value)
    return;

  self->muted = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MUTED]);
}

gint64
atrium_conversation_get_muted_until (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), 0);

  return self->muted_until;
}

void
atrium_conversation_put_muted_until (AtriumConversation *self,
                                     gint64 value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->muted_until == value)
    return;

  self->muted_until = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MUTED_UNTIL]);
}

gboolean
atrium_conversation_get_pinned (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), FALSE);

  return self->pinned;
}

void
atrium_conversation_put_pinned (AtriumConversation *self,
                                gboolean value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  value = !!value;
  if (self->pinned == value)
    return;

  self->pinned = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PINNED]);
}

int
atrium_conversation_get_pin_order (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), 0);

  return self->pin_order;
}

void
atrium_conversation_put_pin_order (AtriumConversation *self,
                                   int value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->pin_order == value)
    return;

  self->pin_order = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PIN_ORDER]);
}

gboolean
atrium_conversation_get_archived (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), FALSE);

  return self->archived;
}

void
atrium_conversation_put_archived (AtriumConversation *self,
                                  gboolean value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  value = !!value;
  if (self->archived == value)
    return;

  self->archived = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ARCHIVED]);
}

AtriumNotify
atrium_conversation_get_notify (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), 0);

  return self->notify;
}

void
atrium_conversation_put_notify (AtriumConversation *self,
                                AtriumNotify value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->notify == value)
    return;

  self->notify = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOTIFY]);
}

const char *
atrium_conversation_get_draft (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return self->draft;
}

void
atrium_conversation_put_draft (AtriumConversation *self,
                               const char *value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (g_strcmp0 (self->draft, value) == 0)
    return;

  g_free (self->draft);
  self->draft = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRAFT]);
}

gint64
atrium_conversation_get_draft_reply (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), 0);

  return self->draft_reply;
}

void
atrium_conversation_put_draft_reply (AtriumConversation *self,
                                     gint64 value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->draft_reply == value)
    return;

  self->draft_reply = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRAFT_REPLY]);
}

const char * const *
atrium_conversation_get_typing (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return (const char * const *) self->typing;
}

void
atrium_conversation_put_typing (AtriumConversation *self,
                                const char * const *value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->typing != NULL && value != NULL && g_strv_equal ((const char * const *) self->typing, value))
    return;
  if (self->typing == NULL && value == NULL)
    return;

  g_strfreev (self->typing);
  self->typing = g_strdupv ((char **) value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TYPING]);
}

gboolean
atrium_conversation_get_hidden_history (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), FALSE);

  return self->hidden_history;
}

void
atrium_conversation_put_hidden_history (AtriumConversation *self,
                                        gboolean value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  value = !!value;
  if (self->hidden_history == value)
    return;

  self->hidden_history = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HIDDEN_HISTORY]);
}

gboolean
atrium_conversation_get_joined (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), FALSE);

  return self->joined;
}

void
atrium_conversation_put_joined (AtriumConversation *self,
                                gboolean value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  value = !!value;
  if (self->joined == value)
    return;

  self->joined = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_JOINED]);
}

const char *
atrium_conversation_get_join_problem (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return self->join_problem;
}

void
atrium_conversation_put_join_problem (AtriumConversation *self,
                                      const char *value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (g_strcmp0 (self->join_problem, value) == 0)
    return;

  g_free (self->join_problem);
  self->join_problem = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_JOIN_PROBLEM]);
}

const char *
atrium_conversation_get_subject (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return self->subject;
}

void
atrium_conversation_put_subject (AtriumConversation *self,
                                 const char *value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (g_strcmp0 (self->subject, value) == 0)
    return;

  g_free (self->subject);
  self->subject = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBJECT]);
}

AtriumRole
atrium_conversation_get_own_role (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), 0);

  return self->own_role;
}

void
atrium_conversation_put_own_role (AtriumConversation *self,
                                  AtriumRole value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->own_role == value)
    return;

  self->own_role = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN_ROLE]);
}

AtriumAffiliation
atrium_conversation_get_own_affiliation (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), 0);

  return self->own_affiliation;
}

void
atrium_conversation_put_own_affiliation (AtriumConversation *self,
                                         AtriumAffiliation value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->own_affiliation == value)
    return;

  self->own_affiliation = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN_AFFILIATION]);
}

const char *
atrium_conversation_get_nick (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return self->nick;
}

void
atrium_conversation_put_nick (AtriumConversation *self,
                              const char *value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (g_strcmp0 (self->nick, value) == 0)
    return;

  g_free (self->nick);
  self->nick = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NICK]);
}

gboolean
atrium_conversation_get_private (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), FALSE);

  return self->private;
}

void
atrium_conversation_put_private (AtriumConversation *self,
                                 gboolean value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  value = !!value;
  if (self->private == value)
    return;

  self->private = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRIVATE]);
}

guint
atrium_conversation_get_n_members (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), 0);

  return self->n_members;
}

void
atrium_conversation_put_n_members (AtriumConversation *self,
                                   guint value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->n_members == value)
    return;

  self->n_members = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_MEMBERS]);
}

guint
atrium_conversation_get_n_present (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), 0);

  return self->n_present;
}

void
atrium_conversation_put_n_present (AtriumConversation *self,
                                   guint value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->n_present == value)
    return;

  self->n_present = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_PRESENT]);
}

GBytes *
atrium_conversation_get_avatar (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return self->avatar;
}

void
atrium_conversation_put_avatar (AtriumConversation *self,
                                GBytes *value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (self->avatar == value || (self->avatar != NULL && value != NULL && g_bytes_equal (self->avatar, value)))
    return;

  g_clear_pointer (&self->avatar, g_bytes_unref);
  self->avatar = value != NULL ? g_bytes_ref (value) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AVATAR]);
}

const char *
atrium_conversation_get_avatar_hash (AtriumConversation *self)
{
  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (self), NULL);

  return self->avatar_hash;
}

void
atrium_conversation_put_avatar_hash (AtriumConversation *self,
                                     const char *value)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (g_strcmp0 (self->avatar_hash, value) == 0)
    return;

  g_free (self->avatar_hash);
  self->avatar_hash = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AVATAR_HASH]);
}
