/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/message-commands.h"
#include "app/conversation/message-row.h"
#include "app/conversation/timeline-view.h"
#include "app/parts/toast.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* So near to the end counts as looking at it; a row that grows by a reaction must not end the following. */
#define END_SLACK 32.0

struct _AtriumTimelineView
{
  GtkWidget parent_instance;

  AtriumConversation *conversation;   /* owned, NULL: none shown */
  AtriumTimeline *timeline;           /* owned */
  GSignalGroup *timeline_signals;
  GSignalGroup *conversation_signals;
  GSimpleActionGroup *message_actions;
  AtriumMessage *acted_on;            /* owned: what the hover bar stands over */
  AtriumMessageRow *bar_row;          /* borrowed: the row that has the hover bar, NULL none */
  GtkWidget *emoji_chooser;           /* owned by react_button */
  gint64 hit_id;                      /* message marked after a jump, 0 none */
  gint64 mention_after;               /* row of the last mention jumped to */
  gboolean following;                 /* the end was in sight: new messages pull the view along */
  gboolean narrow;
  gboolean failed_older;              /* the last attempt to load older messages failed */
  guint wanted_position;              /* to scroll to once there is a layout, G_MAXUINT none */
  gboolean laid_out;                  /* since that was wanted */
  guint tick_id;

  /* template children */
  GtkWidget *overlay;
  GtkScrolledWindow *scrolled;
  GtkListView *list_view;
  GtkWidget *empty_page;
  GtkRevealer *older_revealer;
  GtkSpinner *older_spinner;
  GtkLabel *older_label;
  GtkWidget *older_button;
  GtkWidget *mention_button;
  GtkWidget *end_overlay;
  GtkWidget *end_button;
  GtkLabel *end_badge;
  GtkWidget *actions_bar;
  GtkWidget *thumb_button;
  GtkWidget *react_button;
  GtkWidget *reply_button;
  GtkMenuButton *menu_button;
};

enum
{
  PROP_0,
  PROP_AT_END,
  N_PROPS
};

enum
{
  REPLY,
  EDIT,
  FORWARD,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumTimelineView, atrium_timeline_view, GTK_TYPE_WIDGET)

static guint
n_messages (AtriumTimelineView *self)
{
  return self->timeline != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->timeline)) : 0;
}

static gboolean
end_in_sight (AtriumTimelineView *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);

  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) >=
         gtk_adjustment_get_upper (adjustment) - END_SLACK;
}

static void
scroll_to (AtriumTimelineView *self,
           guint               position)
{
  gtk_widget_activate_action (GTK_WIDGET (self->list_view), "list.scroll-to-item", "u", position);
}

static void
set_following (AtriumTimelineView *self,
               gboolean            following)
{
  if (self->following == following)
    return;

  self->following = following;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AT_END]);
}

static void
update_jumps (AtriumTimelineView *self)
{
  gboolean away = self->timeline != NULL && n_messages (self) > 0 &&
                  (!end_in_sight (self) || !atrium_timeline_get_at_end (self->timeline));
  guint unread = self->conversation != NULL ? atrium_conversation_get_unread (self->conversation) : 0;
  guint mentions = self->conversation != NULL ? atrium_conversation_get_mentions (self->conversation) : 0;
  g_autofree char *count = g_strdup_printf ("%u", unread);

  gtk_widget_set_visible (self->end_overlay, away);
  gtk_label_set_text (self->end_badge, count);
  gtk_widget_set_visible (GTK_WIDGET (self->end_badge), unread > 0);
  gtk_widget_set_visible (self->mention_button, away && mentions > 0);
}

static void
update_older (AtriumTimelineView *self)
{
  gboolean loading = self->timeline != NULL && atrium_timeline_get_loading (self->timeline);
  gboolean on_server = self->timeline != NULL && atrium_timeline_get_older_on_server (self->timeline);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  gboolean at_top = gtk_adjustment_get_value (adjustment) < 1.0;
  gboolean offer = !loading && on_server && self->failed_older;

  gtk_label_set_text (self->older_label, loading ? _("Loading…") : _("Older messages are on the server"));
  gtk_widget_set_visible (self->older_button, offer);
  gtk_widget_set_visible (GTK_WIDGET (self->older_spinner), loading);
  gtk_spinner_set_spinning (self->older_spinner, loading && at_top);
  gtk_revealer_set_reveal_child (self->older_revealer, at_top && n_messages (self) > 0 && (loading || offer));
}

