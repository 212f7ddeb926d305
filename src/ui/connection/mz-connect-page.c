/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-connect-page.h"

#include <glib/gi18n.h>

#include "mz-compat.h"
#include "mz-connect-form.h"
#include "mz-connect-looks.h"
#include "mz-connection-words.h"
#include "mz-gateway-action.h"
#include "mz-secret.h"

/* What is ready sooner needs no page of progress that comes and goes. */
#define PATIENCE_MS 200

/* A gateway that told this device to stop asking is asked again all the same while somebody looks at the page and runs its command: at first soon,
 * then more and more slowly. */
#define PAIRING_FIRST_MS 2000
#define PAIRING_MAX_MS 15000

typedef enum
{
  MODE_FORM,
  MODE_RUNNING,
  MODE_STARTING,
  MODE_PAIRING,
  MODE_CERTIFICATE,
  MODE_PLAINTEXT,
  MODE_FAILED,
} Mode;

struct _MzConnectPage
{
  GtkWidget parent_instance;

  MzCore *core;
  gboolean can_close;

  Mode mode;
  MzGateway *gateway;           /* while it is tried */
  char *secret_used;
  char *command;                /* of the pairing that is shown */
  char *pin;                    /* of the certificate that is shown */
  MzAction action;              /* of the failure's button */
  guint patience_id;
  guint pairing_id;
  guint pairing_ms;

  GtkWidget *box;
  GtkWidget *back;
  GtkWidget *stack;
  MzConnectForm *form;
  MzConnectProgress *progress;
};

G_DEFINE_FINAL_TYPE (MzConnectPage, mz_connect_page, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_CORE,
  PROP_CAN_CLOSE,
  N_PROPS,
};

enum
{
  CONNECTED,
  CLOSED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* The gateway was never ready: nothing of it is kept. */
static void
forget_gateway (MzConnectPage *self)
{
  g_autoptr (MzGateway) gateway = g_steal_pointer (&self->gateway);

  g_clear_handle_id (&self->patience_id, g_source_remove);
  g_clear_handle_id (&self->pairing_id, g_source_remove);
  g_clear_pointer (&self->secret_used, mz_secret_free);
  g_clear_pointer (&self->command, g_free);
  g_clear_pointer (&self->pin, g_free);
  if (gateway == NULL)
    return;

  g_signal_handlers_disconnect_by_data (gateway, self);
  mz_core_remove (self->core, gateway);
}

/* The stack would hand the focus to the first that takes it, and select its text. */
static void
show_page (MzConnectPage *self,
           const char    *name)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (self->stack)), name) == 0)
    return;

  if (focus != NULL && gtk_widget_is_ancestor (focus, self->stack))
    gtk_root_set_focus (root, NULL);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), name);
}

static void
show_form (MzConnectPage   *self,
           MzConnectField   focus)
{
  self->mode = MODE_FORM;
  show_page (self, "form");
  mz_connect_progress_set_trace (self->progress, NULL);
  mz_connect_form_focus (self->form, focus);
}

static void
follow_trace (MzConnectPage *self)
{
  mz_connect_progress_set_trace (self->progress, self->gateway != NULL ? mz_gateway_get_trace (self->gateway) : NULL);
}

/* After the look that goes with it. */
static void
show_progress (MzConnectPage *self,
               Mode           mode)
{
  gboolean mode_changed = self->mode != mode;

  self->mode = mode;
  g_clear_handle_id (&self->patience_id, g_source_remove);
  follow_trace (self);
  show_page (self, "progress");
  if (!mode_changed)
    return;

  gtk_widget_grab_focus (GTK_WIDGET (self->progress));
  mz_compat_announce (GTK_WIDGET (self), mz_connect_progress_get_title (self->progress));
}

static void
show_running (MzConnectPage *self)
{
  mz_connect_look_running (self->progress, mz_gateway_entry_get_name (mz_gateway_get_entry (self->gateway)));
  show_progress (self, MODE_RUNNING);
}

static gboolean
pairing_cb (gpointer user_data)
{
  MzConnectPage *self = user_data;

  self->pairing_id = 0;
  self->pairing_ms = MIN (self->pairing_ms * 3 / 2, PAIRING_MAX_MS);
  mz_gateway_retry_now (self->gateway);

  return G_SOURCE_REMOVE;
}

