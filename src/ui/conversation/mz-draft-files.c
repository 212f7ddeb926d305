/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-draft-files-private.h"

#include <glib/gi18n.h>

/* A folder's worth of files dropped by mistake shall not become a thousand chips. */
#define MAX_FILES 100

/* What of a file tells its type. */
#define GUESS_BYTES 4096

#define FILE_ATTRIBUTES \
  G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME

struct _MzDraftFiles
{
  GObject parent_instance;

  MzGateway *gateway; /* weak */
  GListStore *attachments;
  GListStore *loads;
  GtkFlattenListModel *items;
  GListStore *problems;
};

enum
{
  PROP_0,
  PROP_ITEMS,
  PROP_ATTACHMENTS,
  PROP_PROBLEMS,
  PROP_READING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (MzDraftFiles, mz_draft_files, G_TYPE_OBJECT)

static G_DEFINE_QUARK (mz-draft-files, draft_files);

static void
mz_draft_files_dispose (GObject *object)
{
  MzDraftFiles *self = MZ_DRAFT_FILES (object);

  for (guint i = 0; self->loads != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->loads)); i++)
    {
      g_autoptr (MzFileLoad) load = g_list_model_get_item (G_LIST_MODEL (self->loads), i);

      g_cancellable_cancel (load->cancellable);
    }
  g_clear_weak_pointer (&self->gateway);
  g_clear_object (&self->items);
  g_clear_object (&self->loads);
  g_clear_object (&self->attachments);
  g_clear_object (&self->problems);

  G_OBJECT_CLASS (mz_draft_files_parent_class)->dispose (object);
}

static void
mz_draft_files_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  MzDraftFiles *self = MZ_DRAFT_FILES (object);

  switch (prop_id)
    {
    case PROP_ITEMS:
      g_value_set_object (value, self->items);
      break;
    case PROP_ATTACHMENTS:
      g_value_set_object (value, self->attachments);
      break;
    case PROP_PROBLEMS:
      g_value_set_object (value, self->problems);
      break;
    case PROP_READING:
      g_value_set_boolean (value, mz_draft_files_get_reading (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_draft_files_class_init (MzDraftFilesClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_draft_files_dispose;
  object_class->get_property = mz_draft_files_get_property;

  props[PROP_ITEMS] = g_param_spec_object ("items", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_ATTACHMENTS] = g_param_spec_object ("attachments", NULL, NULL, G_TYPE_LIST_STORE, flags);
  props[PROP_PROBLEMS] = g_param_spec_object ("problems", NULL, NULL, G_TYPE_LIST_STORE, flags);
  props[PROP_READING] = g_param_spec_boolean ("reading", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mz_draft_files_init (MzDraftFiles *self)
{
  self->loads = g_list_store_new (MZ_TYPE_FILE_LOAD);
  self->problems = g_list_store_new (GTK_TYPE_STRING_OBJECT);
}

/* All bytes of the files that are there or come; without @except. */
static gsize
size_of_files (MzDraftFiles *self,
               MzFileLoad   *except)
{
  gsize size = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->attachments)); i++)
    {
      g_autoptr (MzOutgoing) file = g_list_model_get_item (G_LIST_MODEL (self->attachments), i);

      size += g_bytes_get_size (mz_outgoing_get_bytes (file));
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->loads)); i++)
    {
      g_autoptr (MzFileLoad) load = g_list_model_get_item (G_LIST_MODEL (self->loads), i);

      if (load != except)
        size += (gsize) load->size;
    }
  return size;
}

static MzHello *
get_hello (MzDraftFiles *self)
{
  MzClient *client = self->gateway != NULL ? mz_gateway_get_client (self->gateway) : NULL;

  return client != NULL ? mz_client_get_hello (client) : NULL;
}

