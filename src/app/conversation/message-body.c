/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/links.h"
#include "app/conversation/message-body.h"
#include "app/parts/avatar.h"
#include "app/parts/state.h"
#include "app/parts/text-flow.h"
#include "app/parts/text.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

/* Faces shown of those who have read a message. */
#define MAX_FACES 3
#define FACE_SIZE 18

struct _AtriumMessageBody
{
  GtkWidget parent_instance;

  char *text;              /* what is shown now; NULL: nothing yet */
  gboolean retracted;
  gboolean edited;
  gint64 message_id;       /* whose words they are */
  gint64 expanded_id;      /* the message that "Show all" was pressed for */

  GtkWidget *more_button;  /* child, NULL while nothing is cut */
  GtkWidget *note;         /* borrowed from flow: state of an own message */
  GtkWidget *faces;        /* children of note */
  GtkWidget *note_label;
  GtkWidget *again_button;
  GtkWidget *note_image;
  AtriumTextFlow *flow;    /* child: the last paragraph and the note */
};

G_DEFINE_FINAL_TYPE (AtriumMessageBody, atrium_message_body, GTK_TYPE_WIDGET)

static gboolean
on_link (GtkLabel          *label,
         const char        *uri,
         AtriumMessageBody *self)
{
  atrium_link_open (GTK_WIDGET (self), uri, NULL);
  return TRUE;
}

/* What comes between the flow and the start: paragraphs, quotes and code before the last paragraph. */
static void
clear_blocks (AtriumMessageBody *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != GTK_WIDGET (self->flow) && child != self->more_button)
    gtk_widget_unparent (child);
}

static void
add_block (AtriumMessageBody *self,
           const char        *markup,
           const char        *style)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                   "selectable", TRUE, "use-markup", TRUE, "label", markup, NULL);

  gtk_widget_add_css_class (label, style);
  g_signal_connect (label, "activate-link", G_CALLBACK (on_link), self);
  gtk_widget_insert_before (label, GTK_WIDGET (self), self->more_button != NULL ? self->more_button : GTK_WIDGET (self->flow));
}

static gboolean
to_run (const AtriumSpan *span,
        AtriumTextRun    *out_run)
{
  static const int styles[] = {
    [ATRIUM_SPAN_BOLD] = ATRIUM_TEXT_STRONG,
    [ATRIUM_SPAN_ITALIC] = ATRIUM_TEXT_EMPHASIS,
    [ATRIUM_SPAN_STRIKE] = ATRIUM_TEXT_STRIKE,
    [ATRIUM_SPAN_CODE] = ATRIUM_TEXT_CODE,
    [ATRIUM_SPAN_CODE_BLOCK] = -1,
    [ATRIUM_SPAN_QUOTE] = -1,
    [ATRIUM_SPAN_LINK] = ATRIUM_TEXT_LINK,
    [ATRIUM_SPAN_MENTION] = ATRIUM_TEXT_MENTION,
    [ATRIUM_SPAN_MARKUP] = ATRIUM_TEXT_HIDDEN,
  };

  if ((guint) span->kind >= G_N_ELEMENTS (styles) || styles[span->kind] < 0)
    return FALSE;
  /* What will not be opened is no link. */
  if (span->kind == ATRIUM_SPAN_LINK && (span->value == NULL || atrium_link_judge (span->value, NULL) == ATRIUM_LINK_REFUSED))
    return FALSE;

  *out_run = (AtriumTextRun) { .style = styles[span->kind], .start = span->start, .end = span->end, .data = span->value };
  return TRUE;
}

/* Line breaks at the ends of a block belong to its border. */
static void
trim (const char *text,
      gsize      *start,
      gsize      *end)
{
  while (*start < *end && (text[*start] == '\n' || text[*start] == '\r'))
    (*start)++;
  while (*end > *start && (text[*end - 1] == '\n' || text[*end - 1] == '\r'))
    (*end)--;
}

