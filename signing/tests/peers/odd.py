"""Makes files that are not by the letter: dictionaries in places where references belong, odd numbers and tables.

usage: odd.py OUT_DIR
"""

import re

from cms import *  # noqa: F403

KEY = rsa.generate_private_key(65537, 2048)
CERT = certificate("Người ký", KEY, CA_ISSUER)
MAKE = cms(KEY, CERT)
BAD = dict(indications=["TOTAL_FAILED"], subs=["FORMAT_FAILURE"])
RANGE = b"[0 ********** ********** **********]"
HOLE = b"<" + b"0" * ROOM + b">"
WIDGET = b"/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/F 132/P 3 0 R"
VALUE = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange %s/Contents %s>>" % (RANGE, HOLE)
FIELD = b"<<%s/FT/Sig/T(Sig1)/V 20 0 R>>" % WIDGET


def odd(label, objects=(), make=MAKE, show=lambda h: b"<" + h + b">", data=None, keep=lambda whole: whole, hole=HOLE, tail=b"",
        shape=lambda out: out, **expect):
    """Signs with these objects in place of the usual ones; `show` writes the hexadecimal digits into the hole, `shape` changes what
    is signed, `tail` goes into the trailer."""
    usual = {
        20: VALUE,
        21: FIELD,
        8: b"<</Fields[9 0 R 10 0 R 21 0 R]/SigFlags 3/DR<</Font<</Helv 7 0 R>>>>/DA(/Helv 12 Tf 0 g)>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R"
        b"/Resources<</Font<</F1 7 0 R>>>>/Annots[9 0 R 10 0 R 21 0 R]>>",
    }
    usual.update(objects)
    out = shape(append(data or blank(), {n: body for n, body in usual.items() if body}, tail))
    start = out.index(hole)
    end = start + len(hole)
    stated = b"[0 %d %d %d]" % (start, end, len(out) - end)
    out = out.replace(RANGE, stated.ljust(len(RANGE)))
    for what, number in ((b"#########1", start), (b"#########2", end), (b"#########3", len(out) - end)):
        out = out.replace(what, b"%-10d" % number)
    shown = show(make(out[:start] + out[end:]).hex().encode())
    assert len(shown) <= len(hole), label
    if shown.endswith(b">"):
        shown = shown[:-1].ljust(len(hole) - 1, b"0") + b">"
    elif len(shown) < len(hole):
        shown = shown.ljust(len(hole))
    expect.setdefault("indications", passed())
    case(f"{label}.pdf", keep(out[:start] + shown + out[end:]), **expect)


def told(*codes):
    return dict(warned=list(codes))


