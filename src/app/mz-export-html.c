/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-export-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mz-artifact.h"
#include "mz-run-words.h"
#include "mz-tool-text.h"

/* A picture that is larger is named only. */
#define MAX_PICTURE (8 * 1024 * 1024)

/* No script runs and nothing is loaded, whatever the page has. */
#define POLICY "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

static const char style[] =
  ":root{color-scheme:light dark;--text:#1e1e1e;--dim:#5e5c64;--page:#fff;--card:#f2f2f3;--line:#d5d3cf;--link:#1a5fb4;--bad:#a51d2d}\n"
  "@media (prefers-color-scheme:dark){:root{--text:#eee;--dim:#a9a7ae;--page:#1e1e1e;--card:#2b2b2b;--line:#474747;--link:#99c1f1;--bad:#ff9a94}}\n"
  "*{box-sizing:border-box}\n"
  "body{margin:0 auto;padding:24px 18px 48px;max-width:796px;background:var(--page);color:var(--text);"
  "font:16px/1.5 system-ui,Cantarell,\"Segoe UI\",Roboto,\"Noto Sans\",sans-serif;overflow-wrap:anywhere}\n"
  "header{margin-bottom:24px;border-bottom:1px solid var(--line)}\n"
  "h1{margin:0;font-size:1.6em;line-height:1.25}\n"
  "h2{margin:0 0 6px;font-size:.85em;font-weight:600;color:var(--dim)}\n"
  "h2 time{font-weight:400;margin-inline-start:6px}\n"
  "h3,h4,h5,h6{margin:18px 0 6px;line-height:1.3}h3{font-size:1.3em}h4{font-size:1.15em}h5,h6{font-size:1em}\n"
  ".meta,.note{color:var(--dim);font-size:.85em}\n"
  "section{margin:0 0 24px}\n"
  "section.you .said{white-space:pre-wrap;background:var(--card);border-radius:12px;padding:9px 14px;width:fit-content;max-width:100%}\n"
  "p{margin:0 0 12px}ul,ol{margin:0 0 12px;padding-inline-start:28px}.tight p{margin:0}li.task{list-style:none}"
  "li.task input{margin-inline:-22px 8px}li.task>p:first-of-type{display:inline}\n"
  "a{color:var(--link)}\n"
  "blockquote{margin:0 0 12px;padding-inline-start:14px;border-inline-start:3px solid var(--line);color:var(--dim)}\n"
  "hr{border:0;border-top:1px solid var(--line);margin:18px 0}\n"
  "code,pre{font:.92em/1.45 ui-monospace,\"Source Code Pro\",\"Cascadia Mono\",Menlo,\"DejaVu Sans Mono\",monospace}\n"
  ":not(pre)>code{background:var(--card);border-radius:4px;padding:1px 4px}\n"
  "figure{margin:0 0 12px}\n"
  ".code{border:1px solid var(--line);border-radius:8px;background:var(--card);overflow:hidden}\n"
  ".code figcaption{padding:4px 12px;border-bottom:1px solid var(--line);color:var(--dim);font-size:.8em}\n"
  ".code pre{margin:0;padding:10px 12px;overflow-x:auto;direction:ltr;text-align:left;tab-size:4}\n"
  "details .code pre{max-height:24em;overflow:auto}\n"
  ".table{overflow-x:auto;margin:0 0 12px}table{border-collapse:collapse}"
  "th,td{border:1px solid var(--line);padding:4px 10px;text-align:start;vertical-align:top;overflow-wrap:normal}th{background:var(--card)}"
  ".left{text-align:left}.center{text-align:center}.right{text-align:right}\n"
  "details{margin:0 0 12px}summary{color:var(--dim);font-size:.9em;cursor:pointer;margin-bottom:6px}"
  "details.reasoning>div{border-inline-start:3px solid var(--line);padding-inline-start:14px;color:var(--dim)}\n"
  ".error{color:var(--bad);white-space:pre-wrap}\n"
  ".marker{display:flex;align-items:center;gap:12px;color:var(--dim);font-size:.85em;margin:24px 0}"
  ".marker:before,.marker:after{content:\"\";flex:1;border-top:1px solid var(--line)}\n"
  "img{display:block;max-width:100%;height:auto;border-radius:8px}\n"
  "@page{margin:18mm 16mm}\n"
  "@media print{:root{--text:#000;--dim:#444;--page:#fff;--card:#f4f4f4;--line:#bbb;--link:#000;--bad:#8a0000;color-scheme:light}"
  "body{padding:0;max-width:none;font-size:10.5pt}"
  ".code pre,details .code pre{white-space:pre-wrap;overflow:visible;max-height:none}.table{overflow:visible}"
  ".code{overflow:visible}h1,h2,h3,h4,h5,h6,figcaption,summary{break-after:avoid}tr,img,.said,.code{break-inside:avoid}"
  "p,li{orphans:3;widows:3}a[href^=http]:after{content:\" (\" attr(href) \")\";color:var(--dim);font-size:.85em}}\n";

