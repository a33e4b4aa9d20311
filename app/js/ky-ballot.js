// The voter's half of a secret vote: RFC 9474, RSABSSA-SHA384-PSS-Randomized, with BigInt and WebCrypto.
//
// A ballot is chosen and made here, its blinded form signed by the server for a person, and the ballot itself cast without one.
// What is under way lies in localStorage, by vote and person, so that a reload or a lost link loses nothing.
// Failures are thrown as a code, or as the server's own {code, vi, en}, always as text.

const HASH = "SHA-384";
const SALT = 48;
const EXPONENT = 65537n;
const BITS = 3072;
// Milliseconds that a ballot waits at random before it is cast, so that it does not follow its drawing at once.
const LONGEST_WAIT = 2500;

const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const number = (bytes) => BigInt(`0x${hex(bytes) || "0"}`);
const bytesOf = (n, length) => unhex(n.toString(16).padStart(2 * length, "0"));
const base64 = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const unbase64 = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const random = (length) => crypto.getRandomValues(new Uint8Array(length));
const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest(HASH, bytes));

function join(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function power(base, exponent, modulus) {
  let result = 1n;
  for (let square = base % modulus, left = exponent; left > 0n; left >>= 1n, square = (square * square) % modulus) {
    if (left & 1n) result = (result * square) % modulus;
  }
  return result;
}

// The inverse, or null where there is none.
function inverse(a, modulus) {
  let [r, next, x, y] = [modulus, a % modulus, 0n, 1n];
  while (next > 0n) {
    const times = r / next;
    [r, next] = [next, r - times * next];
    [x, y] = [y, x - times * y];
  }
  return r === 1n ? ((x % modulus) + modulus) % modulus : null;
}

async function mask(seed, length) {
  const blocks = [];
  for (let counter = 0; blocks.length * SALT < length; counter += 1) blocks.push(await digest(join(seed, bytesOf(BigInt(counter), 4))));
  return join(...blocks).subarray(0, length);
}

// EMSA-PSS-ENCODE of RFC 8017, section 9.1.1.
async function encode(message, salt, bits) {
  const length = Math.ceil((bits - 1) / 8);
  const hash = await digest(join(new Uint8Array(8), await digest(message), salt));
  const block = new Uint8Array(length - hash.length - 1);
  block[block.length - salt.length - 1] = 1;
  block.set(salt, block.length - salt.length);
  const covered = (await mask(hash, block.length)).map((b, i) => b ^ block[i]);
  covered[0] &= 0xff >> (8 * length - (bits - 1));
  return join(covered, hash, Uint8Array.of(0xbc));
}

// Blind of RFC 9474, section 4.2. Salt and blinding number are given by tests only.
export async function blind(n, exponent, message, salt = random(SALT), r = undefined) {
  const bits = n.toString(2).length;
  const length = Math.ceil(bits / 8);
  const m = number(await encode(message, salt, bits));
  let back = r === undefined ? null : inverse(r, n);
  while (back === null) {
    r = number(random(length));
    back = r > 1n && r < n ? inverse(r, n) : null;
  }
  return { blinded: bytesOf((m * power(r, exponent, n)) % n, length), inverse: back };
}

// The first half of Finalize, section 4.4; the second is `verifies`.
export function unblind(n, signed, back) {
  return bytesOf((number(signed) * back) % n, Math.ceil(n.toString(2).length / 8));
}

export function message(prefix, vote, choice, receipt) {
  return join(prefix, new TextEncoder().encode(`kyhop ballot 1\n${vote}\n${choice}\n${receipt}`));
}

const publicKey = (modulus) =>
  crypto.subtle.importKey("jwk", { kty: "RSA", n: modulus, e: "AQAB", alg: "PS384" }, { name: "RSA-PSS", hash: HASH }, false, ["verify"]);
const verifies = (key, text, signature) => crypto.subtle.verify({ name: "RSA-PSS", saltLength: SALT }, key, signature, text);

const place = (vote, person) => `kyhop.ballot.${vote}.${person}`;
const kept = (vote, person) => JSON.parse(localStorage.getItem(place(vote, person)) ?? "null");
const keep = (vote, person, ballot) => localStorage.setItem(place(vote, person), JSON.stringify(ballot));

// What this device knows of the person's ballot: {choice, receipt, cast} as JSON, or nothing.
export function known(vote, person) {
  const ballot = kept(vote, person);
  return ballot ? JSON.stringify({ choice: ballot.choice, receipt: ballot.receipt, cast: Boolean(ballot.cast) }) : "";
}

// Makes the ballot, or takes up the one that was made, and answers what is to be signed.
export async function prepare(vote, person, modulus, choice) {
  if (!crypto.subtle) throw "ballot.insecure";
  const before = kept(vote, person);
  if (before) return before.blinded ?? "";
  const n = number(unbase64(modulus));
  if (n.toString(2).length !== BITS) throw "ballot.key";
  const [receipt, prefix] = [hex(random(16)), random(32)];
  const { blinded, inverse: back } = await blind(n, EXPONENT, message(prefix, vote, choice, receipt));
  keep(vote, person, { choice, receipt, prefix: hex(prefix), modulus, blinded: base64(blinded), inverse: back.toString(16) });
  return base64(blinded);
}

// Takes the blind signature, checks what it became, and casts the ballot without cookie or name.
export async function finish(vote, person, signed) {
  const ballot = kept(vote, person);
  if (!ballot) throw "ballot.lost";
  if (ballot.cast) return;
  const text = message(unhex(ballot.prefix), vote, ballot.choice, ballot.receipt);
  const signature = unblind(number(unbase64(ballot.modulus)), unbase64(signed), BigInt(`0x${ballot.inverse}`));
  if (!(await verifies(await publicKey(ballot.modulus), text, signature))) throw "ballot.signature";
  await new Promise((go) => setTimeout(go, (LONGEST_WAIT * random(1)[0]) / 255));
  const { choice, receipt, prefix } = ballot;
  let answer;
  try {
    answer = await fetch(`/api/v1/votes/${encodeURIComponent(vote)}/ballots`, {
      method: "POST",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ choice, receipt, prefix, signature: base64(signature) }),
    });
  } catch {
    throw "link.lost";
  }
  if (!answer.ok) {
    const { error } = await answer.json().catch(() => ({}));
    throw error ? JSON.stringify(error) : "link.lost";
  }
  // What unblinds is needed no more; choice and receipt are, to find the ballot again.
  keep(vote, person, { choice, receipt, prefix, modulus: ballot.modulus, cast: true });
}

// Counts published ballots again and checks every signature. `mine`: "counted", "missing", or "" where this device cast none.
export async function recount(published, person) {
  const all = JSON.parse(published);
  if (!crypto.subtle) throw "ballot.insecure";
  const ours = kept(all.vote, person);
  const key = await publicKey(all.modulus);
  const seen = new Set();
  const result = { agree: 0, disagree: 0, other: 0, bad: 0, mine: ours?.cast ? "missing" : "", choice: ours?.choice ?? "", receipt: ours?.receipt ?? "" };
  for (const { choice, receipt, prefix, signature } of all.ballots) {
    const text = message(unhex(prefix), all.vote, choice, receipt);
    const twice = seen.has(hex(text));
    seen.add(hex(text));
    if (twice || !["agree", "disagree", "other"].includes(choice) || !(await verifies(key, text, unbase64(signature)))) {
      result.bad += 1;
      continue;
    }
    result[choice] += 1;
    // The same key too: nobody was given one of their own.
    if (ours && ours.receipt === receipt && ours.choice === choice && ours.modulus === all.modulus) result.mine = "counted";
  }
  result.more = all.ballots.length > all.voters.length;
  return JSON.stringify(result);
}
