/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-doctor.h"

#include <glib/gi18n.h>

#include "mz-comparison.h"
#include "mz-compat.h"
#include "mz-connection-private.h"
#include "mz-connection-words.h"
#include "mz-facts.h"
#include "mz-gateway-action.h"
#include "mz-host-facts.h"
#include "mz-phase-list.h"
#include "mz-probe.h"
#include "mz-words.h"

/* Of what a peer or a resolver says */
#define MAX_LINE 300
#define MAX_ADDRESSES 12

struct _MzDoctor
{
  AdwWindow parent_instance;

  MzCore *core;
  MzGateway *gateway;
  MzTrace *trace;               /* what is shown */
  MzProbe *probe;               /* a test beside the connection in use; kept while it is shown */
  gboolean probing;             /* that test is under way */
  gboolean live;                /* the person asked for a new dial of the gateway's own, and watches it */
  MzAction action;

  GtkWidget *window_title;
  GtkWidget *copy;
  GtkWidget *sign;
  GtkWidget *spinner;
  GtkWidget *headline;
  GtkWidget *explanation;
  GtkWidget *advice;
  GtkWidget *buttons;
  GtkWidget *act;
  GtkWidget *trust;
  GtkWidget *test;
  GtkWidget *steps;
  MzPhaseList *chart;
  GtkWidget *way_section;
  MzFacts *way;
  GtkWidget *encryption_section;
  MzFacts *encryption;
  MzFacts *computer;
  GtkWidget *comparison_section;
  MzComparison *comparison;
};

G_DEFINE_FINAL_TYPE (MzDoctor, mz_doctor, ADW_TYPE_WINDOW)

enum
{
  PROP_0,
  PROP_CORE,
  PROP_GATEWAY,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static gboolean
is_over (MzTrace *trace)
{
  return trace == NULL || mz_trace_get_error (trace) != NULL || mz_trace_get_ready_us (trace) > 0;
}

/* Of what is shown: the probe's, or the gateway's own. (transfer full) (nullable) */
static MzDiagnosis *
diagnose (MzDoctor *self)
{
  MzHostFacts facts;

  if (self->trace == NULL)
    return mz_gateway_diagnose (self->gateway);

  facts = mz_host_facts_collect (mz_platform_current ());
  if (self->probe != NULL)
    return self->probing ? NULL : mz_diagnosis_of (self->trace, &facts, mz_probe_get_error (self->probe));
  if (mz_gateway_get_state (self->gateway) == MZ_CLIENT_READY)
    return mz_diagnosis_of (self->trace, &facts, NULL);

  return mz_gateway_diagnose (self->gateway);
}

static gboolean
has_failed (MzDoctor *self)
{
  if (self->probe != NULL)
    return mz_probe_get_error (self->probe) != NULL;

  return mz_gateway_get_state (self->gateway) != MZ_CLIENT_READY;
}

static gboolean
is_running (MzDoctor *self)
{
  if (self->probe != NULL)
    return self->probing;

  return self->live ? mz_gateway_get_state (self->gateway) == MZ_CLIENT_CONNECTING : self->trace != NULL && !is_over (self->trace);
}

static void
set_label (GtkWidget  *label,
           const char *text)
{
  gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "");
  gtk_widget_set_visible (label, text != NULL && *text != '\0');
}

static void
set_sign (MzDoctor   *self,
          const char *icon,
          const char *klass)
{
  gtk_widget_set_visible (self->spinner, icon == NULL);
  gtk_widget_set_visible (self->sign, icon != NULL);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->sign), icon);
  gtk_widget_set_css_classes (self->sign, (const char *[]) { klass, NULL });
}

static void
set_action (MzDoctor          *self,
            const MzDiagnosis *diagnosis)
{
  const char *label = NULL;
  g_autofree char *pin = NULL;

  self->action = mz_action_of (diagnosis, &label);

  /* "Test again" is here; and this is the doctor. */
  if (self->action == MZ_ACTION_RETRY || self->action == MZ_ACTION_DOCTOR)
    self->action = MZ_ACTION_NONE;

  gtk_widget_set_visible (self->act, self->action != MZ_ACTION_NONE && label != NULL);
  if (label != NULL)
    gtk_button_set_label (GTK_BUTTON (self->act), label);

  /* What the table offers may be another way to mend it. */
  pin = self->action != MZ_ACTION_TRUST ? mz_gateway_dup_offered_pin (self->gateway) : NULL;
  gtk_widget_set_visible (self->trust, pin != NULL);
  gtk_widget_set_visible (self->buttons, gtk_widget_get_visible (self->act) || gtk_widget_get_visible (self->trust));
}

