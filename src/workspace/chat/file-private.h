/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/chat/file.h"

G_BEGIN_DECLS

AtriumFile *atrium_file_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Each copies or references its value and notifies only when it is a new one. */
void atrium_file_set_name (AtriumFile *self, const char *value);
void atrium_file_set_size (AtriumFile *self, gint64 value);
void atrium_file_set_media_type (AtriumFile *self, const char *value);
void atrium_file_set_kind (AtriumFile *self, AtriumFileKind value);
void atrium_file_set_width (AtriumFile *self, int value);
void atrium_file_set_height (AtriumFile *self, int value);
void atrium_file_set_duration (AtriumFile *self, gint64 value);
void atrium_file_set_waveform (AtriumFile *self, GBytes *value);
void atrium_file_set_url (AtriumFile *self, const char *value);
void atrium_file_set_path (AtriumFile *self, const char *value);
void atrium_file_set_state (AtriumFile *self, AtriumFileState value);
void atrium_file_set_progress (AtriumFile *self, double value);
void atrium_file_set_error (AtriumFile *self, const char *value);
void atrium_file_set_can_auto (AtriumFile *self, gboolean value);
void atrium_file_set_id (AtriumFile *self, gint64 value);

typedef struct _AtriumTransfers AtriumTransfers;
void atrium_file_put_transfers (AtriumFile *self, AtriumTransfers *transfers);

G_END_DECLS
