-- One text for SQLite and PostgreSQL. BIGINT holds whole numbers, microseconds and booleans (0/1);
-- TEXT holds ids, dates and JSON; for PostgreSQL BLOB is written BYTEA and WITHOUT ROWID left out when it is applied.

CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- identity ------------------------------------------------------------------------------------
CREATE TABLE body (
  code         TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  -- accents and case folded, for searching
  folded       TEXT NOT NULL,
  -- PEM certificate that its axis messages are signed with, when known
  certificate  TEXT,
  updated_at   BIGINT NOT NULL
);

CREATE TABLE person (
  id            TEXT PRIMARY KEY,
  username      TEXT NOT NULL UNIQUE,
  full_name     TEXT NOT NULL,
  folded        TEXT NOT NULL,
  position      TEXT NOT NULL,
  unit          TEXT NOT NULL,
  email         TEXT NOT NULL DEFAULT '',
  password_hash TEXT NOT NULL,
  active        BIGINT NOT NULL,
  demonstration BIGINT NOT NULL,
  created_at    BIGINT NOT NULL
);

CREATE INDEX person_unit ON person(unit);

CREATE TABLE person_role (
  person_id TEXT NOT NULL REFERENCES person(id),
  role      TEXT NOT NULL,
  PRIMARY KEY (person_id, role)
);

-- Máy tính bảng của phòng họp: a tablet that many use, one after the other.
CREATE TABLE room_tablet (
  id          TEXT PRIMARY KEY,
  -- SHA-256 of its cookie's secret
  secret_hash TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  room        TEXT NOT NULL,
  -- where it stands in the hall; 0 for nowhere in particular
  seat_row    BIGINT NOT NULL,
  seat_column BIGINT NOT NULL,
  added_by    TEXT NOT NULL REFERENCES person(id),
  added_at    BIGINT NOT NULL
);

CREATE TABLE session (
  -- SHA-256 of the cookie's secret: a stolen database opens no session
  token_hash TEXT PRIMARY KEY,
  person_id  TEXT NOT NULL REFERENCES person(id),
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  agent      TEXT NOT NULL,
  -- at a tablet of a meeting room: which, and the one meeting that may be seen there
  tablet_id  TEXT REFERENCES room_tablet(id),
  meeting_id TEXT
);
CREATE INDEX session_person ON session(person_id);
CREATE INDEX session_tablet ON session(tablet_id);

-- What is told by e-mail; written with the change that it tells of, sent afterwards.
CREATE TABLE letter (
  id          TEXT PRIMARY KEY,
  person_id   TEXT NOT NULL REFERENCES person(id),
  address     TEXT NOT NULL,
  subject     TEXT NOT NULL,
  body        TEXT NOT NULL,
  -- of the event for their calendar: REQUEST or CANCEL
  method      TEXT,
  calendar    TEXT,
  created_at  BIGINT NOT NULL,
  due_at      BIGINT NOT NULL,
  attempts    BIGINT NOT NULL,
  sent_at     BIGINT,
  given_up_at BIGINT,
  -- why it is not sent yet
  error       TEXT
);
CREATE INDEX letter_waiting ON letter(person_id, id) WHERE sent_at IS NULL AND given_up_at IS NULL;

-- Lịch hạn: a person's deadlines for their calendar, at an address that only they know.
CREATE TABLE calendar_feed (
  person_id   TEXT PRIMARY KEY REFERENCES person(id),
  -- SHA-256 of the secret in the address
  secret_hash TEXT NOT NULL UNIQUE,
  made_at     BIGINT NOT NULL,
  -- when a calendar last asked
  asked_at    BIGINT
);

-- Thông báo: what the bell tells a person of. Its words are those of what it is about.
CREATE TABLE notice (
  id          TEXT PRIMARY KEY,
  person_id   TEXT NOT NULL REFERENCES person(id),
  -- which thing it is: the same is told once
  word        TEXT NOT NULL,
  -- 'assigned', 'submitted', 'returned', 'soon' or 'late'
  kind        TEXT NOT NULL,
  -- one of the two; a draft may have been ended meanwhile
  document_id TEXT,
  task_id     TEXT,
  due_on      TEXT NOT NULL,
  at          BIGINT NOT NULL,
  read_at     BIGINT,
  UNIQUE (person_id, word)
);
CREATE INDEX notice_person ON notice(person_id, id);
CREATE INDEX notice_unread ON notice(person_id) WHERE read_at IS NULL;
CREATE INDEX notice_at ON notice(at);

