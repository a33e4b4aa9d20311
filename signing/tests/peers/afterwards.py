"""Makes revisions after a signature: what forms, annotations and catalogs may become afterwards, and what they may not.

usage: afterwards.py OUT_DIR
"""

from odd import *  # noqa: F403
from strange import packed, predicted

ONE = by_hand(MAKE)
ROOT = b"<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R%s>>"
PAGE = (
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[9 0 R 10 0 R 21 0 R%s]%s>>"
)
LIST = b"9 0 R 10 0 R 21 0 R"
FORM = b"<</Fields[%s]/SigFlags %d/DR<</Font<</Helv %d 0 R>>>>/DA(/Helv 12 Tf 0 g)%s>>"
TEXT = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(number)/Rect[%s]/P 3 0 R/F 4%s>>"
PLACE = b"100 650 200 670"
SIGNED = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Sig1)/Rect[0 0 %d 0]/F 132/P 3 0 R/V 20 0 R%s>>"
FINE, BROKEN = dict(indications=["TOTAL_PASSED"]), dict(indications=["TOTAL_FAILED"], subs=["FORMAT_FAILURE"])


def form(more=b"", fields=LIST, flags=3, font=7):
    return FORM % (fields, flags, font, more)


def after(label, objects, how=FINE, tail=b"", **expect):
    case(f"after-{label}.pdf", append(ONE, objects, tail), **how, **expect)


def forms():
    filled = dict(mods=["form_filling"])
    need = b"/NeedAppearances true"
    after("filled-without-a-look", {9: TEXT % (PLACE, b"/V(12)"), 8: form(need)}, **filled)
    after("look-needed", {8: form(need)})
    after("filled-in-utf16", {9: TEXT % (PLACE, b"/V<FEFF0031>")}, **filled)
    after("filled-and-limited", {9: TEXT % (PLACE, b"/V(12)/MaxLen 5")}, BROKEN)
    after("filled-and-enlarged", {9: TEXT % (b"0 0 595 842", b"/V(1)")}, BROKEN)
    after("filled-in-cells", {9: TEXT % (PLACE, b"/V(12)/Ff 16777216")}, BROKEN)
    after("no-longer-append-only", {8: form(flags=1)}, BROKEN)
    template = b"<</Length 3>>stream\n<x>\nendstream"
    after("form-of-another-kind", {8: form(b"/XFA 60 0 R"), 60: template}, BROKEN)
    after("calculated", {8: form(b"/CO[9 0 R]")}, BROKEN)
    after("another-font", {8: form(font=60), 60: b"<</Type/Font/Subtype/Type1/BaseFont/Courier>>"}, BROKEN)
    more = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[49/nine]>>>>"
    after("another-font-with-more-in-it", {8: form(font=60), 60: more}, BROKEN)
    after("form-elsewhere", {1: ROOT.replace(b"8 0", b"60 0") % b"", 60: form()})
    after("form-in-the-catalog", {1: b"<</Type/Catalog/Pages 2 0 R/AcroForm%s>>" % form()})
    after("fields-in-another-order", {8: form(fields=b"21 0 R 10 0 R 9 0 R")})
    value = ONE[ONE.index(b"20 0 obj") + 9 : ONE.index(b"endobj", ONE.index(b"20 0 obj"))].strip()
    after("value-written-anew", {20: value}, BROKEN)
    after("field-written-anew", {21: SIGNED % (0, b"")}, mods=["none"])
    after("field-with-a-tooltip", {21: SIGNED % (0, b"/TU(x)")}, BROKEN)
    untyped = by_hand(MAKE, data=blank().replace(b"/Type/Annot/Subtype/Widget/FT/Tx/T(date)", b"/Subtype/Widget/FT/Tx/T(date)           "))
    typed = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(date)/Rect[300 650 400 670]/P 3 0 R/F 4/V(1)>>"
    case("after-type-named.pdf", append(untyped, {10: typed}), **FINE, **filled)
    after("field-shown", {21: SIGNED.replace(b"0 0 %d 0", b"0 0 %d 300") % (300, b"")}, BROKEN)


def signed_without_a_look(data):
    """As PDFBox does: the field loses its place."""
    w = IncrementalPdfFileWriter(io.BytesIO(data))
    field = next(f for f in w.root["/AcroForm"]["/Fields"] if f.get_object()["/T"] == "Later").get_object()
    field["/Rect"] = generic.ArrayObject(generic.NumberObject(0) for _ in range(4))
    w.update_container(field)
    return signers.sign_pdf(w, signers.PdfSignatureMetadata(field_name="Later"), signer=signer()).getvalue()


def other_programs():
    w = IncrementalPdfFileWriter(io.BytesIO(blank()))
    fields.append_signature_field(w, SigFieldSpec("Later", box=(300, 20, 400, 60)))
    out = io.BytesIO()
    w.write(out)
    two = dict(indications=passed(2), mods=["form_filling", "none"])
    case("after-signed-without-a-look.pdf", signed_without_a_look(sign(out.getvalue())), **two)

    # Each signature's picture under the same name among the resources of the form.
    def resources(look, number, more=b""):
        listed = b"<</Fields[%s]/SigFlags 3/DR<</Font<</Helv 7 0 R>>/XObject<</FRM %d 0 R>>>>/DA(/Helv 12 Tf 0 g)>>" % (LIST, number)
        picture = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]%s/Length 3>>stream\nq Q\nendstream" % more
        return {8: listed, number: picture, 9: TEXT % (PLACE, b"/AP<</N 70 0 R>>"), 70: look}

    def drawn(label, more, how):
        look = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]%s/Length 7>>stream\n/FRM Do\nendstream" % more
        kept = {n: body for n, body in resources(look, 71).items() if n != 8}
        one = by_hand(MAKE, data=append(blank(), kept))
        one = append(one, {8: resources(look, 71)[8]})
        case(f"after-picture-exchanged-{label}.pdf", append(one, {8: resources(look, 72)[8], 72: resources(look, 72, b"/Matrix[1 0 0 1 1 1]")[72]}), **how)

    drawn("unused", b"/Resources<<>>", FINE)
    drawn("found-by-a-look", b"", BROKEN)