static void
update_empty (AtriumTimelineView *self)
{
  gtk_widget_set_visible (self->empty_page, self->timeline != NULL && n_messages (self) == 0 &&
                                            !atrium_timeline_get_loading (self->timeline));
}

static void
on_older_loaded (GObject      *source,
                 GAsyncResult *result,
                 gpointer      data)
{
  g_autoptr(AtriumTimelineView) self = data;
  g_autoptr(GError) error = NULL;
  gboolean loaded = atrium_timeline_load_older_finish (ATRIUM_TIMELINE (source), result, &error);

  if (ATRIUM_TIMELINE (source) != self->timeline)
    return;
  self->failed_older = !loaded;
  if (!loaded)
    g_debug ("Older messages could not be loaded: %s", error->message);
  update_older (self);
}

static void
load_older (AtriumTimelineView *self)
{
  if (self->timeline == NULL)
    return;

  self->failed_older = FALSE;
  atrium_timeline_load_older_async (self->timeline, NULL, on_older_loaded, g_object_ref (self));
}

static void
on_newer_loaded (GObject      *source,
                 GAsyncResult *result,
                 gpointer      data)
{
  g_autoptr(AtriumTimelineView) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_timeline_load_newer_finish (ATRIUM_TIMELINE (source), result, &error))
    g_debug ("Newer messages could not be loaded: %s", error->message);
}

/* A page more before the user gets to an end of what is loaded. */
static void
load_ahead (AtriumTimelineView *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  double page = gtk_adjustment_get_page_size (adjustment);
  double value = gtk_adjustment_get_value (adjustment);
  double rest = gtk_adjustment_get_upper (adjustment) - value - page;

  if (self->timeline == NULL || page < 1.0 || n_messages (self) == 0 || atrium_timeline_get_loading (self->timeline))
    return;

  if (value < page && !atrium_timeline_get_at_start (self->timeline) && !self->failed_older)
    load_older (self);
  else if (rest < page && !atrium_timeline_get_at_end (self->timeline))
    atrium_timeline_load_newer_async (self->timeline, NULL, on_newer_loaded, g_object_ref (self));
}

static void
on_value_changed (AtriumTimelineView *self)
{
  if (self->wanted_position == G_MAXUINT)
    set_following (self, end_in_sight (self) && self->timeline != NULL && atrium_timeline_get_at_end (self->timeline));
  load_ahead (self);
  update_jumps (self);
  update_older (self);
}

static void
on_extent_changed (AtriumTimelineView *self)
{
  if (self->following && self->wanted_position == G_MAXUINT && n_messages (self) > 0 && !end_in_sight (self))
    scroll_to (self, n_messages (self) - 1);
  load_ahead (self);
  update_jumps (self);
}

static void
on_items_changed (AtriumTimelineView *self,
                  guint               position,
                  guint               removed,
                  guint               added)
{
  if (self->following && self->wanted_position == G_MAXUINT && added > 0 && position + added == n_messages (self))
    scroll_to (self, n_messages (self) - 1);
  update_empty (self);
  update_jumps (self);
}

/* Two steps over two frames: first the end, then upwards to what is wanted, so that it comes to stand at the
 * top with what follows below it. GTK 4.8 aligns a row at the edge it was beyond. */
static gboolean
on_tick (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       data)
{
  AtriumTimelineView *self = ATRIUM_TIMELINE_VIEW (widget);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  guint position = self->wanted_position;

  /* Ticks come before the layout of their frame: the first one is too early. */
  if (gtk_adjustment_get_page_size (adjustment) < 1.0 || !self->laid_out)
    {
      self->laid_out = gtk_adjustment_get_page_size (adjustment) >= 1.0;
      return G_SOURCE_CONTINUE;
    }

  self->tick_id = 0;
  self->wanted_position = G_MAXUINT;
  if (position < n_messages (self))
    scroll_to (self, position);
  on_value_changed (self);
  return G_SOURCE_REMOVE;
}

