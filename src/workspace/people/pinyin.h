/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * atrium_pinyin_read:
 * @name: a person's name
 * @out_pinyin: (out): syllables and words, lower case without accents, separated by spaces: "zhang san"
 * @out_initials: (out): first letters: "zs"
 *
 * How a name is read, for search and sorting. Chinese surnames that ICU reads by their commonest meaning (单 dan, 曾 ceng,
 * 解 jie …) are read as surnames when they begin the name. The first call opens ICU's transliterator, about 260 ms: call it
 * on a worker thread. Thread safe.
 */
void atrium_pinyin_read (const char  *name,
                         char       **out_pinyin,
                         char       **out_initials);

G_END_DECLS
