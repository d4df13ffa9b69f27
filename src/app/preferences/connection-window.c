/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/preferences/connection-window.h"

#include "workspace/account/check.h"

#include <glib/gi18n.h>

struct _AtriumConnectionWindow
{
  AdwWindow parent_instance;

  AtriumAccount *account;     /* owned */
  GListModel *checks;         /* AtriumCheck, NULL before the start */
  GCancellable *running;

  /* template children */
  GtkWidget *again_button;
  GtkWidget *copy_button;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (AtriumConnectionWindow, atrium_connection_window, ADW_TYPE_WINDOW)

static void
update_row (AtriumCheck *check,
            GParamSpec  *pspec,
            GtkWidget   *row)
{
  GtkWidget *image = g_object_get_data (G_OBJECT (row), "image");
  GtkWidget *spinner = g_object_get_data (G_OBJECT (row), "spinner");
  AtriumCheckState state = atrium_check_get_state (check);
  const char *detail = atrium_check_get_detail (check);
  const char *fix = state == ATRIUM_CHECK_FAILED ? atrium_check_get_fix (check) : NULL;
  g_autofree char *text = g_strconcat (detail != NULL ? detail : "", detail != NULL && fix != NULL ? "\n" : "", fix != NULL ? fix : "", NULL);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  gtk_widget_set_visible (spinner, state == ATRIUM_CHECK_UNKNOWN);
  gtk_spinner_set_spinning (GTK_SPINNER (spinner), state == ATRIUM_CHECK_UNKNOWN);
  gtk_widget_set_visible (image, state != ATRIUM_CHECK_UNKNOWN);
  gtk_image_set_from_icon_name (GTK_IMAGE (image), state == ATRIUM_CHECK_OK ? "emblem-ok-symbolic" :
                                                   state == ATRIUM_CHECK_FAILED ? "dialog-warning-symbolic" : "list-remove-symbolic");
  gtk_widget_set_tooltip_text (image, state == ATRIUM_CHECK_OK ? C_("check", "Works") :
                                      state == ATRIUM_CHECK_FAILED ? C_("check", "Does not work") : C_("check", "Not there"));
  gtk_widget_remove_css_class (image, "success");
  gtk_widget_remove_css_class (image, "error");
  if (state == ATRIUM_CHECK_OK)
    gtk_widget_add_css_class (image, "success");
  else if (state == ATRIUM_CHECK_FAILED)
    gtk_widget_add_css_class (image, "error");
}

static GtkWidget *
make_row (gpointer item,
          gpointer data)
{
  AtriumCheck *check = item;
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *image = gtk_image_new ();
  GtkWidget *spinner = gtk_spinner_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), atrium_check_get_title (check));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), spinner);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), image);
  g_object_set_data (G_OBJECT (row), "image", image);
  g_object_set_data (G_OBJECT (row), "spinner", spinner);
  g_signal_connect_object (check, "notify", G_CALLBACK (update_row), row, 0);
  update_row (check, NULL, row);
  return row;
}

static void
on_checked (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr(AtriumConnectionWindow) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GListModel) checks = atrium_account_check_connection_finish (ATRIUM_ACCOUNT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->running);
  gtk_widget_set_sensitive (self->again_button, TRUE);
  gtk_widget_set_sensitive (self->copy_button, self->checks != NULL);
  if (checks == NULL)
    g_debug ("The check ended early: %s", error->message);
}

static void
start (AtriumConnectionWindow *self)
{
  g_autoptr(GListModel) checks = NULL;

  if (self->running != NULL || atrium_account_get_state (self->account) == ATRIUM_ACCOUNT_NONE)
    return;

  self->running = g_cancellable_new ();
  gtk_widget_set_sensitive (self->again_button, FALSE);
  gtk_widget_set_sensitive (self->copy_button, FALSE);
  atrium_account_check_connection_async (self->account, NULL, &checks, self->running, on_checked, g_object_ref (self));
  g_set_object (&self->checks, checks);
  gtk_list_box_bind_model (self->list, self->checks, make_row, NULL, NULL);
}

static void
on_copy (AtriumConnectionWindow *self)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; self->checks != NULL && i < g_list_model_get_n_items (self->checks); i++)
    {
      g_autoptr(AtriumCheck) check = g_list_model_get_item (self->checks, i);
      AtriumCheckState state = atrium_check_get_state (check);

      g_string_append_printf (text, "%s %s: %s\n", state == ATRIUM_CHECK_OK ? "✓" : state == ATRIUM_CHECK_FAILED ? "✗" : "–",
                              atrium_check_get_title (check), atrium_check_get_detail (check) != NULL ? atrium_check_get_detail (check) : "");
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text->str);
}

static void
atrium_connection_window_dispose (GObject *object)
{
  AtriumConnectionWindow *self = ATRIUM_CONNECTION_WINDOW (object);

  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
  g_clear_object (&self->checks);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (atrium_connection_window_parent_class)->dispose (object);
}

static void
atrium_connection_window_class_init (AtriumConnectionWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = atrium_connection_window_dispose;

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/preferences/connection-window.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumConnectionWindow, again_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumConnectionWindow, copy_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumConnectionWindow, list);
  gtk_widget_class_bind_template_callback (widget_class, start);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
}

static void
atrium_connection_window_init (AtriumConnectionWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->again_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Check again"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Copy the result"), -1);
}

GtkWidget *
atrium_connection_window_new (GtkWindow       *parent,
                              AtriumWorkspace *workspace)
{
  AtriumConnectionWindow *self;

  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (workspace), NULL);

  self = g_object_new (ATRIUM_TYPE_CONNECTION_WINDOW, "transient-for", parent, NULL);
  self->account = g_object_ref (atrium_workspace_get_account (workspace));
  start (self);
  return GTK_WIDGET (self);
}
