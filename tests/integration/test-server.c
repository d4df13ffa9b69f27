/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test-server.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

struct _TestServer
{
  GSubprocess      *process;
  GDataInputStream *output;   /* its answers, a JSON line each */
  JsonParser       *facts;
};

static JsonNode *
read_answer (TestServer *self,
             JsonParser *parser)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;

  line = g_data_input_stream_read_line_utf8 (self->output, NULL, NULL, &error);
  g_assert_no_error (error);
  if (line == NULL)
    g_error ("servers.py ended without an answer");
  json_parser_load_from_data (parser, line, -1, &error);
  g_assert_no_error (error);

  return json_parser_get_root (parser);
}

TestServer *
test_server_start (TestServerKind     kind,
                   const char *const *arguments)
{
  TestServer *self = g_new0 (TestServer, 1);
  g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) error = NULL;
  JsonObject *object;
  const char *source = g_getenv ("ATRIUM_SOURCE_DIR");

  g_assert_nonnull (source);
  g_ptr_array_add (argv, g_strdup ("/usr/bin/python3"));
  g_ptr_array_add (argv, g_build_filename (source, "tests", "servers", "servers.py", NULL));
  g_ptr_array_add (argv, g_strdup (kind == TEST_SERVER_PROSODY ? "prosody" : "ejabberd"));
  for (gsize i = 0; arguments != NULL && arguments[i] != NULL; i++)
    g_ptr_array_add (argv, g_strdup (arguments[i]));
  g_ptr_array_add (argv, NULL);

  self->facts = json_parser_new ();
  self->process = g_subprocess_newv ((const char *const *) argv->pdata,
                                     G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));

  object = json_node_get_object (read_answer (self, self->facts));
  if (json_object_has_member (object, "error"))
    g_error ("%s", json_object_get_string_member (object, "error"));
  if (json_object_has_member (object, "skip"))
    {
      g_test_skip (json_object_get_string_member (object, "skip"));
      test_server_stop (self);
      return NULL;
    }

  return self;
}

void
test_server_stop (TestServer *self)
{
  if (self == NULL)
    return;

  /* The end of its input tells it to clean up and go. */
  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->output);
  g_object_unref (self->process);
  g_object_unref (self->facts);
  g_free (self);
}

const char *
test_server_get (TestServer *self,
                 const char *key)
{
  JsonObject *object = json_node_get_object (json_parser_get_root (self->facts));

  g_assert_true (json_object_has_member (object, key));

  return json_object_get_string_member (object, key);
}

void
test_server_command (TestServer *self,
                     const char *command)
{
  g_autofree char *line = g_strconcat (command, "\n", NULL);
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  JsonObject *answer;

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (self->process), line, strlen (line), NULL, NULL, &error);
  g_assert_no_error (error);
  answer = json_node_get_object (read_answer (self, parser));
  if (json_object_has_member (answer, "error"))
    g_error ("%s: %s", command, json_object_get_string_member (answer, "error"));
}
