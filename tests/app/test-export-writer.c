/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "mz-export-writer.h"
#include "mz-history-rows.h"
#include "mz-json.h"
#include "mz-markdown.h"

/* What becomes of records of a gateway in a file: each row of a table by itself, without a gateway. */

#define TIME "1795370400000" /* 2026-11-22 18:00 UTC */

static JsonNode *
page_of (const char *records)
{
  g_autofree char *text = g_strdup_printf ("{\"messages\":[%s],\"whole\":{}}", records);
  g_autoptr (GError) error = NULL;
  JsonNode *page = mz_json_parse (text, strlen (text), 1 << 20, &error);

  g_assert_no_error (error);
  return page;
}

static char *
export_records (const char            *records,
                const char            *title,
                const MzExportOptions *options)
{
  g_autoptr (MzExportWriter) writer = mz_export_writer_new (options);
  g_autoptr (MzHistoryRows) joined = mz_history_rows_new ();
  g_autoptr (JsonNode) page = page_of (records);
  g_autoptr (GPtrArray) rows = mz_history_rows_add (joined, page);
  g_autoptr (GPtrArray) rest = mz_history_rows_end (joined);
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 22, 19, 0, 0);
  MzExportAbout about = { .title = title, .session = "main", .now = now, .complete = TRUE };
  GString *out = g_string_new (NULL);

  mz_export_writer_begin (writer, &about, out);
  for (guint i = 0; i < rows->len; i++)
    mz_export_writer_add (writer, g_ptr_array_index (rows, i), out);
  for (guint i = 0; i < rest->len; i++)
    mz_export_writer_add (writer, g_ptr_array_index (rest, i), out);
  mz_export_writer_end (writer, out);
  g_assert_true (g_utf8_validate (out->str, out->len, NULL));

  return g_string_free (out, FALSE);
}

static char *
say (const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autofree char *quoted = mz_json_to_string (node);

  return g_strdup_printf ("{\"role\":\"assistant\",\"timestamp\":" TIME ",\"content\":%s}", quoted);
}

/* What the assistant's words become, without what is around them. */
static char *
body_of (MzExportFormat  format,
         const char     *text)
{
  MzExportOptions options = { .format = format };
  g_autofree char *record = say (text);
  g_autofree char *whole = export_records (record, "t", &options);
  const char *head = format == MZ_EXPORT_HTML ? "</h2>\n" : "## Assistant, 2026-11-22 18:00\n\n";
  const char *start = strstr (whole, head);

  g_assert_nonnull (start);
  start += strlen (head);
  if (format == MZ_EXPORT_HTML)
    return g_strndup (start, strstr (start, "</section>") - start);

  return g_strdup (start);
}

