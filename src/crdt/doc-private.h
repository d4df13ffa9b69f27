/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The insides of a document. INTERNALS.md explains them as a whole.
 */

#pragma once

#include "change.h"
#include "doc.h"
#include "lib0-private.h"
#include "type.h"
#include "value-private.h"

G_BEGIN_DECLS

/* Number of an item in the document's pool; 0 is none. */
typedef guint32 CrdtHandle;

/* References of content on the wire. */
enum
{
  CRDT_REF_GC,
  CRDT_REF_DELETED,
  CRDT_REF_JSON,
  CRDT_REF_BINARY,
  CRDT_REF_STRING,
  CRDT_REF_EMBED,
  CRDT_REF_FORMAT,
  CRDT_REF_TYPE,
  CRDT_REF_ANY,
  CRDT_REF_DOC,
  CRDT_REF_SKIP,
};

/* Clocks are 32 bits inside: 4 billion units by one author. Client indexes are 20 bits. */
#define CRDT_MAX_CLOCK   ((guint64) G_MAXUINT32 - 1)
#define CRDT_MAX_CLIENTS ((guint32) (1u << 20) - 1)

/* One struct of the store. 36 bytes: a document is mostly these. */
typedef struct
{
  guint32 clock;
  guint32 length;            /* units, ≥ 1 */
  guint32 client : 20;       /* index into clients, ≥ 1 */
  guint32 ref : 4;           /* CRDT_REF_…, GC included */
  guint32 deleted : 1;
  guint32 keep : 1;          /* undo protects it from collection */
  guint32 wide : 1;          /* a string in UTF-16, else ASCII bytes */
  guint32 redone : 1;        /* doc->redone knows the item that restored it */
  guint32 spare : 4;
  guint32 origin_clock;
  guint32 origin_client;     /* 0: no origin */
  guint32 right_clock;       /* of the rightOrigin */
  guint32 right_client;      /* 0: no rightOrigin */
  guint32 content;           /* strings: offset in the client's text; Type: type index; others: payload index */
  guint32 home;              /* CRDT_HOME_SEQ | sequence, or its leaf; 0 for a GC */
} CrdtItem;

#define CRDT_HOME_SEQ 0x80000000u

/* A piece of the id index: structs that follow each other by clock. */
typedef struct
{
  guint32     clock;         /* of the first */
  guint32     n;
  CrdtHandle  first;         /* handles are first, first + 1, … if @handles is NULL */
  CrdtHandle *handles;       /* owned, CRDT_CHUNK slots */
} CrdtChunk;

#define CRDT_CHUNK 128

/* Append-only text of one client; every CRDT_TEXT_MARK units a count of what came before. */
typedef struct
{
  union
  {
    guint8  *narrow;         /* owned */
    guint16 *wide;           /* owned */
  };
  guint32    length;         /* units */
  guint32    alloc;
  guint32    dead;           /* units that no item refers to */
  guint32    n_marks;
  guint32    alloc_marks;
  guint32   *marks;          /* owned: pairs of lines, code points before unit i * CRDT_TEXT_MARK */
} CrdtTextBuffer;

#define CRDT_TEXT_MARK 1024u

typedef struct
{
  guint64         id;
  guint32         state;     /* all clocks below are stored */
  guint32         n_chunks;
  guint32         alloc_chunks;
  guint32         hit;       /* chunk of the last look-up */
  guint32         hit_at;    /* and the place in it */
  CrdtChunk      *chunks;    /* owned */
  CrdtTextBuffer  narrow;
  CrdtTextBuffer  wide;
  guint32         before;    /* state when the transaction first touched it */
  guint32         touched;   /* stamp of that transaction */
  guint32         plan;      /* stamp of the plan that */
  guint32         block;     /* … this block belongs to */
} CrdtClient;

/* What a stretch of a sequence holds. */
typedef struct
{
  guint32 units;             /* visible */
  guint32 points;            /* visible code points */
  guint32 lines;             /* visible newlines */
  guint32 items;
  guint32 formats;           /* keys of the live Format items, bit = key mod 32 */
} CrdtSum;

