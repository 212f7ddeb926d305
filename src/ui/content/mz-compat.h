/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The one place with version checks: what GTK 4.8 and libadwaita 1.2 do otherwise than newer ones. */

/* Files to open, several: GtkFileDialog from GTK 4.10 on, GtkFileChooserNative before; both use the portal in a sandbox. */
void        mz_compat_open_files_async  (GtkWindow            *parent,
                                         const char           *title,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
/* (transfer full) (nullable): a GListModel of GFile; NULL without an error when the person closed it */
GListModel *mz_compat_open_files_finish (GtkWindow            *parent,
                                         GAsyncResult         *result,
                                         GError              **error);
void        mz_compat_save_file_async   (GtkWindow            *parent,
                                         const char           *title,
                                         const char           *name,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
GFile      *mz_compat_save_file_finish  (GtkWindow            *parent,
                                         GAsyncResult         *result,
                                         GError              **error);
/* Opens a link in the person's own program; only what mz_markdown_link_is_safe() lets through. A failure is told by @callback-less toast
 * of the nearest AdwToastOverlay, if there is one. */
void        mz_compat_open_uri          (GtkWidget            *widget,
                                         const char           *uri);
/* Says @text to a screen reader (GTK 4.14 on); elsewhere the text must stand in a label as well. */
void        mz_compat_announce          (GtkWidget            *widget,
                                         const char           *text);
/* A question with answers: AdwMessageDialog before libadwaita 1.5, AdwAlertDialog from there on. @response is the id of the button; closing gives "cancel".
 * @destructive and @suggested: (nullable) ids. @child: (nullable): a widget below the body. @answers: id, label, id, label, …, NULL. */
void        mz_compat_ask_async         (GtkWidget            *parent,
                                         const char           *heading,
                                         const char           *body,
                                         GtkWidget            *child,
                                         const char * const   *answers,
                                         const char           *suggested,
                                         const char           *destructive,
                                         const char           *initial,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
/* (transfer full): the answer's id, "cancel" when it was closed */
char       *mz_compat_ask_finish        (GtkWidget            *parent,
                                         GAsyncResult         *result);
void        mz_compat_show_about        (GtkWindow            *parent,
                                         const char           *version);
/* A label's text for screen readers and a tooltip on an icon button, both at once. */
void        mz_compat_set_label         (GtkWidget            *widget,
                                         const char           *label);
/* (transfer full): what a report says of the toolkit: "GTK 4.8.3, libadwaita 1.2.2, X11" */
char       *mz_compat_toolkit           (void);
/* Animations are wanted (gtk-enable-animations). */
gboolean    mz_compat_wants_motion      (GtkWidget            *widget);

G_END_DECLS
