/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-identity-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef G_OS_UNIX
#include <sys/file.h>
#include <unistd.h>
#else
#include <io.h>
#endif

#include "mz-json.h"

#define VERSION 1

/* A hundred times what is expected: another file was named by mistake. */
#define MAX_FILE (1024 * 1024)

#define MAX_LOCK_TRIES 50
#define LOCK_WAIT_US 10000

struct _MzIdentityFile
{
  GObject parent_instance;

  char *path;
  MzIdentity *identity;
  gulong changed_id;

  /* Below: shared with the thread that writes. */
  GMutex lock;
  GHashTable *known;            /* device tokens as this process last read or wrote them: gateway → token */
  GHashTable *wanted;           /* as the identity has them now */
  GBytes *seed;
  gboolean dirty;
};

G_DEFINE_FINAL_TYPE (MzIdentityFile, mz_identity_file, G_TYPE_OBJECT)

static void
token_free (gpointer token)
{
  sodium_memzero (token, strlen (token));
  g_free (token);
}

static GHashTable *
token_table_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, token_free);
}

static GHashTable *
token_table_copy (GHashTable *tokens)
{
  GHashTable *copy = token_table_new ();
  GHashTableIter iter;
  gpointer gateway, token;

  g_hash_table_iter_init (&iter, tokens);
  while (g_hash_table_iter_next (&iter, &gateway, &token))
    g_hash_table_insert (copy, g_strdup (gateway), g_strdup (token));

  return copy;
}

static GHashTable *
tokens_of_identity (MzIdentity *identity)
{
  GHashTable *tokens = token_table_new ();
  g_auto (GStrv) gateways = mz_identity_list_gateways (identity);

  for (guint i = 0; gateways != NULL && gateways[i] != NULL; i++)
    {
      const char *token = mz_identity_get_device_token (identity, gateways[i]);

      if (token != NULL)
        g_hash_table_insert (tokens, g_strdup (gateways[i]), g_strdup (token));
    }

  return tokens;
}

static GHashTable *
tokens_of_file (JsonObject *root)
{
  GHashTable *tokens = token_table_new ();
  JsonObject *object = mz_json_get_object (root, "deviceTokens");
  g_autoptr (GList) gateways = object != NULL ? json_object_get_members (object) : NULL;

  for (GList *l = gateways; l != NULL; l = l->next)
    {
      const char *token = mz_json_get_string (object, l->data);

      if (token != NULL && *token != '\0')
        g_hash_table_insert (tokens, g_strdup (l->data), g_strdup (token));
    }

  return tokens;
}

static GBytes *
bytes_new_wiped (guint8 *data,
                 gsize   length)
{
  GBytes *bytes = g_bytes_new (data, length);

  sodium_memzero (data, length);
  g_free (data);

  return bytes;
}

static void
set_errno_error (GError     **error,
                 const char  *path,
                 int          saved_errno)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "%s: %s", path, g_strerror (saved_errno));
}

G_GNUC_PRINTF (3, 4)
static void
set_damaged_error (GError     **error,
                   const char  *path,
                   const char  *format,
                   ...)
{
  g_autofree char *why = NULL;
  va_list args;

  va_start (args, format);
  why = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_IDENTITY,
               _("the identity file %s cannot be used: %s; it was left as it is: mend it, or move it away to begin as a new device"),
               path, why);
}

