/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/chats/chat-actions.h"
#include "app/chats/chat-list.h"
#include "app/chats/chat-row.h"
#include "app/chats/status-line.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef enum
{
  FILTER_ALL,
  FILTER_UNREAD,
  FILTER_MENTIONS,
  FILTER_PEOPLE,
  FILTER_ROOMS,
  FILTER_MUTED,
  FILTER_ARCHIVED,
  N_FILTERS
} Filter;

static const struct
{
  const char *label;
  const char *empty_title;
  const char *empty_text;
} filters[N_FILTERS] = {
  { NC_("chat filter", "All"), N_("No chats yet"), N_("Write to a colleague or open a room.") },
  { NC_("chat filter", "Unread"), N_("All read"), N_("Chats with new messages appear here.") },
  { NC_("chat filter", "Mentions"), N_("No mentions"), N_("Chats in which somebody named you appear here.") },
  { NC_("chat filter", "People"), N_("No chats with people yet"), N_("Write to a colleague.") },
  { NC_("chat filter", "Rooms"), N_("No rooms yet"), N_("Make a room or join one.") },
  { NC_("chat filter", "Muted"), N_("Nothing is muted"), N_("Muted chats stay quiet and appear here.") },
  { NC_("chat filter", "Archived"), N_("The archive is empty"), N_("Chats that you move to the archive appear here.") },
};

struct _AtriumChatList
{
  GtkWidget parent_instance;

  AtriumWorkspace *workspace;     /* owned */
  GSignalGroup *workspace_signals;
  GtkFilterListModel *filtered;
  GtkCustomFilter *custom_filter;
  GtkSingleSelection *selection;
  AtriumConversation *open;       /* owned, the one whose page is shown; NULL none */
  Filter filter;
  gboolean selecting;             /* the selection is moved by us, not by the user */
  GtkWidget *menu;                /* popover of the last right click */

  /* template children */
  GtkWidget *box;
  GtkWidget *search_button;
  GtkWidget *add_button;
  GtkWidget *window_controls;
  GtkBox *chips_box;
  GtkStack *stack;
  GtkListView *list_view;
  AdwStatusPage *empty_page;
  GtkButton *empty_button;
  AtriumStatusLine *status_line;
  GMenuModel *row_menu;
};

enum
{
  OPEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumChatList, atrium_chat_list, GTK_TYPE_WIDGET)

static gboolean
matches (gpointer item,
         gpointer data)
{
  AtriumChatList *self = data;
  AtriumConversation *conversation = item;
  gboolean archived = atrium_conversation_get_archived (conversation);

  /* What is open stays in the list until another one is opened: reading it must not make it vanish. */
  if (conversation == self->open && (self->filter == FILTER_UNREAD || self->filter == FILTER_MENTIONS))
    return TRUE;

  switch (self->filter)
    {
    case FILTER_ALL:
      return !archived;
    case FILTER_UNREAD:
      return !archived &&
             (atrium_conversation_get_unread (conversation) > 0 || atrium_conversation_get_marked_unread (conversation));
    case FILTER_MENTIONS:
      return !archived && atrium_conversation_get_mentions (conversation) > 0;
    case FILTER_PEOPLE:
      return !archived && atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_PERSON;
    case FILTER_ROOMS:
      return !archived && atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM;
    case FILTER_MUTED:
      return !archived && atrium_conversation_get_muted (conversation);
    case FILTER_ARCHIVED:
      return archived;
    case N_FILTERS:
    default:
      g_assert_not_reached ();
    }
}

static void
refilter (AtriumChatList *self)
{
  gtk_filter_changed (GTK_FILTER (self->custom_filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
update_stack (AtriumChatList *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0;
  gboolean rooms = self->filter == FILTER_ROOMS;

  if (empty)
    {
      adw_status_page_set_title (self->empty_page, _(filters[self->filter].empty_title));
      adw_status_page_set_description (self->empty_page, _(filters[self->filter].empty_text));
      gtk_widget_set_visible (GTK_WIDGET (self->empty_button),
                              self->filter == FILTER_ALL || self->filter == FILTER_PEOPLE || rooms);
      gtk_button_set_label (self->empty_button, rooms ? _("New room") : _("New message"));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->empty_button), rooms ? "win.new-room" : "win.new-message");
    }
  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "list");
}

/* Puts the mark back on the open conversation after the list moved under it. */
static void
select_open (AtriumChatList *self)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
  guint found = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; self->open != NULL && i < n_items && found == GTK_INVALID_LIST_POSITION; i++)
    {
      g_autoptr(AtriumConversation) conversation = g_list_model_get_item (G_LIST_MODEL (self->filtered), i);

      if (conversation == self->open)
        found = i;
    }

  self->selecting = TRUE;
  gtk_single_selection_set_selected (self->selection, found);
  self->selecting = FALSE;
}