def packing():
    """How a stream is packed may be said elsewhere, and then be said otherwise."""
    raw = predicted(b"BT /F1 18 Tf 72 720 Td (Quyet dinh so 1) Tj ET ", 6)
    parameters = b"<</Predictor 12/Columns 6>>"

    def content(how):
        return {5: b"<<%s/Length %d>>stream\n%s\nendstream" % (how, len(raw), raw)}

    one = by_hand(MAKE, data=append(blank(), {**content(b"/Filter/FlateDecode/DecodeParms 70 0 R"), 70: parameters}))
    for label, how, expect in [
        ("as-before", b"/Filter/FlateDecode/DecodeParms" + parameters, FINE), ("without-parameters", b"/Filter/FlateDecode", BROKEN),
        ("with-other-parameters", b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 70 0 R>>", BROKEN),
        ("with-parameters-apart", b"/Filter[/FlateDecode]/DecodeParms" + parameters, BROKEN),
    ]:
        case(f"after-unpacked-{label}.pdf", append(one, content(how)), **expect)
    # Of what is inside an object stream, nobody but the stream itself may say how it is read.
    font = {7: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"}
    length = len(b"7 0 " + font[7] + b" ")
    held = packed(append(blank(), {62: b"%d" % length}), font, (7,), how=b"/Length 62 0 R")
    held = by_hand(MAKE, data=held)
    case("after-packed-with-a-length-elsewhere.pdf", held, **FINE)
    case("after-packed-with-another-length.pdf", append(held, {62: b"9"}), **BROKEN)
    held = packed(append(blank(), {62: b"null"}), font, (7,), how=b"/DecodeParms 62 0 R/Length %d")
    case("after-packed-with-other-parameters.pdf", append(by_hand(MAKE, data=held), {62: parameters}), **BROKEN)
    # Programs that miss an object beyond the list build it anew, and may not look into object streams then.
    held = by_hand(MAKE, data=packed(blank(), font, (7,)))
    case("after-reference-beyond-the-list.pdf", append(held, {9: TEXT % (PLACE, b"/OC 90 0 R")}), **BROKEN)
    case("after-reference-to-nothing.pdf", append(held, {9: TEXT % (PLACE, b"/OC 79 0 R")}), **FINE)
    lost = packed(ONE, {7: font[7]}, (7,), how=b"/Filter/FlateDecode/Length %d")
    case("after-packed-beyond-reading.pdf", lost, **BROKEN)


def annotations():
    def noted(label, annotation, how=FINE, more=None):
        more = more or {}
        listed = b"".join(b" %d 0 R" % n for n in (60, *more) if n < 70)
        after(label, {3: PAGE % (listed, b""), 60: b"<</Type/Annot/Rect[10 10 30 30]/F 4%s>>" % annotation, **more}, how)

    popup = b"<</Type/Annot/Subtype/Popup/Rect[0 0 595 842]/Parent 60 0 R/Open true>>"
    noted("note-with-a-window", b"/Subtype/Text/Contents(x)/Popup 61 0 R", more={61: popup})
    look = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length 14>>stream\n0 0 595 842 re f\nendstream"
    noted("watermark", b"/Subtype/Watermark/AP<</N 71 0 R>>", BROKEN, {71: look})
    for kind in (b"Screen", b"Movie", b"RichMedia", b"3D", b"Projection", b"TrapNet", b"PrinterMark", b"Redact"):
        noted(kind.decode().lower(), b"/Subtype/" + kind, BROKEN)
    noted("link", b"/Subtype/Link/A<</S/URI/URI(http://x)>>")
    noted("link-with-a-script", b"/Subtype/Link/A<</S/JavaScript/JS(1)>>", BROKEN)
    noted("link-and-then-a-script", b"/Subtype/Link/A<</S/URI/URI(x)/Next<</S/JavaScript/JS(1)>>>>", BROKEN)


def catalogs():
    for label, more in [
        ("permission", b"/Perms<</DocMDP 20 0 R>>"), ("language", b"/Lang(vi)"), ("view", b"/ViewerPreferences<</HideToolbar true>>"),
        ("script-at-closing", b"/AA<</WC<</S/JavaScript/JS(1)>>>>"), ("rendering", b"/NeedsRendering true"), ("legal", b"/Legal<<>>"),
        ("file", b"/AF[<</Type/Filespec/F(x)>>]"),
    ]:
        after(f"catalog-with-a-{label}", {1: ROOT % more}, BROKEN)
    after("fewer-pages-counted", {2: b"<</Type/Pages/Kids[3 0 R 4 0 R]/Count 1>>"}, BROKEN)
    after("pages-turned", {2: b"<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/Rotate 90>>"}, BROKEN)
    for label, more in (("duration", b"/Dur 1"), ("transition", b"/Trans<</S/Box>>"), ("date", b"/LastModified(D:20260101)")):
        after(f"page-with-a-{label}", {3: PAGE % (b"", more)}, BROKEN)
    after("page-with-nothing-new", {3: PAGE % (b"", b"/AA null/B null")}, mods=["none"])
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 60 0 R>>"
    after("font-read-otherwise", {7: font, 60: b"<</Length 1>>stream\nx\nendstream"}, BROKEN)


for part in (forms, other_programs, packing, annotations, catalogs):
    part()
finish()
