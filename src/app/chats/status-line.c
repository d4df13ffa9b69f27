/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/chats/status-line.h"
#include "app/parts/stamp.h"
#include "app/parts/text.h"
#include "app/parts/toast.h"

#include "workspace/jobs/job.h"

#include <glib/gi18n.h>

/* Entries that the popover shows; a long outbox ends in "and N more". */
#define MAX_ENTRIES 50

struct _AtriumStatusLine
{
  GtkWidget parent_instance;

  AtriumWorkspace *workspace;   /* owned */
  GSignalGroup *account_signals;
  GSignalGroup *outbox_signals;
  GSignalGroup *jobs_signals;
  GtkSliceListModel *entries;

  /* template children */
  GtkWidget *button;
  GtkImage *image;
  GtkLabel *label;
  GtkWidget *popover;
  GtkLabel *problem_label;
  GtkLabel *hint_label;
  GtkWidget *retry_button;
  GtkWidget *outbox_head;
  GtkLabel *count_label;
  GtkListBox *outbox_list;
  GtkWidget *kept_label;
  GtkListBox *jobs_list;
};

G_DEFINE_FINAL_TYPE (AtriumStatusLine, atrium_status_line, GTK_TYPE_WIDGET)

static char *
dup_connection_words (AtriumAccount *account)
{
  switch (atrium_account_get_state (account))
    {
    case ATRIUM_ACCOUNT_NONE:
      return g_strdup (_("Working on this computer only"));
    case ATRIUM_ACCOUNT_ONLINE:
      return g_strdup (_("Connected"));
    case ATRIUM_ACCOUNT_CONNECTING:
      return g_strdup (_("Connecting…"));
    case ATRIUM_ACCOUNT_WAITING:
      return g_strdup (_("Reconnecting…"));
    case ATRIUM_ACCOUNT_OFFLINE:
    default:
      {
        GDateTime *since = atrium_account_get_since (account);
        g_autofree char *clock = NULL;

        if (atrium_account_get_problem_final (account))
          return g_strdup (_("Not connected"));
        if (since == NULL)
          return g_strdup (_("Offline"));
        clock = atrium_stamp_clock (g_date_time_to_unix (since) * G_USEC_PER_SEC);
        /* Translators: a time of day */
        return g_strdup_printf (_("Offline since %s"), clock);
      }
    }
}

static const char *
connection_icon (AtriumAccount *account)
{
  switch (atrium_account_get_state (account))
    {
    case ATRIUM_ACCOUNT_ONLINE:
      return "emblem-ok-symbolic";
    case ATRIUM_ACCOUNT_CONNECTING:
    case ATRIUM_ACCOUNT_WAITING:
      return "emblem-synchronizing-symbolic";
    case ATRIUM_ACCOUNT_NONE:
      return "computer-symbolic";
    case ATRIUM_ACCOUNT_OFFLINE:
    default:
      return "network-offline-symbolic";
    }
}

static AtriumJob *
first_running_job (AtriumStatusLine *self)
{
  GListModel *jobs = atrium_workspace_get_jobs (self->workspace);

  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++)
    {
      g_autoptr(AtriumJob) job = g_list_model_get_item (jobs, i);

      if (atrium_job_get_state (job) == ATRIUM_JOB_RUNNING)
        return g_steal_pointer (&job);
    }
  return NULL;
}

