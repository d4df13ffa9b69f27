/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/person-face.h"
#include "app/parts/person-row.h"
#include "app/parts/text.h"
#include "app/parts/toast.h"
#include "app/people/people-list.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* So many people are shown without opening their units first. */
#define SMALL_COMPANY 60

struct _AtriumPeopleList
{
  GtkWidget parent_instance;

  AtriumWorkspace *workspace;       /* owned */
  GSignalGroup *people_signals;
  GtkTreeListModel *tree;           /* organisation; NULL while searching */
  GtkSingleSelection *selection;

  /* template children */
  GtkWidget *box;
  GtkEditable *search_entry;
  GtkWidget *add_button;
  GtkListBox *requests_list;
  GtkStack *stack;
  GtkListView *list_view;
  AdwStatusPage *empty_page;
};

enum
{
  OPEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumPeopleList, atrium_people_list, GTK_TYPE_WIDGET)

static GListModel *
children_of (gpointer item,
             gpointer data)
{
  return ATRIUM_IS_GROUP (item) ? g_object_ref (atrium_group_get_children (item)) : NULL;
}

/* The organisation; without units, everybody one knows. */
static void
show_tree (AtriumPeopleList *self)
{
  AtriumDirectory *directory = atrium_workspace_get_directory (self->workspace);
  GListModel *groups = atrium_directory_get_groups (directory);
  GListModel *people = atrium_directory_get_people (directory);
  gboolean organised = g_list_model_get_n_items (groups) > 0;
  g_autoptr(GtkTreeListModel) tree = NULL;

  /* A small company is seen at once, a large one unit by unit. */
  tree = gtk_tree_list_model_new (g_object_ref (organised ? groups : people), FALSE,
                                  g_list_model_get_n_items (people) <= SMALL_COMPANY, children_of, NULL, NULL);
  g_set_object (&self->tree, tree);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (tree));
}

static void
update (AtriumPeopleList *self)
{
  const char *text = gtk_editable_get_text (self->search_entry);
  gboolean empty;

  if (self->workspace == NULL)
    return;

  if (*text == '\0')
    {
      show_tree (self);
      adw_status_page_set_title (self->empty_page, _("Nobody here yet"));
      adw_status_page_set_description (self->empty_page, _("Colleagues appear here as soon as your organisation lists them."));
    }
  else
    {
      g_autoptr(GListModel) found = atrium_directory_search (atrium_workspace_get_directory (self->workspace), text);

      g_clear_object (&self->tree);
      gtk_single_selection_set_model (self->selection, found);
      adw_status_page_set_title (self->empty_page, _("Nobody found"));
      adw_status_page_set_description (self->empty_page, _("Try a part of the name, its pinyin, or the whole address."));
    }
  empty = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0;
  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "list");
}

static void
on_people_changed (AtriumPeopleList *self)
{
  /* A tree that is shown follows by itself; only its first and last member change the page. */
  if (self->tree == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->tree)) == 0)
    update (self);
}

static void
on_search_changed (AtriumPeopleList *self)
{
  update (self);
}

static void
open_item (AtriumPeopleList *self,
           gpointer          item)
{
  if (ATRIUM_IS_PERSON (item))
    g_signal_emit (self, signals[OPEN], 0, item);
}

static gpointer
dup_item (AtriumPeopleList *self,
          guint             position)
{
  gpointer item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (GTK_IS_TREE_LIST_ROW (item))
    {
      gpointer inner = gtk_tree_list_row_get_item (item);

      g_object_unref (item);
      return inner;
    }
  return item;
}

static void
on_selected (AtriumPeopleList *self)
{
  guint position = gtk_single_selection_get_selected (self->selection);
  g_autoptr(GObject) item = position != GTK_INVALID_LIST_POSITION ? dup_item (self, position) : NULL;

  open_item (self, item);
}

static void
on_activate (AtriumPeopleList *self,
             guint             position)
{
  g_autoptr(GObject) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  g_autoptr(GObject) item = dup_item (self, position);

  if (GTK_IS_TREE_LIST_ROW (row) && ATRIUM_IS_GROUP (item))
    gtk_tree_list_row_set_expanded (GTK_TREE_LIST_ROW (row), !gtk_tree_list_row_get_expanded (GTK_TREE_LIST_ROW (row)));
  else
    open_item (self, item);
}

