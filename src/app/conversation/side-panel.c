/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/file-card.h"
#include "app/conversation/room-settings.h"
#include "app/conversation/side-panel.h"
#include "app/parts/person-face.h"
#include "app/parts/person-row.h"
#include "app/parts/toast.h"

#include "workspace/chat/member.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define MAX_FILES 200

struct _AtriumSidePanel
{
  GtkWidget parent_instance;

  AtriumWorkspace *workspace;         /* owned */
  AtriumConversation *conversation;   /* owned */
  GtkNoSelection *members;

  /* template children */
  GtkWidget *box;
  GtkWidget *switcher;
  GtkWidget *close_button;
  GtkStack *stack;
  GtkWidget *invite_button;
  GtkListView *members_view;
  GtkStack *files_stack;
  GtkListBox *files_list;
  AtriumRoomSettings *settings;
};

G_DEFINE_FINAL_TYPE (AtriumSidePanel, atrium_side_panel, GTK_TYPE_WIDGET)

static const char *
affiliation_word (AtriumMember *member)
{
  switch (atrium_member_get_affiliation (member))
    {
    case ATRIUM_AFFILIATION_OWNER:
      return C_("in a room", "Owner");
    case ATRIUM_AFFILIATION_ADMIN:
      return C_("in a room", "Administrator");
    case ATRIUM_AFFILIATION_OUTCAST:
      return C_("in a room", "Shut out");
    case ATRIUM_AFFILIATION_MEMBER:
    case ATRIUM_AFFILIATION_NONE:
    default:
      return atrium_member_get_role (member) == ATRIUM_ROLE_VISITOR ? C_("in a room", "May only read") : NULL;
    }
}

static void
on_member_setup (GtkSignalListItemFactory *factory,
                 GtkListItem              *item,
                 AtriumSidePanel          *self)
{
  gtk_list_item_set_child (item, atrium_person_row_new ());
}

static void
on_member_bind (GtkSignalListItemFactory *factory,
                GtkListItem              *item,
                AtriumSidePanel          *self)
{
  AtriumPersonRow *row = ATRIUM_PERSON_ROW (gtk_list_item_get_child (item));
  AtriumMember *member = gtk_list_item_get_item (item);
  AtriumPerson *person = atrium_member_get_person (member);
  const char *status = atrium_member_get_status_text (member);
  const char *const *hats = atrium_member_get_hats (member);
  const char *tag = hats != NULL && hats[0] != NULL ? hats[0] : affiliation_word (member);

  atrium_person_row_show (row, atrium_member_get_address (member), atrium_member_get_name (member),
                          status != NULL && *status != '\0' ? status : atrium_presence_word (atrium_member_get_presence (member)),
                          atrium_member_get_own (member) ? C_("in a room", "You") : tag,
                          atrium_dot_for_presence (atrium_member_get_presence (member), TRUE),
                          person != NULL ? atrium_person_get_avatar (person) : NULL);
}

static void
on_member_activate (AtriumSidePanel *self,
                    guint            position)
{
  g_autoptr(AtriumMember) member = g_list_model_get_item (G_LIST_MODEL (self->members), position);
  const char *address = member != NULL ? atrium_member_get_address (member) : NULL;

  if (address != NULL && !atrium_member_get_own (member))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-person", "s", address);
}

static GtkWidget *
make_file_row (gpointer item,
               gpointer data)
{
  GtkWidget *card = atrium_file_card_new (item);

  gtk_widget_set_halign (card, GTK_ALIGN_FILL);
  gtk_widget_set_margin_start (card, 12);
  gtk_widget_set_margin_end (card, 12);
  gtk_widget_set_margin_top (card, 3);
  gtk_widget_set_margin_bottom (card, 3);
  return card;
}

static void
on_files_listed (GObject      *source,
                 GAsyncResult *result,
                 gpointer      data)
{
  g_autoptr(AtriumSidePanel) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GListModel) files = atrium_conversation_list_files_finish (ATRIUM_CONVERSATION (source), result, &error);

  if (ATRIUM_CONVERSATION (source) != self->conversation)
    return;
  if (files == NULL)
    {
      atrium_toast_error (GTK_WIDGET (self), NULL, error);
      return;
    }
  gtk_list_box_bind_model (self->files_list, files, make_file_row, NULL, NULL);
  gtk_stack_set_visible_child_name (self->files_stack, g_list_model_get_n_items (files) > 0 ? "list" : "empty");
}

