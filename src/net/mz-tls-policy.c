/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-tls-policy.h"

#include <string.h>

/* SHA-256 in hex */
#define FINGERPRINT_LENGTH 64

/* The issuer or the certificate itself is not to be believed: nothing else in it counts then. */
#define UNTRUSTED_FLAGS (G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_REVOKED | G_TLS_CERTIFICATE_INSECURE)

/* As `openssl x509 -fingerprint -sha256` and others print it */
static const char * const pin_prefixes[] = { "sha256 fingerprint=", "sha-256:", "sha256:", "sha256=" };

/*
 * MzPinDatabase:
 *
 * Trusts one certificate. It never asks the system's trust store (which glib-networking 2.74 nevertheless reads for each
 * connection that it makes), and a handshake with any other certificate fails before anything is sent.
 */
#define MZ_TYPE_PIN_DATABASE (mz_pin_database_get_type ())
G_DECLARE_FINAL_TYPE (MzPinDatabase, mz_pin_database, MZ, PIN_DATABASE, GTlsDatabase)

struct _MzPinDatabase
{
  GTlsDatabase parent_instance;

  char *pin;
};

G_DEFINE_FINAL_TYPE (MzPinDatabase, mz_pin_database, G_TYPE_TLS_DATABASE)

static GTlsCertificateFlags
mz_pin_database_verify_chain (GTlsDatabase             *database,
                              GTlsCertificate          *chain,
                              const char               *purpose,
                              GSocketConnectable       *identity,
                              GTlsInteraction          *interaction,
                              GTlsDatabaseVerifyFlags   flags,
                              GCancellable             *cancellable,
                              GError                  **error)
{
  MzPinDatabase *self = MZ_PIN_DATABASE (database);
  g_autofree char *fingerprint = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return G_TLS_CERTIFICATE_GENERIC_ERROR;

  fingerprint = mz_tls_fingerprint (chain);

  return mz_tls_policy_judge (self->pin, fingerprint, 0) == MZ_TLS_PINNED ? 0 : G_TLS_CERTIFICATE_UNKNOWN_CA;
}