/* A list, or the chain of one key. Alone: one item without a leaf. Loose: linked by arrays during a bulk load. */
typedef struct
{
  guint32    type;           /* whose */
  guint32    key;            /* 0: the list */
  guint32    root;           /* leaf if height 0, inner node above; item if height is CRDT_SEQ_ALONE */
  gint8      height;
  guint8     changed;        /* in doc->changed of this transaction */
  guint16    spare;
  guint32    last;           /* while loose: last item; @root is the first */
  guint32    next;           /* next key of the same type */
  guint32    hash_next;      /* next of the same bucket */
  CrdtSum    sum;
} CrdtSeq;

#define CRDT_SEQ_EMPTY (-1)
#define CRDT_SEQ_ALONE (-2)
#define CRDT_SEQ_LOOSE (-3)

#define CRDT_LEAF  32
#define CRDT_INNER 24

typedef struct
{
  guint32    parent;         /* inner node, 0 at the root */
  guint32    seq;
  guint16    n;
  guint16    slot;           /* in the parent */
  CrdtHandle items[CRDT_LEAF];
} CrdtLeaf;

typedef struct
{
  guint32    parent;
  guint32    seq;
  guint16    n;
  guint8     slot;
  guint8     height;         /* 1: children are leaves */
  guint32    child[CRDT_INNER];
  guint32    units[CRDT_INNER];
  guint32    points[CRDT_INNER];
  guint32    lines[CRDT_INNER];
  guint32    items[CRDT_INNER];
  guint32    formats[CRDT_INNER];
} CrdtInner;

/* Chunked pool of equal records; addresses stay. Number 0 is never given out. */
typedef struct
{
  gpointer *chunks;          /* owned; the chunks themselves are the arena's */
  guint32   n;               /* records given out so far, with the unused number 0 */
  guint32   n_chunks;
  guint32   alloc_chunks;
  guint32   free;            /* first of the free list, linked through the record's first word */
  guint32   n_free;
} CrdtPool;

/* Records of a chunk as a power of two: small, so that a board of small texts stays small. */
#define CRDT_ITEM_SHIFT  8
#define CRDT_LEAF_SHIFT  4
#define CRDT_INNER_SHIFT 2

/* Content that is neither text nor type. */
typedef struct
{
  guint8  *data;             /* owned by the arena: values as canonical `any`, or raw bytes */
  guint32  length;
  guint32  alloc;
  guint32 *ends;             /* owned by the arena: where each value of a list ends, NULL for a single one */
  guint32  alloc_ends;
  guint32  key;              /* of a Format, else the guid of a sub-document as a string number */
} CrdtPayload;

struct _CrdtType
{
  CrdtDoc     *doc;
  guint32      index;
  guint32      item;         /* the item that owns it, 0 for a root */
  guint32      name;         /* string number: root name, node name or hook name */
  guint32      list;         /* sequence */
  guint32      first_key;    /* sequences of keys, in order of creation */
  guint32      last_key;
  guint8       kind;         /* CrdtTypeKind */
  guint8       dead;         /* its item is deleted */
  guint8       collected;    /* its children are gone */
  guint8       root;
  char        *c_name;       /* in the arena: the name with a NUL, once asked for */
  guint32      depth;        /* 1 for a root */
  GArray      *format_keys;  /* (element-type guint32) string numbers of keys ever seen in Format items, NULL if none */
};

/* Range of clocks of one client. */
typedef struct
{
  guint32 client;
  guint32 clock;
  guint32 length;
} CrdtRange;

typedef struct
{
  guint32 client;
  guint32 clock;
} CrdtId;

/* Blocks by power of two, large ones apart; all freed with the document. */
typedef struct
{
  GPtrArray *blocks;         /* (element-type g_malloc memory) */
  guint8    *at;
  gsize      left;
  gsize      total;          /* bytes taken from malloc */
  gpointer   free[16];       /* lists of free pieces of 2^i bytes */
  GHashTable *large;         /* set of pieces above the largest class */
} CrdtArena;