static void
place_at (AtriumTimelineView *self,
          guint               position)
{
  if (n_messages (self) == 0)
    return;

  scroll_to (self, n_messages (self) - 1);
  self->wanted_position = position;
  self->laid_out = FALSE;
  set_following (self, FALSE);
  if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

static void
for_each_row (AtriumTimelineView *self,
              void              (*function) (AtriumTimelineView *self,
                                             AtriumMessageRow   *row))
{
  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (self->list_view)); item != NULL; item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);

      if (ATRIUM_IS_MESSAGE_ROW (row))
        function (self, ATRIUM_MESSAGE_ROW (row));
    }
}

static void
mark_hit (AtriumTimelineView *self,
          AtriumMessageRow   *row)
{
  AtriumMessage *message = atrium_message_row_get_message (row);

  atrium_message_row_set_hit (row, self->hit_id != 0 && message != NULL && atrium_message_get_id (message) == self->hit_id);
}

static void
on_jumped (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr(AtriumTimelineView) self = data;
  g_autoptr(GError) error = NULL;
  guint position;

  if (!atrium_timeline_jump_to_finish (ATRIUM_TIMELINE (source), result, &position, &error))
    {
      if (ATRIUM_TIMELINE (source) == self->timeline && !g_error_matches (error, ATRIUM_ERROR, ATRIUM_ERROR_NOT_FOUND))
        atrium_toast_error (GTK_WIDGET (self), NULL, error);
      return;
    }
  if (ATRIUM_TIMELINE (source) != self->timeline)
    return;

  if (position + 1 >= n_messages (self) && atrium_timeline_get_at_end (self->timeline))
    {
      set_following (self, TRUE);
      if (n_messages (self) > 0)
        scroll_to (self, n_messages (self) - 1);
    }
  else
    {
      place_at (self, position);
    }
  for_each_row (self, mark_hit);
  update_empty (self);
  update_jumps (self);
}

static void
jump (AtriumTimelineView *self,
      AtriumJump          to,
      gint64              value)
{
  if (self->timeline != NULL)
    atrium_timeline_jump_to_async (self->timeline, to, value, NULL, on_jumped, g_object_ref (self));
}

/* --- what can be done with a message --- */

static void
emoji_picked (AtriumTimelineView *self,
              const char         *emoji)
{
  if (self->acted_on != NULL && self->conversation != NULL)
    atrium_command_run (ATRIUM_COMMAND_REACT, self->conversation, self->acted_on, emoji, GTK_WIDGET (self));
}

static void
choose_reaction (AtriumTimelineView *self)
{
  if (self->emoji_chooser == NULL)
    {
      self->emoji_chooser = gtk_emoji_chooser_new ();
      g_signal_connect_swapped (self->emoji_chooser, "emoji-picked", G_CALLBACK (emoji_picked), self);
      gtk_widget_set_parent (self->emoji_chooser, self->react_button);
    }
  gtk_popover_popup (GTK_POPOVER (self->emoji_chooser));
}

static void
run (AtriumTimelineView *self,
     AtriumCommand       command,
     AtriumMessage      *message,
     const char         *argument)
{
  if (self->conversation == NULL || message == NULL || !atrium_command_is_possible (command, self->conversation, message))
    return;

  switch (command)
    {
    case ATRIUM_COMMAND_REPLY:
      g_signal_emit (self, signals[REPLY], 0, message);
      break;
    case ATRIUM_COMMAND_EDIT:
      g_signal_emit (self, signals[EDIT], 0, message);
      break;
    case ATRIUM_COMMAND_FORWARD:
      g_signal_emit (self, signals[FORWARD], 0, message);
      break;
    case ATRIUM_COMMAND_CHOOSE_REACTION:
      choose_reaction (self);
      break;
    case ATRIUM_COMMAND_REACT:
    case ATRIUM_COMMAND_COPY:
    case ATRIUM_COMMAND_RETRACT:
    case ATRIUM_COMMAND_MODERATE:
    case ATRIUM_COMMAND_RETRY:
    case ATRIUM_COMMAND_DROP:
    case ATRIUM_N_COMMANDS:
    default:
      atrium_command_run (command, self->conversation, message, argument, GTK_WIDGET (self));
    }
}