/* Only while the page is looked at. */
static void
plan_pairing_retry (MzConnectPage *self)
{
  gboolean wanted = self->mode == MODE_PAIRING && self->gateway != NULL && mz_gateway_get_state (self->gateway) == MZ_CLIENT_STOPPED &&
                    gtk_widget_get_mapped (GTK_WIDGET (self));

  if (!wanted)
    g_clear_handle_id (&self->pairing_id, g_source_remove);
  else if (self->pairing_id == 0)
    self->pairing_id = g_timeout_add (self->pairing_ms, pairing_cb, self);
}

static void
show_pairing (MzConnectPage     *self,
              const MzDiagnosis *diagnosis)
{
  /* The same again is no news: nothing moves while one reads or copies. */
  if (self->mode != MODE_PAIRING || g_strcmp0 (self->command, diagnosis->command) != 0)
    {
      if (self->mode != MODE_PAIRING)
        self->pairing_ms = PAIRING_FIRST_MS;
      g_free (self->command);
      self->command = g_strdup (diagnosis->command);
      mz_connect_look_pairing (self->progress, diagnosis);
      show_progress (self, MODE_PAIRING);
    }

  plan_pairing_retry (self);
}

static void
show_certificate (MzConnectPage *self,
                  MzOffer       *offer)
{
  /* Nothing moves while one compares. */
  if (self->mode == MODE_CERTIFICATE && g_strcmp0 (self->pin, offer->pin) == 0)
    return;

  g_free (self->pin);
  self->pin = g_strdup (offer->pin);
  mz_connect_look_certificate (self->progress, offer, mz_gateway_entry_get_pin (mz_gateway_get_entry (self->gateway)));
  show_progress (self, MODE_CERTIFICATE);
}

/* Said at the field where it is mended. */
static void
back_with_wrong_secret (MzConnectPage     *self,
                        const MzDiagnosis *diagnosis)
{
  g_autofree char *headline = mz_text_for_label (diagnosis->headline, 200);

  forget_gateway (self);
  show_form (self, MZ_CONNECT_FIELD_SECRET);
  mz_connect_form_complain_secret (self->form, headline);
  mz_compat_announce (GTK_WIDGET (self), headline);
}

static void
failed (MzConnectPage *self)
{
  g_autoptr (MzDiagnosis) diagnosis = mz_gateway_diagnose (self->gateway);
  g_autoptr (MzOffer) offer = mz_offer_new (self->gateway);

  if (diagnosis != NULL && g_str_equal (diagnosis->id, "pairing-required"))
    {
      show_pairing (self, diagnosis);
      return;
    }
  if (offer != NULL)
    {
      show_certificate (self, offer);
      return;
    }
  if (mz_gateway_wants_plaintext (self->gateway))
    {
      if (self->mode != MODE_PLAINTEXT)
        {
          mz_connect_look_plaintext (self->progress, self->gateway);
          show_progress (self, MODE_PLAINTEXT);
        }
      return;
    }

  /* It would go on by itself; here somebody is asked who sits before it. */
  mz_gateway_disconnect (self->gateway);

  if (diagnosis != NULL && (g_str_equal (diagnosis->id, "auth-missing") || g_str_equal (diagnosis->id, "auth-token")))
    {
      back_with_wrong_secret (self, diagnosis);
    }
  else
    {
      self->action = mz_connect_look_failed (self->progress, diagnosis);
      show_progress (self, MODE_FAILED);
    }
}

static void
ready (MzConnectPage *self)
{
  g_autoptr (MzGateway) gateway = g_steal_pointer (&self->gateway);
  MzCredential credential = mz_gateway_entry_get_credential (mz_gateway_get_entry (gateway));

  g_signal_handlers_disconnect_by_data (gateway, self);
  mz_gateway_entry_set_auto_connect (mz_gateway_get_entry (gateway), TRUE);
  mz_core_keep (self->core, gateway);
  if (credential != MZ_CREDENTIAL_NONE)
    mz_gateway_set_secret (gateway, credential, self->secret_used, TRUE);

  mz_connect_page_reset (self);
  g_signal_emit (self, signals[CONNECTED], 0, gateway);
}

