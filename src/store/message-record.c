/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "message.h"

G_DEFINE_BOXED_TYPE (StoreMessage, store_message, store_message_ref, store_message_unref)

StoreMessage *
store_message_new (void)
{
  return g_atomic_rc_box_new0 (StoreMessage);
}

StoreMessage *
store_message_ref (StoreMessage *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (StoreMessage *self)
{
  g_free (self->sender);
  g_free (self->nick);
  g_free (self->occupant_id);
  g_free (self->origin_id);
  g_free (self->message_id);
  g_free (self->archive);
  g_free (self->archive_id);
  g_free (self->body);
  g_free (self->extra);
  g_free (self->thread);
  g_free (self->error);
  g_free (self->reply_id);
  g_free (self->retracted_by);
  g_free (self->retracted_reason);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->reactions, g_ptr_array_unref);
}

void
store_message_unref (StoreMessage *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

StoreFile *
store_file_new (void)
{
  StoreFile *self = g_new0 (StoreFile, 1);

  self->size = -1;
  return self;
}

void
store_file_free (StoreFile *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->type);
  g_free (self->hash);
  g_free (self->url);
  g_free (self->path);
  g_free (self->description);
  g_free (self->error);
  g_free (self);
}

StoreFile *
store_message_add_file (StoreMessage *self)
{
  StoreFile *file = store_file_new ();

  if (self->files == NULL)
    self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) store_file_free);
  g_ptr_array_add (self->files, file);
  return file;
}

void
store_reaction_free (StoreReaction *self)
{
  if (self == NULL)
    return;
  g_free (self->sender);
  g_free (self->nick);
  g_strfreev (self->emojis);
  g_free (self);
}

void
store_read_mark_free (StoreReadMark *self)
{
  if (self == NULL)
    return;
  g_free (self->sender);
  g_free (self->nick);
  g_free (self);
}
