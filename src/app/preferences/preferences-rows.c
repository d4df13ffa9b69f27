/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/preferences/preferences-rows.h"

#include "workspace/policy/policy.h"

#include <glib/gi18n.h>
#include <stdio.h>

typedef enum
{
  ROW_SWITCH,
  ROW_CHOICE,   /* an enumeration of the schema, in its order */
  ROW_NUMBER,
  ROW_CLOCK,    /* minutes after midnight */
  ROW_MEGABYTES,
} RowKind;

static const struct
{
  const char *page;
  const char *group;      /* starts a group when it is another one than before */
  const char *key;
  RowKind kind;
  const char *title;
  const char *subtitle;
  const char *choices[4];
  double least, most, step;
} rows[] = {
  { "appearance", NC_("preferences group", "Style"), "appearance", ROW_CHOICE, N_("Light or dark"), NULL,
    { NC_("appearance", "As the system"), NC_("appearance", "Light"), NC_("appearance", "Dark") }, 0, 0, 0 },
  { "appearance", NC_("preferences group", "Text"), "text-scale", ROW_NUMBER, N_("Text size"), N_("In per cent; also Ctrl+Plus and Ctrl+Minus"),
    { NULL }, 80, 200, 10 },
  { "appearance", NC_("preferences group", "Lists"), "compact-rows", ROW_SWITCH, N_("Compact rows"), N_("More chats at a time"), { NULL }, 0, 0, 0 },

  { "notifications", NC_("preferences group", "Notifications"), "notifications", ROW_SWITCH, N_("Show notifications"), NULL, { NULL }, 0, 0, 0 },
  { "notifications", NC_("preferences group", "Notifications"), "notification-preview", ROW_SWITCH, N_("With the text of the message"),
    N_("Otherwise only how many there are"), { NULL }, 0, 0, 0 },
  { "notifications", NC_("preferences group", "Notifications"), "notify-rooms", ROW_CHOICE, N_("From rooms"), NULL,
    { NC_("notify", "All messages"), NC_("notify", "Mentions only"), NC_("notify", "Nothing") }, 0, 0, 0 },
  { "notifications", NC_("preferences group", "Quiet hours"), "quiet-hours", ROW_SWITCH, N_("Quiet hours"), N_("No notifications in this time"), { NULL }, 0, 0, 0 },
  { "notifications", NC_("preferences group", "Quiet hours"), "quiet-hours-start", ROW_CLOCK, N_("From"), NULL, { NULL }, 0, 1439, 30 },
  { "notifications", NC_("preferences group", "Quiet hours"), "quiet-hours-end", ROW_CLOCK, N_("To"), NULL, { NULL }, 0, 1439, 30 },
  { "notifications", NC_("preferences group", "In the background"), "run-in-background", ROW_SWITCH, N_("Keep running when the window is closed"),
    N_("You go on receiving messages"), { NULL }, 0, 0, 0 },
  { "notifications", NC_("preferences group", "In the background"), "autostart", ROW_SWITCH, N_("Start with the session"), NULL, { NULL }, 0, 0, 0 },
  { "notifications", NC_("preferences group", "In the background"), "status-icon", ROW_SWITCH, N_("Status icon"),
    N_("Where the desktop has a place for it"), { NULL }, 0, 0, 0 },

  { "chats", NC_("preferences group", "Writing"), "enter-sends", ROW_SWITCH, N_("Enter sends"), N_("Off: Ctrl+Enter sends, Enter starts a line"), { NULL }, 0, 0, 0 },
  { "chats", NC_("preferences group", "Writing"), "formatting-bar", ROW_SWITCH, N_("Show the formatting bar"), NULL, { NULL }, 0, 0, 0 },

  { "privacy", NC_("preferences group", "What others see"), "send-read-receipts", ROW_SWITCH, N_("Tell others what I have read"), NULL, { NULL }, 0, 0, 0 },
  { "privacy", NC_("preferences group", "What others see"), "send-typing", ROW_SWITCH, N_("Tell others that I am writing"), NULL, { NULL }, 0, 0, 0 },

  { "storage", NC_("preferences group", "Files"), "download-auto-max", ROW_MEGABYTES, N_("Load files up to this size by itself"),
    N_("In megabytes; 0: only when asked. Only files from your own server."), { NULL }, 0, 1024, 1 },
  { "storage", NC_("preferences group", "Messages"), "retention-months", ROW_NUMBER, N_("Keep messages on this computer"),
    N_("In months; 0: for ever. They stay on the server."), { NULL }, 0, 240, 1 },
};

