/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/welcome/welcome-page.h"

#include "workspace/policy/policy.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

/* So long after the last key the server of the address is looked for. */
#define LOOKUP_DELAY_MS 600

struct _AtriumWelcomePage
{
  GtkWidget parent_instance;

  AtriumWorkspace *workspace;   /* owned */
  GSettings *settings;          /* owned, nullable */
  GCancellable *lookup;         /* of the search for a server */
  GCancellable *signing_in;     /* NULL while not signing in */
  guint lookup_id;
  char *ca_file;
  gboolean invitation;          /* that page is shown */

  /* template children */
  GtkWidget *box;
  GtkWidget *back_button;
  GtkWidget *menu_button;
  GtkLabel *title_label;
  GtkLabel *subtitle_label;
  GtkStack *stack;
  GtkWidget *address_row;
  GtkWidget *address_image;
  GtkSpinner *address_spinner;
  GtkWidget *password_row;
  GtkWidget *link_row;
  GtkWidget *name_row;
  GtkWidget *new_password_row;
  GtkWidget *found_box;
  GtkLabel *found_label;
  GtkWidget *problem_box;
  GtkLabel *problem_label;
  GtkLabel *hint_label;
  GtkWidget *sign_in_button;
  GtkLabel *sign_in_label;
  GtkSpinner *spinner;
  GtkWidget *advanced_row;
  GtkWidget *server_row;
  AdwActionRow *ca_row;
  GtkWidget *ca_button;
  GtkWidget *invitation_button;
  GtkWidget *local_button;
};

enum
{
  DONE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumWelcomePage, atrium_welcome_page, GTK_TYPE_WIDGET)

static const char *
text_of (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static gboolean
looks_like_address (const char *text)
{
  const char *at = strchr (text, '@');

  return at != NULL && at != text && at[1] != '\0' && strchr (at + 1, '@') == NULL && strchr (text, ' ') == NULL;
}

static gboolean
allowed (AtriumWelcomePage *self,
         const char        *key)
{
  return self->settings == NULL || g_settings_get_boolean (self->settings, key);
}

static void
update (AtriumWelcomePage *self)
{
  gboolean busy = self->signing_in != NULL;
  gboolean ready;

  if (self->invitation)
    ready = *text_of (self->link_row) != '\0' && *text_of (self->name_row) != '\0' && *text_of (self->new_password_row) != '\0';
  else
    ready = looks_like_address (text_of (self->address_row)) && *text_of (self->password_row) != '\0';

  gtk_label_set_text (self->title_label, self->invitation ? _("Use your invitation") : _("Sign in to Atrium"));
  gtk_label_set_text (self->subtitle_label,
                      self->invitation ? _("Choose a name and a password, and you are in")
                                       : _("Chats, people and rooms of your company, in one place"));
  gtk_label_set_text (self->sign_in_label, busy ? _("Signing in…") : self->invitation ? _("Make my account") : _("Sign in"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->sign_in_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_text (self->sign_in_label), -1);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_sensitive (self->sign_in_button, ready && !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->stack), !busy);
  gtk_widget_set_visible (self->back_button, self->invitation || busy);
  gtk_widget_set_visible (self->invitation_button, !self->invitation && !busy && allowed (self, "allow-invitations"));
  gtk_widget_set_visible (self->local_button, !busy && allowed (self, "allow-local-profile"));
}

static void
say_found (AtriumWelcomePage *self,
           const char        *text)
{
  gtk_label_set_text (self->found_label, text != NULL ? text : "");
  gtk_widget_set_visible (self->found_box, text != NULL);
  gtk_widget_set_visible (self->address_image, text != NULL);
}

static void
say_problem (AtriumWelcomePage *self,
             const char        *problem,
             const char        *hint)
{
  gtk_label_set_text (self->problem_label, problem != NULL ? problem : "");
  gtk_label_set_text (self->hint_label, hint != NULL ? hint : "");
  gtk_widget_set_visible (GTK_WIDGET (self->hint_label), hint != NULL);
  gtk_widget_set_visible (self->problem_box, problem != NULL);
}

static void
on_looked_up (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr(AtriumWelcomePage) self = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *found = atrium_account_lookup_server_finish (ATRIUM_ACCOUNT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->lookup);
  gtk_spinner_set_spinning (self->address_spinner, FALSE);
  say_found (self, found);
  /* A server of one's own choice may be reachable where the address says nothing. */
  if (found == NULL && *text_of (self->server_row) == '\0')
    say_problem (self, error->message, _("Check the address, or ask the colleague who gave it to you."));
}

static void
cancel_lookup (AtriumWelcomePage *self)
{
  g_clear_handle_id (&self->lookup_id, g_source_remove);
  if (self->lookup != NULL)
    g_cancellable_cancel (self->lookup);
  g_clear_object (&self->lookup);
  gtk_spinner_set_spinning (self->address_spinner, FALSE);
}

static gboolean
look_up (gpointer data)
{
  AtriumWelcomePage *self = data;

  self->lookup_id = 0;
  self->lookup = g_cancellable_new ();
  gtk_spinner_set_spinning (self->address_spinner, TRUE);
  atrium_account_lookup_server_async (atrium_workspace_get_account (self->workspace), text_of (self->address_row), self->lookup,
                                      on_looked_up, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
on_address_changed (AtriumWelcomePage *self)
{
  cancel_lookup (self);
  say_found (self, NULL);
  say_problem (self, NULL, NULL);
  if (looks_like_address (text_of (self->address_row)) && self->workspace != NULL)
    self->lookup_id = g_timeout_add (LOOKUP_DELAY_MS, look_up, self);
  update (self);
}

static void
on_address_activated (AtriumWelcomePage *self)
{
  gtk_widget_grab_focus (self->password_row);
}

static void
finish_sign_in (AtriumWelcomePage *self,
                gboolean           done,
                const GError      *error)
{
  AtriumAccount *account = atrium_workspace_get_account (self->workspace);

  g_clear_object (&self->signing_in);
  update (self);
  if (done)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->password_row), "");
      gtk_editable_set_text (GTK_EDITABLE (self->new_password_row), "");
      g_signal_emit (self, signals[DONE], 0);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      say_problem (self, error->message, atrium_account_get_problem_hint (account));
      if (g_error_matches (error, ATRIUM_ERROR, ATRIUM_ERROR_WRONG_PASSWORD))
        gtk_widget_grab_focus (self->password_row);
    }
}

