/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer"

#include "config.h"

#include "mz-application.h"

#include <glib/gi18n.h>

#include "mz-compat.h"
#include "mz-connection-pages.h"
#include "mz-content.h"
#include "mz-conversation.h"
#include "mz-link.h"
#include "mz-notifier.h"
#include "mz-quick-window.h"
#include "mz-tls-database.h"
#include "mz-ui-resource.h"
#include "mz-window.h"

struct _MzApplication
{
  AdwApplication parent_instance;

  GSettings *settings;
  MzRecords *records;
  MzCore *core;
  MzNotifier *notifier;
  GCancellable *cancellable;
  MzWakeWatch *wake;
  MzLogBook *log;
  char *wanted_gateway; /* of the command line: shown as soon as there is a window */
  gboolean no_keyring_told;
  gboolean closing; /* the last window is gone, and the core's connections close */
};

G_DEFINE_FINAL_TYPE (MzApplication, mz_application, ADW_TYPE_APPLICATION)

static void     build_core  (MzApplication *self,
                             MzSecretStore *secrets);
static gboolean in_front_cb (MzGateway     *gateway,
                             const char    *key,
                             gpointer       user_data);

/* Somebody comes back while the last window's connections close: what follows is a new start with the same secrets. */
static MzCore *
get_core (MzApplication *self)
{
  if (self->closing)
    {
      g_autoptr (MzSecretStore) secrets = g_object_ref (mz_core_get_secrets (self->core));

      self->closing = FALSE;
      build_core (self, secrets);
    }

  return self->core;
}

static MzWindow *
find_window (MzApplication *self)
{
  for (GList *link = gtk_application_get_windows (GTK_APPLICATION (self)); link != NULL; link = link->next)
    if (MZ_IS_WINDOW (link->data))
      return link->data;

  return NULL;
}

static MzGateway *
choose_gateway (MzApplication *self)
{
  g_autofree char *last = g_settings_get_string (self->settings, "last-gateway");
  MzGateway *gateway = mz_core_lookup (get_core (self), last);

  if (gateway != NULL || g_list_model_get_n_items (G_LIST_MODEL (get_core (self))) == 0)
    return gateway;

  /* The core keeps it. */
  gateway = g_list_model_get_item (G_LIST_MODEL (get_core (self)), 0);
  g_object_unref (gateway);

  return gateway;
}

static MzWindow *
ensure_window (MzApplication *self)
{
  MzWindow *window = find_window (self);
  MzGateway *gateway;

  if (window != NULL)
    return window;

  window = MZ_WINDOW (mz_window_new (GTK_APPLICATION (self), get_core (self)));
  g_signal_connect_object (window, "chat-seen", G_CALLBACK (mz_notifier_withdraw), self->notifier, G_CONNECT_SWAPPED);
  gateway = choose_gateway (self);
  if (gateway != NULL)
    mz_window_show_gateway (window, gateway);
  else
    mz_window_show_connect (window, NULL, NULL);

  return window;
}

static MzWindow *
present_window (MzApplication *self)
{
  MzWindow *window = ensure_window (self);

  gtk_window_present (GTK_WINDOW (window));

  return window;
}

/* @key: this conversation; NULL: anything of Moltzer's */
static gboolean
in_front_cb (MzGateway  *gateway,
             const char *key,
             gpointer    user_data)
{
  MzApplication *self = user_data;

  for (GList *link = gtk_application_get_windows (GTK_APPLICATION (self)); link != NULL; link = link->next)
    if (gtk_window_is_active (link->data) &&
        (key == NULL || (MZ_IS_WINDOW (link->data) && mz_window_is_showing (link->data, gateway, key))))
      return TRUE;

  return FALSE;
}

static void
show_error (MzApplication *self,
            const char    *text)
{
  mz_window_toast (present_window (self), text);
}

static void
start_demo (MzApplication *self)
{
  g_autoptr (GError) error = NULL;
  MzGateway *gateway = mz_core_start_demo (get_core (self), &error);

  if (gateway == NULL)
    {
      g_autofree char *text = g_strdup_printf (_("The demo gateway could not start: %s"), error->message);

      show_error (self, text);
      return;
    }

  mz_window_show_gateway (present_window (self), gateway);
}

