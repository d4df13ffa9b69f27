/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* A hardware encoder that is none: openh264enc in a bin, under the name of a real one, with a fault on request. */
typedef enum
{
  FAKE_WORKS,
  FAKE_FAILS_TO_OPEN,       /* as a driver without permission does */
  FAKE_FAILS_LATER,         /* an error with the 100th picture */
  FAKE_GOES_SILENT,         /* takes pictures from the 100th on and gives none */
  FAKE_IGNORES_KEYFRAMES,   /* never answers a request for one */
} FakeBehaviour;

#define FAKE_FAULT_AT 100

/* Registers @element once; later calls change what it does from its next instance on. */
void fake_encoder_register (const char    *element,
                            FakeBehaviour  behaviour);
/* Takes it away again: gst_element_factory_find() sees it no more. */
void fake_encoder_remove   (const char    *element);

G_END_DECLS
