/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Addresses: RFC 7622, with the PRECIS profiles UsernameCaseMapped (local part) and OpaqueString (resource) of
 * RFC 8265 over the string classes of RFC 8264, and IDNA (UTS 46 without transitional rules) for the domain.
 */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "jid.h"

#include <gio/gio.h>

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#define MAX_PART 1023

/* A part is refused before Unicode work when it is longer than this: normalising can shorten text, but not so much. */
#define MAX_RAW_PART (3 * MAX_PART)

G_DEFINE_QUARK (xmpp-jid-error-quark, xmpp_jid_error)

typedef enum
{
  CLASS_IDENTIFIER,
  CLASS_FREEFORM,
} StringClass;

static gboolean
refuse (GError    **error,
        const char *what)
{
  g_set_error (error, XMPP_JID_ERROR, XMPP_JID_ERROR_INVALID, "not an address: %s", what);
  return FALSE;
}

/* --- PRECIS string classes (RFC 8264 §8, §9) --- */

/* §9.6 "Exceptions" (RFC 5892 §2.6): 1 valid, 0 disallowed, 2 contextual, −1 not in the list. */
static int
get_exception (UChar32 c)
{
  switch (c)
    {
    case 0x00DF: case 0x03C2: case 0x06FD: case 0x06FE: case 0x0F0B: case 0x3007:
      return 1;
    case 0x00B7: case 0x0375: case 0x05F3: case 0x05F4: case 0x30FB:
      return 2;
    case 0x0640: case 0x07FA: case 0x302E: case 0x302F: case 0x3031: case 0x3032: case 0x3033: case 0x3034:
    case 0x3035: case 0x303B:
      return 0;
    default:
      if ((c >= 0x0660 && c <= 0x0669) || (c >= 0x06F0 && c <= 0x06F9))
        return 2;
      return -1;
    }
}

static gboolean
has_script_beside (const UChar *text,
                   int32_t      length,
                   UScriptCode  a,
                   UScriptCode  b,
                   UScriptCode  c)
{
  UErrorCode status = U_ZERO_ERROR;

  for (int32_t i = 0; i < length;)
    {
      UChar32 at;
      UScriptCode script;

      U16_NEXT (text, i, length, at);
      script = uscript_getScript (at, &status);
      if (script == a || script == b || script == c)
        return TRUE;
    }
  return FALSE;
}