/* Small table of strings: keys, root names, node names. */
typedef struct
{
  GPtrArray  *strings;       /* (element-type GBytes); number 0 unused */
  GHashTable *numbers;       /* GBytes → number */
  gsize       bytes;
} CrdtStrings;

typedef struct
{
  guint          id;
  CrdtChangeFunc func;
  gpointer       user_data;
  GDestroyNotify destroy;
} CrdtObserver;

typedef struct _CrdtTxn
{
  guint       depth;         /* nesting of begin */
  gboolean    local;
  gboolean    bulk;          /* sequences are loose while it lasts */
  gboolean    added;         /* structs were added that are not extensions in place */
  gboolean    items_deleted; /* whole items were deleted, not only borders moved */
  CrdtSource  source;
  gpointer    origin;
  guint32     stamp;
  GArray     *clients;       /* (element-type guint32) touched */
  GArray     *deletes;       /* (element-type CrdtRange) */
  GArray     *delete_order;  /* (element-type guint32) clients as they first occur in @deletes; for undo */
  GArray     *splits;        /* (element-type CrdtId) */
  GArray     *changed;       /* (element-type guint32) sequences */
  GArray     *candidates;    /* (element-type guint32) scratch of the joining */
} CrdtTxn;

/* The last place of editing, so that typing there needs no search. */
typedef struct
{
  guint32    seq;            /* 0: nothing known */
  CrdtHandle item;
  guint32    start;          /* visible units before the item */
  gboolean   extends;        /* text put at the item's end may simply extend it */
} CrdtCursor;

/* Concurrent items at one spot, by client: see integrate.c. */
typedef struct
{
  guint32    seq;
  CrdtHandle left;
  CrdtHandle right;
  GArray    *siblings;       /* (element-type CrdtHandle) by rising client id */
} CrdtCrowd;

struct _CrdtDoc
{
  CrdtLimits   limits;
  gboolean     keep_deleted;
  guint64      client_id;
  guint32      client;       /* our index, 0 until we write */

  CrdtArena    arena;
  CrdtPool     items;
  CrdtPool     leaves;
  CrdtPool     inners;
  GArray      *payloads;     /* (element-type CrdtPayload) */
  GArray      *free_payloads;/* (element-type guint32) */
  GPtrArray   *types;        /* (element-type CrdtType) in the arena; number 0 unused */
  CrdtSeq     *seqs;         /* owned; number 0 unused */
  guint32      n_seqs;
  guint32      alloc_seqs;
  guint32      free_seqs;    /* linked by next */
  guint32     *seq_buckets;  /* owned: type and key → sequence */
  guint32      n_buckets;    /* power of two */
  guint32      n_keyed;
  CrdtStrings  strings;
  CrdtClient  *clients;      /* owned; number 0 unused */
  guint32      n_clients;
  guint32      alloc_clients;
  guint32     *client_slots; /* owned: open addressing by id */
  guint32      n_client_slots;
  guint32      last_client;  /* of the last look-up */
  guint32     *by_id;        /* owned: clients with structs, by falling id; rebuilt when stale */
  guint32      n_by_id;
  GArray      *roots;        /* (element-type guint32) type indexes, at most CrdtLimits.max_roots */
  guint32      max_depth;    /* deepest type so far */

  CrdtHandle  *loose_next;   /* owned, by handle, during a bulk transaction */
  CrdtHandle  *loose_prev;
  guint32      loose_alloc;
  GArray      *loose;        /* (element-type guint32) sequences that are loose */

  CrdtTxn      txn;
  CrdtCursor   cursor;
  CrdtCrowd    crowd;
  CrdtWriter   update_buffer;/* of the updates of transactions */
  gpointer     apply_cache;  /* what apply.c keeps between updates, owned */
  GHashTable  *redone;       /* handle → CrdtId, owned */
  gboolean     busy;         /* inside a callback */

  GBytes      *pending;      /* v1 update of what waits, or NULL */
  GArray      *missing;      /* (element-type CrdtWireId) what it waits for */
  GArray      *pending_deletes; /* (element-type CrdtWireRange) */