static const struct
{
  const char *text;
  const char *html;
} prose[] = {
  { "Hi **there**, *you* ~~and~~ `a<b`", "<p dir=\"auto\">Hi <strong>there</strong>, <em>you</em> <s>and</s> <code>a&lt;b</code></p>\n" },
  { "<script>alert(1)</script>", "<p dir=\"auto\">&lt;script&gt;alert(1)&lt;/script&gt;</p>\n" },
  { "<img src=x onerror=alert(1)> & \"'", "<p dir=\"auto\">&lt;img src=x onerror=alert(1)&gt; &amp; &quot;&apos;</p>\n" },
  { "[good](https://a.example/?b=1&c=2)",
    "<p dir=\"auto\"><a rel=\"noopener noreferrer\" href=\"https://a.example/?b=1&amp;c=2\">good</a></p>\n" },
  { "[bad](javascript:alert(1))", "<p dir=\"auto\">bad</p>\n" },
  { "[bad](data:text/html,x)", "<p dir=\"auto\">bad</p>\n" },
  { "[bad](file:///etc/passwd)", "<p dir=\"auto\">bad</p>\n" },
  { "[x](https://a.example/\"onclick=\"alert)", NULL },
  { "![alt](https://a.example/a.png)",
    "<p dir=\"auto\"><a rel=\"noopener noreferrer\" href=\"https://a.example/a.png\">alt</a></p>\n" },
  { "one  \ntwo", "<p dir=\"auto\">one<br>\ntwo</p>\n" },
  { "# Big\n\n###### Small", "<h3 dir=\"auto\">Big</h3>\n<h6 dir=\"auto\">Small</h6>\n" },
  { "```c\nif (a < b)\n```", "<figure class=\"code\"><figcaption>c</figcaption><pre tabindex=\"0\"><code>if (a &lt; b)</code></pre></figure>\n" },
  { "```\"><script>\nx\n```",
    "<figure class=\"code\"><figcaption>&quot;&gt;&lt;script&gt;</figcaption><pre tabindex=\"0\"><code>x</code></pre></figure>\n" },
  { "```\na\342\200\256b\n```", "<figure class=\"code\"><pre tabindex=\"0\"><code>a‹U+202E›b</code></pre></figure>\n" },
  { "- a\n- b",
    "<ul class=\"tight\">\n<li dir=\"auto\"><p dir=\"auto\">a</p>\n</li>\n<li dir=\"auto\"><p dir=\"auto\">b</p>\n</li>\n</ul>\n" },
  { "3. c", "<ol start=\"3\" class=\"tight\">\n<li dir=\"auto\"><p dir=\"auto\">c</p>\n</li>\n</ol>\n" },
  { "- [x] d",
    "<ul class=\"tight\">\n<li dir=\"auto\" class=\"task\"><input type=\"checkbox\" disabled checked><p dir=\"auto\">d</p>\n</li>\n</ul>\n" },
  { "> q", "<blockquote>\n<p dir=\"auto\">q</p>\n</blockquote>\n" },
  { "a\n\n---\n\nb", "<p dir=\"auto\">a</p>\n<hr>\n<p dir=\"auto\">b</p>\n" },
  { "| a | b |\n|---|--:|\n| 1 | <2 |",
    "<div class=\"table\" tabindex=\"0\"><table>\n<thead><tr><th dir=\"auto\">a</th><th dir=\"auto\" class=\"right\">b</th></tr></thead>\n"
    "<tbody>\n<tr><td dir=\"auto\">1</td><td dir=\"auto\" class=\"right\">&lt;2</td></tr>\n</tbody></table></div>\n" },
};

/* Tags, attributes and addresses that no text may bring in. */
static void
assert_harmless (const char *html)
{
  static const char *const tags[] = {
    "a", "blockquote", "body", "br", "code", "details", "div", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header",
    "hr", "html", "img", "input", "li", "main", "meta", "ol", "p", "pre", "s", "section", "strong", "style", "summary", "table", "tbody", "td", "th",
    "thead", "time", "title", "tr", "ul", NULL,
  };
  g_autoptr (GRegex) address = g_regex_new ("(?:href|src)=\"(?!https?://|mailto:|data:image/(?:png|jpeg|gif|webp);base64,)", 0, 0, NULL);
  g_autoptr (GRegex) attribute = g_regex_new ("<[a-z0-9]+(?: [a-z-]+(?:=\"[^\"<]*\")?)*>", G_REGEX_ANCHORED, 0, NULL);

  g_assert_false (g_regex_match (address, html, 0, NULL));
  for (const char *p = strchr (strstr (html, "<html"), '<'); p != NULL; p = strchr (p + 1, '<'))
    {
      g_autofree char *name = g_strndup (p + 1 + (p[1] == '/'), strcspn (p + 1 + (p[1] == '/'), " >"));

      if (!g_strv_contains (tags, name))
        g_error ("<%s> at %.60s", name, p);
      if (p[1] != '/')
        {
          g_autoptr (GMatchInfo) match = NULL;
          g_autofree char *tag = NULL;

          if (!g_regex_match (attribute, p, 0, &match))
            g_error ("a tag that is none at %.60s", p);
          tag = g_match_info_fetch (match, 0);
          g_assert_null (g_strrstr (tag, " on"));
        }
    }
}

