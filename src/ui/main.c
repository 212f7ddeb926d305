/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer"

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "mz-application.h"

/* As many lines as a report has room for, and a few that it passes over */
#define LOG_LINES 200

int
main (int    argc,
      char **argv)
{
  g_autoptr (GtkApplication) application = NULL;
  g_autoptr (MzLogBook) log = mz_log_book_new (LOG_LINES);

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, MZ_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name (_("Moltzer"));
  gtk_window_set_default_icon_name (MZ_APP_ID);

  /* For reports: whatever happened before one asks for it. */
  g_log_set_writer_func (mz_log_book_writer, mz_log_book_ref (log), (GDestroyNotify) mz_log_book_unref);

  application = mz_application_new (log);

  return g_application_run (G_APPLICATION (application), argc, argv);
}
