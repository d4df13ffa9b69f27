/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/policy/policy.h"

#include "workspace/types.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Group of a policy key file: the path of the schema without its slashes at the ends (desktop facts §4). */
#define POLICY_GROUP "org/atriumworkspace/Atrium"

#define DEFAULT_DOWNLOAD_AUTO_MAX (G_GINT64_CONSTANT (10) << 20)

/* GSettings aborts on a key that its schema lacks: an older schema must not bring the program down. */
static gboolean
has_key (GSettings  *settings,
         const char *key)
{
  g_autoptr (GSettingsSchema) schema = NULL;

  if (settings == NULL)
    return FALSE;
  g_object_get (settings, "settings-schema", &schema, NULL);

  return g_settings_schema_has_key (schema, key);
}

gboolean
atrium_policy_is_locked (GSettings  *settings,
                         const char *key)
{
  return has_key (settings, key) && !g_settings_is_writable (settings, key);
}

GSettings *
atrium_policy_new_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source == NULL)
    return NULL;
  schema = g_settings_schema_source_lookup (source, ATRIUM_APPLICATION_ID, TRUE);

  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

static gboolean
get_boolean (GSettings  *settings,
             const char *key,
             gboolean    fallback)
{
  return has_key (settings, key) ? g_settings_get_boolean (settings, key) : fallback;
}

static gint64
get_int64 (GSettings  *settings,
           const char *key,
           gint64      fallback)
{
  return has_key (settings, key) ? g_settings_get_int64 (settings, key) : fallback;
}

static char *
dup_string (GSettings  *settings,
            const char *key)
{
  g_autofree char *value = has_key (settings, key) ? g_settings_get_string (settings, key) : NULL;

  return value != NULL && *value != '\0' ? g_steal_pointer (&value) : NULL;
}

gboolean
atrium_policy_get_send_read_receipts (GSettings *settings)
{
  return get_boolean (settings, "send-read-receipts", TRUE);
}

gboolean
atrium_policy_get_send_typing (GSettings *settings)
{
  return get_boolean (settings, "send-typing", TRUE);
}

gint64
atrium_policy_get_upload_max (GSettings *settings)
{
  return get_int64 (settings, "upload-max", 0);
}

gint64
atrium_policy_get_download_max (GSettings *settings)
{
  return get_int64 (settings, "download-max", 0);
}

gint64
atrium_policy_get_download_auto_max (GSettings *settings)
{
  return get_int64 (settings, "download-auto-max", DEFAULT_DOWNLOAD_AUTO_MAX);
}

guint
atrium_policy_get_retention_months (GSettings *settings)
{
  return has_key (settings, "retention-months") ? g_settings_get_uint (settings, "retention-months") : 0;
}

char *
atrium_policy_dup_server (GSettings *settings)
{
  return dup_string (settings, "server");
}

char *
atrium_policy_dup_domain (GSettings *settings)
{
  return dup_string (settings, "address-domain");
}

char *
atrium_policy_dup_ca_file (GSettings *settings)
{
  return dup_string (settings, "ca-file");
}

/* Validation. */

static void
check_value (GStrvBuilder      *problems,
             GSettingsSchema   *schema,
             const char        *key,
             const char        *text,
             gboolean          *ok)
{
  g_autoptr (GSettingsSchemaKey) schema_key = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;

  if (!g_settings_schema_has_key (schema, key))
    {
      problem = g_strdup_printf (_("%s: there is no such setting"), key);
    }
  else
    {
      schema_key = g_settings_schema_get_key (schema, key);
      value = g_variant_parse (g_settings_schema_key_get_value_type (schema_key), text, NULL, NULL, &error);
      if (value == NULL)
        problem = g_strdup_printf (_("%s: %s"), key, error->message);
      else if (!g_settings_schema_key_range_check (schema_key, value))
        problem = g_strdup_printf (_("%s: the value %s is out of range"), key, text);
    }
  if (problem == NULL)
    return;
  *ok = FALSE;
  g_strv_builder_add (problems, problem);
}

gboolean
atrium_policy_validate (const char   *contents,
                        char       ***out_problems,
                        GError      **error)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = source != NULL ? g_settings_schema_source_lookup (source, ATRIUM_APPLICATION_ID, TRUE) : NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GStrvBuilder) problems = g_strv_builder_new ();
  g_auto (GStrv) groups = NULL;
  gboolean ok = TRUE;

  if (schema == NULL)
    {
      g_set_error_literal (error, ATRIUM_ERROR, ATRIUM_ERROR_NOT_FOUND, _("The settings schema of Atrium is not installed."));
      return FALSE;
    }
  if (!g_key_file_load_from_data (file, contents, strlen (contents), G_KEY_FILE_NONE, error))
    return FALSE;

  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (file, groups[i], NULL, NULL);

      /* The file may set other programs too. */
      if (!g_str_equal (groups[i], POLICY_GROUP))
        {
          if (g_ascii_strcasecmp (groups[i], POLICY_GROUP) == 0 || g_str_has_prefix (groups[i], "/" POLICY_GROUP))
            {
              g_autofree char *problem = g_strdup_printf (_("[%s]: the group is called [%s]"), groups[i], POLICY_GROUP);

              g_strv_builder_add (problems, problem);
              ok = FALSE;
            }
          continue;
        }
      for (guint j = 0; keys != NULL && keys[j] != NULL; j++)
        {
          g_autofree char *text = g_key_file_get_value (file, groups[i], keys[j], NULL);

          check_value (problems, schema, keys[j], text, &ok);
        }
    }
  if (out_problems != NULL)
    *out_problems = g_strv_builder_end (problems);

  return ok;
}

GVariant *
atrium_policy_dump (GSettings *settings)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(svbs)"));
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;

  if (settings != NULL)
    {
      g_object_get (settings, "settings-schema", &schema, NULL);
      keys = g_settings_schema_list_keys (schema);
      for (guint i = 0; keys[i] != NULL; i++)
        {
          g_autoptr (GVariant) value = g_settings_get_value (settings, keys[i]);
          g_autoptr (GVariant) user = g_settings_get_user_value (settings, keys[i]);
          gboolean locked = !g_settings_is_writable (settings, keys[i]);

          g_variant_builder_add (&builder, "(svbs)", keys[i], value, locked,
                                 locked ? "organisation" : user != NULL ? "user" : "default");
        }
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