static void
update_failed (MzDoctor          *self,
               const MzDiagnosis *diagnosis)
{
  g_autofree char *headline = mz_text_for_label (diagnosis->headline, MAX_LINE);
  g_autofree char *advice = mz_diagnosis_to_advice (diagnosis);
  g_autoptr (MzOffer) offer = self->probe == NULL ? mz_offer_new (self->gateway) : NULL;
  g_autofree char *explanation = offer != NULL ? mz_offer_to_words (offer) : mz_text_for_label (diagnosis->explanation, 2 * MAX_LINE);

  set_sign (self, "dialog-error-symbolic", "error");
  set_label (self->headline, headline);
  set_label (self->explanation, explanation);
  set_label (self->advice, offer == NULL ? advice : NULL);
  set_action (self, diagnosis);
}

/* All is well; there may be something worth knowing all the same. */
static void
update_well (MzDoctor          *self,
             const MzDiagnosis *diagnosis)
{
  double ms = self->probe != NULL ? mz_probe_get_ms (self->probe)
                                  : (mz_trace_get_ready_us (self->trace) - mz_trace_get_start_us (self->trace)) / 1e3;
  g_autofree char *time = mz_ms_to_words (ms);
  g_autofree char *text = NULL;
  g_autofree char *advice = diagnosis != NULL ? mz_diagnosis_to_advice (diagnosis) : NULL;

  if (self->probe != NULL)
    text = g_strdup_printf (_("It showed itself after %s. The connection in use was not touched."), time);
  else
    text = g_strdup_printf (_("It was ready after %s."), time);

  if (diagnosis != NULL)
    {
      g_autofree char *note = mz_text_for_label (diagnosis->explanation, 2 * MAX_LINE);
      g_autofree char *both = g_strdup_printf ("%s\n%s", text, note);

      set_label (self->explanation, both);
    }
  else
    {
      set_label (self->explanation, text);
    }

  set_sign (self, "emblem-ok-symbolic", "success");
  set_label (self->headline, self->probe != NULL ? _("The gateway answers") : _("Connected"));
  set_label (self->advice, advice);
  set_action (self, diagnosis);
}

static void
update_verdict (MzDoctor *self)
{
  g_autoptr (MzDiagnosis) diagnosis = diagnose (self);
  const char *name = mz_gateway_entry_get_name (mz_gateway_get_entry (self->gateway));
  gboolean running = is_running (self);

  /* It keeps its place and its focus. */
  gtk_button_set_label (GTK_BUTTON (self->test), self->probing || self->live ? _("Cancel") : _("Test again"));
  mz_phase_list_set_over (self->chart, self->probe != NULL && !self->probing);

  if (running)
    {
      g_autofree char *headline = g_strdup_printf (self->probe != NULL ? _("Testing %s…") : _("Connecting to %s…"), name);

      set_sign (self, NULL, NULL);
      set_label (self->headline, headline);
      set_label (self->explanation, NULL);
      set_label (self->advice, NULL);
      set_action (self, NULL);
    }
  else if (has_failed (self) && diagnosis != NULL)
    {
      update_failed (self, diagnosis);
    }
  else if (!has_failed (self) && self->trace != NULL)
    {
      update_well (self, diagnosis);
    }
  else
    {
      g_autofree char *headline = g_strdup_printf (_("Not connected to %s"), name);

      set_sign (self, "network-offline-symbolic", "dim-label");
      set_label (self->headline, headline);
      set_label (self->explanation, _("Nobody asked for a connection. A test shows whether one would work."));
      set_label (self->advice, NULL);
      set_action (self, NULL);
    }
}

/* "10.0.0.1, fd00::1 and 3 more" */
static char *
list_addresses (GPtrArray *addresses)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < addresses->len && i < MAX_ADDRESSES; i++)
    {
      gpointer address = g_ptr_array_index (addresses, i);
      g_autofree char *one = G_IS_INET_ADDRESS (address) ? g_inet_address_to_string (address)
                                                         : g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", one);
    }
  if (addresses->len > MAX_ADDRESSES)
    g_string_append_printf (text, ", … (%u)", addresses->len);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_attempt (MzDoctor       *self,
             MzTraceAttempt *attempt)
{
  g_autofree char *resolved = list_addresses (mz_trace_attempt_get_resolved (attempt));
  g_autofree char *tried = list_addresses (mz_trace_attempt_get_tried (attempt));
  guint status = mz_trace_attempt_get_http_status (attempt);

  mz_facts_add (self->way, _("Addresses"), resolved, NULL);
  if (g_strcmp0 (resolved, tried) != 0)
    mz_facts_add (self->way, _("Tried"), tried, NULL);
  if (mz_trace_attempt_is_proxied (attempt))
    mz_facts_add (self->way, _("Proxy"), _("used"), NULL);
  if (status != 0 && status != 101)
    {
      g_autofree char *text = g_strdup_printf ("%u", status);

      mz_facts_add (self->way, _("HTTP status"), text, NULL);
    }
}

