/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/file-view.h"
#include "app/conversation/message-body.h"
#include "app/conversation/message-row.h"
#include "app/parts/avatar.h"
#include "app/parts/color-bar.h"
#include "app/parts/hue.h"
#include "app/parts/person-face.h"
#include "app/parts/stamp.h"
#include "app/parts/state.h"
#include "app/parts/text.h"
#include "app/parts/wrap-box.h"

#include "workspace/chat/file.h"
#include "workspace/chat/reaction.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#define AVATAR_SIZE 40
#define AVATAR_SIZE_NARROW 32
#define AVATAR_GAP 12

struct _AtriumMessageRow
{
  GtkWidget parent_instance;

  AtriumMessage *message;       /* owned, NULL while in the recycling pool */
  GSignalGroup *signals;
  GSignalGroup *reaction_signals;
  GSignalGroup *file_signals;
  GSignalGroup *person_signals;
  GtkWidget *actions;           /* borrowed, the hover bar while it is here */
  gboolean narrow;
  char *quoted;                 /* address of the author of the quoted message, NULL: unknown */

  /* made when first needed, children of content */
  GtkWidget *files_box;
  AtriumWrapBox *reactions_box;

  /* template children */
  GtkWidget *box;
  GtkLabel *day_label;
  GtkWidget *new_line;
  GtkLabel *event_label;
  GtkOverlay *overlay;
  GtkWidget *grid;
  AtriumAvatar *avatar;
  GtkBox *content;
  GtkWidget *head;
  GtkLabel *name_label;
  GtkLabel *time_label;
  GtkLabel *forwarded_label;
  GtkWidget *quote_button;
  AtriumColorBar *quote_bar;
  GtkLabel *quote_label;
  AtriumMessageBody *body;
};

enum
{
  COMMAND,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumMessageRow, atrium_message_row, GTK_TYPE_WIDGET)

char *
atrium_message_row_dup_description (AtriumMessage *message)
{
  const char *name = atrium_message_get_own (message) ? C_("author", "You") : atrium_message_get_author_name (message);
  g_autofree char *clock = atrium_stamp_clock (atrium_message_get_time (message));
  GListModel *files = atrium_message_get_files (message);
  const char *body = atrium_message_get_body (message);
  g_autoptr(GString) words = g_string_new (NULL);

  if (atrium_message_get_system (message))
    return atrium_text_line (body, ATRIUM_TEXT_MAX_CHARACTERS);

  /* Translators: author, time of day */
  g_string_append_printf (words, C_("message for screen readers", "%s, %s: "), name, clock);
  if (atrium_message_get_retracted (message))
    g_string_append (words, _("This message was taken back."));
  else
    g_string_append (words, body != NULL ? body : "");
  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr(AtriumFile) file = g_list_model_get_item (files, i);

      g_string_append_printf (words, " %s", atrium_file_get_name (file));
    }
  if (atrium_message_get_own (message))
    g_string_append_printf (words, " (%s)", atrium_message_state_word (atrium_message_get_state (message)));

  return atrium_text_line (words->str, ATRIUM_TEXT_MAX_CHARACTERS);
}

