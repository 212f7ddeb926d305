/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-draft-files-private.h"

enum
{
  PROP_0,
  PROP_NAME,
  PROP_SIZE,
  PROP_OUTGOING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (MzFileLoad, mz_file_load, G_TYPE_OBJECT)

static void
mz_file_load_dispose (GObject *object)
{
  MzFileLoad *self = MZ_FILE_LOAD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_weak_pointer (&self->owner);
  g_clear_object (&self->outgoing);

  G_OBJECT_CLASS (mz_file_load_parent_class)->dispose (object);
}

static void
mz_file_load_finalize (GObject *object)
{
  MzFileLoad *self = MZ_FILE_LOAD (object);

  g_clear_object (&self->file);
  g_clear_object (&self->cancellable);
  g_free (self->name);

  G_OBJECT_CLASS (mz_file_load_parent_class)->finalize (object);
}

static void
mz_file_load_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  MzFileLoad *self = MZ_FILE_LOAD (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_SIZE:
      g_value_set_int64 (value, self->size);
      break;
    case PROP_OUTGOING:
      g_value_set_object (value, self->outgoing);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_file_load_class_init (MzFileLoadClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_file_load_dispose;
  object_class->finalize = mz_file_load_finalize;
  object_class->get_property = mz_file_load_get_property;

  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_SIZE] = g_param_spec_int64 ("size", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_OUTGOING] = g_param_spec_object ("outgoing", NULL, NULL, MZ_TYPE_OUTGOING, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mz_file_load_init (MzFileLoad *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * mz_file_load_get_name:
 * @self: a file
 *
 * Returns: (transfer none): what it is called
 */
const char *
mz_file_load_get_name (MzFileLoad *self)
{
  g_return_val_if_fail (MZ_IS_FILE_LOAD (self), NULL);

  return self->name;
}

/**
 * mz_file_load_get_size:
 * @self: a file
 *
 * Returns: its size in bytes, 0 while it is not known
 */
goffset
mz_file_load_get_size (MzFileLoad *self)
{
  g_return_val_if_fail (MZ_IS_FILE_LOAD (self), 0);

  return self->size;
}

/**
 * mz_file_load_get_outgoing:
 * @self: a file
 *
 * Returns: (transfer none) (nullable): what goes out, %NULL while it is read
 */
MzOutgoing *
mz_file_load_get_outgoing (MzFileLoad *self)
{
  g_return_val_if_fail (MZ_IS_FILE_LOAD (self), NULL);

  return self->outgoing;
}

/*< private >
 * mz_file_load_new:
 * @owner: (nullable): the files that it belongs to; not owned
 * @name: what it is called
 *
 * Returns: (transfer full): a file that is not there yet
 */
MzFileLoad *
mz_file_load_new (MzDraftFiles *owner,
                  const char   *name)
{
  MzFileLoad *self = g_object_new (MZ_TYPE_FILE_LOAD, NULL);

  g_set_weak_pointer (&self->owner, owner);
  self->name = g_utf8_make_valid (name, -1);
  return self;
}

/*< private >
 * mz_file_load_set_size:
 * @self: a file
 * @size: its size in bytes
 */
void
mz_file_load_set_size (MzFileLoad *self,
                       goffset     size)
{
  if (self->size == size)
    return;
  self->size = size;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SIZE]);
}

/*< private >
 * mz_file_load_take_outgoing:
 * @self: a file
 * @outgoing: (transfer full): what goes out
 */
void
mz_file_load_take_outgoing (MzFileLoad *self,
                            MzOutgoing *outgoing)
{
  g_clear_object (&self->outgoing);
  self->outgoing = outgoing;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OUTGOING]);
}