static void
update_way (MzDoctor *self)
{
  MzTraceAttempt *attempt = mz_trace_get_deepest (self->trace);
  g_autofree char *uri = mz_text_for_label (mz_endpoint_to_string (mz_trace_get_endpoint (self->trace)), MAX_LINE);
  g_autofree char *plan = mz_words_for_plan (mz_trace_get_plan (self->trace));
  const char *version = mz_trace_get_server_version (self->trace);
  guint protocol = mz_trace_get_server_protocol (self->trace);

  mz_facts_begin (self->way);
  mz_facts_add (self->way, _("Gateway"), uri, NULL);
  if (protocol > 0)
    {
      g_autofree char *clean = mz_text_for_label (version, 60);
      g_autofree char *text = g_strdup_printf (_("%s, protocol %u"), *clean != '\0' ? clean : _("unknown version"), protocol);

      mz_facts_add (self->way, _("Version"), text, NULL);
    }
  mz_facts_add (self->way, _("Strategy"), plan, NULL);
  if (attempt != NULL)
    add_attempt (self, attempt);
  mz_facts_end (self->way);
}

static void
update_encryption (MzDoctor *self)
{
  MzTraceAttempt *attempt = mz_trace_get_deepest (self->trace);
  const char *version = attempt != NULL ? mz_trace_attempt_get_tls_version (attempt) : NULL;
  const char *cipher = attempt != NULL ? mz_trace_attempt_get_tls_cipher (attempt) : NULL;
  const char *fingerprint = attempt != NULL ? mz_trace_attempt_get_fingerprint (attempt) : NULL;
  gboolean plain = attempt != NULL && mz_trace_attempt_get_scheme (attempt) == MZ_SCHEME_WS &&
                   mz_trace_attempt_reached (attempt, MZ_PHASE_CONNECT);

  mz_facts_begin (self->encryption);
  mz_facts_add (self->encryption, _("Version"), version, NULL);
  mz_facts_add (self->encryption, _("Cipher"), cipher, NULL);
  if (fingerprint != NULL)
    {
      g_autofree char *words = mz_words_for_pin (fingerprint);
      const char *pin = mz_gateway_entry_get_pin (mz_gateway_get_entry (self->gateway));

      mz_facts_add (self->encryption, _("Certificate"), words, "monospace");
      if (g_strcmp0 (pin, fingerprint) == 0)
        mz_facts_add (self->encryption, _("Trusted"), _("by you: exactly this certificate"), NULL);
    }
  if (attempt != NULL && mz_trace_attempt_get_certificate (attempt) != NULL)
    mz_facts_add_certificate (self->encryption, mz_trace_attempt_get_certificate (attempt));
  if (plain)
    mz_facts_add (self->encryption, _("TLS"), _("none: the connection is not encrypted"), NULL);

  mz_facts_end (self->encryption);
  gtk_widget_set_visible (self->encryption_section, mz_facts_get_n (self->encryption) > 0);
}

static const char *
yes_or_no (gboolean yes)
{
  return yes ? _("yes") : _("no");
}

static void
update_computer (MzDoctor *self)
{
  MzHostFacts facts = mz_host_facts_collect (mz_platform_current ());
  const char *network = facts.network_available ? _("connected") : _("offline");

  if (facts.captive_portal)
    network = _("wants you to sign in");
  else if (facts.network_available && facts.metered)
    network = _("connected, metered");

  mz_facts_begin (self->computer);
  mz_facts_add (self->computer, _("Network"), network, NULL);
  mz_facts_add (self->computer, _("IPv4"), yes_or_no (facts.has_ipv4), NULL);
  mz_facts_add (self->computer, _("IPv6"), yes_or_no (facts.has_ipv6), NULL);
  mz_facts_add (self->computer, _("Tailscale"), facts.has_tailnet_address ? _("connected") : _("not connected"), NULL);
  if (facts.sandboxed)
    mz_facts_add (self->computer, _("Sandbox"), _("Flatpak"), NULL);
  mz_facts_end (self->computer);
}

