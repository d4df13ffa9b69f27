/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-desktop"

#include "config.h"

#include "app/desktop/status-icon.h"

/*
 * Two interfaces on the session bus:
 *
 *   /StatusNotifierItem    org.kde.StatusNotifierItem    what is shown (freedesktop StatusNotifierItem 0.1)
 *   /MenuBar               com.canonical.dbusmenu        the menu; item 0 is the root, item n is entry n − 1
 *
 * The watcher org.kde.StatusNotifierWatcher is told our unique name, so that no well-known name is needed (a Flatpak may
 * not own one). It may come and go; each time it comes we register again.
 */

#define ITEM_PATH    "/StatusNotifierItem"
#define MENU_PATH    "/MenuBar"
#define WATCHER_NAME "org.kde.StatusNotifierWatcher"
#define WATCHER_PATH "/StatusNotifierWatcher"

static const char introspection[] =
  "<node>"
  "<interface name='org.kde.StatusNotifierItem'>"
  "<property name='Category' type='s' access='read'/>"
  "<property name='Id' type='s' access='read'/>"
  "<property name='Title' type='s' access='read'/>"
  "<property name='Status' type='s' access='read'/>"
  "<property name='WindowId' type='i' access='read'/>"
  "<property name='IconName' type='s' access='read'/>"
  "<property name='AttentionIconName' type='s' access='read'/>"
  "<property name='OverlayIconName' type='s' access='read'/>"
  "<property name='ToolTip' type='(sa(iiay)ss)' access='read'/>"
  "<property name='ItemIsMenu' type='b' access='read'/>"
  "<property name='Menu' type='o' access='read'/>"
  "<method name='Activate'><arg type='i' direction='in'/><arg type='i' direction='in'/></method>"
  "<method name='SecondaryActivate'><arg type='i' direction='in'/><arg type='i' direction='in'/></method>"
  "<method name='ContextMenu'><arg type='i' direction='in'/><arg type='i' direction='in'/></method>"
  "<method name='Scroll'><arg type='i' direction='in'/><arg type='s' direction='in'/></method>"
  "<signal name='NewStatus'><arg type='s'/></signal>"
  "<signal name='NewToolTip'/>"
  "</interface>"
  "<interface name='com.canonical.dbusmenu'>"
  "<property name='Version' type='u' access='read'/>"
  "<property name='TextDirection' type='s' access='read'/>"
  "<property name='Status' type='s' access='read'/>"
  "<property name='IconThemePath' type='as' access='read'/>"
  "<method name='GetLayout'><arg type='i' direction='in'/><arg type='i' direction='in'/><arg type='as' direction='in'/>"
  "<arg type='u' direction='out'/><arg type='(ia{sv}av)' direction='out'/></method>"
  "<method name='GetGroupProperties'><arg type='ai' direction='in'/><arg type='as' direction='in'/>"
  "<arg type='a(ia{sv})' direction='out'/></method>"
  "<method name='GetProperty'><arg type='i' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='v' direction='out'/></method>"
  "<method name='Event'><arg type='i' direction='in'/><arg type='s' direction='in'/><arg type='v' direction='in'/>"
  "<arg type='u' direction='in'/></method>"
  "<method name='EventGroup'><arg type='a(isvu)' direction='in'/><arg type='ai' direction='out'/></method>"
  "<method name='AboutToShow'><arg type='i' direction='in'/><arg type='b' direction='out'/></method>"
  "<method name='AboutToShowGroup'><arg type='ai' direction='in'/><arg type='ai' direction='out'/>"
  "<arg type='ai' direction='out'/></method>"
  "</interface>"
  "</node>";

/* One line of the menu. */
typedef struct
{
  char     *label;        /* NULL: a separator */
  char     *action;       /* without "app." */
  GVariant *target;       /* or NULL */
} Entry;

struct _AtriumStatusIcon
{
  GObject parent_instance;

  GDBusConnection *connection;
  GDBusNodeInfo   *info;
  char            *icon_name;
  char            *title;
  char            *tooltip;
  GPtrArray       *entries;       /* Entry */
  GCancellable    *cancellable;   /* of the registration */
  GApplication    *application;   /* borrowed: owns us */
  guint            item_id;
  guint            menu_id;
  guint            watch_id;
  gboolean         active;
  gboolean         attention;
  gboolean         present;
};

enum { PROP_0, PROP_ACTIVE, PROP_ATTENTION, PROP_PRESENT, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumStatusIcon, atrium_status_icon, G_TYPE_OBJECT)

static void
entry_free (Entry *entry)
{
  g_free (entry->label);
  g_free (entry->action);
  g_clear_pointer (&entry->target, g_variant_unref);
  g_free (entry);
}

