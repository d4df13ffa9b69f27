/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumGroup:
 *
 * A unit of the organisation: a group of the roster. “Research/Optics” is the unit Optics inside Research.
 *
 * Properties, all read-only from outside and notified when they change:
 *
 * - `name`: last part of the name
 * - `path`: full name with “/” between the parts
 * - `children`: groups first, then people: AtriumGroup and AtriumPerson, by name
 * - `n-people`: people in this group and below it
 */
#define ATRIUM_TYPE_GROUP (atrium_group_get_type ())
G_DECLARE_FINAL_TYPE (AtriumGroup, atrium_group, ATRIUM, GROUP, GObject)

const char  *atrium_group_get_name     (AtriumGroup *self);
const char  *atrium_group_get_path     (AtriumGroup *self);
GListModel  *atrium_group_get_children (AtriumGroup *self);
guint        atrium_group_get_n_people (AtriumGroup *self);

G_END_DECLS
