/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/search/search-hit-private.h"

#include "workspace/enum-types.h"

struct _AtriumSearchHit
{
  GObject parent_instance;

  char *address;
  char *title;
  char *author;
  char *snippet;
  GBytes *ranges;
  AtriumPerson *person;
  AtriumMessage *message;
  AtriumSearchKind kind;
  gint64 id;
  gint64 time;
};

enum
{
  PROP_0,
  PROP_KIND,
  PROP_ID,
  PROP_ADDRESS,
  PROP_TITLE,
  PROP_AUTHOR,
  PROP_SNIPPET,
  PROP_RANGES,
  PROP_TIME,
  PROP_PERSON,
  PROP_MESSAGE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumSearchHit, atrium_search_hit, G_TYPE_OBJECT)

static void
atrium_search_hit_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  AtriumSearchHit *self = ATRIUM_SEARCH_HIT (object);

  switch (prop_id)
    {
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_AUTHOR:
      g_value_set_string (value, self->author);
      break;
    case PROP_SNIPPET:
      g_value_set_string (value, self->snippet);
      break;
    case PROP_RANGES:
      g_value_set_boxed (value, self->ranges);
      break;
    case PROP_TIME:
      g_value_set_int64 (value, self->time);
      break;
    case PROP_PERSON:
      g_value_set_object (value, self->person);
      break;
    case PROP_MESSAGE:
      g_value_set_object (value, self->message);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_search_hit_finalize (GObject *object)
{
  AtriumSearchHit *self = ATRIUM_SEARCH_HIT (object);

  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->author, g_free);
  g_clear_pointer (&self->snippet, g_free);
  g_clear_pointer (&self->ranges, g_bytes_unref);
  g_clear_object (&self->person);
  g_clear_object (&self->message);

  G_OBJECT_CLASS (atrium_search_hit_parent_class)->finalize (object);
}

static void
atrium_search_hit_class_init (AtriumSearchHitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_search_hit_get_property;
  object_class->finalize = atrium_search_hit_finalize;

  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, ATRIUM_TYPE_SEARCH_KIND, 0, flags);
  properties[PROP_ID] =
    g_param_spec_int64 ("id", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_ADDRESS] =
    g_param_spec_string ("address", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_AUTHOR] =
    g_param_spec_string ("author", NULL, NULL, NULL, flags);
  properties[PROP_SNIPPET] =
    g_param_spec_string ("snippet", NULL, NULL, NULL, flags);
  properties[PROP_RANGES] =
    g_param_spec_boxed ("ranges", NULL, NULL, G_TYPE_BYTES, flags);
  properties[PROP_TIME] =
    g_param_spec_int64 ("time", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_PERSON] =
    g_param_spec_object ("person", NULL, NULL, ATRIUM_TYPE_PERSON, flags);
  properties[PROP_MESSAGE] =
    g_param_spec_object ("message", NULL, NULL, ATRIUM_TYPE_MESSAGE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_search_hit_init (AtriumSearchHit *self)
{
}

AtriumSearchHit *
atrium_search_hit_new (void)
{
  return g_object_new (ATRIUM_TYPE_SEARCH_HIT, NULL);
}

AtriumSearchKind
atrium_search_hit_get_kind (AtriumSearchHit *self)
{
  g_return_val_if_fail (ATRIUM_IS_SEARCH_HIT (self), 0);

  return self->kind;
}

void
atrium_search_hit_set_kind (AtriumSearchHit *self,
                            AtriumSearchKind value)
{
  g_return_if_fail (ATRIUM_IS_SEARCH_HIT (self));

  if (self->kind == value)
    return;

  self->kind = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
}

gint64
atrium_search_hit_get_id (AtriumSearchHit *self)
{
  g_return_val_if_fail (ATRIUM_IS_SEARCH_HIT (self), 0);

  return self->id;
}

void
atrium_search_hit_set_id (AtriumSearchHit *self,
                          gint64 value)
{
  g_return_if_fail (ATRIUM_IS_SEARCH_HIT (self));

  if (self->id == value)
    return;

  self->id = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ID]);
}

