/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "soak-gateway.h"

#include <stdlib.h>
#include <string.h>

#include "mz-demo-private.h"
#include "mz-json.h"
#include "mz-message-private.h"

/* Small, so that what is too large is quickly made; often, so that silence is quickly noticed. */
#define MAX_PAYLOAD (256 * 1024)
#define TICK_MS 150

/* ---- the gateway's side ---- */

typedef struct
{
  MzDemoGateway *gateway;
  guint16 port;
  GMainLoop *loop;
} Child;

static void
start (Child *child)
{
  g_autoptr (GError) error = NULL;

  if (!mz_demo_gateway_start (child->gateway, child->port, &error))
    g_error ("the demo gateway does not start: %s", error->message);
  child->port = mz_demo_gateway_get_port (child->gateway);
}

/* The person's messages of a conversation, separated by tabs, in their order. */
static char *
list_stored (Child      *child,
             const char *key)
{
  MzDemoSession *session = mz_demo_store_lookup (child->gateway->store, key);
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; session != NULL && i < session->messages->len; i++)
    {
      JsonObject *record = mz_json_node_object (g_ptr_array_index (session->messages, i));
      g_autofree char *text = NULL;

      if (g_strcmp0 (mz_json_get_string (record, "role"), "user") != 0)
        continue;
      text = mz_message_content_text (mz_json_get_node (record, "content"));
      g_string_append_printf (all, "%s%s", all->len > 0 ? "\t" : "", text);
    }

  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
forget (Child      *child,
        const char *key)
{
  MzDemoSession *session = mz_demo_store_lookup (child->gateway->store, key);

  if (session == NULL)
    return;

  mz_demo_gateway_emit_session (child->gateway, session, "delete", NULL, NULL);
  mz_demo_store_remove (child->gateway->store, session);
}

static char *
obey (Child      *child,
      const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 2);
  const char *argument = words[0] != NULL && words[1] != NULL ? words[1] : "";
  MzDemoFault fault;

  if (g_strcmp0 (words[0], "fault") == 0 && mz_demo_fault_from_string (argument, &fault))
    mz_demo_gateway_set_fault (child->gateway, fault);
  else if (g_strcmp0 (words[0], "close") == 0)
    {
      mz_demo_gateway_set_close_code (child->gateway, atoi (argument));
      mz_demo_gateway_set_fault (child->gateway, MZ_DEMO_FAULT_CLOSE);
    }
  else if (g_strcmp0 (words[0], "protocol") == 0)
    mz_demo_gateway_set_protocol (child->gateway, atoi (argument));
  else if (g_strcmp0 (words[0], "drop") == 0)
    mz_demo_gateway_drop_all (child->gateway);
  else if (g_strcmp0 (words[0], "down") == 0)
    mz_demo_gateway_stop (child->gateway);
  else if (g_strcmp0 (words[0], "up") == 0)
    start (child);
  else if (g_strcmp0 (words[0], "stored") == 0)
    return list_stored (child, argument);
  else if (g_strcmp0 (words[0], "forget") == 0)
    forget (child, argument);
  else if (g_strcmp0 (words[0], "connects") == 0)
    return g_strdup_printf ("%u", mz_demo_gateway_get_n_connects (child->gateway));
  else
    g_error ("unknown command: %s", line);

  return g_strdup ("ok");
}

static gboolean
line_cb (GIOChannel   *channel,
         GIOCondition  condition,
         gpointer      user_data)
{
  Child *child = user_data;
  g_autofree char *line = NULL;
  g_autofree char *answer = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL)
    {
      g_main_loop_quit (child->loop);
      return G_SOURCE_REMOVE;
    }

  answer = obey (child, g_strchomp (line));
  g_print ("%s\n", answer);

  return G_SOURCE_CONTINUE;
}

int
soak_gateway_main (void)
{
  Child child = { .gateway = mz_demo_gateway_new (), .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  GSource *source;

  mz_demo_gateway_set_rate (child.gateway, 2000);
  mz_demo_gateway_set_tick_ms (child.gateway, TICK_MS);
  mz_demo_gateway_set_max_payload (child.gateway, MAX_PAYLOAD);
  start (&child);
  g_print ("%s\n", mz_demo_gateway_get_url (child.gateway));

  source = g_io_create_watch (input, G_IO_IN | G_IO_HUP);
  g_source_set_callback (source, G_SOURCE_FUNC (line_cb), &child, NULL);
  g_source_attach (source, NULL);
  g_source_unref (source);
  g_main_loop_run (child.loop);

  mz_demo_gateway_stop (child.gateway);
  g_object_unref (child.gateway);
  g_main_loop_unref (child.loop);

  return 0;
}

/* ---- the client's side ---- */

struct _SoakGateway
{
  GSubprocess *process;
  GDataInputStream *output;
  GOutputStream *input;
  char *url;
};

/* Its answers come within milliseconds: the client does not run meanwhile, so that what follows meets it as it was. */
static char *
read_line (SoakGateway *self)
{
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line_utf8 (self->output, NULL, NULL, &error);

  if (line == NULL)
    g_error ("the gateway's process ended: %s", error != NULL ? error->message : "no more output");
  return line;
}

SoakGateway *
soak_gateway_spawn (const char *program)
{
  g_autoptr (GError) error = NULL;
  SoakGateway *self = g_new0 (SoakGateway, 1);

  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--gateway", NULL);
  if (self->process == NULL)
    g_error ("%s", error->message);
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  self->input = g_subprocess_get_stdin_pipe (self->process);
  self->url = read_line (self);

  return self;
}

void
soak_gateway_free (SoakGateway *self)
{
  g_output_stream_close (self->input, NULL, NULL);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->output);
  g_clear_object (&self->process);
  g_free (self->url);
  g_free (self);
}

const char *
soak_gateway_url (SoakGateway *self)
{
  return self->url;
}

char *
soak_gateway_ask (SoakGateway *self,
                  const char  *format,
                  ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *command = NULL;
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  command = g_strdup_vprintf (format, args);
  va_end (args);

  line = g_strconcat (command, "\n", NULL);
  if (!g_output_stream_write_all (self->input, line, strlen (line), NULL, NULL, &error) ||
      !g_output_stream_flush (self->input, NULL, &error))
    g_error ("%s", error->message);

  return read_line (self);
}