/* (transfer full) (nullable): why a file does not fit, in words */
static char *
why_too_large (MzHello    *hello,
               const char *name,
               const char *mime,
               gsize       size,
               gsize       beside)
{
  gsize limit = 0;
  g_autofree char *size_words = g_format_size (size);
  g_autofree char *limit_words = NULL;

  if (mz_outgoing_check (hello, mime, size, beside, &limit, NULL))
    return NULL;

  limit_words = g_format_size (limit);
  if (mz_outgoing_check (hello, mime, size, 0, NULL, NULL))
    {
      if (limit == 0)
        return g_strdup_printf (_("“%s” does not fit into this message any more. Send it with the next one."), name);
      /* Translators: name of a file, its size, what is left of the largest message, e.g. "3.1 MB" */
      return g_strdup_printf (_("“%s” is %s, and this message has room for %s more. Send it with the next one."), name, size_words,
                              limit_words);
    }
  if (g_str_has_prefix (mime, "image/"))
    /* Translators: name of an image, its size, the largest size, e.g. "6.3 MB" */
    return g_strdup_printf (_("“%s” is %s, and this gateway takes images of up to %s. Attach a smaller one."), name, size_words, limit_words);
  /* Translators: name of a file, its size, the largest size, e.g. "20 MB" */
  return g_strdup_printf (_("“%s” is %s, and this gateway takes files of up to %s. Attach a smaller one."), name, size_words, limit_words);
}

/* (transfer full): a MIME type, also where content types are something else */
static char *
guess_mime (const char *name,
            GBytes     *bytes)
{
  gsize size = 0;
  const guchar *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  g_autofree char *content_type = g_content_type_guess (name, data, MIN (size, GUESS_BYTES), NULL);
  char *mime = g_content_type_get_mime_type (content_type);

  return mime != NULL ? mime : g_strdup ("application/octet-stream");
}

/* What is read goes to the others in the order in which it was added, whichever was ready first. */
static void
flush (MzDraftFiles *self)
{
  for (;;)
    {
      g_autoptr (MzFileLoad) first = g_list_model_get_item (G_LIST_MODEL (self->loads), 0);

      if (first == NULL || first->outgoing == NULL)
        break;
      g_list_store_remove (self->loads, 0);
      g_list_store_append (self->attachments, first->outgoing);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READING]);
}

static void
drop_load (MzFileLoad *load)
{
  MzDraftFiles *self = load->owner;
  guint position;

  if (self == NULL)
    return;
  if (g_list_store_find (self->loads, load, &position))
    g_list_store_remove (self->loads, position);
  flush (self);
}

static void
fail_load (MzFileLoad *load,
           const char *sentence)
{
  if (load->owner != NULL && sentence != NULL)
    mz_draft_files_add_problem (load->owner, sentence);
  drop_load (load);
}

static void
fail_load_for (MzFileLoad   *load,
               const GError *error)
{
  g_autofree char *sentence = NULL;

  /* Removed by the person, or a question of the system's was answered with "cancel": nothing needs to be said. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sentence = NULL;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    sentence = g_strdup_printf (_("“%s” cannot be read: you have no permission to."), load->name);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    sentence = g_strdup_printf (_("“%s” is not there any more. Choose it again."), load->name);
  else
    /* Translators: name of a file, what the system says about it */
    sentence = g_strdup_printf (_("“%s” cannot be read: %s"), load->name, error->message);
  fail_load (load, sentence);
}

static void
take_bytes (MzFileLoad *load,
            GBytes     *bytes,
            const char *known_mime)
{
  MzDraftFiles *self = load->owner;
  gsize size = g_bytes_get_size (bytes);
  g_autofree char *mime = NULL;
  g_autofree char *sentence = NULL;

  if (self == NULL || g_cancellable_is_cancelled (load->cancellable))
    return;

  mime = known_mime != NULL ? g_strdup (known_mime) : guess_mime (load->name, bytes);
  if (size == 0)
    sentence = g_strdup_printf (_("“%s” is empty."), load->name);
  else
    sentence = why_too_large (get_hello (self), load->name, mime, size, size_of_files (self, load));
  if (sentence != NULL)
    {
      fail_load (load, sentence);
      return;
    }

  /* Told when it is at its place: a chip that goes at once need not look at it. */
  g_object_freeze_notify (G_OBJECT (load));
  mz_file_load_set_size (load, (goffset) size);
  mz_file_load_take_outgoing (load, mz_outgoing_new (load->name, mime, bytes));
  flush (self);
  g_object_thaw_notify (G_OBJECT (load));
}