static void
on_members_loaded (GObject      *source,
                   GAsyncResult *result,
                   gpointer      data)
{
  g_autoptr(GError) error = NULL;

  /* Offline the list of the last visit stays. */
  if (!atrium_conversation_load_members_finish (ATRIUM_CONVERSATION (source), result, &error))
    g_debug ("Members could not be loaded: %s", error->message);
}

static void
atrium_side_panel_dispose (GObject *object)
{
  AtriumSidePanel *self = ATRIUM_SIDE_PANEL (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->members);
  g_clear_object (&self->conversation);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (atrium_side_panel_parent_class)->dispose (object);
}

static void
atrium_side_panel_class_init (AtriumSidePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ATRIUM_TYPE_ROOM_SETTINGS);
  G_OBJECT_CLASS (klass)->dispose = atrium_side_panel_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/conversation/side-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumSidePanel, box);
  gtk_widget_class_bind_template_child (widget_class, AtriumSidePanel, switcher);
  gtk_widget_class_bind_template_child (widget_class, AtriumSidePanel, close_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumSidePanel, stack);
  gtk_widget_class_bind_template_child (widget_class, AtriumSidePanel, invite_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumSidePanel, members_view);
  gtk_widget_class_bind_template_child (widget_class, AtriumSidePanel, files_stack);
  gtk_widget_class_bind_template_child (widget_class, AtriumSidePanel, files_list);
  gtk_widget_class_bind_template_child (widget_class, AtriumSidePanel, settings);
  gtk_widget_class_bind_template_callback (widget_class, on_member_activate);
}

static void
atrium_side_panel_init (AtriumSidePanel *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->close_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Close the side panel"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->members_view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Members"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->files_list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Files"), -1);

  g_signal_connect (factory, "setup", G_CALLBACK (on_member_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_member_bind), self);
  gtk_list_view_set_factory (self->members_view, factory);
  self->members = gtk_no_selection_new (NULL);
  gtk_list_view_set_model (self->members_view, GTK_SELECTION_MODEL (self->members));
}

void
atrium_side_panel_set_workspace (AtriumSidePanel *self,
                                 AtriumWorkspace *workspace)
{
  g_return_if_fail (ATRIUM_IS_SIDE_PANEL (self));

  g_set_object (&self->workspace, workspace);
}

void
atrium_side_panel_set_conversation (AtriumSidePanel    *self,
                                    AtriumConversation *conversation)
{
  gboolean room;

  g_return_if_fail (ATRIUM_IS_SIDE_PANEL (self));

  if (!g_set_object (&self->conversation, conversation))
    return;

  room = conversation != NULL && atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM;
  gtk_no_selection_set_model (self->members, room ? atrium_conversation_get_members (conversation) : NULL);
  gtk_stack_page_set_visible (gtk_stack_get_page (self->stack, gtk_stack_get_child_by_name (self->stack, "members")), room);
  if (!room && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "members") == 0)
    gtk_stack_set_visible_child_name (self->stack, "files");
  gtk_stack_set_visible_child_name (self->files_stack, "empty");
  atrium_room_settings_set_conversation (self->settings, conversation);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    atrium_side_panel_refresh (self);
}

void
atrium_side_panel_show_page (AtriumSidePanel *self,
                             const char      *page)
{
  g_return_if_fail (ATRIUM_IS_SIDE_PANEL (self));

  gtk_stack_set_visible_child_name (self->stack, page);
}

void
atrium_side_panel_refresh (AtriumSidePanel *self)
{
  g_return_if_fail (ATRIUM_IS_SIDE_PANEL (self));

  if (self->conversation == NULL)
    return;

  if (atrium_conversation_get_kind (self->conversation) == ATRIUM_CONVERSATION_ROOM)
    {
      atrium_conversation_load_members_async (self->conversation, NULL, on_members_loaded, NULL);
      atrium_room_settings_refresh (self->settings);
    }
  atrium_conversation_list_files_async (self->conversation, MAX_FILES, NULL, on_files_listed, g_object_ref (self));
}

void
atrium_side_panel_focus (AtriumSidePanel *self)
{
  g_return_if_fail (ATRIUM_IS_SIDE_PANEL (self));

  gtk_widget_child_focus (self->switcher, GTK_DIR_TAB_FORWARD);
}