static void
show_text (AtriumMessageBody *self,
           AtriumMessage     *message,
           gsize              shown)
{
  const char *text = self->text;
  GtkLabel *label = atrium_text_flow_get_label (self->flow);
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  g_autoptr(GPtrArray) spans = atrium_message_dup_spans (message);
  g_autoptr(GArray) runs = g_array_new (FALSE, FALSE, sizeof (AtriumTextRun));
  g_autofree char *markup = NULL;
  gsize at = 0;

  for (guint i = 0; i < spans->len; i++)
    {
      AtriumTextRun run;

      if (to_run (g_ptr_array_index (spans, i), &run))
        g_array_append_val (runs, run);
    }

  /* Quotes and code stand in blocks of their own; what is inside a block is not cut again. */
  for (guint i = 0; i < spans->len; i++)
    {
      const AtriumSpan *span = g_ptr_array_index (spans, i);
      g_autofree char *block = NULL;
      gsize start = span->start;
      gsize end = MIN (span->end, shown);

      if ((span->kind != ATRIUM_SPAN_CODE_BLOCK && span->kind != ATRIUM_SPAN_QUOTE) || start < at || start >= shown)
        continue;
      if (start > at)
        {
          gsize from = at, to = start;

          trim (text, &from, &to);
          if (to > from)
            {
              g_autofree char *paragraph = atrium_text_to_markup (text, from, to, (AtriumTextRun *) runs->data, runs->len, dark);

              add_block (self, paragraph, "body");
            }
        }
      at = end;
      trim (text, &start, &end);
      block = atrium_text_to_markup (text, start, end, (AtriumTextRun *) runs->data, runs->len, dark);
      add_block (self, block, span->kind == ATRIUM_SPAN_QUOTE ? "blockquote" : "code");
    }

  {
    gsize from = at, to = shown;

    if (at > 0)
      trim (text, &from, &to);
    gtk_widget_set_visible (GTK_WIDGET (label), to > from);
    markup = atrium_text_to_markup (text, from, to, (AtriumTextRun *) runs->data, runs->len, dark);
  }

  if (atrium_message_get_edited (message))
    {
      g_autofree char *with_mark = NULL;
      g_autoptr(GString) mark = g_string_new (NULL);

      atrium_text_append_escaped (mark, C_("message", "edited"), -1);
      with_mark = g_strdup_printf ("%s <span size=\"small\" alpha=\"65%%\">(%s)</span>", markup, mark->str);
      gtk_label_set_markup (label, with_mark);
      gtk_widget_set_visible (GTK_WIDGET (label), TRUE);
    }
  else
    {
      gtk_label_set_markup (label, markup);
    }

  if (atrium_text_is_emoji_only (text))
    gtk_widget_add_css_class (GTK_WIDGET (label), "large");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (label), "large");
}

static void
show_retracted (AtriumMessageBody *self,
                AtriumMessage     *message)
{
  GtkLabel *label = atrium_text_flow_get_label (self->flow);
  const char *by = atrium_message_get_retracted_by (message);
  const char *reason = atrium_message_get_retract_reason (message);
  g_autofree char *words = NULL;

  if (by == NULL)
    words = g_strdup (_("This message was taken back."));
  else if (reason == NULL || *reason == '\0')
    words = g_strdup_printf (_("This message was removed by %s."), by);
  else
    words = g_strdup_printf (_("This message was removed by %s: %s"), by, reason);

  {
    g_autofree char *isolated = atrium_text_isolate (words);

    gtk_label_set_text (label, isolated);
  }
  gtk_widget_set_visible (GTK_WIDGET (label), TRUE);
  gtk_widget_remove_css_class (GTK_WIDGET (label), "large");
}

static void
on_more_clicked (AtriumMessageBody *self)
{
  self->expanded_id = self->message_id;
  g_clear_pointer (&self->text, g_free);
  gtk_widget_activate_action (GTK_WIDGET (self), "row.update", NULL);
}

static void
set_cut (AtriumMessageBody *self,
         gboolean           cut)
{
  if (cut == (self->more_button != NULL))
    return;

  if (!cut)
    {
      g_clear_pointer (&self->more_button, gtk_widget_unparent);
      return;
    }
  self->more_button = gtk_button_new_with_label (_("Show all"));
  gtk_widget_set_halign (self->more_button, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->more_button, "flat");
  gtk_widget_add_css_class (self->more_button, "atrium-accent");
  g_signal_connect_swapped (self->more_button, "clicked", G_CALLBACK (on_more_clicked), self);
  gtk_widget_insert_after (self->more_button, GTK_WIDGET (self), GTK_WIDGET (self->flow));
}

static void
make_note (AtriumMessageBody *self)
{
  self->note = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_add_css_class (self->note, "state");
  self->faces = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  self->note_label = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->note_label, "dim-label");
  self->note_image = gtk_image_new ();
  self->again_button = gtk_button_new_with_label (_("Send again"));
  gtk_widget_add_css_class (self->again_button, "flat");
  gtk_widget_add_css_class (self->again_button, "error");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->again_button), "row.retry");
  gtk_box_append (GTK_BOX (self->note), self->faces);
  gtk_box_append (GTK_BOX (self->note), self->note_label);
  gtk_box_append (GTK_BOX (self->note), self->note_image);
  gtk_box_append (GTK_BOX (self->note), self->again_button);
  atrium_text_flow_set_note (self->flow, self->note);
}

static void
show_faces (AtriumMessageBody  *self,
            const char *const  *names)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->faces)) != NULL)
    gtk_box_remove (GTK_BOX (self->faces), child);
  for (guint i = 0; names != NULL && names[i] != NULL && i < MAX_FACES; i++)
    {
      GtkWidget *face = atrium_avatar_new (FACE_SIZE);

      atrium_avatar_set_subject (ATRIUM_AVATAR (face), names[i], names[i], FALSE);
      gtk_widget_add_css_class (face, "stacked");
      gtk_box_append (GTK_BOX (self->faces), face);
    }
}