static void
bytes_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (MzFileLoad) load = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);

  if (bytes == NULL)
    fail_load_for (load, error);
  else
    take_bytes (load, bytes, NULL);
}

static void
info_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (MzFileLoad) load = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);
  g_autofree char *sentence = NULL;

  if (info == NULL)
    {
      fail_load_for (load, error);
      return;
    }
  if (load->owner == NULL || g_cancellable_is_cancelled (load->cancellable))
    return;

  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    sentence = g_strdup_printf (_("“%s” is a folder. Attach the files in it, or an archive of it."), load->name);
  else if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    sentence = g_strdup_printf (_("“%s” is not a file that could be sent."), load->name);
  else if (g_file_info_get_size (info) <= 0)
    sentence = g_strdup_printf (_("“%s” is empty."), load->name);
  else
    {
      g_autofree char *mime = guess_mime (load->name, NULL);

      sentence = why_too_large (get_hello (load->owner), load->name, mime, (gsize) g_file_info_get_size (info),
                                size_of_files (load->owner, load));
    }
  if (sentence != NULL)
    {
      fail_load (load, sentence);
      return;
    }

  mz_file_load_set_size (load, g_file_info_get_size (info));
  g_file_load_bytes_async (G_FILE (source), load->cancellable, bytes_cb, g_object_ref (load));
}

static void
png_thread (GTask        *task,
            gpointer      source,
            gpointer      data,
            GCancellable *cancellable)
{
  GBytes *bytes = gdk_texture_save_to_png_bytes (GDK_TEXTURE (data));

  g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
}

static void
png_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  MzFileLoad *load = MZ_FILE_LOAD (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), &error);

  if (bytes == NULL)
    fail_load_for (load, error);
  else
    take_bytes (load, bytes, "image/png");
}

/* (transfer full) (nullable): appended to what is read, unless there are too many */
static MzFileLoad *
start_load (MzDraftFiles *self,
            const char   *name)
{
  g_autoptr (MzFileLoad) load = NULL;
  guint n_files = g_list_model_get_n_items (G_LIST_MODEL (self->items));

  if (n_files >= MAX_FILES)
    {
      g_autofree char *sentence = g_strdup_printf (ngettext ("At most %d file goes with one message.",
                                                             "At most %d files go with one message.", MAX_FILES), MAX_FILES);

      mz_draft_files_add_problem (self, sentence);
      return NULL;
    }

  load = mz_file_load_new (self, name);
  g_list_store_append (self->loads, load);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READING]);
  return g_steal_pointer (&load);
}

/**
 * mz_draft_files_new:
 * @attachments: where the files go that are there
 *
 * Returns: (transfer full): files of a draft
 */
MzDraftFiles *
mz_draft_files_new (GListStore *attachments)
{
  MzDraftFiles *self;
  GListStore *both;

  g_return_val_if_fail (G_IS_LIST_STORE (attachments), NULL);

  self = g_object_new (MZ_TYPE_DRAFT_FILES, NULL);
  self->attachments = g_object_ref (attachments);
  both = g_list_store_new (G_TYPE_LIST_MODEL);
  g_list_store_append (both, attachments);
  g_list_store_append (both, self->loads);
  self->items = gtk_flatten_list_model_new (G_LIST_MODEL (both));
  return self;
}

/**
 * mz_draft_files_for_chat:
 * @chat: a conversation
 *
 * Returns: (transfer none): the files of its draft, the same for each composer that shows it
 */
MzDraftFiles *
mz_draft_files_for_chat (MzChat *chat)
{
  MzDraftFiles *self;

  g_return_val_if_fail (MZ_IS_CHAT (chat), NULL);

  self = g_object_get_qdata (G_OBJECT (chat), draft_files_quark ());
  if (self == NULL)
    {
      self = mz_draft_files_new (mz_chat_get_attachments (chat));
      g_object_set_qdata_full (G_OBJECT (chat), draft_files_quark (), self, g_object_unref);
    }
  return self;
}

