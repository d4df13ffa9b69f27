/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive.h"
#include "change.h"
#include "conversation.h"
#include "database.h"
#include "error.h"
#include "message.h"
#include "outbox.h"
#include "person.h"
#include "room.h"
#include "search.h"
#include "setting.h"
#include "timeline.h"