static void
add_entries (GPtrArray  *entries,
             GMenuModel *menu)
{
  int n = g_menu_model_get_n_items (menu);

  for (int i = 0; i < n; i++)
    {
      g_autoptr(GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
      g_autofree char *label = NULL;
      g_autofree char *action = NULL;
      Entry *entry;

      if (section != NULL)
        {
          if (entries->len > 0)
            g_ptr_array_add (entries, g_new0 (Entry, 1));
          /* One level: a section of a section is shown by no host. */
          for (int k = 0; k < g_menu_model_get_n_items (section); k++)
            {
              entry = g_new0 (Entry, 1);
              g_menu_model_get_item_attribute (section, k, G_MENU_ATTRIBUTE_LABEL, "s", &entry->label);
              g_menu_model_get_item_attribute (section, k, G_MENU_ATTRIBUTE_ACTION, "s", &action);
              entry->target = g_menu_model_get_item_attribute_value (section, k, G_MENU_ATTRIBUTE_TARGET, NULL);
              entry->action = g_strdup (action != NULL && g_str_has_prefix (action, "app.") ? action + 4 : NULL);
              g_clear_pointer (&action, g_free);
              g_ptr_array_add (entries, entry);
            }
          continue;
        }

      g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label);
      g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &action);
      if (label == NULL || action == NULL || !g_str_has_prefix (action, "app."))
        continue;
      entry = g_new0 (Entry, 1);
      entry->label = g_steal_pointer (&label);
      entry->action = g_strdup (action + 4);
      entry->target = g_menu_model_get_item_attribute_value (menu, i, G_MENU_ATTRIBUTE_TARGET, NULL);
      g_ptr_array_add (entries, entry);
    }
}

static const char *
get_status (AtriumStatusIcon *self)
{
  if (!self->active)
    return "Passive";
  return self->attention ? "NeedsAttention" : "Active";
}

/* --- the item --- */

static void
on_item_call (GDBusConnection       *connection,
              const char            *sender,
              const char            *path,
              const char            *interface,
              const char            *method,
              GVariant              *parameters,
              GDBusMethodInvocation *invocation,
              gpointer               user_data)
{
  AtriumStatusIcon *self = ATRIUM_STATUS_ICON (user_data);

  /* ContextMenu: the host draws it, from com.canonical.dbusmenu. Scroll means nothing to us. */
  if (g_str_equal (method, "Activate") || g_str_equal (method, "SecondaryActivate"))
    g_application_activate (self->application);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static GVariant *
on_item_get (GDBusConnection  *connection,
             const char       *sender,
             const char       *path,
             const char       *interface,
             const char       *property,
             GError          **error,
             gpointer          user_data)
{
  AtriumStatusIcon *self = ATRIUM_STATUS_ICON (user_data);

  if (g_str_equal (property, "Category"))
    return g_variant_new_string ("Communications");
  if (g_str_equal (property, "Id"))
    return g_variant_new_string (g_application_get_application_id (self->application));
  if (g_str_equal (property, "Title"))
    return g_variant_new_string (self->title);
  if (g_str_equal (property, "Status"))
    return g_variant_new_string (get_status (self));
  if (g_str_equal (property, "WindowId"))
    return g_variant_new_int32 (0);
  if (g_str_equal (property, "IconName") || g_str_equal (property, "AttentionIconName"))
    return g_variant_new_string (self->icon_name);
  if (g_str_equal (property, "OverlayIconName"))
    return g_variant_new_string ("");
  if (g_str_equal (property, "ToolTip"))
    return g_variant_new ("(s@a(iiay)ss)", "", g_variant_new_array (G_VARIANT_TYPE ("(iiay)"), NULL, 0), self->title,
                          self->tooltip != NULL ? self->tooltip : "");
  if (g_str_equal (property, "ItemIsMenu"))
    return g_variant_new_boolean (FALSE);
  if (g_str_equal (property, "Menu"))
    return g_variant_new_object_path (MENU_PATH);

  g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_PROPERTY, "no property %s", property);
  return NULL;
}

static void
emit_item_signal (AtriumStatusIcon *self,
                  const char       *name,
                  GVariant         *parameters)
{
  g_autoptr(GVariant) owned = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;

  if (self->item_id != 0)
    g_dbus_connection_emit_signal (self->connection, NULL, ITEM_PATH, "org.kde.StatusNotifierItem", name, owned, NULL);
}

/* --- the menu --- */