static GtkWidget *
lock_image (void)
{
  GtkWidget *image = gtk_image_new_from_icon_name ("changes-prevent-symbolic");

  gtk_widget_set_tooltip_text (image, _("Set by your organisation"));
  gtk_widget_add_css_class (image, "dim-label");
  return image;
}

/* The value stays readable; the row says who has set it. */
static void
show_lock (AdwActionRow *row,
           GtkWidget    *lock,
           const char   *subtitle,
           gboolean      locked)
{
  g_autofree char *text = NULL;

  if (locked && subtitle != NULL)
    /* Translators: subtitle of a preference that the organisation has set */
    text = g_strdup_printf (C_("locked preference", "%s · %s"), _("Set by your organisation"), subtitle);
  else
    text = g_strdup (locked ? _("Set by your organisation") : subtitle);
  adw_action_row_set_subtitle (row, text != NULL ? text : "");
  gtk_widget_set_visible (lock, locked);
}

typedef struct
{
  AdwActionRow *row;    /* borrowed: the record is attached to it */
  GtkWidget *lock;
  const char *subtitle;
  const char *key;
} Lock;

static void
on_writable_changed (GSettings  *settings,
                     const char *key,
                     GtkWidget  *row)
{
  Lock *lock = g_object_get_data (G_OBJECT (row), "atrium-lock");

  show_lock (lock->row, lock->lock, lock->subtitle, atrium_policy_is_locked (settings, lock->key));
}

static gboolean
get_megabytes (GValue   *value,
               GVariant *variant,
               gpointer  data)
{
  g_value_set_double (value, g_variant_get_int64 (variant) / (1024.0 * 1024.0));
  return TRUE;
}

static GVariant *
set_megabytes (const GValue       *value,
               const GVariantType *type,
               gpointer            data)
{
  return g_variant_new_int64 ((gint64) (g_value_get_double (value) * 1024.0 * 1024.0));
}