static void
update (MzDoctor *self)
{
  gboolean has_steps = self->trace != NULL && mz_trace_get_n_attempts (self->trace) > 0;

  update_verdict (self);
  gtk_widget_set_sensitive (self->copy, self->trace != NULL);
  gtk_widget_set_visible (self->steps, has_steps);
  gtk_widget_set_visible (self->way_section, self->trace != NULL);
  if (self->trace == NULL)
    {
      gtk_widget_set_visible (self->encryption_section, FALSE);
      return;
    }

  /* What can be selected is not replaced under the selection while it goes on. */
  if (is_running (self))
    return;

  update_way (self);
  update_encryption (self);
  update_computer (self);
}

static void
set_trace (MzDoctor *self,
           MzTrace  *trace)
{
  g_set_object (&self->trace, trace);
  mz_phase_list_set_trace (self->chart, trace);
}

static void
drop_probe (MzDoctor *self)
{
  if (self->probe != NULL)
    g_signal_handlers_disconnect_by_data (self->probe, self);
  g_clear_object (&self->probe);
  self->probing = FALSE;
}

/* The gateway's own dials are shown once they are over, so that nothing moves while one reads; or from the start, when it was asked for. */
static void
gateway_cb (MzDoctor *self)
{
  MzTrace *trace = mz_gateway_get_trace (self->gateway);
  MzClientState state = mz_gateway_get_state (self->gateway);

  if (self->live && state != MZ_CLIENT_CONNECTING)
    self->live = FALSE;
  else if (self->probe != NULL && !self->live)
    return;

  if (trace != NULL && trace != self->trace && (self->trace == NULL || self->live || is_over (trace)))
    set_trace (self, trace);
  update (self);
}

static void
probe_done_cb (MzDoctor *self)
{
  self->probing = FALSE;
  update (self);
}

static void
start_probe (MzDoctor *self)
{
  MzGatewayEntry *entry = mz_gateway_get_entry (self->gateway);
  g_autoptr (GError) error = NULL;

  drop_probe (self);
  self->probe = mz_probe_new (entry, mz_gateway_entry_get_strategy (entry), &error);
  if (self->probe == NULL)
    {
      g_autofree char *words = mz_address_error_to_words (error);

      mz_connection_toast (self->test, words);
      return;
    }

  self->probing = TRUE;
  g_signal_connect_object (self->probe, "done", G_CALLBACK (probe_done_cb), self, G_CONNECT_SWAPPED);
  mz_probe_start (self->probe);
  set_trace (self, mz_probe_get_trace (self->probe));
  update (self);
}

static void
cancel_test (MzDoctor *self)
{
  gboolean live = self->live;

  drop_probe (self);
  self->live = FALSE;
  if (live)
    mz_gateway_disconnect (self->gateway);
  set_trace (self, mz_gateway_get_trace (self->gateway));
  update (self);
}

static void
test_cb (MzDoctor *self)
{
  if (self->probing || self->live)
    {
      cancel_test (self);
      return;
    }

  switch (mz_gateway_get_state (self->gateway))
    {
    case MZ_CLIENT_WAITING:
    case MZ_CLIENT_STOPPED:
      /* Nothing is there that could be disturbed: the real thing, with the login. */
      drop_probe (self);
      self->live = TRUE;
      mz_gateway_retry_now (self->gateway);
      gateway_cb (self);
      break;

    case MZ_CLIENT_OFFLINE:
    case MZ_CLIENT_CONNECTING:
    case MZ_CLIENT_READY:
    default:
      start_probe (self);
      break;
    }
}

static void
act_cb (MzDoctor *self)
{
  drop_probe (self);
  self->live = self->action != MZ_ACTION_COPY_COMMAND;
  mz_gateway_action_run (self->core, self->gateway, self->action, self->act);
  self->live = self->live && mz_gateway_get_state (self->gateway) == MZ_CLIENT_CONNECTING;
  gateway_cb (self);
}

static void
trust_cb (MzDoctor *self)
{
  mz_gateway_action_run (self->core, self->gateway, MZ_ACTION_TRUST, self->act);
}

static void
copy_cb (MzDoctor *self)
{
  g_autoptr (MzDiagnosis) diagnosis = diagnose (self);
  g_autofree char *toolkit = mz_compat_toolkit ();
  g_autofree char *report = NULL;

  if (self->trace == NULL)
    return;

  report = mz_core_dup_report (self->core, self->gateway, self->trace, diagnosis, toolkit);
  mz_connection_copy (self->copy, report, _("Report copied: no secrets, names or addresses are in it"));
}

