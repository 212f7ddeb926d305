/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Words as the search index has them, pure functions of text.
 *
 * The index is FTS5's unicode61 tokenizer with remove_diacritics 2, over text that went through mz_words_fold(): each character of a script
 * that is written without spaces is a word of its own there, so that a phrase of such characters is found wherever it stands, from one
 * character on. The trigram tokenizer was not chosen: in SQLite 3.40 (the floor) it finds nothing under three characters, which is most Chinese
 * words, keeps accents apart, and makes an index about three times as large. */

/* Of mz_words_fold(): an index that another version made has to be made again. */
#define MZ_WORDS_VERSION 1

/* What unicode61 is to take for words, in SQL; emoji are among them. */
#define MZ_WORDS_TOKENIZER "unicode61 remove_diacritics 2 categories ''L* N* Co So''"

/**
 * MzWordsPhrase:
 * @words: (element-type utf8): normalized words that follow one another
 * @prefix: the last one may go on
 */
typedef struct
{
  GPtrArray *words;
  gboolean prefix;
} MzWordsPhrase;

/**
 * MzWordsRange:
 * @start: first byte
 * @length: bytes
 */
typedef struct
{
  guint start;
  guint length;
} MzWordsRange;

char          *mz_words_fold         (const char    *text);
MzWordsPhrase *mz_words_phrase_new   (const char    *text,
                                      gboolean       prefix);
void           mz_words_phrase_free  (MzWordsPhrase *phrase);
char          *mz_words_snippet      (const char    *text,
                                      GPtrArray     *phrases,
                                      guint          n_chars,
                                      GArray        *ranges);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzWordsPhrase, mz_words_phrase_free)

G_END_DECLS
