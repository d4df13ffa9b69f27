/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory of one document: an arena that is freed as a whole, pools of records with
 * 32-bit numbers in it, and a table of strings.
 */

#include "config.h"

#include "doc-private.h"

#define FIRST_BLOCK 4096
#define LAST_BLOCK  (4 * 1024 * 1024)
#define FIRST_CLASS 4   /* 16 bytes */
#define LAST_CLASS  15  /* 32 KiB */

static guint
size_class (gsize size)
{
  guint c = FIRST_CLASS;

  while (((gsize) 1 << c) < size)
    c++;
  return c;
}

/* Takes memory that is only given back with the arena. */
gpointer
crdt_arena_alloc_chunk (CrdtArena *arena,
                        gsize      size)
{
  gpointer data;

  size = (size + 15) & ~(gsize) 15;
  if (arena->left < size)
    {
      /* Blocks grow with the document, so that their number grows with its logarithm. */
      gsize block = CLAMP (arena->total / 32, FIRST_BLOCK, LAST_BLOCK);

      block = MAX (block, size);
      if (arena->blocks == NULL)
        arena->blocks = g_ptr_array_new_with_free_func (g_free);
      arena->at = g_malloc (block);
      arena->left = block;
      arena->total += block;
      g_ptr_array_add (arena->blocks, arena->at);
    }
  data = arena->at;
  arena->at += size;
  arena->left -= size;
  return data;
}

gpointer
crdt_arena_alloc (CrdtArena *arena,
                  gsize      size)
{
  guint c = size_class (size);
  gpointer data;

  if (c > LAST_CLASS)
    {
      data = g_malloc (size);
      if (arena->large == NULL)
        arena->large = g_hash_table_new_full (NULL, NULL, g_free, NULL);
      g_hash_table_add (arena->large, data);
      arena->total += size;
      return data;
    }
  data = arena->free[c];
  if (data != NULL)
    {
      memcpy (&arena->free[c], data, sizeof (gpointer));
      return data;
    }
  return crdt_arena_alloc_chunk (arena, (gsize) 1 << c);
}

/* Gives back memory of crdt_arena_alloc(), with the size that was asked for then. */
void
crdt_arena_free (CrdtArena *arena,
                 gpointer   data,
                 gsize      size)
{
  guint c;

  if (data == NULL)
    return;
  c = size_class (size);
  if (c > LAST_CLASS)
    {
      arena->total -= size;
      g_hash_table_remove (arena->large, data);
      return;
    }
  memcpy (data, &arena->free[c], sizeof (gpointer));
  arena->free[c] = data;
}

gpointer
crdt_arena_grow (CrdtArena *arena,
                 gpointer   data,
                 gsize      old_size,
                 gsize      new_size)
{
  gpointer grown;

  if (data != NULL && size_class (old_size) == size_class (new_size) && size_class (new_size) <= LAST_CLASS)
    return data;
  grown = crdt_arena_alloc (arena, new_size);
  if (data != NULL)
    {
      memcpy (grown, data, MIN (old_size, new_size));
      crdt_arena_free (arena, data, old_size);
    }
  return grown;
}

void
crdt_arena_clear (CrdtArena *arena)
{
  g_clear_pointer (&arena->blocks, g_ptr_array_unref);
  g_clear_pointer (&arena->large, g_hash_table_unref);
}

guint32
crdt_pool_take (CrdtPool  *pool,
                CrdtArena *arena,
                guint      shift,
                gsize      size)
{
  guint32 number = pool->free;

  if (number != 0)
    {
      memcpy (&pool->free, crdt_pool_at (pool, number, shift, size), sizeof pool->free);
      pool->n_free--;
    }
  else
    {
      number = MAX (pool->n, 1);
      if (number >> shift >= pool->n_chunks)
        {
          if (pool->n_chunks == pool->alloc_chunks)
            {
              pool->alloc_chunks = MAX (4, pool->alloc_chunks + pool->alloc_chunks / 2);
              pool->chunks = g_renew (gpointer, pool->chunks, pool->alloc_chunks);
            }
          pool->chunks[pool->n_chunks++] = crdt_arena_alloc_chunk (arena, size << shift);
        }
      pool->n = number + 1;
    }
  memset (crdt_pool_at (pool, number, shift, size), 0, size);
  return number;
}

void
crdt_pool_give (CrdtPool *pool,
                guint32   number,
                guint     shift,
                gsize     size)
{
  guint8 *record = crdt_pool_at (pool, number, shift, size);

  memset (record, 0, size);
  memcpy (record, &pool->free, sizeof pool->free);
  pool->free = number;
  pool->n_free++;
}

void
crdt_pool_clear (CrdtPool *pool)
{
  g_clear_pointer (&pool->chunks, g_free);
}

void
crdt_strings_init (CrdtStrings *strings)
{
  strings->strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  strings->numbers = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  g_ptr_array_add (strings->strings, g_bytes_new_static ("", 0)); /* number 0: no string */
}

void
crdt_strings_clear (CrdtStrings *strings)
{
  g_clear_pointer (&strings->numbers, g_hash_table_unref);
  g_clear_pointer (&strings->strings, g_ptr_array_unref);
}

/* Returns: the number of a known string, 0 if it is not known. */
guint32
crdt_strings_lookup (CrdtStrings *strings,
                     const void  *data,
                     gsize        length)
{
  g_autoptr(GBytes) probe = g_bytes_new_static (data, length);

  return GPOINTER_TO_UINT (g_hash_table_lookup (strings->numbers, probe));
}

guint32
crdt_strings_number (CrdtStrings *strings,
                     const void  *data,
                     gsize        length)
{
  guint32 number = crdt_strings_lookup (strings, data, length);

  if (number == 0)
    {
      GBytes *bytes = g_bytes_new (data, length);

      number = strings->strings->len;
      g_ptr_array_add (strings->strings, bytes);
      g_hash_table_insert (strings->numbers, bytes, GUINT_TO_POINTER (number));
      strings->bytes += length + 64;
    }
  return number;
}