static void
test_html_prose (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (prose); i++)
    {
      MzExportOptions options = { .format = MZ_EXPORT_HTML };
      g_autofree char *body = body_of (MZ_EXPORT_HTML, prose[i].text);
      g_autofree char *record = say (prose[i].text);
      g_autofree char *whole = export_records (record, prose[i].text, &options);

      if (prose[i].html != NULL)
        g_assert_cmpstr (body, ==, prose[i].html);
      assert_harmless (whole);
    }
}

#define USER(text) "{\"role\":\"user\",\"timestamp\":" TIME ",\"content\":\"" text "\"}"
#define CALL                                                                                                                          \
  "{\"role\":\"assistant\",\"timestamp\":" TIME ",\"content\":[{\"type\":\"thinking\",\"thinking\":\"hmm <i>\"},"                     \
  "{\"type\":\"toolCall\",\"id\":\"c1\",\"name\":\"exec<b>\",\"arguments\":{\"command\":\"ls </code>\"}}]}"
#define RESULT                                                                                                                        \
  "{\"role\":\"toolResult\",\"toolCallId\":\"c1\",\"isError\":true,\"content\":[{\"type\":\"text\",\"text\":\"no </pre>\\n```\"}],"   \
  "\"details\":{\"durationMs\":1200}}"
#define RECORDS USER ("<b>hello</b>\\n  there") "," CALL "," RESULT ",{\"role\":\"assistant\",\"content\":\"done\"}"

static void
test_tools (void)
{
  MzExportOptions html = { .format = MZ_EXPORT_HTML, .tools = TRUE, .reasoning = TRUE };
  MzExportOptions markdown = { .format = MZ_EXPORT_MARKDOWN, .tools = TRUE, .reasoning = TRUE };
  MzExportOptions bare = { .format = MZ_EXPORT_MARKDOWN };
  g_autofree char *page = export_records (RECORDS, "A <title>", &html);
  g_autofree char *text = export_records (RECORDS, "A *title*", &markdown);
  g_autofree char *little = export_records (RECORDS, "A", &bare);

  assert_harmless (page);
  g_assert_nonnull (strstr (page, "<title>A &lt;title&gt;</title>"));
  g_assert_nonnull (strstr (page, "<div class=\"said\" dir=\"auto\">&lt;b&gt;hello&lt;/b&gt;\n  there</div>"));
  g_assert_nonnull (strstr (page, "<summary>Tool exec&lt;b&gt;, failed, 1.2 s</summary>"));
  g_assert_nonnull (strstr (page, "<code>ls &lt;/code&gt;</code>"));
  g_assert_nonnull (strstr (page, "<code>no &lt;/pre&gt;\n```</code>"));
  g_assert_nonnull (strstr (page, "<p dir=\"auto\">hmm &lt;i&gt;</p>"));
  g_assert_nonnull (strstr (page, "Content-Security-Policy"));

  g_assert_cmpstr (text, ==,
                   "# A \\*title\\*\n\n*main, exported 2026-11-22 19:00 UTC*\n\n"
                   "## You, 2026-11-22 18:00\n\n<b>hello</b>\n  there\n\n"
                   "## Assistant, 2026-11-22 18:00\n\n> **Reasoning**\n>\n> hmm <i>\n\n"
                   "**Tool** exec\\<b\\>, failed, 1.2 s\n\n```sh\nls </code>\n```\n\n````\nno </pre>\n```\n````\n\ndone\n");
  g_assert_cmpstr (little, ==,
                   "# A\n\n*main, exported 2026-11-22 19:00 UTC*\n\n"
                   "## You, 2026-11-22 18:00\n\n<b>hello</b>\n  there\n\n## Assistant\n\ndone\n");
}