static void
on_signed_in (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr(AtriumWelcomePage) self = data;
  g_autoptr(GError) error = NULL;
  gboolean done = atrium_account_sign_in_finish (ATRIUM_ACCOUNT (source), result, &error);

  finish_sign_in (self, done, error);
}

static void
on_registered (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  g_autoptr(AtriumWelcomePage) self = data;
  g_autoptr(GError) error = NULL;
  gboolean done = atrium_account_register_finish (ATRIUM_ACCOUNT (source), result, &error);

  finish_sign_in (self, done, error);
}

static void
on_sign_in (AtriumWelcomePage *self)
{
  AtriumAccount *account = atrium_workspace_get_account (self->workspace);
  const char *server = text_of (self->server_row);

  if (self->signing_in != NULL || !gtk_widget_get_sensitive (self->sign_in_button))
    return;

  cancel_lookup (self);
  say_problem (self, NULL, NULL);
  self->signing_in = g_cancellable_new ();
  update (self);
  if (self->invitation)
    atrium_account_register_async (account, text_of (self->link_row), text_of (self->name_row), text_of (self->new_password_row),
                                   *server != '\0' ? server : NULL, self->ca_file, self->signing_in, on_registered, g_object_ref (self));
  else
    atrium_account_sign_in_async (account, text_of (self->address_row), text_of (self->password_row), *server != '\0' ? server : NULL,
                                  self->ca_file, self->signing_in, on_signed_in, g_object_ref (self));
}

static void
show_invitation (AtriumWelcomePage *self,
                 gboolean           invitation)
{
  self->invitation = invitation;
  say_problem (self, NULL, NULL);
  say_found (self, NULL);
  gtk_stack_set_visible_child_name (self->stack, invitation ? "invitation" : "sign-in");
  gtk_widget_grab_focus (invitation ? self->link_row : self->address_row);
  update (self);
}

static void
on_back (AtriumWelcomePage *self)
{
  if (self->signing_in != NULL)
    g_cancellable_cancel (self->signing_in);
  else
    show_invitation (self, FALSE);
}

static void
on_invitation (AtriumWelcomePage *self)
{
  show_invitation (self, TRUE);
}

