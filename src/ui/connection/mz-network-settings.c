/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-network-settings.h"

/* Where desktops have them, by the ids of their desktop files: GNOME, KDE Plasma 6 and 5, XFCE and others. */
static const char * const programs[] = {
  "gnome-network-panel.desktop", "kcm_networkmanagement.desktop", "org.kde.kcm_networkmanagement.desktop", "nm-connection-editor.desktop",
};

/* Other systems' own addresses for them */
#if defined (G_OS_WIN32)
#define SETTINGS_URI "ms-settings:network"
#elif defined (__APPLE__)
#define SETTINGS_URI "x-apple.systempreferences:com.apple.preference.network"
#endif

static int
rank_of (GAppInfo *info)
{
  const char *id = g_app_info_get_id (info);

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    if (g_strcmp0 (id, programs[i]) == 0)
      return (int) i;

  return G_MAXINT;
}

/* (transfer full) (nullable): also of those that no menu shows, as panels of a settings program are */
static GAppInfo *
find_program (void)
{
  GList *all = g_app_info_get_all ();
  GAppInfo *best = NULL;

  for (GList *link = all; link != NULL; link = link->next)
    if (rank_of (link->data) < (best != NULL ? rank_of (best) : G_MAXINT))
      best = link->data;
  if (best != NULL)
    g_object_ref (best);
  g_list_free_full (all, g_object_unref);

  return best;
}

/**
 * mz_network_settings_open:
 * @widget: what was clicked
 *
 * Opens the system's own settings of the network, where it is known how.
 *
 * Returns: whether they open
 */
gboolean
mz_network_settings_open (GtkWidget *widget)
{
  g_autoptr (GdkAppLaunchContext) context = NULL;
  g_autoptr (GAppInfo) program = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (GTK_IS_WIDGET (widget), FALSE);

  context = gdk_display_get_app_launch_context (gtk_widget_get_display (widget));
#ifdef SETTINGS_URI
  if (g_app_info_launch_default_for_uri (SETTINGS_URI, G_APP_LAUNCH_CONTEXT (context), &error))
    return TRUE;
  g_clear_error (&error);
#endif

  program = find_program ();
  if (program == NULL)
    return FALSE;
  if (g_app_info_launch (program, NULL, G_APP_LAUNCH_CONTEXT (context), &error))
    return TRUE;

  g_debug ("The network settings were not opened: %s", error->message);
  return FALSE;
}