static void
on_items_changed (AtriumChatList *self)
{
  if (gtk_single_selection_get_selected_item (self->selection) != self->open)
    select_open (self);
  update_stack (self);
}

static void
on_selected (AtriumChatList *self)
{
  AtriumConversation *conversation = gtk_single_selection_get_selected_item (self->selection);

  if (!self->selecting && conversation != NULL && conversation != self->open)
    g_signal_emit (self, signals[OPEN], 0, conversation);
}

static void
on_activate (AtriumChatList *self,
             guint           position)
{
  g_autoptr(AtriumConversation) conversation = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (conversation != NULL)
    g_signal_emit (self, signals[OPEN], 0, conversation);
}

static void
on_chip_toggled (GtkToggleButton *chip,
                 AtriumChatList  *self)
{
  if (!gtk_toggle_button_get_active (chip))
    return;

  self->filter = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (chip), "filter"));
  refilter (self);
  update_stack (self);
}

static void
pop_up_menu (AtriumChatList *self,
             GtkWidget      *row,
             double          x,
             double          y)
{
  AtriumConversation *conversation = atrium_chat_row_get_conversation (ATRIUM_CHAT_ROW (row));
  GActionGroup *actions;
  graphene_point_t point;

  if (conversation == NULL)
    return;

  actions = atrium_chat_actions_new (conversation, GTK_WIDGET (self));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "chat", actions);
  g_object_unref (actions);

  if (!gtk_widget_compute_point (row, GTK_WIDGET (self), &GRAPHENE_POINT_INIT (x, y), &point))
    return;
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  self->menu = gtk_popover_menu_new_from_model (self->row_menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) { point.x, point.y, 1, 1 });
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_row_pressed (GtkGestureClick *gesture,
                int              n_press,
                double           x,
                double           y,
                AtriumChatList  *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  pop_up_menu (self, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)), x, y);
}

static void
on_row_held (GtkGestureLongPress *gesture,
             double               x,
             double               y,
             AtriumChatList      *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  pop_up_menu (self, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)), x, y);
}

/* Menu key and Shift+F10 on the focused row. */
static gboolean
on_menu_key (GtkWidget *widget,
             GVariant  *arguments,
             gpointer   data)
{
  AtriumChatList *self = ATRIUM_CHAT_LIST (data);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  GtkWidget *row = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;

  if (!ATRIUM_IS_CHAT_ROW (row))
    return FALSE;

  pop_up_menu (self, row, 60, gtk_widget_get_height (row));
  return TRUE;
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          AtriumChatList           *self)
{
  GtkWidget *row = atrium_chat_row_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *hold = gtk_gesture_long_press_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_row_pressed), self);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (hold), TRUE);
  g_signal_connect (hold, "pressed", G_CALLBACK (on_row_held), self);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (hold));
  gtk_list_item_set_child (item, row);
}

/* Screen readers read the list item, which is the parent of our row. */
static void
describe (AtriumChatRow *row)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (row));
  AtriumConversation *conversation = atrium_chat_row_get_conversation (row);
  g_autofree char *words = NULL;

  if (item == NULL || conversation == NULL)
    return;

  words = atrium_chat_row_dup_description (conversation);
  gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         AtriumChatList           *self)
{
  AtriumChatRow *row = ATRIUM_CHAT_ROW (gtk_list_item_get_child (item));
  AtriumConversation *conversation = gtk_list_item_get_item (item);

  atrium_chat_row_set_conversation (row, conversation);
  describe (row);
  g_signal_connect_object (conversation, "notify::unread", G_CALLBACK (describe), row, G_CONNECT_SWAPPED);
  g_signal_connect_object (conversation, "notify::last-text", G_CALLBACK (describe), row, G_CONNECT_SWAPPED);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           AtriumChatList           *self)
{
  AtriumChatRow *row = ATRIUM_CHAT_ROW (gtk_list_item_get_child (item));

  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), describe, row);
  atrium_chat_row_set_conversation (row, NULL);
}

static void
add_chips (AtriumChatList *self)
{
  GtkToggleButton *first = NULL;

  for (Filter filter = FILTER_ALL; filter < N_FILTERS; filter++)
    {
      GtkWidget *chip = gtk_toggle_button_new_with_label (g_dpgettext2 (NULL, "chat filter", filters[filter].label));

      g_object_set_data (G_OBJECT (chip), "filter", GUINT_TO_POINTER (filter));
      gtk_widget_add_css_class (chip, "atrium-chip");
      if (first == NULL)
        first = GTK_TOGGLE_BUTTON (chip);
      else
        gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (chip), first);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (chip), filter == FILTER_ALL);
      g_signal_connect (chip, "toggled", G_CALLBACK (on_chip_toggled), self);
      gtk_box_append (self->chips_box, chip);
    }
}