  GArray      *observers;    /* (element-type CrdtObserver) */
  guint        next_observer;
  GPtrArray   *undos;        /* (element-type CrdtUndo), borrowed */
  CrdtUpdateFunc update_func;
  gpointer       update_data;
  GDestroyNotify update_destroy;
  CrdtBlockFunc  block_func;
  gpointer       block_data;
  GDestroyNotify block_destroy;

  guint32     *scan;         /* owned: ordinals of long conflict scans, by handle */
  guint32      scan_alloc;
  guint32      scan_base;
};

static inline gpointer
crdt_pool_at (const CrdtPool *pool,
              guint32         number,
              guint           shift,
              gsize           size)
{
  return (guint8 *) pool->chunks[number >> shift] + (number & ((1u << shift) - 1)) * size;
}

static inline CrdtItem *
crdt_item (const CrdtDoc *doc,
           CrdtHandle     handle)
{
  return crdt_pool_at (&doc->items, handle, CRDT_ITEM_SHIFT, sizeof (CrdtItem));
}

static inline CrdtLeaf *
crdt_leaf (const CrdtDoc *doc,
           guint32        number)
{
  return crdt_pool_at (&doc->leaves, number, CRDT_LEAF_SHIFT, sizeof (CrdtLeaf));
}

static inline CrdtInner *
crdt_inner (const CrdtDoc *doc,
            guint32        number)
{
  return crdt_pool_at (&doc->inners, number, CRDT_INNER_SHIFT, sizeof (CrdtInner));
}

static inline CrdtPayload *
crdt_payload (const CrdtDoc *doc,
              guint32        number)
{
  return &g_array_index (doc->payloads, CrdtPayload, number);
}

static inline CrdtType *
crdt_type_at (const CrdtDoc *doc,
              guint32        number)
{
  return g_ptr_array_index (doc->types, number);
}

static inline guint32
crdt_item_seq (const CrdtDoc  *doc,
               const CrdtItem *item)
{
  return (item->home & CRDT_HOME_SEQ) != 0 ? item->home & ~CRDT_HOME_SEQ : crdt_leaf (doc, item->home)->seq;
}

/* The type that an item (not a GC) stands in. */
static inline CrdtType *
crdt_item_parent (const CrdtDoc  *doc,
                  const CrdtItem *item)
{
  return crdt_type_at (doc, doc->seqs[crdt_item_seq (doc, item)].type);
}

static inline gboolean
crdt_item_countable (const CrdtItem *item)
{
  return item->ref != CRDT_REF_DELETED && item->ref != CRDT_REF_FORMAT && item->ref != CRDT_REF_GC;
}

static inline guint32
crdt_item_units (const CrdtItem *item)
{
  return !item->deleted && crdt_item_countable (item) ? item->length : 0;
}

static inline gboolean
crdt_item_has_payload (const CrdtItem *item)
{
  switch (item->ref)
    {
    case CRDT_REF_JSON:
    case CRDT_REF_BINARY:
    case CRDT_REF_EMBED:
    case CRDT_REF_FORMAT:
    case CRDT_REF_ANY:
    case CRDT_REF_DOC:
      return TRUE;
    default:
      return FALSE;
    }
}

/* pool.c */
gpointer     crdt_arena_alloc         (CrdtArena     *arena,
                                       gsize          size);
void         crdt_arena_free          (CrdtArena     *arena,
                                       gpointer       data,
                                       gsize          size);
gpointer     crdt_arena_grow          (CrdtArena     *arena,
                                       gpointer       data,
                                       gsize          old_size,
                                       gsize          new_size);
void         crdt_arena_clear         (CrdtArena     *arena);
gpointer     crdt_arena_alloc_chunk   (CrdtArena     *arena,
                                       gsize          size);
guint32      crdt_pool_take           (CrdtPool      *pool,
                                       CrdtArena     *arena,
                                       guint          shift,
                                       gsize          size);
void         crdt_pool_give           (CrdtPool      *pool,
                                       guint32        number,
                                       guint          shift,
                                       gsize          size);