static void
append_plain (GString    *out,
              const char *tag,
              const char *class,
              const char *text)
{
  g_autofree char *clean = mz_export_clean (text);

  g_string_append_printf (out, "<%s class=\"%s\" dir=\"auto\">", tag, class);
  mz_export_html_escape (out, clean);
  g_string_append_printf (out, "</%s>\n", tag);
}

static void
begin (MzExportWriter      *self,
       const MzExportAbout *about,
       GString             *out)
{
  g_autofree char *now = g_date_time_format (about->now, "%Y-%m-%d %H:%M %Z");
  g_autofree char *title = mz_export_visible (about->title, FALSE);
  g_autofree char *session = mz_export_visible (about->session, FALSE);
  /* Translators: the key of a conversation, and a time. */
  g_autofree char *origin = g_strdup_printf (_("%s, exported %s"), session, now);

  g_string_append (out, "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n"
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">\n"
                        "<meta name=\"referrer\" content=\"no-referrer\">\n"
                        "<meta name=\"viewport\" content=\"width=device-width\">\n"
                        "<meta name=\"generator\" content=\"Moltzer " MZ_VERSION "\">\n<title>");
  mz_export_html_escape (out, title);
  g_string_append_printf (out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<header>\n<h1 dir=\"auto\">", style);
  mz_export_html_escape (out, title);
  g_string_append (out, "</h1>\n<p class=\"meta\">");
  mz_export_html_escape (out, origin);
  g_string_append (out, "</p>\n");
  if (!about->complete)
    append_plain (out, "p", "note", _("The gateway gives no more than this: what came before is missing."));
  g_string_append (out, "</header>\n<main>\n");
}

