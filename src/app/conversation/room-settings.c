/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/room-settings.h"
#include "app/parts/toast.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _AtriumRoomSettings
{
  GtkWidget parent_instance;

  AtriumConversation *conversation;   /* owned */
  AtriumRoomConfig *config;           /* what the server said, NULL before */

  /* template children */
  GtkWidget *scrolled;
  AdwActionRow *address_row;
  GtkWidget *copy_button;
  GtkWidget *subject_row;
  GtkWidget *config_group;
  GtkEditable *name_row;
  GtkEditable *description_row;
  GtkSwitch *private_switch;
  GtkSwitch *invite_switch;
  GtkSwitch *subject_switch;
  GtkSwitch *archive_switch;
  GtkWidget *save_button;
  GtkWidget *destroy_button;
};

G_DEFINE_FINAL_TYPE (AtriumRoomSettings, atrium_room_settings, GTK_TYPE_WIDGET)

static void
update (AtriumRoomSettings *self)
{
  gboolean room = self->conversation != NULL && atrium_conversation_get_kind (self->conversation) == ATRIUM_CONVERSATION_ROOM;
  gboolean owner = room && atrium_conversation_get_own_affiliation (self->conversation) == ATRIUM_AFFILIATION_OWNER;
  const char *subject = room ? atrium_conversation_get_subject (self->conversation) : NULL;

  adw_action_row_set_subtitle (self->address_row, self->conversation != NULL ? atrium_conversation_get_address (self->conversation) : "");
  gtk_widget_set_visible (self->subject_row, room);
  gtk_editable_set_text (GTK_EDITABLE (self->subject_row), subject != NULL ? subject : "");
  gtk_widget_set_visible (self->config_group, owner && self->config != NULL);
  gtk_widget_set_visible (self->save_button, owner && self->config != NULL);
  gtk_widget_set_visible (self->destroy_button, owner && self->config != NULL);
  if (self->config == NULL)
    return;

  gtk_editable_set_text (self->name_row, self->config->name != NULL ? self->config->name : "");
  gtk_editable_set_text (self->description_row, self->config->description != NULL ? self->config->description : "");
  gtk_switch_set_active (self->private_switch, self->config->members_only);
  gtk_switch_set_active (self->invite_switch, self->config->members_invite);
  gtk_switch_set_active (self->subject_switch, self->config->anybody_sets_subject);
  gtk_switch_set_active (self->archive_switch, self->config->archive);
}

static void
on_config_loaded (GObject      *source,
                  GAsyncResult *result,
                  gpointer      data)
{
  g_autoptr(AtriumRoomSettings) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(AtriumRoomConfig) config = atrium_conversation_get_config_finish (ATRIUM_CONVERSATION (source), result, &error);

  if (ATRIUM_CONVERSATION (source) != self->conversation)
    return;
  if (config == NULL)
    {
      g_debug ("The settings of a room could not be loaded: %s", error->message);
      return;
    }
  g_clear_pointer (&self->config, atrium_room_config_free);
  self->config = g_steal_pointer (&config);
  update (self);
}

static void
on_saved (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  if (atrium_conversation_set_config_finish (ATRIUM_CONVERSATION (source), result, &error))
    atrium_toast (self, _("The room was changed."));
  else
    atrium_toast_error (self, _("The room could not be changed"), error);
}

static void
on_save (AtriumRoomSettings *self)
{
  g_autoptr(AtriumRoomConfig) config = NULL;

  if (self->config == NULL)
    return;

  config = atrium_room_config_copy (self->config);
  g_free (config->name);
  config->name = g_strdup (gtk_editable_get_text (self->name_row));
  g_free (config->description);
  config->description = g_strdup (gtk_editable_get_text (self->description_row));
  config->members_only = gtk_switch_get_active (self->private_switch);
  config->hidden = config->members_only;
  config->members_invite = gtk_switch_get_active (self->invite_switch);
  config->anybody_sets_subject = gtk_switch_get_active (self->subject_switch);
  config->archive = gtk_switch_get_active (self->archive_switch);
  atrium_conversation_set_config_async (self->conversation, config, NULL, on_saved, g_object_ref (self));
}

static void
on_subject_set (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_conversation_set_subject_finish (ATRIUM_CONVERSATION (source), result, &error))
    atrium_toast_error (self, _("The subject could not be changed"), error);
}

static void
on_subject_apply (AtriumRoomSettings *self)
{
  atrium_conversation_set_subject_async (self->conversation, gtk_editable_get_text (GTK_EDITABLE (self->subject_row)), NULL,
                                         on_subject_set, g_object_ref (self));
}

static void
on_destroyed (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_conversation_destroy_finish (ATRIUM_CONVERSATION (source), result, &error))
    atrium_toast_error (self, _("The room could not be closed"), error);
}

static void
on_destroy_answer (AdwMessageDialog   *dialog,
                   const char         *response,
                   AtriumRoomSettings *self)
{
  if (g_str_equal (response, "close") && self->conversation != NULL)
    atrium_conversation_destroy_async (self->conversation, NULL, NULL, on_destroyed, g_object_ref (self));
}

static void
on_destroy (AtriumRoomSettings *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _("Close this room for everybody?"),
                                              _("Everybody is sent out and the room is gone. What is on each computer stays there."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "close", _("Close the room"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "close", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_destroy_answer), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_copy (AtriumRoomSettings *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), atrium_conversation_get_address (self->conversation));
  atrium_toast (GTK_WIDGET (self), _("Copied"));
}

static void
atrium_room_settings_dispose (GObject *object)
{
  AtriumRoomSettings *self = ATRIUM_ROOM_SETTINGS (object);

  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_pointer (&self->config, atrium_room_config_free);
  g_clear_object (&self->conversation);

  G_OBJECT_CLASS (atrium_room_settings_parent_class)->dispose (object);
}

static void
atrium_room_settings_class_init (AtriumRoomSettingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = atrium_room_settings_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/conversation/room-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomSettings, scrolled);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomSettings, address_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomSettings, copy_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomSettings, subject_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomSettings, config_group);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomSettings, name_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomSettings, description_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomSettings, private_switch);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomSettings, invite_switch);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomSettings, subject_switch);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomSettings, archive_switch);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomSettings, save_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomSettings, destroy_button);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_subject_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_destroy);
}

static void
atrium_room_settings_init (AtriumRoomSettings *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Copy the address"), -1);
  update (self);
}

void
atrium_room_settings_set_conversation (AtriumRoomSettings *self,
                                       AtriumConversation *conversation)
{
  g_return_if_fail (ATRIUM_IS_ROOM_SETTINGS (self));

  if (!g_set_object (&self->conversation, conversation))
    return;
  g_clear_pointer (&self->config, atrium_room_config_free);
  update (self);
}

void
atrium_room_settings_refresh (AtriumRoomSettings *self)
{
  g_return_if_fail (ATRIUM_IS_ROOM_SETTINGS (self));

  update (self);
  if (self->conversation != NULL && atrium_conversation_get_kind (self->conversation) == ATRIUM_CONVERSATION_ROOM &&
      atrium_conversation_get_own_affiliation (self->conversation) == ATRIUM_AFFILIATION_OWNER)
    atrium_conversation_get_config_async (self->conversation, NULL, on_config_loaded, g_object_ref (self));
}
