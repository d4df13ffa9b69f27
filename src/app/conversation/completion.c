/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/completion.h"
#include "app/conversation/emoji-names.h"
#include "app/parts/avatar.h"
#include "app/parts/text.h"

#include "workspace/chat/member.h"

#include <glib/gi18n.h>
#include <string.h>

/* What the list offers at most. */
#define MAX_CHOICES 8
/* A word longer than this is not looked up. */
#define MAX_WORD 40

static const struct
{
  const char *name;
  const char *help;
  gboolean rooms_only;
} commands[] = {
  { "/invite", NC_("command help", "address: bring somebody into this room"), TRUE },
  { "/leave", NC_("command help", "leave this room"), TRUE },
  { "/me", NC_("command help", "say what you do: /me waves"), FALSE },
  { "/nick", NC_("command help", "name: what you are called in this room"), TRUE },
  { "/topic", NC_("command help", "text: what this room is about"), TRUE },
};

/* One line of the list. */
typedef struct
{
  char *insert;    /* what replaces the word */
  char *address;   /* of a person, NULL otherwise */
  char *name;      /* of a person, without the "@" */
} Choice;

struct _AtriumCompletion
{
  GObject parent_instance;

  GtkTextView *view;                 /* borrowed: owns us through its composer */
  AtriumConversation *conversation;  /* owned */
  AtriumDirectory *directory;        /* owned */
  GtkWidget *popover;                /* child of view, made when first needed */
  GtkListBox *list;
  GPtrArray *choices;                /* Choice, parallel to the rows */
  GHashTable *mentioned;             /* name → address of people chosen since the last reset */
  gboolean inserting;
};

G_DEFINE_FINAL_TYPE (AtriumCompletion, atrium_completion, G_TYPE_OBJECT)

static void
choice_free (gpointer data)
{
  Choice *choice = data;

  g_free (choice->insert);
  g_free (choice->address);
  g_free (choice->name);
  g_free (choice);
}

const char *
atrium_emoji_by_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (emoji_names); i++)
    {
      if (g_str_equal (emoji_names[i].name, name))
        return emoji_names[i].emoji;
    }
  return NULL;
}

/* The word before the cursor, with its first character, as far as it may be one of ours. */
static char *
dup_word (AtriumCompletion *self,
          GtkTextIter      *out_start,
          GtkTextIter      *out_end)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start, end;

  gtk_text_buffer_get_iter_at_mark (buffer, &end, gtk_text_buffer_get_insert (buffer));
  start = end;
  for (guint i = 0; i < MAX_WORD && gtk_text_iter_backward_char (&start); i++)
    {
      gunichar c = gtk_text_iter_get_char (&start);
      GtkTextIter before = start;
      gboolean at_border;

      if (g_unichar_isspace (c))
        return NULL;
      at_border = !gtk_text_iter_backward_char (&before) || !g_unichar_isalnum (gtk_text_iter_get_char (&before));
      if ((c == '@' && at_border) || (c == ':' && at_border) || (c == '/' && gtk_text_iter_is_start (&start)))
        {
          *out_start = start;
          *out_end = end;
          return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
        }
    }
  return NULL;
}

static void
add_choice (AtriumCompletion *self,
            GtkWidget        *face,
            const char       *title,
            const char       *detail,
            char             *insert,
            const char       *name,
            const char       *address)
{
  Choice *choice = g_new0 (Choice, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *label = gtk_label_new (title);

  choice->insert = insert;
  choice->name = g_strdup (name);
  choice->address = g_strdup (address);
  g_ptr_array_add (self->choices, choice);

  gtk_widget_set_margin_top (box, 3);
  gtk_widget_set_margin_bottom (box, 3);
  gtk_widget_set_margin_start (box, 6);
  gtk_widget_set_margin_end (box, 6);
  if (face != NULL)
    gtk_box_append (GTK_BOX (box), face);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 36);
  gtk_box_append (GTK_BOX (box), label);
  if (detail != NULL)
    {
      GtkWidget *second = gtk_label_new (detail);

      gtk_label_set_ellipsize (GTK_LABEL (second), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (second), 40);
      gtk_widget_add_css_class (second, "caption");
      gtk_widget_add_css_class (second, "dim-label");
      gtk_box_append (GTK_BOX (box), second);
    }
  gtk_list_box_append (self->list, box);
}

static void
add_person (AtriumCompletion *self,
            const char       *name,
            const char       *address)
{
  g_autofree char *title = atrium_text_line (name, 60);
  GtkWidget *face = atrium_avatar_new (24);

  atrium_avatar_set_subject (ATRIUM_AVATAR (face), address, name, FALSE);
  add_choice (self, face, title, NULL, g_strdup_printf ("@%s ", name), name, address);
}