/* Reads and checks the file. G_IO_ERROR_NOT_FOUND when there is none. */
static JsonNode *
load (const char  *path,
      GBytes     **seed,
      GError     **error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *contents = NULL;
  JsonObject *root;
  const char *encoded;
  GError *read_error = NULL;
  GStatBuf info;
  gsize length, seed_length;
  guint8 *decoded;
  gint64 version;

  if (g_stat (path, &info) != 0)
    {
      set_errno_error (error, path, errno);
      return NULL;
    }
  if (!S_ISREG (info.st_mode))
    {
      set_damaged_error (error, path, _("it is not a regular file"));
      return NULL;
    }
  if (info.st_size > MAX_FILE)
    {
      set_damaged_error (error, path, _("it is too large"));
      return NULL;
    }
  if (!g_file_get_contents (path, &contents, &length, &read_error))
    {
      set_damaged_error (error, path, "%s", read_error->message);
      g_error_free (read_error);
      return NULL;
    }

  node = mz_json_parse (contents, length, MAX_FILE, NULL);
  sodium_memzero (contents, length);
  root = node != NULL ? mz_json_node_object (node) : NULL;
  if (root == NULL)
    {
      set_damaged_error (error, path, _("it is not a JSON object"));
      return NULL;
    }

  version = mz_json_get_int (root, "version", -1);
  if (version > VERSION)
    {
      set_damaged_error (error, path, _("it is of a newer version (%" G_GINT64_FORMAT ")"), version);
      return NULL;
    }
  if (version != VERSION)
    {
      set_damaged_error (error, path, _("it names no version"));
      return NULL;
    }

  encoded = mz_json_get_string (root, "seed");
  decoded = encoded != NULL ? g_base64_decode (encoded, &seed_length) : NULL;
  if (decoded == NULL || seed_length != MZ_IDENTITY_SEED_BYTES)
    {
      g_free (decoded);
      set_damaged_error (error, path, _("its key is missing or not whole"));
      return NULL;
    }
  if (mz_json_has (root, "deviceTokens") && mz_json_get_object (root, "deviceTokens") == NULL)
    {
      g_free (decoded);
      set_damaged_error (error, path, _("its device tokens are not an object"));
      return NULL;
    }

  *seed = bytes_new_wiped (decoded, seed_length);

  return g_steal_pointer (&node);
}

#ifdef G_OS_UNIX
/* Two processes that write at once take turns; one that holds the lock too long is not waited for. */
static int
lock_directory (const char *directory)
{
  int fd = g_open (directory, O_RDONLY | O_CLOEXEC, 0);

  for (guint i = 0; fd >= 0 && i < MAX_LOCK_TRIES; i++)
    {
      if (flock (fd, LOCK_EX | LOCK_NB) == 0)
        break;
      g_usleep (LOCK_WAIT_US);
    }

  return fd;
}
#endif

static gboolean
write_fd (int          fd,
          const char  *text,
          gsize        length)
{
  while (length > 0)
    {
      gssize n = write (fd, text, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      text += n;
      length -= n;
    }

  return g_fsync (fd) == 0;
}

/* A file beside it that takes its place: at every moment either the old one or the new one is there, whole. */
static gboolean
write_atomically (const char  *path,
                  const char  *text,
                  GError     **error)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (temporary, O_RDWR, 0600);
  int saved = 0;

  if (fd < 0)
    {
      set_errno_error (error, path, errno);
      return FALSE;
    }

  if (!write_fd (fd, text, strlen (text)))
    saved = errno;
  if (close (fd) != 0 && saved == 0)
    saved = errno;
  if (saved == 0 && g_rename (temporary, path) != 0)
    saved = errno;

  if (saved != 0)
    {
      g_unlink (temporary);
      set_errno_error (error, path, saved);
      return FALSE;
    }

  return TRUE;
}

/* What is in the file stays, but for what this process has changed since it last knew the file. */
static GHashTable *
merge_tokens (GHashTable *on_disk,
              GHashTable *known,
              GHashTable *wanted)
{
  GHashTable *merged = token_table_copy (on_disk);
  GHashTableIter iter;
  gpointer gateway, token;

  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &gateway, &token))
    if (g_strcmp0 (g_hash_table_lookup (known, gateway), token) != 0)
      g_hash_table_insert (merged, g_strdup (gateway), g_strdup (token));

  g_hash_table_iter_init (&iter, known);
  while (g_hash_table_iter_next (&iter, &gateway, &token))
    if (!g_hash_table_contains (wanted, gateway))
      g_hash_table_remove (merged, gateway);

  return merged;
}

static char *
to_text (JsonObject *root,
         GBytes     *seed,
         GHashTable *tokens)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *encoded = NULL;
  g_autofree char *text = NULL;
  JsonObject *object = json_object_new ();
  GHashTableIter iter;
  gpointer gateway, token;

  g_hash_table_iter_init (&iter, tokens);
  while (g_hash_table_iter_next (&iter, &gateway, &token))
    json_object_set_string_member (object, gateway, token);

  encoded = g_base64_encode (g_bytes_get_data (seed, NULL), g_bytes_get_size (seed));
  json_object_set_int_member (root, "version", VERSION);
  json_object_set_string_member (root, "seed", encoded);
  json_object_set_object_member (root, "deviceTokens", object);
  sodium_memzero (encoded, strlen (encoded));

  json_node_set_object (node, root);
  text = json_to_string (node, TRUE);

  return g_strconcat (text, "\n", NULL);
}