/**
 * mz_draft_files_set_gateway:
 * @self: files
 * @gateway: (nullable): whose limits count
 *
 * Sets whose limits count; the protocol's own do while it is %NULL or not connected.
 */
void
mz_draft_files_set_gateway (MzDraftFiles *self,
                            MzGateway    *gateway)
{
  g_return_if_fail (MZ_IS_DRAFT_FILES (self));

  g_set_weak_pointer (&self->gateway, gateway);
}

/**
 * mz_draft_files_get_items:
 * @self: files
 *
 * Returns: (transfer none): the files that are there and those that are being read
 */
GListModel *
mz_draft_files_get_items (MzDraftFiles *self)
{
  g_return_val_if_fail (MZ_IS_DRAFT_FILES (self), NULL);

  return G_LIST_MODEL (self->items);
}

/**
 * mz_draft_files_get_attachments:
 * @self: files
 *
 * Returns: (transfer none) (element-type MzOutgoing): the files that are there
 */
GListStore *
mz_draft_files_get_attachments (MzDraftFiles *self)
{
  g_return_val_if_fail (MZ_IS_DRAFT_FILES (self), NULL);

  return self->attachments;
}

/**
 * mz_draft_files_get_problems:
 * @self: files
 *
 * Returns: (transfer none) (element-type GtkStringObject): what was wrong with files that are not there
 */
GListStore *
mz_draft_files_get_problems (MzDraftFiles *self)
{
  g_return_val_if_fail (MZ_IS_DRAFT_FILES (self), NULL);

  return self->problems;
}

/**
 * mz_draft_files_get_reading:
 * @self: files
 *
 * Returns: whether files are still being read
 */
gboolean
mz_draft_files_get_reading (MzDraftFiles *self)
{
  g_return_val_if_fail (MZ_IS_DRAFT_FILES (self), FALSE);

  return g_list_model_get_n_items (G_LIST_MODEL (self->loads)) > 0;
}

/**
 * mz_draft_files_add_file:
 * @self: files
 * @file: a file
 *
 * Reads a file, unless it is over the gateway's limits. What is wrong with it is told in `problems`.
 */
void
mz_draft_files_add_file (MzDraftFiles *self,
                         GFile        *file)
{
  g_autofree char *basename = NULL;
  g_autofree char *name = NULL;
  g_autoptr (MzFileLoad) load = NULL;

  g_return_if_fail (MZ_IS_DRAFT_FILES (self));
  g_return_if_fail (G_IS_FILE (file));

  basename = g_file_get_basename (file);
  name = g_filename_display_name (basename != NULL ? basename : "");
  load = start_load (self, name);
  if (load == NULL)
    return;
  load->file = g_object_ref (file);
  g_file_query_info_async (file, FILE_ATTRIBUTES, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, load->cancellable, info_cb,
                           g_object_ref (load));
}

/**
 * mz_draft_files_add_texture:
 * @self: files
 * @texture: a picture
 * @name: what to call it
 *
 * Adds a picture as PNG.
 */
void
mz_draft_files_add_texture (MzDraftFiles *self,
                            GdkTexture   *texture,
                            const char   *name)
{
  g_autoptr (MzFileLoad) load = NULL;
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MZ_IS_DRAFT_FILES (self));
  g_return_if_fail (GDK_IS_TEXTURE (texture));
  g_return_if_fail (name != NULL);

  load = start_load (self, name);
  if (load == NULL)
    return;
  task = g_task_new (load, load->cancellable, png_cb, NULL);
  g_task_set_source_tag (task, mz_draft_files_add_texture);
  g_task_set_task_data (task, g_object_ref (texture), g_object_unref);
  g_task_run_in_thread (task, png_thread);
}

/**
 * mz_draft_files_add_problem:
 * @self: files
 * @sentence: what is wrong, translated
 *
 * Tells the person something about a file. The same is not told twice.
 */