static void
on_search_activate (AtriumPeopleList *self)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0)
    on_activate (self, 0);
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          AtriumPeopleList         *self)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *stack = gtk_stack_new ();
  GtkWidget *group = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (group), 0);
  gtk_label_set_ellipsize (GTK_LABEL (group), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (group, "heading");
  gtk_widget_set_margin_top (group, 8);
  gtk_widget_set_margin_bottom (group, 8);
  gtk_stack_set_vhomogeneous (GTK_STACK (stack), FALSE);
  gtk_stack_add_named (GTK_STACK (stack), group, "group");
  gtk_stack_add_named (GTK_STACK (stack), atrium_person_row_new (), "person");
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), stack);
  gtk_list_item_set_child (item, expander);
}

static void
show_person (AtriumPerson *person,
             GParamSpec   *pspec,
             GtkWidget    *row)
{
  const char *status = atrium_person_get_status_text (person);
  const char *hint = atrium_person_get_match_hint (person);
  const char *title = atrium_person_get_title (person);
  const char *second = hint != NULL ? hint : status != NULL && *status != '\0' ? status :
                       title != NULL ? title : atrium_presence_word (atrium_person_get_presence (person));

  atrium_person_row_show (ATRIUM_PERSON_ROW (row), atrium_person_get_address (person), atrium_person_get_name (person), second,
                          atrium_person_get_own (person) ? C_("in a list of people", "You") : NULL,
                          atrium_dot_for_presence (atrium_person_get_presence (person), FALSE),
                          atrium_person_get_avatar (person));
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         AtriumPeopleList         *self)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));
  GtkStack *stack = GTK_STACK (gtk_tree_expander_get_child (expander));
  gpointer shown = gtk_list_item_get_item (item);
  g_autoptr(GObject) inner = NULL;

  if (GTK_IS_TREE_LIST_ROW (shown))
    {
      gtk_tree_expander_set_list_row (expander, shown);
      inner = gtk_tree_list_row_get_item (shown);
    }
  else
    {
      gtk_tree_expander_set_list_row (expander, NULL);
      inner = g_object_ref (shown);
    }

  if (ATRIUM_IS_GROUP (inner))
    {
      g_autofree char *name = atrium_text_line (atrium_group_get_name (ATRIUM_GROUP (inner)), 80);
      /* Translators: name of a unit, number of people in it */
      g_autofree char *text = g_strdup_printf (C_("unit", "%s  %u"), name, atrium_group_get_n_people (ATRIUM_GROUP (inner)));

      gtk_label_set_text (GTK_LABEL (gtk_stack_get_child_by_name (stack, "group")), text);
      gtk_stack_set_visible_child_name (stack, "group");
    }
  else
    {
      GtkWidget *row = gtk_stack_get_child_by_name (stack, "person");

      gtk_stack_set_visible_child_name (stack, "person");
      show_person (ATRIUM_PERSON (inner), NULL, row);
      g_signal_connect_object (inner, "notify", G_CALLBACK (show_person), row, 0);
      g_object_set_data_full (G_OBJECT (row), "person", g_object_ref (inner), g_object_unref);
    }
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           AtriumPeopleList         *self)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));
  GtkWidget *row = gtk_stack_get_child_by_name (GTK_STACK (gtk_tree_expander_get_child (expander)), "person");
  gpointer person = g_object_get_data (G_OBJECT (row), "person");

  if (person != NULL)
    {
      g_signal_handlers_disconnect_by_func (person, show_person, row);
      g_object_set_data (G_OBJECT (row), "person", NULL);
    }
  gtk_tree_expander_set_list_row (expander, NULL);
}

/* --- those who ask to see our presence --- */

static void
on_approved (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_directory_approve_finish (ATRIUM_DIRECTORY (source), result, &error))
    atrium_toast_error (self, NULL, error);
}

static void
on_declined (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_directory_decline_finish (ATRIUM_DIRECTORY (source), result, &error))
    atrium_toast_error (self, NULL, error);
}

static void
on_approve (GtkButton        *button,
            AtriumPeopleList *self)
{
  atrium_directory_approve_async (atrium_workspace_get_directory (self->workspace), g_object_get_data (G_OBJECT (button), "address"),
                                  NULL, on_approved, g_object_ref (self));
}

