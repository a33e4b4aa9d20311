"""Makes files as seldom producers write them, and forgeries that look like such files.

usage: strange.py OUT_DIR
"""

import re
import zlib

from odd import *  # noqa: F403

SHORT = b"/SubFilter/ETSI.CAdES.detached"


def more(keys):
    return VALUE[:-2] + keys + b">>"


def names():
    """The same key in another spelling is the same key."""
    odd("contents-escaped", {20: VALUE.replace(b"/Contents", b"/Con#74ents")}, levels=["B-B"])
    odd("range-escaped", {20: VALUE.replace(b"/ByteRange", b"/Byte#52ange")}, levels=["B-B"])
    odd("subfilter-escaped", {20: VALUE.replace(SHORT, b"/Sub#46ilter/ETSI.CA#64ES.detached")}, levels=["B-B"])
    twice = told("duplicate_key")
    odd("contents-twice-escaped", {20: more(b"/Con#74ents<00>")}, **BAD, **twice)
    odd("range-twice-escaped", {20: more(b"/Byte#52ange[0 1 2 3]")}, **BAD, **twice)
    odd("subfilter-twice-escaped", {20: more(b"/Sub#46ilter/adbe.pkcs7.sha1")}, **BAD, **twice)
    odd("field-escaped", {21: FIELD.replace(b"/FT/Sig", b"/F#54/S#69g")}, levels=["B-B"])
    odd("catalog-escaped", {1: b"<</Type/Catalog/Pages 2 0 R/Acro#46orm 8 0 R>>"}, levels=["B-B"])
    odd("inner-decoy-before", {20: b"<</Prop_Build<</Contents<0102>/ByteRange[0 1 2 3]>>" + VALUE[2:]}, levels=["B-B"])
    odd("decoy-in-a-comment", {20: b"<<%/Contents<0102>/ByteRange[0 1 2 3]\n" + VALUE[2:]}, levels=["B-B"])
    odd("decoy-in-a-string", {20: b"<</Reason(/Contents<0102>/ByteRange[0 1 2 3])" + VALUE[2:]}, levels=["B-B"])


def numbers():
    head = b"#########1", b"#########2", b"#########3"
    odd("range-with-comments", {20: VALUE.replace(RANGE, b"[%%x\n0 %s%%y\n%s %s]" % head)}, levels=["B-B"])
    odd("range-with-signs", {20: VALUE.replace(RANGE, b"[+0 +%s +%s +%s]" % head)})
    odd("range-with-zeros", {20: VALUE.replace(RANGE, b"[000 00%s 00%s 00%s]" % head)}, levels=["B-B"])
    odd("range-with-negative-zero", {20: VALUE.replace(RANGE, b"[-0 %s %s %s]" % head)})
    odd("range-with-line-ends", {20: VALUE.replace(RANGE, b"[\r\n0\r%s\n%s\t%s\0]" % head)}, levels=["B-B"])
    odd("range-of-six", {20: VALUE.replace(RANGE, b"[0 %s %s %s 0 0]" % head)}, **BAD, **told("byte_range_malformed"))
    odd("range-of-five", {20: VALUE.replace(RANGE, b"[0 %s %s %s 0]" % head)}, **BAD, **told("byte_range_malformed"))
    odd("range-in-an-array", {20: VALUE.replace(RANGE, b"[[0 %s %s %s]]" % head)}, **BAD, **told("byte_range_malformed"))