static void
set_class (GtkWidget  *widget,
           const char *name,
           gboolean    on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
update_files (AtriumMessageRow *self)
{
  GListModel *files = self->message != NULL ? atrium_message_get_files (self->message) : NULL;
  guint n_files = files != NULL && !atrium_message_get_retracted (self->message) ? g_list_model_get_n_items (files) : 0;
  GtkWidget *child;

  if (n_files == 0 && self->files_box == NULL)
    return;

  if (self->files_box == NULL)
    {
      self->files_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
      gtk_widget_set_margin_top (self->files_box, 3);
      gtk_box_insert_child_after (self->content, self->files_box, GTK_WIDGET (self->body));
    }
  while ((child = gtk_widget_get_first_child (self->files_box)) != NULL)
    gtk_box_remove (GTK_BOX (self->files_box), child);
  for (guint i = 0; i < n_files; i++)
    {
      g_autoptr(AtriumFile) file = g_list_model_get_item (files, i);

      gtk_box_append (GTK_BOX (self->files_box), atrium_file_view_new (file));
    }
  gtk_widget_set_visible (self->files_box, n_files > 0);

  /* Where only a file is said, how far it is stands below it. */
  gtk_box_reorder_child_after (self->content, self->files_box,
                               *atrium_message_get_body (self->message) != '\0' ? GTK_WIDGET (self->body) : self->quote_button);
}

static GtkWidget *
reaction_button (AtriumReaction *reaction)
{
  const char *const *names = atrium_reaction_get_names (reaction);
  g_autofree char *emoji = atrium_text_line (atrium_reaction_get_emoji (reaction), 8);
  g_autofree char *text = g_strdup_printf ("%s  %u", emoji, atrium_reaction_get_count (reaction));
  g_autofree char *who = names != NULL ? g_strjoinv (_(", "), (char **) names) : NULL;
  g_autofree char *tip = who != NULL ? atrium_text_line (who, 400) : NULL;
  g_autofree char *name = NULL;
  GtkWidget *button = gtk_button_new_with_label (text);

  gtk_widget_add_css_class (button, "atrium-reaction");
  gtk_widget_add_css_class (button, "numeric");
  if (atrium_reaction_get_own (reaction))
    gtk_widget_add_css_class (button, "mine");
  gtk_widget_set_tooltip_text (button, tip);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "row.react");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", atrium_reaction_get_emoji (reaction));
  name = g_strdup_printf (ngettext ("%s, %u person", "%s, %u people", atrium_reaction_get_count (reaction)), emoji,
                          atrium_reaction_get_count (reaction));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static void
update_reactions (AtriumMessageRow *self)
{
  GListModel *reactions = self->message != NULL ? atrium_message_get_reactions (self->message) : NULL;
  guint n_reactions = reactions != NULL && !atrium_message_get_retracted (self->message) ? g_list_model_get_n_items (reactions) : 0;
  GtkWidget *add;

  if (n_reactions == 0 && self->reactions_box == NULL)
    return;

  if (self->reactions_box == NULL)
    {
      self->reactions_box = ATRIUM_WRAP_BOX (atrium_wrap_box_new (6));
      gtk_widget_set_margin_top (GTK_WIDGET (self->reactions_box), 3);
      gtk_box_append (self->content, GTK_WIDGET (self->reactions_box));
    }
  atrium_wrap_box_clear (self->reactions_box);
  for (guint i = 0; i < n_reactions; i++)
    {
      g_autoptr(AtriumReaction) reaction = g_list_model_get_item (reactions, i);

      atrium_wrap_box_append (self->reactions_box, reaction_button (reaction));
    }
  if (n_reactions > 0)
    {
      add = gtk_button_new_from_icon_name ("face-smile-symbolic");
      gtk_widget_add_css_class (add, "atrium-reaction");
      gtk_widget_set_tooltip_text (add, _("Add a reaction"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (add), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Add a reaction"), -1);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (add), "row.choose-reaction");
      atrium_wrap_box_append (self->reactions_box, add);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->reactions_box), n_reactions > 0);
}

static void
update_quote (AtriumMessageRow *self)
{
  gint64 reply_id = atrium_message_get_reply_id (self->message);
  const char *author = atrium_message_get_reply_author (self->message);
  const char *preview = atrium_message_get_reply_preview (self->message);
  const char *colour_of = self->quoted != NULL ? self->quoted : author;
  gboolean shown = reply_id != 0 && !atrium_message_get_retracted (self->message);

  gtk_widget_set_visible (self->quote_button, shown);
  if (!shown)
    return;

  if (reply_id > 0)
    {
      g_autoptr(GString) markup = g_string_new (NULL);
      g_autofree char *line = atrium_text_line (preview, 200);
      g_autofree char *name = atrium_text_line (author, 60);
      g_autofree char *color = NULL;
      GdkRGBA rgba;

      atrium_hue_name_color (colour_of != NULL ? colour_of : "", adw_style_manager_get_dark (adw_style_manager_get_default ()), &rgba);
      color = g_strdup_printf ("#%02x%02x%02x", (int) (rgba.red * 255), (int) (rgba.green * 255), (int) (rgba.blue * 255));
      g_string_append_printf (markup, "<span weight=\"bold\" foreground=\"%s\">", color);
      atrium_text_append_escaped (markup, author != NULL ? name : "", -1);
      g_string_append (markup, "</span>  <span alpha=\"78%\">");
      atrium_text_append_escaped (markup, line, -1);
      g_string_append (markup, "</span>");
      gtk_label_set_markup (self->quote_label, markup->str);
    }
  else
    {
      gtk_label_set_text (self->quote_label, _("Answers a message that is not on this computer"));
    }
  atrium_color_bar_set_address (self->quote_bar, colour_of);
  gtk_widget_set_sensitive (self->quote_button, reply_id > 0);
}

/* Screen readers read the list item, which is the parent of the row. */
static void
describe (AtriumMessageRow *self)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *words = NULL;

  if (item == NULL)
    return;

  words = atrium_message_row_dup_description (self->message);
  gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
update (AtriumMessageRow *self)
{
  AtriumMessage *message = self->message;
  gboolean starts_group, system, starts_day;
  AtriumPerson *author;
  int avatar_size;

  if (message == NULL)
    return;

  system = atrium_message_get_system (message);
  starts_day = atrium_message_get_starts_day (message);
  starts_group = atrium_message_get_starts_group (message) || starts_day || atrium_message_get_first_unread (message);
  author = atrium_message_get_author (message);

  gtk_widget_set_visible (GTK_WIDGET (self->day_label), starts_day);
  if (starts_day)
    {
      g_autofree char *day = atrium_stamp_day (atrium_message_get_time (message), g_get_real_time ());

      gtk_label_set_text (self->day_label, day);
    }
  gtk_widget_set_visible (self->new_line, atrium_message_get_first_unread (message));
  gtk_widget_set_visible (GTK_WIDGET (self->event_label), system);
  gtk_widget_set_visible (GTK_WIDGET (self->overlay), !system);
  if (system)
    {
      g_autofree char *line = atrium_text_line (atrium_message_get_body (message), 500);

      gtk_label_set_text (self->event_label, line);
      return;
    }

  set_class (self->grid, "follows", !starts_group);
  set_class (self->grid, "mentions", atrium_message_get_mentions_me (message) && !atrium_message_get_own (message));
  gtk_widget_set_visible (self->head, starts_group);
  gtk_widget_set_visible (GTK_WIDGET (self->avatar), starts_group);
  avatar_size = self->narrow ? AVATAR_SIZE_NARROW : AVATAR_SIZE;
  atrium_avatar_set_size (self->avatar, avatar_size);
  gtk_widget_set_margin_start (GTK_WIDGET (self->content), AVATAR_GAP + (starts_group ? 0 : avatar_size));
  if (starts_group)
    {
      g_autofree char *name = atrium_text_line (atrium_message_get_author_name (message), 80);
      g_autofree char *clock = atrium_stamp_clock (atrium_message_get_time (message));
      g_autofree char *full = atrium_stamp_full (atrium_message_get_time (message));
      const char *from = atrium_message_get_forwarded_from (message);

      gtk_label_set_text (self->name_label, name);
      gtk_label_set_text (self->time_label, clock);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->time_label), full);
      atrium_avatar_set_subject (self->avatar, atrium_message_get_author_address (message),
                                 atrium_message_get_author_name (message), FALSE);
      atrium_avatar_load_bytes (self->avatar, author != NULL ? atrium_person_get_avatar (author) : NULL);
      gtk_widget_set_visible (GTK_WIDGET (self->forwarded_label), from != NULL);
      if (from != NULL)
        {
          g_autofree char *first = atrium_text_line (from, 60);
          g_autofree char *words = g_strdup_printf (_("forwarded from %s"), first);

          gtk_label_set_text (self->forwarded_label, words);
        }
    }

  update_quote (self);
  atrium_message_body_update (self->body, message);
  describe (self);
}

