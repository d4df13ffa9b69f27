/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"

G_BEGIN_DECLS

/**
 * TestStream:
 *
 * The server's end of a stream whose other end is an XmppClient that is ONLINE as alice@work.test/desk from the start:
 * a test says literal stanzas and expects stanzas back. No network, no clock. Every wait iterates the main context
 * until its condition holds; a deadline of 20 seconds ends a broken test with what was awaited.
 */
typedef struct _TestStream TestStream;

#define TEST_STREAM_ADDRESS "alice@work.test"
#define TEST_STREAM_FULL    "alice@work.test/desk"

TestStream *test_stream_new         (void);
/* Asserts that the client dies with it, and that everything it sent was expected. */
void        test_stream_free        (TestStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestStream, test_stream_free)

XmppClient *test_stream_get_client  (TestStream *self);

/* Says @xml (any number of whole stanzas; "jabber:client" is the default namespace) and waits until the client has
 * handled it. */
void        test_stream_say         (TestStream *self,
                                     const char *xml);
void        test_stream_sayf        (TestStream *self,
                                     const char *format,
                                     ...) G_GNUC_PRINTF (2, 3);
/* The same without waiting. */
void        test_stream_push        (TestStream *self,
                                     const char *xml);

/* Waits for the next stanza from the client; (transfer full). */
XmppNode   *test_stream_take        (TestStream *self) G_GNUC_WARN_UNUSED_RESULT;
/* Waits for the next stanza and asserts that it is @xml: same names, attributes and texts, in any order of attributes.
 * In @xml the attribute value or text "*" stands for any value. Returns its id, which lives until the next call. */
const char *test_stream_expect      (TestStream *self,
                                     const char *xml);
/* Asserts that the client has sent nothing that was not taken yet, after having handled all that was said. */
void        test_stream_expect_nothing (TestStream *self);

/* Expects an IQ as @request and answers with type result and @payload (nullable). An attribute to='…' of the request
 * becomes the answer's from. */
void        test_stream_answer      (TestStream *self,
                                     const char *request,
                                     const char *payload);
/* … with type error and @condition ("item-not-found"). */
void        test_stream_answer_error (TestStream *self,
                                     const char *request,
                                     const char *condition);

/* Iterates until @condition (@data) is TRUE. */
void        test_stream_wait        (gboolean  (*condition) (gpointer data),
                                     gpointer    data);
/* Iterates until *@flag is not zero. */
void        test_stream_wait_flag   (gboolean   *flag);
/* The server hangs up; waits until the client is not ONLINE any more. */
void        test_stream_cut         (TestStream *self);

/* How often the client refused something for @reason (threats.md). */
guint       test_stream_count_rejections (TestStream *self,
                                     const char *reason);

/* Asserts that two XML texts are the same as in test_stream_expect(). */
void        test_assert_same_xml    (const char *actual,
                                     const char *expected);

G_END_DECLS
