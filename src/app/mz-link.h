/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-endpoint.h"

G_BEGIN_DECLS

/**
 * MzLinkKind:
 * @MZ_LINK_ADD: `openclaw://gateway/add?url=ADDRESS[&name=NAME]`, `moltzer:add?url=…`: a gateway to add, asked first
 * @MZ_LINK_SESSION: `moltzer:session?gateway=ID&key=KEY`: a conversation to show (notifications)
 * @MZ_LINK_ASK: `moltzer:ask?text=TEXT`: a text for a new conversation's composer, never sent by itself
 */
typedef enum
{
  MZ_LINK_ADD,
  MZ_LINK_SESSION,
  MZ_LINK_ASK,
} MzLinkKind;

#define MZ_LINK_ERROR (mz_link_error_quark ())
typedef enum
{
  MZ_LINK_ERROR_UNKNOWN,
  MZ_LINK_ERROR_INVALID,
  MZ_LINK_ERROR_SECRET, /* it carries a token or password: refused, so that nobody learns to send such links */
} MzLinkError;
GQuark mz_link_error_quark (void);

/**
 * MzLink:
 *
 * A link from outside, hostile until the person says yes. A plain value: every string is valid UTF-8 without control characters and
 * of limited length (texts 16 KiB, others 2 KiB).
 */
typedef struct
{
  MzLinkKind kind;
  MzEndpoint *endpoint;
  char *name;
  char *gateway;
  char *key;
  char *text;
} MzLink;

MzLink *mz_link_parse (const char  *uri,
                       GError     **error);
void    mz_link_free  (MzLink      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzLink, mz_link_free)

G_END_DECLS