static void
mz_pin_database_verify_chain_async (GTlsDatabase            *database,
                                    GTlsCertificate         *chain,
                                    const char              *purpose,
                                    GSocketConnectable      *identity,
                                    GTlsInteraction         *interaction,
                                    GTlsDatabaseVerifyFlags  flags,
                                    GCancellable            *cancellable,
                                    GAsyncReadyCallback      callback,
                                    gpointer                 user_data)
{
  g_autoptr (GTask) task = g_task_new (database, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  GTlsCertificateFlags result;

  g_task_set_source_tag (task, mz_pin_database_verify_chain_async);

  /* One hash of a few hundred bytes: no thread is needed for that. */
  result = mz_pin_database_verify_chain (database, chain, purpose, identity, interaction, flags, cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_int (task, (gssize) result);
}

static GTlsCertificateFlags
mz_pin_database_verify_chain_finish (GTlsDatabase  *database,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  gssize flags;

  g_return_val_if_fail (g_task_is_valid (result, database), G_TLS_CERTIFICATE_GENERIC_ERROR);

  flags = g_task_propagate_int (G_TASK (result), error);

  return flags < 0 ? G_TLS_CERTIFICATE_GENERIC_ERROR : (GTlsCertificateFlags) flags;
}

static void
mz_pin_database_finalize (GObject *object)
{
  MzPinDatabase *self = MZ_PIN_DATABASE (object);

  g_free (self->pin);

  G_OBJECT_CLASS (mz_pin_database_parent_class)->finalize (object);
}

static void
mz_pin_database_class_init (MzPinDatabaseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GTlsDatabaseClass *database_class = G_TLS_DATABASE_CLASS (klass);

  object_class->finalize = mz_pin_database_finalize;

  database_class->verify_chain = mz_pin_database_verify_chain;
  database_class->verify_chain_async = mz_pin_database_verify_chain_async;
  database_class->verify_chain_finish = mz_pin_database_verify_chain_finish;
}

static void
mz_pin_database_init (MzPinDatabase *self)
{
}

/**
 * mz_tls_policy_judge:
 * @pin: (nullable): the pinned fingerprint, as mz_tls_pin_parse() gives it
 * @fingerprint: (nullable): the fingerprint of the peer's certificate, %NULL when it showed none
 * @errors: what the system holds against the certificate
 *
 * Decides on a certificate. With a pin, exactly that certificate is accepted and @errors do not count; without one, the
 * system's view counts. Of several errors the gravest is named: trust, then name, then dates.
 *
 * Returns: the verdict
 */
MzTlsVerdict
mz_tls_policy_judge (const char           *pin,
                     const char           *fingerprint,
                     GTlsCertificateFlags  errors)
{
  if (pin != NULL)
    return g_strcmp0 (pin, fingerprint) == 0 ? MZ_TLS_PINNED : MZ_TLS_PIN_MISMATCH;

  if (errors == 0)
    return MZ_TLS_TRUSTED;
  if ((errors & UNTRUSTED_FLAGS) != 0)
    return MZ_TLS_UNTRUSTED;
  if ((errors & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0)
    return MZ_TLS_BAD_NAME;
  if ((errors & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED)) != 0)
    return MZ_TLS_EXPIRED;

  return MZ_TLS_UNTRUSTED;
}

/**
 * mz_tls_verdict_accepts:
 * @verdict: a verdict
 *
 * Whether the handshake may go on.
 *
 * Returns: %TRUE if so
 */
gboolean
mz_tls_verdict_accepts (MzTlsVerdict verdict)
{
  return verdict == MZ_TLS_TRUSTED || verdict == MZ_TLS_PINNED;
}

/**
 * mz_tls_verdict_to_error:
 * @verdict: a verdict
 *
 * Gets the error for a verdict that does not accept.
 *
 * Returns: the error's code; %MZ_NET_ERROR_FAILED, which is never right, for one that accepts
 */
MzNetError
mz_tls_verdict_to_error (MzTlsVerdict verdict)
{
  switch (verdict)
    {
    case MZ_TLS_PIN_MISMATCH:
      return MZ_NET_ERROR_TLS_PIN_MISMATCH;
    case MZ_TLS_BAD_NAME:
      return MZ_NET_ERROR_TLS_NAME;
    case MZ_TLS_EXPIRED:
      return MZ_NET_ERROR_TLS_EXPIRED;
    case MZ_TLS_UNTRUSTED:
      return MZ_NET_ERROR_TLS_UNTRUSTED;
    case MZ_TLS_TRUSTED:
    case MZ_TLS_PINNED:
    default:
      return MZ_NET_ERROR_FAILED;
    }
}

/**
 * mz_tls_policy_allows_version:
 * @version: the protocol that a handshake agreed on
 *
 * Whether a protocol is new enough: TLS 1.2 at least. GIO's default still agrees to TLS 1.0 (checked with
 * glib-networking 2.74), so this is asked before anything is sent.
 *
 * Returns: %TRUE if so
 */
gboolean
mz_tls_policy_allows_version (GTlsProtocolVersion version)
{
  switch (version)
    {
    case G_TLS_PROTOCOL_VERSION_TLS_1_2:
    case G_TLS_PROTOCOL_VERSION_TLS_1_3:
    case G_TLS_PROTOCOL_VERSION_DTLS_1_2:
      return TRUE;
    case G_TLS_PROTOCOL_VERSION_UNKNOWN:
    case G_TLS_PROTOCOL_VERSION_SSL_3_0:
    case G_TLS_PROTOCOL_VERSION_TLS_1_0:
    case G_TLS_PROTOCOL_VERSION_TLS_1_1:
    case G_TLS_PROTOCOL_VERSION_DTLS_1_0:
      return FALSE;
    default:
      /* Newer than what this GLib knows */
      return version > G_TLS_PROTOCOL_VERSION_TLS_1_3;
    }
}

/**
 * mz_tls_pin_parse:
 * @text: a SHA-256 fingerprint as people paste it: hex in any case, with or without colons, spaces and a `sha256:`
 *   before it
 * @error: return location for an error
 *
 * Reads a pin.
 *
 * Returns: (transfer full): 64 lower-case hex digits, or %NULL with @error set to %MZ_NET_ERROR_INVALID_ADDRESS
 */
char *
mz_tls_pin_parse (const char  *text,
                  GError     **error)
{
  char digits[FINGERPRINT_LENGTH + 1] = { 0 };
  guint n = 0;
  gboolean ok = TRUE;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  while (g_ascii_isspace (*text))
    text++;

  for (guint i = 0; i < G_N_ELEMENTS (pin_prefixes); i++)
    if (g_ascii_strncasecmp (text, pin_prefixes[i], strlen (pin_prefixes[i])) == 0)
      {
        text += strlen (pin_prefixes[i]);
        break;
      }

  for (; ok && *text != '\0'; text++)
    {
      if (g_ascii_isxdigit (*text) && n < FINGERPRINT_LENGTH)
        digits[n++] = g_ascii_tolower (*text);
      else
        ok = *text == ':' || g_ascii_isspace (*text);
    }

  if (!ok || n != FINGERPRINT_LENGTH)
    {
      g_set_error_literal (error, MZ_NET_ERROR, MZ_NET_ERROR_INVALID_ADDRESS,
                           "A certificate's fingerprint is its SHA-256 in hex: 64 digits, with or without colons");
      return NULL;
    }

  return g_strdup (digits);
}

/**
 * mz_tls_fingerprint:
 * @certificate: a certificate
 *
 * Computes a certificate's fingerprint: the SHA-256 of its DER form.
 *
 * Returns: (transfer full) (nullable): 64 lower-case hex digits, or %NULL if the certificate has no DER form
 */
char *
mz_tls_fingerprint (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;

  g_return_val_if_fail (G_IS_TLS_CERTIFICATE (certificate), NULL);

  g_object_get (certificate, "certificate", &der, NULL);
  if (der == NULL)
    return NULL;

  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
}

/**
 * mz_tls_pin_database_new:
 * @pin: a pin, as mz_tls_pin_parse() gives it
 *
 * Creates a database that trusts exactly the certificate with that fingerprint, whatever its name, dates and issuer
 * are.
 *
 * Returns: (transfer full): the database
 */
GTlsDatabase *
mz_tls_pin_database_new (const char *pin)
{
  MzPinDatabase *self;

  g_return_val_if_fail (pin != NULL && strlen (pin) == FINGERPRINT_LENGTH, NULL);

  self = g_object_new (MZ_TYPE_PIN_DATABASE, NULL);
  self->pin = g_strdup (pin);

  return G_TLS_DATABASE (self);
}
