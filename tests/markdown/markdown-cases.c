/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts and what they become: CommonMark, GitHub's dialect, and what is our own.
 */
#include "config.h"

#include "markdown-cases.h"

const MarkdownCase markdown_cases[] = {
  { "paragraph",
    "Hello, world.",
    "paragraph \"Hello, world.\"\n" },
  { "soft-break",
    "one\ntwo",
    "paragraph \"one two\"\n" },
  { "hard-breaks",
    "one  \ntwo\\\nthree",
    "paragraph \"one\\ntwo\\nthree\"\n" },
  { "paragraphs",
    "one\n\n\n  two\n",
    "paragraph \"one\"\nparagraph \"two\"\n" },
  { "atx",
    "# One\n## Two ##\n###### Six\n####### Seven\n#none\n\n\\# not",
    "heading 1 \"One\"\n"
    "heading 2 \"Two\"\n"
    "heading 6 \"Six\"\n"
    "paragraph \"####### Seven #none\"\n"
    "paragraph \"# not\"\n" },
  { "setext",
    "One\n===\n\nTwo\nlines\n---\n\nafter",
    "heading 1 \"One\"\nheading 2 \"Two lines\"\nparagraph \"after\"\n" },
  { "heading-in-text",
    "text\n# Heading\ntext\n",
    "paragraph \"text\"\nheading 1 \"Heading\"\nparagraph \"text\"\n" },
  { "rules",
    "a\n\n---\n\n* * *\n___\n",
    "paragraph \"a\"\nrule\nrule\nrule\n" },
  { "emphasis",
    "*a* _b_ **c** __d__ ***e*** *f **g** h* a_b_c ~~x~~ ~y~ * z *\n",
    "paragraph \"<i>a</i> <i>b</i> <b>c</b> <b>d</b> <i><b>e</b></i> <i>f <b>g</b> h</i> a_b_c <s>x</s> <s>y</s> * z *\"\n" },
  { "emphasis-twice",
    "**a __b__ c** *a _b_ c*",
    "paragraph \"<b>a b c</b> <i>a b c</i>\"\n" },
  { "code-span",
    "`a` ``b ` c`` `<b>&amp;*x*` ` `",
    "paragraph \"<tt>a</tt> <tt>b ` c</tt> <tt>&lt;b&gt;&amp;amp;*x*</tt> <tt> </tt>\"\n" },
  { "escapes",
    "\\*a\\* \\[b\\] \\\\ \\a 1\\. \\`",
    "paragraph \"*a* [b] \\\\ \\\\a 1. `\"\n" },
  { "entities",
    "&amp; &lt; &copy; &#65; &#x1F600; &nbsp;| &nosuch; &#0; &#xD800; &#7; &; &#99999999;",
    "paragraph \"&amp; &lt; \xc2\xa9 A \xf0\x9f\x98\x80 \xc2\xa0| &amp;nosuch; \xef\xbf\xbd \xef\xbf\xbd \xef\xbf\xbd &amp;; &amp;#99999999;\"\n" },
  { "entity-newline",
    "a&#10;b",
    "paragraph \"a b\"\n" },
  { "markup",
    "<b>&amp;</b> \"q\" 'a' <script>alert(1)</script>",
    "paragraph \"&lt;b&gt;&amp;&lt;/b&gt; &quot;q&quot; &apos;a&apos; &lt;script&gt;alert(1)&lt;/script&gt;\"\n" },
  { "html-line-break",
    "a<br>b<BR/>c<br />d \\<br> `<br>` <br <brx> <br/ > <br class=\"x\">",
    "paragraph \"a\\nb\\nc\\nd &lt;br&gt; <tt>&lt;br&gt;</tt> &lt;br &lt;brx&gt; &lt;br/ &gt; &lt;br class=&quot;x&quot;&gt;\"\n" },
  { "html-line-break-in-cell",
    "| a |\n|---|\n| b<br>c |\n",
    "table -\n"
    "  row\n"
    "    cell \"a\"\n"
    "  row\n"
    "    cell \"b\\nc\"\n" },
  { "html-block",
    "<div class=\"x\">\n*a*\n</div>\n\n<!-- no -->\n\n<script>\nalert(1)\n</script>\n",
    "paragraph \"&lt;div class=&quot;x&quot;&gt; <i>a</i> &lt;/div&gt;\"\n"
    "paragraph \"&lt;!-- no --&gt;\"\n"
    "paragraph \"&lt;script&gt; alert(1) &lt;/script&gt;\"\n" },
  { "links",
    "[a](http://x.org) [b](<https://x.org/y z> \"Title <&\\\"\") [c](https://x.org/?a=1&b=2 'two')",
    "paragraph \"<a href=\\\"http://x.org\\\" title=\\\"http://x.org\\\">a</a> <a href=\\\"https://x.org/y%20z\\\" title=\\\"https://x.org/y%20z\\\">b</a> <a href=\\\"https://x.org/?a=1&amp;b=2\\\" title=\\\"https://x.org/?a=1&amp;amp;b=2\\\">c</a>\"\n" },
  { "link-words",
    "[*bold* and `code`](https://x.org/)",
    "paragraph \"<a href=\\\"https://x.org/\\\" title=\\\"https://x.org/\\\"><i>bold</i> and <tt>code</tt></a>\"\n" },
  { "autolinks",
    "<https://x.org/a?b&c> <me@x.org> https://x.org/path. www.x.org me@x.org (http://x.org/)",
    "paragraph \"<a href=\\\"https://x.org/a?b&amp;c\\\" title=\\\"https://x.org/a?b&amp;amp;c\\\">https://x.org/a?b&amp;c</a> <a href=\\\"mailto:me@x.org\\\" title=\\\"mailto:me@x.org\\\">me@x.org</a> <a href=\\\"https://x.org/path\\\" title=\\\"https://x.org/path\\\">https://x.org/path</a>. <a href=\\\"http://www.x.org\\\" title=\\\"http://www.x.org\\\">www.x.org</a> <a href=\\\"mailto:me@x.org\\\" title=\\\"mailto:me@x.org\\\">me@x.org</a> (<a href=\\\"http://x.org/\\\" title=\\\"http://x.org/\\\">http://x.org/</a>)\"\n" },
  { "unsafe-links",
    "[a](javascript:alert(1)) [b](data:text/html,x) [c](file:///etc/passwd) [d](/relative) [e](vbscript:x) [f](#here) [g](https://user:pw@x.org) <javascript:x>",
    "paragraph \"a b c d e f g javascript:x\"\n" },
  { "sly-links",
    "[j](JaVaScRiPt:x) [k](java\nscript:x) [l](&#106;avascript:x) [m](https:\\\\x.org) [n](  javascript:x)",
    "paragraph \"j [k](java script:x) l m n\"\n" },
  { "misleading-links",
    "[https://bank.com](https://evil.org/) [bank.com/login](https://evil.org) [www.bank.com](https://bank.com) [bank.com](https://BANK.com/x) [main.rs](https://x.org) [me@bank.com](mailto:you@evil.org)",
    "paragraph \"<a href=\\\"https://evil.org/\\\" title=\\\"https://evil.org/\\\">https://bank.com</a> (evil.org) <a href=\\\"https://evil.org\\\" title=\\\"https://evil.org\\\">bank.com/login</a> (evil.org) <a href=\\\"https://bank.com\\\" title=\\\"https://bank.com\\\">www.bank.com</a> <a href=\\\"https://BANK.com/x\\\" title=\\\"https://BANK.com/x\\\">bank.com</a> <a href=\\\"https://x.org\\\" title=\\\"https://x.org\\\">main.rs</a> <a href=\\\"mailto:you@evil.org\\\" title=\\\"mailto:you@evil.org\\\">me@bank.com</a> (you@evil.org)\"\n" },
  { "images",
    "![alt *x*](https://x.org/a.png) ![](https://x.org/b.png) ![no](a.png) [![in](https://x.org/i.png)](https://x.org/)",
    "paragraph \"<a href=\\\"https://x.org/a.png\\\" title=\\\"https://x.org/a.png\\\">alt <i>x</i></a> <a href=\\\"https://x.org/b.png\\\" title=\\\"https://x.org/b.png\\\">https://x.org/b.png</a> no <a href=\\\"https://x.org/\\\" title=\\\"https://x.org/\\\">in</a>\"\n" },
  { "link-in-image",
    "![a [b](https://x.org/b) c](https://x.org/c)",
    "paragraph \"<a href=\\\"https://x.org/c\\\" title=\\\"https://x.org/c\\\">a b c</a>\"\n" },
  { "references",
    "[a] and [B][b] and [text][a] and [none]\n"
    "\n"
    "[a]: https://x.org/a\n"
    "[b]: <https://x.org/b> \"title\"\n"
    "\n"
    "> quote [a]\n",
    "paragraph \"<a href=\\\"https://x.org/a\\\" title=\\\"https://x.org/a\\\">a</a> and <a href=\\\"https://x.org/b\\\" title=\\\"https://x.org/b\\\">B</a> and <a href=\\\"https://x.org/a\\\" title=\\\"https://x.org/a\\\">text</a> and [none]\"\n"
    "quote\n"
    "  paragraph \"quote <a href=\\\"https://x.org/a\\\" title=\\\"https://x.org/a\\\">a</a>\"\n" },
  { "references-before",
    "[a]: https://x.org/a\n\nSee [a].\n\n- item [a]\n",
    "paragraph \"See <a href=\\\"https://x.org/a\\\" title=\\\"https://x.org/a\\\">a</a>.\"\n"
    "list tight\n"
    "  item\n"
    "    paragraph \"item <a href=\\\"https://x.org/a\\\" title=\\\"https://x.org/a\\\">a</a>\"\n" },
  { "reference-last",
    "See [1].\n\n- x\n\n[1]: https://x.org/1",
    "paragraph \"See <a href=\\\"https://x.org/1\\\" title=\\\"https://x.org/1\\\">1</a>.\"\n"
    "list tight\n"
    "  item\n"
    "    paragraph \"x\"\n" },
  { "references-twice",
    "[a]: https://x.org/1\n\n[a]\n\n[a]: https://x.org/2\n",
    "paragraph \"<a href=\\\"https://x.org/1\\\" title=\\\"https://x.org/1\\\">a</a>\"\n" },
  { "reference-in-code",
    "```\n[a]: https://x.org\n```\n\n[a]\n",
    "code \"[a]: https://x.org\"\nparagraph \"[a]\"\n" },
  { "bullets",
    "- a\n- b\n  continued\n- c\nlazy\n",
    "list tight\n"
    "  item\n"
    "    paragraph \"a\"\n"
    "  item\n"
    "    paragraph \"b continued\"\n"
    "  item\n"
    "    paragraph \"c lazy\"\n" },
  { "bullets-loose",
    "- a\n\n- b\n",
    "list loose\n  item\n    paragraph \"a\"\n  item\n    paragraph \"b\"\n" },
  { "bullets-kinds",
    "- a\n+ b\n* c\n",
    "list tight\n"
    "  item\n"
    "    paragraph \"a\"\n"
    "list tight\n"
    "  item\n"
    "    paragraph \"b\"\n"
    "list tight\n"
    "  item\n"
    "    paragraph \"c\"\n" },
  { "nested",
    "- a\n  - b\n    - c\n  - d\n- e\n",
    "list tight\n"
    "  item\n"
    "    paragraph \"a\"\n"
    "    list tight\n"
    "      item\n"
    "        paragraph \"b\"\n"
    "        list tight\n"
    "          item\n"
    "            paragraph \"c\"\n"
    "      item\n"
    "        paragraph \"d\"\n"
    "  item\n"
    "    paragraph \"e\"\n" },
  { "nested-ordered",
    "1. a\n   1. b\n   2. c\n2. d\n",
    "list from 1 tight\n"
    "  item\n"
    "    paragraph \"a\"\n"
    "    list from 1 tight\n"
    "      item\n"
    "        paragraph \"b\"\n"
    "      item\n"
    "        paragraph \"c\"\n"
    "  item\n"
    "    paragraph \"d\"\n" },
  { "ordered-start",
    "7. seven\n8. eight\n\ntext\n\n3) three\n",
    "list from 7 tight\n"
    "  item\n"
    "    paragraph \"seven\"\n"
    "  item\n"
    "    paragraph \"eight\"\n"
    "paragraph \"text\"\n"
    "list from 3 tight\n"
    "  item\n"
    "    paragraph \"three\"\n" },
  { "ordered-in-text",
    "text\n1. item\n\ntext\n2. no item\n",
    "paragraph \"text\"\nlist from 1 tight\n  item\n    paragraph \"item\"\nparagraph \"text 2. no item\"\n" },
  { "item-blocks",
    "1. para\n\n   second\n\n   ```py\n   x = 1\n     y\n   ```\n\n   > quote\n2. two\n\nafter\n",
    "list from 1 loose\n"
    "  item\n"
    "    paragraph \"para\"\n"
    "    paragraph \"second\"\n"
    "    code py \"x = 1\\n  y\"\n"
    "    quote\n"
    "      paragraph \"quote\"\n"
    "  item\n"
    "    paragraph \"two\"\n"
    "paragraph \"after\"\n" },
  { "item-code",
    "-     code\n  text\n",
    "list tight\n  item\n    code \"code\"\n    paragraph \"text\"\n" },
  { "item-empty",
    "-\n- a\n-\n",
    "list tight\n  item\n  item\n    paragraph \"a\"\n  item\n" },
  { "item-table",
    "- | a | b |\n  |---|---|\n  | 1 | 2 |\n",
    "list tight\n"
    "  item\n"
    "    table --\n"
    "      row\n"
    "        cell \"a\"\n"
    "        cell \"b\"\n"
    "      row\n"
    "        cell \"1\"\n"
    "        cell \"2\"\n" },
  { "tasks",
    "- [ ] open\n- [x] done\n- [X] done\n- [] no\n- none\n",
    "list tight\n"
    "  item to do\n"
    "    paragraph \"open\"\n"
    "  item done\n"
    "    paragraph \"done\"\n"
    "  item done\n"
    "    paragraph \"done\"\n"
    "  item\n"
    "    paragraph \"[] no\"\n"
    "  item\n"
    "    paragraph \"none\"\n" },
  { "list-then-code",
    "- a\n\n      code in item\n\n    text in item\n\ntext\n\n    code\n",
    "list loose\n"
    "  item\n"
    "    paragraph \"a\"\n"
    "    code \"code in item\"\n"
    "    paragraph \"text in item\"\n"
    "paragraph \"text\"\n"
    "code \"code\"\n" },
  { "list-then-fence",
    "- a\n```\ncode\n```\n- b\n",
    "list tight\n  item\n    paragraph \"a\"\ncode \"code\"\nlist tight\n  item\n    paragraph \"b\"\n" },
  { "list-rule",
    "- a\n\n***\n\n- b\n",
    "list tight\n  item\n    paragraph \"a\"\nrule\nlist tight\n  item\n    paragraph \"b\"\n" },
  { "indented",
    "    code\n      more\n\n    after blank\n\ntext\n    not code\n",
    "code \"code\\n  more\\n\\nafter blank\"\nparagraph \"text not code\"\n" },
  { "indented-below-rule",
    "***\n    code\n\n    more\n",
    "rule\ncode \"code\\n\\nmore\"\n" },
  { "indented-tab",
    "\tcode\n\t\ttab\n",
    "code \"code\\n\\ttab\"\n" },
  { "fence",
    "```c\nint a;\n\n  if (a < 1 && b)\n```\ntext\n",
    "code c \"int a;\\n\\n  if (a < 1 && b)\"\nparagraph \"text\"\n" },
  { "fence-tilde",
    "~~~ python title=\"x\"\nprint('```')\n~~~\n",
    "code python \"print('```')\"\n" },
  { "fence-longer",
    "````md\n```c\nint a;\n```\n````\n",
    "code md \"```c\\nint a;\\n```\"\n" },
  { "fence-longer-end",
    "```\na\n`````\nb\n",
    "code \"a\"\nparagraph \"b\"\n" },
  { "fence-open",
    "text\n\n```js\nlet a\n\n",
    "paragraph \"text\"\ncode js open \"let a\\n\"\n" },
  { "fence-open-partial",
    "```\na\n``",
    "code open \"a\"\n" },
  { "fence-no-end",
    "```\na\n```x\n    ```\n",
    "code open \"a\\n```x\\n    ```\"\n" },
  { "fence-end-last",
    "```\na\n```",
    "code \"a\"\n" },
  { "fence-empty",
    "```\n```\n\n~~~\n",
    "code \"\"\ncode open \"\"\n" },
  { "fence-indented",
    "  ```\n  a\n    b\n c\n\td\n  ```\n",
    "code \"a\\n  b\\nc\\n  d\"\n" },
  { "fence-tabs",
    "```make\nall:\n\techo\n```\n",
    "code make \"all:\\n\\techo\"\n" },
  { "fence-entity",
    "```a&amp;b\\*c\nx\n```\n",
    "code a&b*c \"x\"\n" },
  { "fence-text",
    "```not `a` fence\n\nx ```y``` z\n",
    "paragraph \"```not <tt>a</tt> fence\"\nparagraph \"x <tt>y</tt> z\"\n" },
  { "fence-in-text",
    "text\n```\ncode\n```\ntext\n",
    "paragraph \"text\"\ncode \"code\"\nparagraph \"text\"\n" },
  { "fence-in-item-tabs",
    "- make:\n  ```\n  all:\n  \techo\n  ```\n",
    "list tight\n  item\n    paragraph \"make:\"\n    code \"all:\\n\\techo\"\n" },
  { "fence-in-item-open",
    "- a\n  ```sh\n  ls\n",
    "list tight\n  item\n    paragraph \"a\"\n    code sh open \"ls\"\n" },
  { "fence-in-item-closed",
    "- a\n  ```sh\n  ls\n  ```",
    "list tight\n  item\n    paragraph \"a\"\n    code sh \"ls\"\n" },
  { "fence-in-item-ended-outside",
    "1. Do:\n   ```sh\n   ls\n\n```\n2. and\n\ntext\n",
    "list from 1 tight\n"
    "  item\n"
    "    paragraph \"Do:\"\n"
    "    code sh \"ls\\n\"\n"
    "list from 2 tight\n"
    "  item\n"
    "    paragraph \"and\"\n"
    "paragraph \"text\"\n" },
  { "fence-below-list",
    "1. a\n\n   b\n```\nc\n```\n",
    "list from 1 loose\n  item\n    paragraph \"a\"\n    paragraph \"b\"\ncode \"c\"\n" },
  { "list-then-heading",
    "- a\n# H\n  b\n",
    "list tight\n  item\n    paragraph \"a\"\nheading 1 \"H\"\nparagraph \"b\"\n" },
  { "list-then-quote",
    "- a\n> b\n\n- c\n---\n",
    "list tight\n"
    "  item\n"
    "    paragraph \"a\"\n"
    "quote\n"
    "  paragraph \"b\"\n"
    "list tight\n"
    "  item\n"
    "    paragraph \"c\"\n"
    "rule\n" },
  { "table-tight-address",
    "|a|https://x.org/1|c|\n|---|---|---|\n|https://x.org/2|b|\n",
    "table ---\n"
    "  row\n"
    "    cell \"a\"\n"
    "    cell \"<a href=\\\"https://x.org/1\\\" title=\\\"https://x.org/1\\\">https://x.org/1</a>\"\n"
    "    cell \"c\"\n"
    "  row\n"
    "    cell \"<a href=\\\"https://x.org/2\\\" title=\\\"https://x.org/2\\\">https://x.org/2</a>\"\n"
    "    cell \"b\"\n"
    "    cell \"\"\n" },
  { "table-no-delimiters",
    "a | b\n- | c\n\n    a | b\n    |---|\n",
    "paragraph \"a | b\"\nlist loose\n  item\n    paragraph \"| c\"\n    paragraph \"a | b |---|\"\n" },
  { "fence-in-quote-open",
    "> ```sh\n> ls",
    "quote\n  code sh open \"ls\"\n" },
  { "fence-in-quote-ended",
    "> ```sh\n> ls\n\ntext\n",
    "quote\n  code sh \"ls\"\nparagraph \"text\"\n" },
  { "quote",
    "> a\n> b\nlazy\n\n> c\n",
    "quote\n  paragraph \"a b lazy\"\nquote\n  paragraph \"c\"\n" },
  { "quote-nested",
    "> a\n> > b\n> - c\n",
    "quote\n  paragraph \"a\"\n  quote\n    paragraph \"b\"\n  list tight\n    item\n      paragraph \"c\"\n" },
  { "quote-heading",
    "> # a\n>\n> b\n> ***\n",
    "quote\n  heading 1 \"a\"\n  paragraph \"b\"\n  rule\n" },
  { "table",
    "| a | b | c | d |\n|---|:--|:-:|--:|\n| 1 | *2* | `3|` | 4 |\n| x |\n| 1 | 2 | 3 | 4 | 5 |\n\nafter\n",
    "table -lcr\n"
    "  row\n"
    "    cell \"a\"\n"
    "    cell \"b\"\n"
    "    cell \"c\"\n"
    "    cell \"d\"\n"
    "  row\n"
    "    cell \"1\"\n"
    "    cell \"<i>2</i>\"\n"
    "    cell \"<tt>3|</tt>\"\n"
    "    cell \"4\"\n"
    "  row\n"
    "    cell \"x\"\n"
    "    cell \"\"\n"
    "    cell \"\"\n"
    "    cell \"\"\n"
    "  row\n"
    "    cell \"1\"\n"
    "    cell \"2\"\n"
    "    cell \"3\"\n"
    "    cell \"4\"\n"
    "paragraph \"after\"\n" },
  { "table-plain",
    "a | b\n--- | ---\n1 | 2\n",
    "table --\n  row\n    cell \"a\"\n    cell \"b\"\n  row\n    cell \"1\"\n    cell \"2\"\n" },
  { "table-short",
    "|a|b|\n|-|:-:|\n|-|-|\n",
    "table -c\n  row\n    cell \"a\"\n    cell \"b\"\n  row\n    cell \"-\"\n    cell \"-\"\n" },
  { "table-escape",
    "| a \\| b | c |\n|---|---|\n| <b> | & |\n",
    "table --\n  row\n    cell \"a | b\"\n    cell \"c\"\n  row\n    cell \"&lt;b&gt;\"\n    cell \"&amp;\"\n" },
  { "table-in-text",
    "Here:\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "paragraph \"Here:\"\n"
    "table --\n"
    "  row\n"
    "    cell \"a\"\n"
    "    cell \"b\"\n"
    "  row\n"
    "    cell \"1\"\n"
    "    cell \"2\"\n" },
  { "table-mismatch",
    "| a | b | c |\n|---|---|\n| 1 | 2 |\n",
    "paragraph \"| a | b | c | |---|---| | 1 | 2 |\"\n" },
  { "table-head",
    "| a | b |",
    "paragraph \"| a | b |\"\n" },
  { "table-half",
    "| a | b |\n|---",
    "paragraph \"| a | b |\"\n" },
  { "table-half-whole",
    "| a | b |\n|---|---",
    "table --\n  row\n    cell \"a\"\n    cell \"b\"\n" },
  { "table-ends",
    "| a |\n|---|\n| 1 |\n# H\n| a |\n|---|\n```\nx\n```\n",
    "table -\n"
    "  row\n"
    "    cell \"a\"\n"
    "  row\n"
    "    cell \"1\"\n"
    "heading 1 \"H\"\n"
    "table -\n"
    "  row\n"
    "    cell \"a\"\n"
    "code \"x\"\n" },
  { "undecided-dash",
    "text\n-",
    "paragraph \"text\"\n" },
  { "undecided-fence",
    "text\n``",
    "paragraph \"text\"\n" },
  { "undecided-stars",
    "text\n**",
    "paragraph \"text\"\n" },
  { "crlf",
    "a\r\nb\r\rc\r\n```\r\nx\r\n```\r\n",
    "paragraph \"a b\"\nparagraph \"c\"\ncode \"x\"\n" },
  { "controls",
    "a\x07" "b\x1b[31mc\x7f" "d\xc2\x85" "e\x0b" "f\n```\n\x01\n```\n",
    "paragraph \"a\xef\xbf\xbd" "b\xef\xbf\xbd[31mc\xef\xbf\xbd" "d\xef\xbf\xbd" "e\xef\xbf\xbd" "f\"\n"
    "code \"\xef\xbf\xbd\"\n" },
  { "invalid",
    "a\xff" "b\xc3(c\xe2\x82" "d\xf0\x9f\x98\xed\xa0\x80\xc0\x80\xf5" "e",
    "paragraph \"a\xef\xbf\xbd" "b\xef\xbf\xbd(c\xef\xbf\xbd" "d\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" "e\"\n" },
  { "cut-in-character",
    "a\xe2\x82",
    "paragraph \"a\"\n" },
  { "bom",
    "\xef\xbb\xbf# a \xef\xbb\xbf b\n",
    "heading 1 \"a \xef\xbb\xbf b\"\n" },
  { "scripts",
    "# \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\n"
    "\n"
    "**\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7** \xe4\xbd\xa0\xe5\xa5\xbd *\xe4\xb8\x96\xe7\x95\x8c* \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80\n"
    "\n"
    "- \xd8\xa3\n",
    "heading 1 \"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\"\n"
    "paragraph \"<b>\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7</b> \xe4\xbd\xa0\xe5\xa5\xbd <i>\xe4\xb8\x96\xe7\x95\x8c</i> \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80\"\n"
    "list tight\n"
    "  item\n"
    "    paragraph \"\xd8\xa3\"\n" },
  { "empty",
    "",
    "" },
  { "blank",
    "\n  \n\t\n",
    "" },
  { "only-definition",
    "[a]: https://x.org\n",
    "" },
  { "definition-then-text",
    "[a]: https://x.org\ntext [a]\n",
    "paragraph \"text <a href=\\\"https://x.org\\\" title=\\\"https://x.org\\\">a</a>\"\n" },
  { "strike-link",
    "~~[a](https://x.org)~~",
    "paragraph \"<s><a href=\\\"https://x.org\\\" title=\\\"https://x.org\\\">a</a></s>\"\n" },
  { "footnote",
    "a[^1]\n\n[^1]: note\n",
    "paragraph \"a^1\"\n" },
  { "nbsp",
    "a\xc2\xa0" "b  c",
    "paragraph \"a\xc2\xa0" "b  c\"\n" },
};

const guint n_markdown_cases = G_N_ELEMENTS (markdown_cases);
