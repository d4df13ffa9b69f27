/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/palette/palette.h"
#include "app/parts/avatar.h"
#include "app/parts/person-face.h"
#include "app/parts/stamp.h"
#include "app/parts/text.h"

#include "workspace/search/search-hit.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#define MAX_RECENT 8
#define MAX_PEOPLE 8
#define MAX_CHATS 8
#define MAX_MESSAGES 50

static const struct
{
  const char *title;
  const char *action;
} commands[] = {
  { N_("New message"), "win.new-message" },
  { N_("New room"), "win.new-room" },
  { N_("Join a room"), "win.join-room" },
  { N_("Search all messages"), "win.search" },
  { N_("Preferences"), "win.preferences" },
  { N_("Check connection"), "win.check-connection" },
  { N_("Keyboard shortcuts"), "win.show-help-overlay" },
  { N_("Full screen"), "win.fullscreen" },
  { N_("About Atrium"), "app.about" },
  { N_("Quit"), "app.quit" },
};

/* What a row leads to; attached to the row. */
typedef struct
{
  char *address;        /* of a person or chat; NULL for a command */
  gint64 message_id;    /* 0: none */
  const char *action;   /* of a command */
  const char *section;  /* heading, translated */
  gboolean person;
} Target;

struct _AtriumPalette
{
  GtkWidget parent_instance;

  AtriumWorkspace *workspace;   /* owned */
  AtriumPaletteMode mode;
  GCancellable *search;         /* of the search that runs */
  gint64 search_start;          /* monotonic µs */
  GtkWidget *focus_before;      /* weak */

  /* template children */
  GtkWidget *clamp;
  GtkWidget *sheet;
  GtkWidget *entry;
  GtkSpinner *spinner;
  GtkListBox *list;
  GtkLabel *placeholder;
  GtkLabel *count_label;
};

enum
{
  PERSON,
  CHAT,
  CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumPalette, atrium_palette, GTK_TYPE_WIDGET)

static void
target_free (gpointer data)
{
  Target *target = data;

  g_free (target->address);
  g_free (target);
}

/* @title and @detail are markup. */
static void
add_row (AtriumPalette *self,
         GtkWidget     *face,
         const char    *title,
         const char    *detail,
         const char    *kind,
         Target        *target)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *right = gtk_label_new (kind);

  gtk_box_append (GTK_BOX (box), face);
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_label_set_markup (GTK_LABEL (name), title);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (name, "heading");
  gtk_box_append (GTK_BOX (lines), name);
  if (detail != NULL)
    {
      GtkWidget *second = gtk_label_new (NULL);

      gtk_label_set_markup (GTK_LABEL (second), detail);
      gtk_label_set_xalign (GTK_LABEL (second), 0);
      gtk_label_set_ellipsize (GTK_LABEL (second), PANGO_ELLIPSIZE_END);
      gtk_widget_add_css_class (second, "caption");
      gtk_widget_add_css_class (second, "dim-label");
      gtk_box_append (GTK_BOX (lines), second);
    }
  gtk_box_append (GTK_BOX (box), lines);
  gtk_widget_add_css_class (right, "caption");
  gtk_widget_add_css_class (right, "dim-label");
  gtk_box_append (GTK_BOX (box), right);

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, gtk_label_get_text (GTK_LABEL (name)), -1);
  g_object_set_data_full (G_OBJECT (row), "target", target, target_free);
  gtk_list_box_append (self->list, row);
}

static Target *
target_new (const char *section,
            const char *address,
            gint64      message_id)
{
  Target *target = g_new0 (Target, 1);

  target->section = section;
  target->address = g_strdup (address);
  target->message_id = message_id;
  return target;
}

static char *
dup_escaped_line (const char *text,
                  guint       max_characters)
{
  g_autofree char *line = atrium_text_line (text, max_characters);
  GString *markup = g_string_new (NULL);

  atrium_text_append_escaped (markup, line, -1);
  return g_string_free (markup, FALSE);
}

