/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-output.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>

#ifdef G_OS_WIN32
#include <io.h>
#define isatty _isatty
#else
#include <unistd.h>
#endif

#include "mz-cli-secrets.h"
#include "mz-cli-text.h"
#include "mz-cli.h"
#include "mz-redact.h"

/* As of mz_redact(): a shorter secret would blot out half of any text. */
#define MIN_BLOTTED 4

/* As many lines as a report has room for, and a few that it passes over */
#define LOG_LINES 200

struct _MzCliOutput
{
  GObject parent_instance;

  GMutex lock;                  /* the log is written from other threads too */
  GPtrArray *secrets;           /* strings, closed by NULL */
  MzLogBook *book;              /* NULL unless the log is kept */
  gboolean verbose;
  gboolean stdout_is_terminal;
  gboolean in_line;             /* stdout ended without a line feed */
  int aside_in_line;            /* atomic: stderr did */
  gboolean broken;              /* stdout cannot be written */
  gint64 start_us;
};

G_DEFINE_FINAL_TYPE (MzCliOutput, mz_cli_output, G_TYPE_OBJECT)

enum
{
  BROKEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
secret_free (gpointer secret)
{
  mz_cli_secret_free (secret);
}

static gboolean
write_all (FILE       *stream,
           const char *text)
{
  return fputs (text, stream) != EOF && fflush (stream) == 0;
}

/* What was begun on stderr is not glued to what comes next. */
static void
end_aside (MzCliOutput *self)
{
  if (g_atomic_int_compare_and_exchange (&self->aside_in_line, TRUE, FALSE))
    write_all (stderr, "\n");
}

static void
write_aside (MzCliOutput *self,
             const char  *text)
{
  if (*text == '\0')
    return;

  write_all (stderr, text);
  g_atomic_int_set (&self->aside_in_line, !g_str_has_suffix (text, "\n"));
}

static void
write_result (MzCliOutput *self,
              const char  *text)
{
  int saved;

  if (self->broken || write_all (stdout, text))
    return;

  saved = errno;
  self->broken = TRUE;
  self->in_line = FALSE;

  /* Who reads only the beginning, like head(1), knows what he does. */
  if (saved != EPIPE)
    mz_cli_output_note (self, _("moltzerctl: the standard output cannot be written: %s"), g_strerror (saved));
  g_signal_emit (self, signals[BROKEN], 0);
}

static const char *
find_field (const GLogField *fields,
            gsize            n_fields,
            const char      *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, key) == 0 && fields[i].length < 0)
      return fields[i].value;

  return NULL;
}

static gboolean
is_ours (const char *domain)
{
  return g_strcmp0 (domain, "moltzer-net") == 0 || g_strcmp0 (domain, "moltzer-gateway") == 0 ||
         g_strcmp0 (domain, "moltzer-demo") == 0 || g_strcmp0 (domain, "moltzer-cli") == 0;
}

static GLogWriterOutput
log_writer (GLogLevelFlags   level,
            const GLogField *fields,
            gsize            n_fields,
            gpointer         user_data)
{
  MzCliOutput *self = user_data;
  const char *domain = find_field (fields, n_fields, "GLIB_DOMAIN");
  const char *message = find_field (fields, n_fields, "MESSAGE");
  gboolean grave = (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) != 0;
  g_autofree char *redacted = NULL;
  g_autofree char *clean = NULL;
  g_autofree char *line = NULL;

  if (self->book != NULL)
    mz_log_book_add (self->book, level, fields, n_fields);

  /* Libraries write a lot that nobody reads; the redactor is not for that. */
  if (!grave && (self->verbose ? !is_ours (domain) : g_log_writer_default_would_drop (level, domain)))
    return G_LOG_WRITER_HANDLED;

  redacted = mz_cli_output_redact (self, message);

  /* GLib's own writer knows what is to be fatal; it gets the message without secrets. */
  if (grave)
    {
      g_autofree GLogField *copy = g_memdup2 (fields, n_fields * sizeof (GLogField));

      for (gsize i = 0; i < n_fields; i++)
        if (strcmp (copy[i].key, "MESSAGE") == 0 && copy[i].length < 0)
          copy[i].value = redacted;

      return g_log_writer_default (level, copy, n_fields, NULL);
    }

  clean = mz_cli_text_clean (redacted, MZ_CLI_TEXT_LINE);
  line = g_strdup_printf ("%8.3f %s: %s\n", (g_get_monotonic_time () - self->start_us) / 1e6, domain != NULL ? domain : "-", clean);
  end_aside (self);
  write_all (stderr, line);

  return G_LOG_WRITER_HANDLED;
}

