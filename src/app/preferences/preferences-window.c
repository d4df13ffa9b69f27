/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/preferences/account-page.h"
#include "app/preferences/preferences-rows.h"
#include "app/preferences/preferences-window.h"

#include <glib/gi18n.h>

static const struct
{
  const char *name;
  const char *title;
  const char *icon;
} pages[] = {
  { "account", NC_("preferences page", "Account"), "avatar-default-symbolic" },
  { "appearance", NC_("preferences page", "Appearance"), "preferences-desktop-appearance-symbolic" },
  { "notifications", NC_("preferences page", "Notifications"), "preferences-system-notifications-symbolic" },
  { "chats", NC_("preferences page", "Chats"), "atrium-chats-symbolic" },
  { "privacy", NC_("preferences page", "Privacy"), "security-high-symbolic" },
  { "storage", NC_("preferences page", "Storage"), "drive-harddisk-symbolic" },
  { "help", NC_("preferences page", "Help"), "help-about-symbolic" },
};

struct _AtriumPreferencesWindow
{
  AdwWindow parent_instance;

  /* template children */
  AdwLeaflet *leaflet;
  AdwHeaderBar *nav_bar;
  GtkListBox *nav_list;
  GtkWidget *nav_pane;
  GtkWidget *content_pane;
  GtkWidget *back_button;
  AdwWindowTitle *page_title;
  GtkStack *stack;
};

G_DEFINE_FINAL_TYPE (AtriumPreferencesWindow, atrium_preferences_window, ADW_TYPE_WINDOW)

static void
update_folded (AtriumPreferencesWindow *self)
{
  gboolean folded = adw_leaflet_get_folded (self->leaflet);

  gtk_widget_set_visible (self->back_button, folded);
  adw_header_bar_set_show_end_title_buttons (self->nav_bar, folded);
}

static void
on_nav_activated (AtriumPreferencesWindow *self,
                  GtkListBoxRow           *row)
{
  atrium_preferences_window_show_page (self, pages[gtk_list_box_row_get_index (row)].name);
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
}

static void
on_back (AtriumPreferencesWindow *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
add_nav_row (AtriumPreferencesWindow *self,
             guint                    i,
             gboolean                 locked)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *label = gtk_label_new (g_dpgettext2 (NULL, "preferences page", pages[i].title));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (pages[i].icon));
  gtk_box_append (GTK_BOX (box), label);
  if (locked)
    {
      GtkWidget *lock = gtk_image_new_from_icon_name ("changes-prevent-symbolic");

      gtk_widget_add_css_class (lock, "dim-label");
      gtk_widget_set_tooltip_text (lock, _("Your organisation has set something here"));
      gtk_box_append (GTK_BOX (box), lock);
    }
  gtk_list_box_append (self->nav_list, box);
}

/* Which rows of a page are not the user's, counted at its top. */
static AdwPreferencesGroup *
make_locked_note (guint n_locked)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *text = g_strdup_printf (ngettext ("Your organisation has set %u of the rows on this page.",
                                                     "Your organisation has set %u of the rows on this page.", n_locked), n_locked);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (box, "atrium-banner");
  gtk_widget_add_css_class (box, "locked");
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("changes-prevent-symbolic"));
  gtk_box_append (GTK_BOX (box), label);
  adw_preferences_group_add (group, box);
  return group;
}

static GtkWidget *
help_row (const char *title,
          const char *subtitle,
          const char *action)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), action);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  return row;
}

static GtkWidget *
make_help_page (void)
{
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group),
                             help_row (_("Check connection"), _("What works, what does not, and what to do about it"), "win.check-connection"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group),
                             help_row (_("Keyboard shortcuts"), _("All keys on one page"), "win.show-help-overlay"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), help_row (_("About Atrium"), ATRIUM_VERSION, "app.about"));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  return page;
}

static void
atrium_preferences_window_class_init (AtriumPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/preferences/preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumPreferencesWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, AtriumPreferencesWindow, nav_bar);
  gtk_widget_class_bind_template_child (widget_class, AtriumPreferencesWindow, nav_list);
  gtk_widget_class_bind_template_child (widget_class, AtriumPreferencesWindow, nav_pane);
  gtk_widget_class_bind_template_child (widget_class, AtriumPreferencesWindow, content_pane);
  gtk_widget_class_bind_template_child (widget_class, AtriumPreferencesWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumPreferencesWindow, page_title);
  gtk_widget_class_bind_template_child (widget_class, AtriumPreferencesWindow, stack);
  gtk_widget_class_bind_template_callback (widget_class, on_nav_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
}

static void
atrium_preferences_window_init (AtriumPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->back_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Back"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->nav_list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Pages"), -1);
  g_signal_connect_swapped (self->leaflet, "notify::folded", G_CALLBACK (update_folded), self);
}

GtkWidget *
atrium_preferences_window_new (GtkWindow       *parent,
                               AtriumWorkspace *workspace,
                               GSettings       *settings)
{
  AtriumPreferencesWindow *self;

  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (workspace), NULL);

  self = g_object_new (ATRIUM_TYPE_PREFERENCES_WINDOW, "transient-for", parent, "modal", TRUE, NULL);
  if (parent != NULL)
    gtk_widget_insert_action_group (GTK_WIDGET (self), "win", G_ACTION_GROUP (parent));
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      GtkWidget *page;
      guint n_locked = 0;

      if (g_str_equal (pages[i].name, "account"))
        {
          page = atrium_account_page_new (atrium_workspace_get_account (workspace));
        }
      else if (g_str_equal (pages[i].name, "help"))
        {
          page = make_help_page ();
        }
      else
        {
          page = adw_preferences_page_new ();
          if (settings != NULL)
            {
              n_locked = atrium_preferences_count_locked (pages[i].name, settings);
              if (n_locked > 0)
                adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), make_locked_note (n_locked));
              atrium_preferences_add_rows (ADW_PREFERENCES_PAGE (page), pages[i].name, settings);
            }
        }
      gtk_stack_add_named (self->stack, page, pages[i].name);
      add_nav_row (self, i, n_locked > 0);
    }
  atrium_preferences_window_show_page (self, settings != NULL ? "appearance" : "account");
  update_folded (self);
  return GTK_WIDGET (self);
}

void
atrium_preferences_window_show_page (AtriumPreferencesWindow *self,
                                     const char              *page)
{
  g_return_if_fail (ATRIUM_IS_PREFERENCES_WINDOW (self));

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      if (!g_str_equal (pages[i].name, page))
        continue;
      gtk_stack_set_visible_child_name (self->stack, page);
      adw_window_title_set_title (self->page_title, g_dpgettext2 (NULL, "preferences page", pages[i].title));
      gtk_list_box_select_row (self->nav_list, gtk_list_box_get_row_at_index (self->nav_list, i));
    }
}
