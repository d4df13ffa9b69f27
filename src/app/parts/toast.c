/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/toast.h"

#include <glib/gi18n.h>

/* An error of the network can be long; a toast has one line. */
#define MAX_TEXT 200

typedef struct
{
  void (*undo) (gpointer data);
  gpointer data;
  GDestroyNotify destroy;
} Undo;

static AdwToastOverlay *
find_overlay (GtkWidget *widget)
{
  GtkWidget *inner = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  GtkRoot *root = gtk_widget_get_root (widget);

  if (inner != NULL)
    return ADW_TOAST_OVERLAY (inner);
  if (ADW_IS_APPLICATION_WINDOW (root))
    {
      GtkWidget *content = adw_application_window_get_content (ADW_APPLICATION_WINDOW (root));

      return ADW_IS_TOAST_OVERLAY (content) ? ADW_TOAST_OVERLAY (content) : NULL;
    }
  return NULL;
}

static AdwToast *
make_toast (const char *text)
{
  g_autofree char *escaped = NULL;
  g_autofree char *cut = g_utf8_strlen (text, -1) > MAX_TEXT ? g_utf8_substring (text, 0, MAX_TEXT) : g_strdup (text);

  /* Titles of toasts are markup. */
  escaped = g_markup_escape_text (cut, -1);
  return adw_toast_new (escaped);
}

void
atrium_toast (GtkWidget  *widget,
              const char *text)
{
  AdwToastOverlay *overlay = find_overlay (widget);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (overlay, make_toast (text));
}

void
atrium_toast_error (GtkWidget    *widget,
                    const char   *what,
                    const GError *error)
{
  g_autofree char *text = NULL;

  if (error != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (what != NULL && error != NULL)
    /* Translators: what did not work, then why */
    text = g_strdup_printf (C_("error", "%s: %s"), what, error->message);
  else
    text = g_strdup (error != NULL ? error->message : what);
  atrium_toast (widget, text);
}

void
atrium_toast_action (GtkWidget  *widget,
                     const char *text,
                     const char *button,
                     const char *action)
{
  AdwToastOverlay *overlay = find_overlay (widget);
  AdwToast *toast;

  if (overlay == NULL)
    return;
  toast = make_toast (text);
  adw_toast_set_button_label (toast, button);
  adw_toast_set_action_name (toast, action);
  adw_toast_set_timeout (toast, 10);
  adw_toast_overlay_add_toast (overlay, toast);
}

static void
undo_free (gpointer data)
{
  Undo *undo = data;

  if (undo->destroy != NULL)
    undo->destroy (undo->data);
  g_free (undo);
}

static void
on_undo (AdwToast *toast,
         Undo     *undo)
{
  undo->undo (undo->data);
}

void
atrium_toast_undo (GtkWidget     *widget,
                   const char    *text,
                   void         (*undo) (gpointer data),
                   gpointer       data,
                   GDestroyNotify destroy)
{
  AdwToastOverlay *overlay = find_overlay (widget);
  AdwToast *toast;
  Undo *record;

  if (overlay == NULL)
    {
      if (destroy != NULL)
        destroy (data);
      return;
    }

  record = g_new0 (Undo, 1);
  record->undo = undo;
  record->data = data;
  record->destroy = destroy;
  toast = make_toast (text);
  adw_toast_set_button_label (toast, _("Undo"));
  adw_toast_set_timeout (toast, ATRIUM_UNDO_SECONDS);
  g_object_set_data_full (G_OBJECT (toast), "atrium-undo", record, undo_free);
  g_signal_connect (toast, "button-clicked", G_CALLBACK (on_undo), record);
  adw_toast_overlay_add_toast (overlay, toast);
}