void         crdt_pool_clear          (CrdtPool      *pool);
void         crdt_strings_init        (CrdtStrings   *strings);
void         crdt_strings_clear       (CrdtStrings   *strings);
guint32      crdt_strings_number      (CrdtStrings   *strings,
                                       const void    *data,
                                       gsize          length);
guint32      crdt_strings_lookup      (CrdtStrings   *strings,
                                       const void    *data,
                                       gsize          length);

/* Lends a string by its number; the bytes are not NUL-terminated. */
static inline const guint8 *
crdt_string (const CrdtDoc *doc,
             guint32        number,
             gsize         *length)
{
  return g_bytes_get_data (g_ptr_array_index (doc->strings.strings, number), length);
}

/* store.c */
guint32      crdt_doc_find_client     (CrdtDoc       *doc,
                                       guint64        id);
guint32      crdt_doc_intern_client   (CrdtDoc       *doc,
                                       guint64        id);
void         crdt_doc_forget_clients  (CrdtDoc       *doc,
                                       guint32        n_clients);
guint32      crdt_doc_own_client      (CrdtDoc       *doc);
const guint32 *crdt_doc_clients_by_id (CrdtDoc       *doc,
                                       guint32       *n_clients);
CrdtHandle   crdt_store_find          (CrdtDoc       *doc,
                                       guint32        client,
                                       guint32        clock);
CrdtHandle   crdt_store_next          (CrdtDoc       *doc,
                                       CrdtHandle     handle);
CrdtHandle   crdt_store_prev          (CrdtDoc       *doc,
                                       CrdtHandle     handle);
CrdtHandle   crdt_store_clean_start   (CrdtDoc       *doc,
                                       guint32        client,
                                       guint32        clock);
CrdtHandle   crdt_store_clean_end     (CrdtDoc       *doc,
                                       guint32        client,
                                       guint32        clock);
void         crdt_store_move_border   (CrdtDoc       *doc,
                                       CrdtHandle     handle,
                                       guint32        clock);
void         crdt_store_append        (CrdtDoc       *doc,
                                       CrdtHandle     handle);
void         crdt_store_touch         (CrdtDoc       *doc,
                                       guint32        client);
CrdtHandle   crdt_store_split         (CrdtDoc       *doc,
                                       CrdtHandle     handle,
                                       guint32        offset);
gboolean     crdt_store_join          (CrdtDoc       *doc,
                                       CrdtHandle     left,
                                       CrdtHandle     right);
void         crdt_store_clear         (CrdtDoc       *doc);

/* Walks over a client's structs by clock. */
typedef struct
{
  const CrdtClient *client;
  guint32           chunk;
  guint32           at;
} CrdtStoreIter;

void         crdt_store_iter_init     (CrdtStoreIter *iter,
                                       CrdtDoc       *doc,
                                       guint32        client,
                                       guint32        clock);

static inline CrdtHandle
crdt_store_iter_next (CrdtStoreIter *iter)
{
  const CrdtChunk *chunk;
  CrdtHandle handle;

  if (iter->chunk >= iter->client->n_chunks)
    return 0;
  chunk = &iter->client->chunks[iter->chunk];
  handle = chunk->handles != NULL ? chunk->handles[iter->at] : chunk->first + iter->at;
  if (++iter->at >= chunk->n)
    {
      iter->chunk++;
      iter->at = 0;
    }
  return handle;
}

/* content.c */
void         crdt_text_reserve        (CrdtDoc       *doc,
                                       guint32        client,
                                       guint32        narrow,
                                       guint32        wide);
guint32      crdt_text_add_utf8       (CrdtDoc       *doc,
                                       guint32        client,
                                       const guint8  *text,
                                       gsize          n_bytes,
                                       guint32        units);
gboolean     crdt_text_extend         (CrdtDoc       *doc,
                                       CrdtItem      *item,
                                       const guint8  *text,
                                       gsize          n_bytes,
                                       guint32        units);