/* Members of the room whose name or reading fits. */
static void
find_people (AtriumCompletion *self,
             const char       *word)
{
  GListModel *members = NULL;
  g_autoptr(GListModel) people = NULL;
  g_autofree char *folded = g_utf8_casefold (word, -1);

  if (self->conversation != NULL && atrium_conversation_get_kind (self->conversation) == ATRIUM_CONVERSATION_ROOM)
    members = atrium_conversation_get_members (self->conversation);

  for (guint i = 0; members != NULL && i < g_list_model_get_n_items (members) && self->choices->len < MAX_CHOICES; i++)
    {
      g_autoptr(AtriumMember) member = g_list_model_get_item (members, i);
      AtriumPerson *person = atrium_member_get_person (member);
      const char *name = atrium_member_get_name (member);
      const char *initials = person != NULL ? atrium_person_get_initials (person) : NULL;
      const char *pinyin = person != NULL ? atrium_person_get_pinyin (person) : NULL;
      g_autofree char *name_folded = g_utf8_casefold (name, -1);

      if (atrium_member_get_own (member))
        continue;
      if (strstr (name_folded, folded) != NULL || (initials != NULL && g_str_has_prefix (initials, folded)) ||
          (pinyin != NULL && g_str_has_prefix (pinyin, folded)))
        add_person (self, name, atrium_member_get_address (member));
    }

  if (members != NULL || self->directory == NULL || *word == '\0')
    return;
  people = atrium_directory_search (self->directory, word);
  for (guint i = 0; i < g_list_model_get_n_items (people) && self->choices->len < MAX_CHOICES; i++)
    {
      g_autoptr(AtriumPerson) person = g_list_model_get_item (people, i);

      add_person (self, atrium_person_get_name (person), atrium_person_get_address (person));
    }
}

static void
find_emoji (AtriumCompletion *self,
            const char       *word)
{
  /* Two letters at least: a colon alone is punctuation. */
  if (strlen (word) < 2)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (emoji_names) && self->choices->len < MAX_CHOICES; i++)
    {
      if (g_str_has_prefix (emoji_names[i].name, word))
        add_choice (self, gtk_label_new (emoji_names[i].emoji), emoji_names[i].name, NULL, g_strdup (emoji_names[i].emoji), NULL, NULL);
    }
}

static void
find_commands (AtriumCompletion *self,
               const char       *word)
{
  gboolean room = self->conversation != NULL && atrium_conversation_get_kind (self->conversation) == ATRIUM_CONVERSATION_ROOM;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (g_str_has_prefix (commands[i].name, word) && (room || !commands[i].rooms_only))
        add_choice (self, NULL, commands[i].name, g_dpgettext2 (NULL, "command help", commands[i].help),
                    g_strdup_printf ("%s ", commands[i].name), NULL, NULL);
    }
}

static void
accept (AtriumCompletion *self,
        GtkListBoxRow    *row)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  g_autofree char *word = NULL;
  GtkTextIter start, end;
  Choice *choice;

  if (row == NULL || (guint) gtk_list_box_row_get_index (row) >= self->choices->len)
    return;

  word = dup_word (self, &start, &end);
  choice = g_ptr_array_index (self->choices, gtk_list_box_row_get_index (row));
  if (word != NULL)
    {
      self->inserting = TRUE;
      gtk_text_buffer_begin_user_action (buffer);
      gtk_text_buffer_delete (buffer, &start, &end);
      gtk_text_buffer_insert (buffer, &start, choice->insert, -1);
      gtk_text_buffer_end_user_action (buffer);
      self->inserting = FALSE;
      if (choice->address != NULL)
        g_hash_table_insert (self->mentioned, g_strdup (choice->name), g_strdup (choice->address));
    }
  atrium_completion_close (self);
}

static void
on_row_activated (AtriumCompletion *self,
                  GtkListBoxRow    *row)
{
  accept (self, row);
}

static void
make_popover (AtriumCompletion *self)
{
  self->popover = gtk_popover_new ();
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_BROWSE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "atrium-plain-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Suggestions"), -1);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  gtk_popover_set_child (GTK_POPOVER (self->popover), GTK_WIDGET (self->list));
  /* The cursor stays in the text. */
  gtk_popover_set_autohide (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self->popover), GTK_POS_TOP);
  gtk_widget_set_can_focus (self->popover, FALSE);
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self->view));
}

static void
on_text_changed (AtriumCompletion *self)
{
  g_autofree char *word = NULL;
  GtkTextIter start, end;
  GdkRectangle cursor;
  GtkListBoxRow *row;

  if (self->inserting)
    return;

  word = gtk_widget_has_focus (GTK_WIDGET (self->view)) ? dup_word (self, &start, &end) : NULL;
  if (word == NULL)
    {
      atrium_completion_close (self);
      return;
    }

  if (self->popover == NULL)
    make_popover (self);
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  g_ptr_array_set_size (self->choices, 0);

  if (*word == '@')
    find_people (self, word + 1);
  else if (*word == ':')
    find_emoji (self, word + 1);
  else
    find_commands (self, word);

  if (self->choices->len == 0)
    {
      atrium_completion_close (self);
      return;
    }

  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
  gtk_text_view_get_iter_location (self->view, &start, &cursor);
  gtk_text_view_buffer_to_window_coords (self->view, GTK_TEXT_WINDOW_WIDGET, cursor.x, cursor.y, &cursor.x, &cursor.y);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), &cursor);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
