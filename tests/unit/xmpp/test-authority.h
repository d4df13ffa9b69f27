/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A certificate authority made for one test run, and the certificates that a server may show. */
typedef struct _TestAuthority TestAuthority;

typedef enum
{
  TEST_CERTIFICATE_RIGHT,
  TEST_CERTIFICATE_EXPIRED,
  TEST_CERTIFICATE_FUTURE,
  TEST_CERTIFICATE_OTHER_NAME,
  TEST_CERTIFICATE_SELF_SIGNED,
  TEST_CERTIFICATE_WILDCARD,        /* *.work.test */
  TEST_CERTIFICATE_BY_NO_AUTHORITY, /* signed by a certificate that is none of an authority */
  TEST_CERTIFICATE_REVOKED,         /* on the list in the authority's file */
} TestCertificateKind;

TestAuthority   *test_authority_new       (void);
void             test_authority_free      (TestAuthority       *self);
/* PEM: the authority and its revocation list. */
const char      *test_authority_get_file  (TestAuthority       *self);
GTlsCertificate *test_authority_issue     (TestAuthority       *self,
                                           TestCertificateKind  kind);   /* (transfer full), with its private key */

G_END_DECLS