void         crdt_text_count          (CrdtDoc       *doc,
                                       const CrdtItem *item,
                                       guint32        offset,
                                       guint32        length,
                                       guint32       *points,
                                       guint32       *lines);
guint32      crdt_text_seek           (CrdtDoc       *doc,
                                       const CrdtItem *item,
                                       gboolean       by_line,
                                       guint32        count);
gsize        crdt_text_utf8_size      (CrdtDoc       *doc,
                                       const CrdtItem *item,
                                       guint32        offset,
                                       guint32        length);
guint8      *crdt_text_utf8_copy      (CrdtDoc       *doc,
                                       const CrdtItem *item,
                                       guint32        offset,
                                       guint32        length,
                                       guint8        *out);
guint32      crdt_payload_new         (CrdtDoc       *doc,
                                       const guint8  *data,
                                       gsize          length,
                                       guint32        key);
guint32      crdt_payload_new_list    (CrdtDoc       *doc,
                                       const guint8  *data,
                                       gsize          length,
                                       guint32        n_values);
void         crdt_payload_get         (CrdtDoc       *doc,
                                       const CrdtItem *item,
                                       guint32        offset,
                                       guint32        length,
                                       const guint8 **out_data,
                                       gsize         *out_length);
guint32      crdt_content_copy        (CrdtDoc       *doc,
                                       CrdtHandle     from,
                                       CrdtItem      *to);
void         crdt_content_split       (CrdtDoc       *doc,
                                       CrdtItem      *left,
                                       CrdtItem      *right,
                                       guint32        offset);
gboolean     crdt_content_join        (CrdtDoc       *doc,
                                       CrdtItem      *left,
                                       CrdtItem      *right);
void         crdt_content_drop        (CrdtDoc       *doc,
                                       CrdtItem      *item);
void         crdt_text_compact        (CrdtDoc       *doc,
                                       guint32        client);
CrdtValue   *crdt_any_value           (const guint8  *data,
                                       gsize          length);

/* seq.c, seq-find.c */
guint32      crdt_seq_lookup          (CrdtDoc       *doc,
                                       guint32        type,
                                       guint32        key);
guint32      crdt_seq_ensure          (CrdtDoc       *doc,
                                       guint32        type,
                                       guint32        key);
void         crdt_seq_insert_after    (CrdtDoc       *doc,
                                       guint32        seq,
                                       CrdtHandle     left,
                                       CrdtHandle     item);
void         crdt_seq_remove_joined   (CrdtDoc       *doc,
                                       CrdtHandle     left,
                                       CrdtHandle     right);
void         crdt_seq_shrunk          (CrdtDoc       *doc,
                                       CrdtHandle     item,
                                       guint32        units,
                                       guint32        points,
                                       guint32        lines);
void         crdt_seq_grown           (CrdtDoc       *doc,
                                       CrdtHandle     item,
                                       guint32        units,
                                       guint32        points,
                                       guint32        lines);
void         crdt_seq_refresh_formats (CrdtDoc       *doc,
                                       CrdtHandle     item);
void         crdt_seq_clear           (CrdtDoc       *doc,
                                       guint32        seq);
void         crdt_seq_loosen          (CrdtDoc       *doc,
                                       guint32        seq);
void         crdt_seq_build_loose     (CrdtDoc       *doc);
CrdtHandle   crdt_seq_first           (CrdtDoc       *doc,
                                       guint32        seq);
CrdtHandle   crdt_seq_last            (CrdtDoc       *doc,
                                       guint32        seq);
CrdtHandle   crdt_seq_next            (CrdtDoc       *doc,
                                       CrdtHandle     item);
CrdtHandle   crdt_seq_prev            (CrdtDoc       *doc,
                                       CrdtHandle     item);
CrdtHandle   crdt_seq_next_live       (CrdtDoc       *doc,
                                       CrdtHandle     item);
CrdtHandle   crdt_seq_first_live      (CrdtDoc       *doc,
                                       guint32        seq);
CrdtHandle   crdt_seq_prev_format     (CrdtDoc       *doc,
                                       guint32        seq,
                                       CrdtHandle     item,
                                       guint32        key);
