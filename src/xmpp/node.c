/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A stanza as a tree in one arena.
 *
 * Layout: the root node's block starts with the XmppTree (reference count, chunk list), and everything that
 * belongs to the stanza is cut from its chunks one after another; nothing is freed singly. Chunks double up to 16 kB,
 * so that a short stanza is one malloc and a long one a few.
 *
 * Invariants:
 *  1. node->tree is the same for all nodes of a tree; only tree->root may be referenced.
 *  2. The content list of a node holds elements (name != NULL) and text runs (name == NULL) in document order;
 *     two text runs are never neighbours.
 *  3. All strings are valid UTF-8 made of characters of XML 1.0.
 */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "node-private.h"

#include <string.h>

#define FIRST_CHUNK 1000
#define MAX_CHUNK   16384

/* Bounds of a name table: a hostile peer that invents names gets copies in the stanza's own arena. */
#define MAX_NAMES       1024
#define MAX_NAME_LENGTH 256

#define XML_NAMESPACE "http://www.w3.org/XML/1998/namespace"

typedef struct _Chunk Chunk;
struct _Chunk
{
  Chunk *next;
};

typedef struct
{
  gatomicrefcount  refs;
  XmppNode        *root;
  XmppNames       *names;   /* owned; NULL for trees made by hand */
  Chunk           *chunks;  /* beyond the first, which holds this struct */
  char            *free;    /* next free byte of the newest chunk */
  char            *end;     /* one past its last byte */
  gsize            chunk_size;
  gsize            footprint;   /* bytes of all chunks */
} XmppTree;

typedef struct _Attribute Attribute;
struct _Attribute
{
  Attribute  *next;
  const char *name;   /* "name", "xml:lang" or "{uri}name" */
  const char *value;
};

struct _XmppNode
{
  XmppTree   *tree;
  XmppNode   *parent;
  XmppNode   *next;
  XmppNode   *first;
  XmppNode   *last;
  const char *name;        /* NULL: a text run */
  const char *xmlns;
  Attribute  *attributes;
  Attribute  *last_attribute;
  char       *text;        /* of a text run; of an element: all its runs joined, made on demand */
  gsize       text_length;
};

G_DEFINE_BOXED_TYPE (XmppNode, xmpp_node, xmpp_node_ref, xmpp_node_unref)

/* --- names --- */

typedef struct
{
  const char *local;
  const char *uri;
} Name;

struct _XmppNames
{
  gatomicrefcount  refs;
  GHashTable      *names;   /* expat name → Name */
  GHashTable      *strings; /* set of owned strings */
};