/* Texts that leave something open, and what closes it; NULL: nothing does, nor has to. */
static const struct
{
  const char *text;
  const char *becomes;
} open_texts[] = {
  { "plain", NULL },
  { "```\ncode\n```", NULL },
  { "```\ncode", "```\ncode\n```\n" },
  { "````\n```\ncode", "````\n```\ncode\n````\n" },
  { "~~~\n```\ncode", "~~~\n```\ncode\n~~~\n" },
  { "- ```\n  code", NULL },
  { "> ```\n> code", NULL },
  { "<!-- note -->\nmore", NULL },
  { "<!-- hidden\n\nmore", "\\<!-- hidden\n\nmore\n" },
  { "a\n  <ScRiPt>\nmore", "a\n  \\<ScRiPt>\nmore\n" },
  { "<pre>\nx\n</PRE>\n<pre>", "<pre>\nx\n</PRE>\n\\<pre>\n" },
  { "```php\n<?php\necho 1;\n```", NULL },
  { "- ```php\n  <?php\n  ```\n<?php", "- ```php\n  <?php\n  ```\n\\<?php\n" },
  { "bell\a and \033[31m escape", "bell and [31m escape\n" },
};

static void
test_markdown_open (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (open_texts); i++)
    {
      g_autofree char *body = body_of (MZ_EXPORT_MARKDOWN, open_texts[i].text);
      g_autofree char *same = g_strconcat (open_texts[i].text, "\n", NULL);

      g_assert_cmpstr (body, ==, open_texts[i].becomes != NULL ? open_texts[i].becomes : same);
    }
}

/* What is said after an unclosed fence is not code. */
static void
test_markdown_contained (void)
{
  MzExportOptions options = { .format = MZ_EXPORT_MARKDOWN };
  g_autofree char *open = say ("~~~~sh\nrm -r ```` ~~~\n");
  g_autofree char *records = g_strconcat (open, "," USER ("the end"), NULL);
  g_autofree char *text = export_records (records, "t", &options);
  g_autoptr (MzMarkdown) markdown = mz_markdown_new ();
  guint n;

  mz_markdown_set_text (markdown, text, -1);
  n = mz_markdown_get_n_blocks (markdown);
  g_assert_cmpstr (mz_block_get_text (mz_markdown_get_block (markdown, n - 1)), ==, "the end");
  g_assert_cmpint (mz_block_get_kind (mz_markdown_get_block (markdown, n - 2)), ==, MZ_BLOCK_HEADING);
}

static void
test_json (void)
{
  MzExportOptions options = { .format = MZ_EXPORT_JSON, .tools = TRUE };
  g_autofree char *text = export_records (RECORDS "," USER ("\\u009b\\u202e \\ud83d\\ude00"), "T", &options);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mz_json_parse (text, strlen (text), 1 << 20, &error);
  JsonObject *object = mz_json_node_object (node);
  JsonArray *messages = mz_json_get_array (object, "messages");
  JsonObject *tool = mz_json_array_object (messages, 1);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_no_error (error);
  g_assert_cmpstr (mz_json_get_string (object, "format"), ==, "moltzer-conversation");
  g_assert_true (mz_json_get_boolean (object, "complete", FALSE));
  g_assert_cmpuint (mz_json_array_length (messages), ==, 4);
  g_assert_cmpstr (mz_json_get_string (mz_json_array_object (messages, 0), "text"), ==, "<b>hello</b>\n  there");
  g_assert_cmpstr (mz_json_get_string (mz_json_array_object (messages, 0), "time"), ==, "2026-11-22T18:00:00Z");
  g_assert_cmpstr (mz_json_get_string (tool, "output"), ==, "no </pre>\n```");
  g_assert_cmpint (mz_json_get_int (tool, "duration_ms", 0), ==, 1200);
  g_assert_true (mz_json_get_boolean (tool, "is_error", FALSE));

  /* A line for each, and nothing that a terminal obeys. */
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 4 + 1 + 1);
  g_assert_nonnull (strstr (text, "\\u009b\\u202e 😀"));
  g_assert_cmpstr (mz_json_get_string (mz_json_array_object (messages, 3), "text"), ==, "\302\233\342\200\256 😀");
}

