/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MzScrub:
 *
 * Takes out of texts what tells where a gateway is, and secrets: for what people publish.
 */
typedef struct _MzScrub MzScrub;

/**
 * MzScrubMode:
 * @MZ_SCRUB_OWN: words of ours around what is known
 * @MZ_SCRUB_FOREIGN: what others wrote too: every name with dots in it goes
 * @MZ_SCRUB_LOG: lines of the log: what stands in the place of a host or a path goes as well, whatever it looks like
 */
typedef enum
{
  MZ_SCRUB_OWN,
  MZ_SCRUB_FOREIGN,
  MZ_SCRUB_LOG,
} MzScrubMode;

MzScrub *mz_scrub_new   (void);
void     mz_scrub_free  (MzScrub     *self);
void     mz_scrub_add   (MzScrub     *self,
                         const char  *text,
                         const char  *replacement);
void     mz_scrub_add_secret (MzScrub *self,
                              const char  *secret);
char    *mz_scrub_apply (MzScrub     *self,
                         const char  *text,
                         MzScrubMode  mode);

/* (transfer full): "name in .ts.net", "private IPv4" */
char    *mz_scrub_kind_of_host (const char *host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzScrub, mz_scrub_free)

G_END_DECLS
