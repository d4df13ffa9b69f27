/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-encoder.h"

#include <gst/video/video.h>

typedef struct
{
  GstBin        parent_instance;
  FakeBehaviour behaviour;
  guint         n_pictures;
} FakeEncoder;

typedef struct
{
  GstBinClass parent_class;
  const char *element;   /* interned; a subclass for each */
} FakeEncoderClass;

static GType fake_encoder_get_type (void);

G_DEFINE_TYPE (FakeEncoder, fake_encoder, GST_TYPE_BIN)

static GHashTable *behaviours;   /* element → FakeBehaviour */

static GstPadProbeReturn
on_picture (GstPad          *pad,
            GstPadProbeInfo *info,
            gpointer         user_data)
{
  FakeEncoder *self = user_data;

  self->n_pictures += 1;
  if (self->n_pictures < FAKE_FAULT_AT)
    return GST_PAD_PROBE_OK;
  if (self->behaviour == FAKE_FAILS_LATER)
    {
      if (self->n_pictures == FAKE_FAULT_AT)
        GST_ELEMENT_ERROR (self, RESOURCE, FAILED, ("the device was reset"), (NULL));
      return GST_PAD_PROBE_DROP;
    }

  return self->behaviour == FAKE_GOES_SILENT ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_request (GstPad          *pad,
            GstPadProbeInfo *info,
            gpointer         user_data)
{
  FakeEncoder *self = user_data;

  if (self->behaviour == FAKE_IGNORES_KEYFRAMES && gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    return GST_PAD_PROBE_DROP;

  return GST_PAD_PROBE_OK;
}

static GstStateChangeReturn
fake_encoder_change_state (GstElement     *element,
                           GstStateChange  transition)
{
  FakeEncoder *self = (FakeEncoder *) element;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY)
    {
      const FakeEncoderClass *klass = (FakeEncoderClass *) G_OBJECT_GET_CLASS (element);

      self->behaviour = (FakeBehaviour) GPOINTER_TO_INT (g_hash_table_lookup (behaviours, klass->element));
      self->n_pictures = 0;
      if (self->behaviour == FAKE_FAILS_TO_OPEN)
        return GST_STATE_CHANGE_FAILURE;
    }

  return GST_ELEMENT_CLASS (fake_encoder_parent_class)->change_state (element, transition);
}

static void
fake_encoder_class_init (FakeEncoderClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  g_autoptr(GstCaps) raw = gst_caps_from_string ("video/x-raw, format=I420");
  g_autoptr(GstCaps) coded = gst_caps_from_string ("video/x-h264, stream-format=byte-stream, alignment=au");

  element_class->change_state = fake_encoder_change_state;
  gst_element_class_set_static_metadata (element_class, "Fake encoder", "Codec/Encoder/Video/Hardware", "For tests", "Atrium");
  gst_element_class_add_pad_template (element_class, gst_pad_template_new ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, raw));
  gst_element_class_add_pad_template (element_class, gst_pad_template_new ("src", GST_PAD_SRC, GST_PAD_ALWAYS, coded));
}

static void
fake_encoder_init (FakeEncoder *self)
{
  GstElement *encoder = gst_element_factory_make ("openh264enc", NULL);
  g_autoptr(GstPad) sink = NULL;
  g_autoptr(GstPad) src = NULL;

  g_assert_nonnull (encoder);
  g_object_set (encoder, "gop-size", 2000, NULL);
  gst_bin_add (GST_BIN (self), encoder);
  sink = gst_element_get_static_pad (encoder, "sink");
  src = gst_element_get_static_pad (encoder, "src");
  gst_element_add_pad (GST_ELEMENT (self), gst_ghost_pad_new ("sink", sink));
  gst_element_add_pad (GST_ELEMENT (self), gst_ghost_pad_new ("src", src));
  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_BUFFER, on_picture, self, NULL);
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_request, self, NULL);
}

static void
subclass_init (gpointer klass,
               gpointer class_data)
{
  ((FakeEncoderClass *) klass)->element = class_data;
}

static GType
get_subtype (const char *element)
{
  g_autofree char *name = g_strconcat ("Fake_", element, NULL);
  GTypeInfo info = {
    .class_size = sizeof (FakeEncoderClass),
    .class_init = subclass_init,
    .class_data = g_intern_string (element),
    .instance_size = sizeof (FakeEncoder),
  };
  GType type = g_type_from_name (name);

  return type != 0 ? type : g_type_register_static (fake_encoder_get_type (), name, &info, 0);
}

void
fake_encoder_register (const char    *element,
                       FakeBehaviour  behaviour)
{
  if (behaviours == NULL)
    behaviours = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (behaviours, (gpointer) g_intern_string (element), GINT_TO_POINTER (behaviour));
  if (gst_registry_check_feature_version (gst_registry_get (), element, 0, 0, 0))
    return;
  g_assert_true (gst_element_register (NULL, element, GST_RANK_NONE, get_subtype (element)));
}

void
fake_encoder_remove (const char *element)
{
  g_autoptr(GstPluginFeature) feature = gst_registry_lookup_feature (gst_registry_get (), element);

  if (feature != NULL)
    gst_registry_remove_feature (gst_registry_get (), feature);
}
