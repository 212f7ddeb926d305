/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which devices are paired, with the tokens they were given, and which wait for approval. */
typedef struct _MzDemoDevices MzDemoDevices;

MzDemoDevices *mz_demo_devices_new          (void);
void           mz_demo_devices_free         (MzDemoDevices  *self);
void           mz_demo_devices_set_required (MzDemoDevices  *self,
                                             gboolean        required);
gboolean       mz_demo_devices_get_required (MzDemoDevices  *self);
gboolean       mz_demo_devices_is_paired    (MzDemoDevices  *self,
                                             const char     *device_id);
const char    *mz_demo_devices_request      (MzDemoDevices  *self,
                                             const char     *device_id,
                                             gboolean       *is_new);
gboolean       mz_demo_devices_approve      (MzDemoDevices  *self,
                                             const char     *request_id);
const char    *mz_demo_devices_issue_token  (MzDemoDevices  *self,
                                             const char     *device_id);
gboolean       mz_demo_devices_check_token  (MzDemoDevices  *self,
                                             const char     *device_id,
                                             const char     *token);
gboolean       mz_demo_secret_equal         (const char     *given,
                                             const char     *expected);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzDemoDevices, mz_demo_devices_free)

G_END_DECLS