static void
update (AtriumStatusLine *self)
{
  AtriumAccount *account;
  AtriumOutbox *outbox;
  g_autoptr(AtriumJob) job = NULL;
  g_autofree char *text = NULL;
  g_autofree char *count_text = NULL;
  const char *problem, *hint;
  gboolean online, signed_in;
  guint count, failed;

  if (self->workspace == NULL)
    {
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
      return;
    }

  account = atrium_workspace_get_account (self->workspace);
  outbox = atrium_workspace_get_outbox (self->workspace);
  count = atrium_outbox_get_count (outbox);
  failed = atrium_outbox_get_failed (outbox);
  online = atrium_account_get_state (account) == ATRIUM_ACCOUNT_ONLINE;
  signed_in = atrium_account_get_state (account) != ATRIUM_ACCOUNT_NONE;
  job = first_running_job (self);

  if (failed > 0)
    {
      text = g_strdup_printf (ngettext ("%u thing could not be sent", "%u things could not be sent", failed), failed);
    }
  else if (!online && count > 0)
    {
      g_autofree char *connection = dup_connection_words (account);
      g_autofree char *waiting = g_strdup_printf (ngettext ("%u thing waits here", "%u things wait here", count), count);

      /* Translators: state of the connection, then what waits */
      text = g_strdup_printf (C_("status line", "%s · %s"), connection, waiting);
    }
  else if (online && job != NULL)
    text = atrium_text_line (atrium_job_get_title (job), 80);
  else if (!online)
    text = dup_connection_words (account);
  else if (count > 0)
    text = g_strdup_printf (ngettext ("Sending %u thing", "Sending %u things", count), count);

  gtk_widget_set_visible (GTK_WIDGET (self), text != NULL && (signed_in || count > 0));
  gtk_label_set_text (self->label, text != NULL ? text : "");
  gtk_image_set_from_icon_name (self->image, failed > 0 ? "emblem-important-symbolic" : connection_icon (account));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, text != NULL ? text : "", -1);

  problem = atrium_account_get_problem (account);
  hint = atrium_account_get_problem_hint (account);
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), problem != NULL);
  gtk_label_set_text (self->problem_label, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->hint_label), hint != NULL);
  gtk_label_set_text (self->hint_label, hint != NULL ? hint : "");
  gtk_widget_set_visible (self->retry_button, signed_in && !online);
  gtk_widget_set_visible (self->outbox_head, count > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->outbox_list), count > 0);
  gtk_widget_set_visible (self->kept_label, count > 0);
  count_text = g_strdup_printf ("%u", count);
  gtk_label_set_text (self->count_label, count_text);
  gtk_widget_set_visible (GTK_WIDGET (self->jobs_list),
                          g_list_model_get_n_items (atrium_workspace_get_jobs (self->workspace)) > 0);
}

static const char *
kind_icon (AtriumOutboxKind kind)
{
  switch (kind)
    {
    case ATRIUM_OUTBOX_EDIT:
      return "document-edit-symbolic";
    case ATRIUM_OUTBOX_RETRACTION:
      return "user-trash-symbolic";
    case ATRIUM_OUTBOX_REACTION:
      return "face-smile-symbolic";
    case ATRIUM_OUTBOX_READ:
      return "atrium-read-symbolic";
    case ATRIUM_OUTBOX_UPLOAD:
      return "mail-attachment-symbolic";
    case ATRIUM_OUTBOX_ROOM:
      return "system-users-symbolic";
    case ATRIUM_OUTBOX_PERSON:
    case ATRIUM_OUTBOX_PROFILE:
      return "avatar-default-symbolic";
    case ATRIUM_OUTBOX_MESSAGE:
    default:
      return "atrium-chats-symbolic";
    }
}

static void
on_retried (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_outbox_retry_finish (ATRIUM_OUTBOX (source), result, &error))
    atrium_toast_error (self, NULL, error);
}

static void
on_dropped (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_outbox_drop_finish (ATRIUM_OUTBOX (source), result, &error))
    atrium_toast_error (self, NULL, error);
}

static void
on_retry_clicked (GtkButton        *button,
                  AtriumStatusLine *self)
{
  AtriumOutboxEntry *entry = g_object_get_data (G_OBJECT (button), "entry");

  atrium_outbox_retry_async (atrium_workspace_get_outbox (self->workspace), atrium_outbox_entry_get_id (entry), NULL,
                             on_retried, g_object_ref (self));
}

static void
on_drop_clicked (GtkButton        *button,
                 AtriumStatusLine *self)
{
  AtriumOutboxEntry *entry = g_object_get_data (G_OBJECT (button), "entry");

  atrium_outbox_drop_async (atrium_workspace_get_outbox (self->workspace), atrium_outbox_entry_get_id (entry), NULL,
                            on_dropped, g_object_ref (self));
}

static GtkWidget *
row_button (AtriumStatusLine *self,
            gpointer          item,
            const char       *icon,
            const char       *name,
            GCallback         clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "entry", g_object_ref (item), g_object_unref);
  g_signal_connect (button, "clicked", clicked, self);
  return button;
}

