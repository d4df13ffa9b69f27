/* SPDX-License-Identifier: GPL-3.0-or-later */
/* External services: XEP-0215. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/extdisco.h"

#include "xmpp/iq-task-private.h"
#include "xmpp/timestamp.h"

#define EXTDISCO_XMLNS "urn:xmpp:extdisco:2"
#define MAX_SERVICES   32
#define MAX_TEXT       512   /* bytes of a host, a user name or a password */

G_DEFINE_BOXED_TYPE (XmppExternalService, xmpp_external_service, xmpp_external_service_copy, xmpp_external_service_free)

XmppExternalService *
xmpp_external_service_copy (const XmppExternalService *service)
{
  XmppExternalService *copy = g_new0 (XmppExternalService, 1);

  *copy = *service;
  copy->type = g_strdup (service->type);
  copy->host = g_strdup (service->host);
  copy->transport = g_strdup (service->transport);
  copy->username = g_strdup (service->username);
  copy->password = g_strdup (service->password);
  return copy;
}

void
xmpp_external_service_free (XmppExternalService *service)
{
  if (service == NULL)
    return;
  g_free (service->type);
  g_free (service->host);
  g_free (service->transport);
  g_free (service->username);
  g_free (service->password);
  g_free (service);
}

/* A host name or address that can stand in a URI as it is: letters, digits, "-._" and, in an IPv6 address, ":". */
static char *
dup_host (const char *text)
{
  gsize length;
  g_autofree char *host = NULL;

  if (text == NULL)
    return NULL;
  length = strlen (text);
  host = length > 2 && text[0] == '[' && text[length - 1] == ']' ? g_strndup (text + 1, length - 2) : g_strdup (text);
  /* Zones ("fe80::1%eth0") are of this machine and may hold anything: no service of others is there. */
  if (strchr (host, '%') != NULL)
    return NULL;
  if (g_hostname_is_ip_address (host))
    return g_ascii_strdown (host, -1);
  if (*host == '\0' || strlen (host) > 255 || *host == '-')
    return NULL;
  for (const char *p = host; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("-._", *p) == NULL)
      return NULL;
  return g_ascii_strdown (host, -1);
}

static gboolean
is_one_of (const char         *text,
           const char * const *list)
{
  return text != NULL && g_strv_contains (list, text);
}

static char *
dup_credential (const char *text)
{
  return text != NULL && *text != '\0' && strlen (text) <= MAX_TEXT ? g_strdup (text) : NULL;
}

static XmppExternalService *
parse_service (const XmppNode *node)
{
  static const char * const types[] = { "stun", "stuns", "turn", "turns", NULL };
  static const char * const transports[] = { "udp", "tcp", NULL };
  const char *type = xmpp_node_get_attribute (node, "type");
  const char *transport = xmpp_node_get_attribute (node, "transport");
  const char *restricted = xmpp_node_get_attribute (node, "restricted");
  const char *expires = xmpp_node_get_attribute (node, "expires");
  g_autofree char *host = dup_host (xmpp_node_get_attribute (node, "host"));
  gboolean secure;
  gint64 port;
  XmppExternalService *service;

  if (host == NULL || !is_one_of (type, types))
    return NULL;
  secure = g_str_has_suffix (type, "s");
  port = secure ? 5349 : 3478;      /* RFC 8489 §18.6, RFC 8656 §4 */
  if (xmpp_node_get_attribute (node, "port") != NULL &&
      !xmpp_node_get_attribute_int64 (node, "port", 1, 65535, &port))
    return NULL;
  if (transport == NULL)
    transport = secure ? "tcp" : "udp";
  if (!is_one_of (transport, transports))
    return NULL;
  service = g_new0 (XmppExternalService, 1);
  service->type = g_strdup (type);
  service->host = g_steal_pointer (&host);
  service->port = port;
  service->transport = g_strdup (transport);
  service->username = dup_credential (xmpp_node_get_attribute (node, "username"));
  service->password = dup_credential (xmpp_node_get_attribute (node, "password"));
  service->restricted = g_strcmp0 (restricted, "1") == 0 || g_strcmp0 (restricted, "true") == 0;
  if (expires == NULL || !xmpp_timestamp_parse (expires, &service->expires))
    service->expires = 0;
  return service;
}

GPtrArray *
xmpp_extdisco_parse (const XmppNode *services)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_external_service_free);

  if (services == NULL || !xmpp_node_is (services, "services", EXTDISCO_XMLNS))
    return list;
  for (XmppNode *child = xmpp_node_get_first_child (services);
       child != NULL && list->len < MAX_SERVICES;
       child = xmpp_node_get_next (child))
    {
      XmppExternalService *service = xmpp_node_is (child, "service", EXTDISCO_XMLNS) ? parse_service (child) : NULL;

      if (service != NULL)
        g_ptr_array_add (list, service);
    }
  return list;
}

static void
on_answer (GTask    *task,
           XmppNode *result)
{
  XmppNode *services = xmpp_iq_task_require (task, result, "services", EXTDISCO_XMLNS);

  if (services != NULL)
    g_task_return_pointer (task, xmpp_extdisco_parse (services), (GDestroyNotify) g_ptr_array_unref);
}

void
xmpp_extdisco_fetch_async (XmppClient          *client,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task;
  XmppNode *iq;

  g_return_if_fail (XMPP_IS_CLIENT (client));

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_extdisco_fetch_async);
  iq = xmpp_client_new_iq ("get", xmpp_client_get_domain (client));
  xmpp_node_add_child (iq, "services", EXTDISCO_XMLNS);
  xmpp_iq_task_send (client, iq, task, on_answer);
}

GPtrArray *
xmpp_extdisco_fetch_finish (XmppClient    *client,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