static gboolean
bar_is_busy (AtriumTimelineView *self)
{
  GtkPopover *menu = gtk_menu_button_get_popover (self->menu_button);

  return (menu != NULL && gtk_widget_get_visible (GTK_WIDGET (menu))) ||
         (self->emoji_chooser != NULL && gtk_widget_get_visible (self->emoji_chooser));
}

/* Lays the hover bar over @row, or away. While one of its menus is open it stays where it is. */
static void
move_bar (AtriumTimelineView *self,
          AtriumMessageRow   *row,
          gboolean            force)
{
  AtriumMessage *message = row != NULL ? atrium_message_row_get_message (row) : NULL;

  if (self->bar_row == row || (!force && bar_is_busy (self)))
    return;
  if (message != NULL && (atrium_message_get_system (message) || atrium_message_get_retracted (message)))
    row = NULL;

  if (self->bar_row != NULL)
    atrium_message_row_set_actions (self->bar_row, NULL);
  self->bar_row = row;
  if (row == NULL)
    return;

  g_set_object (&self->acted_on, message);
  for (AtriumCommand command = 0; command < ATRIUM_N_COMMANDS; command++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->message_actions), atrium_command_get_name (command));

      g_simple_action_set_enabled (G_SIMPLE_ACTION (action), atrium_command_is_possible (command, self->conversation, message));
    }
  atrium_message_row_set_actions (row, self->actions_bar);
}

static void
on_row_command (AtriumMessageRow   *row,
                const char         *name,
                const char         *argument,
                AtriumTimelineView *self)
{
  AtriumCommand command;

  if (!atrium_command_parse (name, &command))
    return;
  move_bar (self, row, TRUE);
  run (self, command, atrium_message_row_get_message (row), argument);
}

static void
on_action (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       data)
{
  AtriumTimelineView *self = data;
  AtriumCommand command;

  if (atrium_command_parse (g_action_get_name (G_ACTION (action)), &command))
    run (self, command, self->acted_on, parameter != NULL ? g_variant_get_string (parameter, NULL) : NULL);
}

static void
on_row_enter (GtkEventControllerMotion *motion,
              double                    x,
              double                    y,
              AtriumTimelineView       *self)
{
  move_bar (self, ATRIUM_MESSAGE_ROW (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (motion))), FALSE);
}

static void
on_row_leave (GtkEventControllerMotion *motion,
              AtriumTimelineView       *self)
{
  if (self->bar_row == ATRIUM_MESSAGE_ROW (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (motion))))
    move_bar (self, NULL, FALSE);
}

static void
on_row_secondary (GtkGestureClick    *gesture,
                  int                 n_press,
                  double              x,
                  double              y,
                  AtriumTimelineView *self)
{
  move_bar (self, ATRIUM_MESSAGE_ROW (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture))), TRUE);
  if (self->bar_row != NULL)
    gtk_menu_button_popup (self->menu_button);
}

static AtriumMessageRow *
focused_row (AtriumTimelineView *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *row = focus != NULL ? gtk_widget_get_ancestor (focus, ATRIUM_TYPE_MESSAGE_ROW) : NULL;

  if (row == NULL && focus != NULL)
    row = gtk_widget_get_first_child (focus);
  return ATRIUM_IS_MESSAGE_ROW (row) ? ATRIUM_MESSAGE_ROW (row) : NULL;
}