static gboolean
show_clock (GtkSpinButton *spin,
            gpointer       data)
{
  int minutes = gtk_spin_button_get_value_as_int (spin);
  g_autofree char *text = g_strdup_printf ("%02d:%02d", minutes / 60, minutes % 60);

  gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static int
read_clock (GtkSpinButton *spin,
            double        *out_value,
            gpointer       data)
{
  int hours = 0, minutes = 0;
  int n_read = sscanf (gtk_editable_get_text (GTK_EDITABLE (spin)), "%2d:%2d", &hours, &minutes);

  if (n_read < 1 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
    return GTK_INPUT_ERROR;
  *out_value = hours * 60 + minutes;
  return TRUE;
}

static gboolean
get_choice (GValue   *value,
            GVariant *variant,
            gpointer  data)
{
  const char *const *nicks = data;

  for (guint i = 0; nicks[i] != NULL; i++)
    {
      if (g_str_equal (nicks[i], g_variant_get_string (variant, NULL)))
        g_value_set_uint (value, i);
    }
  return TRUE;
}

static GVariant *
set_choice (const GValue       *value,
            const GVariantType *type,
            gpointer            data)
{
  const char *const *nicks = data;
  guint selected = g_value_get_uint (value);

  return selected < g_strv_length (data) ? g_variant_new_string (nicks[selected]) : NULL;
}

/* The nicks of an enumeration, in the order of the schema. */
static char **
dup_nicks (GSettings  *settings,
           const char *key)
{
  g_autoptr(GSettingsSchema) schema = NULL;
  g_autoptr(GSettingsSchemaKey) schema_key = NULL;
  g_autoptr(GVariant) range = NULL;
  g_autoptr(GVariant) values = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  schema_key = g_settings_schema_get_key (schema, key);
  range = g_settings_schema_key_get_range (schema_key);
  g_variant_get (range, "(sv)", NULL, &values);
  return g_variant_dup_strv (values, NULL);
}

static GtkWidget *
make_control (GSettings *settings,
              guint      i)
{
  const char *key = rows[i].key;
  GtkWidget *control = NULL;

  switch (rows[i].kind)
    {
    case ROW_SWITCH:
      control = gtk_switch_new ();
      g_settings_bind (settings, key, control, "active", G_SETTINGS_BIND_DEFAULT);
      break;
    case ROW_CHOICE:
      {
        g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
        const char *context = g_str_equal (key, "appearance") ? "appearance" : "notify";

        for (guint j = 0; rows[i].choices[j] != NULL; j++)
          gtk_string_list_append (names, g_dpgettext2 (NULL, context, rows[i].choices[j]));
        control = gtk_drop_down_new (g_object_ref (G_LIST_MODEL (names)), NULL);
        g_settings_bind_with_mapping (settings, key, control, "selected", G_SETTINGS_BIND_DEFAULT, get_choice, set_choice,
                                      dup_nicks (settings, key), (GDestroyNotify) g_strfreev);
        break;
      }
    case ROW_NUMBER:
    case ROW_CLOCK:
    case ROW_MEGABYTES:
    default:
      control = gtk_spin_button_new_with_range (rows[i].least, rows[i].most, rows[i].step);
      if (rows[i].kind == ROW_CLOCK)
        {
          gtk_spin_button_set_wrap (GTK_SPIN_BUTTON (control), TRUE);
          g_signal_connect (control, "output", G_CALLBACK (show_clock), NULL);
          g_signal_connect (control, "input", G_CALLBACK (read_clock), NULL);
        }
      if (rows[i].kind == ROW_MEGABYTES)
        {
          g_settings_bind_with_mapping (settings, key, control, "value", G_SETTINGS_BIND_DEFAULT, get_megabytes, set_megabytes, NULL, NULL);
        }
      else
        {
          g_settings_bind (settings, key, gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (control)), "value",
                           G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY);
          g_settings_bind_writable (settings, key, control, "sensitive", FALSE);
        }
      break;
    }

  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, _(rows[i].title), -1);
  return control;
}

void
atrium_preferences_add_rows (AdwPreferencesPage *page,
                             const char         *page_name,
                             GSettings          *settings)
{
  AdwPreferencesGroup *group = NULL;
  const char *group_name = NULL;

  g_return_if_fail (ADW_IS_PREFERENCES_PAGE (page));
  g_return_if_fail (G_IS_SETTINGS (settings));

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gboolean locked = atrium_policy_is_locked (settings, rows[i].key);
      GtkWidget *row;
      GtkWidget *control;
      g_autofree char *signal_name = NULL;
      Lock *lock;

      if (!g_str_equal (rows[i].page, page_name))
        continue;
      if (g_strcmp0 (group_name, rows[i].group) != 0)
        {
          group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
          adw_preferences_group_set_title (group, g_dpgettext2 (NULL, "preferences group", rows[i].group));
          adw_preferences_page_add (page, group);
          group_name = rows[i].group;
        }

      row = adw_action_row_new ();
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(rows[i].title));
      control = make_control (settings, i);
      lock = g_new0 (Lock, 1);
      lock->row = ADW_ACTION_ROW (row);
      lock->lock = lock_image ();
      lock->subtitle = rows[i].subtitle != NULL ? _(rows[i].subtitle) : NULL;
      lock->key = rows[i].key;
      g_object_set_data_full (G_OBJECT (row), "atrium-lock", lock, g_free);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), lock->lock);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), control);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), control);
      show_lock (ADW_ACTION_ROW (row), lock->lock, lock->subtitle, locked);
      signal_name = g_strconcat ("writable-changed::", rows[i].key, NULL);
      g_signal_connect_object (settings, signal_name, G_CALLBACK (on_writable_changed), row, 0);
      adw_preferences_group_add (group, row);
    }
}

guint
atrium_preferences_count_locked (const char *page_name,
                                 GSettings  *settings)
{
  guint n_locked = 0;

  g_return_val_if_fail (G_IS_SETTINGS (settings), 0);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (g_str_equal (rows[i].page, page_name) && atrium_policy_is_locked (settings, rows[i].key))
        n_locked++;
    }
  return n_locked;
}
