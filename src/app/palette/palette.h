/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

/* What the palette is opened for. */
typedef enum
{
  ATRIUM_PALETTE_GO,        /* anything: people, chats, messages, commands */
  ATRIUM_PALETTE_PERSON,    /* somebody to write to */
  ATRIUM_PALETTE_CHAT,      /* where to forward a message */
  ATRIUM_PALETTE_INVITE,    /* somebody to bring into the open room */
  ATRIUM_PALETTE_MESSAGES,  /* search in all messages */
} AtriumPaletteMode;

#define ATRIUM_TYPE_PALETTE (atrium_palette_get_type ())
G_DECLARE_FINAL_TYPE (AtriumPalette, atrium_palette, ATRIUM, PALETTE, GtkWidget)

/* "Go to anything": a field and what fits, over the whole window with a dark backdrop.
 *
 * Signals: "person" (char *address), "chat" (char *address, gint64 message_id, 0: none), "closed" (). Commands
 * are activated as actions. */
GtkWidget        *atrium_palette_new      (AtriumWorkspace   *workspace);
/* Opens with an empty field. */
void              atrium_palette_open     (AtriumPalette     *self,
                                           AtriumPaletteMode  mode);
AtriumPaletteMode atrium_palette_get_mode (AtriumPalette     *self);
void              atrium_palette_close    (AtriumPalette     *self);

G_END_DECLS
