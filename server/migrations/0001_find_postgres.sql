-- Full-text search of documents: lexemes as `documents::find` makes them.
ALTER TABLE document ADD COLUMN words TSVECTOR;
CREATE INDEX document_words ON document USING gin(words);
