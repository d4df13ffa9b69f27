/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * XEP-0156. The documents count only when they came by https from the domain itself, without a redirect: whoever can
 * change where they are read from could send the account anywhere.
 */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "host-meta.h"

#include "node.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

#define NS_XRD      "http://docs.oasis-open.org/ns/xri/xrd-1.0"
#define REL         "urn:xmpp:alt-connections:websocket"
#define MAX_BYTES   (64 * 1024)
#define MAX_URIS    8
#define TIMEOUT     10

typedef struct
{
  XmppTrust    *trust;
  SoupSession  *session;
  char         *domain;
  gboolean      json;      /* the document being fetched */
  GInputStream *body;
  GByteArray   *bytes;
} Fetch;

static void fetch (GTask *task);

static void
fetch_free (gpointer data)
{
  Fetch *self = data;

  g_object_unref (self->trust);
  g_object_unref (self->session);
  g_clear_object (&self->body);
  g_byte_array_unref (self->bytes);
  g_free (self->domain);
  g_free (self);
}

static void
add_link (GPtrArray  *uris,
          const char *rel,
          const char *href)
{
  if (g_strcmp0 (rel, REL) == 0 && href != NULL && g_str_has_prefix (href, "wss://") && uris->len < MAX_URIS &&
      strlen (href) < 1024)
    g_ptr_array_add (uris, g_strdup (href));
}

static GStrv
finish_list (GPtrArray *uris)
{
  g_ptr_array_add (uris, NULL);
  return (GStrv) g_ptr_array_free (uris, FALSE);
}

GStrv
xmpp_host_meta_read_xml (const char *text,
                         gsize       length)
{
  g_autoptr(XmppNode) root = NULL;
  GPtrArray *uris;

  /* The reader of stanzas takes no XML declaration inside its stream: skip ours. */
  if (length > 5 && memcmp (text, "<?xml", 5) == 0)
    {
      const char *end = g_strstr_len (text, length, "?>");

      if (end == NULL)
        return NULL;
      length -= end + 2 - text;
      text = end + 2;
    }
  root = xmpp_node_parse (text, length, NULL);
  if (root == NULL || !xmpp_node_is (root, "XRD", NS_XRD))
    return NULL;

  uris = g_ptr_array_new ();
  for (XmppNode *n = xmpp_node_get_first_child (root); n != NULL; n = xmpp_node_get_next (n))
    if (xmpp_node_is (n, "Link", NS_XRD))
      add_link (uris, xmpp_node_get_attribute (n, "rel"), xmpp_node_get_attribute (n, "href"));
  return finish_list (uris);
}

/* Depth of brackets, so that the recursive reader is never given a tower of them (threats C3). */
static gboolean
is_shallow (const char *text,
            gsize       length)
{
  guint depth = 0;

  for (gsize i = 0; i < length; i++)
    if (text[i] == '[' || text[i] == '{')
      {
        if (++depth > 64)
          return FALSE;
      }
    else if ((text[i] == ']' || text[i] == '}') && depth > 0)
      {
        depth--;
      }
  return TRUE;
}

static const char *
get_string (JsonObject *object,
            const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

GStrv
xmpp_host_meta_read_json (const char *text,
                          gsize       length)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root, *links;
  GPtrArray *uris;
  JsonArray *array;

  if (!g_utf8_validate (text, length, NULL) || !is_shallow (text, length) ||
      !json_parser_load_from_data (parser, text, length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  links = json_object_get_member (json_node_get_object (root), "links");
  if (links == NULL || !JSON_NODE_HOLDS_ARRAY (links))
    return NULL;

  uris = g_ptr_array_new ();
  array = json_node_get_array (links);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *link = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_OBJECT (link))
        add_link (uris, get_string (json_node_get_object (link), "rel"), get_string (json_node_get_object (link), "href"));
    }
  return finish_list (uris);
}

static void
take_document (GTask *task)
{
  Fetch *self = g_task_get_task_data (task);
  const char *text = self->bytes->len > 0 ? (const char *) self->bytes->data : "";
  GStrv uris;

  uris = self->json ? xmpp_host_meta_read_json (text, self->bytes->len)
                    : xmpp_host_meta_read_xml (text, self->bytes->len);
  if (uris != NULL || !self->json)
    {
      g_task_return_pointer (task, uris, (GDestroyNotify) g_strfreev);
      return;
    }
  self->json = FALSE;
  fetch (task);
}

static void
on_bytes (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Fetch *self = g_task_get_task_data (task);
  g_autoptr(GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);

  if (bytes == NULL || self->bytes->len + g_bytes_get_size (bytes) > MAX_BYTES)
    {
      g_byte_array_set_size (self->bytes, 0);
      take_document (task);
      return;
    }
  if (g_bytes_get_size (bytes) == 0)
    {
      take_document (task);
      return;
    }
  g_byte_array_append (self->bytes, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_input_stream_read_bytes_async (self->body, 8192, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_bytes,
                                   g_object_ref (task));
}

static void
on_response (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Fetch *self = g_task_get_task_data (task);
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);

  g_clear_object (&self->body);
  self->body = soup_session_send_finish (SOUP_SESSION (source), result, NULL);
  if (self->body == NULL || soup_message_get_status (message) != SOUP_STATUS_OK)
    {
      take_document (task);
      return;
    }
  g_input_stream_read_bytes_async (self->body, 8192, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_bytes,
                                   g_object_ref (task));
}

static gboolean
on_accept_certificate (SoupMessage          *message,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  flags,
                       gpointer              user_data)
{
  return xmpp_trust_accepts (user_data, certificate);
}

static void
fetch (GTask *task)
{
  Fetch *self = g_task_get_task_data (task);
  g_autofree char *uri = g_strdup_printf ("https://%s/.well-known/host-meta%s", self->domain, self->json ? ".json" : "");
  g_autoptr(SoupMessage) message = soup_message_new (SOUP_METHOD_GET, uri);

  g_byte_array_set_size (self->bytes, 0);
  if (message == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect_object (message, "accept-certificate", G_CALLBACK (on_accept_certificate), self->trust, 0);
  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_response,
                           g_object_ref (task));
}

void
xmpp_host_meta_fetch_async (const char          *domain,
                            XmppTrust           *trust,
                            GProxyResolver      *proxy,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Fetch *self = g_new0 (Fetch, 1);

  g_task_set_source_tag (task, xmpp_host_meta_fetch_async);
  g_task_set_task_data (task, self, fetch_free);
  self->trust = g_object_ref (trust);
  self->domain = g_strdup (domain);
  self->json = TRUE;
  self->bytes = g_byte_array_new ();
  self->session = soup_session_new_with_options ("timeout", TIMEOUT, NULL);
  if (proxy != NULL)
    soup_session_set_proxy_resolver (self->session, proxy);
  fetch (task);
}

GStrv
xmpp_host_meta_fetch_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