static void
show_named_gateway (MzApplication *self)
{
  MzGateway *gateway = mz_core_find (get_core (self), self->wanted_gateway);

  if (gateway != NULL)
    mz_window_show_gateway (present_window (self), gateway);
  else
    {
      g_autofree char *text = g_strdup_printf (_("There is no gateway called “%s”. Add it, or choose another one."), self->wanted_gateway);

      show_error (self, text);
    }
  g_clear_pointer (&self->wanted_gateway, g_free);
}

static void
quick_open_cb (MzApplication *self,
               MzGateway     *gateway,
               const char    *key)
{
  MzWindow *window = present_window (self);

  if (gateway != NULL && key != NULL)
    mz_window_show_chat (window, gateway, key);
}

static void
show_quick (MzApplication *self,
            const char    *text)
{
  GtkWindow *window = NULL;

  for (GList *link = gtk_application_get_windows (GTK_APPLICATION (self)); link != NULL; link = link->next)
    if (MZ_IS_QUICK_WINDOW (link->data))
      window = link->data;

  if (window == NULL)
    {
      window = mz_quick_window_new (GTK_APPLICATION (self), get_core (self));
      g_signal_connect_object (window, "open", G_CALLBACK (quick_open_cb), self, G_CONNECT_SWAPPED);
    }
  if (text != NULL)
    mz_quick_window_suggest (MZ_QUICK_WINDOW (window), text);
  gtk_window_present (window);
}

