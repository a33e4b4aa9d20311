-- Full-text search of documents: lexemes as `documents::find` makes them.
ALTER TABLE document ADD COLUMN words TSVECTOR;
CREATE INDEX document_words ON document USING gin(words);
-- Read whole whenever it is asked whether words are in it: packed it would be unpacked each time.
ALTER TABLE document ALTER COLUMN words SET STORAGE EXTERNAL;
