/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/offline-banner.h"
#include "app/parts/toast.h"

#include <glib/gi18n.h>

/* A short break is nobody's business. */
#define GRACE_SECONDS 5

struct _AtriumOfflineBanner
{
  GtkWidget parent_instance;

  AtriumWorkspace *workspace;   /* owned */
  GSignalGroup *account_signals;
  GSignalGroup *outbox_signals;
  guint grace_id;
  gboolean overdue;             /* away for longer than the grace */

  /* template children */
  GtkRevealer *revealer;
  GtkWidget *box;
  GtkImage *image;
  GtkLabel *label;
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (AtriumOfflineBanner, atrium_offline_banner, GTK_TYPE_WIDGET)

static void update (AtriumOfflineBanner *self);

static gboolean
on_grace_over (gpointer data)
{
  AtriumOfflineBanner *self = data;

  self->grace_id = 0;
  self->overdue = TRUE;
  update (self);
  return G_SOURCE_REMOVE;
}

static char *
dup_offline_words (AtriumOfflineBanner *self)
{
  guint count = atrium_outbox_get_count (atrium_workspace_get_outbox (self->workspace));

  if (count == 0)
    return g_strdup (_("<b>Offline.</b> You can keep working."));
  return g_strdup_printf (ngettext ("<b>Offline.</b> You can keep working; %u thing will be sent.",
                                    "<b>Offline.</b> You can keep working; %u things will be sent.", count), count);
}

static void
update (AtriumOfflineBanner *self)
{
  AtriumAccount *account;
  AtriumAccountState state;
  g_autofree char *words = NULL;
  gboolean final, away;

  if (self->workspace == NULL)
    {
      gtk_revealer_set_reveal_child (self->revealer, FALSE);
      return;
    }

  account = atrium_workspace_get_account (self->workspace);
  state = atrium_account_get_state (account);
  final = atrium_account_get_problem (account) != NULL && atrium_account_get_problem_final (account);
  away = state != ATRIUM_ACCOUNT_NONE && state != ATRIUM_ACCOUNT_ONLINE;

  if (!away)
    {
      if (self->overdue && state == ATRIUM_ACCOUNT_ONLINE && gtk_widget_get_mapped (GTK_WIDGET (self)))
        atrium_toast (GTK_WIDGET (self), _("Back online"));
      g_clear_handle_id (&self->grace_id, g_source_remove);
      self->overdue = FALSE;
    }
  else if (!self->overdue && self->grace_id == 0)
    {
      self->grace_id = g_timeout_add_seconds (GRACE_SECONDS, on_grace_over, self);
    }

  if (final)
    {
      const char *hint = atrium_account_get_problem_hint (account);

      words = hint != NULL ? g_markup_printf_escaped ("<b>%s</b> %s", atrium_account_get_problem (account), hint)
                           : g_markup_printf_escaped ("<b>%s</b>", atrium_account_get_problem (account));
      gtk_button_set_label (self->button, _("Sign in again"));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), "win.sign-in");
    }
  else if (!atrium_account_get_network_allowed (account))
    {
      words = dup_offline_words (self);
      gtk_button_set_label (self->button, _("Go online"));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), "app.work-offline");
    }
  else
    {
      words = dup_offline_words (self);
      gtk_button_set_label (self->button, _("Retry"));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), "app.reconnect");
    }

  gtk_label_set_markup (self->label, words);
  gtk_image_set_from_icon_name (self->image, final ? "dialog-warning-symbolic" : "network-offline-symbolic");
  gtk_widget_remove_css_class (self->box, final ? "warning" : "error");
  gtk_widget_add_css_class (self->box, final ? "error" : "warning");
  gtk_revealer_set_reveal_child (self->revealer, away && (self->overdue || final));
}

static void
atrium_offline_banner_dispose (GObject *object)
{
  AtriumOfflineBanner *self = ATRIUM_OFFLINE_BANNER (object);

  g_clear_handle_id (&self->grace_id, g_source_remove);
  g_clear_object (&self->account_signals);
  g_clear_object (&self->outbox_signals);
  g_clear_pointer ((GtkWidget **) &self->revealer, gtk_widget_unparent);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (atrium_offline_banner_parent_class)->dispose (object);
}

static void
atrium_offline_banner_class_init (AtriumOfflineBannerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = atrium_offline_banner_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/parts/offline-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumOfflineBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, AtriumOfflineBanner, box);
  gtk_widget_class_bind_template_child (widget_class, AtriumOfflineBanner, image);
  gtk_widget_class_bind_template_child (widget_class, AtriumOfflineBanner, label);
  gtk_widget_class_bind_template_child (widget_class, AtriumOfflineBanner, button);
}

static void
atrium_offline_banner_init (AtriumOfflineBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->account_signals = g_signal_group_new (ATRIUM_TYPE_ACCOUNT);
  g_signal_group_connect_swapped (self->account_signals, "notify", G_CALLBACK (update), self);
  self->outbox_signals = g_signal_group_new (ATRIUM_TYPE_OUTBOX);
  g_signal_group_connect_swapped (self->outbox_signals, "notify::count", G_CALLBACK (update), self);
}

void
atrium_offline_banner_set_workspace (AtriumOfflineBanner *self,
                                     AtriumWorkspace     *workspace)
{
  g_return_if_fail (ATRIUM_IS_OFFLINE_BANNER (self));

  if (!g_set_object (&self->workspace, workspace))
    return;

  g_signal_group_set_target (self->account_signals, workspace != NULL ? atrium_workspace_get_account (workspace) : NULL);
  g_signal_group_set_target (self->outbox_signals, workspace != NULL ? atrium_workspace_get_outbox (workspace) : NULL);
  update (self);
}
