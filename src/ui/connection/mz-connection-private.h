/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/* What the pages of this folder share. */

/* The certificate that the last dial met, when trusting it would mend that. */
typedef struct
{
  char *pin;                    /* its fingerprint */
  GTlsCertificate *certificate; /* nullable */
  char *host;
  gboolean changed;             /* another one was trusted before */
  char *why;                    /* nullable: what is wrong with it besides that nobody vouches for it */
} MzOffer;

MzOffer    *mz_offer_new              (MzGateway  *gateway);
void        mz_offer_free             (MzOffer    *self);
/* What to think of it, in two or three sentences */
char       *mz_offer_to_words         (MzOffer    *self);
/* Its facts, and how to compare the fingerprint; with @narrow, for a dialog, also what to think of it */
GtkWidget  *mz_offer_to_widget        (MzOffer    *self,
                                       const char *trusted_pin,
                                       gboolean    narrow);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzOffer, mz_offer_free)

/* What a connection in plaintext means, in two sentences */
char       *mz_plaintext_to_words     (MzGateway  *gateway);

void        mz_connection_toast       (GtkWidget  *widget,
                                       const char *text);
/* Puts @text on the clipboard and says so. */
void        mz_connection_copy        (GtkWidget  *widget,
                                       const char *text,
                                       const char *told);
/* A line of text in monospace with a button that copies it; @name is the button's name */
GtkWidget  *mz_connection_command_new (const char *command,
                                       const char *name);

G_END_DECLS