/* @text with what was typed marked where it stands in it. */
static char *
dup_marked (const char *text,
            const char *typed)
{
  g_autofree char *folded = g_utf8_strdown (text, -1);
  g_autofree char *needle = g_utf8_strdown (typed, -1);
  const char *found = *needle != '\0' ? strstr (folded, needle) : NULL;
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  AtriumTextRun run = { .style = ATRIUM_TEXT_MATCH };

  /* Lower case can have another length; then the place would be wrong. */
  if (found == NULL || strlen (folded) != strlen (text) || strlen (text) > 400)
    return dup_escaped_line (text, 120);

  run.start = found - folded;
  run.end = run.start + strlen (needle);
  return atrium_text_to_markup (text, 0, strlen (text), &run, 1, dark);
}

static void
add_person (AtriumPalette *self,
            AtriumPerson  *person,
            const char    *section,
            const char    *typed)
{
  const char *const *groups = atrium_person_get_groups (person);
  const char *hint = atrium_person_get_match_hint (person);
  g_autofree char *title = dup_marked (atrium_person_get_name (person), typed);
  g_autoptr(GString) detail = g_string_new (NULL);
  GtkWidget *face = atrium_avatar_new (34);
  Target *target = target_new (section, atrium_person_get_address (person), 0);

  if (hint != NULL)
    {
      g_autofree char *marked = dup_marked (hint, typed);

      g_string_append (detail, marked);
      g_string_append (detail, " · ");
    }
  if (groups != NULL && groups[0] != NULL)
    {
      g_autofree char *group = dup_escaped_line (groups[0], 60);

      g_string_append (detail, group);
      g_string_append (detail, " · ");
    }
  atrium_text_append_escaped (detail, atrium_presence_word (atrium_person_get_presence (person)), -1);

  target->person = TRUE;
  atrium_avatar_set_subject (ATRIUM_AVATAR (face), atrium_person_get_address (person), atrium_person_get_name (person), FALSE);
  atrium_avatar_set_dot (ATRIUM_AVATAR (face), atrium_dot_for_presence (atrium_person_get_presence (person), FALSE));
  atrium_avatar_load_bytes (ATRIUM_AVATAR (face), atrium_person_get_avatar (person));
  add_row (self, face, title, detail->str, C_("kind of result", "Person"), target);
}

static void
add_chat (AtriumPalette      *self,
          AtriumConversation *conversation,
          const char         *section,
          const char         *typed)
{
  gboolean room = atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM;
  g_autofree char *title = dup_marked (atrium_conversation_get_name (conversation), typed);
  g_autofree char *detail = dup_escaped_line (atrium_conversation_get_subtitle (conversation), 100);
  g_autoptr(GBytes) picture = atrium_conversation_dup_avatar (conversation);
  GtkWidget *face = atrium_avatar_new (34);

  atrium_avatar_set_subject (ATRIUM_AVATAR (face), atrium_conversation_get_address (conversation),
                             atrium_conversation_get_name (conversation), room);
  atrium_avatar_load_bytes (ATRIUM_AVATAR (face), picture);
  add_row (self, face, title, detail, room ? C_("kind of result", "Room") : C_("kind of result", "Chat"),
           target_new (section, atrium_conversation_get_address (conversation), 0));
}

static gboolean
chat_fits (AtriumConversation *conversation,
           const char         *typed)
{
  g_autofree char *name = g_utf8_casefold (atrium_conversation_get_name (conversation), -1);
  g_autofree char *needle = g_utf8_casefold (typed, -1);

  return strstr (name, needle) != NULL || strstr (atrium_conversation_get_address (conversation), needle) != NULL;
}

/* @people_too: also chats with people; rooms only beside a list of people. */
static guint
add_chats (AtriumPalette *self,
           const char    *section,
           const char    *typed,
           gboolean       people_too,
           guint          max)
{
  GListModel *conversations = atrium_workspace_get_conversations (self->workspace);
  guint added = 0;

  for (guint i = 0; i < g_list_model_get_n_items (conversations) && added < max; i++)
    {
      g_autoptr(AtriumConversation) conversation = g_list_model_get_item (conversations, i);

      if ((*typed == '\0' && atrium_conversation_get_archived (conversation)) ||
          (!people_too && atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_PERSON) || !chat_fits (conversation, typed))
        continue;
      add_chat (self, conversation, section, typed);
      added++;
    }
  return added;
}

static guint
add_people (AtriumPalette *self,
            const char    *section,
            const char    *typed)
{
  g_autoptr(GListModel) people = atrium_directory_search (atrium_workspace_get_directory (self->workspace), typed);
  guint added = 0;

  for (guint i = 0; i < g_list_model_get_n_items (people) && added < MAX_PEOPLE; i++)
    {
      g_autoptr(AtriumPerson) person = g_list_model_get_item (people, i);

      if (atrium_person_get_own (person))
        continue;
      add_person (self, person, section, typed);
      added++;
    }
  return added;
}

