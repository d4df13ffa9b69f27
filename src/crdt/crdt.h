/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything that the document engine offers. INTERNALS.md tells how it works.
 */

#pragma once

#include "awareness.h"
#include "change.h"
#include "doc.h"
#include "error.h"
#include "position.h"
#include "snapshot.h"
#include "type.h"
#include "undo.h"
#include "update.h"
#include "value.h"