/* Links come from outside: they fill something in or show something, and a person does the rest. */
static void
open_link (MzApplication *self,
           const char    *uri)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzLink) link = mz_link_parse (uri, &error);
  MzGateway *gateway;

  if (link == NULL)
    {
      show_error (self, g_error_matches (error, MZ_LINK_ERROR, MZ_LINK_ERROR_SECRET)
                            ? _("This link carries a token or password, so Moltzer did not follow it. Ask for one without, and type the token yourself.")
                            : _("Moltzer cannot follow this link. Check that it is complete."));
      return;
    }

  switch (link->kind)
    {
    case MZ_LINK_ADD:
      mz_window_show_connect (present_window (self), mz_endpoint_to_string (link->endpoint), link->name);
      break;
    case MZ_LINK_SESSION:
      gateway = mz_core_lookup (get_core (self), link->gateway);
      if (gateway != NULL)
        mz_window_show_chat (present_window (self), gateway, link->key);
      else
        show_error (self, _("The gateway of this link is not here any more."));
      break;
    case MZ_LINK_ASK:
      show_quick (self, link->text);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
core_loaded_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  g_autoptr (MzApplication) self = data;
  g_autoptr (GError) error = NULL;

  mz_core_load_finish (MZ_CORE (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    {
      g_autofree char *text = g_strdup_printf (_("This device's key could not be made: %s. Start Moltzer again."), error->message);

      show_error (self, text);
    }

  if (self->wake == NULL)
    self->wake = mz_wake_watch_new (g_network_monitor_get_default (), NULL);
  mz_core_watch_wake (MZ_CORE (source), self->wake);
}

/* The demo has nothing to keep. */
static gboolean
has_secrets (MzApplication *self)
{
  GListModel *gateways = G_LIST_MODEL (self->core);

  for (guint i = 0; i < g_list_model_get_n_items (gateways); i++)
    {
      g_autoptr (MzGateway) gateway = g_list_model_get_item (gateways, i);

      if (!mz_gateway_entry_get_transient (mz_gateway_get_entry (gateway)))
        return TRUE;
    }

  return FALSE;
}

static void
build_core (MzApplication *self,
            MzSecretStore *secrets)
{
  g_autofree char *routes_path = mz_route_store_default_path ();
  g_autoptr (MzRouteStore) routes = mz_route_store_new (routes_path);

  g_clear_object (&self->notifier);
  g_clear_object (&self->core);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->core = mz_core_new (self->settings, secrets);
  self->notifier = mz_notifier_new (G_APPLICATION (self), self->core, in_front_cb, self);
  mz_core_keep_routes (self->core, routes);
  mz_core_set_log (self->core, self->log);
  mz_core_set_records (self->core, self->records);
  mz_core_load_async (self->core, self->cancellable, core_loaded_cb, g_object_ref (self));
}

static void
keyring_cb (MzApplication *self)
{
  MzWindow *window = find_window (self);

  if (self->no_keyring_told || window == NULL || mz_secret_store_get_persistent (mz_core_get_secrets (self->core)) || !has_secrets (self))
    return;

  self->no_keyring_told = TRUE;
  mz_window_toast (window, _("There is no keyring here: tokens are kept until Moltzer closes."));
}

static gboolean
appearance_get (GValue   *value,
                GVariant *variant,
                gpointer  user_data)
{
  const char *name = g_variant_get_string (variant, NULL);

  g_value_set_enum (value, g_strcmp0 (name, "light") == 0  ? ADW_COLOR_SCHEME_FORCE_LIGHT
                           : g_strcmp0 (name, "dark") == 0 ? ADW_COLOR_SCHEME_FORCE_DARK
                                                           : ADW_COLOR_SCHEME_DEFAULT);
  return TRUE;
}

static GVariant *
appearance_set (const GValue       *value,
                const GVariantType *type,
                gpointer            user_data)
{
  switch (g_value_get_enum (value))
    {
    case ADW_COLOR_SCHEME_FORCE_LIGHT:
      return g_variant_new_string ("light");
    case ADW_COLOR_SCHEME_FORCE_DARK:
      return g_variant_new_string ("dark");
    default:
      return g_variant_new_string ("system");
    }
}

/* ---- actions ---- */

static void
preferences_add_cb (MzApplication *self)
{
  mz_window_show_connect (present_window (self), NULL, NULL);
}

static void
preferences_activated (GSimpleAction *action,
                       GVariant      *parameter,
                       gpointer       data)
{
  MzApplication *self = data;
  GtkWindow *preferences = mz_preferences_new (get_core (self), gtk_application_get_active_window (GTK_APPLICATION (self)));

  g_signal_connect_object (preferences, "add-gateway", G_CALLBACK (preferences_add_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (preferences);
}

static void
records_activated (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       data)
{
  MzApplication *self = data;
  GListModel *windows = gtk_window_get_toplevels ();

  /* One is enough. */
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (MZ_IS_RECORDS_WINDOW (window))
        {
          gtk_window_present (window);
          return;
        }
    }

  gtk_window_present (mz_records_window_new (get_core (self), gtk_application_get_active_window (GTK_APPLICATION (self))));
}

static void
about_activated (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       data)
{
  mz_compat_show_about (gtk_application_get_active_window (GTK_APPLICATION (data)), MZ_VERSION);
}

static void
demo_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  start_demo (data);
}

static void
quick_activated (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       data)
{
  show_quick (data, NULL);
}

static void
show_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  present_window (data);
}

static void
show_chat_activated (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       data)
{
  MzApplication *self = data;
  const char *id, *key;
  MzGateway *gateway;

  g_variant_get (parameter, "(&s&s)", &id, &key);
  gateway = mz_core_lookup (get_core (self), id);
  if (gateway != NULL)
    mz_window_show_chat (present_window (self), gateway, key);
  else
    present_window (self);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (MzApplication) self = data;
  g_autoptr (GError) error = NULL;

  if (!mz_approval_list_resolve_finish (MZ_APPROVAL_LIST (source), result, &error) && !self->closing)
    show_error (self, _("Your answer did not reach the gateway. Answer again in the conversation."));
}

static void
answer_approval_activated (GSimpleAction *action,
                           GVariant      *parameter,
                           gpointer       data)
{
  MzApplication *self = data;
  const char *gateway_id, *id, *decision;
  MzGateway *gateway;
  MzApprovalList *approvals;
  MzApproval *approval;

  g_variant_get (parameter, "(&s&s&s)", &gateway_id, &id, &decision);
  gateway = mz_core_lookup (get_core (self), gateway_id);
  approvals = gateway != NULL ? mz_gateway_get_approvals (gateway) : NULL;
  approval = approvals != NULL ? mz_approval_list_lookup (approvals, id) : NULL;
  if (approval != NULL)
    /* Not cancelled with the last window: the person has decided. */
    mz_approval_list_resolve_async (approvals, approval, decision, NULL, answered_cb, g_object_ref (self));
  else
    show_error (self, _("This command does not wait any more."));
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (MzApplication) self = data;
  g_autoptr (GError) error = NULL;

  /* There is nobody left to tell. */
  if (!mz_core_shutdown_finish (MZ_CORE (source), result, &error))
    g_message ("Not everything was written: %s", error->message);
  g_application_release (G_APPLICATION (self));
}

static void
quit_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  MzApplication *self = data;
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (self)));

  for (GList *link = windows; link != NULL; link = link->next)
    if (MZ_IS_WINDOW (link->data) || MZ_IS_QUICK_WINDOW (link->data))
      gtk_window_close (link->data);
}

