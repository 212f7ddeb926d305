/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-hello.h"

#include "mz-gateway-error.h"
#include "mz-json.h"
#include "mz-secret.h"

/* What holds when `policy` does not say (docs: gateway/protocol/transport), and what is believed at most. */
#define DEFAULT_MAX_PAYLOAD (25 * 1024 * 1024)
#define MIN_MAX_PAYLOAD (64 * 1024)
#define MAX_MAX_PAYLOAD (512 * 1024 * 1024)
#define DEFAULT_TICK_INTERVAL_MS 30000
#define MIN_TICK_INTERVAL_MS 1000
#define MAX_TICK_INTERVAL_MS 600000

/* What a gateway calls the main session when it does not give the full key: `agent:AGENT:main` in both protocols. */
#define DEFAULT_MAIN_SESSION_KEY "main"
#define DEFAULT_AGENT "main"

struct _MzHello
{
  gatomicrefcount ref_count;

  guint protocol;
  char *server_version;
  char *connection_id;
  GHashTable *methods;      /* (nullable): not told */
  GHashTable *events;       /* (nullable): not told */
  GHashTable *capabilities; /* (nullable): not told */
  GStrv scopes;             /* (nullable): not told */
  char *role;
  char *device_token;
  char *main_session_key;
  char *default_agent;
  gsize max_payload;
  guint tick_interval_ms;
  gsize max_attachment;
  gsize max_image;
  gint64 uptime_ms;
};

G_DEFINE_BOXED_TYPE (MzHello, mz_hello, mz_hello_ref, mz_hello_unref)

/* A string that is missing and an empty one are the same. */
static char *
dup_string (JsonObject *object,
            const char *name,
            const char *fallback)
{
  const char *string = mz_json_get_string (object, name);

  return g_strdup (string != NULL && string[0] != '\0' ? string : fallback);
}

static GHashTable *
dup_set (JsonObject *object,
         const char *name)
{
  JsonArray *array = mz_json_get_array (object, name);
  GHashTable *set;

  if (array == NULL)
    return NULL;

  set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < mz_json_array_length (array); i++)
    {
      const char *string = mz_json_array_string (array, i);

      if (string != NULL)
        g_hash_table_add (set, g_strdup (string));
    }
  return set;
}

/* A size in bytes, 0 when it was not told. */
static gsize
get_size (JsonObject *object,
          const char *name)
{
  return (gsize) CLAMP (mz_json_get_int (object, name, 0), 0, G_MAXINT32);
}

/* What is not positive counts as not told. */
static gint64
get_positive (JsonObject *object,
              const char *name,
              gint64      fallback,
              gint64      min,
              gint64      max)
{
  gint64 number = mz_json_get_int (object, name, fallback);

  return number > 0 ? CLAMP (number, min, max) : fallback;
}

static void
read_policy (MzHello    *self,
             JsonObject *policy)
{
  JsonObject *attachments = mz_json_get_object (policy, "attachments");

  self->max_payload = (gsize) get_positive (policy, "maxPayload", DEFAULT_MAX_PAYLOAD, MIN_MAX_PAYLOAD, MAX_MAX_PAYLOAD);
  self->tick_interval_ms = (guint) get_positive (policy, "tickIntervalMs", DEFAULT_TICK_INTERVAL_MS,
                                                 MIN_TICK_INTERVAL_MS, MAX_TICK_INTERVAL_MS);
  self->max_attachment = get_size (attachments, "maxBytes");
  self->max_image = get_size (attachments, "maxImageBytes");
}

/**
 * mz_hello_new:
 * @payload: (transfer none) (nullable): the payload of the response to `connect`
 * @error: return location for an error
 *
 * Reads `hello-ok`. Only the type and the protocol's version must be there; for the rest there are defaults, and limits
 * that a gateway cannot move.
 *
 * Returns: (transfer full): what the gateway said, or %NULL with %MZ_GATEWAY_ERROR_BAD_FRAME
 */
MzHello *
mz_hello_new (JsonNode  *payload,
              GError   **error)
{
  JsonObject *hello = mz_json_node_object (payload);
  JsonObject *server, *features, *auth, *snapshot, *session_defaults;
  gint64 protocol = mz_json_get_int (hello, "protocol", 0);
  MzHello *self;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_strcmp0 (mz_json_get_string (hello, "type"), "hello-ok") != 0)
    {
      g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "The answer to connect is not hello-ok");
      return NULL;
    }
  if (protocol < 1 || protocol > G_MAXINT32)
    {
      g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "hello-ok has no protocol version");
      return NULL;
    }

  server = mz_json_get_object (hello, "server");
  features = mz_json_get_object (hello, "features");
  auth = mz_json_get_object (hello, "auth");
  snapshot = mz_json_get_object (hello, "snapshot");
  session_defaults = mz_json_get_object (snapshot, "sessionDefaults");

  self = g_new0 (MzHello, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->protocol = (guint) protocol;
  self->server_version = dup_string (server, "version", NULL);
  self->connection_id = dup_string (server, "connId", NULL);
  self->methods = dup_set (features, "methods");
  self->events = dup_set (features, "events");
  self->capabilities = dup_set (features, "capabilities");
  self->role = dup_string (auth, "role", NULL);
  self->scopes = mz_json_get_strv (auth, "scopes");
  self->device_token = dup_string (auth, "deviceToken", NULL);
  self->main_session_key = dup_string (session_defaults, "mainSessionKey", DEFAULT_MAIN_SESSION_KEY);
  self->default_agent = dup_string (session_defaults, "defaultAgentId", DEFAULT_AGENT);
  self->uptime_ms = MAX (mz_json_get_int (snapshot, "uptimeMs", 0), 0);
  read_policy (self, mz_json_get_object (hello, "policy"));
  return self;
}