/* What shows as a picture and runs nothing. Whatever a peer calls it, its first bytes tell. */
static const char *
picture_mime (const guint8 *data,
              gsize         size)
{
  if (size > 8 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    return "image/png";
  if (size > 3 && memcmp (data, "\xff\xd8\xff", 3) == 0)
    return "image/jpeg";
  if (size > 6 && (memcmp (data, "GIF87a", 6) == 0 || memcmp (data, "GIF89a", 6) == 0))
    return "image/gif";
  if (size > 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    return "image/webp";

  return NULL;
}

static gboolean
append_picture (GString            *out,
                const MzAttachment *attachment)
{
  g_autoptr (GBytes) bytes = mz_artifact_decode (attachment, MAX_PICTURE, NULL);
  gsize size = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  const char *mime = picture_mime (data, size);
  const char *words = attachment->alt != NULL ? attachment->alt : attachment->name;
  g_autofree char *alt = mz_export_visible (words != NULL ? words : "", FALSE);
  g_autofree char *base64 = NULL;

  if (mime == NULL)
    return FALSE;

  base64 = g_base64_encode (data, size);
  g_string_append (out, "<figure><img alt=\"");
  mz_export_html_escape (out, alt);
  g_string_append_printf (out, "\" src=\"data:%s;base64,", mime);
  g_string_append (out, base64);
  g_string_append (out, "\"></figure>\n");

  return TRUE;
}

static void
append_attachments (GString   *out,
                    MzMessage *row)
{
  for (guint i = 0; i < mz_message_get_n_attachments (row); i++)
    {
      const MzAttachment *attachment = mz_message_get_attachment (row, i);
      g_autofree char *words = NULL;
      g_autofree char *line = NULL;

      if (append_picture (out, attachment))
        continue;
      words = mz_export_file_words (attachment);
      line = g_strdup_printf (_("Attachment: %s"), words);
      g_string_append (out, "<p class=\"note\">");
      mz_export_html_escape (out, line);
      g_string_append (out, "</p>\n");
    }
}

static void
append_code (GString    *out,
             const char *code,
             const char *caption)
{
  g_autofree char *visible = mz_export_visible (code, TRUE);

  g_string_append (out, "<figure class=\"code\"><figcaption>");
  mz_export_html_escape (out, caption);
  g_string_append (out, "</figcaption><pre tabindex=\"0\"><code>");
  mz_export_html_escape (out, visible);
  g_string_append (out, "</code></pre></figure>\n");
}

static void
append_tool (GString   *out,
             MzMessage *row)
{
  g_autofree char *words = mz_export_tool_words (row);
  g_autofree char *visible = mz_export_visible (words, FALSE);
  const char *language = NULL;
  g_autofree char *arguments = NULL;
  const char *output = mz_message_get_output (row);

  /* Open: what is folded is not printed. */
  g_string_append_printf (out, "<details open class=\"tool\"><summary>%s ", _("Tool"));
  mz_export_html_escape (out, visible);
  g_string_append (out, "</summary>\n");
  if (mz_message_get_arguments (row) != NULL)
    arguments = mz_tool_text_format (mz_message_get_arguments (row), &language);
  if (arguments != NULL && *arguments != '\0')
    append_code (out, arguments, g_strcmp0 (language, "sh") == 0 ? _("Command") : _("Arguments"));
  if (output != NULL && *output != '\0')
    append_code (out, output, _("Output"));
  g_string_append (out, "</details>\n");
}

static void
open_turn (MzExportWriter *self,
           MzMessage      *row,
           GString        *out)
{
  gboolean is_you = mz_message_get_kind (row) == MZ_MESSAGE_USER;
  g_autofree char *words = mz_export_time_words (self, mz_message_get_timestamp (row));
  g_autoptr (GDateTime) time = mz_export_time (self, mz_message_get_timestamp (row));

  g_string_append_printf (out, "<section class=\"%s\">\n<h2>%s", is_you ? "you" : "assistant", is_you ? _("You") : _("Assistant"));
  if (time != NULL)
    {
      g_autofree char *iso = g_date_time_format_iso8601 (time);

      g_string_append_printf (out, " <time datetime=\"%s\">%s</time>", iso, words);
    }
  g_string_append (out, "</h2>\n");
}

static void
add (MzExportWriter *self,
     MzMessage      *row,
     GString        *out)
{
  MzMessageKind kind = mz_message_get_kind (row);
  const char *text = mz_message_get_text (row);
  const char *note = mz_export_note_words (row);
  gboolean was_open = self->in_reply;
  gboolean opens = mz_export_opens_turn (self, row);

  if (was_open && (opens || !self->in_reply))
    g_string_append (out, "</section>\n");
  if (opens)
    open_turn (self, row, out);

  switch (kind)
    {
    case MZ_MESSAGE_MARKER:
      {
        g_autofree char *words = mz_run_words_for_marker (mz_message_get_role (row), mz_message_get_input_tokens (row),
                                                          mz_message_get_output_tokens (row));

        append_plain (out, "p", "marker", words != NULL ? words : mz_message_get_role (row));
      }
      break;
    case MZ_MESSAGE_REASONING:
      g_string_append_printf (out, "<details open class=\"reasoning\"><summary>%s</summary><div>\n", _("Reasoning"));
      mz_export_html_prose (out, text);
      g_string_append (out, "</div></details>\n");
      break;
    case MZ_MESSAGE_TOOL:
      append_tool (out, row);
      break;
    case MZ_MESSAGE_ERROR:
      if (*text == '\0' && mz_message_get_error_message (row) != NULL)
        text = mz_message_get_error_message (row);
      append_plain (out, "p", "error", text);
      break;
    case MZ_MESSAGE_USER:
      if (*text != '\0')
        append_plain (out, "div", "said", text);
      break;
    case MZ_MESSAGE_OTHER:
      if (*text != '\0')
        append_plain (out, "p", "other", text);
      break;
    case MZ_MESSAGE_ASSISTANT:
    default:
      mz_export_html_prose (out, text);
      break;
    }

  append_attachments (out, row);
  if (note != NULL)
    append_plain (out, "p", "note", note);
  if (kind == MZ_MESSAGE_USER)
    g_string_append (out, "</section>\n");
}

static void
end (MzExportWriter *self,
     GString        *out)
{
  if (self->in_reply)
    g_string_append (out, "</section>\n");
  if (self->n_rows == 0)
    append_plain (out, "p", "note", _("Nothing was said in this conversation yet."));
  g_string_append (out, "</main>\n");
  g_string_append (out, "</body>\n</html>\n");
}

const MzExportFormatter mz_export_html = { begin, add, end };
