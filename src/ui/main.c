/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer"

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "mz-application.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr (GtkApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, MZ_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name (_("Moltzer"));
  gtk_window_set_default_icon_name (MZ_APP_ID);

  application = mz_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