static void
add_address (AtriumPalette *self,
             const char    *typed)
{
  const char *at = strchr (typed, '@');
  g_autofree char *title = NULL;
  GtkWidget *face;
  Target *target;

  if (at == NULL || at == typed || at[1] == '\0' || strchr (typed, ' ') != NULL)
    return;

  face = atrium_avatar_new (34);
  atrium_avatar_set_subject (ATRIUM_AVATAR (face), typed, typed, FALSE);
  title = dup_escaped_line (typed, 100);
  target = target_new (_("Address"), typed, 0);
  target->person = TRUE;
  add_row (self, face, title, NULL, C_("kind of result", "Address"), target);
}

static void
add_commands (AtriumPalette *self,
              const char    *typed)
{
  g_autofree char *needle = g_utf8_casefold (typed, -1);

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *folded = g_utf8_casefold (_(commands[i].title), -1);
      Target *target;
      GtkWidget *icon;

      if (strstr (folded, needle) == NULL)
        continue;
      target = target_new (_("Commands"), NULL, 0);
      target->action = commands[i].action;
      icon = gtk_image_new_from_icon_name ("go-next-symbolic");
      gtk_widget_set_size_request (icon, 34, 34);
      add_row (self, icon, _(commands[i].title), NULL, C_("kind of result", "Command"), target);
    }
}

static void
show_count (AtriumPalette *self)
{
  guint count = 0;
  g_autofree char *text = NULL;

  while (gtk_list_box_get_row_at_index (self->list, count) != NULL)
    count++;
  text = g_strdup_printf (ngettext ("%u result in %d ms", "%u results in %d ms", count), count,
                          (int) ((g_get_monotonic_time () - self->search_start) / 1000));
  gtk_label_set_text (self->count_label, count > 0 ? text : "");
}

static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr(AtriumPalette) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GListModel) hits = atrium_workspace_search_finish (ATRIUM_WORKSPACE (source), result, &error);
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_spinner_set_spinning (self->spinner, FALSE);
  g_clear_object (&self->search);
  if (hits == NULL)
    {
      gtk_label_set_text (self->placeholder, error->message);
      return;
    }

  for (guint i = 0; i < g_list_model_get_n_items (hits); i++)
    {
      g_autoptr(AtriumSearchHit) hit = g_list_model_get_item (hits, i);
      const char *snippet = atrium_search_hit_get_snippet (hit);
      const char *author = atrium_search_hit_get_author (hit);
      GBytes *ranges = atrium_search_hit_get_ranges (hit);
      gsize size = 0;
      const guint32 *pairs = ranges != NULL ? g_bytes_get_data (ranges, &size) : NULL;
      g_autoptr(GArray) runs = g_array_new (FALSE, FALSE, sizeof (AtriumTextRun));
      g_autofree char *title = NULL;
      g_autofree char *detail = NULL;
      g_autofree char *stamp = NULL;
      GtkWidget *face;

      if (atrium_search_hit_get_kind (hit) != ATRIUM_SEARCH_MESSAGE || snippet == NULL)
        continue;
      for (gsize j = 0; j + 1 < size / sizeof (guint32); j += 2)
        {
          AtriumTextRun run = { .style = ATRIUM_TEXT_MATCH, .start = pairs[j], .end = (gsize) pairs[j] + pairs[j + 1] };

          if (run.end <= strlen (snippet))
            g_array_append_val (runs, run);
        }
      title = dup_escaped_line (author != NULL ? author : atrium_search_hit_get_title (hit), 60);
      {
        g_autofree char *marked = atrium_text_to_markup (snippet, 0, strlen (snippet), (AtriumTextRun *) runs->data, runs->len, dark);
        g_autofree char *place = dup_escaped_line (atrium_search_hit_get_title (hit), 40);

        detail = g_strdup_printf ("%s · %s", marked, place);
        for (char *p = detail; *p != '\0'; p++)
          if (*p == '\n')
            *p = ' ';
      }
      stamp = atrium_stamp_short (atrium_search_hit_get_time (hit), g_get_real_time ());
      face = atrium_avatar_new (34);
      atrium_avatar_set_subject (ATRIUM_AVATAR (face), author != NULL ? author : atrium_search_hit_get_address (hit),
                                 author != NULL ? author : atrium_search_hit_get_title (hit), FALSE);
      add_row (self, face, title, detail, stamp,
               target_new (_("Messages on this computer"), atrium_search_hit_get_address (hit), atrium_search_hit_get_id (hit)));
    }
  if (gtk_list_box_get_selected_row (self->list) == NULL)
    gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
  show_count (self);
}