XmppNames *
xmpp_names_new (void)
{
  XmppNames *self = g_new0 (XmppNames, 1);

  g_atomic_ref_count_init (&self->refs);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->strings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

XmppNames *
xmpp_names_ref (XmppNames *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
xmpp_names_unref (XmppNames *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_hash_table_unref (self->names);
  g_hash_table_unref (self->strings);
  g_free (self);
}

static const char *
intern (XmppNames  *self,
        const char *string,
        gsize       length)
{
  g_autofree char *copy = g_strndup (string, length);
  gpointer found;

  if (g_hash_table_lookup_extended (self->strings, copy, &found, NULL))
    return found;
  found = copy;
  g_hash_table_add (self->strings, g_steal_pointer (&copy));
  return found;
}

/* Cuts "URI\nlocal[\nprefix]" or "local". */
static void
cut_name (const char  *expat_name,
          const char **uri,
          gsize       *uri_length,
          const char **local,
          gsize       *local_length)
{
  const char *separator = strchr (expat_name, '\n');

  if (separator == NULL)
    {
      *uri = "";
      *uri_length = 0;
      *local = expat_name;
      *local_length = strlen (expat_name);
      return;
    }

  *uri = expat_name;
  *uri_length = separator - expat_name;
  *local = separator + 1;
  *local_length = strcspn (separator + 1, "\n");
}

gboolean
xmpp_names_split (XmppNames   *self,
                  const char  *expat_name,
                  const char **local,
                  const char **uri)
{
  Name *name = g_hash_table_lookup (self->names, expat_name);

  if (name == NULL)
    {
      const char *uri_start, *local_start;
      gsize uri_length, local_length;

      if (g_hash_table_size (self->names) >= MAX_NAMES || strlen (expat_name) > MAX_NAME_LENGTH)
        return FALSE;

      cut_name (expat_name, &uri_start, &uri_length, &local_start, &local_length);
      name = g_new (Name, 1);
      name->uri = intern (self, uri_start, uri_length);
      name->local = intern (self, local_start, local_length);
      g_hash_table_insert (self->names, g_strdup (expat_name), name);
    }

  *local = name->local;
  *uri = name->uri;
  return TRUE;
}

/* --- arena --- */

static Chunk *
add_chunk (XmppTree *tree,
           gsize     size)
{
  Chunk *chunk = g_malloc (sizeof (Chunk) + size);

  chunk->next = tree->chunks;
  tree->chunks = chunk;
  tree->footprint += size;
  return chunk;
}

static gpointer
arena_alloc_slow (XmppTree *tree,
                  gsize     size)
{
  gsize chunk_size = tree->chunk_size;
  Chunk *chunk;

  if (chunk_size < MAX_CHUNK)
    tree->chunk_size = chunk_size = chunk_size * 2;
  if (size > chunk_size / 2)
    {
      /* A block of its own; the current chunk stays in use. */
      chunk = add_chunk (tree, size);
      return chunk + 1;
    }

  chunk = add_chunk (tree, chunk_size);
  tree->free = (char *) (chunk + 1) + size;
  tree->end = (char *) (chunk + 1) + chunk_size;
  return chunk + 1;
}

static inline char *
arena_alloc_bytes (XmppTree *tree,
                   gsize     size)
{
  char *at = tree->free;

  if (G_LIKELY ((gsize) (tree->end - at) >= size))
    {
      tree->free = at + size;
      return at;
    }
  return arena_alloc_slow (tree, size);
}

static inline gpointer
arena_alloc (XmppTree *tree,
             gsize     size)
{
  gsize padding = -(guintptr) tree->free & (sizeof (gpointer) - 1);

  if (G_LIKELY ((gsize) (tree->end - tree->free) >= padding + size))
    {
      char *at = tree->free + padding;
      tree->free = at + size;
      return at;
    }
  return arena_alloc_slow (tree, size);
}

static char *
arena_strndup (XmppTree   *tree,
               const char *string,
               gsize       length)
{
  char *copy = arena_alloc_bytes (tree, length + 1);

  memcpy (copy, string, length);
  copy[length] = '\0';
  return copy;
}

static inline char *
arena_strdup (XmppTree   *tree,
              const char *string)
{
  return arena_strndup (tree, string, strlen (string));
}

static XmppTree *
tree_new (XmppNames *names)
{
  char *block = g_malloc (FIRST_CHUNK);
  XmppTree *tree = (XmppTree *) block;

  g_atomic_ref_count_init (&tree->refs);
  tree->root = NULL;
  tree->names = names != NULL ? xmpp_names_ref (names) : NULL;
  tree->chunks = NULL;
  tree->free = block + sizeof (XmppTree);
  tree->end = block + FIRST_CHUNK;
  tree->chunk_size = FIRST_CHUNK;
  tree->footprint = FIRST_CHUNK;
  return tree;
}

static void
tree_free (XmppTree *tree)
{
  while (tree->chunks != NULL)
    {
      Chunk *next = tree->chunks->next;
      g_free (tree->chunks);
      tree->chunks = next;
    }
  g_clear_pointer (&tree->names, xmpp_names_unref);
  g_free (tree);
}

static inline XmppNode *
node_alloc (XmppTree *tree,
            XmppNode *parent)
{
  XmppNode *node = arena_alloc (tree, sizeof (XmppNode));

  memset (node, 0, sizeof *node);
  node->tree = tree;
  node->parent = parent;
  if (parent == NULL)
    tree->root = node;
  else if (parent->last != NULL)
    parent->last = parent->last->next = node;
  else
    parent->first = parent->last = node;
  return node;
}

/* --- characters --- */

/* XML 1.0 §2.2: the characters that a document can carry. */
static inline gboolean
is_xml_char (gunichar c)
{
  if (c < 0x20)
    return c == '\t' || c == '\n' || c == '\r';
  return c != 0xFFFE && c != 0xFFFF;
}

static gboolean
is_clean (const char *string)
{
  const guchar *p = (const guchar *) string;

  for (; *p != '\0'; p++)
    {
      if (*p >= 0x80)
        break;
      if (*p < 0x20 && !is_xml_char (*p))
        return FALSE;
    }
  if (*p == '\0')
    return TRUE;

  if (!g_utf8_validate ((const char *) p, -1, NULL))
    return FALSE;
  for (const char *c = (const char *) p; *c != '\0'; c = g_utf8_next_char (c))
    if (!is_xml_char (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

static char *
dup_cleaned (const char *string)
{
  GString *clean = g_string_new (NULL);

  while (*string != '\0')
    {
      gunichar c = g_utf8_get_char_validated (string, -1);

      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          string++;
          continue;
        }
      if (is_xml_char (c))
        g_string_append_unichar (clean, c);
      string = g_utf8_next_char (string);
    }
  return g_string_free (clean, FALSE);
}

static char *
arena_strdup_clean (XmppTree   *tree,
                    const char *string)
{
  g_autofree char *clean = NULL;

  if (G_LIKELY (is_clean (string)))
    return arena_strdup (tree, string);
  clean = dup_cleaned (string);
  return arena_strdup (tree, clean);
}

/* --- building from the parser --- */

static void
node_take_expat_name (XmppNode   *node,
                      const char *expat_name)
{
  XmppTree *tree = node->tree;
  const char *uri, *local;
  gsize uri_length, local_length;

  if (tree->names != NULL && xmpp_names_split (tree->names, expat_name, &node->name, &node->xmlns))
    return;

  cut_name (expat_name, &uri, &uri_length, &local, &local_length);
  node->name = arena_strndup (tree, local, local_length);
  node->xmlns = arena_strndup (tree, uri, uri_length);
}

XmppNode *
xmpp_node_new_parsed (XmppNames  *names,
                      const char *expat_name)
{
  XmppNode *node = node_alloc (tree_new (names), NULL);

  node_take_expat_name (node, expat_name);
  return node;
}

XmppNode *
xmpp_node_add_parsed (XmppNode   *parent,
                      const char *expat_name)
{
  XmppNode *node = node_alloc (parent->tree, parent);

  node_take_expat_name (node, expat_name);
  return node;
}

static inline void
node_append_attribute (XmppNode   *node,
                       const char *name,
                       const char *value)
{
  Attribute *attribute = arena_alloc (node->tree, sizeof (Attribute));

  attribute->next = NULL;
  attribute->name = name;
  attribute->value = value;
  if (node->last_attribute != NULL)
    node->last_attribute = node->last_attribute->next = attribute;
  else
    node->attributes = node->last_attribute = attribute;
}

void
xmpp_node_add_parsed_attribute (XmppNode   *node,
                                const char *expat_name,
                                const char *value)
{
  XmppTree *tree = node->tree;
  const char *name, *uri;
  char *copy;

  if (strchr (expat_name, '\n') == NULL)
    {
      if (tree->names == NULL || !xmpp_names_split (tree->names, expat_name, &name, &uri))
        name = arena_strdup (tree, expat_name);
    }
  else
    {
      gsize uri_length, local_length;
      const char *local;

      cut_name (expat_name, &uri, &uri_length, &local, &local_length);
      if (strlen (XML_NAMESPACE) == uri_length && memcmp (uri, XML_NAMESPACE, uri_length) == 0)
        {
          copy = arena_alloc_bytes (tree, 4 + local_length + 1);
          memcpy (copy, "xml:", 4);
          memcpy (copy + 4, local, local_length);
          copy[4 + local_length] = '\0';
        }
      else
        {
          copy = arena_alloc_bytes (tree, 2 + uri_length + local_length + 1);
          copy[0] = '{';
          memcpy (copy + 1, uri, uri_length);
          copy[1 + uri_length] = '}';
          memcpy (copy + 2 + uri_length, local, local_length);
          copy[2 + uri_length + local_length] = '\0';
        }
      name = copy;
    }

  node_append_attribute (node, name, arena_strdup (tree, value));
}

void
xmpp_node_add_parsed_text (XmppNode   *node,
                           const char *text,
                           gsize       length)
{
  XmppTree *tree = node->tree;
  XmppNode *run = node->last;
  gsize room;
  char *grown;

  node->text = NULL;
  if (run == NULL || run->name != NULL)
    {
      run = node_alloc (tree, node);
      run->text = arena_strndup (tree, text, length);
      run->text_length = length;
      return;
    }

  /* The usual case: the run is the newest thing in the arena and grows in place. */
  if (run->text + run->text_length + 1 == tree->free && (gsize) (tree->end - tree->free) >= length)
    {
      memcpy (run->text + run->text_length, text, length);
      run->text_length += length;
      run->text[run->text_length] = '\0';
      tree->free += length;
      return;
    }

  /* Else it moves, with room to grow: each move at least doubles, so the cost stays linear. The spare room is the
   * free tail of the arena as long as nothing else is put there. */
  room = run->text_length + length + 1;
  if ((gsize) (tree->end - tree->free) < 2 * room)
    {
      gsize size = MAX (2 * room, FIRST_CHUNK);
      Chunk *chunk = add_chunk (tree, size);

      tree->free = (char *) (chunk + 1);
      tree->end = tree->free + size;
    }
  grown = tree->free;
  memcpy (grown, run->text, run->text_length);
  memcpy (grown + run->text_length, text, length);
  grown[room - 1] = '\0';
  tree->free += room;
  run->text = grown;
  run->text_length = room - 1;
}

/* --- public: roots --- */

/**
 * xmpp_node_new:
 * @name: local name of the element
 * @xmlns: its namespace
 *
 * Returns: (transfer full): a new root
 */
XmppNode *
xmpp_node_new (const char *name,
               const char *xmlns)
{
  XmppNode *node;

  g_return_val_if_fail (name != NULL && *name != '\0', NULL);
  g_return_val_if_fail (xmlns != NULL, NULL);

  node = node_alloc (tree_new (NULL), NULL);
  node->name = arena_strdup (node->tree, name);
  node->xmlns = arena_strdup_clean (node->tree, xmlns);
  return node;
}

XmppNode *
xmpp_node_ref (XmppNode *root)
{
  g_return_val_if_fail (root != NULL, NULL);
  g_return_val_if_fail (root->parent == NULL, NULL);

  g_atomic_ref_count_inc (&root->tree->refs);
  return root;
}

void
xmpp_node_unref (XmppNode *root)
{
  g_return_if_fail (root != NULL);
  g_return_if_fail (root->parent == NULL);

  if (g_atomic_ref_count_dec (&root->tree->refs))
    tree_free (root->tree);
}

gsize
xmpp_node_get_footprint (const XmppNode *root)
{
  return root->tree->footprint;
}

/* Copies what @from holds itself, not its children. */
static void
copy_own (XmppNode       *to,
          const XmppNode *from)
{
  XmppTree *tree = to->tree;

  if (from->name == NULL)
    {
      to->text = arena_strndup (tree, from->text, from->text_length);
      to->text_length = from->text_length;
      return;
    }

  to->name = arena_strdup (tree, from->name);
  if (to->parent != NULL && strcmp (to->parent->xmlns, from->xmlns) == 0)
    to->xmlns = to->parent->xmlns;
  else
    to->xmlns = arena_strdup (tree, from->xmlns);
  for (Attribute *a = from->attributes; a != NULL; a = a->next)
    {
      const char *name = arena_strdup (tree, a->name);
      node_append_attribute (to, name, arena_strdup (tree, a->value));
    }
}

/* Copies everything below @from to @to, walking without recursion. */
static void
copy_content (XmppNode       *to,
              const XmppNode *from)
{
  const XmppNode *top = from;
  const XmppNode *at = from->first;

  while (at != NULL)
    {
      XmppNode *copy = node_alloc (to->tree, to);

      copy_own (copy, at);
      if (at->first != NULL)
        {
          at = at->first;
          to = copy;
          continue;
        }
      while (at->next == NULL)
        {
          at = at->parent;
          if (at == top)
            return;
          to = to->parent;
        }
      at = at->next;
    }
}

XmppNode *
xmpp_node_copy (const XmppNode *node)
{
  XmppNode *copy;

  g_return_val_if_fail (node != NULL, NULL);

  copy = node_alloc (tree_new (NULL), NULL);
  copy_own (copy, node);
  copy_content (copy, node);
  return copy;
}

/* --- public: building --- */

XmppNode *
xmpp_node_add_child (XmppNode   *parent,
                     const char *name,
                     const char *xmlns)
{
  XmppNode *node;

  g_return_val_if_fail (parent != NULL, NULL);
  g_return_val_if_fail (name != NULL && *name != '\0', NULL);

  node = node_alloc (parent->tree, parent);
  node->name = arena_strdup (parent->tree, name);
  if (xmlns == NULL || strcmp (xmlns, parent->xmlns) == 0)
    node->xmlns = parent->xmlns;
  else
    node->xmlns = arena_strdup_clean (parent->tree, xmlns);
  return node;
}

XmppNode *
xmpp_node_add_text_child (XmppNode   *parent,
                          const char *name,
                          const char *xmlns,
                          const char *text)
{
  XmppNode *node = xmpp_node_add_child (parent, name, xmlns);

  if (node != NULL && text != NULL)
    xmpp_node_add_text (node, text);
  return node;
}

void
xmpp_node_add_copy (XmppNode       *parent,
                    const XmppNode *node)
{
  g_autoptr(XmppNode) apart = NULL;
  XmppNode *copy;

  g_return_if_fail (parent != NULL);
  g_return_if_fail (node != NULL);

  /* A node put under its own tree could be its own descendant: copy it aside first. */
  if (node->tree == parent->tree)
    node = apart = xmpp_node_copy (node);

  copy = node_alloc (parent->tree, parent);
  copy_own (copy, node);
  copy_content (copy, node);
}

void
xmpp_node_set_attribute (XmppNode   *node,
                         const char *name,
                         const char *value)
{
  Attribute *previous = NULL;

  g_return_if_fail (node != NULL);
  g_return_if_fail (name != NULL && *name != '\0');

  for (Attribute *a = node->attributes; a != NULL; previous = a, a = a->next)
    {
      if (strcmp (a->name, name) != 0)
        continue;

      if (value != NULL)
        {
          a->value = arena_strdup_clean (node->tree, value);
          return;
        }
      if (previous != NULL)
        previous->next = a->next;
      else
        node->attributes = a->next;
      if (node->last_attribute == a)
        node->last_attribute = previous;
      return;
    }

  if (value != NULL)
    {
      name = arena_strdup (node->tree, name);
      node_append_attribute (node, name, arena_strdup_clean (node->tree, value));
    }
}

void
xmpp_node_set_attribute_int64 (XmppNode   *node,
                               const char *name,
                               gint64      value)
{
  char digits[24];

  g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT, value);
  xmpp_node_set_attribute (node, name, digits);
}

void
xmpp_node_add_text (XmppNode   *node,
                    const char *text)
{
  g_autofree char *clean = NULL;

  g_return_if_fail (node != NULL);
  g_return_if_fail (text != NULL);

  if (!is_clean (text))
    text = clean = dup_cleaned (text);
  if (*text != '\0')
    xmpp_node_add_parsed_text (node, text, strlen (text));
}

/* --- public: reading --- */

const char *
xmpp_node_get_name (const XmppNode *node)
{
  g_return_val_if_fail (node != NULL, NULL);

  return node->name;
}

const char *
xmpp_node_get_xmlns (const XmppNode *node)
{
  g_return_val_if_fail (node != NULL, NULL);

  return node->xmlns;
}

gboolean
xmpp_node_is (const XmppNode *node,
              const char     *name,
              const char     *xmlns)
{
  g_return_val_if_fail (node != NULL, FALSE);

  return (name == NULL || strcmp (node->name, name) == 0) &&
         (xmlns == NULL || strcmp (node->xmlns, xmlns) == 0);
}

const char *
xmpp_node_get_attribute (const XmppNode *node,
                         const char     *name)
{
  g_return_val_if_fail (node != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (const Attribute *a = node->attributes; a != NULL; a = a->next)
    if (strcmp (a->name, name) == 0)
      return a->value;
  return NULL;
}

const char **
xmpp_node_list_attributes (const XmppNode *node)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();

  for (const Attribute *a = node->attributes; a != NULL; a = a->next)
    g_ptr_array_add (names, (gpointer) a->name);
  g_ptr_array_add (names, NULL);
  return (const char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

gboolean
xmpp_node_get_attribute_int64 (const XmppNode *node,
                               const char     *name,
                               gint64          min,
                               gint64          max,
                               gint64         *out)
{
  const char *value = xmpp_node_get_attribute (node, name);
  const char *digits;
  gint64 number;

  if (value == NULL)
    return FALSE;

  /* g_ascii_string_to_signed() takes no blanks and no second sign, but would take an empty string after '+'. */
  digits = *value == '+' || *value == '-' ? value + 1 : value;
  if (!g_ascii_isdigit (*digits))
    return FALSE;
  if (!g_ascii_string_to_signed (*value == '+' ? digits : value, 10, min, max, &number, NULL))
    return FALSE;

  *out = number;
  return TRUE;
}

const char *
xmpp_node_get_text (const XmppNode *node)
{
  XmppNode *self = (XmppNode *) node;
  const XmppNode *only = NULL;
  gsize length = 0;
  char *at;

  g_return_val_if_fail (node != NULL, "");

  if (node->text != NULL)
    return node->text;

  for (const XmppNode *n = node->first; n != NULL; n = n->next)
    if (n->name == NULL)
      {
        only = length == 0 ? n : NULL;
        length += n->text_length;
      }
  if (length == 0)
    return "";
  if (only != NULL)
    return only->text;

  at = arena_alloc_bytes (self->tree, length + 1);
  self->text = at;
  for (const XmppNode *n = node->first; n != NULL; n = n->next)
    if (n->name == NULL)
      {
        memcpy (at, n->text, n->text_length);
        at += n->text_length;
      }
  *at = '\0';
  return self->text;
}

static inline XmppNode *
skip_text (XmppNode *node)
{
  while (node != NULL && node->name == NULL)
    node = node->next;
  return node;
}

XmppNode *
xmpp_node_get_child (const XmppNode *node,
                     const char     *name,
                     const char     *xmlns)
{
  g_return_val_if_fail (node != NULL, NULL);

  if (xmlns == NULL)
    xmlns = node->xmlns;
  for (XmppNode *n = skip_text (node->first); n != NULL; n = skip_text (n->next))
    if (xmpp_node_is (n, name, xmlns))
      return n;
  return NULL;
}

const char *
xmpp_node_get_child_text (const XmppNode *node,
                          const char     *name,
                          const char     *xmlns)
{
  XmppNode *child = xmpp_node_get_child (node, name, xmlns);

  return child != NULL ? xmpp_node_get_text (child) : NULL;
}

XmppNode *
xmpp_node_get_first_child (const XmppNode *node)
{
  g_return_val_if_fail (node != NULL, NULL);

  return skip_text (node->first);
}

XmppNode *
xmpp_node_get_next (const XmppNode *node)
{
  g_return_val_if_fail (node != NULL, NULL);

  return skip_text (node->next);
}

XmppNode *
xmpp_node_get_parent (const XmppNode *node)
{
  g_return_val_if_fail (node != NULL, NULL);

  return node->parent;
}

/* --- serialising --- */

/* Line ends and tabs are written as references, as a reader would turn them into spaces (attributes) or \n (text). */
static void
append_escaped (GString    *out,
                const char *string,
                gsize       length,
                gboolean    attribute)
{
  const char *start = string;
  const char *end = string + length;

  for (const char *p = string; p < end; p++)
    {
      const char *escape;

      switch (*p)
        {
        case '&':  escape = "&amp;"; break;
        case '<':  escape = "&lt;"; break;
        case '>':  escape = "&gt;"; break;
        case '\r': escape = "&#13;"; break;
        case '\'': escape = attribute ? "&apos;" : NULL; break;
        case '\t': escape = attribute ? "&#9;" : NULL; break;
        case '\n': escape = attribute ? "&#10;" : NULL; break;
        default:   escape = NULL; break;
        }
      if (escape == NULL)
        continue;
      g_string_append_len (out, start, p - start);
      g_string_append (out, escape);
      start = p + 1;
    }
  g_string_append_len (out, start, end - start);
}

static void
append_attribute (GString    *out,
                  const char *prefix,
                  const char *name,
                  const char *value)
{
  g_string_append_c (out, ' ');
  g_string_append (out, prefix);
  g_string_append (out, name);
  g_string_append (out, "='");
  append_escaped (out, value, strlen (value), TRUE);
  g_string_append_c (out, '\'');
}

static void
append_start (GString        *out,
              const XmppNode *node,
              const char     *outer_xmlns)
{
  guint prefixes = 0;

  g_string_append_c (out, '<');
  g_string_append (out, node->name);
  if (outer_xmlns == NULL || strcmp (outer_xmlns, node->xmlns) != 0)
    append_attribute (out, "", "xmlns", node->xmlns);

  for (const Attribute *a = node->attributes; a != NULL; a = a->next)
    {
      const char *close;
      g_autofree char *uri = NULL;
      char prefix[16];

      if (a->name[0] != '{' || (close = strrchr (a->name, '}')) == NULL)
        {
          append_attribute (out, "", a->name, a->value);
          continue;
        }
      uri = g_strndup (a->name + 1, close - a->name - 1);
      g_snprintf (prefix, sizeof prefix, "a%u", prefixes++);
      append_attribute (out, "xmlns:", prefix, uri);
      g_strlcat (prefix, ":", sizeof prefix);
      append_attribute (out, prefix, close + 1, a->value);
    }
}

static void
append_end (GString        *out,
            const XmppNode *node)
{
  g_string_append (out, "</");
  g_string_append (out, node->name);
  g_string_append_c (out, '>');
}

void
xmpp_node_append_xml (const XmppNode *node,
                      GString        *out,
                      const char     *outer_xmlns)
{
  const XmppNode *at = node;

  for (;;)
    {
      if (at->name == NULL)
        {
          append_escaped (out, at->text, at->text_length, FALSE);
        }
      else
        {
          append_start (out, at, at == node ? outer_xmlns : at->parent->xmlns);
          if (at->first != NULL)
            {
              g_string_append_c (out, '>');
              at = at->first;
              continue;
            }
          g_string_append (out, "/>");
        }

      while (at != node && at->next == NULL)
        {
          at = at->parent;
          append_end (out, at);
        }
      if (at == node)
        return;
      at = at->next;
    }
}

char *
xmpp_node_to_string (const XmppNode *node)
{
  GString *out;

  g_return_val_if_fail (node != NULL, NULL);

  out = g_string_sized_new (512);
  xmpp_node_append_xml (node, out, NULL);
  return g_string_free (out, FALSE);
}