const char *
atrium_search_hit_get_address (AtriumSearchHit *self)
{
  g_return_val_if_fail (ATRIUM_IS_SEARCH_HIT (self), NULL);

  return self->address;
}

void
atrium_search_hit_set_address (AtriumSearchHit *self,
                               const char *value)
{
  g_return_if_fail (ATRIUM_IS_SEARCH_HIT (self));

  if (g_strcmp0 (self->address, value) == 0)
    return;

  g_free (self->address);
  self->address = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESS]);
}

const char *
atrium_search_hit_get_title (AtriumSearchHit *self)
{
  g_return_val_if_fail (ATRIUM_IS_SEARCH_HIT (self), NULL);

  return self->title;
}

void
atrium_search_hit_set_title (AtriumSearchHit *self,
                             const char *value)
{
  g_return_if_fail (ATRIUM_IS_SEARCH_HIT (self));

  if (g_strcmp0 (self->title, value) == 0)
    return;

  g_free (self->title);
  self->title = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

const char *
atrium_search_hit_get_author (AtriumSearchHit *self)
{
  g_return_val_if_fail (ATRIUM_IS_SEARCH_HIT (self), NULL);

  return self->author;
}

void
atrium_search_hit_set_author (AtriumSearchHit *self,
                              const char *value)
{
  g_return_if_fail (ATRIUM_IS_SEARCH_HIT (self));

  if (g_strcmp0 (self->author, value) == 0)
    return;

  g_free (self->author);
  self->author = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AUTHOR]);
}

const char *
atrium_search_hit_get_snippet (AtriumSearchHit *self)
{
  g_return_val_if_fail (ATRIUM_IS_SEARCH_HIT (self), NULL);

  return self->snippet;
}

void
atrium_search_hit_set_snippet (AtriumSearchHit *self,
                               const char *value)
{
  g_return_if_fail (ATRIUM_IS_SEARCH_HIT (self));

  if (g_strcmp0 (self->snippet, value) == 0)
    return;

  g_free (self->snippet);
  self->snippet = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SNIPPET]);
}

GBytes *
atrium_search_hit_get_ranges (AtriumSearchHit *self)
{
  g_return_val_if_fail (ATRIUM_IS_SEARCH_HIT (self), NULL);

  return self->ranges;
}

void
atrium_search_hit_set_ranges (AtriumSearchHit *self,
                              GBytes *value)
{
  g_return_if_fail (ATRIUM_IS_SEARCH_HIT (self));

  if (self->ranges == value || (self->ranges != NULL && value != NULL && g_bytes_equal (self->ranges, value)))
    return;

  g_clear_pointer (&self->ranges, g_bytes_unref);
  self->ranges = value != NULL ? g_bytes_ref (value) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RANGES]);
}

gint64
atrium_search_hit_get_time (AtriumSearchHit *self)
{
  g_return_val_if_fail (ATRIUM_IS_SEARCH_HIT (self), 0);

  return self->time;
}

void
atrium_search_hit_set_time (AtriumSearchHit *self,
                            gint64 value)
{
  g_return_if_fail (ATRIUM_IS_SEARCH_HIT (self));

  if (self->time == value)
    return;

  self->time = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TIME]);
}

AtriumPerson *
atrium_search_hit_get_person (AtriumSearchHit *self)
{
  g_return_val_if_fail (ATRIUM_IS_SEARCH_HIT (self), NULL);

  return self->person;
}

void
atrium_search_hit_set_person (AtriumSearchHit *self,
                              AtriumPerson *value)
{
  g_return_if_fail (ATRIUM_IS_SEARCH_HIT (self));

  if (g_set_object (&self->person, value))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PERSON]);
}

AtriumMessage *
atrium_search_hit_get_message (AtriumSearchHit *self)
{
  g_return_val_if_fail (ATRIUM_IS_SEARCH_HIT (self), NULL);

  return self->message;
}

void
atrium_search_hit_set_message (AtriumSearchHit *self,
                               AtriumMessage *value)
{
  g_return_if_fail (ATRIUM_IS_SEARCH_HIT (self));

  if (g_set_object (&self->message, value))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE]);
}
