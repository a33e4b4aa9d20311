-- Full-text search of documents: an index beside the table, kept by `documents::find`. The text itself is in `document.folded`.
ALTER TABLE document ADD COLUMN words_id BIGINT;
CREATE UNIQUE INDEX document_words_id ON document(words_id);
CREATE VIRTUAL TABLE document_words USING fts5(words, content='', contentless_delete=1, detail=none, prefix='1 2 3 4 5 6 7', tokenize='unicode61 remove_diacritics 0');
