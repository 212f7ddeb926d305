/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-clock.h"

#include <time.h>

/**
 * mz_clock_boot_us:
 *
 * A clock that nobody sets and that goes on while this host sleeps, where the system has one: g_get_monotonic_time() stands still meanwhile on
 * Linux and macOS. For waits that another computer has named.
 *
 * Returns: µs since some moment before the program's start
 */
gint64
mz_clock_boot_us (void)
{
#if defined (CLOCK_BOOTTIME)
  const clockid_t clock = CLOCK_BOOTTIME;
#elif defined (__APPLE__)
  const clockid_t clock = CLOCK_MONOTONIC; /* on macOS that one counts sleep */
#endif
#if defined (CLOCK_BOOTTIME) || defined (__APPLE__)
  struct timespec now;

  if (clock_gettime (clock, &now) == 0)
    return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
#endif
  return g_get_monotonic_time ();
}
