/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/person-face.h"
#include "app/parts/text.h"
#include "app/parts/toast.h"
#include "app/people/person-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _AtriumPersonPage
{
  GtkWidget parent_instance;

  AtriumWorkspace *workspace;   /* owned */
  AtriumPerson *person;         /* owned, NULL: none chosen */
  GSignalGroup *signals;
  gboolean updating;

  /* template children */
  GtkWidget *box;
  GtkWidget *back_button;
  GtkStack *stack;
  AtriumAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *title_label;
  GtkLabel *presence_label;
  GtkWidget *message_button;
  GtkWidget *add_button;
  AdwActionRow *address_row;
  AdwActionRow *groups_row;
  AdwActionRow *organisation_row;
  AdwActionRow *phone_row;
  AdwActionRow *email_row;
  AdwActionRow *zone_row;
  AdwActionRow *note_row;
  GtkWidget *block_row;
  GtkSwitch *block_switch;
};

G_DEFINE_FINAL_TYPE (AtriumPersonPage, atrium_person_page, GTK_TYPE_WIDGET)

/* Subtitles of rows are markup. */
static void
show_fact (AdwActionRow *row,
           const char   *text)
{
  g_autoptr(GString) markup = g_string_new (NULL);

  gtk_widget_set_visible (GTK_WIDGET (row), text != NULL && *text != '\0');
  atrium_text_append_escaped (markup, text, -1);
  adw_action_row_set_subtitle (row, markup->str);
}

static void
update (AtriumPersonPage *self)
{
  AtriumPerson *person = self->person;
  const char *const *groups;
  const char *status;
  g_autofree char *name = NULL;
  g_autofree char *presence = NULL;
  g_autofree char *joined = NULL;
  g_autofree char *title = NULL;
  gboolean own;

  if (person == NULL)
    return;

  own = atrium_person_get_own (person);
  groups = atrium_person_get_groups (person);
  status = atrium_person_get_status_text (person);
  name = atrium_text_line (atrium_person_get_name (person), 200);
  title = atrium_text_line (atrium_person_get_title (person), 200);
  joined = groups != NULL ? g_strjoinv (_(", "), (char **) groups) : NULL;
  if (status != NULL && *status != '\0')
    {
      g_autofree char *line = atrium_text_line (status, 200);

      /* Translators: presence, then the person's own words */
      presence = g_strdup_printf (C_("person", "%s · %s"), atrium_presence_word (atrium_person_get_presence (person)), line);
    }
  else
    {
      presence = g_strdup (atrium_presence_word (atrium_person_get_presence (person)));
    }

  atrium_avatar_set_subject (self->avatar, atrium_person_get_address (person), atrium_person_get_name (person), FALSE);
  atrium_avatar_load_bytes (self->avatar, atrium_person_get_avatar (person));
  gtk_label_set_text (self->name_label, name);
  gtk_label_set_text (self->title_label, title);
  gtk_widget_set_visible (GTK_WIDGET (self->title_label), atrium_person_get_title (person) != NULL);
  gtk_label_set_text (self->presence_label, presence);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->message_button), "win.message-person");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->message_button), "s", atrium_person_get_address (person));
  gtk_widget_set_visible (self->message_button, !own);
  gtk_widget_set_visible (self->add_button, !own && (atrium_person_get_subscription (person) == ATRIUM_SUBSCRIPTION_NONE ||
                                                     atrium_person_get_subscription (person) == ATRIUM_SUBSCRIPTION_FROM));
  show_fact (self->address_row, atrium_person_get_address (person));
  show_fact (self->groups_row, joined);
  show_fact (self->organisation_row, atrium_person_get_organisation (person));
  show_fact (self->phone_row, atrium_person_get_phone (person));
  show_fact (self->email_row, atrium_person_get_email (person));
  show_fact (self->zone_row, atrium_person_get_time_zone (person));
  show_fact (self->note_row, atrium_person_get_note (person));
  gtk_widget_set_visible (self->block_row, !own);

  self->updating = TRUE;
  gtk_switch_set_active (self->block_switch, atrium_person_get_blocked (person));
  self->updating = FALSE;
}

static void
on_added (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  if (atrium_directory_add_finish (ATRIUM_DIRECTORY (source), result, &error))
    atrium_toast (self, _("Added. You see more once the other side agrees."));
  else
    atrium_toast_error (self, _("The person could not be added"), error);
}

static void
on_add (AtriumPersonPage *self)
{
  atrium_directory_add_async (atrium_workspace_get_directory (self->workspace), atrium_person_get_address (self->person), NULL, NULL,
                              NULL, on_added, g_object_ref (self));
}

static void
on_blocked (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr(AtriumPersonPage) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_directory_set_blocked_finish (ATRIUM_DIRECTORY (source), result, &error))
    {
      atrium_toast_error (GTK_WIDGET (self), NULL, error);
      update (self);
    }
}

static void
on_block_switched (AtriumPersonPage *self)
{
  gboolean blocked = gtk_switch_get_active (self->block_switch);

  if (self->updating || self->person == NULL || blocked == atrium_person_get_blocked (self->person))
    return;

  atrium_directory_set_blocked_async (atrium_workspace_get_directory (self->workspace), atrium_person_get_address (self->person),
                                      blocked, NULL, on_blocked, g_object_ref (self));
}

static void
on_card_loaded (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  g_autoptr(GError) error = NULL;

  if (!atrium_directory_load_card_finish (ATRIUM_DIRECTORY (source), result, &error))
    g_debug ("No card: %s", error->message);
}

static void
atrium_person_page_dispose (GObject *object)
{
  AtriumPersonPage *self = ATRIUM_PERSON_PAGE (object);

  g_clear_object (&self->signals);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->person);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (atrium_person_page_parent_class)->dispose (object);
}

static void
atrium_person_page_class_init (AtriumPersonPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ATRIUM_TYPE_AVATAR);
  G_OBJECT_CLASS (klass)->dispose = atrium_person_page_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/people/person-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, box);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, stack);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, avatar);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, name_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, presence_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, message_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, add_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, address_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, groups_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, organisation_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, phone_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, email_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, zone_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, note_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, block_row);
  gtk_widget_class_bind_template_child (widget_class, AtriumPersonPage, block_switch);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
}

static void
atrium_person_page_init (AtriumPersonPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->back_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Back to the list"), -1);
  g_signal_connect_swapped (self->block_switch, "notify::active", G_CALLBACK (on_block_switched), self);
  self->signals = g_signal_group_new (ATRIUM_TYPE_PERSON);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (update), self);
}

void
atrium_person_page_set_workspace (AtriumPersonPage *self,
                                  AtriumWorkspace  *workspace)
{
  g_return_if_fail (ATRIUM_IS_PERSON_PAGE (self));

  g_set_object (&self->workspace, workspace);
}

void
atrium_person_page_set_person (AtriumPersonPage *self,
                               AtriumPerson     *person)
{
  g_return_if_fail (ATRIUM_IS_PERSON_PAGE (self));

  if (!g_set_object (&self->person, person))
    return;

  g_signal_group_set_target (self->signals, person);
  gtk_stack_set_visible_child_name (self->stack, person != NULL ? "person" : "none");
  update (self);
  if (person != NULL)
    atrium_directory_load_card_async (atrium_workspace_get_directory (self->workspace), person, NULL, on_card_loaded, NULL);
}

void
atrium_person_page_set_narrow (AtriumPersonPage *self,
                               gboolean          narrow)
{
  g_return_if_fail (ATRIUM_IS_PERSON_PAGE (self));

  gtk_widget_set_visible (self->back_button, narrow);
}