static gboolean
on_key_pressed (GtkEventControllerKey *keys,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        state,
                AtriumTimelineView    *self)
{
  static const struct
  {
    guint keyval;
    AtriumCommand command;
  } map[] = {
    { GDK_KEY_r, ATRIUM_COMMAND_REPLY },
    { GDK_KEY_e, ATRIUM_COMMAND_EDIT },
    { GDK_KEY_f, ATRIUM_COMMAND_FORWARD },
    { GDK_KEY_c, ATRIUM_COMMAND_COPY },
    { GDK_KEY_plus, ATRIUM_COMMAND_CHOOSE_REACTION },
    { GDK_KEY_KP_Add, ATRIUM_COMMAND_CHOOSE_REACTION },
    { GDK_KEY_Delete, ATRIUM_COMMAND_RETRACT },
  };
  AtriumMessageRow *row;

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0 || (row = focused_row (self)) == NULL)
    return GDK_EVENT_PROPAGATE;

  if (keyval == GDK_KEY_Menu || (keyval == GDK_KEY_F10 && (state & GDK_SHIFT_MASK) != 0))
    {
      move_bar (self, row, TRUE);
      if (self->bar_row != NULL)
        gtk_menu_button_popup (self->menu_button);
      return GDK_EVENT_STOP;
    }
  for (guint i = 0; i < G_N_ELEMENTS (map); i++)
    {
      if (gdk_keyval_to_lower (keyval) == map[i].keyval)
        {
          move_bar (self, row, TRUE);
          run (self, map[i].command, atrium_message_row_get_message (row), NULL);
          return GDK_EVENT_STOP;
        }
    }
  return GDK_EVENT_PROPAGATE;
}

static void
on_show_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  atrium_timeline_view_show_message (ATRIUM_TIMELINE_VIEW (widget), g_variant_get_int64 (parameter));
}

static void
on_mention_clicked (AtriumTimelineView *self)
{
  guint first = self->timeline != NULL ? atrium_timeline_get_first_unread_position (self->timeline) : G_MAXUINT;

  for (guint i = first == G_MAXUINT ? 0 : first; i < n_messages (self); i++)
    {
      g_autoptr(AtriumMessage) message = g_list_model_get_item (G_LIST_MODEL (self->timeline), i);

      if (!atrium_message_get_mentions_me (message) || atrium_message_get_id (message) <= self->mention_after)
        continue;
      self->mention_after = atrium_message_get_id (message);
      atrium_timeline_view_show_message (self, self->mention_after);
      return;
    }
  self->mention_after = 0;
  atrium_timeline_view_show_newest (self);
}

/* --- rows --- */

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          AtriumTimelineView       *self)
{
  GtkWidget *row = atrium_message_row_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (on_row_enter), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_row_leave), self);
  gtk_widget_add_controller (row, motion);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_row_secondary), self);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  g_signal_connect (row, "command", G_CALLBACK (on_row_command), self);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, row);
}

/* Who wrote what @message answers, as far as that is loaded; gives the quote its colour. */
static const char *
quoted_address (AtriumTimelineView *self,
                AtriumMessage      *message)
{
  g_autoptr(AtriumMessage) quoted = NULL;
  guint position;

  if (atrium_message_get_reply_id (message) <= 0 ||
      !atrium_timeline_find (self->timeline, atrium_message_get_reply_id (message), &position))
    return NULL;
  quoted = g_list_model_get_item (G_LIST_MODEL (self->timeline), position);
  /* The model keeps the message, and with it the address. */
  return quoted != NULL ? atrium_message_get_author_address (quoted) : NULL;
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         AtriumTimelineView       *self)
{
  AtriumMessageRow *row = ATRIUM_MESSAGE_ROW (gtk_list_item_get_child (item));

  atrium_message_row_set_narrow (row, self->narrow);
  atrium_message_row_set_quoted (row, quoted_address (self, gtk_list_item_get_item (item)));
  atrium_message_row_set_message (row, gtk_list_item_get_item (item));
  mark_hit (self, row);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           AtriumTimelineView       *self)
{
  AtriumMessageRow *row = ATRIUM_MESSAGE_ROW (gtk_list_item_get_child (item));

  if (self->bar_row == row)
    move_bar (self, NULL, TRUE);
  atrium_message_row_set_message (row, NULL);
}

static void
narrow_row (AtriumTimelineView *self,
            AtriumMessageRow   *row)
{
  atrium_message_row_set_narrow (row, self->narrow);
}