static void
cancel_search (AtriumPalette *self)
{
  if (self->search != NULL)
    g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
  gtk_spinner_set_spinning (self->spinner, FALSE);
}

static void
update (AtriumPalette *self)
{
  g_autofree char *typed = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  gboolean empty = *typed == '\0';
  GtkListBoxRow *row;

  cancel_search (self);
  self->search_start = g_get_monotonic_time ();
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));

  switch (self->mode)
    {
    case ATRIUM_PALETTE_GO:
      if (*typed == '>')
        add_commands (self, g_strchug (typed + 1));
      else if (empty)
        add_chats (self, _("Recent"), typed, TRUE, MAX_RECENT);
      else
        {
          add_people (self, _("People"), typed);
          add_chats (self, _("Chats and rooms"), typed, FALSE, MAX_CHATS);
          add_commands (self, typed);
        }
      break;
    case ATRIUM_PALETTE_PERSON:
    case ATRIUM_PALETTE_INVITE:
      add_people (self, _("People"), typed);
      add_address (self, typed);
      break;
    case ATRIUM_PALETTE_CHAT:
      add_chats (self, empty ? _("Recent") : _("Chats and rooms"), typed, TRUE, MAX_RECENT);
      if (!empty)
        add_people (self, _("People"), typed);
      break;
    case ATRIUM_PALETTE_MESSAGES:
    default:
      break;
    }

  gtk_label_set_text (self->placeholder, empty ? _("Type a name, a word or an address") : _("Nothing found"));
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
  show_count (self);

  if (!empty && *typed != '>' && (self->mode == ATRIUM_PALETTE_GO || self->mode == ATRIUM_PALETTE_MESSAGES))
    {
      self->search = g_cancellable_new ();
      gtk_spinner_set_spinning (self->spinner, TRUE);
      atrium_workspace_search_async (self->workspace, typed, ATRIUM_SEARCH_IN_MESSAGES, MAX_MESSAGES, self->search, on_found,
                                     g_object_ref (self));
    }
}

static void
on_changed (AtriumPalette *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    update (self);
}

static void
on_row_activated (AtriumPalette *self,
                  GtkListBoxRow *row)
{
  Target *target = row != NULL ? g_object_get_data (G_OBJECT (row), "target") : NULL;
  g_autofree char *address = NULL;
  const char *action;
  gint64 message_id;
  gboolean person;

  if (target == NULL)
    return;

  address = g_strdup (target->address);
  action = target->action;
  message_id = target->message_id;
  person = target->person;
  atrium_palette_close (self);
  if (action != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), action, NULL);
  else if (person)
    g_signal_emit (self, signals[PERSON], 0, address);
  else
    g_signal_emit (self, signals[CHAT], 0, address, message_id);
}

static void
on_activate (AtriumPalette *self)
{
  on_row_activated (self, gtk_list_box_get_selected_row (self->list));
}

static void
set_header (GtkListBoxRow *row,
            GtkListBoxRow *before,
            gpointer       data)
{
  Target *target = g_object_get_data (G_OBJECT (row), "target");
  Target *above = before != NULL ? g_object_get_data (G_OBJECT (before), "target") : NULL;
  GtkWidget *label;

  if (target == NULL || (above != NULL && g_strcmp0 (above->section, target->section) == 0))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  label = gtk_label_new (target->section);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_margin_start (label, 18);
  gtk_widget_set_margin_top (label, 9);
  gtk_widget_set_margin_bottom (label, 3);
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_list_box_row_set_header (row, label);
}