atrium_completion_dispose (GObject *object)
{
  AtriumCompletion *self = ATRIUM_COMPLETION (object);

  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_object (&self->conversation);
  g_clear_object (&self->directory);

  G_OBJECT_CLASS (atrium_completion_parent_class)->dispose (object);
}

static void
atrium_completion_finalize (GObject *object)
{
  AtriumCompletion *self = ATRIUM_COMPLETION (object);

  g_ptr_array_unref (self->choices);
  g_hash_table_unref (self->mentioned);

  G_OBJECT_CLASS (atrium_completion_parent_class)->finalize (object);
}

static void
atrium_completion_class_init (AtriumCompletionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = atrium_completion_dispose;
  G_OBJECT_CLASS (klass)->finalize = atrium_completion_finalize;
}

static void
atrium_completion_init (AtriumCompletion *self)
{
  self->choices = g_ptr_array_new_with_free_func (choice_free);
  self->mentioned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

AtriumCompletion *
atrium_completion_new (GtkTextView *view)
{
  AtriumCompletion *self;

  g_return_val_if_fail (GTK_IS_TEXT_VIEW (view), NULL);

  self = g_object_new (ATRIUM_TYPE_COMPLETION, NULL);
  self->view = view;
  g_signal_connect_object (gtk_text_view_get_buffer (view), "changed", G_CALLBACK (on_text_changed), self, G_CONNECT_SWAPPED);
  return self;
}

void
atrium_completion_set_conversation (AtriumCompletion   *self,
                                    AtriumConversation *conversation,
                                    AtriumDirectory    *directory)
{
  g_return_if_fail (ATRIUM_IS_COMPLETION (self));

  g_set_object (&self->conversation, conversation);
  g_set_object (&self->directory, directory);
  atrium_completion_close (self);
  atrium_completion_reset (self);
}

gboolean
atrium_completion_is_open (AtriumCompletion *self)
{
  g_return_val_if_fail (ATRIUM_IS_COMPLETION (self), FALSE);

  return self->popover != NULL && gtk_widget_get_visible (self->popover);
}

void
atrium_completion_close (AtriumCompletion *self)
{
  g_return_if_fail (ATRIUM_IS_COMPLETION (self));

  if (self->popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->popover));
}

gboolean
atrium_completion_handle_key (AtriumCompletion *self,
                              guint             keyval)
{
  GtkListBoxRow *selected;
  GtkListBoxRow *next;
  int index;

  g_return_val_if_fail (ATRIUM_IS_COMPLETION (self), FALSE);

  if (!atrium_completion_is_open (self))
    return FALSE;

  selected = gtk_list_box_get_selected_row (self->list);
  index = selected != NULL ? gtk_list_box_row_get_index (selected) : 0;
  switch (keyval)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      index += keyval == GDK_KEY_Up || keyval == GDK_KEY_KP_Up ? -1 : 1;
      next = gtk_list_box_get_row_at_index (self->list, (index + (int) self->choices->len) % (int) self->choices->len);
      gtk_list_box_select_row (self->list, next);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_Tab:
      accept (self, selected);
      return TRUE;
    case GDK_KEY_Escape:
      atrium_completion_close (self);
      return TRUE;
    default:
      return FALSE;
    }
}

GPtrArray *
atrium_completion_dup_mentions (AtriumCompletion *self,
                                const char       *text)
{
  g_autoptr(GPtrArray) spans = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_span_free);

  g_return_val_if_fail (ATRIUM_IS_COMPLETION (self), NULL);
  g_return_val_if_fail (text != NULL, NULL);

  for (const char *at = strchr (text, '@'); at != NULL; at = strchr (at + 1, '@'))
    {
      GHashTableIter iter;
      gpointer name, address;
      gsize longest = 0;
      const char *who = NULL;

      g_hash_table_iter_init (&iter, self->mentioned);
      while (g_hash_table_iter_next (&iter, &name, &address))
        {
          if (g_str_has_prefix (at + 1, name) && strlen (name) > longest)
            {
              longest = strlen (name);
              who = address;
            }
        }
      if (who != NULL)
        g_ptr_array_add (spans, atrium_span_new (at - text, at - text + 1 + longest, ATRIUM_SPAN_MENTION, who));
    }

  return g_steal_pointer (&spans);
}

void
atrium_completion_reset (AtriumCompletion *self)
{
  g_return_if_fail (ATRIUM_IS_COMPLETION (self));

  g_hash_table_remove_all (self->mentioned);
}
