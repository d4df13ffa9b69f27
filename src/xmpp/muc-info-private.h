/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/muc-info.h"

G_BEGIN_DECLS

#define XMPP_NS_DISCO_INFO "http://jabber.org/protocol/disco#info"

/* Forty hexadecimal digits, lower-cased; else NULL. */
char *xmpp_avatar_hash_dup_clean (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
