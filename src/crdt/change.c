/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "doc-private.h"
void crdt_change_emit (CrdtDoc *doc) {}
void crdt_undo_after (gpointer undo, CrdtDoc *doc) {}