/* The last window is gone: connections close in order and what is not written yet is written, then the program ends. */
static void
window_removed (GtkApplication *application,
                GtkWindow      *window)
{
  MzApplication *self = MZ_APPLICATION (application);
  gboolean last = TRUE;

  for (GList *link = gtk_application_get_windows (application); link != NULL; link = link->next)
    if (link->data != window && (MZ_IS_WINDOW (link->data) || MZ_IS_QUICK_WINDOW (link->data)))
      last = FALSE;

  if (last && !self->closing && self->core != NULL)
    {
      self->closing = TRUE;
      g_cancellable_cancel (self->cancellable);
      g_application_hold (G_APPLICATION (self));
      mz_core_shutdown_async (self->core, NULL, closed_cb, g_object_ref (self));
    }

  GTK_APPLICATION_CLASS (mz_application_parent_class)->window_removed (application, window);
}

static const GActionEntry actions[] = {
  { "preferences", preferences_activated },
  { "records", records_activated },
  { "about", about_activated },
  { "quit", quit_activated },
  { "demo", demo_activated },
  { "quick", quick_activated },
  { "show", show_activated },
  { "show-chat", show_chat_activated, "(ss)" },
  { "answer-approval", answer_approval_activated, "(sss)" },
};

static const struct
{
  const char *action;
  const char *accels[3];
} accels[] = {
  { "app.preferences", { "<Control>comma" } },
  { "app.quit", { "<Control>q" } },
  { "win.close-window", { "<Control>w" } },
  { "win.new-chat", { "<Control>n" } },
  { "win.palette", { "<Control>k" } },
  { "win.search", { "<Control>f" } },
  { "win.main-menu", { "F10" } },
  { "win.previous-chat", { "<Alt>Up" } },
  { "win.next-chat", { "<Alt>Down" } },
  { "win.rename-chat::", { "F2" } },
  { "win.doctor", { "<Control>d" } },
  { "win.back", { "<Alt>Left" } },
  { "win.show-help-overlay", { "<Control>question", "<Control>F1" } },
  { "conversation.attach", { "<Control><Shift>a" } },
  { "conversation.copy-last", { "<Control><Shift>c" } },
  { "conversation.focus-composer", { "<Control>l" } },
};

/* ---- life ---- */

static void
mz_application_startup (GApplication *application)
{
  MzApplication *self = MZ_APPLICATION (application);
  g_autoptr (MzSecretStore) secrets = NULL;

  mz_ui_register_resource ();
  G_APPLICATION_CLASS (mz_application_parent_class)->startup (application);

  mz_tls_database_install ();
  mz_content_init ();
  mz_conversation_init_types ();
  mz_connection_init ();

  self->settings = g_settings_new (MZ_APP_ID);
  secrets = mz_secret_store_new_default ();
  g_signal_connect_object (secrets, "notify::persistent", G_CALLBACK (keyring_cb), self, G_CONNECT_SWAPPED);

  g_settings_bind_with_mapping (self->settings, "appearance", adw_style_manager_get_default (), "color-scheme", G_SETTINGS_BIND_GET,
                                appearance_get, appearance_set, NULL, NULL);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action, accels[i].accels);

  self->records = mz_records_new (NULL);
  g_settings_bind (self->settings, "keep-records", self->records, "enabled", G_SETTINGS_BIND_GET);

  build_core (self, secrets);
}