static GtkWidget *
two_lines (const char *first,
           const char *second)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title = gtk_label_new (first);
  GtkWidget *subtitle = gtk_label_new (second);

  gtk_widget_set_hexpand (box, TRUE);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (title, "caption-heading");
  gtk_label_set_xalign (GTK_LABEL (subtitle), 0);
  gtk_label_set_ellipsize (GTK_LABEL (subtitle), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (subtitle, "caption");
  gtk_widget_add_css_class (subtitle, "dim-label");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), subtitle);
  return box;
}

static GtkWidget *
make_entry_row (gpointer item,
                gpointer data)
{
  AtriumStatusLine *self = data;
  AtriumOutboxEntry *entry = item;
  gboolean failed = atrium_outbox_entry_get_state (entry) == ATRIUM_OUTBOX_FAILED;
  g_autofree char *summary = atrium_text_line (atrium_outbox_entry_get_summary (entry), 80);
  g_autofree char *target = atrium_text_line (atrium_outbox_entry_get_target_name (entry), 60);
  g_autofree char *clock = atrium_stamp_clock (atrium_outbox_entry_get_created (entry));
  g_autofree char *where = NULL;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  if (failed && atrium_outbox_entry_get_error (entry) != NULL)
    where = g_strdup (atrium_outbox_entry_get_error (entry));
  else
    /* Translators: chat, then time of writing */
    where = g_strdup_printf (C_("outbox entry", "%s · %s"), target, clock);

  gtk_widget_set_margin_top (box, 4);
  gtk_widget_set_margin_bottom (box, 4);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (kind_icon (atrium_outbox_entry_get_kind (entry))));
  gtk_box_append (GTK_BOX (box), two_lines (summary, where));
  if (failed)
    {
      gtk_box_append (GTK_BOX (box), row_button (self, entry, "view-refresh-symbolic", _("Send again"), G_CALLBACK (on_retry_clicked)));
      gtk_box_append (GTK_BOX (box), row_button (self, entry, "user-trash-symbolic", _("Do not send"), G_CALLBACK (on_drop_clicked)));
    }
  else
    {
      GtkWidget *waiting = gtk_image_new_from_icon_name ("document-open-recent-symbolic");

      gtk_widget_add_css_class (waiting, "dim-label");
      gtk_widget_set_tooltip_text (waiting, _("Waiting on this computer"));
      gtk_box_append (GTK_BOX (box), waiting);
    }
  return box;
}

static void
on_job_cancel (GtkButton        *button,
               AtriumStatusLine *self)
{
  atrium_job_cancel (g_object_get_data (G_OBJECT (button), "entry"));
}

static void
on_job_pause (GtkButton        *button,
              AtriumStatusLine *self)
{
  AtriumJob *job = g_object_get_data (G_OBJECT (button), "entry");

  if (atrium_job_get_state (job) == ATRIUM_JOB_PAUSED)
    atrium_job_resume (job);
  else
    atrium_job_pause (job);
}

static gboolean
state_to_pause_icon (GBinding     *binding,
                     const GValue *from,
                     GValue       *to,
                     gpointer      data)
{
  g_value_set_string (to, g_value_get_enum (from) == ATRIUM_JOB_PAUSED ? "media-playback-start-symbolic"
                                                                        : "media-playback-pause-symbolic");
  return TRUE;
}

static GtkWidget *
make_job_row (gpointer item,
              gpointer data)
{
  AtriumStatusLine *self = data;
  AtriumJob *job = item;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *lines = two_lines (atrium_job_get_title (job), "");
  GtkWidget *progress = gtk_progress_bar_new ();

  gtk_widget_set_margin_top (box, 4);
  gtk_widget_set_margin_bottom (box, 4);
  g_object_bind_property (job, "detail", gtk_widget_get_last_child (lines), "label", G_BINDING_SYNC_CREATE);
  g_object_bind_property (job, "progress", progress, "fraction", G_BINDING_SYNC_CREATE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (progress), GTK_ACCESSIBLE_PROPERTY_LABEL, atrium_job_get_title (job), -1);
  gtk_box_append (GTK_BOX (lines), progress);
  gtk_box_append (GTK_BOX (box), lines);
  if (atrium_job_get_pausable (job))
    {
      GtkWidget *button = row_button (self, job, "media-playback-pause-symbolic", _("Pause or go on"), G_CALLBACK (on_job_pause));

      g_object_bind_property_full (job, "state", button, "icon-name", G_BINDING_SYNC_CREATE, state_to_pause_icon, NULL, NULL, NULL);
      gtk_box_append (GTK_BOX (box), button);
    }
  if (atrium_job_get_cancellable (job))
    gtk_box_append (GTK_BOX (box), row_button (self, job, "window-close-symbolic", _("Cancel"), G_CALLBACK (on_job_cancel)));
  return box;
}

