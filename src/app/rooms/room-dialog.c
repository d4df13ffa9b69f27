/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/person-face.h"
#include "app/parts/person-row.h"
#include "app/parts/toast.h"
#include "app/rooms/room-dialog.h"

#include "workspace/search/search-hit.h"

#include <glib/gi18n.h>
#include <string.h>

/* Colleagues listed while nothing or little is typed. */
#define MAX_PEOPLE 30

struct _AtriumRoomDialog
{
  AdwWindow parent_instance;

  AtriumWorkspace *workspace;   /* owned */
  gboolean join;
  gboolean busy;
  GHashTable *invited;          /* addresses */

  /* template children */
  GtkButton *done_button;
  GtkStack *stack;
  GtkEditable *name_row;
  GtkSwitch *private_switch;
  GtkEditable *people_entry;
  GtkListBox *people_list;
  GtkEditable *address_row;
  GtkListBox *rooms_list;
  GtkLabel *rooms_placeholder;
};

enum
{
  OPENED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumRoomDialog, atrium_room_dialog, ADW_TYPE_WINDOW)

static void
update (AtriumRoomDialog *self)
{
  const char *text = gtk_editable_get_text (self->join ? self->address_row : self->name_row);

  gtk_button_set_label (self->done_button, self->join ? _("Enter") : _("Make the room"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->done_button),
                            !self->busy && (self->join ? strchr (text, '@') != NULL : *text != '\0'));
}

static void
finish (AtriumRoomDialog   *self,
        AtriumConversation *conversation,
        const GError       *error)
{
  self->busy = FALSE;
  update (self);
  if (conversation == NULL)
    {
      atrium_toast_error (GTK_WIDGET (self), NULL, error);
      return;
    }
  g_signal_emit (self, signals[OPENED], 0, conversation);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_created (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr(AtriumRoomDialog) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(AtriumConversation) conversation = atrium_workspace_create_room_finish (ATRIUM_WORKSPACE (source), result, &error);

  finish (self, conversation, error);
}

static void
on_joined (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr(AtriumRoomDialog) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(AtriumConversation) conversation = atrium_workspace_join_room_finish (ATRIUM_WORKSPACE (source), result, &error);

  finish (self, conversation, error);
}

static void
on_done (AtriumRoomDialog *self)
{
  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->done_button)))
    return;

  self->busy = TRUE;
  update (self);
  if (self->join)
    {
      atrium_workspace_join_room_async (self->workspace, gtk_editable_get_text (self->address_row), NULL, NULL, on_joined,
                                        g_object_ref (self));
    }
  else
    {
      g_autofree const char **members = (const char **) g_hash_table_get_keys_as_array (self->invited, NULL);

      atrium_workspace_create_room_async (self->workspace, gtk_editable_get_text (self->name_row),
                                          gtk_switch_get_active (self->private_switch) ? ATRIUM_ROOM_PRIVATE : ATRIUM_ROOM_DEFAULT,
                                          members, NULL, on_created, g_object_ref (self));
    }
}

static void
on_invite_toggled (GtkCheckButton   *check,
                   AtriumRoomDialog *self)
{
  const char *address = g_object_get_data (G_OBJECT (check), "address");

  if (gtk_check_button_get_active (check))
    g_hash_table_add (self->invited, g_strdup (address));
  else
    g_hash_table_remove (self->invited, address);
}

static GtkWidget *
make_person_row (AtriumRoomDialog *self,
                 AtriumPerson     *person)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *check = gtk_check_button_new ();
  GtkWidget *row = atrium_person_row_new ();

  gtk_widget_set_margin_start (box, 9);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), g_hash_table_contains (self->invited, atrium_person_get_address (person)));
  g_object_set_data_full (G_OBJECT (check), "address", g_strdup (atrium_person_get_address (person)), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, atrium_person_get_name (person), -1);
  g_signal_connect (check, "toggled", G_CALLBACK (on_invite_toggled), self);
  gtk_widget_set_hexpand (row, TRUE);
  gtk_box_append (GTK_BOX (box), check);
  gtk_box_append (GTK_BOX (box), row);
  atrium_person_row_show (ATRIUM_PERSON_ROW (row), atrium_person_get_address (person), atrium_person_get_name (person),
                          atrium_person_get_match_hint (person), NULL,
                          atrium_dot_for_presence (atrium_person_get_presence (person), FALSE), atrium_person_get_avatar (person));
  return box;
}