def fields():
    form = b"<</Fields[9 0 R 10 0 R %s]/SigFlags 3>>"
    odd("field-listed-twice", {8: form % b"21 0 R 21 0 R"}, levels=["B-B"])
    odd("field-of-text", {21: FIELD.replace(b"/FT/Sig", b"/FT/Tx")}, indications=[], error="no_signature")
    odd("field-without-a-kind", {21: FIELD.replace(b"/FT/Sig", b"")}, indications=[], error="no_signature")
    odd("field-without-a-name", {21: FIELD.replace(b"/T(Sig1)", b"")})
    odd("field-with-two-widgets", {
        21: b"<</FT/Sig/T(Sig1)/V 20 0 R/Kids[22 0 R 23 0 R]>>",
        22: b"<<%s/Parent 21 0 R>>" % WIDGET, 23: b"<<%s/Parent 21 0 R>>" % WIDGET,
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 7 0 R>>>>"
        b"/Annots[9 0 R 10 0 R 22 0 R 23 0 R]>>",
    }, levels=["B-B"])
    odd("field-only-on-the-page", {8: b"<</Fields[9 0 R 10 0 R]/SigFlags 3>>"}, indications=[], error="no_signature")
    deep = {30 + i: b"<</T(g%d)/Kids[%d 0 R]>>" % (i, 31 + i) for i in range(40)}
    odd("field-deep", {8: form % b"30 0 R", **deep, 70: FIELD}, levels=["B-B"])
    odd("form-with-xfa", {8: b"<</Fields[9 0 R 10 0 R 21 0 R]/SigFlags 3/XFA[(template)22 0 R]>>",
                          22: b"<</Length 3>>stream\n<x>\nendstream"}, levels=["B-B"])
    odd("form-list-broken", {8: b"<</Fields[9 0 R 21 0 R\n%/SigFlags 3>>"}, indications=[], error="malformed_pdf")
    odd("form-is-nowhere", {1: b"<</Type/Catalog/Pages 2 0 R/AcroForm 77 0 R>>"}, indications=[], error="no_signature")


def objects():
    """Ways to write an object."""
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[9 0 R 10 0 R 21 0 R]>>"
    )

    def rewritten(old, new):
        return lambda out: out.replace(old, new)

    odd("object-in-one-line", shape=rewritten(b"20 0 obj\n<<", b"20 0 obj<< "), levels=["B-B"])
    odd("object-with-a-comment", {20: b"%x\n" + VALUE}, levels=["B-B"])
    odd("object-without-an-end", shape=lambda out: out.replace(VALUE + b"\nendobj\n", VALUE + b"\n       "), levels=["B-B"])
    odd("object-number-with-zeros", shape=lambda out: out.replace(b"\n21 0 obj\n", b"\n21 0 obj ", 1), levels=["B-B"])
    odd("stream-behind-a-carriage-return", {5: b"<</Length 41>>stream\rBT /F1 18 Tf 72 720 Td (Quyet dinh) Tj ET \nendstream", 3: page})
    odd("stream-of-wrong-length", {5: b"<</Length 3>>stream\nBT /F1 18 Tf 72 720 Td (Quyet dinh) Tj ET \nendstream"})
    odd("hidden-object-in-a-comment", {3: page, 22: b"null\n%20 0 obj\n"}, levels=["B-B"])
    odd("strange-bytes-in-names", {22: b"<</A\xff\xfe#00 1/#20 2/ 3>>"})
    odd("string-with-everything", {22: rb"(\(\)\\\n\7\77\377\8\
 ((nested)) " + b"\r\n\r\0)"}, levels=["B-B"])
    odd("huge-numbers", {22: b"[99999999999999999999999999 -99999999999999999999 1e5 .5 -.5 5. 0x10]"})
    odd("endobj-in-a-string", {22: b"(endobj 20 0 obj <</Contents<00>>> endobj)"}, levels=["B-B"])