static void
mz_cli_output_finalize (GObject *object)
{
  MzCliOutput *self = MZ_CLI_OUTPUT (object);

  g_clear_pointer (&self->secrets, g_ptr_array_unref);
  g_clear_pointer (&self->book, mz_log_book_unref);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (mz_cli_output_parent_class)->finalize (object);
}

static void
mz_cli_output_class_init (MzCliOutputClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_cli_output_finalize;

  signals[BROKEN] = g_signal_new ("broken", MZ_TYPE_CLI_OUTPUT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mz_cli_output_init (MzCliOutput *self)
{
  g_mutex_init (&self->lock);
  self->secrets = g_ptr_array_new_with_free_func (secret_free);
  g_ptr_array_add (self->secrets, NULL);
  self->stdout_is_terminal = isatty (fileno (stdout)) != 0;
  self->start_us = g_get_monotonic_time ();
}

/**
 * mz_cli_output_new:
 *
 * Returns: (transfer full): an output that knows no secrets yet
 */
MzCliOutput *
mz_cli_output_new (void)
{
  return g_object_new (MZ_TYPE_CLI_OUTPUT, NULL);
}

/**
 * mz_cli_output_add_secret:
 * @secret: (nullable): what must never be written
 */
void
mz_cli_output_add_secret (MzCliOutput *self,
                          const char  *secret)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_if_fail (MZ_IS_CLI_OUTPUT (self));

  if (secret == NULL || *secret == '\0')
    return;

  locker = g_mutex_locker_new (&self->lock);
  for (guint i = 0; i + 1 < self->secrets->len; i++)
    if (strcmp (g_ptr_array_index (self->secrets, i), secret) == 0)
      return;

  g_ptr_array_insert (self->secrets, 0, g_strdup (secret));
}

/**
 * mz_cli_output_redact:
 * @text: (nullable): text from anywhere
 *
 * Returns: (transfer full): @text without secrets; empty for %NULL
 */
char *
mz_cli_output_redact (MzCliOutput *self,
                      const char  *text)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (MZ_IS_CLI_OUTPUT (self), NULL);

  locker = g_mutex_locker_new (&self->lock);

  return mz_redact (text != NULL ? text : "", (const char *const *) self->secrets->pdata);
}

/**
 * mz_cli_output_set_verbose:
 * @verbose: whether the log's messages of all levels are shown
 */
void
mz_cli_output_set_verbose (MzCliOutput *self,
                           gboolean     verbose)
{
  g_return_if_fail (MZ_IS_CLI_OUTPUT (self));

  self->verbose = verbose;

  /* Who composes messages asks first whether anybody reads them. */
  if (verbose)
    g_log_set_debug_enabled (TRUE);
}

/**
 * mz_cli_output_install_log:
 *
 * Takes over the process' log, once and for good.
 */
void
mz_cli_output_install_log (MzCliOutput *self)
{
  g_return_if_fail (MZ_IS_CLI_OUTPUT (self));

  g_log_set_writer_func (log_writer, g_object_ref (self), g_object_unref);
}

/**
 * mz_cli_output_keep_log:
 *
 * Keeps the last lines of the log from now on, shown or not. Before mz_cli_output_install_log().
 */
void
mz_cli_output_keep_log (MzCliOutput *self)
{
  g_return_if_fail (MZ_IS_CLI_OUTPUT (self));

  if (self->book == NULL)
    self->book = mz_log_book_new (LOG_LINES);
}

/**
 * mz_cli_output_dup_log:
 *
 * Returns: (transfer full): the lines that were kept, as they were logged
 */
GStrv
mz_cli_output_dup_log (MzCliOutput *self)
{
  g_return_val_if_fail (MZ_IS_CLI_OUTPUT (self), NULL);

  return self->book != NULL ? mz_log_book_dup_lines (self->book) : g_new0 (char *, 1);
}

/**
 * mz_cli_output_dup_secrets:
 *
 * Returns: (transfer full): what must never be written
 */
GStrv
mz_cli_output_dup_secrets (MzCliOutput *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (MZ_IS_CLI_OUTPUT (self), NULL);

  locker = g_mutex_locker_new (&self->lock);

  return g_strdupv ((char **) self->secrets->pdata);
}