-- Thư nhắc buổi sáng: of which day somebody's last one is.
CREATE TABLE digest (
  person_id TEXT PRIMARY KEY REFERENCES person(id),
  day       TEXT NOT NULL
);

CREATE TABLE login_throttle (
  -- 'user:NAME' or 'addr:ADDRESS'
  key          TEXT PRIMARY KEY,
  failures     BIGINT NOT NULL,
  locked_until BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL
);

CREATE TABLE api_token (
  id         TEXT PRIMARY KEY,
  person_id  TEXT NOT NULL REFERENCES person(id),
  name       TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT,
  revoked_at BIGINT
);

-- signatures ----------------------------------------------------------------------------------
CREATE TABLE signing_key (
  id            TEXT PRIMARY KEY,
  -- 'person' (owner_id = person.id) or 'body' (owner_id = the body's code)
  owner_kind    TEXT NOT NULL,
  owner_id      TEXT NOT NULL,
  subject       TEXT NOT NULL,
  issuer        TEXT NOT NULL,
  serial        TEXT NOT NULL,
  valid_from    BIGINT NOT NULL,
  valid_to      BIGINT NOT NULL,
  certificate   BLOB NOT NULL,
  -- concatenated PEM
  chain         TEXT NOT NULL,
  -- PKCS#8 sealed with a key derived from the PIN
  sealed        BLOB NOT NULL,
  salt          BLOB NOT NULL,
  nonce         BLOB NOT NULL,
  kdf           TEXT NOT NULL,
  -- PNG of the handwritten signature or the seal
  image         BLOB,
  failures      BIGINT NOT NULL,
  locked_until  BIGINT NOT NULL,
  demonstration BIGINT NOT NULL,
  created_at    BIGINT NOT NULL,
  removed_at    BIGINT
);
CREATE INDEX signing_key_owner ON signing_key(owner_kind, owner_id);

-- files ---------------------------------------------------------------------------------------
CREATE TABLE file (
  sha256     TEXT PRIMARY KEY,
  size       BIGINT NOT NULL,
  media_type TEXT NOT NULL,
  pages      BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

-- documents -----------------------------------------------------------------------------------
CREATE TABLE register (
  -- 'outgoing' (sổ đăng ký văn bản đi) or 'incoming' (sổ đăng ký văn bản đến)
  book  TEXT NOT NULL,
  year  BIGINT NOT NULL,
  -- the last number given
  last  BIGINT NOT NULL,
  PRIMARY KEY (book, year)
);

CREATE TABLE document (
  id             TEXT PRIMARY KEY,
  direction      TEXT NOT NULL,
  kind           TEXT NOT NULL,
  abstract_text  TEXT NOT NULL,
  -- words of abstract, number and bodies, accents and case folded, a blank around each
  folded         TEXT NOT NULL,
  urgency        TEXT NOT NULL,
  state          TEXT NOT NULL,
  file_name      TEXT NOT NULL,
  sha256         TEXT NOT NULL REFERENCES file(sha256),
  drafter_id     TEXT REFERENCES person(id),
  leader_id      TEXT REFERENCES person(id),
  -- what stands over the leader's signature, a line each, when it is in somebody else's place, and in whose
  authority      TEXT NOT NULL DEFAULT '',
  head_id        TEXT REFERENCES person(id),
  -- running number in the register of its year, and the full 'số/ký hiệu'
  number         BIGINT,
  number_year    BIGINT,
  -- the letter of a number put in between, as in 12a
  number_suffix  TEXT NOT NULL DEFAULT '',
  notation       TEXT,
  -- 2026-11-24
  issued_on      TEXT NOT NULL DEFAULT '',
  arrival_number BIGINT,
  arrival_year   BIGINT,
  arrived_at     BIGINT,
  sender_code    TEXT,
  sender_name    TEXT,
  -- axis message that brought an incoming document
  message_id     TEXT UNIQUE,
  -- 'paper', 'email' or 'other' when a clerk has registered it; '' over the axis
  channel        TEXT NOT NULL DEFAULT '',
  -- pages of what came, as the clerk counts them
  said_pages     BIGINT,
  -- 0 until the text of the present file was looked for, then 1
  text_state     BIGINT NOT NULL DEFAULT 0,
  -- outgoing: the meeting whose minutes it is
  meeting_id     TEXT,
  reason         TEXT,
  -- incoming: who leads its processing (chủ trì), and until when; '' without a deadline
  handler_id     TEXT REFERENCES person(id),
  due_on         TEXT NOT NULL DEFAULT '',
  -- incoming: when its processing was finished, and the day of that in Vietnam
  done_at        BIGINT,
  done_on        TEXT,
  -- outgoing: digital signatures that the issued file carries
  signatures     BIGINT NOT NULL DEFAULT 0,
  -- JSON of app::dto::Placement
  number_box     TEXT NOT NULL DEFAULT '',
  date_box       TEXT NOT NULL DEFAULT '',
  signature_box  TEXT NOT NULL DEFAULT '',
  revision       BIGINT NOT NULL,
  created_at     BIGINT NOT NULL,
  updated_at     BIGINT NOT NULL,
  deleted_at     BIGINT,
  UNIQUE (direction, number_year, number, number_suffix),
  UNIQUE (direction, arrival_year, arrival_number)
);
CREATE INDEX document_meeting ON document(meeting_id);
CREATE INDEX document_unread ON document(id) WHERE text_state = 0;
CREATE INDEX document_list ON document(direction, state, updated_at);
CREATE INDEX document_direction ON document(direction, updated_at);
CREATE INDEX document_kind ON document(direction, kind, updated_at);
CREATE INDEX document_day ON document(direction, issued_on, state, drafter_id, signatures);
-- for the figures, which are counted from these alone
CREATE INDEX document_arrived ON document(arrived_at, arrival_number, handler_id) WHERE arrived_at IS NOT NULL;
CREATE INDEX document_done ON document(done_on, handler_id, due_on, arrived_at, done_at) WHERE done_on IS NOT NULL;
CREATE INDEX document_state ON document(state, updated_at);
CREATE INDEX document_age ON document(updated_at);
CREATE INDEX document_drafter ON document(drafter_id, state);
CREATE INDEX document_leader ON document(leader_id, state);
CREATE INDEX document_trash ON document(deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX document_head ON document(head_id);
CREATE INDEX document_handler ON document(handler_id, state);

-- What can be read in a document's PDF, for searching.
CREATE TABLE document_text (
  document_id TEXT PRIMARY KEY REFERENCES document(id),
  -- the file that it was read in; once the document has another one it counts no more
  sha256      TEXT NOT NULL,
  -- each word once, accents and case folded, a blank around each
  words       TEXT NOT NULL,
  text        TEXT NOT NULL
);

-- Ký thay, thừa lệnh, thừa ủy quyền, quyền: who may sign in whose place. Rows stay.
CREATE TABLE authority (
  id           TEXT PRIMARY KEY,
  person_id    TEXT NOT NULL REFERENCES person(id),
  -- 'deputy' (KT.), 'order' (TL.), 'mandate' (TUQ.) or 'acting' (Q.)
  form         TEXT NOT NULL,
  -- in whose place; NULL when the office is vacant
  head_id      TEXT REFERENCES person(id),
  head_title   TEXT NOT NULL,
  own_title    TEXT NOT NULL,
  -- first and last day, 2026-11-24; '' until it is ended
  from_on      TEXT NOT NULL,
  to_on        TEXT NOT NULL,
  basis        TEXT NOT NULL,
  by_name      TEXT NOT NULL,
  at           BIGINT NOT NULL,
  ended_at     BIGINT,
  ended_by     TEXT,
  ended_reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX authority_person ON authority(person_id);
CREATE INDEX authority_head ON authority(head_id);

-- Số giữ, số chèn, số hủy of the outgoing register: taken from it before a document has it. Rows stay, so that every number is
-- accounted for.
CREATE TABLE held_number (
  id           TEXT PRIMARY KEY,
  -- what was taken in one step has the same
  batch        TEXT NOT NULL,
  year         BIGINT NOT NULL,
  number       BIGINT NOT NULL,
  suffix       TEXT NOT NULL,
  -- 'held', 'used' or 'cancelled'
  state        TEXT NOT NULL,
  reason       TEXT NOT NULL,
  -- the unit or person that it is kept for
  whom         TEXT NOT NULL,
  by_name      TEXT NOT NULL,
  at           BIGINT NOT NULL,
  -- used: by which document; cancelled: why
  document_id  TEXT REFERENCES document(id),
  ended_reason TEXT NOT NULL DEFAULT '',
  ended_by     TEXT,
  ended_at     BIGINT,
  UNIQUE (year, number, suffix)
);
CREATE INDEX held_number_batch ON held_number(batch);
CREATE INDEX held_number_document ON held_number(document_id);

-- Phân công xử lý văn bản đến: who was given what part, by whom. Ended ones are kept: the path that a document took.
CREATE TABLE assignment (
  document_id TEXT NOT NULL REFERENCES document(id),
  seq         BIGINT NOT NULL,
  person_id   TEXT NOT NULL REFERENCES person(id),
  -- 'lead' (chủ trì), 'support' (phối hợp), 'inform' (để biết)
  part        TEXT NOT NULL,
  instruction TEXT NOT NULL,
  due_on      TEXT NOT NULL,
  by_id       TEXT NOT NULL REFERENCES person(id),
  given_at    BIGINT NOT NULL,
  ended_at    BIGINT,
  PRIMARY KEY (document_id, seq)
);
CREATE INDEX assignment_person ON assignment(person_id, document_id);

CREATE TABLE document_version (
  document_id TEXT NOT NULL REFERENCES document(id),
  number      BIGINT NOT NULL,
  what        TEXT NOT NULL,
  sha256      TEXT NOT NULL REFERENCES file(sha256),
  by_name     TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (document_id, number)
);

CREATE TABLE document_receiver (
  document_id TEXT NOT NULL REFERENCES document(id),
  position    BIGINT NOT NULL,
  code        TEXT NOT NULL,
  name        TEXT NOT NULL,
  status      TEXT NOT NULL,
  description TEXT NOT NULL,
  status_at   BIGINT,
  PRIMARY KEY (document_id, code)
);

CREATE TABLE receiver_status (
  document_id TEXT NOT NULL REFERENCES document(id),
  code        TEXT NOT NULL,
  seq         BIGINT NOT NULL,
  status      TEXT NOT NULL,
  description TEXT NOT NULL,
  at          BIGINT NOT NULL,
  -- the message that says so, when it came by one, and who has signed it
  message_id  TEXT,
  signer      TEXT,
  PRIMARY KEY (document_id, code, seq)
);

-- What became of a document after it was sent, here or at its sender: the copy stays readable and says so.
CREATE TABLE document_mark (
  document_id  TEXT PRIMARY KEY REFERENCES document(id),
  -- 'recalled', 'updated' or 'replaced'
  kind         TEXT NOT NULL,
  reason       TEXT NOT NULL,
  by_name      TEXT NOT NULL,
  at           BIGINT NOT NULL,
  -- the document that takes its place
  successor_id TEXT REFERENCES document(id)
);
CREATE INDEX document_mark_successor ON document_mark(successor_id);

-- Its sender asks for an incoming document back (thu hồi) that was taken in already: a clerk answers.
CREATE TABLE recall_request (
  document_id TEXT PRIMARY KEY REFERENCES document(id),
  reason      TEXT NOT NULL,
  by_name     TEXT NOT NULL,
  at          BIGINT NOT NULL,
  -- '15' (given back) or '16' (refused); NULL while it waits
  answer      TEXT
);

-- What a document of this body is to take the place of, once it is sent.
CREATE TABLE document_supersedes (
  document_id  TEXT PRIMARY KEY REFERENCES document(id),
  old_id       TEXT NOT NULL REFERENCES document(id),
  -- 'updated' or 'replaced'
  kind         TEXT NOT NULL,
  reason       TEXT NOT NULL
);

-- The same of a document that has not arrived yet: messages may overtake each other.
CREATE TABLE early_mark (
  sender_code  TEXT NOT NULL,
  notation     TEXT NOT NULL,
  issued_on    TEXT NOT NULL,
  kind         TEXT NOT NULL,
  reason       TEXT NOT NULL,
  by_name      TEXT NOT NULL,
  at           BIGINT NOT NULL,
  successor_id TEXT REFERENCES document(id),
  PRIMARY KEY (sender_code, notation, issued_on)
);

-- meetings ------------------------------------------------------------------------------------
CREATE TABLE meeting (
  id            TEXT PRIMARY KEY,
  title         TEXT NOT NULL,
  room          TEXT NOT NULL,
  starts_at     BIGINT NOT NULL,
  ends_at       BIGINT NOT NULL,
  state         TEXT NOT NULL,
  current_item  TEXT,
  created_at    BIGINT NOT NULL,
  -- how many it takes to decide: two_thirds_all, half_all, none
  quorum        TEXT NOT NULL DEFAULT 'two_thirds_all',
  -- when it was really opened and closed
  opened_at     BIGINT,
  closed_at     BIGINT,
  -- why it does not take place
  reason        TEXT NOT NULL DEFAULT '',
  -- how often its name, place or time was changed
  revision      BIGINT NOT NULL DEFAULT 0,
  -- the document that the invitation to bodies outside became
  invitation_id TEXT,
  -- six digits shown in the room, without which nobody checks in; empty where none is asked for
  check_in_code TEXT NOT NULL DEFAULT '',
  -- sơ đồ chỗ ngồi: size of the hall, 0 for none
  hall_rows     BIGINT NOT NULL DEFAULT 0,
  hall_columns  BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE meeting_member (
  meeting_id    TEXT NOT NULL REFERENCES meeting(id),
  person_id     TEXT NOT NULL REFERENCES person(id),
  -- chair, secretary, member, delegated (who sends somebody else)
  part          TEXT NOT NULL,
  checked_in_at BIGINT,
  -- why they did not come
  absence       TEXT NOT NULL DEFAULT '',
  -- to the invitation: '', accepted, declined, delegated
  answer        TEXT NOT NULL DEFAULT '',
  -- whom this person stands for
  stands_for    TEXT REFERENCES person(id),
  -- typed or scanned at a tablet of the room; made when it is first asked for
  seat_code     TEXT UNIQUE,
  PRIMARY KEY (meeting_id, person_id)
);
CREATE INDEX meeting_starts ON meeting(starts_at);
CREATE INDEX meeting_member_person ON meeting_member(person_id);

CREATE TABLE agenda_item (
  id         TEXT PRIMARY KEY,
  meeting_id TEXT NOT NULL REFERENCES meeting(id),
  position   BIGINT NOT NULL,
  title      TEXT NOT NULL,
  presenter  TEXT NOT NULL,
  minutes    BIGINT NOT NULL,
  -- time spent on it: microseconds until clock_since, and what has passed since then where it runs
  clock_spent BIGINT NOT NULL DEFAULT 0,
  clock_since BIGINT,
  -- kết luận
  conclusion TEXT NOT NULL DEFAULT '',
  removed_at BIGINT
);
CREATE INDEX agenda_item_meeting ON agenda_item(meeting_id, position);

CREATE TABLE attachment (
  id          TEXT PRIMARY KEY,
  item_id     TEXT NOT NULL REFERENCES agenda_item(id),
  document_id TEXT REFERENCES document(id),
  title       TEXT NOT NULL,
  number      TEXT,
  sha256      TEXT NOT NULL REFERENCES file(sha256),
  by_name     TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  removed_at  BIGINT,
  -- thu hồi: whether it is taken back from all devices at the end, and when that was done
  collect     BIGINT NOT NULL DEFAULT 0,
  collected_at BIGINT,
  -- 1: for chair, secretary and those in attachment_reader alone
  limited     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX attachment_item ON attachment(item_id);

-- Who beside chair and secretary sees a limited document of a meeting.
CREATE TABLE attachment_reader (
  attachment_id TEXT NOT NULL REFERENCES attachment(id),
  person_id     TEXT NOT NULL REFERENCES person(id),
  PRIMARY KEY (attachment_id, person_id)
);

-- Nhiệm vụ that was given in the conclusion of an item.
CREATE TABLE task (
  id         TEXT PRIMARY KEY,
  item_id    TEXT NOT NULL REFERENCES agenda_item(id),
  text       TEXT NOT NULL,
  owner_id   TEXT NOT NULL REFERENCES person(id),
  -- 2026-11-30, or '' for no deadline
  due_on     TEXT NOT NULL,
  by_name    TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  -- when it was reported as done, and what came of it
  done_at    BIGINT,
  result     TEXT NOT NULL DEFAULT '',
  removed_at BIGINT
);
CREATE INDEX task_item ON task(item_id);
CREATE INDEX task_owner ON task(owner_id, done_at);

-- Biên bản. Once its secretary has signed, the document says how far it is.
CREATE TABLE minutes (
  meeting_id    TEXT PRIMARY KEY REFERENCES meeting(id),
  -- JSON of app::dto::after::Section
  sections      TEXT NOT NULL,
  revision      BIGINT NOT NULL,
  edited_by     TEXT NOT NULL,
  edited_at     BIGINT NOT NULL,
  circulated_at BIGINT,
  document_id   TEXT REFERENCES document(id)
);

CREATE TABLE minutes_remark (
  id         TEXT PRIMARY KEY,
  meeting_id TEXT NOT NULL REFERENCES meeting(id),
  person_id  TEXT NOT NULL REFERENCES person(id),
  by_name    TEXT NOT NULL,
  text       TEXT NOT NULL,
  at         BIGINT NOT NULL
);
CREATE INDEX minutes_remark_meeting ON minutes_remark(meeting_id);

-- Where a person is in a document, for all the person's devices.
CREATE TABLE reading_place (
  person_id     TEXT NOT NULL REFERENCES person(id),
  attachment_id TEXT NOT NULL REFERENCES attachment(id),
  page          BIGINT NOT NULL,
  read_at       BIGINT NOT NULL,
  PRIMARY KEY (person_id, attachment_id)
);

-- A note in a document of a meeting. The device that it was written on gives it its id.
CREATE TABLE note (
  id            TEXT PRIMARY KEY,
  person_id     TEXT NOT NULL REFERENCES person(id),
  meeting_id    TEXT NOT NULL REFERENCES meeting(id),
  attachment_id TEXT NOT NULL REFERENCES attachment(id),
  document_id   TEXT REFERENCES document(id),
  -- version of the file that its place belongs to
  sha256        TEXT NOT NULL,
  shared        BIGINT NOT NULL,
  revision      BIGINT NOT NULL,
  body          TEXT NOT NULL,
  created_at    BIGINT NOT NULL,
  changed_at    BIGINT NOT NULL,
  removed_at    BIGINT
);
CREATE INDEX note_meeting ON note(meeting_id, person_id);

-- Under which a person's tablets keep what they store; given to who is signed in.
CREATE TABLE device_key (
  person_id TEXT PRIMARY KEY REFERENCES person(id),
  secret    TEXT NOT NULL,
  made_at   BIGINT NOT NULL
);

-- A request for the floor: waiting, speaking once it began, over once it ended; ended without having begun is withdrawn.
CREATE TABLE speech (
  id          TEXT PRIMARY KEY,
  meeting_id  TEXT NOT NULL REFERENCES meeting(id),
  -- the item under discussion when the floor was asked for
  item_id     TEXT,
  person_id   TEXT NOT NULL REFERENCES person(id),
  asked_at    BIGINT NOT NULL,
  began_at    BIGINT,
  ended_at    BIGINT,
  -- how long the speech may be, 0 for as long as it takes
  seconds     BIGINT NOT NULL,
  clock_spent BIGINT NOT NULL,
  clock_since BIGINT
);
CREATE INDEX speech_meeting ON speech(meeting_id);

-- who sits where, from 1
CREATE TABLE meeting_seat (
  meeting_id  TEXT NOT NULL REFERENCES meeting(id),
  person_id   TEXT NOT NULL REFERENCES person(id),
  seat_row    BIGINT NOT NULL,
  seat_column BIGINT NOT NULL,
  PRIMARY KEY (meeting_id, person_id),
  UNIQUE (meeting_id, seat_row, seat_column)
);

-- nhắn thư ký: words between a member and the secretary
CREATE TABLE chat_line (
  -- given by the device that wrote it
  id           TEXT PRIMARY KEY,
  meeting_id   TEXT NOT NULL REFERENCES meeting(id),
  -- the member that the secretary exchanges words with
  person_id    TEXT NOT NULL REFERENCES person(id),
  by_secretary BIGINT NOT NULL,
  written_by   TEXT NOT NULL REFERENCES person(id),
  text         TEXT NOT NULL,
  at           BIGINT NOT NULL
);
CREATE INDEX chat_line_meeting ON chat_line(meeting_id, at);

CREATE TABLE vote (
  id         TEXT PRIMARY KEY,
  meeting_id TEXT NOT NULL REFERENCES meeting(id),
  item_id    TEXT,
  question   TEXT NOT NULL,
  opened_at  BIGINT NOT NULL,
  closed_at  BIGINT,
  -- what it takes to be carried: cast, half_present, half_all, two_thirds_present, two_thirds_all
  majority   TEXT NOT NULL,
  -- open, secret
  form       TEXT NOT NULL,
  -- members with a vote when it was closed: those present, and all
  eligible   BIGINT,
  entitled   BIGINT
);
CREATE INDEX vote_meeting ON vote(meeting_id);

CREATE TABLE ballot (
  vote_id   TEXT NOT NULL REFERENCES vote(id),
  person_id TEXT NOT NULL REFERENCES person(id),
  choice    TEXT NOT NULL,
  cast_at   BIGINT NOT NULL,
  PRIMARY KEY (vote_id, person_id)
);

-- Of a secret vote: its key, the private half only while it is open.
CREATE TABLE vote_key (
  vote_id TEXT PRIMARY KEY REFERENCES vote(id),
  modulus TEXT NOT NULL,
  private TEXT
);

-- Who drew a ballot of a secret vote; what was drawn is blinded. No moment: see adr/0013.
CREATE TABLE ballot_drawn (
  vote_id   TEXT NOT NULL REFERENCES vote(id),
  person_id TEXT NOT NULL REFERENCES person(id),
  blinded   TEXT NOT NULL,
  signed    TEXT NOT NULL,
  PRIMARY KEY (vote_id, person_id)
) WITHOUT ROWID;

-- The urn: by the hash of what was signed, without person, moment or order of coming.
CREATE TABLE secret_ballot (
  vote_id   TEXT NOT NULL REFERENCES vote(id),
  hash      TEXT NOT NULL,
  choice    TEXT NOT NULL,
  receipt   TEXT NOT NULL,
  prefix    TEXT NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (vote_id, hash)
) WITHOUT ROWID;

-- opinions: phiếu lấy ý kiến --------------------------------------------------------------------
CREATE TABLE opinion_sheet (
  id           TEXT PRIMARY KEY,
  title        TEXT NOT NULL,
  secretary_id TEXT NOT NULL REFERENCES person(id),
  -- draft, sent, closed, withdrawn
  state        TEXT NOT NULL,
  -- of all who are asked: half_all, two_thirds_all
  rule         TEXT NOT NULL,
  -- 1: those asked see each other's answers before the end
  shown        BIGINT NOT NULL,
  deadline     BIGINT NOT NULL,
  -- since when this deadline is known to those asked
  deadline_set BIGINT,
  revision     BIGINT NOT NULL,
  -- why it was withdrawn
  reason       TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  sent_at      BIGINT,
  -- closed or withdrawn
  ended_at     BIGINT,
  -- full name of who ended it; '' for the deadline itself
  ended_by     TEXT NOT NULL
);
CREATE INDEX opinion_sheet_secretary ON opinion_sheet(secretary_id);
CREATE INDEX opinion_sheet_due ON opinion_sheet(state, deadline);

CREATE TABLE opinion_question (
  id       TEXT PRIMARY KEY,
  sheet_id TEXT NOT NULL REFERENCES opinion_sheet(id),
  position BIGINT NOT NULL,
  text     TEXT NOT NULL
);
CREATE INDEX opinion_question_sheet ON opinion_question(sheet_id, position);

CREATE TABLE opinion_document (
  id          TEXT PRIMARY KEY,
  sheet_id    TEXT NOT NULL REFERENCES opinion_sheet(id),
  document_id TEXT NOT NULL REFERENCES document(id),
  position    BIGINT NOT NULL,
  title       TEXT NOT NULL,
  number      TEXT,
  sha256      TEXT NOT NULL REFERENCES file(sha256)
);
CREATE INDEX opinion_document_sheet ON opinion_document(sheet_id, position);

CREATE TABLE opinion_member (
  sheet_id  TEXT NOT NULL REFERENCES opinion_sheet(id),
  person_id TEXT NOT NULL REFERENCES person(id),
  PRIMARY KEY (sheet_id, person_id)
);
CREATE INDEX opinion_member_person ON opinion_member(person_id);

-- The last answer of each; earlier ones are in the log.
CREATE TABLE opinion_answer (
  question_id TEXT NOT NULL REFERENCES opinion_question(id),
  person_id   TEXT NOT NULL REFERENCES person(id),
  sheet_id    TEXT NOT NULL REFERENCES opinion_sheet(id),
  -- agree, disagree, other
  choice      TEXT NOT NULL,
  words       TEXT NOT NULL,
  answered_at BIGINT NOT NULL,
  PRIMARY KEY (question_id, person_id)
);
CREATE INDEX opinion_answer_sheet ON opinion_answer(sheet_id, person_id);

-- Who was reminded of which deadline: a row keeps a second reminder of the same kind from going out, also after a restart.
CREATE TABLE opinion_reminder (
  sheet_id  TEXT NOT NULL REFERENCES opinion_sheet(id),
  person_id TEXT NOT NULL REFERENCES person(id),
  -- day (before), hours (two before), hand (by the secretary: the last time)
  kind      TEXT NOT NULL,
  deadline  BIGINT NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (sheet_id, person_id, kind, deadline)
);

-- live ----------------------------------------------------------------------------------------
CREATE TABLE live_topic (
  topic TEXT PRIMARY KEY,
  seq   BIGINT NOT NULL
);

CREATE TABLE live_event (
  topic TEXT NOT NULL,
  seq   BIGINT NOT NULL,
  body  TEXT NOT NULL,
  at    BIGINT NOT NULL,
  PRIMARY KEY (topic, seq)
);

-- axis ----------------------------------------------------------------------------------------
-- What this body owes to others: written in the transaction of the change that caused it.
CREATE TABLE axis_outbox (
  id          TEXT PRIMARY KEY,
  -- 'document', 'recall', 'update', 'replacement' or 'status'
  kind        TEXT NOT NULL,
  document_id TEXT,
  to_code     TEXT NOT NULL,
  -- the document that it is about: messages about one go to a receiver in their order
  about       TEXT NOT NULL,
  subject     TEXT NOT NULL,
  -- what to build the message from, JSON (the edXML itself once built is the file `sha256`)
  payload     TEXT NOT NULL,
  sha256      TEXT,
  -- queued, accepted (by the node), delivered (receiver has it), failed (set aside for a person), undelivered (ended)
  state       TEXT NOT NULL,
  attempts    BIGINT NOT NULL,
  next_at     BIGINT NOT NULL,
  error       TEXT,
  -- since when it is being sent: written, or sent again by a person
  since       BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL
);
CREATE INDEX axis_outbox_due ON axis_outbox(state, created_at, id);
CREATE INDEX axis_outbox_about ON axis_outbox(to_code, about, state, created_at);

-- What came in: one row for each message id, so that a second delivery changes nothing.
CREATE TABLE axis_inbox (
  -- 'CODE:ID' with the sender's code, so that no body can use up another's ids
  id          TEXT PRIMARY KEY,
  kind        TEXT NOT NULL,
  from_code   TEXT NOT NULL,
  -- the document that it is about: messages about one are worked on in the order in which they came
  about       TEXT NOT NULL,
  subject     TEXT NOT NULL,
  sha256      TEXT NOT NULL,
  -- received, done, refused, failed
  state       TEXT NOT NULL,
  error       TEXT,
  document_id TEXT,
  -- whose XML signature it has, once that is known to hold
  signer      TEXT,
  attempts    BIGINT NOT NULL,
  next_at     BIGINT NOT NULL,
  received_at BIGINT NOT NULL
);
CREATE INDEX axis_inbox_due ON axis_inbox(state, received_at, id);
CREATE INDEX axis_inbox_about ON axis_inbox(from_code, about, state, received_at);

-- audit ---------------------------------------------------------------------------------------
CREATE TABLE audit (
  seq          BIGINT PRIMARY KEY,
  at           BIGINT NOT NULL,
  actor_id     TEXT NOT NULL,
  actor        TEXT NOT NULL,
  action       TEXT NOT NULL,
  subject_type TEXT NOT NULL,
  subject_id   TEXT NOT NULL,
  summary      TEXT NOT NULL,
  -- actor and summary with accents and case folded; not part of the hash
  folded       TEXT NOT NULL,
  -- JSON
  details      TEXT NOT NULL,
  request_id   TEXT NOT NULL,
  previous     TEXT NOT NULL,
  hash         TEXT NOT NULL
);
CREATE INDEX audit_subject ON audit(subject_type, subject_id, seq);

-- One row: the end of the chain. Updating it first makes writers of the log queue up.
CREATE TABLE audit_head (
  id   BIGINT PRIMARY KEY,
  seq  BIGINT NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- A form sent twice makes one thing: the page's random word, and what came of it.
CREATE TABLE once (
  person_id  TEXT NOT NULL,
  word       TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (person_id, word)
);