/**
 * mz_hello_ref:
 * @self: a hello
 *
 * Returns: (transfer full): @self
 */
MzHello *
mz_hello_ref (MzHello *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * mz_hello_unref:
 * @self: (transfer full): a hello
 *
 * Drops a reference; the device token is wiped with the last one.
 */
void
mz_hello_unref (MzHello *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  mz_secret_free (self->device_token);
  g_free (self->server_version);
  g_free (self->connection_id);
  g_clear_pointer (&self->methods, g_hash_table_unref);
  g_clear_pointer (&self->events, g_hash_table_unref);
  g_clear_pointer (&self->capabilities, g_hash_table_unref);
  g_strfreev (self->scopes);
  g_free (self->role);
  g_free (self->main_session_key);
  g_free (self->default_agent);
  g_free (self);
}

/**
 * mz_hello_get_protocol:
 * @self: a hello
 *
 * Returns: the protocol's version on this connection
 */
guint
mz_hello_get_protocol (MzHello *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->protocol;
}

/**
 * mz_hello_get_server_version:
 * @self: a hello
 *
 * Returns: (transfer none) (nullable): the gateway's version
 */
const char *
mz_hello_get_server_version (MzHello *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->server_version;
}

/**
 * mz_hello_get_connection_id:
 * @self: a hello
 *
 * Returns: (transfer none) (nullable): the gateway's name of this connection
 */
const char *
mz_hello_get_connection_id (MzHello *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->connection_id;
}

/**
 * mz_hello_has_method:
 * @self: a hello
 * @method: a method's name
 *
 * Returns: whether the gateway knows the method; %TRUE when it did not tell its methods
 */
gboolean
mz_hello_has_method (MzHello    *self,
                     const char *method)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (method != NULL, FALSE);

  return self->methods == NULL || g_hash_table_contains (self->methods, method);
}

/**
 * mz_hello_has_event:
 * @self: a hello
 * @event: an event's name
 *
 * Returns: whether the gateway sends the event; %TRUE when it did not tell its events
 */
gboolean
mz_hello_has_event (MzHello    *self,
                    const char *event)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  return self->events == NULL || g_hash_table_contains (self->events, event);
}

/**
 * mz_hello_has_capability:
 * @self: a hello
 * @capability: a capability's name
 *
 * Returns: whether the gateway told the capability (protocol 4)
 */
gboolean
mz_hello_has_capability (MzHello    *self,
                         const char *capability)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (capability != NULL, FALSE);

  return self->capabilities != NULL && g_hash_table_contains (self->capabilities, capability);
}

/**
 * mz_hello_has_scope:
 * @self: a hello
 * @scope: a scope's name
 *
 * Returns: whether this connection has the scope; %TRUE when the gateway did not tell the scopes
 */
gboolean
mz_hello_has_scope (MzHello    *self,
                    const char *scope)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (scope != NULL, FALSE);

  return self->scopes == NULL || g_strv_contains ((const char * const *) self->scopes, scope);
}

/**
 * mz_hello_get_scopes:
 * @self: a hello
 *
 * Returns: (transfer none) (nullable): the scopes of this connection, %NULL when the gateway did not tell
 */
const char * const *
mz_hello_get_scopes (MzHello *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->scopes;
}

/**
 * mz_hello_get_role:
 * @self: a hello
 *
 * Returns: (transfer none) (nullable): the role of this connection
 */
const char *
mz_hello_get_role (MzHello *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->role;
}

/**
 * mz_hello_get_device_token:
 * @self: a hello
 *
 * Returns: (transfer none) (nullable): the token that this device may use from now on; a secret
 */
const char *
mz_hello_get_device_token (MzHello *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->device_token;
}

/**
 * mz_hello_get_main_session_key:
 * @self: a hello
 *
 * Returns: (transfer none): the key of the main session
 */
const char *
mz_hello_get_main_session_key (MzHello *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->main_session_key;
}

/**
 * mz_hello_get_default_agent:
 * @self: a hello
 *
 * Returns: (transfer none): the id of the default agent
 */
const char *
mz_hello_get_default_agent (MzHello *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->default_agent;
}

/**
 * mz_hello_get_max_payload:
 * @self: a hello
 *
 * Returns: the largest message that the gateway takes, in bytes
 */
gsize
mz_hello_get_max_payload (MzHello *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_payload;
}

/**
 * mz_hello_get_tick_interval_ms:
 * @self: a hello
 *
 * Returns: how often the gateway sends `tick`, in ms
 */
guint
mz_hello_get_tick_interval_ms (MzHello *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->tick_interval_ms;
}

/**
 * mz_hello_get_max_attachment:
 * @self: a hello
 *
 * Returns: the largest attachment that the gateway takes, in decoded bytes; 0 when it did not tell
 */
gsize
mz_hello_get_max_attachment (MzHello *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_attachment;
}

/**
 * mz_hello_get_max_image:
 * @self: a hello
 *
 * Returns: the largest image that the gateway takes, in decoded bytes; 0 when it did not tell
 */
gsize
mz_hello_get_max_image (MzHello *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_image;
}

/**
 * mz_hello_get_uptime_ms:
 * @self: a hello
 *
 * Returns: for how long the gateway has been running, in ms; 0 when it did not tell
 */
gint64
mz_hello_get_uptime_ms (MzHello *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->uptime_ms;
}
