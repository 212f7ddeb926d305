/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-markdown"

#include "config.h"

#include "mz-inline.h"

#include <string.h>

#include "mz-markdown-private.h"

/* Addresses in a chunk, which itself has at most 128 KiB. */
#define MAX_ADDRESSES (128 * 1024)

typedef struct
{
  MD_SPANTYPE type;

  /* (nullable): the address, when the text is shown as a link */
  char *uri;
  gsize text_start;
} Span;

static void
span_clear (gpointer data)
{
  Span *span = data;

  g_clear_pointer (&span->uri, g_free);
}

void
mz_inline_init (MzInline *self)
{
  *self = (MzInline) { .markup = g_string_new (NULL), .text = g_string_new (NULL), .addresses_left = MAX_ADDRESSES };
  self->spans = g_array_new (FALSE, FALSE, sizeof (Span));
  g_array_set_clear_func (self->spans, span_clear);
}

void
mz_inline_clear (MzInline *self)
{
  g_string_free (self->markup, TRUE);
  g_string_free (self->text, TRUE);
  g_array_unref (self->spans);
}

static const char *
entity_of (char c)
{
  switch (c)
    {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    default:
      return NULL;
    }
}

static void
append_escaped (GString    *markup,
                const char *text,
                gsize       length)
{
  const char *end = text + length;
  const char *run = text;

  for (const char *p = text; p < end; p++)
    {
      const char *entity = entity_of (*p);

      if (entity != NULL)
        {
          g_string_append_len (markup, run, p - run);
          g_string_append (markup, entity);
          run = p + 1;
        }
    }
  g_string_append_len (markup, run, end - run);
}

static void
append_text (MzInline   *self,
             const char *text,
             gsize       length)
{
  g_string_append_len (self->text, text, length);
  append_escaped (self->markup, text, length);
}

/*
 * What md4c tells of an address or a language.
 *
 * Returns: (transfer full)
 */
char *
mz_inline_attribute (const MD_ATTRIBUTE *attribute)
{
  GString *string = g_string_new (NULL);

  if (attribute->text != NULL)
    {
      for (guint i = 0; attribute->substr_offsets[i] < attribute->size; i++)
        {
          MD_OFFSET start = attribute->substr_offsets[i];
          MD_OFFSET end = attribute->substr_offsets[i + 1];

          if (attribute->substr_types[i] == MD_TEXT_ENTITY)
            mz_markdown_append_entity (string, attribute->text + start, end - start);
          else
            g_string_append_len (string, attribute->text + start, end - start);
        }
    }
  return g_string_free (string, FALSE);
}

static void
begin_link (MzInline           *self,
            Span               *span,
            const MD_ATTRIBUTE *address)
{
  g_autofree char *raw = mz_inline_attribute (address);
  g_autofree char *uri = NULL;
  gsize length;

  /* md4c 0.4 looks for the end of a bare address beyond that of its cell. */
  if (self->in_cell)
    raw[strcspn (raw, "|")] = '\0';
  uri = mz_markdown_link_encode (raw);
  length = strlen (uri);

  /* A link within a link is text: what is clicked must be one thing. */
  if (self->n_links == 0 && length <= self->addresses_left && mz_markdown_link_is_safe (uri))
    {
      /* GtkLabel takes the title for markup, and shows it under the pointer: it is the address, whatever was written. */
      g_autofree char *shown = g_markup_escape_text (uri, length);

      self->addresses_left -= length;
      self->n_links++;
      g_string_append (self->markup, "<a href=\"");
      append_escaped (self->markup, uri, length);
      g_string_append (self->markup, "\" title=\"");
      append_escaped (self->markup, shown, strlen (shown));
      g_string_append (self->markup, "\">");
      span->uri = g_steal_pointer (&uri);
    }
}

static void
end_link (MzInline *self,
          Span     *span)
{
  g_autofree char *warning = NULL;

  if (span->uri == NULL)
    return;

  /* A picture that nobody described. */
  if (self->text->len == span->text_start)
    append_text (self, span->uri, strlen (span->uri));
  g_string_append (self->markup, "</a>");
  self->n_links--;

  warning = mz_markdown_link_warning (span->uri, self->text->str + span->text_start);
  if (warning != NULL)
    {
      append_text (self, " (", 2);
      append_text (self, warning, strlen (warning));
      append_text (self, ")", 1);
    }
}

