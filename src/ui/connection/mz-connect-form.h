/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-gateway-entry.h"
#include "mz-secret-store.h"

G_BEGIN_DECLS

typedef enum
{
  MZ_CONNECT_FIELD_ADDRESS,
  MZ_CONNECT_FIELD_SECRET,
} MzConnectField;

/**
 * MzConnectForm:
 *
 * The part of MzConnectPage that is filled in: address, token or password. What is wrong is said at the field.
 *
 * Signals: `::connect`, `::demo`: the buttons.
 */
#define MZ_TYPE_CONNECT_FORM (mz_connect_form_get_type ())
G_DECLARE_FINAL_TYPE (MzConnectForm, mz_connect_form, MZ, CONNECT_FORM, GtkWidget)

/* Once: it says where secrets are kept. */
void             mz_connect_form_set_secrets       (MzConnectForm   *self,
                                                    MzSecretStore   *secrets);
/* Whether there is an address; otherwise what is wrong is said. */
gboolean         mz_connect_form_check             (MzConnectForm   *self);
/* (transfer none) (nullable) */
MzEndpoint      *mz_connect_form_get_endpoint      (MzConnectForm   *self);
/* (transfer full): from an address that was checked */
MzGatewayEntry  *mz_connect_form_make_entry        (MzConnectForm   *self);
/* (transfer full) (nullable): NULL for an empty field; free with mz_secret_free() */
char            *mz_connect_form_dup_secret        (MzConnectForm   *self,
                                                    MzCredential    *credential);
void             mz_connect_form_set_address       (MzConnectForm   *self,
                                                    const char      *address);
void             mz_connect_form_suggest           (MzConnectForm   *self,
                                                    const char      *address,
                                                    const char      *name);
void             mz_connect_form_complain_address  (MzConnectForm   *self,
                                                    const char      *text);
void             mz_connect_form_complain_secret   (MzConnectForm   *self,
                                                    const char      *text);
void             mz_connect_form_focus             (MzConnectForm   *self,
                                                    MzConnectField   field);
void             mz_connect_form_clear             (MzConnectForm   *self);

G_END_DECLS