/* What is waited out: a gateway that is starting or waits for approval, and the client's one try with other credentials. */
static gboolean
goes_on (MzConnectPage *self)
{
  MzClient *client = mz_gateway_get_client (self->gateway);
  const GError *error = client != NULL ? mz_client_get_error (client) : NULL;

  if (g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_STARTING))
    {
      if (self->mode != MODE_STARTING)
        {
          mz_connect_look_starting (self->progress);
          show_progress (self, MODE_STARTING);
        }
      return TRUE;
    }

  return self->mode == MODE_PAIRING || self->mode == MODE_STARTING || g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_AUTH);
}

static void
gateway_cb (MzConnectPage *self)
{
  g_autoptr (MzConnectPage) alive G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr (MzDiagnosis) diagnosis = NULL;

  if (self->gateway == NULL)
    return;

  switch (mz_gateway_get_state (self->gateway))
    {
    case MZ_CLIENT_READY:
      ready (self);
      break;

    case MZ_CLIENT_CONNECTING:
      /* Asking again whether it is approved or started is no news. */
      if (self->mode == MODE_PAIRING || self->mode == MODE_STARTING)
        break;
      follow_trace (self);
      if (self->mode != MODE_FORM && self->mode != MODE_RUNNING)
        show_running (self);
      break;

    case MZ_CLIENT_WAITING:
      diagnosis = mz_gateway_diagnose (self->gateway);
      if (diagnosis != NULL && g_str_equal (diagnosis->id, "pairing-required"))
        show_pairing (self, diagnosis);
      else if (!goes_on (self))
        failed (self);
      break;

    case MZ_CLIENT_STOPPED:
      failed (self);
      break;

    case MZ_CLIENT_OFFLINE:
    default:
      break;
    }
}

static gboolean
patience_cb (gpointer user_data)
{
  MzConnectPage *self = user_data;

  self->patience_id = 0;
  show_running (self);

  return G_SOURCE_REMOVE;
}

/* (transfer none) (nullable): a gateway that leads to the same place */
static MzGateway *
find_same (MzConnectPage *self)
{
  MzEndpoint *wanted = mz_connect_form_get_endpoint (self->form);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->core)); i++)
    {
      g_autoptr (MzGateway) gateway = g_list_model_get_item (G_LIST_MODEL (self->core), i);
      g_autoptr (MzEndpoint) endpoint = mz_gateway_entry_dup_endpoint (mz_gateway_get_entry (gateway));

      if (endpoint != NULL && mz_endpoint_equal (endpoint, wanted))
        return gateway;
    }

  return NULL;
}

