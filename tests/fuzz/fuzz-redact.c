/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever may get into a log: no known secret comes out, and a second time changes nothing.
 */
#include "config.h"

#include <string.h>

#include "mz-redact.h"

#define SECRET "tok-12345"

int LLVMFuzzerTestOneInput (const unsigned char *data,
                            size_t               size);

int
LLVMFuzzerTestOneInput (const unsigned char *data,
                        size_t               size)
{
  static const char * const secrets[] = { SECRET, "p/w d&x", NULL };
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *once = mz_redact (text, secrets);
  g_autofree char *twice = mz_redact (once, secrets);

  g_assert_null (strstr (once, SECRET));
  g_assert_true (g_str_equal (twice, once));

  return 0;
}