/* Rows exist only while they can be seen; they show the state at that moment. */
static void
fill_lists (AtriumStatusLine *self)
{
  gtk_list_box_bind_model (self->outbox_list, G_LIST_MODEL (self->entries), make_entry_row, self, NULL);
  gtk_list_box_bind_model (self->jobs_list, self->workspace != NULL ? atrium_workspace_get_jobs (self->workspace) : NULL,
                           make_job_row, self, NULL);
}

static void
empty_lists (AtriumStatusLine *self)
{
  gtk_list_box_bind_model (self->outbox_list, NULL, NULL, NULL, NULL);
  gtk_list_box_bind_model (self->jobs_list, NULL, NULL, NULL, NULL);
}

static void
atrium_status_line_dispose (GObject *object)
{
  AtriumStatusLine *self = ATRIUM_STATUS_LINE (object);

  g_clear_object (&self->account_signals);
  g_clear_object (&self->outbox_signals);
  g_clear_object (&self->jobs_signals);
  g_clear_pointer (&self->button, gtk_widget_unparent);
  g_clear_object (&self->entries);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (atrium_status_line_parent_class)->dispose (object);
}

static void
atrium_status_line_class_init (AtriumStatusLineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = atrium_status_line_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/chats/status-line.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumStatusLine, button);
  gtk_widget_class_bind_template_child (widget_class, AtriumStatusLine, image);
  gtk_widget_class_bind_template_child (widget_class, AtriumStatusLine, label);
  gtk_widget_class_bind_template_child (widget_class, AtriumStatusLine, popover);
  gtk_widget_class_bind_template_child (widget_class, AtriumStatusLine, problem_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumStatusLine, hint_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumStatusLine, retry_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumStatusLine, outbox_head);
  gtk_widget_class_bind_template_child (widget_class, AtriumStatusLine, count_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumStatusLine, outbox_list);
  gtk_widget_class_bind_template_child (widget_class, AtriumStatusLine, kept_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumStatusLine, jobs_list);
}

static void
atrium_status_line_init (AtriumStatusLine *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->account_signals = g_signal_group_new (ATRIUM_TYPE_ACCOUNT);
  g_signal_group_connect_swapped (self->account_signals, "notify", G_CALLBACK (update), self);
  self->outbox_signals = g_signal_group_new (ATRIUM_TYPE_OUTBOX);
  g_signal_group_connect_swapped (self->outbox_signals, "notify", G_CALLBACK (update), self);
  self->jobs_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->jobs_signals, "items-changed", G_CALLBACK (update), self);
  self->entries = gtk_slice_list_model_new (NULL, 0, MAX_ENTRIES);
  g_signal_connect_swapped (self->popover, "map", G_CALLBACK (fill_lists), self);
  g_signal_connect_swapped (self->popover, "unmap", G_CALLBACK (empty_lists), self);
  update (self);
}

void
atrium_status_line_set_workspace (AtriumStatusLine *self,
                                  AtriumWorkspace  *workspace)
{
  GListModel *jobs;

  g_return_if_fail (ATRIUM_IS_STATUS_LINE (self));

  if (!g_set_object (&self->workspace, workspace))
    return;

  jobs = workspace != NULL ? atrium_workspace_get_jobs (workspace) : NULL;
  g_signal_group_set_target (self->account_signals, workspace != NULL ? atrium_workspace_get_account (workspace) : NULL);
  g_signal_group_set_target (self->outbox_signals, workspace != NULL ? atrium_workspace_get_outbox (workspace) : NULL);
  g_signal_group_set_target (self->jobs_signals, jobs);
  gtk_slice_list_model_set_model (self->entries, workspace != NULL ? G_LIST_MODEL (atrium_workspace_get_outbox (workspace)) : NULL);
  update (self);
}
