/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/person-face.h"
#include "app/parts/person-row.h"
#include "app/parts/text.h"

struct _AtriumPersonRow
{
  GtkWidget parent_instance;

  gboolean room;

  /* template children */
  GtkWidget *box;
  AtriumAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *second_label;
  GtkLabel *tag_label;
};

G_DEFINE_FINAL_TYPE (AtriumPersonRow, atrium_person_row, GTK_TYPE_WIDGET)

static void
atrium_person_row_dispose (GObject *object)
{
  g_clear_pointer (&ATRIUM_PERSON_ROW (object)->box, gtk_widget_unparent);

  G_OBJECT_CLASS (atrium_person_row_parent_class)->dispose (object);
}

static void
atrium_person_row_class_init (AtriumPersonRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ATRIUM_TYPE_AVATAR);
  G_OBJECT_CLASS (klass)->dispose = atrium_person_row_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/parts/person-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonRow, box);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonRow, second_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonRow, tag_label);
}

static void
atrium_person_row_init (AtriumPersonRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
atrium_person_row_new (void)
{
  return g_object_new (ATRIUM_TYPE_PERSON_ROW, NULL);
}

void
atrium_person_row_set_room (AtriumPersonRow *self,
                            gboolean         room)
{
  g_return_if_fail (ATRIUM_IS_PERSON_ROW (self));

  self->room = room;
}

void
atrium_person_row_show (AtriumPersonRow *self,
                        const char      *address,
                        const char      *name,
                        const char      *second,
                        const char      *tag,
                        AtriumDot        dot,
                        GBytes          *picture)
{
  g_autofree char *shown_name = NULL;
  g_autofree char *shown_second = NULL;
  GtkWidget *parent;

  g_return_if_fail (ATRIUM_IS_PERSON_ROW (self));

  shown_name = atrium_text_line (name != NULL ? name : address, 100);
  shown_second = second != NULL ? atrium_text_line (second, 160) : NULL;
  atrium_avatar_set_subject (self->avatar, address, name, self->room);
  atrium_avatar_set_dot (self->avatar, dot);
  atrium_avatar_load_bytes (self->avatar, picture);
  gtk_label_set_text (self->name_label, shown_name);
  gtk_label_set_text (self->second_label, shown_second != NULL ? shown_second : "");
  gtk_widget_set_visible (GTK_WIDGET (self->second_label), shown_second != NULL && *second != '\0');
  gtk_label_set_text (self->tag_label, tag != NULL ? tag : "");

  /* Screen readers read the list item around the row. */
  parent = gtk_widget_get_parent (GTK_WIDGET (self));
  if (parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL, shown_name, -1);
}