static void
on_decline (GtkButton        *button,
            AtriumPeopleList *self)
{
  atrium_directory_decline_async (atrium_workspace_get_directory (self->workspace), g_object_get_data (G_OBJECT (button), "address"),
                                  NULL, on_declined, g_object_ref (self));
}

static GtkWidget *
make_request_row (gpointer item,
                  gpointer data)
{
  AtriumPerson *person = item;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *row = atrium_person_row_new ();
  GtkWidget *yes = gtk_button_new_from_icon_name ("emblem-ok-symbolic");
  GtkWidget *no = gtk_button_new_from_icon_name ("window-close-symbolic");

  atrium_person_row_show (ATRIUM_PERSON_ROW (row), atrium_person_get_address (person), atrium_person_get_name (person),
                          _("Asks to see when you are there"), NULL, ATRIUM_DOT_NONE, NULL);
  gtk_widget_set_hexpand (row, TRUE);
  gtk_widget_set_valign (yes, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (no, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (yes, _("Allow"));
  gtk_widget_set_tooltip_text (no, _("Decline"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (yes), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Allow"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (no), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Decline"), -1);
  g_object_set_data_full (G_OBJECT (yes), "address", g_strdup (atrium_person_get_address (person)), g_free);
  g_object_set_data_full (G_OBJECT (no), "address", g_strdup (atrium_person_get_address (person)), g_free);
  g_signal_connect (yes, "clicked", G_CALLBACK (on_approve), data);
  g_signal_connect (no, "clicked", G_CALLBACK (on_decline), data);
  gtk_box_append (GTK_BOX (box), row);
  gtk_box_append (GTK_BOX (box), yes);
  gtk_box_append (GTK_BOX (box), no);
  return box;
}

static void
on_requests_changed (GListModel       *requests,
                     guint             position,
                     guint             removed,
                     guint             added,
                     AtriumPeopleList *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->requests_list), g_list_model_get_n_items (requests) > 0);
}

static void
atrium_people_list_dispose (GObject *object)
{
  AtriumPeopleList *self = ATRIUM_PEOPLE_LIST (object);

  g_clear_object (&self->people_signals);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->tree);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (atrium_people_list_parent_class)->dispose (object);
}

static void
atrium_people_list_class_init (AtriumPeopleListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = atrium_people_list_dispose;
  signals[OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, ATRIUM_TYPE_PERSON);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/people/people-list.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumPeopleList, box);
  gtk_widget_class_bind_template_child (widget_class, AtriumPeopleList, search_entry);
  gtk_widget_class_bind_template_child (widget_class, AtriumPeopleList, add_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumPeopleList, requests_list);
  gtk_widget_class_bind_template_child (widget_class, AtriumPeopleList, stack);
  gtk_widget_class_bind_template_child (widget_class, AtriumPeopleList, list_view);
  gtk_widget_class_bind_template_child (widget_class, AtriumPeopleList, empty_page);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
atrium_people_list_init (AtriumPeopleList *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search_entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Search people"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->add_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Add somebody"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list_view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("People"), -1);

  self->selection = g_object_new (GTK_TYPE_SINGLE_SELECTION, "autoselect", FALSE, "can-unselect", TRUE, NULL);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->list_view, factory);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));

  self->people_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->people_signals, "items-changed", G_CALLBACK (on_people_changed), self);
}

void
atrium_people_list_set_workspace (AtriumPeopleList *self,
                                  AtriumWorkspace  *workspace)
{
  AtriumDirectory *directory;
  GListModel *requests;

  g_return_if_fail (ATRIUM_IS_PEOPLE_LIST (self));
  g_return_if_fail (ATRIUM_IS_WORKSPACE (workspace));

  if (!g_set_object (&self->workspace, workspace))
    return;

  directory = atrium_workspace_get_directory (workspace);
  requests = atrium_directory_get_requests (directory);
  g_signal_group_set_target (self->people_signals, atrium_directory_get_people (directory));
  gtk_list_box_bind_model (self->requests_list, requests, make_request_row, self, NULL);
  g_signal_connect_object (requests, "items-changed", G_CALLBACK (on_requests_changed), self, 0);
  on_requests_changed (requests, 0, 0, 0, self);
  update (self);
}

void
atrium_people_list_focus (AtriumPeopleList *self)
{
  g_return_if_fail (ATRIUM_IS_PEOPLE_LIST (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}
