/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/person-face.h"
#include "app/parts/toast.h"
#include "app/preferences/account-page.h"

#include <glib/gi18n.h>

struct _AtriumAccountPage
{
  AdwBin parent_instance;

  AtriumAccount *account;   /* owned */

  /* template children */
  AdwActionRow *address_row;
  AtriumAvatar *avatar;
  GtkEditable *name_row;
  AdwActionRow *server_row;
  GtkWidget *password_group;
  GtkEditable *old_row;
  GtkEditable *new_row;
  GtkWidget *leave_group;
  GtkWidget *sign_out_button;
  GtkWidget *join_group;
};

G_DEFINE_FINAL_TYPE (AtriumAccountPage, atrium_account_page, ADW_TYPE_BIN)

static void
update (AtriumAccountPage *self)
{
  const char *address = atrium_account_get_address (self->account);
  const char *name = atrium_account_get_display_name (self->account);
  const char *problem = atrium_account_get_problem (self->account);
  const char *server = atrium_account_get_server_description (self->account);
  const char *connection = problem != NULL ? problem : server != NULL ? server : _("Not connected");
  g_autofree char *escaped = g_markup_escape_text (connection, -1);
  gboolean signed_in = address != NULL;

  adw_action_row_set_subtitle (self->address_row, signed_in ? address : _("Not signed in"));
  atrium_avatar_set_subject (self->avatar, address, name, FALSE);
  atrium_avatar_load_bytes (self->avatar, atrium_account_get_avatar (self->account));
  gtk_widget_set_visible (GTK_WIDGET (self->name_row), signed_in);
  if (!gtk_widget_has_focus (GTK_WIDGET (self->name_row)) && g_strcmp0 (gtk_editable_get_text (self->name_row), name) != 0)
    gtk_editable_set_text (self->name_row, name != NULL ? name : "");
  gtk_widget_set_visible (GTK_WIDGET (self->server_row), signed_in);
  adw_action_row_set_subtitle (self->server_row, escaped);
  gtk_widget_set_visible (self->password_group, signed_in);
  gtk_widget_set_sensitive (self->password_group, atrium_account_get_state (self->account) == ATRIUM_ACCOUNT_ONLINE);
  gtk_widget_set_visible (self->leave_group, signed_in);
  gtk_widget_set_visible (self->join_group, !signed_in);
}

static void
on_named (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_account_set_display_name_finish (ATRIUM_ACCOUNT (source), result, &error))
    atrium_toast_error (self, _("The name could not be changed"), error);
}

static void
on_name_apply (AtriumAccountPage *self)
{
  atrium_account_set_display_name_async (self->account, gtk_editable_get_text (self->name_row), NULL, on_named, g_object_ref (self));
}

static void
on_password_changed (GObject      *source,
                     GAsyncResult *result,
                     gpointer      data)
{
  g_autoptr(AtriumAccountPage) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_account_change_password_finish (ATRIUM_ACCOUNT (source), result, &error))
    {
      atrium_toast_error (GTK_WIDGET (self), _("The password could not be changed"), error);
      return;
    }
  gtk_editable_set_text (self->old_row, "");
  gtk_editable_set_text (self->new_row, "");
  atrium_toast (GTK_WIDGET (self), _("The password was changed."));
}

static void
on_password_apply (AtriumAccountPage *self)
{
  atrium_account_change_password_async (self->account, gtk_editable_get_text (self->old_row), gtk_editable_get_text (self->new_row), NULL,
                                        on_password_changed, g_object_ref (self));
}

static void
on_signed_out (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_account_sign_out_finish (ATRIUM_ACCOUNT (source), result, &error))
    atrium_toast_error (self, _("Signing out failed"), error);
}

static void
on_sign_out_answer (AdwMessageDialog  *dialog,
                    const char        *response,
                    AtriumAccountPage *self)
{
  if (!g_str_equal (response, "cancel"))
    atrium_account_sign_out_async (self->account, g_str_equal (response, "wipe"), NULL, on_signed_out, g_object_ref (self));
}

static void
on_sign_out (AtriumAccountPage *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _("Sign out?"),
                                              _("Your messages can stay on this computer, to be read and to go on with later. "
                                                "Removing them also removes what has not been sent yet."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "keep", _("Sign out and keep"),
                                    "wipe", _("Sign out and remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "wipe", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_sign_out_answer), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_sign_in (AtriumAccountPage *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));

  gtk_widget_activate_action (GTK_WIDGET (gtk_window_get_transient_for (window)), "win.sign-in", NULL);
  gtk_window_close (window);
}

static void
atrium_account_page_dispose (GObject *object)
{
  g_clear_object (&ATRIUM_ACCOUNT_PAGE (object)->account);

  G_OBJECT_CLASS (atrium_account_page_parent_class)->dispose (object);
}

static void
atrium_account_page_class_init (AtriumAccountPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ATRIUM_TYPE_AVATAR);
  G_OBJECT_CLASS (klass)->dispose = atrium_account_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/preferences/account-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumAccountPage, address_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumAccountPage, avatar);
  gtk_widget_class_bind_template_child (widget_class, AtriumAccountPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumAccountPage, server_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumAccountPage, password_group);
  gtk_widget_class_bind_template_child (widget_class, AtriumAccountPage, old_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumAccountPage, new_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumAccountPage, leave_group);
  gtk_widget_class_bind_template_child (widget_class, AtriumAccountPage, sign_out_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumAccountPage, join_group);
  gtk_widget_class_bind_template_callback (widget_class, on_name_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_password_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_out);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in);
}

static void
atrium_account_page_init (AtriumAccountPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
atrium_account_page_new (AtriumAccount *account)
{
  AtriumAccountPage *self;

  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (account), NULL);

  self = g_object_new (ATRIUM_TYPE_ACCOUNT_PAGE, NULL);
  self->account = g_object_ref (account);
  g_signal_connect_object (account, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