static void
atrium_timeline_view_get_property (GObject    *object,
                                   guint       id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_AT_END:
      g_value_set_boolean (value, ATRIUM_TIMELINE_VIEW (object)->following);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
atrium_timeline_view_dispose (GObject *object)
{
  AtriumTimelineView *self = ATRIUM_TIMELINE_VIEW (object);

  if (self->overlay != NULL)
    {
      atrium_timeline_view_set_conversation (self, NULL, 0);
      move_bar (self, NULL, TRUE);
    }
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
  self->tick_id = 0;
  g_clear_pointer (&self->emoji_chooser, gtk_widget_unparent);
  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  g_clear_object (&self->timeline_signals);
  g_clear_object (&self->conversation_signals);
  g_clear_object (&self->message_actions);
  g_clear_object (&self->acted_on);
  g_clear_object (&self->timeline);
  g_clear_object (&self->conversation);

  G_OBJECT_CLASS (atrium_timeline_view_parent_class)->dispose (object);
}

static void
atrium_timeline_view_class_init (AtriumTimelineViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const char *const names[N_SIGNALS] = { "reply", "edit", "forward" };

  g_type_ensure (ATRIUM_TYPE_MESSAGE_ROW);
  object_class->dispose = atrium_timeline_view_dispose;
  object_class->get_property = atrium_timeline_view_get_property;

  properties[PROP_AT_END] = g_param_spec_boolean ("at-end", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, ATRIUM_TYPE_MESSAGE);

  gtk_widget_class_install_action (widget_class, "timeline.show", "x", on_show_action);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/conversation/timeline-view.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, overlay);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, scrolled);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, list_view);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, empty_page);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, older_revealer);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, older_spinner);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, older_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, older_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, mention_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, end_overlay);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, end_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, end_badge);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, actions_bar);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, thumb_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, react_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, reply_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumTimelineView, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, load_older);
  gtk_widget_class_bind_template_callback (widget_class, on_mention_clicked);
  gtk_widget_class_bind_template_callback (widget_class, atrium_timeline_view_show_newest);
}

static void
name_widget (GtkWidget  *widget,
             const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
atrium_timeline_view_init (AtriumTimelineView *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkAdjustment *adjustment;

  self->wanted_position = G_MAXUINT;
  gtk_widget_init_template (GTK_WIDGET (self));
  name_widget (GTK_WIDGET (self->list_view), _("Messages"));
  name_widget (self->thumb_button, _("React with a thumbs up"));
  name_widget (self->react_button, _("Choose a reaction"));
  name_widget (self->reply_button, C_("message menu", "Reply"));
  name_widget (GTK_WIDGET (self->menu_button), _("More"));
  name_widget (self->end_button, _("To the newest message"));
  name_widget (self->mention_button, _("Next mention of you"));

  self->message_actions = g_simple_action_group_new ();
  for (AtriumCommand command = 0; command < ATRIUM_N_COMMANDS; command++)
    {
      g_autoptr(GSimpleAction) action = g_simple_action_new (atrium_command_get_name (command),
                                                             command == ATRIUM_COMMAND_REACT ? G_VARIANT_TYPE_STRING : NULL);

      g_signal_connect (action, "activate", G_CALLBACK (on_action), self);
      g_action_map_add_action (G_ACTION_MAP (self->message_actions), G_ACTION (action));
    }
  gtk_widget_insert_action_group (self->actions_bar, "message", G_ACTION_GROUP (self->message_actions));

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->list_view, factory);

  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list_view), keys);

  adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_value_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_extent_changed), self, G_CONNECT_SWAPPED);

  self->timeline_signals = g_signal_group_new (ATRIUM_TYPE_TIMELINE);
  g_signal_group_connect_data (self->timeline_signals, "items-changed", G_CALLBACK (on_items_changed), self, NULL,
                               G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_group_connect_swapped (self->timeline_signals, "notify::loading", G_CALLBACK (update_older), self);
  g_signal_group_connect_swapped (self->timeline_signals, "notify::loading", G_CALLBACK (update_empty), self);
  self->conversation_signals = g_signal_group_new (ATRIUM_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->conversation_signals, "notify::unread", G_CALLBACK (update_jumps), self);
}