void
mz_draft_files_add_problem (MzDraftFiles *self,
                            const char   *sentence)
{
  g_autoptr (GtkStringObject) problem = NULL;

  g_return_if_fail (MZ_IS_DRAFT_FILES (self));
  g_return_if_fail (sentence != NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->problems)); i++)
    {
      g_autoptr (GtkStringObject) known = g_list_model_get_item (G_LIST_MODEL (self->problems), i);

      if (g_strcmp0 (gtk_string_object_get_string (known), sentence) == 0)
        return;
    }
  problem = gtk_string_object_new (sentence);
  g_list_store_append (self->problems, problem);
}

/**
 * mz_draft_files_remove:
 * @self: files
 * @item: a #MzOutgoing or #MzFileLoad
 *
 * Takes a file out again.
 */
void
mz_draft_files_remove (MzDraftFiles *self,
                       gpointer      item)
{
  guint position;

  g_return_if_fail (MZ_IS_DRAFT_FILES (self));
  g_return_if_fail (MZ_IS_OUTGOING (item) || MZ_IS_FILE_LOAD (item));

  if (MZ_IS_FILE_LOAD (item))
    {
      g_autoptr (MzFileLoad) load = g_object_ref (item);

      g_cancellable_cancel (load->cancellable);
      drop_load (load);
    }
  else if (g_list_store_find (self->attachments, item, &position))
    g_list_store_remove (self->attachments, position);
}

/* How long @text is within JSON. */
static gsize
json_length (const char *text)
{
  gsize length = 0;

  for (const guchar *p = (const guchar *) text; *p != '\0'; p++)
    if (*p == '"' || *p == '\\' || *p == '\n' || *p == '\t' || *p == '\r')
      length += 2;
    else
      length += *p < 0x20 ? 6 : 1;
  return length;
}

/**
 * mz_draft_files_check:
 * @self: files
 * @text: the draft's text
 *
 * Whether the gateway takes all of it in one message. The limits can have changed since a file was added: by another connection.
 *
 * Returns: (transfer full) (nullable): what is wrong and what to do, in words; %NULL when it can be sent
 */
char *
mz_draft_files_check (MzDraftFiles *self,
                      const char   *text)
{
  MzHello *hello;
  gsize length, files, limit = 0;

  g_return_val_if_fail (MZ_IS_DRAFT_FILES (self), NULL);
  g_return_val_if_fail (text != NULL, NULL);

  hello = get_hello (self);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->attachments)); i++)
    {
      g_autoptr (MzOutgoing) file = g_list_model_get_item (G_LIST_MODEL (self->attachments), i);
      char *sentence = why_too_large (hello, mz_outgoing_get_name (file), mz_outgoing_get_mime (file),
                                      g_bytes_get_size (mz_outgoing_get_bytes (file)), 0);

      if (sentence != NULL)
        return sentence;
    }

  /* The check counts everything as base64, which the text is not. */
  length = json_length (text);
  files = size_of_files (self, NULL);
  if (mz_outgoing_check (hello, NULL, 1, files + length / 4 * 3, NULL, NULL))
    return NULL;
  if (mz_outgoing_check (hello, NULL, 1, length / 4 * 3, NULL, NULL))
    return g_strdup (_("Text and files together are more than this gateway takes in one message. Remove a file to send the rest."));

  {
    g_autofree char *length_words = g_format_size (length);
    g_autofree char *limit_words = NULL;

    limit = hello != NULL ? mz_hello_get_max_payload (hello) : 0;
    limit_words = limit > 0 ? g_format_size (limit) : NULL;
    if (limit_words == NULL)
      return g_strdup_printf (_("This text is %s, which is more than gateways take in one message. Shorten it, or attach it as a file."),
                              length_words);
    /* Translators: the text's size, and the largest message's, e.g. "26 MB" */
    return g_strdup_printf (_("This text is %s, and this gateway takes messages of up to %s. Shorten it, or send it in parts."),
                            length_words, limit_words);
  }
}