def values():
    def lines(h):
        return b"<" + b"\r\n".join(h[i : i + 64] for i in range(0, len(h), 64)) + b" >"

    odd("plain", levels=["B-B"])
    odd("hexadecimal-in-lines", show=lines, levels=["B-B"])
    odd("hexadecimal-in-capitals", show=lambda h: b"<" + h.upper() + b">", levels=["B-B"])
    longer = HOLE[:-1] + b"0>"
    odd("hexadecimal-of-odd-length", {20: VALUE.replace(HOLE, longer)}, hole=longer, levels=["B-B"])

    def literal(h):
        raw = bytes.fromhex(h.decode())
        return b"(" + re.sub(rb"([\\()\r])", lambda m: b"\\r" if m[1] == b"\r" else b"\\" + m[1], raw) + b")"

    odd("contents-literal", show=literal, **BAD, **told("contents_not_hexadecimal"))
    indirect = VALUE.replace(HOLE, b"22 0 R")
    odd("contents-indirect", {20: indirect, 22: HOLE}, **BAD, **told("contents_indirect"))
    odd("contents-null", {20: VALUE.replace(HOLE, b"null"), 22: HOLE}, **BAD, **told("contents_missing"))
    stated = b"[0 #########1 #########2 #########3]"
    odd("range-indirect", {20: VALUE.replace(RANGE, b"22 0 R"), 22: stated}, levels=["B-B"])
    numbers = {22 + i: b"#########%d" % i for i in (1, 2, 3)}
    odd("range-of-references", {20: VALUE.replace(RANGE, b"[0 23 0 R 24 0 R 25 0 R]"), **numbers}, levels=["B-B"])
    odd("range-indirect-to-nothing", {20: VALUE.replace(RANGE, b"77 0 R")}, **BAD, **told("byte_range_missing"))
    odd("range-indirect-to-another", {20: VALUE.replace(RANGE, b"22 0 R"), 22: b"[0 10 20 30]"}, **BAD,
        **told("byte_range_gap_is_not_contents"))
    damaged = told("signature_unreadable")
    odd("value-with-other-digits", show=lambda h: b"<zz" + h + b">", **BAD, **damaged)
    for label, body in (("number", b"7"), ("string", b"(signed)"), ("list", b"[]"), ("unclosed", b"<</Type/Sig/Filter")):
        odd(f"value-is-a-{label}", {20: body, 22: VALUE}, **BAD, **damaged)
    nothing = dict(indications=[], error="no_signature")
    odd("value-is-null", {20: b"null", 22: VALUE}, **nothing)
    odd("value-is-nowhere", {21: FIELD.replace(b"20 0 R", b"66 0 R")}, **nothing)
    odd("type-absent", {20: VALUE.replace(b"/Type/Sig", b"")}, levels=["B-B"])
    odd("type-of-another", {20: VALUE.replace(b"/Type/Sig", b"/Type/Annot")}, levels=["B-B"])
    odd("filter-absent", {20: VALUE.replace(b"/Filter/Adobe.PPKLite", b"")}, levels=["B-B"])
    legacy = b"/SubFilter/ETSI.CAdES.detached"
    unsaid = VALUE.replace(legacy, b"")
    odd("subfilter-absent", {20: unsaid}, levels=[None], **told("subfilter_absent"))
    odd("subfilter-null", {20: VALUE.replace(legacy, b"/SubFilter null")}, levels=[None], **told("subfilter_absent"))
    odd("subfilter-absent-not-intact", {20: unsaid}, make=lambda covered: MAKE(covered + b" "), indications=["TOTAL_FAILED"],
        subs=["HASH_FAILURE"], **told("subfilter_absent"))
    for label, content in (("attached", lambda covered: covered), ("digest", lambda covered: digest("sha1", covered))):
        make = cms(KEY, CERT, embedded=content)
        odd(f"subfilter-absent-{label}", {20: unsaid}, make=make, **BAD, **told("subfilter_missing"))
    odd("subfilter-absent-bare", {20: unsaid}, make=lambda covered: octets(digest("sha256", covered)), **BAD,
        **told("subfilter_missing"))
    odd("subfilter-absent-of-a-time-stamp", {20: unsaid.replace(b"/Type/Sig", b"/Type/DocTimeStamp")}, **BAD,
        **told("subfilter_missing"))
    for label, value in (("text", b"(ETSI.CAdES.detached)"), ("a-list", b"[/ETSI.CAdES.detached]"), ("capitals", b"/ETSI.CADES.DETACHED")):
        odd(f"subfilter-{label}", {20: VALUE.replace(legacy, b"/SubFilter" + value)}, **BAD, **told("subfilter_unknown"))
    odd("subfilter-indirect", {20: VALUE.replace(legacy, b"/SubFilter 22 0 R"), 22: b"/ETSI.CAdES.detached"}, levels=["B-B"])
    odd("subfilter-unknown", {20: VALUE.replace(b"CAdES.detached", b"CAdES.other")}, **BAD, **told("subfilter_unknown"))


def places():
    form = b"<</Fields[9 0 R 10 0 R %s]/SigFlags 3>>"
    field = b"<</FT/Sig/T(Sig1)/V 20 0 R/Kids[%s]>>"
    odd("field-direct", {8: form % FIELD}, levels=["B-B"])
    odd("field-direct-in-a-list", {8: b"<</Fields 22 0 R/SigFlags 3>>", 22: b"[9 0 R %s]" % FIELD}, levels=["B-B"])
    odd("field-direct-in-a-field", {8: form % b"22 0 R", 22: b"<</T(Group)/Kids[%s]>>" % FIELD}, levels=["B-B"])
    odd("field-inherits", {8: form % b"22 0 R", 22: b"<</T(Group)/FT/Sig/Kids[%s]>>" % FIELD.replace(b"/FT/Sig", b"")})
    odd("form-direct", {1: b"<</Type/Catalog/Pages 2 0 R/AcroForm%s>>" % (form % FIELD)}, levels=["B-B"])
    odd("widget-direct", {8: form % b"22 0 R", 22: field % (b"<<%s>>" % WIDGET)}, levels=["B-B"])
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[9 0 R %s]>>"
    )
    odd("annotation-direct", {3: page % FIELD}, levels=["B-B"])
    inside = FIELD.replace(b"20 0 R", VALUE)
    odd("value-direct", {20: b"", 21: inside}, levels=["B-B"])
    odd("value-and-field-direct", {8: form % inside, 20: b"", 21: b""}, **BAD, **told("signature_in_direct_field"))
    odd("field-is-its-own-kid", {8: form % b"22 0 R", 22: b"<</T(Group)/Kids[22 0 R %s]>>" % FIELD}, levels=["B-B"])
    odd("value-shared", {8: form % b"21 0 R 22 0 R", 22: FIELD.replace(b"Sig1", b"Sig2")}, indications=passed(2))