void
atrium_timeline_view_set_conversation (AtriumTimelineView *self,
                                       AtriumConversation *conversation,
                                       gint64              message_id)
{
  g_autoptr(AtriumTimeline) timeline = NULL;

  g_return_if_fail (ATRIUM_IS_TIMELINE_VIEW (self));

  if (self->conversation == conversation)
    {
      if (conversation != NULL && message_id != 0)
        atrium_timeline_view_show_message (self, message_id);
      return;
    }

  if (self->timeline != NULL)
    atrium_timeline_clear_first_unread (self->timeline);
  move_bar (self, NULL, TRUE);
  self->wanted_position = G_MAXUINT;
  self->failed_older = FALSE;
  self->mention_after = 0;
  self->hit_id = message_id;
  set_following (self, FALSE);

  g_set_object (&self->conversation, conversation);
  timeline = conversation != NULL ? atrium_conversation_dup_timeline (conversation) : NULL;
  g_set_object (&self->timeline, timeline);
  if (self->timeline != NULL)
    {
      g_autoptr(GtkNoSelection) model = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->timeline)));

      gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (model));
    }
  else
    {
      gtk_list_view_set_model (self->list_view, NULL);
    }
  g_signal_group_set_target (self->timeline_signals, self->timeline);
  g_signal_group_set_target (self->conversation_signals, conversation);
  jump (self, message_id != 0 ? ATRIUM_JUMP_MESSAGE : ATRIUM_JUMP_FIRST_UNREAD, message_id);
  update_empty (self);
  update_jumps (self);
  update_older (self);
}

void
atrium_timeline_view_show_message (AtriumTimelineView *self,
                                   gint64              message_id)
{
  guint position;

  g_return_if_fail (ATRIUM_IS_TIMELINE_VIEW (self));

  if (self->timeline == NULL)
    return;

  self->hit_id = message_id;
  for_each_row (self, mark_hit);
  if (atrium_timeline_find (self->timeline, message_id, &position))
    {
      set_following (self, FALSE);
      scroll_to (self, position);
    }
  else
    {
      jump (self, ATRIUM_JUMP_MESSAGE, message_id);
    }
}

void
atrium_timeline_view_show_newest (AtriumTimelineView *self)
{
  g_return_if_fail (ATRIUM_IS_TIMELINE_VIEW (self));

  if (self->timeline == NULL)
    return;

  self->hit_id = 0;
  for_each_row (self, mark_hit);
  if (atrium_timeline_get_at_end (self->timeline) && n_messages (self) > 0)
    {
      scroll_to (self, n_messages (self) - 1);
      set_following (self, TRUE);
    }
  else
    {
      jump (self, ATRIUM_JUMP_NEWEST, 0);
    }
}

void
atrium_timeline_view_set_narrow (AtriumTimelineView *self,
                                 gboolean            narrow)
{
  g_return_if_fail (ATRIUM_IS_TIMELINE_VIEW (self));

  if (self->narrow == !!narrow)
    return;

  self->narrow = !!narrow;
  for_each_row (self, narrow_row);
}

gboolean
atrium_timeline_view_get_at_end (AtriumTimelineView *self)
{
  g_return_val_if_fail (ATRIUM_IS_TIMELINE_VIEW (self), FALSE);

  return self->following;
}

AtriumMessage *
atrium_timeline_view_dup_last_own (AtriumTimelineView *self)
{
  g_return_val_if_fail (ATRIUM_IS_TIMELINE_VIEW (self), NULL);

  for (guint i = n_messages (self); i > 0; i--)
    {
      g_autoptr(AtriumMessage) message = g_list_model_get_item (G_LIST_MODEL (self->timeline), i - 1);

      if (atrium_command_is_possible (ATRIUM_COMMAND_EDIT, self->conversation, message))
        return g_steal_pointer (&message);
    }
  return NULL;
}

void
atrium_timeline_view_focus (AtriumTimelineView *self)
{
  g_return_if_fail (ATRIUM_IS_TIMELINE_VIEW (self));

  gtk_widget_child_focus (GTK_WIDGET (self->list_view), GTK_DIR_TAB_FORWARD);
}

void
atrium_timeline_view_scroll_by (AtriumTimelineView *self,
                                double              pixels)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + pixels);
}
