/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0082: XMPP Date and Time Profiles: the DateTime profile. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/timestamp.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define DAY    (86400 * SECOND)

/* 0001-01-01 and the last µs of 9999, as µs since the epoch. */
#define EARLIEST (-G_GINT64_CONSTANT (62135596800) * SECOND)
#define LATEST   (G_GINT64_CONSTANT (253402300800) * SECOND - 1)

/* Reads exactly @count digits and moves on. */
static gboolean
read_digits (const char **cursor,
             int          count,
             int          min,
             int          max,
             int         *out)
{
  int value = 0;

  for (int i = 0; i < count; i++)
    {
      char c = (*cursor)[i];

      if (!g_ascii_isdigit (c))
        return FALSE;
      value = value * 10 + (c - '0');
    }
  if (value < min || value > max)
    return FALSE;
  *cursor += count;
  *out = value;
  return TRUE;
}

static gboolean
read_char (const char **cursor,
           char         c)
{
  if (**cursor != c)
    return FALSE;
  (*cursor)++;
  return TRUE;
}

/* ".123…": any number of digits; more than six are cut off. */
static gboolean
read_fraction (const char **cursor,
               gint64      *out)
{
  gint64 value = 0;
  int digits = 0;

  if (!read_char (cursor, '.'))
    {
      *out = 0;
      return TRUE;
    }
  for (; g_ascii_isdigit (**cursor); (*cursor)++, digits++)
    {
      if (digits < 6)
        value = value * 10 + (**cursor - '0');
    }
  if (digits == 0)
    return FALSE;
  for (; digits < 6; digits++)
    value *= 10;
  *out = value;
  return TRUE;
}

static gboolean
read_zone (const char **cursor,
           gint64      *out)
{
  int hours, minutes;
  char sign = **cursor;

  if (read_char (cursor, 'Z'))
    {
      *out = 0;
      return TRUE;
    }
  if (sign != '+' && sign != '-')
    return FALSE;
  (*cursor)++;
  if (!read_digits (cursor, 2, 0, 23, &hours) || !read_char (cursor, ':') || !read_digits (cursor, 2, 0, 59, &minutes))
    return FALSE;
  *out = (hours * 3600 + minutes * 60) * SECOND * (sign == '-' ? -1 : 1);
  return TRUE;
}

gboolean
xmpp_timestamp_parse (const char *text,
                      gint64     *out)
{
  const char *cursor = text;
  int year, month, day, hour, minute, second;
  gint64 fraction, zone;
  GDate date;

  if (text == NULL)
    return FALSE;
  if (!read_digits (&cursor, 4, 1, 9999, &year) || !read_char (&cursor, '-')
      || !read_digits (&cursor, 2, 1, 12, &month) || !read_char (&cursor, '-')
      || !read_digits (&cursor, 2, 1, 31, &day) || !read_char (&cursor, 'T')
      || !read_digits (&cursor, 2, 0, 23, &hour) || !read_char (&cursor, ':')
      || !read_digits (&cursor, 2, 0, 59, &minute) || !read_char (&cursor, ':')
      || !read_digits (&cursor, 2, 0, 60, &second)     /* 60: a leap second */
      || !read_fraction (&cursor, &fraction) || !read_zone (&cursor, &zone) || *cursor != '\0')
    return FALSE;
  if (!g_date_valid_dmy (day, month, year))
    return FALSE;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, day, month, year);
  /* Day 1 of a Julian GDate is 0001-01-01. */
  *out = EARLIEST + ((gint64) g_date_get_julian (&date) - 1) * DAY
         + (hour * 3600 + minute * 60 + second) * SECOND + fraction - zone;
  return TRUE;
}

char *
xmpp_timestamp_format (gint64 time)
{
  gint64 clamped = CLAMP (time, EARLIEST, LATEST);
  gint64 since_start = clamped - EARLIEST;
  gint64 rest = since_start % DAY;
  int seconds = rest / SECOND;
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, since_start / DAY + 1);
  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                          g_date_get_year (&date), g_date_get_month (&date), g_date_get_day (&date),
                          seconds / 3600, seconds / 60 % 60, seconds % 60, (int) (rest % SECOND / 1000));
}