guint32      crdt_seq_position        (CrdtDoc       *doc,
                                       CrdtHandle     item);
guint32      crdt_seq_rank            (CrdtDoc       *doc,
                                       CrdtHandle     item);
CrdtHandle   crdt_seq_find            (CrdtDoc       *doc,
                                       guint32        seq,
                                       guint32        unit,
                                       guint32       *out_start);
void         crdt_sum_item            (CrdtDoc       *doc,
                                       const CrdtItem *item,
                                       CrdtSum       *sum);

typedef enum
{
  CRDT_BY_UNIT,
  CRDT_BY_POINT,
  CRDT_BY_LINE,
} CrdtMeasure;

guint32      crdt_seq_convert         (CrdtDoc       *doc,
                                       guint32        seq,
                                       CrdtMeasure    from,
                                       CrdtMeasure    to,
                                       guint32        value);

/* integrate.c */
CrdtHandle   crdt_item_new            (CrdtDoc       *doc,
                                       guint32        client,
                                       guint32        clock,
                                       guint32        length,
                                       guint          ref);
void         crdt_item_integrate      (CrdtDoc       *doc,
                                       CrdtHandle     item,
                                       guint32        seq,
                                       CrdtHandle     left,
                                       CrdtHandle     right);
CrdtHandle   crdt_item_insert_local   (CrdtDoc       *doc,
                                       guint32        seq,
                                       CrdtHandle     left,
                                       CrdtHandle     right,
                                       CrdtHandle     item);
void         crdt_item_delete         (CrdtDoc       *doc,
                                       CrdtHandle     item);
gboolean     crdt_item_trim           (CrdtDoc       *doc,
                                       CrdtHandle     item,
                                       guint32        offset,
                                       guint32        length);
void         crdt_item_collect        (CrdtDoc       *doc,
                                       CrdtHandle     item);
CrdtType    *crdt_type_new            (CrdtDoc       *doc,
                                       CrdtTypeKind   kind,
                                       guint32        name,
                                       CrdtHandle     item);
CrdtType    *crdt_doc_root_by_number  (CrdtDoc       *doc,
                                       guint32        name);
CrdtType    *crdt_doc_add_root        (CrdtDoc       *doc,
                                       guint32        name,
                                       CrdtTypeKind   kind);
void         crdt_type_note_format    (CrdtType      *type,
                                       guint32        key);
void         crdt_crowd_forget        (CrdtDoc       *doc);
gboolean     crdt_crowd_minds         (const CrdtDoc *doc,
                                       CrdtHandle     handle);

/* transaction.c */
void         crdt_txn_start           (CrdtDoc       *doc,
                                       CrdtSource     source,
                                       gpointer       origin);
void         crdt_txn_enter           (CrdtDoc       *doc);
void         crdt_txn_leave           (CrdtDoc       *doc);
gboolean     crdt_doc_writable        (CrdtDoc       *doc,
                                       GError       **error);
gboolean     crdt_type_writable       (CrdtType      *type,
                                       GError       **error);
void         crdt_txn_deleted         (CrdtDoc       *doc,
                                       guint32        client,
                                       guint32        clock,
                                       guint32        length);
void         crdt_txn_changed         (CrdtDoc       *doc,
                                       guint32        seq);
gboolean     crdt_txn_is_new          (CrdtDoc       *doc,
                                       const CrdtItem *item);
void         crdt_ranges_settle       (GArray        *ranges);
gboolean     crdt_ranges_contain      (const GArray  *ranges,
                                       guint32        client,
                                       guint32        clock);

/* type.c */
gboolean     crdt_type_check          (CrdtType      *type,
                                       guint          kinds,
                                       const char    *what,
                                       GError       **error);
CrdtHandle   crdt_item_new_value      (CrdtDoc       *doc,
                                       CrdtValue     *value);
CrdtHandle   crdt_item_new_type       (CrdtDoc       *doc,
                                       CrdtTypeKind   kind,
                                       const char    *name);
