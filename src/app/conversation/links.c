/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/links.h"
#include "app/parts/text.h"
#include "app/parts/toast.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

/* Longer addresses are not followed. */
#define MAX_URI 4096

AtriumLinkVerdict
atrium_link_judge (const char *uri,
                   const char *shown)
{
  g_autofree char *scheme = NULL;
  g_autoptr(GUri) parsed = NULL;
  const char *host;

  g_return_val_if_fail (uri != NULL, ATRIUM_LINK_REFUSED);

  if (strlen (uri) > MAX_URI || !g_utf8_validate (uri, -1, NULL))
    return ATRIUM_LINK_REFUSED;
  for (const char *p = uri; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || c == ' ' || g_unichar_type (c) == G_UNICODE_FORMAT)
        return ATRIUM_LINK_REFUSED;
    }

  scheme = g_uri_parse_scheme (uri);
  if (scheme == NULL)
    return ATRIUM_LINK_REFUSED;
  if (g_ascii_strcasecmp (scheme, "xmpp") == 0)
    return ATRIUM_LINK_INSIDE;
  if (g_ascii_strcasecmp (scheme, "mailto") == 0 || g_ascii_strcasecmp (scheme, "tel") == 0)
    return ATRIUM_LINK_OPEN;
  if (g_ascii_strcasecmp (scheme, "http") != 0 && g_ascii_strcasecmp (scheme, "https") != 0)
    return ATRIUM_LINK_REFUSED;

  parsed = g_uri_parse (uri, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_PARSE_RELAXED, NULL);
  host = parsed != NULL ? g_uri_get_host (parsed) : NULL;
  if (host == NULL || *host == '\0')
    return ATRIUM_LINK_REFUSED;
  if (g_uri_get_user (parsed) != NULL || g_hostname_is_non_ascii (host) || g_hostname_is_ascii_encoded (host))
    return ATRIUM_LINK_ASK;
  if (shown != NULL && !g_str_equal (shown, uri))
    return ATRIUM_LINK_ASK;
  return ATRIUM_LINK_OPEN;
}

static void
launch (GtkWidget  *widget,
        const char *uri)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  gtk_show_uri (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, uri, GDK_CURRENT_TIME);
}

static void
on_answer (AdwMessageDialog *dialog,
           const char       *response,
           GtkWidget        *widget)
{
  if (g_str_equal (response, "open"))
    launch (widget, g_object_get_data (G_OBJECT (dialog), "uri"));
}

static void
ask (GtkWidget  *widget,
     const char *uri)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  g_autoptr(GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_PARSE_RELAXED, NULL);
  g_autofree char *ascii = parsed != NULL && g_uri_get_host (parsed) != NULL ? g_hostname_to_ascii (g_uri_get_host (parsed)) : NULL;
  g_autofree char *shown = atrium_text_line (uri, 300);
  g_autofree char *body = NULL;
  GtkWidget *dialog;

  if (ascii != NULL)
    /* Translators: a whole address, then the plain ASCII name of its host */
    body = g_strdup_printf (_("%s\n\nIts server is really named “%s”. Some addresses are made to look like others."), shown, ascii);
  else
    body = g_strdup (shown);
  dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _("Open this address?"), body);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "open", _("Open"), NULL);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "uri", g_strdup (uri), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_answer), widget, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
atrium_link_open (GtkWidget  *widget,
                  const char *uri,
                  const char *shown)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (uri != NULL);

  switch (atrium_link_judge (uri, shown))
    {
    case ATRIUM_LINK_OPEN:
      launch (widget, uri);
      break;
    case ATRIUM_LINK_ASK:
      ask (widget, uri);
      break;
    case ATRIUM_LINK_INSIDE:
      gtk_widget_activate_action (widget, "win.offer-uri", "s", uri);
      break;
    case ATRIUM_LINK_REFUSED:
    default:
      atrium_toast (widget, _("Addresses of this kind are not opened."));
      break;
    }
}
