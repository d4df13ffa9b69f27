/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/avatar.h"
#include "app/parts/person-face.h"
#include "app/parts/text.h"
#include "app/rail.h"

#include <glib/gi18n.h>

struct _AtriumRail
{
  GtkWidget parent_instance;

  AtriumAccount *account;       /* owned, NULL before the workspace is open */
  GSignalGroup *account_signals;

  /* template children */
  GtkWidget *today_button;
  GtkWidget *chats_button;
  GtkWidget *people_button;
  GtkWidget *spacer;
  GtkMenuButton *me_button;
  GtkPopover *me_popover;
  AtriumAvatar *me_avatar;
  GtkLabel *chats_badge;
  GtkLabel *me_name_label;
  GtkLabel *me_address_label;
  GtkEditable *status_entry;
};

enum
{
  PROP_0,
  PROP_ORIENTATION,
};

G_DEFINE_FINAL_TYPE_WITH_CODE (AtriumRail, atrium_rail, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_ORIENTABLE, NULL))

static void
set_orientation (AtriumRail     *self,
                 GtkOrientation  orientation)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  GtkWidget *const buttons[] = { self->today_button, self->chats_button, self->people_button };
  gboolean horizontal = orientation == GTK_ORIENTATION_HORIZONTAL;

  if (gtk_orientable_get_orientation (GTK_ORIENTABLE (layout)) == orientation)
    return;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), orientation);
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    gtk_widget_set_hexpand (buttons[i], horizontal);
  gtk_widget_set_visible (self->spacer, !horizontal);
  gtk_widget_set_hexpand (GTK_WIDGET (self->me_button), horizontal);
  gtk_menu_button_set_direction (self->me_button, horizontal ? GTK_ARROW_UP : GTK_ARROW_RIGHT);
  atrium_avatar_set_size (self->me_avatar, horizontal ? 30 : 36);
  gtk_widget_remove_css_class (GTK_WIDGET (self), horizontal ? "vertical" : "horizontal");
  gtk_widget_add_css_class (GTK_WIDGET (self), horizontal ? "horizontal" : "vertical");
  g_object_notify (G_OBJECT (self), "orientation");
}

static void
update_me (AtriumRail *self)
{
  const char *address = NULL;
  const char *name = NULL;
  g_autofree char *shown_name = NULL;
  g_autofree char *tip = NULL;
  AtriumPresence presence = ATRIUM_PRESENCE_UNKNOWN;
  gboolean online = FALSE;
  const char *state = "";

  if (self->account != NULL)
    {
      address = atrium_account_get_address (self->account);
      name = atrium_account_get_display_name (self->account);
      presence = atrium_account_get_presence (self->account);
      online = atrium_account_get_state (self->account) == ATRIUM_ACCOUNT_ONLINE;
      if (!gtk_widget_has_focus (GTK_WIDGET (self->status_entry)))
        {
          const char *text = atrium_account_get_status_text (self->account);

          gtk_editable_set_text (self->status_entry, text != NULL ? text : "");
        }
    }

  if (address == NULL)
    name = C_("own account", "This computer");
  shown_name = atrium_text_line (name != NULL && *name != '\0' ? name : address, 60);
  gtk_label_set_text (self->me_name_label, shown_name);
  gtk_label_set_text (self->me_address_label, address != NULL ? address : _("Not signed in"));
  gtk_widget_set_visible (GTK_WIDGET (self->status_entry), address != NULL);

  atrium_avatar_set_subject (self->me_avatar, address, name, FALSE);
  if (address == NULL)
    {
      atrium_avatar_set_dot (self->me_avatar, ATRIUM_DOT_NONE);
      state = _("Not signed in");
    }
  else
    {
      atrium_avatar_set_dot (self->me_avatar, online ? atrium_dot_for_presence (presence, TRUE) : ATRIUM_DOT_OFFLINE);
      state = online ? atrium_presence_word (presence) : C_("presence", "Offline");
    }

  /* Translators: own name, then own presence. */
  tip = g_strdup_printf (C_("own status button", "%s · %s"), shown_name, state);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->me_button), tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->me_button), GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
}

static void
on_status_activate (AtriumRail *self)
{
  if (self->account != NULL)
    atrium_account_set_presence (self->account, atrium_account_get_presence (self->account),
                                 gtk_editable_get_text (self->status_entry));
  gtk_popover_popdown (self->me_popover);
}

static void
atrium_rail_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_ORIENTATION:
      g_value_set_enum (value, gtk_orientable_get_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (object)))));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
atrium_rail_set_property (GObject      *object,
                          guint         id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  switch (id)
    {
    case PROP_ORIENTATION:
      set_orientation (ATRIUM_RAIL (object), g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
atrium_rail_dispose (GObject *object)
{
  AtriumRail *self = ATRIUM_RAIL (object);
  GtkWidget *child;

  g_clear_object (&self->account_signals);
  g_clear_object (&self->account);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (atrium_rail_parent_class)->dispose (object);
}

static void
atrium_rail_class_init (AtriumRailClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ATRIUM_TYPE_AVATAR);

  object_class->dispose = atrium_rail_dispose;
  object_class->get_property = atrium_rail_get_property;
  object_class->set_property = atrium_rail_set_property;
  g_object_class_override_property (object_class, PROP_ORIENTATION, "orientation");

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/rail.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumRail, today_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumRail, chats_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumRail, people_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumRail, spacer);
  gtk_widget_class_bind_template_child (widget_class, AtriumRail, me_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumRail, me_popover);
  gtk_widget_class_bind_template_child (widget_class, AtriumRail, me_avatar);
  gtk_widget_class_bind_template_child (widget_class, AtriumRail, chats_badge);
  gtk_widget_class_bind_template_child (widget_class, AtriumRail, me_name_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumRail, me_address_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumRail, status_entry);
  gtk_widget_class_bind_template_callback (widget_class, on_status_activate);
}

static void
atrium_rail_init (AtriumRail *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->today_button), GTK_ACCESSIBLE_PROPERTY_LABEL, C_("section", "Today"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->chats_button), GTK_ACCESSIBLE_PROPERTY_LABEL, C_("section", "Chats"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->people_button), GTK_ACCESSIBLE_PROPERTY_LABEL, C_("section", "People"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->status_entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Status text"), -1);

  self->account_signals = g_signal_group_new (ATRIUM_TYPE_ACCOUNT);
  g_signal_group_connect_swapped (self->account_signals, "notify", G_CALLBACK (update_me), self);
  update_me (self);
}

void
atrium_rail_set_account (AtriumRail    *self,
                         AtriumAccount *account)
{
  g_return_if_fail (ATRIUM_IS_RAIL (self));

  g_set_object (&self->account, account);
  g_signal_group_set_target (self->account_signals, account);
  update_me (self);
}

void
atrium_rail_set_counts (AtriumRail *self,
                        guint       unread,
                        guint       mentions)
{
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;
  guint shown = mentions > 0 ? mentions : unread;

  g_return_if_fail (ATRIUM_IS_RAIL (self));

  text = shown > 99 ? g_strdup ("99+") : g_strdup_printf ("%u", shown);
  gtk_label_set_text (self->chats_badge, text);
  gtk_widget_set_visible (GTK_WIDGET (self->chats_badge), shown > 0);
  if (mentions > 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->chats_badge), "mention");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->chats_badge), "mention");

  if (unread > 0)
    name = g_strdup_printf (ngettext ("Chats, %u unread message", "Chats, %u unread messages", unread), unread);
  else
    name = g_strdup (C_("section", "Chats"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->chats_button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