static void
mz_application_activate (GApplication *application)
{
  present_window (MZ_APPLICATION (application));
}

static void
mz_application_open (GApplication  *application,
                     GFile        **files,
                     int            n_files,
                     const char    *hint)
{
  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);

      open_link (MZ_APPLICATION (application), uri);
    }
}

static int
mz_application_command_line (GApplication            *application,
                             GApplicationCommandLine *command_line)
{
  MzApplication *self = MZ_APPLICATION (application);
  GVariantDict *options = g_application_command_line_get_options_dict (command_line);
  g_autofree const char **links = NULL;
  gboolean demo = FALSE, quick = FALSE;
  const char *gateway = NULL;

  g_variant_dict_lookup (options, "demo", "b", &demo);
  g_variant_dict_lookup (options, "quick", "b", &quick);
  g_variant_dict_lookup (options, "gateway", "&s", &gateway);
  g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&s", &links);

  if (gateway != NULL)
    {
      g_free (self->wanted_gateway);
      self->wanted_gateway = g_strdup (gateway);
      show_named_gateway (self);
    }
  if (demo)
    start_demo (self);
  for (guint i = 0; links != NULL && links[i] != NULL; i++)
    open_link (self, links[i]);
  if (quick)
    show_quick (self, NULL);
  else
    present_window (self);

  return 0;
}

static int
mz_application_handle_local_options (GApplication *application,
                                     GVariantDict *options)
{
  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("moltzer %s\n", MZ_VERSION);
      return 0;
    }

  return -1;
}

static void
mz_application_dispose (GObject *object)
{
  MzApplication *self = MZ_APPLICATION (object);

  g_clear_object (&self->wake);
  g_clear_pointer (&self->log, mz_log_book_unref);
  g_clear_object (&self->notifier);
  g_clear_object (&self->core);
  g_clear_object (&self->records);
  g_clear_object (&self->settings);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->wanted_gateway, g_free);

  G_OBJECT_CLASS (mz_application_parent_class)->dispose (object);
}

static void
mz_application_class_init (MzApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mz_application_dispose;

  application_class->startup = mz_application_startup;
  application_class->activate = mz_application_activate;
  application_class->open = mz_application_open;
  application_class->command_line = mz_application_command_line;
  application_class->handle_local_options = mz_application_handle_local_options;

  GTK_APPLICATION_CLASS (klass)->window_removed = window_removed;
}

static void
mz_application_init (MzApplication *self)
{
  const GOptionEntry options[] = {
    { "demo", 0, 0, G_OPTION_ARG_NONE, NULL, _("Open the demo gateway, which runs inside Moltzer"), NULL },
    { "quick", 0, 0, G_OPTION_ARG_NONE, NULL, _("Open a small window to ask something"), NULL },
    { "gateway", 0, 0, G_OPTION_ARG_STRING, NULL, _("Show this gateway, by its name or address"), _("NAME") },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, _("Print the version"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, _("[LINK…]") },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (G_APPLICATION (self), _("Talk with your agents through a Moltzer Gateway."));
}

/**
 * mz_application_new:
 * @log: (nullable): where the last lines of the log are kept, for reports
 *
 * The program.
 *
 * Returns: (transfer full): a new application
 */
GtkApplication *
mz_application_new (MzLogBook *log)
{
  MzApplication *self;

  self = g_object_new (MZ_TYPE_APPLICATION,
                       "application-id", MZ_APP_ID,
                       "resource-base-path", "/io/github/moltzer/Moltzer",
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN,
                       NULL);
  self->log = log != NULL ? mz_log_book_ref (log) : NULL;

  return GTK_APPLICATION (self);
}

/**
 * mz_application_get_core:
 * @self: the application
 *
 * What all windows share.
 *
 * Returns: (transfer none): the core
 */
MzCore *
mz_application_get_core (MzApplication *self)
{
  g_return_val_if_fail (MZ_IS_APPLICATION (self), NULL);

  return self->core;
}