static void
on_local (AtriumWelcomePage *self)
{
  g_signal_emit (self, signals[DONE], 0);
}

static void
on_ca_chosen (GtkNativeDialog   *dialog,
              int                response,
              AtriumWelcomePage *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *escaped = NULL;

      g_free (self->ca_file);
      self->ca_file = g_file_get_path (file);
      escaped = self->ca_file != NULL ? g_markup_escape_text (self->ca_file, -1) : NULL;
      adw_action_row_set_subtitle (self->ca_row, escaped != NULL ? escaped : _("None"));
    }
  g_object_unref (dialog);
}

static void
on_choose_ca (AtriumWelcomePage *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_("Choose a certificate authority"),
                                                              GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                                              GTK_FILE_CHOOSER_ACTION_OPEN, _("Choose"), NULL);

  g_signal_connect_object (dialog, "response", G_CALLBACK (on_ca_chosen), self, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* One thing is asked first: it has the cursor. */
static void
atrium_welcome_page_map (GtkWidget *widget)
{
  AtriumWelcomePage *self = ATRIUM_WELCOME_PAGE (widget);

  GTK_WIDGET_CLASS (atrium_welcome_page_parent_class)->map (widget);
  if (!self->invitation)
    gtk_widget_grab_focus (self->address_row);
}

static void
atrium_welcome_page_dispose (GObject *object)
{
  AtriumWelcomePage *self = ATRIUM_WELCOME_PAGE (object);

  if (self->box != NULL)
    cancel_lookup (self);
  if (self->signing_in != NULL)
    g_cancellable_cancel (self->signing_in);
  g_clear_object (&self->signing_in);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->ca_file, g_free);
  g_clear_object (&self->settings);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (atrium_welcome_page_parent_class)->dispose (object);
}

static void
atrium_welcome_page_class_init (AtriumWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = atrium_welcome_page_dispose;
  widget_class->map = atrium_welcome_page_map;
  signals[DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/welcome/welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, box);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, back_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, menu_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, title_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, subtitle_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, stack);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, address_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, address_image);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, address_spinner);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, password_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, link_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, name_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, new_password_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, found_box);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, found_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, problem_box);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, problem_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, hint_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, sign_in_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, sign_in_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, advanced_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, server_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, ca_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, ca_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, invitation_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumWelcomePage, local_button);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_address_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_address_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_invitation);
  gtk_widget_class_bind_template_callback (widget_class, on_local);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_ca);
}

static void
atrium_welcome_page_init (AtriumWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->back_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Back"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Main menu"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->address_row), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Work address"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->password_row), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Password"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->link_row), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Invitation link"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->name_row), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Your user name"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->new_password_row), GTK_ACCESSIBLE_PROPERTY_LABEL, _("A new password"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->server_row), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Server"), -1);
}

GtkWidget *
atrium_welcome_page_new (AtriumWorkspace *workspace,
                         GSettings       *settings)
{
  AtriumWelcomePage *self;
  g_autofree char *server = NULL;

  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (workspace), NULL);

  self = g_object_new (ATRIUM_TYPE_WELCOME_PAGE, NULL);
  self->workspace = g_object_ref (workspace);
  self->settings = settings != NULL ? g_object_ref (settings) : NULL;
  if (settings != NULL)
    {
      /* What the organisation has set stands there already, and stays. */
      server = g_settings_get_string (settings, "server");
      gtk_editable_set_text (GTK_EDITABLE (self->server_row), server);
      gtk_widget_set_sensitive (self->server_row, !atrium_policy_is_locked (settings, "server"));
      self->ca_file = atrium_policy_dup_ca_file (settings);
      if (self->ca_file != NULL)
        {
          g_autofree char *escaped = g_markup_escape_text (self->ca_file, -1);

          adw_action_row_set_subtitle (self->ca_row, escaped);
        }
      gtk_widget_set_sensitive (self->ca_button, !atrium_policy_is_locked (settings, "ca-file"));
    }
  update (self);
  return GTK_WIDGET (self);
}

void
atrium_welcome_page_use_invitation (AtriumWelcomePage *self,
                                    const char        *link)
{
  g_return_if_fail (ATRIUM_IS_WELCOME_PAGE (self));

  show_invitation (self, TRUE);
  gtk_editable_set_text (GTK_EDITABLE (self->link_row), link);
  gtk_widget_grab_focus (self->name_row);
}