/* RFC 5892 Appendix A: the rules for contextual characters. @start and @end are the unit positions of @c. */
static gboolean
is_allowed_in_context (const UChar *text,
                       int32_t      length,
                       int32_t      start,
                       int32_t      end,
                       UChar32      c)
{
  UErrorCode status = U_ZERO_ERROR;
  UChar32 before = 0, after = 0;
  int32_t p = start;

  if (start > 0)
    U16_PREV (text, 0, p, before);
  p = end;
  if (end < length)
    U16_NEXT (text, p, length, after);

  switch (c)
    {
    case 0x200C: case 0x200D:   /* joiners: after a virama only; the cursive rule is not needed in addresses */
      return before != 0 && u_getCombiningClass (before) == 9;
    case 0x00B7:
      return before == 'l' && after == 'l';
    case 0x0375:
      return after != 0 && uscript_getScript (after, &status) == USCRIPT_GREEK;
    case 0x05F3: case 0x05F4:
      return before != 0 && uscript_getScript (before, &status) == USCRIPT_HEBREW;
    case 0x30FB:
      return has_script_beside (text, length, USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_HAN);
    default:
      break;
    }

  /* Arabic-Indic digits of the two kinds do not mix. */
  for (int32_t i = 0; i < length;)
    {
      UChar32 other;

      U16_NEXT (text, i, length, other);
      if (c <= 0x0669 ? other >= 0x06F0 && other <= 0x06F9 : other >= 0x0660 && other <= 0x0669)
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_compatibility_form (UChar32 c)
{
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *nfkc = unorm2_getNFKCInstance (&status);
  UChar in[2], out[32];
  int32_t in_length = 0;
  int32_t out_length;

  U16_APPEND_UNSAFE (in, in_length, c);
  out_length = unorm2_normalize (nfkc, in, in_length, out, G_N_ELEMENTS (out), &status);
  return U_FAILURE (status) || out_length != in_length || memcmp (in, out, in_length * sizeof (UChar)) != 0;
}

static gboolean
is_in_class (const UChar *text,
             int32_t      length,
             int32_t      start,
             int32_t      end,
             UChar32      c,
             StringClass  class)
{
  int exception = get_exception (c);
  int8_t category;
  int hangul;

  if (exception == 1)
    return TRUE;
  if (exception == 0)
    return FALSE;
  if (exception == 2 || c == 0x200C || c == 0x200D)
    return is_allowed_in_context (text, length, start, end, c);

  category = u_charType (c);
  if (category == U_UNASSIGNED || category == U_SURROGATE || category == U_PRIVATE_USE_CHAR)
    return FALSE;
  if (c >= 0x21 && c <= 0x7E)
    return TRUE;
  hangul = u_getIntPropertyValue (c, UCHAR_HANGUL_SYLLABLE_TYPE);
  if (hangul == U_HST_LEADING_JAMO || hangul == U_HST_VOWEL_JAMO || hangul == U_HST_TRAILING_JAMO)
    return FALSE;
  if (u_hasBinaryProperty (c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
      u_hasBinaryProperty (c, UCHAR_NONCHARACTER_CODE_POINT))
    return FALSE;
  if (category == U_CONTROL_CHAR)
    return FALSE;
  if (has_compatibility_form (c))
    return class == CLASS_FREEFORM;

  switch (category)
    {
    case U_LOWERCASE_LETTER: case U_UPPERCASE_LETTER: case U_OTHER_LETTER: case U_DECIMAL_DIGIT_NUMBER:
    case U_MODIFIER_LETTER: case U_NON_SPACING_MARK: case U_COMBINING_SPACING_MARK:
      return TRUE;
    case U_TITLECASE_LETTER: case U_LETTER_NUMBER: case U_OTHER_NUMBER: case U_ENCLOSING_MARK:
    case U_SPACE_SEPARATOR:
    case U_MATH_SYMBOL: case U_CURRENCY_SYMBOL: case U_MODIFIER_SYMBOL: case U_OTHER_SYMBOL:
    case U_CONNECTOR_PUNCTUATION: case U_DASH_PUNCTUATION: case U_START_PUNCTUATION: case U_END_PUNCTUATION:
    case U_INITIAL_PUNCTUATION: case U_FINAL_PUNCTUATION: case U_OTHER_PUNCTUATION:
      return class == CLASS_FREEFORM;
    default:
      return FALSE;
    }
}

/* RFC 5893 §2, for local parts that have a right-to-left character; the label may begin with any of the two. */
static gboolean
obeys_bidi_rule (const UChar *text,
                 int32_t      length)
{
  gboolean rtl = FALSE, first = TRUE, begins_rtl = FALSE, european = FALSE, arabic = FALSE, ends_well = FALSE;

  for (int32_t i = 0; i < length;)
    {
      UChar32 c;
      UCharDirection d;

      U16_NEXT (text, i, length, c);
      d = u_charDirection (c);
      if (first)
        begins_rtl = d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC;
      first = FALSE;
      rtl |= d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC || d == U_ARABIC_NUMBER;
      european |= d == U_EUROPEAN_NUMBER;
      arabic |= d == U_ARABIC_NUMBER;
      if (begins_rtl && d == U_LEFT_TO_RIGHT)
        return FALSE;
      if (d != U_DIR_NON_SPACING_MARK)
        ends_well = d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC || d == U_EUROPEAN_NUMBER ||
                    d == U_ARABIC_NUMBER;
    }
  if (!rtl)
    return TRUE;
  return begins_rtl && ends_well && !(european && arabic);
}

/* --- parts --- */

static UChar *
to_utf16 (const char *text,
          gsize       length,
          int32_t    *out_length)
{
  UErrorCode status = U_ZERO_ERROR;
  g_autofree UChar *units = g_new (UChar, length + 1);

  u_strFromUTF8 (units, length + 1, out_length, text, length, &status);
  if (U_FAILURE (status))
    return NULL;
  return g_steal_pointer (&units);
}

static char *
to_utf8 (const UChar *units,
         int32_t      length)
{
  UErrorCode status = U_ZERO_ERROR;
  int32_t size = 3 * length + 1;
  g_autofree char *text = g_malloc (size);

  u_strToUTF8 (text, size, NULL, units, length, &status);
  if (U_FAILURE (status))
    return NULL;
  return g_steal_pointer (&text);
}

/* RFC 8265 §3.3.2 step 1: full- and half-width forms become what they stand for; nothing else is decomposed. */
static void
map_width (GArray *units)
{
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *nfkc = unorm2_getNFKCInstance (&status);

  for (guint i = 0; i < units->len; i++)
    {
      UChar *unit = &g_array_index (units, UChar, i);
      int type = u_getIntPropertyValue (*unit, UCHAR_DECOMPOSITION_TYPE);
      UChar mapped[8];
      int32_t length;

      if (type != U_DT_WIDE && type != U_DT_NARROW)
        continue;
      status = U_ZERO_ERROR;
      length = unorm2_normalize (nfkc, unit, 1, mapped, G_N_ELEMENTS (mapped), &status);
      if (U_SUCCESS (status) && length == 1)
        *unit = mapped[0];
    }
}

static gboolean
normalise (GArray *units)
{
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *nfc = unorm2_getNFCInstance (&status);
  guint room = 3 * units->len + 8;
  g_autofree UChar *out = g_new (UChar, room);
  int32_t length;

  length = unorm2_normalize (nfc, (UChar *) units->data, units->len, out, room, &status);
  if (U_FAILURE (status))
    return FALSE;
  g_array_set_size (units, 0);
  g_array_append_vals (units, out, length);
  return TRUE;
}

static void
lower_case (GArray *units)
{
  g_autofree UChar *out = g_new (UChar, 2 * units->len + 1);
  int32_t length = 0;

  /* No final-sigma rule: the mapping is by code point, so that it is stable (RFC 8265 §3.3.2). */
  for (guint i = 0; i < units->len;)
    {
      UChar32 c;

      U16_NEXT (((UChar *) units->data), i, units->len, c);
      c = u_tolower (c);
      U16_APPEND_UNSAFE (out, length, c);
    }
  g_array_set_size (units, 0);
  g_array_append_vals (units, out, length);
}

static gboolean
check_class (GArray      *units,
             StringClass  class)
{
  const UChar *text = (const UChar *) units->data;

  for (int32_t i = 0; i < (int32_t) units->len;)
    {
      int32_t start = i;
      UChar32 c;

      U16_NEXT (text, i, (int32_t) units->len, c);
      if (class == CLASS_FREEFORM && c == ' ')
        continue;
      if (!is_in_class (text, units->len, start, i, c, class))
        return FALSE;
    }
  return TRUE;
}

static char *
prepare_precis (const char  *part,
                gsize        length,
                StringClass  class,
                GError     **error)
{
  g_autoptr(GArray) units = g_array_new (FALSE, FALSE, sizeof (UChar));
  g_autofree UChar *raw = NULL;
  g_autofree char *prepared = NULL;
  int32_t raw_length;

  raw = to_utf16 (part, length, &raw_length);
  if (raw == NULL)
    {
      refuse (error, "not UTF-8");
      return NULL;
    }
  g_array_append_vals (units, raw, raw_length);

  if (class == CLASS_IDENTIFIER)
    {
      map_width (units);
      lower_case (units);
    }
  else
    {
      for (guint i = 0; i < units->len; i++)
        if (g_array_index (units, UChar, i) != ' ' &&
            u_charType (g_array_index (units, UChar, i)) == U_SPACE_SEPARATOR)
          g_array_index (units, UChar, i) = ' ';
    }

  if (!normalise (units) || !check_class (units, class) ||
      (class == CLASS_IDENTIFIER && !obeys_bidi_rule ((UChar *) units->data, units->len)))
    {
      refuse (error, class == CLASS_IDENTIFIER ? "a character that a name cannot have"
                                               : "a character that a resource cannot have");
      return NULL;
    }
  prepared = to_utf8 ((UChar *) units->data, units->len);
  if (prepared == NULL || *prepared == '\0')
    {
      refuse (error, "empty part");
      return NULL;
    }
  return g_steal_pointer (&prepared);
}

static gboolean
is_ascii (const char *text,
          gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar) text[i] >= 0x80)
      return FALSE;
  return TRUE;
}

static char *
prepare_local (const char  *part,
               gsize        length,
               GError     **error)
{
  g_autofree char *prepared = NULL;

  if (is_ascii (part, length))
    {
      prepared = g_ascii_strdown (part, length);
    }
  else
    {
      prepared = prepare_precis (part, length, CLASS_IDENTIFIER, error);
      if (prepared == NULL)
        return NULL;
    }

  /* RFC 7622 §3.3.1; also after mapping: a full-width '@' is an '@'. */
  for (const char *c = prepared; *c != '\0'; c++)
    if (*c <= 0x20 ? (guchar) *c < 0x80 : *c == 0x7F || strchr ("\"&'/:<>@", *c) != NULL)
      {
        refuse (error, "a character that a name cannot have");
        return NULL;
      }
  return g_steal_pointer (&prepared);
}

static char *
prepare_resource (const char  *part,
                  gsize        length,
                  GError     **error)
{
  if (!is_ascii (part, length))
    return prepare_precis (part, length, CLASS_FREEFORM, error);

  for (gsize i = 0; i < length; i++)
    if (part[i] < 0x20 || part[i] == 0x7F)
      {
        refuse (error, "a character that a resource cannot have");
        return NULL;
      }
  return g_strndup (part, length);
}

/* Letters, digits, hyphens and dots; labels of 1–63 that neither begin nor end with a hyphen. Underscore is seen in
 * host names of test set-ups and harmless. */
static gboolean
is_host_name (const char *name)
{
  gsize label = 0;

  for (const char *c = name;; c++)
    {
      if (*c == '.' || *c == '\0')
        {
          if (label == 0 || label > 63 || c[-1] == '-')
            return FALSE;
          label = 0;
          if (*c == '\0')
            return TRUE;
          continue;
        }
      if (!g_ascii_isalnum (*c) && *c != '_' && (*c != '-' || label == 0))
        return FALSE;
      label++;
    }
}

static char *
prepare_idn (const char  *part,
             gsize        length,
             GError     **error)
{
  UErrorCode status = U_ZERO_ERROR;
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UIDNA *idna;
  char out[4 * MAX_PART];
  char ascii[4 * MAX_PART];
  int32_t out_length;

  idna = uidna_openUTS46 (UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                          UIDNA_NONTRANSITIONAL_TO_UNICODE, &status);
  out_length = uidna_nameToUnicodeUTF8 (idna, part, length, out, sizeof out, &info, &status);
  if (U_SUCCESS (status) && info.errors == 0)
    {
      /* The lengths of labels are those of the name that DNS is asked for. */
      uidna_nameToASCII_UTF8 (idna, out, out_length, ascii, sizeof ascii, &info, &status);
    }
  uidna_close (idna);

  /* A mapped character may have become a dot at the end, which an address does not have. */
  if (U_FAILURE (status) || info.errors != 0 || out_length == 0 || out[out_length - 1] == '.')
    {
      refuse (error, "not a domain");
      return NULL;
    }
  return g_strndup (out, out_length);
}

static char *
prepare_domain (const char  *part,
                gsize        length,
                GError     **error)
{
  g_autofree char *domain = NULL;

  /* RFC 7622 §3.2: a final dot is not part of the address. */
  if (length > 0 && part[length - 1] == '.')
    length--;

  if (length > 2 && part[0] == '[' && part[length - 1] == ']')
    {
      g_autofree char *literal = g_strndup (part + 1, length - 2);
      g_autoptr(GInetAddress) address = g_inet_address_new_from_string (literal);
      g_autofree char *canonical = NULL;

      if (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
        {
          refuse (error, "not an IPv6 address");
          return NULL;
        }
      canonical = g_inet_address_to_string (address);
      return g_strdup_printf ("[%s]", canonical);
    }

  if (!is_ascii (part, length))
    return prepare_idn (part, length, error);

  domain = g_ascii_strdown (part, length);
  if (!is_host_name (domain))
    {
      refuse (error, "not a domain");
      return NULL;
    }
  if (g_str_has_prefix (domain, "xn--") || strstr (domain, ".xn--") != NULL)
    return prepare_idn (domain, strlen (domain), error);
  return g_steal_pointer (&domain);
}

static gboolean
check_length (gsize    length,
              gsize    max,
              GError **error)
{
  if (length == 0)
    return refuse (error, "empty part");
  if (length > max)
    return refuse (error, "part too long");
  return TRUE;
}

/* --- public --- */

/**
 * xmpp_jid_prepare:
 * @text: an address as somebody wrote it, UTF-8
 * @error: %XMPP_JID_ERROR_INVALID
 *
 * RFC 7622 §3. A prepared address equals another exactly when both are the same bytes.
 *
 * Returns: (transfer full): the prepared address
 */
char *
xmpp_jid_prepare (const char  *text,
                  GError     **error)
{
  const char *slash, *at, *domain;
  gsize domain_length;
  g_autoptr(GString) jid = NULL;
  g_autofree char *part = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  /* §3.1: first '/' ends the domain part, then first '@' of what is before it ends the local part. */
  slash = strchr (text, '/');
  domain_length = slash != NULL ? (gsize) (slash - text) : strlen (text);
  at = memchr (text, '@', domain_length);
  domain = at != NULL ? at + 1 : text;
  domain_length -= domain - text;

  jid = g_string_new (NULL);
  if (at != NULL)
    {
      if (!check_length (at - text, MAX_RAW_PART, error))
        return NULL;
      part = prepare_local (text, at - text, error);
      if (part == NULL || !check_length (strlen (part), MAX_PART, error))
        return NULL;
      g_string_append (jid, part);
      g_string_append_c (jid, '@');
      g_clear_pointer (&part, g_free);
    }

  if (!check_length (domain_length, MAX_PART, error))
    return NULL;
  part = prepare_domain (domain, domain_length, error);
  if (part == NULL || !check_length (strlen (part), MAX_PART, error))
    return NULL;
  g_string_append (jid, part);
  g_clear_pointer (&part, g_free);

  if (slash != NULL)
    {
      if (!check_length (strlen (slash + 1), MAX_RAW_PART, error))
        return NULL;
      part = prepare_resource (slash + 1, strlen (slash + 1), error);
      if (part == NULL || !check_length (strlen (part), MAX_PART, error))
        return NULL;
      g_string_append_c (jid, '/');
      g_string_append (jid, part);
    }

  return g_string_free (g_steal_pointer (&jid), FALSE);
}

/**
 * xmpp_jid_is_valid:
 *
 * Returns: whether @text is an address in its prepared form
 */
gboolean
xmpp_jid_is_valid (const char *text)
{
  g_autofree char *prepared = NULL;

  if (text == NULL)
    return FALSE;
  prepared = xmpp_jid_prepare (text, NULL);
  return prepared != NULL && strcmp (prepared, text) == 0;
}

static gsize
bare_length (const char *jid)
{
  return strcspn (jid, "/");
}

/**
 * xmpp_jid_dup_bare:
 *
 * Returns: (transfer full): @jid without its resource
 */
char *
xmpp_jid_dup_bare (const char *jid)
{
  g_return_val_if_fail (jid != NULL, NULL);

  return g_strndup (jid, bare_length (jid));
}

char *
xmpp_jid_dup_local (const char *jid)
{
  const char *at;

  g_return_val_if_fail (jid != NULL, NULL);

  at = memchr (jid, '@', bare_length (jid));
  return at != NULL ? g_strndup (jid, at - jid) : NULL;
}

char *
xmpp_jid_dup_domain (const char *jid)
{
  const char *at;
  gsize length;

  g_return_val_if_fail (jid != NULL, NULL);

  length = bare_length (jid);
  at = memchr (jid, '@', length);
  return at != NULL ? g_strndup (at + 1, length - (at + 1 - jid)) : g_strndup (jid, length);
}

const char *
xmpp_jid_get_resource (const char *jid)
{
  const char *slash;

  g_return_val_if_fail (jid != NULL, NULL);

  slash = strchr (jid, '/');
  return slash != NULL ? slash + 1 : NULL;
}

gboolean
xmpp_jid_is_bare (const char *jid)
{
  g_return_val_if_fail (jid != NULL, FALSE);

  return strchr (jid, '/') == NULL;
}

gboolean
xmpp_jid_bare_equal (const char *a,
                     const char *b)
{
  gsize length;

  if (a == NULL || b == NULL)
    return FALSE;
  length = bare_length (a);
  return length == bare_length (b) && memcmp (a, b, length) == 0;
}

/**
 * xmpp_jid_join:
 * @bare: a bare address
 * @resource: (nullable): its resource
 *
 * Returns: (transfer full): the full address, not prepared again
 */
char *
xmpp_jid_join (const char *bare,
               const char *resource)
{
  g_return_val_if_fail (bare != NULL, NULL);

  if (resource == NULL || *resource == '\0')
    return g_strdup (bare);
  return g_strconcat (bare, "/", resource, NULL);
}