gboolean     crdt_item_get_entry      (CrdtDoc       *doc,
                                       const CrdtItem *item,
                                       guint32        offset,
                                       CrdtEntry     *entry);
guint32      crdt_own_clock           (CrdtDoc       *doc);

#define CRDT_KIND_BIT(kind)   (1u << (kind))
#define CRDT_KINDS_TEXT       (CRDT_KIND_BIT (CRDT_TYPE_TEXT) | CRDT_KIND_BIT (CRDT_TYPE_XML_TEXT))
#define CRDT_KINDS_LIST       (CRDT_KIND_BIT (CRDT_TYPE_ARRAY) | CRDT_KIND_BIT (CRDT_TYPE_XML_FRAGMENT) \
                               | CRDT_KIND_BIT (CRDT_TYPE_XML_ELEMENT))
#define CRDT_KINDS_KEYED      (CRDT_KINDS_TEXT | CRDT_KIND_BIT (CRDT_TYPE_MAP) \
                               | CRDT_KIND_BIT (CRDT_TYPE_XML_ELEMENT) | CRDT_KIND_BIT (CRDT_TYPE_XML_HOOK))

/* text-format.c: attributes as the walk over a text knows them */
typedef struct
{
  guint32       key;
  guint32       n;
  const guint8 *data;        /* canonical `any` */
} CrdtAttribute;

typedef struct
{
  CrdtType   *type;
  guint32     seq;
  CrdtHandle  left;
  CrdtHandle  right;
  guint32     index;         /* visible units up to @left */
  GArray     *current;       /* (element-type CrdtAttribute) in force, in the reference's order; NULL if not known */
} CrdtTextPlace;

void         crdt_text_place_clear    (CrdtTextPlace *place);
void         crdt_text_place_find     (CrdtTextPlace *place,
                                       CrdtType      *type,
                                       guint32        index);
GArray      *crdt_text_attributes     (CrdtDoc       *doc,
                                       guint32        seq,
                                       CrdtHandle     before);
gboolean     crdt_attributes_parse    (CrdtDoc       *doc,
                                       CrdtValue     *value,
                                       GArray        *out,
                                       CrdtWriter    *storage);
CrdtValue   *crdt_attributes_value    (CrdtDoc       *doc,
                                       const GArray  *attributes);
CrdtAttribute *crdt_attributes_find   (const GArray  *attributes,
                                       guint32        key);
void         crdt_attributes_apply    (GArray        *attributes,
                                       const CrdtAttribute *attribute);
gboolean     crdt_attribute_equal     (const CrdtAttribute *a,
                                       const CrdtAttribute *b);
CrdtAttribute crdt_item_format        (CrdtDoc       *doc,
                                       const CrdtItem *item);
void         crdt_text_put            (CrdtTextPlace *place,
                                       CrdtHandle     item,
                                       GArray        *attributes);
void         crdt_text_put_string     (CrdtTextPlace *place,
                                       const char    *text,
                                       gsize          n_bytes,
                                       guint32        units,
                                       GArray        *attributes);
void         crdt_text_format_at      (CrdtTextPlace *place,
                                       guint32        length,
                                       GArray        *attributes);
void         crdt_text_delete_at      (CrdtTextPlace *place,
                                       guint32        length);

/* apply.c */
void         crdt_apply_cache_free    (CrdtDoc       *doc);

/* change.c */
void         crdt_change_emit         (CrdtDoc       *doc);

/* undo.c */
void         crdt_undo_after          (gpointer       undo,
                                       CrdtDoc       *doc);

/* The item that restored @handle, or 0 clock and client. */
gboolean     crdt_item_get_redone     (CrdtDoc       *doc,
                                       CrdtHandle     handle,
                                       CrdtId        *out_id);
void         crdt_item_set_redone     (CrdtDoc       *doc,
                                       CrdtHandle     handle,
                                       CrdtId         id);

static inline CrdtId
crdt_item_last_id (const CrdtItem *item)
{
  return (CrdtId) { item->client, item->clock + item->length - 1 };
}

G_END_DECLS
