/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs a libFuzzer target as a plain test: over each file of the corpora that are named, and over mutations of each. The seed is fixed,
 * so that a failure can be had again; FUZZ_SEED and FUZZ_ROUNDS change what is tried.
 */
#include "config.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#define DEFAULT_SEED 18789
#define DEFAULT_ROUNDS 200

/* Bytes that matter to the grammars here: mutations with these get further than random ones. */
#define TELLING_BYTES "\"\\{}[],:0-9.eE+u/'#@?&=%<> \r\n\t\0\x7f\x80\xc3\xff"

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

typedef struct
{
  char *name;
  guint8 *data;
  gsize size;
} Input;

static void
input_free (gpointer data)
{
  Input *input = data;

  g_free (input->name);
  g_free (input->data);
  g_free (input);
}

static int
compare_inputs (gconstpointer a,
                gconstpointer b)
{
  return strcmp ((*(const Input * const *) a)->name, (*(const Input * const *) b)->name);
}

static gboolean
read_corpus (GPtrArray   *inputs,
             const char  *path,
             GError     **error)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      Input *input = g_new0 (Input, 1);

      input->name = g_strdup (name);
      g_ptr_array_add (inputs, input);
      if (!g_file_get_contents (file, (char **) &input->data, &input->size, error))
        return FALSE;
    }
  return TRUE;
}

/* The target gets memory of exactly the size, so that valgrind and ASan see a read beyond it. */
static void
run_one (const guint8 *data,
         gsize         size)
{
  guint8 *copy = g_malloc (MAX (size, 1));

  if (size > 0)
    memcpy (copy, data, size);
  LLVMFuzzerTestOneInput (copy, size);
  g_free (copy);
}

static gsize
pick (GRand *rand,
      gsize  n)
{
  return n > 0 ? g_rand_int (rand) % n : 0;
}

static void
mutate (GByteArray *bytes,
        GPtrArray  *inputs,
        GRand      *rand)
{
  const Input *other;
  gsize at, from, length;
  guint8 byte;

  switch (g_rand_int_range (rand, 0, 6))
    {
    case 0: /* flip a bit */
      if (bytes->len > 0)
        bytes->data[pick (rand, bytes->len)] ^= (guint8) (1u << g_rand_int_range (rand, 0, 8));
      break;
    case 1: /* cut the end */
      g_byte_array_set_size (bytes, (guint) pick (rand, bytes->len + 1));
      break;
    case 2: /* cut out a piece */
      at = pick (rand, bytes->len);
      length = pick (rand, MIN (bytes->len - at, 32) + 1);
      if (length > 0)
        g_byte_array_remove_range (bytes, (guint) at, (guint) length);
      break;
    case 3: /* put a telling byte */
      byte = (guint8) TELLING_BYTES[pick (rand, sizeof TELLING_BYTES - 1)];
      if (bytes->len > 0)
        bytes->data[pick (rand, bytes->len)] = byte;
      else
        g_byte_array_append (bytes, &byte, 1);
      break;
    case 4: /* repeat a piece at the end */
      at = pick (rand, bytes->len);
      length = pick (rand, MIN (bytes->len - at, 64) + 1);
      if (length > 0)
        {
          g_autofree guint8 *piece = g_memdup2 (bytes->data + at, length);

          for (int n = g_rand_int_range (rand, 1, 9); n > 0; n--)
            g_byte_array_append (bytes, piece, (guint) length);
        }
      break;
    default: /* continue as another input */
      other = g_ptr_array_index (inputs, pick (rand, inputs->len));
      g_byte_array_set_size (bytes, (guint) pick (rand, bytes->len + 1));
      from = pick (rand, other->size);
      if (other->size > from)
        g_byte_array_append (bytes, other->data + from, (guint) (other->size - from));
      break;
    }
}

static guint
get_number (const char *variable,
            guint       fallback)
{
  const char *text = g_getenv (variable);
  guint64 number;

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &number, NULL) ? (guint) number : fallback;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func (input_free);
  g_autoptr (GRand) rand = NULL;
  guint seed = get_number ("FUZZ_SEED", DEFAULT_SEED);
  guint rounds = get_number ("FUZZ_ROUNDS", DEFAULT_ROUNDS);

  /* As in g_test_init(): what is logged as critical is a bug. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);

  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!read_corpus (inputs, argv[i], &error))
        {
          g_print ("Bail out! %s\n", error->message);
          return 1;
        }
    }
  if (inputs->len == 0)
    {
      g_print ("Bail out! The corpus is empty\n");
      return 1;
    }

  g_ptr_array_sort (inputs, compare_inputs);
  rand = g_rand_new_with_seed (seed);
  g_print ("TAP version 13\n# FUZZ_SEED=%u FUZZ_ROUNDS=%u\n1..%u\n", seed, rounds, inputs->len);
  for (guint i = 0; i < inputs->len; i++)
    {
      const Input *input = g_ptr_array_index (inputs, i);

      run_one (input->data, input->size);
      for (guint round = 0; round < rounds; round++)
        {
          g_autoptr (GByteArray) bytes = g_byte_array_sized_new ((guint) input->size + 64);

          g_byte_array_append (bytes, input->data, (guint) input->size);
          for (int n = g_rand_int_range (rand, 1, 5); n > 0; n--)
            mutate (bytes, inputs, rand);
          run_one (bytes->data, bytes->len);
        }
      g_print ("ok %u %s\n", i + 1, input->name);
    }
  return 0;
}