static gboolean
on_key_pressed (GtkEventControllerKey *keys,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        state,
                AtriumPalette         *self)
{
  GtkListBoxRow *selected = gtk_list_box_get_selected_row (self->list);
  int index = selected != NULL ? gtk_list_box_row_get_index (selected) : -1;
  GtkListBoxRow *next;

  switch (keyval)
    {
    case GDK_KEY_Escape:
      atrium_palette_close (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      next = gtk_list_box_get_row_at_index (self->list, MAX (0, keyval == GDK_KEY_Up ? index - 1 : index + 1));
      if (next != NULL)
        {
          GtkWidget *viewport = gtk_widget_get_parent (GTK_WIDGET (self->list));
          graphene_rect_t bounds;

          gtk_list_box_select_row (self->list, next);
          /* The cursor stays in the field, so the list does not scroll by itself. */
          if (gtk_widget_compute_bounds (GTK_WIDGET (next), GTK_WIDGET (self->list), &bounds))
            gtk_adjustment_clamp_page (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (viewport)), bounds.origin.y - 24,
                                       bounds.origin.y + bounds.size.height);
        }
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
on_backdrop_pressed (GtkGestureClick *gesture,
                     int              n_press,
                     double           x,
                     double           y,
                     AtriumPalette   *self)
{
  GtkWidget *target = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);

  if (target == NULL || (target != self->sheet && !gtk_widget_is_ancestor (target, self->sheet)))
    atrium_palette_close (self);
}

static void
atrium_palette_dispose (GObject *object)
{
  AtriumPalette *self = ATRIUM_PALETTE (object);

  if (self->search != NULL)
    g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
  g_clear_weak_pointer (&self->focus_before);
  g_clear_pointer (&self->clamp, gtk_widget_unparent);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (atrium_palette_parent_class)->dispose (object);
}

static void
atrium_palette_class_init (AtriumPaletteClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = atrium_palette_dispose;
  signals[PERSON] = g_signal_new ("person", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[CHAT] = g_signal_new ("chat", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_INT64);
  signals[CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/palette/palette.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumPalette, clamp);
  gtk_widget_class_bind_template_child (widget_class, AtriumPalette, sheet);
  gtk_widget_class_bind_template_child (widget_class, AtriumPalette, entry);
  gtk_widget_class_bind_template_child (widget_class, AtriumPalette, spinner);
  gtk_widget_class_bind_template_child (widget_class, AtriumPalette, list);
  gtk_widget_class_bind_template_child (widget_class, AtriumPalette, placeholder);
  gtk_widget_class_bind_template_child (widget_class, AtriumPalette, count_label);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
atrium_palette_init (AtriumPalette *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *press = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Results"), -1);
  gtk_list_box_set_header_func (self->list, set_header, NULL, NULL);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect (press, "pressed", G_CALLBACK (on_backdrop_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (press));
}

GtkWidget *
atrium_palette_new (AtriumWorkspace *workspace)
{
  AtriumPalette *self;

  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (workspace), NULL);

  self = g_object_new (ATRIUM_TYPE_PALETTE, NULL);
  self->workspace = g_object_ref (workspace);
  return GTK_WIDGET (self);
}

void
atrium_palette_open (AtriumPalette     *self,
                     AtriumPaletteMode  mode)
{
  static const char *const hints[] = {
    [ATRIUM_PALETTE_GO] = N_("Go to people, chats, messages"),
    [ATRIUM_PALETTE_PERSON] = N_("Write to"),
    [ATRIUM_PALETTE_CHAT] = N_("Forward to"),
    [ATRIUM_PALETTE_INVITE] = N_("Invite"),
    [ATRIUM_PALETTE_MESSAGES] = N_("Search all messages"),
  };

  g_return_if_fail (ATRIUM_IS_PALETTE (self));

  g_set_weak_pointer (&self->focus_before, gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self))));
  self->mode = mode;
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _(hints[mode]));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _(hints[mode]), -1);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_grab_focus (self->entry);
  update (self);
}

AtriumPaletteMode
atrium_palette_get_mode (AtriumPalette *self)
{
  g_return_val_if_fail (ATRIUM_IS_PALETTE (self), ATRIUM_PALETTE_GO);

  return self->mode;
}

void
atrium_palette_close (AtriumPalette *self)
{
  g_return_if_fail (ATRIUM_IS_PALETTE (self));

  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return;

  cancel_search (self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  if (self->focus_before != NULL && gtk_widget_get_mapped (self->focus_before))
    gtk_widget_grab_focus (self->focus_before);
  g_clear_weak_pointer (&self->focus_before);
  g_signal_emit (self, signals[CLOSED], 0);
}