/* With the lock held: reads the file again, joins both, writes. */
static gboolean
save (MzIdentityFile  *self,
      GError         **error)
{
  g_autofree char *directory = g_path_get_dirname (self->path);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonObject) root = NULL;
  g_autoptr (GHashTable) on_disk = NULL;
  g_autoptr (GHashTable) merged = NULL;
  g_autoptr (GBytes) seed = NULL;
  GError *load_error = NULL;
  gboolean saved = FALSE;
#ifdef G_OS_UNIX
  int lock_fd;
#endif

  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      set_errno_error (error, directory, errno);
      return FALSE;
    }

#ifdef G_OS_UNIX
  lock_fd = lock_directory (directory);
#endif

  node = load (self->path, &seed, &load_error);
  if (node != NULL && !g_bytes_equal (seed, self->seed))
    {
      set_damaged_error (error, self->path, _("another device's key is in it now"));
    }
  else if (node == NULL && !g_error_matches (load_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&load_error));
    }
  else
    {
      /* Members that this version does not know stay. */
      root = node != NULL ? json_object_ref (mz_json_node_object (node)) : json_object_new ();
      on_disk = node != NULL ? tokens_of_file (root) : token_table_copy (self->known);
      merged = merge_tokens (on_disk, self->known, self->wanted);
      text = to_text (root, self->seed, merged);
      saved = write_atomically (self->path, text, error);
      sodium_memzero (text, strlen (text));
    }

#ifdef G_OS_UNIX
  if (lock_fd >= 0)
    close (lock_fd);
#endif

  if (saved)
    {
      g_hash_table_unref (self->known);
      self->known = token_table_copy (self->wanted);
      self->dirty = FALSE;
    }
  g_clear_error (&load_error);

  return saved;
}

static void
save_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  MzIdentityFile *self = source_object;
  GError *error = NULL;
  gboolean ok = TRUE;

  g_mutex_lock (&self->lock);
  if (self->dirty)
    ok = save (self, &error);
  g_mutex_unlock (&self->lock);

  /* It stays dirty; mz_identity_file_flush() tries again and tells. */
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
identity_changed_cb (MzIdentityFile *self)
{
  g_autoptr (GTask) task = NULL;

  g_mutex_lock (&self->lock);
  g_hash_table_unref (self->wanted);
  self->wanted = tokens_of_identity (self->identity);
  self->dirty = TRUE;
  g_mutex_unlock (&self->lock);

  task = g_task_new (self, NULL, NULL, NULL);
  g_task_set_source_tag (task, identity_changed_cb);
  g_task_run_in_thread (task, save_in_thread);
}

static void
mz_identity_file_finalize (GObject *object)
{
  MzIdentityFile *self = MZ_IDENTITY_FILE (object);

  if (self->identity != NULL)
    g_clear_signal_handler (&self->changed_id, self->identity);
  g_clear_object (&self->identity);
  g_clear_pointer (&self->known, g_hash_table_unref);
  g_clear_pointer (&self->wanted, g_hash_table_unref);
  g_clear_pointer (&self->seed, g_bytes_unref);
  g_clear_pointer (&self->path, g_free);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (mz_identity_file_parent_class)->finalize (object);
}

static void
mz_identity_file_class_init (MzIdentityFileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_identity_file_finalize;
}

static void
mz_identity_file_init (MzIdentityFile *self)
{
  g_mutex_init (&self->lock);
}