static GVariant *
make_entry_properties (AtriumStatusIcon *self,
                       guint             index)
{
  const Entry *entry = g_ptr_array_index (self->entries, index);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (entry->label == NULL)
    {
      g_variant_builder_add (&builder, "{sv}", "type", g_variant_new_string ("separator"));
    }
  else
    {
      g_autoptr(GVariant) state = entry->action != NULL
                                    ? g_action_group_get_action_state (G_ACTION_GROUP (self->application), entry->action)
                                    : NULL;

      g_variant_builder_add (&builder, "{sv}", "label", g_variant_new_string (entry->label));
      g_variant_builder_add (&builder, "{sv}", "enabled",
                             g_variant_new_boolean (entry->action != NULL &&
                                                    g_action_group_get_action_enabled (G_ACTION_GROUP (self->application),
                                                                                       entry->action)));
      if (state != NULL && g_variant_is_of_type (state, G_VARIANT_TYPE_BOOLEAN))
        {
          g_variant_builder_add (&builder, "{sv}", "toggle-type", g_variant_new_string ("checkmark"));
          g_variant_builder_add (&builder, "{sv}", "toggle-state", g_variant_new_int32 (g_variant_get_boolean (state)));
        }
    }

  return g_variant_builder_end (&builder);
}

static GVariant *
make_entry_layout (AtriumStatusIcon *self,
                   guint             index)
{
  return g_variant_new ("(i@a{sv}@av)", (int) index + 1, make_entry_properties (self, index),
                        g_variant_new_array (G_VARIANT_TYPE_VARIANT, NULL, 0));
}

static GVariant *
make_root_properties (void)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "children-display", g_variant_new_string ("submenu"));
  return g_variant_builder_end (&builder);
}

static void
return_layout (AtriumStatusIcon      *self,
               int                    parent,
               int                    depth,
               GDBusMethodInvocation *invocation)
{
  GVariantBuilder children;

  if (parent < 0 || (guint) parent > self->entries->len)
    {
      g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "no entry %d", parent);
      return;
    }
  if (parent > 0)
    {
      g_dbus_method_invocation_return_value (invocation,
                                             g_variant_new ("(u@(ia{sv}av))", 1, make_entry_layout (self, (guint) parent - 1)));
      return;
    }

  g_variant_builder_init (&children, G_VARIANT_TYPE ("av"));
  for (guint i = 0; depth != 0 && i < self->entries->len; i++)
    g_variant_builder_add (&children, "v", make_entry_layout (self, i));
  g_dbus_method_invocation_return_value (invocation,
                                         g_variant_new ("(u@(ia{sv}av))", 1,
                                                        g_variant_new ("(i@a{sv}av)", 0, make_root_properties (), &children)));
}

static void
return_group_properties (AtriumStatusIcon      *self,
                         GVariant              *ids,
                         GDBusMethodInvocation *invocation)
{
  GVariantBuilder builder;
  gsize n = g_variant_n_children (ids);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ia{sv})"));
  for (gsize i = 0; i < (n > 0 ? n : self->entries->len + 1); i++)
    {
      int id = (int) i;

      if (n > 0)
        g_variant_get_child (ids, i, "i", &id);
      if (id == 0)
        g_variant_builder_add (&builder, "(i@a{sv})", 0, make_root_properties ());
      else if (id > 0 && (guint) id <= self->entries->len)
        g_variant_builder_add (&builder, "(i@a{sv})", id, make_entry_properties (self, (guint) id - 1));
    }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a(ia{sv}))", &builder));
}

static void
return_property (AtriumStatusIcon      *self,
                 int                    id,
                 const char            *name,
                 GDBusMethodInvocation *invocation)
{
  g_autoptr(GVariant) all = NULL;
  g_autoptr(GVariant) value = NULL;

  if (id >= 0 && (guint) id <= self->entries->len)
    {
      all = g_variant_ref_sink (id == 0 ? make_root_properties () : make_entry_properties (self, (guint) id - 1));
      value = g_variant_lookup_value (all, name, NULL);
    }
  if (value != NULL)
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(v)", value));
  else
    g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "entry %d has no %s", id, name);
}

static void
handle_event (AtriumStatusIcon *self,
              int               id,
              const char       *event)
{
  const Entry *entry;

  if (!g_str_equal (event, "clicked") || id < 1 || (guint) id > self->entries->len)
    return;
  entry = g_ptr_array_index (self->entries, (guint) id - 1);
  if (entry->action != NULL && g_action_group_has_action (G_ACTION_GROUP (self->application), entry->action))
    g_action_group_activate_action (G_ACTION_GROUP (self->application), entry->action, entry->target);
}