def packed(data, objects, into=(), width=(1, 4, 2), wrap=None, parms=b"", prev=b"/Prev %d", size=80, how=b"/Length %d"):
    """One more revision with a stream of cross-references; `into`: numbers that go into an object stream."""
    number = 60
    before = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    out, rows = bytearray(data), {}
    inside = [(n, objects[n]) for n in into]
    for n, body in sorted(objects.items()):
        if n in into:
            continue
        rows[n] = (1, len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    if inside:
        head, rest = b"", b""
        for i, (n, body) in enumerate(inside):
            head += b"%d %d " % (n, len(rest))
            rest += body + b" "
            rows[n] = (2, number + 1, i)
        raw = head + rest
        rows[number + 1] = (1, len(out), 0)
        how = how % len(raw) if b"%d" in how else how
        out += b"%d 0 obj\n<</Type/ObjStm/N %d/First %d%s>>stream\n%s\nendstream\nendobj\n" % (
            number + 1, len(inside), len(head), how, raw)
    start = len(out)
    rows[number] = (1, start, 0)
    raw = b"".join(b"".join(v.to_bytes(w, "big") for v, w in zip(row, width)) for _, row in sorted(rows.items()))
    listing = b"/Index[%s]" % b" ".join(b"%d 1" % n for n in sorted(rows))
    raw = wrap(raw) if wrap else raw
    out += b"%d 0 obj\n<</Type/XRef/Size %d/Root 1 0 R/W[%d %d %d]%s/Length %d%s%s>>stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        number, size, *width, listing, len(raw), parms, prev % before if prev else b"", raw, start)
    return bytes(out)


def predicted(raw, columns=7):
    rows = [raw[i : i + columns] for i in range(0, len(raw), columns)]
    last, out = bytes(columns), b""
    for row in rows:
        out += b"\2" + bytes((a - b) % 256 for a, b in zip(row, last))
        last = row
    return zlib.compress(out)


def streams():
    """Signed with a stream of cross-references, of any kind."""
    usual = {
        20: VALUE, 21: FIELD,
        8: b"<</Fields[9 0 R 10 0 R 21 0 R]/SigFlags 3/DR<</Font<</Helv 7 0 R>>>>/DA(/Helv 12 Tf 0 g)>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[9 0 R 10 0 R 21 0 R]>>",
    }

    def streamed(label, expect=None, **how):
        how = {"into": (), **how}
        whole = packed(blank(), usual, **how)
        odd(f"stream-{label}", {n: b"" for n in usual}, data=b"", shape=lambda _: whole, **(expect or dict(levels=["B-B"])))

    streamed("plain")
    streamed("field-inside", into=(21, 8, 3))
    inside = {**BAD, **told("signature_in_object_stream")}
    streamed("value-inside", expect=inside, into=(20, 21, 8, 3))
    streamed("predicted", wrap=predicted, parms=b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 7>>")
    streamed("hexadecimal", wrap=lambda raw: raw.hex().encode() + b">", parms=b"/Filter/ASCIIHexDecode")
    streamed("two-filters", wrap=lambda raw: zlib.compress(raw).hex().encode() + b">", parms=b"/Filter[/ASCIIHexDecode/FlateDecode]")
    streamed("wide", width=(2, 8, 4))
    streamed("small-size", size=5)
    streamed("prev-real", prev=b"/Prev %d.0")


def ends_of_others():
    base = blank()
    start = int(base[base.rindex(b"startxref") + 9 :].split()[0])

    def at(place):
        return re.sub(rb"startxref\n\d+", b"startxref\n%d" % place, base)

    odd("startxref-at-the-line-before", data=at(start - 1))
    odd("startxref-with-zeros", data=re.sub(rb"startxref\n", b"startxref\n000000", base), levels=["B-B"])
    odd("startxref-in-one-line", data=re.sub(rb"\nstartxref\n(\d+)\n", rb" startxref \1 ", base))
    odd("trailer-in-one-line", data=base.replace(b"trailer\n<<", b"trailer<<"), levels=["B-B"])
    odd("trailer-behind-an-entry", data=base.replace(b"\ntrailer\n", b"trailer\n"))
    odd("prev-zero", data=base.replace(b"/Root 1 0 R", b"/Prev 0/Root 1 0 R"))
    odd("prev-null", data=base.replace(b"/Root 1 0 R", b"/Prev null/Root 1 0 R"), levels=["B-B"])
    odd("two-markers", data=base + b"%%EOF\n", levels=["B-B"])
    odd("marker-in-lower-case", data=base.replace(b"%%EOF", b"%%eof"))
    odd("old-header", data=base.replace(b"%PDF-1.7", b"%PDF-1.0"), levels=["B-B"])
    odd("new-header", data=base.replace(b"%PDF-1.7", b"%PDF-2.0"), levels=["B-B"])
    odd("odd-header", data=base.replace(b"%PDF-1.7", b"%PDF-9.9"))
    odd("adobe-header", data=base.replace(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", b"%!PS-Adobe-3.0 PDF-1.4"), indications=[], error="malformed_pdf")
    shifted = re.sub(rb"(\d{10}) (\d{5} n)", lambda m: b"%010d %s" % (int(m[1]) - 1, m[2]), base)
    odd("entries-at-the-byte-before", data=shifted)
    later = re.sub(rb"(\d{10}) (\d{5} n)", lambda m: b"%010d %s" % (int(m[1]) + 1, m[2]), base)
    odd("entries-at-the-byte-after", data=later, indications=[], error="malformed_pdf")


if __name__ == "__main__":
    for part in (names, numbers, fields, objects, streams, ends_of_others):
        part()
    finish()