static void
on_dark_changed (AtriumMessageRow *self)
{
  atrium_message_body_forget (self->body);
  update (self);
}

static void
on_quote_clicked (AtriumMessageRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "timeline.show", "x", atrium_message_get_reply_id (self->message));
}

static void
on_command (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  AtriumMessageRow *self = ATRIUM_MESSAGE_ROW (widget);

  if (g_str_equal (action, "row.update"))
    update (self);
  else if (self->message != NULL)
    g_signal_emit (self, signals[COMMAND], 0, action + strlen ("row."),
                   parameter != NULL ? g_variant_get_string (parameter, NULL) : NULL);
}

static void
atrium_message_row_dispose (GObject *object)
{
  AtriumMessageRow *self = ATRIUM_MESSAGE_ROW (object);

  if (self->overlay != NULL)
    atrium_message_row_set_actions (self, NULL);
  g_clear_object (&self->signals);
  g_clear_object (&self->reaction_signals);
  g_clear_object (&self->file_signals);
  g_clear_object (&self->person_signals);
  g_clear_object (&self->message);
  g_clear_pointer (&self->quoted, g_free);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  self->overlay = NULL;

  G_OBJECT_CLASS (atrium_message_row_parent_class)->dispose (object);
}

static void
atrium_message_row_class_init (AtriumMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ATRIUM_TYPE_AVATAR);
  g_type_ensure (ATRIUM_TYPE_COLOR_BAR);
  g_type_ensure (ATRIUM_TYPE_MESSAGE_BODY);
  G_OBJECT_CLASS (klass)->dispose = atrium_message_row_dispose;

  signals[COMMAND] = g_signal_new ("command", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);

  gtk_widget_class_install_action (widget_class, "row.update", NULL, on_command);
  gtk_widget_class_install_action (widget_class, "row.react", "s", on_command);
  gtk_widget_class_install_action (widget_class, "row.choose-reaction", NULL, on_command);
  gtk_widget_class_install_action (widget_class, "row.retry", NULL, on_command);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/conversation/message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, box);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, day_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, new_line);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, event_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, overlay);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, grid);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, content);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, head);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, time_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, forwarded_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, quote_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, quote_bar);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, quote_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumMessageRow, body);
  gtk_widget_class_bind_template_callback (widget_class, on_quote_clicked);
}