static void
on_menu_call (GDBusConnection       *connection,
              const char            *sender,
              const char            *path,
              const char            *interface,
              const char            *method,
              GVariant              *parameters,
              GDBusMethodInvocation *invocation,
              gpointer               user_data)
{
  AtriumStatusIcon *self = ATRIUM_STATUS_ICON (user_data);
  g_autoptr(GVariantIter) events = NULL;
  g_autoptr(GVariant) ids = NULL;
  const char *text;
  int id;
  int depth;

  if (g_str_equal (method, "GetLayout"))
    {
      g_variant_get (parameters, "(iias)", &id, &depth, NULL);
      return_layout (self, id, depth, invocation);
    }
  else if (g_str_equal (method, "GetGroupProperties"))
    {
      ids = g_variant_get_child_value (parameters, 0);
      return_group_properties (self, ids, invocation);
    }
  else if (g_str_equal (method, "GetProperty"))
    {
      g_variant_get (parameters, "(i&s)", &id, &text);
      return_property (self, id, text, invocation);
    }
  else if (g_str_equal (method, "Event"))
    {
      g_variant_get (parameters, "(i&svu)", &id, &text, NULL, NULL);
      g_dbus_method_invocation_return_value (invocation, NULL);
      handle_event (self, id, text);
    }
  else if (g_str_equal (method, "EventGroup"))
    {
      g_variant_get (parameters, "(a(isvu))", &events);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@ai)", g_variant_new_array (G_VARIANT_TYPE_INT32, NULL, 0)));
      while (g_variant_iter_next (events, "(i&svu)", &id, &text, NULL, NULL))
        handle_event (self, id, text);
    }
  else if (g_str_equal (method, "AboutToShow"))
    {
      /* Enabled states and marks are read when shown: say that they may have changed. */
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(b)", TRUE));
    }
  else
    {
      g_dbus_method_invocation_return_value (invocation,
                                             g_variant_new ("(@ai@ai)", g_variant_new_array (G_VARIANT_TYPE_INT32, NULL, 0),
                                                            g_variant_new_array (G_VARIANT_TYPE_INT32, NULL, 0)));
    }
}

static GVariant *
on_menu_get (GDBusConnection  *connection,
             const char       *sender,
             const char       *path,
             const char       *interface,
             const char       *property,
             GError          **error,
             gpointer          user_data)
{
  if (g_str_equal (property, "Version"))
    return g_variant_new_uint32 (3);
  if (g_str_equal (property, "TextDirection"))
    return g_variant_new_string ("ltr");
  if (g_str_equal (property, "Status"))
    return g_variant_new_string ("normal");
  if (g_str_equal (property, "IconThemePath"))
    return g_variant_new_strv (NULL, 0);

  g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_PROPERTY, "no property %s", property);
  return NULL;
}

/* --- coming and going --- */

static void
set_present (AtriumStatusIcon *self,
             gboolean          present)
{
  if (self->present == present)
    return;
  self->present = present;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRESENT]);
}

static void
on_registered (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(AtriumStatusIcon) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer == NULL)
    {
      g_debug ("no status icon: %s", error->message);
      return;
    }
  if (self->item_id != 0)
    set_present (self, TRUE);
}

static void
on_watcher_appeared (GDBusConnection *connection,
                     const char      *name,
                     const char      *owner,
                     gpointer         user_data)
{
  AtriumStatusIcon *self = ATRIUM_STATUS_ICON (user_data);

  g_dbus_connection_call (connection, owner, WATCHER_PATH, WATCHER_NAME, "RegisterStatusNotifierItem",
                          g_variant_new ("(s)", g_dbus_connection_get_unique_name (connection)), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable, on_registered, g_object_ref (self));
}

static void
on_watcher_vanished (GDBusConnection *connection,
                     const char      *name,
                     gpointer         user_data)
{
  set_present (ATRIUM_STATUS_ICON (user_data), FALSE);
}

static void
withdraw (AtriumStatusIcon *self)
{
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->item_id != 0)
    g_dbus_connection_unregister_object (self->connection, self->item_id);
  if (self->menu_id != 0)
    g_dbus_connection_unregister_object (self->connection, self->menu_id);
  self->item_id = 0;
  self->menu_id = 0;
  set_present (self, FALSE);
}

