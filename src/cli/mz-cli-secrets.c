/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-secrets.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#ifdef G_OS_UNIX
#include <termios.h>
#include <unistd.h>
#endif

/* Longer than any token; a file that is not meant is not read to its end. */
#define MAX_SECRET 16384

/* @interrupt: what ends it without a result; NUL for nothing */
static gboolean
read_line (FILE    *file,
           char     interrupt,
           char    *line,
           gsize   *length,
           GError **error)
{
  int c;

  *length = 0;
  while ((c = getc (file)) != EOF && c != '\n')
    {
      if (interrupt != '\0' && c == interrupt)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("nothing was entered"));
          return FALSE;
        }
      if (c == '\0' || *length == MAX_SECRET)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("what it holds is not a token or password"));
          return FALSE;
        }
      line[(*length)++] = (char) c;
    }

  if (ferror (file))
    {
      int saved = errno;

      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (saved), g_strerror (saved));
      return FALSE;
    }

  if (*length > 0 && line[*length - 1] == '\r')
    (*length)--;
  line[*length] = '\0';

  if (*length == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("its first line is empty"));
      return FALSE;
    }
  if (!g_utf8_validate (line, *length, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("it is not UTF-8 text"));
      return FALSE;
    }

  return TRUE;
}

/* Others than the owner could read it: said, not refused, as a secret may be mounted that way. */
static char *
check_permissions (FILE       *file,
                   const char *path)
{
#ifdef G_OS_UNIX
  struct stat info;

  if (fstat (fileno (file), &info) == 0 && S_ISREG (info.st_mode) && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return g_strdup_printf (_("%s can be read by other users; run: chmod 600 %s"), path, path);
#endif

  return NULL;
}

static gboolean
read_stdin (char    *line,
            gsize   *length,
            GError **error)
{
#ifdef G_OS_UNIX
  struct termios before, quiet;
  gboolean done;

  /* At a terminal: asked for, and not shown while it is typed. */
  if (isatty (STDIN_FILENO) && tcgetattr (STDIN_FILENO, &before) == 0)
    {
      /* Ctrl+C ends the line instead of the program: the echo has to come back first. */
      quiet = before;
      quiet.c_lflag &= ~(tcflag_t) (ECHO | ISIG);
      quiet.c_cc[VEOL] = before.c_cc[VINTR];
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &quiet);
      g_printerr ("%s", _("Token or password: "));
      done = read_line (stdin, (char) before.c_cc[VINTR], line, length, error);
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
      g_printerr ("\n");

      return done;
    }
#endif

  return read_line (stdin, '\0', line, length, error);
}

/**
 * mz_cli_secret_read_file:
 * @path: a file, or `-` for the standard input
 * @warning: (out) (nullable): what to tell the person although it worked
 *
 * Reads the first line. From the standard input not a byte more is taken: what follows may be the message.
 *
 * Returns: (transfer full) (nullable): the secret, for mz_cli_secret_free()
 */
char *
mz_cli_secret_read_file (const char  *path,
                         char       **warning,
                         GError     **error)
{
  g_autofree char *line = g_malloc0 (MAX_SECRET + 1);
  gboolean is_stdin = g_strcmp0 (path, "-") == 0;
  GError *read_error = NULL;
  char *secret = NULL;
  FILE *file;
  gsize length;

  g_return_val_if_fail (path != NULL, NULL);

  if (warning != NULL)
    *warning = NULL;

  file = is_stdin ? stdin : g_fopen (path, "rb");
  if (file == NULL)
    {
      int saved = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), _("%s cannot be read: %s"), path, g_strerror (saved));
      return NULL;
    }

  /* No buffer: no copy of the secret stays behind, and the rest of the standard input is not swallowed. */
  setvbuf (file, NULL, _IONBF, 0);

  if (!is_stdin && warning != NULL)
    *warning = check_permissions (file, path);

  if (is_stdin ? read_stdin (line, &length, &read_error) : read_line (file, '\0', line, &length, &read_error))
    secret = g_strdup (line);
  else
    g_propagate_prefixed_error (error, read_error, _("%s cannot be used: "), is_stdin ? _("standard input") : path);

  sodium_memzero (line, MAX_SECRET + 1);
  if (!is_stdin)
    fclose (file);

  return secret;
}

/**
 * mz_cli_secret_take_env:
 * @name: a variable
 * @invalid: (out) (optional): whether it holds what is not UTF-8 text
 *
 * Takes a secret out of the environment: neither programs that are started later nor /proc/PID/environ show it then.
 *
 * Returns: (transfer full) (nullable): the secret, for mz_cli_secret_free(); %NULL when unset or empty
 */
char *
mz_cli_secret_take_env (const char *name,
                        gboolean   *invalid)
{
  char *secret = NULL;
#ifdef G_OS_UNIX
  char *value = getenv (name);
#else
  const char *value = g_getenv (name);
#endif

  if (invalid != NULL)
    *invalid = value != NULL && !g_utf8_validate (value, -1, NULL);
  if (value != NULL && *value != '\0' && g_utf8_validate (value, -1, NULL))
    secret = g_strdup (value);

#ifdef G_OS_UNIX
  if (value != NULL)
    sodium_memzero (value, strlen (value));
#endif
  g_unsetenv (name);

  return secret;
}

/**
 * mz_cli_secret_free:
 * @secret: (nullable) (transfer full): a secret
 *
 * Wipes it before its memory is given back.
 */
void
mz_cli_secret_free (char *secret)
{
  if (secret == NULL)
    return;

  sodium_memzero (secret, strlen (secret));
  g_free (secret);
}
