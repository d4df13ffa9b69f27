/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "workspace/chat/extra.h"

#include <string.h>

/* A message holds ≤ 64 kB of text: more mentions than this are nonsense. */
#define MAX_MENTIONS 256

char *
atrium_json_to_text (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);

  return json_to_string (node, FALSE);
}

JsonObject *
atrium_json_parse (const char *text,
                   gssize      length)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  if (text == NULL || !json_parser_load_from_data (parser, text, length, NULL))
    return NULL;

  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;

  return json_node_dup_object (root);
}

static JsonNode *
get_value (JsonObject *object,
           const char *name)
{
  JsonNode *node;

  if (object == NULL)
    return NULL;
  node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

const char *
atrium_json_get_string (JsonObject *object,
                        const char *name)
{
  JsonNode *node = get_value (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

gint64
atrium_json_get_int (JsonObject *object,
                     const char *name)
{
  JsonNode *node = get_value (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : 0;
}

gboolean
atrium_json_get_boolean (JsonObject *object,
                         const char *name)
{
  JsonNode *node = get_value (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

static JsonArray *
get_array (JsonObject *object,
           const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

char **
atrium_json_dup_strv (JsonObject *object,
                      const char *name)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array = get_array (object, name);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_strv_builder_add (builder, json_node_get_string (node));
    }

  return g_strv_builder_end (builder);
}

void
atrium_json_set_strv (JsonObject         *object,
                      const char         *name,
                      const char * const *values)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    json_array_add_string_element (array, values[i]);
  json_object_set_array_member (object, name, array);
}

static GPtrArray *
parse_mentions (JsonArray *array)
{
  g_autoptr (GPtrArray) mentions = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_span_free);

  for (guint i = 0; i < MIN (json_array_get_length (array), MAX_MENTIONS); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonArray *item;
      gint64 start, end;
      const char *address;

      if (!JSON_NODE_HOLDS_ARRAY (node))
        continue;
      item = json_node_get_array (node);
      if (json_array_get_length (item) != 3)
        continue;
      for (guint j = 0; j < 3; j++)
        if (!JSON_NODE_HOLDS_VALUE (json_array_get_element (item, j)))
          return NULL;
      start = json_array_get_int_element (item, 0);
      end = json_array_get_int_element (item, 1);
      address = json_node_get_value_type (json_array_get_element (item, 2)) == G_TYPE_STRING ? json_array_get_string_element (item, 2) : NULL;
      if (address != NULL && start >= 0 && start < end && end <= G_MAXINT)
        g_ptr_array_add (mentions, atrium_span_new (start, end, ATRIUM_SPAN_MENTION, address));
    }

  return mentions->len > 0 ? g_steal_pointer (&mentions) : NULL;
}

AtriumExtra *
atrium_extra_parse (const char *json)
{
  AtriumExtra *extra = g_new0 (AtriumExtra, 1);
  g_autoptr (JsonObject) object = atrium_json_parse (json, -1);
  const char *waveform;
  JsonArray *mentions;

  if (object == NULL)
    return extra;

  mentions = get_array (object, "mentions");
  if (mentions != NULL)
    extra->mentions = parse_mentions (mentions);
  extra->unstyled = atrium_json_get_boolean (object, "unstyled");
  extra->silent = atrium_json_get_boolean (object, "silent");
  extra->forwarded = g_strdup (atrium_json_get_string (object, "forwarded"));
  extra->stay = atrium_json_get_int (object, "stay");
  waveform = atrium_json_get_string (object, "waveform");
  if (waveform != NULL && *waveform != '\0')
    {
      gsize size;
      guchar *data = g_base64_decode (waveform, &size);

      extra->waveform = g_bytes_new_take (data, size);
    }

  return extra;
}

char *
atrium_extra_to_json (const AtriumExtra *extra)
{
  g_autoptr (JsonObject) object = json_object_new ();

  if (extra->mentions != NULL && extra->mentions->len > 0)
    {
      JsonArray *mentions = json_array_new ();

      for (guint i = 0; i < extra->mentions->len; i++)
        {
          const AtriumSpan *span = g_ptr_array_index (extra->mentions, i);
          JsonArray *item = json_array_new ();

          json_array_add_int_element (item, span->start);
          json_array_add_int_element (item, span->end);
          json_array_add_string_element (item, span->value);
          json_array_add_array_element (mentions, item);
        }
      json_object_set_array_member (object, "mentions", mentions);
    }
  if (extra->unstyled)
    json_object_set_boolean_member (object, "unstyled", TRUE);
  if (extra->silent)
    json_object_set_boolean_member (object, "silent", TRUE);
  if (extra->forwarded != NULL)
    json_object_set_string_member (object, "forwarded", extra->forwarded);
  if (extra->stay != 0)
    json_object_set_int_member (object, "stay", extra->stay);
  if (extra->waveform != NULL)
    {
      g_autofree char *text = g_base64_encode (g_bytes_get_data (extra->waveform, NULL), g_bytes_get_size (extra->waveform));

      json_object_set_string_member (object, "waveform", text);
    }
  if (json_object_get_size (object) == 0)
    return NULL;

  return atrium_json_to_text (g_steal_pointer (&object));
}

void
atrium_extra_free (AtriumExtra *extra)
{
  if (extra == NULL)
    return;

  g_clear_pointer (&extra->mentions, g_ptr_array_unref);
  g_clear_pointer (&extra->waveform, g_bytes_unref);
  g_free (extra->forwarded);
  g_free (extra);
}