static void
atrium_chat_list_dispose (GObject *object)
{
  AtriumChatList *self = ATRIUM_CHAT_LIST (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->workspace_signals);
  if (self->custom_filter != NULL)
    gtk_custom_filter_set_filter_func (self->custom_filter, NULL, NULL, NULL);
  if (self->filtered != NULL)
    g_signal_handlers_disconnect_by_data (self->filtered, self);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->filtered);
  g_clear_object (&self->custom_filter);
  g_clear_object (&self->open);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (atrium_chat_list_parent_class)->dispose (object);
}

static void
atrium_chat_list_class_init (AtriumChatListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ATRIUM_TYPE_STATUS_LINE);
  G_OBJECT_CLASS (klass)->dispose = atrium_chat_list_dispose;

  signals[OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, ATRIUM_TYPE_CONVERSATION);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/chats/chat-list.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumChatList, box);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatList, search_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatList, add_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatList, window_controls);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatList, chips_box);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatList, stack);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatList, list_view);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatList, empty_page);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatList, empty_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatList, status_line);
  gtk_widget_class_bind_template_child (widget_class, AtriumChatList, row_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
atrium_chat_list_init (AtriumChatList *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  add_chips (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search_button), GTK_ACCESSIBLE_PROPERTY_LABEL, C_("button", "Search"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->add_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("New message or room"), -1);
  /* The pane has the name too, so that it is found while there are no chats. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Chat list"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list_view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Chat list"), -1);

  self->custom_filter = gtk_custom_filter_new (matches, self, NULL);
  self->filtered = gtk_filter_list_model_new (NULL, g_object_ref (GTK_FILTER (self->custom_filter)));
  self->selection = g_object_new (GTK_TYPE_SINGLE_SELECTION, "autoselect", FALSE, "can-unselect", TRUE,
                                  "model", self->filtered, NULL);
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->list_view, factory);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                                                          gtk_callback_action_new (on_menu_key, self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self->list_view), keys);

  self->workspace_signals = g_signal_group_new (ATRIUM_TYPE_WORKSPACE);
  g_signal_group_connect_swapped (self->workspace_signals, "notify::unread", G_CALLBACK (refilter), self);
  g_signal_group_connect_swapped (self->workspace_signals, "notify::mentions", G_CALLBACK (refilter), self);
  update_stack (self);
}

void
atrium_chat_list_set_workspace (AtriumChatList  *self,
                                AtriumWorkspace *workspace)
{
  g_return_if_fail (ATRIUM_IS_CHAT_LIST (self));

  if (!g_set_object (&self->workspace, workspace))
    return;

  g_signal_group_set_target (self->workspace_signals, workspace);
  gtk_filter_list_model_set_model (self->filtered,
                                   workspace != NULL ? atrium_workspace_get_conversations (workspace) : NULL);
  atrium_status_line_set_workspace (self->status_line, workspace);
  update_stack (self);
}

void
atrium_chat_list_set_selected (AtriumChatList     *self,
                               AtriumConversation *conversation)
{
  g_return_if_fail (ATRIUM_IS_CHAT_LIST (self));

  if (g_set_object (&self->open, conversation))
    {
      if (self->filter == FILTER_UNREAD || self->filter == FILTER_MENTIONS)
        refilter (self);
      select_open (self);
    }
}

AtriumConversation *
atrium_chat_list_dup_neighbour (AtriumChatList *self,
                                int             step,
                                gboolean        unread)
{
  GListModel *model = G_LIST_MODEL (self->filtered);
  guint n_items = g_list_model_get_n_items (model);
  guint start = gtk_single_selection_get_selected (self->selection);

  g_return_val_if_fail (ATRIUM_IS_CHAT_LIST (self), NULL);
  g_return_val_if_fail (step == 1 || step == -1, NULL);

  if (n_items == 0)
    return NULL;
  if (start == GTK_INVALID_LIST_POSITION)
    start = step > 0 ? n_items - 1 : 0;

  for (guint i = 1; i <= n_items; i++)
    {
      guint position = (start + n_items + (step > 0 ? i : n_items - i)) % n_items;
      g_autoptr(AtriumConversation) conversation = g_list_model_get_item (model, position);

      if (conversation == self->open)
        continue;
      if (!unread || atrium_conversation_get_unread (conversation) > 0)
        return g_steal_pointer (&conversation);
    }
  return NULL;
}

void
atrium_chat_list_set_compact (AtriumChatList *self,
                              gboolean        compact)
{
  g_return_if_fail (ATRIUM_IS_CHAT_LIST (self));

  if (compact)
    gtk_widget_add_css_class (GTK_WIDGET (self), "compact");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "compact");
}

void
atrium_chat_list_focus (AtriumChatList *self)
{
  g_return_if_fail (ATRIUM_IS_CHAT_LIST (self));

  if (!gtk_widget_child_focus (GTK_WIDGET (self->list_view), GTK_DIR_TAB_FORWARD))
    gtk_widget_grab_focus (self->search_button);
}