/* Wider permissions are mended, and said: others may have read the key. */
static char *
narrow_permissions (const char *path)
{
#ifdef G_OS_UNIX
  GStatBuf info;

  if (g_stat (path, &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    {
      if (g_chmod (path, 0600) == 0)
        return g_strdup_printf (_("%s could be read by other users; its mode is 0600 now"), path);

      return g_strdup_printf (_("%s can be read by other users, and its mode cannot be changed: %s"), path, g_strerror (errno));
    }
#endif

  return NULL;
}

/* Following symbolic links first: the file that they name is replaced, not the link. */
static char *
real_path (const char *path)
{
#ifdef G_OS_UNIX
  char *resolved = realpath (path, NULL);

  if (resolved != NULL)
    {
      char *copy = g_strdup (resolved);

      free (resolved);
      return copy;
    }
#endif

  return g_strdup (path);
}

static MzIdentityFile *
open_existing (const char  *path,
               GError     **error)
{
  g_autoptr (MzIdentityFile) self = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GBytes) seed = NULL;
  GHashTableIter iter;
  gpointer gateway, token;

  node = load (path, &seed, error);
  if (node == NULL)
    return NULL;

  self = g_object_new (MZ_TYPE_IDENTITY_FILE, NULL);
  self->path = real_path (path);
  self->seed = g_bytes_ref (seed);
  self->known = tokens_of_file (mz_json_node_object (node));
  self->wanted = token_table_copy (self->known);
  self->identity = mz_identity_new_from_seed (g_bytes_get_data (seed, NULL), g_bytes_get_size (seed), error);
  if (self->identity == NULL)
    return NULL;

  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, &gateway, &token))
    mz_identity_set_device_token (self->identity, gateway, token);

  return g_steal_pointer (&self);
}

static MzIdentityFile *
create (const char  *path,
        GError     **error)
{
  g_autoptr (MzIdentityFile) self = g_object_new (MZ_TYPE_IDENTITY_FILE, NULL);

  self->path = g_strdup (path);
  self->known = token_table_new ();
  self->wanted = token_table_new ();
  self->identity = mz_identity_new_random (error);
  if (self->identity == NULL)
    return NULL;

  self->seed = mz_identity_dup_seed (self->identity);
  if (!save (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mz_identity_file_open:
 * @path: where the identity is kept
 * @warning: (out) (nullable): what to tell the person although it worked
 *
 * Reads the file, or makes a new identity and its file. A file that cannot be understood is an error and stays untouched. Blocks: for
 * the time before the main loop runs.
 *
 * Returns: (transfer full) (nullable): the file
 */
MzIdentityFile *
mz_identity_file_open (const char  *path,
                       char       **warning,
                       GError     **error)
{
  MzIdentityFile *self;
  GError *first_error = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  if (warning != NULL)
    *warning = NULL;

  self = open_existing (path, &first_error);
  if (self == NULL && g_error_matches (first_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      GError *create_error = NULL;

      self = create (path, &create_error);

      /* Another process may have made it at the same moment: its identity counts. */
      if (self == NULL && g_error_matches (create_error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_IDENTITY))
        self = open_existing (path, NULL);

      if (self == NULL)
        g_propagate_error (error, g_steal_pointer (&create_error));
      g_clear_error (&create_error);
      g_clear_error (&first_error);
    }
  else if (self == NULL)
    {
      g_propagate_error (error, first_error);
    }

  if (self == NULL)
    return NULL;

  if (warning != NULL)
    *warning = narrow_permissions (self->path);
  self->changed_id = g_signal_connect_swapped (self->identity, "changed", G_CALLBACK (identity_changed_cb), self);

  return self;
}

/**
 * mz_identity_file_get_identity:
 *
 * Returns: (transfer none): the identity; what it learns is kept
 */
MzIdentity *
mz_identity_file_get_identity (MzIdentityFile *self)
{
  g_return_val_if_fail (MZ_IS_IDENTITY_FILE (self), NULL);

  return self->identity;
}

/**
 * mz_identity_file_flush:
 *
 * Writes what is not written yet. Blocks: for the time after the main loop.
 *
 * Returns: whether all of it is in the file
 */
gboolean
mz_identity_file_flush (MzIdentityFile  *self,
                        GError         **error)
{
  gboolean ok = TRUE;

  g_return_val_if_fail (MZ_IS_IDENTITY_FILE (self), FALSE);

  g_mutex_lock (&self->lock);
  if (self->dirty)
    ok = save (self, error);
  g_mutex_unlock (&self->lock);

  return ok;
}

/**
 * mz_identity_file_default_path:
 *
 * Returns: (transfer full): where the identity is kept when nothing else is said
 */
char *
mz_identity_file_default_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "moltzer", "identity.json", NULL);
}