static void
connect_cb (MzConnectPage *self)
{
  g_autoptr (MzGatewayEntry) entry = NULL;
  MzCredential credential;
  MzGateway *same;

  if (self->gateway != NULL || !mz_connect_form_check (self->form))
    return;

  same = find_same (self);
  if (same != NULL)
    {
      g_autofree char *name = mz_text_for_label (mz_gateway_entry_get_name (mz_gateway_get_entry (same)), 80);
      g_autofree char *complaint = g_strdup_printf (_("You have this gateway already: it is “%s”."), name);

      mz_connect_form_complain_address (self->form, complaint);
      return;
    }

  entry = mz_connect_form_make_entry (self->form);
  self->gateway = g_object_ref (mz_core_try (self->core, entry));
  self->secret_used = mz_connect_form_dup_secret (self->form, &credential);
  if (self->secret_used != NULL)
    mz_gateway_set_secret (self->gateway, credential, self->secret_used, FALSE);

  self->patience_id = g_timeout_add (PATIENCE_MS, patience_cb, self);
  g_signal_connect_object (self->gateway, "notify::state", G_CALLBACK (gateway_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->gateway, "notify::status", G_CALLBACK (gateway_cb), self, G_CONNECT_SWAPPED);
  mz_gateway_connect (self->gateway);
}

static void
cancel_cb (MzConnectPage *self)
{
  forget_gateway (self);
  show_form (self, MZ_CONNECT_FIELD_ADDRESS);
}

static void
again_cb (MzConnectPage *self)
{
  if (self->gateway == NULL)
    return;

  show_running (self);
  mz_gateway_retry_now (self->gateway);
}

static void
act_cb (MzConnectPage *self)
{
  MzGatewayEntry *entry;

  if (self->gateway == NULL)
    return;

  entry = mz_gateway_get_entry (self->gateway);
  switch (self->mode)
    {
    case MODE_CERTIFICATE:
      show_running (self);
      mz_gateway_entry_set_pin (entry, self->pin);
      mz_gateway_connect (self->gateway);
      break;

    case MODE_PLAINTEXT:
      show_running (self);
      mz_gateway_entry_set_allow_plaintext (entry, TRUE);
      mz_gateway_connect (self->gateway);
      break;

    case MODE_FAILED:
      if (self->action == MZ_ACTION_EDIT_SECRET || self->action == MZ_ACTION_EDIT_ADDRESS)
        {
          MzConnectField focus = self->action == MZ_ACTION_EDIT_SECRET ? MZ_CONNECT_FIELD_SECRET : MZ_CONNECT_FIELD_ADDRESS;

          forget_gateway (self);
          show_form (self, focus);
        }
      else if (self->action == MZ_ACTION_ALLOW_PLAINTEXT)
        {
          /* Without a question for consent, another port or a certificate is what is missing. */
          cancel_cb (self);
        }
      else
        {
          mz_gateway_action_simple (self->gateway, self->action, GTK_WIDGET (self));
          if (self->action == MZ_ACTION_USE_WSS || self->action == MZ_ACTION_USE_SERVE)
            mz_connect_form_set_address (self->form, mz_gateway_entry_get_address (entry));
        }
      break;

    case MODE_FORM:
    case MODE_RUNNING:
    case MODE_STARTING:
    case MODE_PAIRING:
    default:
      break;
    }
}

static void
details_cb (MzConnectPage *self)
{
  if (self->gateway != NULL)
    mz_gateway_action_run (self->core, self->gateway, MZ_ACTION_DOCTOR, GTK_WIDGET (self));
}

static void
demo_cb (MzConnectPage *self)
{
  g_autoptr (GError) error = NULL;
  MzGateway *gateway = mz_core_start_demo (self->core, &error);

  if (gateway == NULL)
    {
      g_autofree char *text = g_strdup_printf (_("The demo could not be started: %s"), error->message);

      mz_connect_form_complain_address (self->form, text);
      return;
    }

  g_signal_emit (self, signals[CONNECTED], 0, gateway);
}

static void
back_cb (MzConnectPage *self)
{
  forget_gateway (self);
  show_form (self, MZ_CONNECT_FIELD_ADDRESS);
  g_signal_emit (self, signals[CLOSED], 0);
}

static gboolean
escape_cb (GtkWidget *widget,
           GVariant  *args,
           gpointer   user_data)
{
  MzConnectPage *self = MZ_CONNECT_PAGE (widget);

  if (self->gateway != NULL)
    cancel_cb (self);
  else if (self->can_close)
    back_cb (self);
  else
    return GDK_EVENT_PROPAGATE;

  return GDK_EVENT_STOP;
}

/* ---- the widget ---- */

static gboolean
mz_connect_page_grab_focus (GtkWidget *widget)
{
  MzConnectPage *self = MZ_CONNECT_PAGE (widget);

  if (self->mode != MODE_FORM)
    return gtk_widget_grab_focus (GTK_WIDGET (self->progress));

  return gtk_widget_grab_focus (GTK_WIDGET (self->form));
}

static void
mz_connect_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mz_connect_page_parent_class)->map (widget);

  gtk_widget_grab_focus (widget);
  plan_pairing_retry (MZ_CONNECT_PAGE (widget));
}

static void
mz_connect_page_unmap (GtkWidget *widget)
{
  MzConnectPage *self = MZ_CONNECT_PAGE (widget);

  GTK_WIDGET_CLASS (mz_connect_page_parent_class)->unmap (widget);

  plan_pairing_retry (self);
}

static void
mz_connect_page_constructed (GObject *object)
{
  MzConnectPage *self = MZ_CONNECT_PAGE (object);

  G_OBJECT_CLASS (mz_connect_page_parent_class)->constructed (object);

  mz_connect_form_set_secrets (self->form, mz_core_get_secrets (self->core));
}