static void
name_cb (MzDoctor *self)
{
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (self->window_title), mz_gateway_entry_get_name (mz_gateway_get_entry (self->gateway)));
}

static void
strategies_cb (MzDoctor *self)
{
  g_autoptr (MzEndpoint) endpoint = mz_gateway_entry_dup_endpoint (mz_gateway_get_entry (self->gateway));

  /* With an IPv6 address there is only one way. */
  gtk_widget_set_visible (self->comparison_section, endpoint != NULL && mz_endpoint_get_host_kind (endpoint) != MZ_HOST_KIND_IPV6);
}

static void
mz_doctor_constructed (GObject *object)
{
  MzDoctor *self = MZ_DOCTOR (object);
  MzGatewayEntry *entry = mz_gateway_get_entry (self->gateway);

  G_OBJECT_CLASS (mz_doctor_parent_class)->constructed (object);

  g_signal_connect_object (self->gateway, "notify::status", G_CALLBACK (gateway_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->gateway, "notify::state", G_CALLBACK (gateway_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (entry, "notify::name", G_CALLBACK (name_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (entry, "notify::address", G_CALLBACK (strategies_cb), self, G_CONNECT_SWAPPED);
  mz_comparison_set_gateway (self->comparison, self->gateway);
  name_cb (self);
  strategies_cb (self);
  set_trace (self, mz_gateway_get_trace (self->gateway));
  update (self);
  update_computer (self);

  if (!mz_phase_list_focus_failed (self->chart))
    gtk_window_set_focus (GTK_WINDOW (self), self->test);
}

static void
mz_doctor_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  MzDoctor *self = MZ_DOCTOR (object);

  switch (prop_id)
    {
    case PROP_CORE:
      g_value_set_object (value, self->core);
      break;
    case PROP_GATEWAY:
      g_value_set_object (value, self->gateway);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_doctor_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  MzDoctor *self = MZ_DOCTOR (object);

  switch (prop_id)
    {
    case PROP_CORE:
      self->core = g_value_dup_object (value);
      break;
    case PROP_GATEWAY:
      self->gateway = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_doctor_dispose (GObject *object)
{
  MzDoctor *self = MZ_DOCTOR (object);

  drop_probe (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_DOCTOR);
  g_clear_object (&self->trace);
  g_clear_object (&self->gateway);
  g_clear_object (&self->core);

  G_OBJECT_CLASS (mz_doctor_parent_class)->dispose (object);
}

static void
mz_doctor_class_init (MzDoctorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = mz_doctor_constructed;
  object_class->get_property = mz_doctor_get_property;
  object_class->set_property = mz_doctor_set_property;
  object_class->dispose = mz_doctor_dispose;

  props[PROP_CORE] = g_param_spec_object ("core", NULL, NULL, MZ_TYPE_CORE, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_GATEWAY] = g_param_spec_object ("gateway", NULL, NULL, MZ_TYPE_GATEWAY,
                                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (MZ_TYPE_COMPARISON);
  g_type_ensure (MZ_TYPE_FACTS);
  g_type_ensure (MZ_TYPE_PHASE_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/connection/ui/mz-doctor.ui");
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, window_title);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, copy);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, sign);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, spinner);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, headline);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, explanation);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, advice);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, buttons);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, act);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, trust);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, test);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, steps);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, chart);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, way_section);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, way);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, encryption_section);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, encryption);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, computer);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, comparison_section);
  gtk_widget_class_bind_template_child (widget_class, MzDoctor, comparison);
  gtk_widget_class_bind_template_callback (widget_class, act_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, test_cb);
  gtk_widget_class_bind_template_callback (widget_class, trust_cb);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mz_doctor_init (MzDoctor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mz_doctor_new:
 * @core: the core
 * @gateway: whose connection to look at
 * @parent: (nullable): the window it belongs to
 *
 * Returns: (transfer none): the window, to be presented
 */
GtkWindow *
mz_doctor_new (MzCore    *core,
               MzGateway *gateway,
               GtkWindow *parent)
{
  g_return_val_if_fail (MZ_IS_CORE (core), NULL);
  g_return_val_if_fail (MZ_IS_GATEWAY (gateway), NULL);

  return g_object_new (MZ_TYPE_DOCTOR, "core", core, "gateway", gateway, "transient-for", parent, NULL);
}