/* On a terminal both streams are one text. */
static void
begin_note (MzCliOutput *self)
{
  if (self->stdout_is_terminal && self->in_line)
    mz_cli_output_print (self, "\n");
  end_aside (self);
}

/* The secrets themselves, wherever they stand; the longest counts where one is the beginning of another. */
static char *
blot (MzCliOutput *self,
      const char  *text)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GString *blotted = g_string_new (NULL);

  while (*text != '\0')
    {
      gsize length = 0;

      for (guint i = 0; i + 1 < self->secrets->len; i++)
        {
          const char *secret = g_ptr_array_index (self->secrets, i);

          if (strlen (secret) >= MIN_BLOTTED && g_str_has_prefix (text, secret))
            length = MAX (length, strlen (secret));
        }

      if (length > 0)
        g_string_append (blotted, "[redacted]");
      else
        g_string_append_c (blotted, *text);
      text += MAX (length, 1);
    }

  return g_string_free (blotted, FALSE);
}

/**
 * mz_cli_output_note:
 * @format: as of printf()
 *
 * A line on stderr. Every line of the result is redacted and made safe.
 */
void
mz_cli_output_note (MzCliOutput *self,
                    const char  *format,
                    ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list args;

  g_return_if_fail (MZ_IS_CLI_OUTPUT (self));

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  begin_note (self);
  line = g_strconcat (text, "\n", NULL);
  mz_cli_output_aside (self, line);
}

/**
 * mz_cli_output_exact:
 * @text: (nullable): what a person has to see as it is: a command to be approved
 *
 * Only the secrets that are known are blotted out; nothing that merely looks like one.
 *
 * Returns: (transfer full): @text on one line, all that cannot be seen escaped
 */
char *
mz_cli_output_exact (MzCliOutput *self,
                     const char  *text)
{
  g_autofree char *blotted = NULL;

  g_return_val_if_fail (MZ_IS_CLI_OUTPUT (self), NULL);

  blotted = blot (self, text != NULL ? text : "");

  return mz_cli_text_clean (blotted, MZ_CLI_TEXT_EXACT);
}

/**
 * mz_cli_output_note_exact:
 * @text: a line made with mz_cli_output_exact()
 *
 * A line on stderr, as it is.
 */
void
mz_cli_output_note_exact (MzCliOutput *self,
                          const char  *text)
{
  g_autofree char *clean = NULL;
  g_autofree char *line = NULL;

  g_return_if_fail (MZ_IS_CLI_OUTPUT (self));

  begin_note (self);
  clean = mz_cli_text_clean (text, MZ_CLI_TEXT_EXACT);
  line = g_strconcat (clean, "\n", NULL);
  write_aside (self, line);
}

/**
 * mz_cli_output_answered:
 *
 * The person pressed Enter after what was asked on stderr: its line has ended.
 */
void
mz_cli_output_answered (MzCliOutput *self)
{
  g_return_if_fail (MZ_IS_CLI_OUTPUT (self));

  g_atomic_int_set (&self->aside_in_line, FALSE);
}

/**
 * mz_cli_output_get_broken:
 *
 * Returns: whether the standard output could not be written
 */
gboolean
mz_cli_output_get_broken (MzCliOutput *self)
{
  g_return_val_if_fail (MZ_IS_CLI_OUTPUT (self), FALSE);

  return self->broken;
}

/**
 * mz_cli_output_exit_code:
 * @exit_code: what the command wants to exit with
 *
 * Returns: what to exit with: nothing is done whose result did not get out
 */
int
mz_cli_output_exit_code (MzCliOutput *self,
                         int          exit_code)
{
  g_return_val_if_fail (MZ_IS_CLI_OUTPUT (self), MZ_CLI_EXIT_FAILED);

  return self->broken && exit_code == MZ_CLI_EXIT_DONE ? MZ_CLI_EXIT_FAILED : exit_code;
}

/**
 * mz_cli_output_aside:
 * @text: running text
 *
 * Text on stderr as it comes, without a line feed of its own.
 */
void
mz_cli_output_aside (MzCliOutput *self,
                     const char  *text)
{
  g_autofree char *redacted = NULL;
  g_autofree char *clean = NULL;

  g_return_if_fail (MZ_IS_CLI_OUTPUT (self));

  redacted = mz_cli_output_redact (self, text);
  clean = mz_cli_text_clean (redacted, MZ_CLI_TEXT_BLOCK);
  write_aside (self, clean);
}