static void
mz_connect_page_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  MzConnectPage *self = MZ_CONNECT_PAGE (object);

  switch (prop_id)
    {
    case PROP_CORE:
      g_value_set_object (value, self->core);
      break;
    case PROP_CAN_CLOSE:
      g_value_set_boolean (value, self->can_close);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_connect_page_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  MzConnectPage *self = MZ_CONNECT_PAGE (object);

  switch (prop_id)
    {
    case PROP_CORE:
      self->core = g_value_dup_object (value);
      break;
    case PROP_CAN_CLOSE:
      mz_connect_page_set_can_close (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_connect_page_dispose (GObject *object)
{
  MzConnectPage *self = MZ_CONNECT_PAGE (object);

  if (self->core != NULL)
    forget_gateway (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_CONNECT_PAGE);
  g_clear_object (&self->core);

  G_OBJECT_CLASS (mz_connect_page_parent_class)->dispose (object);
}

static void
mz_connect_page_class_init (MzConnectPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = mz_connect_page_constructed;
  object_class->get_property = mz_connect_page_get_property;
  object_class->set_property = mz_connect_page_set_property;
  object_class->dispose = mz_connect_page_dispose;
  widget_class->grab_focus = mz_connect_page_grab_focus;
  widget_class->map = mz_connect_page_map;
  widget_class->unmap = mz_connect_page_unmap;

  props[PROP_CORE] = g_param_spec_object ("core", NULL, NULL, MZ_TYPE_CORE, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_CAN_CLOSE] = g_param_spec_boolean ("can-close", NULL, NULL, FALSE,
                                                G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * MzConnectPage::connected:
   * @gateway: a gateway that is kept now
   */
  signals[CONNECTED] = g_signal_new ("connected", MZ_TYPE_CONNECT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, MZ_TYPE_GATEWAY);

  /**
   * MzConnectPage::closed:
   *
   * The person went back.
   */
  signals[CLOSED] = g_signal_new ("closed", MZ_TYPE_CONNECT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (MZ_TYPE_CONNECT_FORM);
  g_type_ensure (MZ_TYPE_CONNECT_PROGRESS);
  gtk_widget_class_set_css_name (widget_class, "connectpage");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/connection/ui/mz-connect-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MzConnectPage, box);
  gtk_widget_class_bind_template_child (widget_class, MzConnectPage, back);
  gtk_widget_class_bind_template_child (widget_class, MzConnectPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MzConnectPage, form);
  gtk_widget_class_bind_template_child (widget_class, MzConnectPage, progress);
  gtk_widget_class_bind_template_callback (widget_class, act_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, connect_cb);
  gtk_widget_class_bind_template_callback (widget_class, demo_cb);
  gtk_widget_class_bind_template_callback (widget_class, details_cb);

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
}

static void
mz_connect_page_init (MzConnectPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mz_connect_page_new:
 * @core: the core, which gets the gateway
 *
 * Returns: (transfer floating): the page with empty fields
 */
GtkWidget *
mz_connect_page_new (MzCore *core)
{
  g_return_val_if_fail (MZ_IS_CORE (core), NULL);

  return g_object_new (MZ_TYPE_CONNECT_PAGE, "core", core, NULL);
}

/**
 * mz_connect_page_set_can_close:
 * @can_close: there is something to go back to
 */
void
mz_connect_page_set_can_close (MzConnectPage *self,
                               gboolean       can_close)
{
  g_return_if_fail (MZ_IS_CONNECT_PAGE (self));

  if (self->can_close == can_close)
    return;

  self->can_close = can_close;
  gtk_widget_set_visible (self->back, can_close);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_CLOSE]);
}

/**
 * mz_connect_page_suggest:
 * @address: (nullable): the address of a gateway, from a link
 * @name: (nullable): what the link calls it
 *
 * Fills the address in, and says where it came from. What is under way is given up.
 */
void
mz_connect_page_suggest (MzConnectPage *self,
                         const char    *address,
                         const char    *name)
{
  g_return_if_fail (MZ_IS_CONNECT_PAGE (self));

  forget_gateway (self);
  if (address != NULL)
    mz_connect_form_suggest (self->form, address, name);
  show_form (self, address != NULL ? MZ_CONNECT_FIELD_SECRET : MZ_CONNECT_FIELD_ADDRESS);
}

/**
 * mz_connect_page_reset:
 *
 * Gives up what is under way, and empties the fields.
 */
void
mz_connect_page_reset (MzConnectPage *self)
{
  g_return_if_fail (MZ_IS_CONNECT_PAGE (self));

  forget_gateway (self);
  mz_connect_form_clear (self->form);
  show_form (self, MZ_CONNECT_FIELD_ADDRESS);
}
