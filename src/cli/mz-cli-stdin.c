/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-stdin.h"

#include <glib/gi18n.h>
#include <stdio.h>

#ifdef G_OS_WIN32
#include <gio/gwin32inputstream.h>
#include <windows.h>
#else
#include <gio/gunixinputstream.h>
#include <termios.h>
#include <unistd.h>
#endif

/* No gateway takes a message that is larger. */
#define MAX_MESSAGE (32 * 1024 * 1024)

/**
 * mz_cli_stdin_new:
 *
 * Returns: (transfer full): the standard input as lines
 */
GDataInputStream *
mz_cli_stdin_new (void)
{
  g_autoptr (GInputStream) stream = NULL;

#ifdef G_OS_WIN32
  stream = g_win32_input_stream_new (GetStdHandle (STD_INPUT_HANDLE), FALSE);
#else
  stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
#endif

  return g_data_input_stream_new (stream);
}

/**
 * mz_cli_stdin_drop:
 *
 * Forgets what was typed on the terminal before it was asked for.
 */
void
mz_cli_stdin_drop (void)
{
#ifdef G_OS_WIN32
  FlushConsoleInputBuffer (GetStdHandle (STD_INPUT_HANDLE));
#else
  tcflush (STDIN_FILENO, TCIFLUSH);
#endif
}

/**
 * mz_cli_stdin_read:
 *
 * Reads the standard input to its end, without line feeds there. Blocks: for the time before the main loop runs.
 *
 * Returns: (transfer full) (nullable): the text
 */
char *
mz_cli_stdin_read (GError **error)
{
  GString *text = g_string_new (NULL);
  char chunk[4096];
  gsize n;

  while ((n = fread (chunk, 1, sizeof chunk, stdin)) > 0 && text->len <= MAX_MESSAGE)
    g_string_append_len (text, chunk, n);

  while (text->len > 0 && (text->str[text->len - 1] == '\n' || text->str[text->len - 1] == '\r'))
    g_string_truncate (text, text->len - 1);

  if (ferror (stdin))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("the standard input cannot be read"));
  else if (text->len > MAX_MESSAGE)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("the standard input is too large for a message"));
  else if (!g_utf8_validate_len (text->str, text->len, NULL))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("the standard input is not UTF-8 text"));
  else
    return g_string_free (text, FALSE);

  g_string_free (text, TRUE);

  return NULL;
}
