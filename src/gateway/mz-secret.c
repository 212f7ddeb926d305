/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-secret.h"

#include <sodium.h>
#include <string.h>

/**
 * mz_secret_free:
 * @secret: (transfer full) (nullable): a token or password
 *
 * Overwrites @secret before its memory goes back; unlike memset(), the compiler cannot leave that out.
 */
void
mz_secret_free (char *secret)
{
  if (secret == NULL)
    return;

  sodium_memzero (secret, strlen (secret));
  g_free (secret);
}