static void
begin_tag (MzInline   *self,
           guint      *count,
           const char *tag)
{
  if ((*count)++ == 0)
    g_string_append (self->markup, tag);
}

static void
end_tag (MzInline   *self,
         guint      *count,
         const char *tag)
{
  if (--(*count) == 0)
    g_string_append (self->markup, tag);
}

/* @detail: md4c's, of that type */
void
mz_inline_enter (MzInline    *self,
                 MD_SPANTYPE  type,
                 const void  *detail)
{
  Span span = { .type = type, .text_start = self->text->len };

  switch (type)
    {
    case MD_SPAN_EM:
      begin_tag (self, &self->italic, "<i>");
      break;
    case MD_SPAN_STRONG:
      begin_tag (self, &self->bold, "<b>");
      break;
    case MD_SPAN_DEL:
      begin_tag (self, &self->struck, "<s>");
      break;
    case MD_SPAN_CODE:
      begin_tag (self, &self->code, "<tt>");
      break;
    case MD_SPAN_A:
      begin_link (self, &span, &((const MD_SPAN_A_DETAIL *) detail)->href);
      break;
    case MD_SPAN_IMG:
      begin_link (self, &span, &((const MD_SPAN_IMG_DETAIL *) detail)->src);
      break;
    case MD_SPAN_LATEXMATH:
    case MD_SPAN_LATEXMATH_DISPLAY:
    case MD_SPAN_WIKILINK:
    case MD_SPAN_U:
    default:
      break;
    }
  g_array_append_val (self->spans, span);
}

/* Ends the innermost span. */
static void
end_span (MzInline *self)
{
  Span *span = &g_array_index (self->spans, Span, self->spans->len - 1);

  switch (span->type)
    {
    case MD_SPAN_EM:
      end_tag (self, &self->italic, "</i>");
      break;
    case MD_SPAN_STRONG:
      end_tag (self, &self->bold, "</b>");
      break;
    case MD_SPAN_DEL:
      end_tag (self, &self->struck, "</s>");
      break;
    case MD_SPAN_CODE:
      end_tag (self, &self->code, "</tt>");
      break;
    case MD_SPAN_A:
    case MD_SPAN_IMG:
      end_link (self, span);
      break;
    case MD_SPAN_LATEXMATH:
    case MD_SPAN_LATEXMATH_DISPLAY:
    case MD_SPAN_WIKILINK:
    case MD_SPAN_U:
    default:
      break;
    }
  g_array_set_size (self->spans, self->spans->len - 1);
}

/* md4c's spans do not always nest: what is within ends too, and an end without a beginning is none. */
void
mz_inline_leave (MzInline    *self,
                 MD_SPANTYPE  type)
{
  guint depth = self->spans->len;

  while (depth > 0 && g_array_index (self->spans, Span, depth - 1).type != type)
    depth--;
  for (guint n = depth > 0 ? self->spans->len - depth + 1 : 0; n > 0; n--)
    end_span (self);
}

/* Begins with nothing. */
void
mz_inline_begin (MzInline *self,
                 gboolean  in_cell)
{
  g_string_truncate (self->markup, 0);
  g_string_truncate (self->text, 0);
  self->in_cell = in_cell;
}

/* Ends what was not ended. */
void
mz_inline_end (MzInline *self)
{
  while (self->spans->len > 0)
    end_span (self);
}

void
mz_inline_text (MzInline    *self,
                MD_TEXTTYPE  type,
                const char  *text,
                gsize        length)
{
  switch (type)
    {
    case MD_TEXT_NULLCHAR:
      append_text (self, "\xef\xbf\xbd", 3);
      break;
    case MD_TEXT_BR:
      append_text (self, "\n", 1);
      break;
    case MD_TEXT_SOFTBR:
      append_text (self, " ", 1);
      break;
    case MD_TEXT_ENTITY:
      {
        g_autoptr (GString) character = g_string_new (NULL);

        mz_markdown_append_entity (character, text, length);
        append_text (self, character->str, character->len);
      }
      break;
    case MD_TEXT_NORMAL:
    case MD_TEXT_CODE:
    case MD_TEXT_HTML:
    case MD_TEXT_LATEXMATH:
    default:
      append_text (self, text, length);
      break;
    }
}