static void
on_people_changed (AtriumRoomDialog *self)
{
  g_autoptr(GListModel) people = NULL;
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->people_list, 0)) != NULL)
    gtk_list_box_remove (self->people_list, GTK_WIDGET (row));
  people = atrium_directory_search (atrium_workspace_get_directory (self->workspace), gtk_editable_get_text (self->people_entry));
  for (guint i = 0; i < MIN (g_list_model_get_n_items (people), MAX_PEOPLE); i++)
    {
      g_autoptr(AtriumPerson) person = g_list_model_get_item (people, i);

      if (!atrium_person_get_own (person))
        gtk_list_box_append (self->people_list, make_person_row (self, person));
    }
}

static void
on_rooms_listed (GObject      *source,
                 GAsyncResult *result,
                 gpointer      data)
{
  g_autoptr(AtriumRoomDialog) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GListModel) rooms = atrium_workspace_list_rooms_finish (ATRIUM_WORKSPACE (source), result, &error);

  if (rooms == NULL)
    {
      gtk_label_set_text (self->rooms_placeholder, error->message);
      return;
    }
  gtk_label_set_text (self->rooms_placeholder, _("Your server lists no rooms."));
  for (guint i = 0; i < g_list_model_get_n_items (rooms); i++)
    {
      g_autoptr(AtriumSearchHit) hit = g_list_model_get_item (rooms, i);
      GtkWidget *row = gtk_list_box_row_new ();
      GtkWidget *person_row = atrium_person_row_new ();

      atrium_person_row_set_room (ATRIUM_PERSON_ROW (person_row), TRUE);
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), person_row);
      atrium_person_row_show (ATRIUM_PERSON_ROW (person_row), atrium_search_hit_get_address (hit), atrium_search_hit_get_title (hit),
                              atrium_search_hit_get_snippet (hit), NULL, ATRIUM_DOT_NONE, NULL);
      g_object_set_data_full (G_OBJECT (row), "address", g_strdup (atrium_search_hit_get_address (hit)), g_free);
      gtk_list_box_append (self->rooms_list, row);
    }
}

static void
on_room_activated (AtriumRoomDialog *self,
                   GtkListBoxRow    *row)
{
  gtk_editable_set_text (self->address_row, g_object_get_data (G_OBJECT (row), "address"));
  on_done (self);
}

static void
atrium_room_dialog_dispose (GObject *object)
{
  AtriumRoomDialog *self = ATRIUM_ROOM_DIALOG (object);

  g_clear_pointer (&self->invited, g_hash_table_unref);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (atrium_room_dialog_parent_class)->dispose (object);
}

static void
atrium_room_dialog_class_init (AtriumRoomDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = atrium_room_dialog_dispose;
  signals[OPENED] = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, ATRIUM_TYPE_CONVERSATION);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/rooms/room-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomDialog, done_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomDialog, private_switch);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomDialog, people_entry);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomDialog, people_list);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomDialog, address_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomDialog, rooms_list);
  gtk_widget_class_bind_template_child (widget_class, AtriumRoomDialog, rooms_placeholder);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_done);
  gtk_widget_class_bind_template_callback (widget_class, on_people_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_room_activated);
}

static void
atrium_room_dialog_init (AtriumRoomDialog *self)
{
  self->invited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->name_row), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name of the room"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->address_row), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Address of the room"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->people_entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Search people"), -1);
}

GtkWidget *
atrium_room_dialog_new (GtkWindow       *parent,
                        AtriumWorkspace *workspace,
                        gboolean         join)
{
  AtriumRoomDialog *self;

  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (workspace), NULL);

  self = g_object_new (ATRIUM_TYPE_ROOM_DIALOG, "transient-for", parent, "title", join ? _("Join room") : _("New room"), NULL);
  self->workspace = g_object_ref (workspace);
  self->join = join;
  gtk_stack_set_visible_child_name (self->stack, join ? "join" : "new");
  if (join)
    atrium_workspace_list_rooms_async (workspace, NULL, on_rooms_listed, g_object_ref (self));
  else
    on_people_changed (self);
  update (self);
  return GTK_WIDGET (self);
}