static void
test_kinds (void)
{
  static const char records[] =
    USER ("q") ",{\"role\":\"assistant\",\"stopReason\":\"error\",\"errorMessage\":\"overloaded <now>\",\"content\":[]},"
    "{\"role\":\"system\",\"content\":[],\"__openclaw\":{\"kind\":\"compaction\",\"id\":\"k\"}},"
    "{\"role\":\"user\",\"content\":[{\"type\":\"file\",\"fileName\":\"a*b.pdf\",\"mimeType\":\"application/pdf\",\"size\":1500}]},"
    "{\"role\":\"assistant\",\"stopReason\":\"aborted\",\"content\":\"half\"}";
  MzExportOptions html = { .format = MZ_EXPORT_HTML };
  MzExportOptions markdown = { .format = MZ_EXPORT_MARKDOWN };
  g_autofree char *page = export_records (records, "T", &html);
  g_autofree char *text = export_records (records, "T", &markdown);

  assert_harmless (page);
  g_assert_nonnull (strstr (page, "<p class=\"error\" dir=\"auto\">overloaded &lt;now&gt;</p>"));
  g_assert_nonnull (strstr (page, "<p class=\"marker\" dir=\"auto\">Earlier messages were summarised</p>"));
  g_assert_nonnull (strstr (page, "<p class=\"note\">Attachment: a*b.pdf (application/pdf, 1.5"));
  g_assert_nonnull (strstr (page, "half</p>\n<p class=\"note\" dir=\"auto\">This reply was stopped.</p>"));
  g_assert_nonnull (strstr (text, "> **Error**\n>\n> overloaded <now>\n"));
  g_assert_nonnull (strstr (text, "***\n\n*Earlier messages were summarised*\n"));
  g_assert_nonnull (strstr (text, "*Attachment: a\\*b.pdf (application/pdf, 1.5"));
  g_assert_nonnull (strstr (text, "half\n\n*This reply was stopped.*\n"));
}

/* Pictures by what they are, not by what they are called. */
static void
test_pictures (void)
{
  static const struct
  {
    const char *data;
    const char *mime;
    const char *shown;
  } pictures[] = {
    { "iVBORw0KGgoAAAANSUhEUg==", "image/png", "src=\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==\"" },
    { "R0lGODlhAQABAAAAACw=", "image/svg+xml", "src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\"" },
    { "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+", "image/png", NULL },
    { "not base64!", "image/png", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pictures); i++)
    {
      MzExportOptions options = { .format = MZ_EXPORT_HTML };
      g_autofree char *record =
        g_strdup_printf ("{\"role\":\"assistant\",\"content\":[{\"type\":\"image\",\"mimeType\":\"%s\",\"data\":\"%s\",\"alt\":\"\\\"><b>\"}]}",
                         pictures[i].mime, pictures[i].data);
      g_autofree char *page = export_records (record, "T", &options);

      assert_harmless (page);
      if (pictures[i].shown != NULL)
        g_assert_nonnull (strstr (page, pictures[i].shown));
      else
        g_assert_nonnull (strstr (page, "<p class=\"note\">Attachment: &quot;&gt;&lt;b&gt; (image/png)</p>"));
    }
}

static void
test_empty (void)
{
  for (int format = MZ_EXPORT_MARKDOWN; format <= MZ_EXPORT_HTML; format++)
    {
      MzExportOptions options = { .format = (MzExportFormat) format };
      g_autofree char *text = export_records ("", "T", &options);

      if (format == MZ_EXPORT_JSON)
        g_assert_true (g_str_has_suffix (text, "\"messages\":[\n]}\n"));
      else
        g_assert_nonnull (strstr (text, "Nothing was said"));
    }
}

