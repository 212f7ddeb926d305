/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-image.h"

#include <string.h>

/* PNG (ISO/IEC 15948): 8 bits a pixel with a palette; zlib data (RFC 1950) come from GIO's compressor. */
#include <gio/gio.h>

#define SKY_COLOURS 64
#define N_RIDGES 4

static guint32
crc32_of (const guint8 *data,
          gsize         length)
{
  guint32 crc = 0xffffffffu;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= data[i];
      for (int bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
    }

  return ~crc;
}

static void
append_u32 (GByteArray *out,
            guint32     value)
{
  guint32 big = GUINT32_TO_BE (value);

  g_byte_array_append (out, (const guint8 *) &big, sizeof big);
}

static void
append_chunk (GByteArray   *out,
              const char   *type,
              const guint8 *data,
              gsize         length)
{
  guint start;

  append_u32 (out, (guint32) length);
  start = out->len;
  g_byte_array_append (out, (const guint8 *) type, 4);
  if (length > 0)
    g_byte_array_append (out, data, (guint) length);
  append_u32 (out, crc32_of (out->data + start, out->len - start));
}

/* A ridge is a sum of three triangle waves: no libm, and the same on every machine. */
static int
triangle (int x,
          int period,
          int height)
{
  int phase = x % period;

  return height * (phase < period / 2 ? phase : period - phase) / (period / 2);
}

static int
ridge_top (int ridge,
           int x)
{
  int shifted = x + 37 * (ridge + 1);

  return 70 + 26 * ridge - triangle (shifted, 140 - 11 * ridge, 26) - triangle (shifted * 2, 90 + 7 * ridge, 12) -
         triangle (shifted * 5, 64, 4);
}

static guint8
colour_at (int x,
           int y)
{
  int dx = x - 224, dy = y - 62;

  for (int ridge = N_RIDGES - 1; ridge >= 0; ridge--)
    if (y >= ridge_top (ridge, x))
      return (guint8) (SKY_COLOURS + ridge);
  if (dx * dx + dy * dy < 15 * 15)
    return SKY_COLOURS + N_RIDGES;
  return (guint8) MIN (y * SKY_COLOURS / 120, SKY_COLOURS - 1);
}

static GByteArray *
deflate (const guint8 *data,
         gsize         length)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
  GByteArray *out = g_byte_array_new ();
  gsize done = 0;
  GConverterResult result;

  do
    {
      guint8 buffer[4096];
      gsize n_read = 0, n_written = 0;

      result = g_converter_convert (G_CONVERTER (compressor), data + done, length - done, buffer, sizeof buffer,
                                    G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL);
      g_assert (result != G_CONVERTER_ERROR);
      done += n_read;
      g_byte_array_append (out, buffer, (guint) n_written);
    }
  while (result != G_CONVERTER_FINISHED);

  return out;
}

/*< private >
 * mz_demo_image_png:
 *
 * Draws the demo's picture. It is made each time: it is asked for seldom.
 *
 * Returns: (transfer full): a PNG
 */
GBytes *
mz_demo_image_png (void)
{
  const guint8 signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  const guint8 ridges[][3] = { { 0x8a, 0x6d, 0x9b }, { 0x62, 0x4f, 0x83 }, { 0x41, 0x38, 0x67 }, { 0x24, 0x22, 0x45 },
                               { 0xff, 0xf3, 0xc9 } };
  guint8 header[13] = { 0 };
  guint8 palette[(SKY_COLOURS + G_N_ELEMENTS (ridges)) * 3];
  guint32 width = GUINT32_TO_BE (MZ_DEMO_IMAGE_WIDTH), height = GUINT32_TO_BE (MZ_DEMO_IMAGE_HEIGHT);
  g_autoptr (GByteArray) pixels = g_byte_array_new ();
  g_autoptr (GByteArray) packed = NULL;
  GByteArray *png = g_byte_array_new ();

  memcpy (header, &width, 4);
  memcpy (header + 4, &height, 4);
  header[8] = 8; /* bits */
  header[9] = 3; /* palette */

  for (int i = 0; i < SKY_COLOURS; i++)
    {
      palette[3 * i] = (guint8) (0x4a + (0xff - 0x4a) * i / SKY_COLOURS);
      palette[3 * i + 1] = (guint8) (0x5a + (0xb8 - 0x5a) * i / SKY_COLOURS);
      palette[3 * i + 2] = (guint8) (0xa8 - (0xa8 - 0x7a) * i / SKY_COLOURS);
    }
  memcpy (palette + 3 * SKY_COLOURS, ridges, sizeof ridges);

  for (int y = 0; y < MZ_DEMO_IMAGE_HEIGHT; y++)
    {
      guint8 row[1 + MZ_DEMO_IMAGE_WIDTH] = { 0 };

      for (int x = 0; x < MZ_DEMO_IMAGE_WIDTH; x++)
        row[1 + x] = colour_at (x, y);
      g_byte_array_append (pixels, row, sizeof row);
    }
  packed = deflate (pixels->data, pixels->len);

  g_byte_array_append (png, signature, sizeof signature);
  append_chunk (png, "IHDR", header, sizeof header);
  append_chunk (png, "PLTE", palette, sizeof palette);
  append_chunk (png, "IDAT", packed->data, packed->len);
  append_chunk (png, "IEND", NULL, 0);

  return g_byte_array_free_to_bytes (png);
}