/**
 * mz_cli_output_print:
 * @text: a result
 *
 * Text on stdout, at once. A terminal gets it made safe; a file or a pipe gets it as it is.
 */
void
mz_cli_output_print (MzCliOutput *self,
                     const char  *text)
{
  g_return_if_fail (MZ_IS_CLI_OUTPUT (self));

  if (*text == '\0' || self->broken)
    return;

  if (self->stdout_is_terminal)
    end_aside (self);
  self->in_line = !g_str_has_suffix (text, "\n");
  if (self->stdout_is_terminal)
    {
      g_autofree char *clean = mz_cli_text_clean (text, MZ_CLI_TEXT_BLOCK);

      write_result (self, clean);
    }
  else
    {
      write_result (self, text);
    }
}

/**
 * mz_cli_output_end_line:
 *
 * Ends the lines on stdout and stderr if they were begun.
 */
void
mz_cli_output_end_line (MzCliOutput *self)
{
  g_return_if_fail (MZ_IS_CLI_OUTPUT (self));

  end_aside (self);
  if (self->in_line)
    mz_cli_output_print (self, "\n");
}

/* json-glib writes 5.03 as 5.0300000000000002. The shortest text that reads back as the same number is nicer to look at. */
static char *
shorten_numbers (const char *json)
{
  GString *text = g_string_sized_new (strlen (json));
  gboolean in_string = FALSE;
  const char *p = json;

  while (*p != '\0')
    {
      char short_form[G_ASCII_DTOSTR_BUF_SIZE];
      char *end = NULL;
      double number;

      if (in_string || !(g_ascii_isdigit (*p) || *p == '-'))
        {
          if (*p == '\\' && in_string)
            g_string_append_c (text, *p++);
          else if (*p == '"')
            in_string = !in_string;
          g_string_append_c (text, *p++);
          continue;
        }

      number = g_ascii_strtod (p, &end);
      g_ascii_formatd (short_form, sizeof short_form, "%.15g", number);
      if (memchr (p, '.', end - p) != NULL && strchr (short_form, '.') != NULL && g_ascii_strtod (short_form, NULL) == number)
        g_string_append (text, short_form);
      else
        g_string_append_len (text, p, end - p);
      p = end;
    }

  return g_string_free (text, FALSE);
}

/**
 * mz_cli_json_to_string:
 * @node: a value
 * @pretty: over several lines
 *
 * Returns: (transfer full): the value as text
 */
char *
mz_cli_json_to_string (JsonNode *node,
                       gboolean  pretty)
{
  g_autofree char *text = json_to_string (node, pretty);

  return shorten_numbers (text);
}

/**
 * mz_cli_output_json:
 * @builder: holds a whole value
 * @pretty: over several lines
 *
 * A JSON value and a line feed on stdout.
 */
void
mz_cli_output_json (MzCliOutput *self,
                    JsonBuilder *builder,
                    gboolean     pretty)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;

  g_return_if_fail (MZ_IS_CLI_OUTPUT (self));

  root = json_builder_get_root (builder);
  text = mz_cli_json_to_string (root, pretty);
  line = g_strconcat (text, "\n", NULL);
  mz_cli_output_print (self, line);
}

/**
 * mz_cli_json_string:
 * @name: a member's name
 * @value: (nullable): a string that may come from a gateway
 *
 * Adds a member without secrets; null for %NULL.
 */
void
mz_cli_json_string (MzCliOutput *self,
                    JsonBuilder *builder,
                    const char  *name,
                    const char  *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    {
      g_autofree char *redacted = mz_cli_output_redact (self, value);

      json_builder_add_string_value (builder, redacted);
    }
  else
    {
      json_builder_add_null_value (builder);
    }
}

/**
 * mz_cli_json_exact:
 * @name: a member's name
 * @value: (nullable): what a person has to see as it is
 *
 * Adds a member with only the known secrets blotted out; null for %NULL.
 */
void
mz_cli_json_exact (MzCliOutput *self,
                   JsonBuilder *builder,
                   const char  *name,
                   const char  *value)
{
  g_autofree char *blotted = value != NULL ? blot (self, value) : NULL;

  json_builder_set_member_name (builder, name);
  if (blotted != NULL)
    json_builder_add_string_value (builder, blotted);
  else
    json_builder_add_null_value (builder);
}

/**
 * mz_cli_stdin_is_terminal:
 *
 * Returns: whether a person can be asked
 */
gboolean
mz_cli_stdin_is_terminal (void)
{
  return isatty (fileno (stdin)) != 0;
}