/* A call at the end of a page, its result at the beginning of the next. */
static void
test_pages (void)
{
  g_autoptr (MzHistoryRows) joined = mz_history_rows_new ();
  g_autoptr (JsonNode) first = page_of (USER ("q") "," CALL);
  g_autoptr (JsonNode) second = page_of (RESULT ",{\"role\":\"assistant\",\"content\":\"done\"}");
  g_autoptr (JsonNode) third = page_of (CALL);
  g_autoptr (GPtrArray) a = mz_history_rows_add (joined, first);
  g_autoptr (GPtrArray) b = mz_history_rows_add (joined, second);
  g_autoptr (GPtrArray) c = mz_history_rows_add (joined, third);
  g_autoptr (GPtrArray) d = mz_history_rows_end (joined);

  g_assert_cmpuint (a->len, ==, 2); /* the question, and the thought before the call */
  g_assert_cmpuint (b->len, ==, 2);
  g_assert_cmpstr (mz_message_get_output (g_ptr_array_index (b, 0)), ==, "no </pre>\n```");
  g_assert_cmpstr (mz_message_get_text (g_ptr_array_index (b, 1)), ==, "done");
  g_assert_cmpuint (c->len, ==, 1);
  g_assert_cmpuint (d->len, ==, 1);
  g_assert_null (mz_message_get_output (g_ptr_array_index (d, 0)));
}

static void
test_whole (void)
{
  static const char text[] =
    "{\"messages\":[{\"role\":\"assistant\",\"content\":\"abc\\n...(truncated)...\",\"__openclaw\":{\"id\":\"m\",\"truncated\":true}}],"
    "\"whole\":{\"m\":{\"role\":\"assistant\",\"content\":\"abcdef\",\"__openclaw\":{\"id\":\"m\"}}}}";
  g_autoptr (MzHistoryRows) joined = mz_history_rows_new ();
  g_autoptr (JsonNode) page = mz_json_parse (text, strlen (text), 1 << 20, NULL);
  g_autoptr (GPtrArray) rows = mz_history_rows_add (joined, page);

  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpstr (mz_message_get_text (g_ptr_array_index (rows, 0)), ==, "abcdef");
  g_assert_false (mz_message_get_truncated (g_ptr_array_index (rows, 0)));
}

static const struct
{
  const char *title;
  const char *name;
} names[] = {
  { "Lisbon", "Lisbon.md" },
  { "a/b\\c: d?", "a b c d.md" },
  { "../../etc/passwd", "etc passwd.md" },
  { ".hidden", "hidden.md" },
  { "dots...", "dots.md" },
  { "  \n ", "Conversation.md" },
  { NULL, "Conversation.md" },
  { "日本語 é", "日本語 é.md" },
  { "x\342\200\256gpj.exe", "x gpj.exe.md" },
};

static void
test_names (void)
{
  g_autofree char *letters = g_strnfill (500, 'x');
  g_autofree char *cut = mz_export_file_name (letters, MZ_EXPORT_HTML);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = mz_export_file_name (names[i].title, MZ_EXPORT_MARKDOWN);

      g_assert_cmpstr (name, ==, names[i].name);
    }
  g_assert_cmpuint (strlen (cut), ==, 60 + strlen (".html"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/export/html/prose", test_html_prose);
  g_test_add_func ("/export/tools", test_tools);
  g_test_add_func ("/export/markdown/open", test_markdown_open);
  g_test_add_func ("/export/markdown/contained", test_markdown_contained);
  g_test_add_func ("/export/json", test_json);
  g_test_add_func ("/export/kinds", test_kinds);
  g_test_add_func ("/export/pictures", test_pictures);
  g_test_add_func ("/export/empty", test_empty);
  g_test_add_func ("/export/pages", test_pages);
  g_test_add_func ("/export/whole", test_whole);
  g_test_add_func ("/export/names", test_names);

  return g_test_run ();
}
