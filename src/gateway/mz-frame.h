/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-json.h"

G_BEGIN_DECLS

typedef enum
{
  MZ_FRAME_REQUEST,
  MZ_FRAME_RESPONSE,
  MZ_FRAME_EVENT,
  MZ_FRAME_UNKNOWN,
} MzFrameType;

/**
 * MzFrame:
 * @type: the kind; frames of a kind that is not known are kept as %MZ_FRAME_UNKNOWN
 * @id: (nullable): a request's or response's id
 * @name: (nullable): a request's method or an event's name
 * @ok: a response's outcome
 * @payload: (nullable): a request's params, a response's or an event's payload; read events' with mz_frame_get_payload_object()
 * @error: (nullable): a failed response's error object
 * @seq: an event's number on this connection, -1 without one
 * @node: the whole frame; owns all of the above
 *
 * One message of the protocol (docs: gateway/protocol/transport, "Transport and framing"). Reference counted.
 */
typedef struct
{
  MzFrameType type;
  const char *id;
  const char *name;
  gboolean ok;
  JsonNode *payload;
  JsonObject *error;
  gint64 seq;

  /*< private >*/
  JsonNode *node;
  char *text; /* (nullable): as it came, when a text was cut out of it */
  gsize text_length;
  MzJsonCut cut;
  JsonNode *whole;
  gatomicrefcount ref_count;
} MzFrame;

#define MZ_TYPE_FRAME (mz_frame_get_type ())

GType     mz_frame_get_type       (void) G_GNUC_CONST;
MzFrame  *mz_frame_parse          (const char   *text,
                                   gsize         length,
                                   gsize         max_length,
                                   GError      **error);
MzFrame  *mz_frame_ref            (MzFrame      *self);
void      mz_frame_unref          (MzFrame      *self);
JsonObject *mz_frame_get_payload_object (MzFrame *self);
JsonObject *mz_frame_peek_payload_object (MzFrame *self,
                                          gssize  *text_length);

char     *mz_frame_build_request  (const char   *id,
                                   const char   *method,
                                   JsonNode     *params);
char     *mz_frame_build_response (const char   *id,
                                   JsonNode     *payload);
char     *mz_frame_build_error    (const char   *id,
                                   JsonNode     *error);
char     *mz_frame_build_event    (const char   *name,
                                   JsonNode     *payload,
                                   gint64        seq);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzFrame, mz_frame_unref)

G_END_DECLS