def containers():
    def behind(tail, **kw):
        make = cms(KEY, CERT, **kw)
        return lambda covered: make(covered) + tail

    rest = told("bytes_behind_the_signature_value")
    odd("garbage-behind-the-value", make=behind(b"garbage"), **rest)
    odd("indefinite-with-garbage", make=behind(b"\0\0\x30\x03", indefinite=True), **rest)
    odd("certificates-the-other-way", make=cms(KEY, CERT, certs=[CERT, CA]), levels=["B-B"])
    odd("certificates-twice", make=cms(KEY, CERT, certs=[CA, CERT, CA, CERT, CERT]), levels=["B-B"])
    odd("certificate-of-the-signer-only", make=cms(KEY, CERT, certs=[CERT]), levels=["B-B"])
    when = attribute("1.2.840.113549.1.9.5", tlv(0x18, NOW.strftime("%Y%m%d%H%M%SZ").encode()))
    odd("time-generalized", make=cms(KEY, CERT, attributes=[reference(CERT), when]), levels=[None])
    broken = attribute("1.2.840.113549.1.9.5", tlv(0x18, b"yesterday"))
    odd("time-unreadable", make=cms(KEY, CERT, attributes=[reference(CERT), broken]), levels=[None])

    odd("two-signers", make=cms(KEY, CERT, signers=2), **BAD, **told("not_exactly_one_signer"))
    odd("no-signer", make=cms(KEY, CERT, signers=0), **BAD, **told("not_exactly_one_signer"))
    frame = algorithm(DIGESTS["sha256"][0], b"")

    def without_null(data):
        """PKCS #1 around a DigestInfo that has no parameters."""
        info = seq(frame, octets(digest("sha256", data)))
        numbers = KEY.private_numbers()
        block = b"\0\1" + b"\xff" * (256 - 3 - len(info)) + b"\0" + info
        return pow(int.from_bytes(block, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")

    odd("digest-info-without-null", make=cms(KEY, CERT, raw=without_null), levels=["B-B"])
    odd("algorithms-without-null", make=cms(KEY, CERT, null=False), levels=["B-B"])


def word(head, table):
    """A table in which packed objects are free, and an empty one behind it with the stream that lists them (hybrid)."""
    inner = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    at = int(re.search(rb"(?:\d{10} \d{5} [nf] \n){7}(\d{10})", table)[1])
    holder = len(head)
    head += b"11 0 obj\n<</Type/ObjStm/N 1/First 4/Length %d>>stream\n7 0 %s\nendstream\nendobj\n" % (len(inner) + 4, inner)
    listing = len(head)
    rows = b"".join(kind + place.to_bytes(4, "big") + b"\0" for kind, place in ((b"\2", 11), (b"\1", holder), (b"\1", listing)))
    head += (
        b"12 0 obj\n<</Type/XRef/Size 13/W[1 4 1]/Index[7 1 11 2]/Root 1 0 R/Length %d>>stream\n%s\nendstream\nendobj\n"
        % (len(rows), rows)
    )
    start = len(head)
    table = table.replace(b"%010d 00000 n" % at, b"0000000000 65535 f")
    table = re.sub(rb"startxref\n\d+", b"startxref\n%d" % start, table)
    whole = head + table
    second = len(whole)
    tail = b"xref\n0 0\ntrailer\n<</Size 13/Root 1 0 R/Prev %d/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n"
    return whole + tail % (start, listing, second)


def tables():
    base = blank()
    head, tail = base.rsplit(b"xref\n0 ", 1)
    table = b"xref\n0 " + tail

    def entries(change):
        return head + re.sub(rb"\d{10} \d{5} [nf] \n", change, table)

    odd("table-lines-of-19", data=entries(lambda m: m[0][:-2] + b"\n"))
    odd("table-lines-with-crlf", data=entries(lambda m: m[0][:-2] + b"\r\n"))
    odd("table-lines-of-21", data=entries(lambda m: m[0][:-1] + b"\r\n"))
    odd("table-lines-mixed", data=entries(lambda m: m[0][:-2] + (b"\r", b" \n", b"\r\n", b"\n")[m.start() % 4]))
    odd("table-from-one", data=head + table.replace(b"xref\n0 ", b"xref\n1 ", 1))
    odd("table-with-spaces", data=head + table.replace(b"xref\n0 11\n", b"xref  \r\n 0   11  \r\n", 1))
    odd("table-with-crlf", data=head + table.replace(b"\ntrailer\n", b"\r\ntrailer\r\n").replace(b"startxref\n", b"startxref\r\n"))
    odd("table-counts-too-many", data=head + table.replace(b"xref\n0 11\n", b"xref\n0 12\n"), indications=[], error="malformed_pdf")
    odd("garbage-behind-the-first-end", data=base + b"\r\n<html>404</html>\r\n")
    odd("zeros-behind-the-first-end", data=base + b"\0" * 500)
    odd("blank-behind-the-last-end", keep=lambda whole: whole + b"\r\n\0\0\0 ")
    shift = 37
    moved = re.sub(rb"(\d{10}) (\d{5} n)", lambda m: b"%010d %s" % (int(m[1]) + shift, m[2]), table)
    start = int(base[base.rindex(b"startxref") + 9 :].split()[0])
    moved = moved.replace(b"startxref\n%d" % start, b"startxref\n%d" % (start + shift))
    odd("garbage-before-the-header", data=b"x" * (shift - 1) + b"\n" + head + moved)
    numbers = b"/MediaBox[0 0 595 842]", b"/MediaBox[+. --0 595.0.1 842.-3]"
    odd("as-word-writes-it", data=word(head, table), levels=["B-B"])
    odd("numbers", data=base, objects={3: (
        b"<</Type/Page/Parent 2 0 R%s/Contents 5 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[9 0 R 10 0 R 21 0 R]>>" % numbers[1]
    )}, levels=["B-B"], mods=["none"])


def ends():
    """Revisions whose ends others read otherwise: what was signed with one fails, what came before or after is told."""
    base = blank()
    odd("no-marker-before", data=base[:-6], **told("untidy_earlier_revision"))
    odd("no-marker-after", keep=lambda whole: append(whole, {})[:-6], **told("untidy_later_revision"))
    odd("no-marker", shape=lambda out: out[:-6], **BAD, **told("no_end_of_file_marker"))
    odd("trailer-with-a-key-twice", tail=b"/X 1/X 2", **BAD, **told("duplicate_key_in_trailer"))
    odd("trailer-with-an-odd-number", tail=b"/X 1.2.3", **BAD, **told("odd_number_in_trailer"))
    place = re.compile(rb"startxref\n(\d+)\n%%EOF\n$")
    first = place.search(base)[1]

    def astray(out):
        return place.sub(lambda m: b"startxref\n%s\n%%%%EOF\n" % first.rjust(len(m[1]), b"0"), out)

    def followed(whole):
        """One more revision, which knows where the one before it really is."""
        real = whole.rindex(b"\nxref\n") + 1
        return (b"/Prev %d>>" % real).join(append(whole, {}).rsplit(b"/Prev %d>>" % int(first), 1))

    odd("end-that-leads-elsewhere", shape=astray, keep=followed, **BAD, **told("startxref_elsewhere"))


def damages():
    def gone(code):
        return dict(indications=[], error=code)

    def trailer(old, new):
        return lambda whole: new.join(whole.rsplit(old, 1))

    first = len(blank())
    odd("cut-in-the-value", keep=lambda whole: whole[: first + ROOM // 2], **gone("malformed_pdf"))
    odd("cut-before-startxref", keep=lambda whole: whole[: whole.rindex(b"startxref")], **gone("malformed_pdf"))
    odd("cut-in-the-marker", keep=lambda whole: whole[:-5], **BAD, **told("byte_range_beyond_file"))
    odd("cut-to-the-first-revision", keep=lambda whole: whole[:first], **gone("no_signature"))
    odd("without-a-header", keep=lambda whole: whole[whole.index(b"\n") + 1 :], **gone("malformed_pdf"))
    odd("moved-by-a-mark", keep=lambda whole: b"\xef\xbb\xbf" + whole, **BAD, **told("byte_range_gap_is_not_contents"))
    odd("something-behind", keep=lambda whole: whole + b"<html>", **BAD)
    odd("line-ends-converted", keep=lambda whole: whole.replace(b"\n", b"\r\n"), **gone("malformed_pdf"))
    odd("no-catalog", keep=trailer(b"/Root 1 0 R", b"/Root 99 0 R"), **gone("malformed_pdf"))
    odd("catalog-not-referred-to", keep=trailer(b"/Root 1 0 R", b"/Root [1 0]"), **gone("malformed_pdf"))
    encrypted = b"/Encrypt<</Filter/Adobe.PubSec/SubFilter/adbe.pkcs7.s5/V 4/R 4/CF<</DefaultCryptFilter<</CFM/AESV2>>>>>>/Root 1 0 R"
    odd("encrypted-by-another-handler", keep=trailer(b"/Root 1 0 R", encrypted.replace(b"PubSec", b"Other")),
        **gone("encryption_unsupported"))
    odd("encrypted-for-certificates", keep=trailer(b"/Root 1 0 R", encrypted), **gone("recipient_needed"))


if __name__ == "__main__":
    for part in (values, places, containers, tables, ends, damages):
        part()
    finish()