static void
offer (AtriumStatusIcon *self)
{
  static const GDBusInterfaceVTable item_table = { .method_call = on_item_call, .get_property = on_item_get };
  static const GDBusInterfaceVTable menu_table = { .method_call = on_menu_call, .get_property = on_menu_get };
  g_autoptr(GError) error = NULL;

  self->item_id = g_dbus_connection_register_object (self->connection, ITEM_PATH, self->info->interfaces[0], &item_table,
                                                     self, NULL, &error);
  if (self->item_id != 0)
    self->menu_id = g_dbus_connection_register_object (self->connection, MENU_PATH, self->info->interfaces[1], &menu_table,
                                                       self, NULL, &error);
  if (self->menu_id == 0)
    {
      g_debug ("no status icon: %s", error->message);
      withdraw (self);
      return;
    }
  self->cancellable = g_cancellable_new ();
  self->watch_id = g_bus_watch_name_on_connection (self->connection, WATCHER_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                   on_watcher_appeared, on_watcher_vanished, self, NULL);
}

static void
atrium_status_icon_dispose (GObject *object)
{
  AtriumStatusIcon *self = ATRIUM_STATUS_ICON (object);

  withdraw (self);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (atrium_status_icon_parent_class)->dispose (object);
}

static void
atrium_status_icon_finalize (GObject *object)
{
  AtriumStatusIcon *self = ATRIUM_STATUS_ICON (object);

  g_clear_pointer (&self->info, g_dbus_node_info_unref);
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_free (self->icon_name);
  g_free (self->title);
  g_free (self->tooltip);
  G_OBJECT_CLASS (atrium_status_icon_parent_class)->finalize (object);
}

static void
atrium_status_icon_get_property (GObject    *object,
                                 guint       id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  AtriumStatusIcon *self = ATRIUM_STATUS_ICON (object);

  switch (id)
    {
    case PROP_ACTIVE:
      g_value_set_boolean (value, self->active);
      break;
    case PROP_ATTENTION:
      g_value_set_boolean (value, self->attention);
      break;
    case PROP_PRESENT:
      g_value_set_boolean (value, self->present);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
atrium_status_icon_set_property (GObject      *object,
                                 guint         id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  AtriumStatusIcon *self = ATRIUM_STATUS_ICON (object);

  switch (id)
    {
    case PROP_ACTIVE:
      atrium_status_icon_set_active (self, g_value_get_boolean (value));
      break;
    case PROP_ATTENTION:
      atrium_status_icon_set_attention (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
atrium_status_icon_class_init (AtriumStatusIconClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = atrium_status_icon_dispose;
  object_class->finalize = atrium_status_icon_finalize;
  object_class->get_property = atrium_status_icon_get_property;
  object_class->set_property = atrium_status_icon_set_property;

  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_ATTENTION] = g_param_spec_boolean ("attention", NULL, NULL, FALSE,
                                                     G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_PRESENT] = g_param_spec_boolean ("present", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_status_icon_init (AtriumStatusIcon *self)
{
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  self->info = g_dbus_node_info_new_for_xml (introspection, NULL);
  g_assert (self->info != NULL);
}

AtriumStatusIcon *
atrium_status_icon_new (GApplication    *application,
                        GDBusConnection *connection,
                        const char      *icon_name,
                        const char      *title,
                        GMenuModel      *menu)
{
  AtriumStatusIcon *self;

  g_return_val_if_fail (G_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (G_IS_MENU_MODEL (menu), NULL);

  self = g_object_new (ATRIUM_TYPE_STATUS_ICON, NULL);
  self->application = application;
  self->connection = g_object_ref (connection);
  self->icon_name = g_strdup (icon_name);
  self->title = g_strdup (title);
  add_entries (self->entries, menu);

  return self;
}

void
atrium_status_icon_set_active (AtriumStatusIcon *self,
                               gboolean          active)
{
  g_return_if_fail (ATRIUM_IS_STATUS_ICON (self));

  if (self->active == active)
    return;
  self->active = active;
  if (active)
    offer (self);
  else
    withdraw (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}

void
atrium_status_icon_set_attention (AtriumStatusIcon *self,
                                  gboolean          attention)
{
  g_return_if_fail (ATRIUM_IS_STATUS_ICON (self));

  if (self->attention == attention)
    return;
  self->attention = attention;
  emit_item_signal (self, "NewStatus", g_variant_new ("(s)", get_status (self)));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ATTENTION]);
}

void
atrium_status_icon_set_tooltip (AtriumStatusIcon *self,
                                const char       *tooltip)
{
  g_return_if_fail (ATRIUM_IS_STATUS_ICON (self));

  if (g_strcmp0 (self->tooltip, tooltip) == 0)
    return;
  g_free (self->tooltip);
  self->tooltip = g_strdup (tooltip);
  emit_item_signal (self, "NewToolTip", NULL);
}

gboolean
atrium_status_icon_get_present (AtriumStatusIcon *self)
{
  g_return_val_if_fail (ATRIUM_IS_STATUS_ICON (self), FALSE);

  return self->present;
}