static void
atrium_message_row_init (AtriumMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->signals = g_signal_group_new (ATRIUM_TYPE_MESSAGE);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (update), self);
  self->reaction_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->reaction_signals, "items-changed", G_CALLBACK (update_reactions), self);
  self->file_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->file_signals, "items-changed", G_CALLBACK (update_files), self);
  self->person_signals = g_signal_group_new (ATRIUM_TYPE_PERSON);
  g_signal_group_connect_swapped (self->person_signals, "notify::avatar", G_CALLBACK (update), self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (on_dark_changed), self, G_CONNECT_SWAPPED);
}

GtkWidget *
atrium_message_row_new (void)
{
  return g_object_new (ATRIUM_TYPE_MESSAGE_ROW, NULL);
}

void
atrium_message_row_set_message (AtriumMessageRow *self,
                                AtriumMessage    *message)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE_ROW (self));

  if (!g_set_object (&self->message, message))
    return;

  g_signal_group_set_target (self->signals, message);
  g_signal_group_set_target (self->reaction_signals, message != NULL ? atrium_message_get_reactions (message) : NULL);
  g_signal_group_set_target (self->file_signals, message != NULL ? atrium_message_get_files (message) : NULL);
  g_signal_group_set_target (self->person_signals, message != NULL ? atrium_message_get_author (message) : NULL);
  if (message == NULL)
    return;

  update (self);
  update_files (self);
  update_reactions (self);
}

AtriumMessage *
atrium_message_row_get_message (AtriumMessageRow *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE_ROW (self), NULL);

  return self->message;
}

void
atrium_message_row_set_quoted (AtriumMessageRow *self,
                               const char       *address)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE_ROW (self));

  g_free (self->quoted);
  self->quoted = g_strdup (address);
}

void
atrium_message_row_set_narrow (AtriumMessageRow *self,
                               gboolean          narrow)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE_ROW (self));

  if (self->narrow == !!narrow)
    return;

  self->narrow = !!narrow;
  update (self);
}

void
atrium_message_row_set_hit (AtriumMessageRow *self,
                            gboolean          hit)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE_ROW (self));

  set_class (self->grid, "hit", hit);
}

void
atrium_message_row_set_actions (AtriumMessageRow *self,
                                GtkWidget        *actions)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE_ROW (self));

  if (self->actions == actions)
    return;

  if (self->actions != NULL)
    gtk_overlay_remove_overlay (self->overlay, self->actions);
  self->actions = actions;
  if (actions != NULL)
    gtk_overlay_add_overlay (self->overlay, actions);
  set_class (self->grid, "with-actions", actions != NULL);
}