static void
update_note (AtriumMessageBody *self,
             AtriumMessage     *message)
{
  AtriumMessageState state = atrium_message_get_state (message);
  const char *const *read_by = atrium_message_get_read_by (message);
  guint n_readers = read_by != NULL ? g_strv_length ((char **) read_by) : 0;
  gboolean failed = state == ATRIUM_MESSAGE_FAILED;
  g_autofree char *words = NULL;
  g_autofree char *tip = NULL;

  if (!atrium_message_get_own (message) || atrium_message_get_retracted (message))
    {
      if (self->note != NULL)
        gtk_widget_set_visible (self->note, FALSE);
      return;
    }
  if (self->note == NULL)
    make_note (self);

  if (n_readers > 1)
    words = g_strdup_printf (ngettext ("Read by %u", "Read by %u", n_readers), n_readers);
  else
    words = g_strdup (atrium_message_state_word (n_readers == 1 ? ATRIUM_MESSAGE_READ : state));
  if (n_readers > 0)
    tip = g_strjoinv (_(", "), (char **) read_by);
  else if (state == ATRIUM_MESSAGE_DELIVERED)
    tip = g_strdup (C_("message state", "Delivered"));
  else if (failed)
    tip = g_strdup (atrium_message_get_error (message));

  show_faces (self, n_readers > 1 ? read_by : NULL);
  gtk_label_set_text (GTK_LABEL (self->note_label), words);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->note_image), atrium_message_state_icon (n_readers > 0 ? ATRIUM_MESSAGE_READ : state));
  gtk_widget_set_tooltip_text (self->note, tip);
  gtk_widget_set_visible (self->again_button, failed);
  gtk_widget_remove_css_class (self->note, "read");
  gtk_widget_remove_css_class (self->note, "error");
  if (n_readers > 0 || state == ATRIUM_MESSAGE_READ)
    gtk_widget_add_css_class (self->note, "read");
  if (failed)
    gtk_widget_add_css_class (self->note, "error");
  gtk_widget_set_visible (self->note, TRUE);
}

static void
atrium_message_body_dispose (GObject *object)
{
  AtriumMessageBody *self = ATRIUM_MESSAGE_BODY (object);
  GtkWidget *child;

  self->more_button = NULL;
  self->flow = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (atrium_message_body_parent_class)->dispose (object);
}

static void
atrium_message_body_finalize (GObject *object)
{
  g_free (ATRIUM_MESSAGE_BODY (object)->text);

  G_OBJECT_CLASS (atrium_message_body_parent_class)->finalize (object);
}

static void
atrium_message_body_class_init (AtriumMessageBodyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = atrium_message_body_dispose;
  object_class->finalize = atrium_message_body_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
atrium_message_body_init (AtriumMessageBody *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 4);
  self->flow = g_object_new (ATRIUM_TYPE_TEXT_FLOW, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->flow), GTK_WIDGET (self));
  g_signal_connect (atrium_text_flow_get_label (self->flow), "activate-link", G_CALLBACK (on_link), self);
}

void
atrium_message_body_forget (AtriumMessageBody *self)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE_BODY (self));

  g_clear_pointer (&self->text, g_free);
}

void
atrium_message_body_update (AtriumMessageBody *self,
                            AtriumMessage     *message)
{
  GtkLabel *label;
  const char *text;
  gboolean retracted, edited;
  gboolean cut = FALSE;
  gint64 id;

  g_return_if_fail (ATRIUM_IS_MESSAGE_BODY (self));
  g_return_if_fail (ATRIUM_IS_MESSAGE (message));

  label = atrium_text_flow_get_label (self->flow);
  text = atrium_message_get_body (message);
  text = text != NULL ? text : "";
  retracted = atrium_message_get_retracted (message);
  edited = atrium_message_get_edited (message);
  id = atrium_message_get_id (message);
  update_note (self, message);

  if (self->text != NULL && self->message_id == id && self->retracted == retracted && self->edited == edited &&
      g_str_equal (self->text, text))
    return;

  g_free (self->text);
  self->text = g_strdup (text);
  self->message_id = id;
  self->retracted = retracted;
  self->edited = edited;
  clear_blocks (self);

  if (retracted)
    {
      show_retracted (self, message);
      gtk_widget_add_css_class (GTK_WIDGET (label), "retracted");
    }
  else
    {
      gsize shown = self->expanded_id == id ? strlen (text) : atrium_text_clip (text, &cut);

      gtk_widget_remove_css_class (GTK_WIDGET (label), "retracted");
      show_text (self, message, shown);
    }
  set_cut (self, cut);
  gtk_widget_set_visible (GTK_WIDGET (self->flow), gtk_widget_get_visible (GTK_WIDGET (label)) ||
                                                   (self->note != NULL && gtk_widget_get_visible (self->note)));
}
