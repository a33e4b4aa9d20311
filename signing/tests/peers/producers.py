"""Makes signed files with endesive, a producer that shares no code with the others: its own incremental writer on top of pypdf.

usage: producers.py OUT_DIR
"""

import types

from cms import *  # noqa: F403

# The half that checks signatures is not needed here, and what it stands on does not load beside every OpenSSL.
sys.modules["endesive.pdf.verify"] = types.SimpleNamespace(PDFVerifier=None, verify=None)

from endesive import signer as endesive_signer
from endesive.pdf import cms as endesive
from pypdf import PdfWriter

DEMO = Path(__file__).resolve().parents[3] / "demo"
WHEN = NOW.strftime("D:%Y%m%d%H%M%S+00'00'")
KEY = rsa.generate_private_key(65537, 2048)
CERT = certificate("Người ký", KEY, CA_ISSUER)
OTHER = rsa.generate_private_key(65537, 2048)
OTHER_CERT = certificate("Người thứ hai", OTHER, CA_ISSUER)
CURVE = ec.generate_private_key(ec.SECP256R1())
CURVE_CERT = certificate("Người ký EC", CURVE, CA_ISSUER)
BOX = (300, 100, 480, 160)


def granted(content, algomd, url, options=None, prehashed=None):
    """What the library would fetch from an authority of time."""
    made = token(TSA, TSA_KEY, NOW, b"", md=algomd, imprint=prehashed or digest(algomd, content), certs=[TSA, CA])
    return seq(seq(integer(0)), made)


endesive_signer.fetch_tsp_response = granted


def sign(data, key=KEY, cert=CERT, md="sha256", url=None, **asked):
    asked = {"sigflags": 3, "sigpage": 0, "signingdate": WHEN, "location": "Hà Nội", "reason": "Phê duyệt", **asked}
    return data + endesive.sign(data, asked, key, cert, [CA], md, None, url)


def stamp(data, name="Stamp1"):
    made = endesive.timestamp(data, {"sigfield": name, "signingdate": WHEN}, "sha256", "http://127.0.0.1:9/", None)
    return data + made


def made(label, data, n=1, **expect):
    """Of every signature all facts must be there, and what each later one changed must be found harmless."""
    expect = {"indications": passed(n), "intact": [True] * n, "valid": [True] * n, "trusted": [True] * n, "allowed": [True] * n, **expect}
    case(f"endesive-{label}.pdf", data, **expect)
    return data


def changed(data):
    """Another text on the first page, behind all signatures."""
    return append(data, {5: b"<</Length 35>>stream\nBT /F1 18 Tf 72 720 Td (999) Tj ET  \nendstream"})


def main():
    plain = made("detached", sign(blank()), levels=[None], mods=["none"])
    case("endesive-changed.pdf", changed(plain), indications=["TOTAL_FAILED"], subs=["FORMAT_FAILURE"], allowed=[False])
    spoilt = plain.replace(b"Quyet dinh so 1", b"Quyet dinh so 7", 1)
    case("endesive-spoilt.pdf", spoilt, indications=["TOTAL_FAILED"], subs=["HASH_FAILURE"], intact=[False])
    for md in ("sha384", "sha512"):
        made(md, sign(blank(), md=md))
    made("pss", sign(blank(), pss=True))
    # It says RSA of every value, also of those that an elliptic key made: by its own words such a signature does not verify.
    case("endesive-ecdsa.pdf", sign(blank(), CURVE, CURVE_CERT), indications=["TOTAL_FAILED"], subs=["SIG_CRYPTO_FAILURE"],
         intact=[True], valid=[False])
    made("aligned", sign(blank(), aligned=8192))
    visible = dict(signaturebox=BOX, signature="Đã ký", sigandcertify=False)
    shown = made("visible", sign(blank(), **visible))
    made("picture", sign(blank(), signaturebox=BOX, signature_img=str(DEMO / "images" / "chu-ky-1.png")))
    for level in (1, 2, 3):
        made(f"certified-{level}", sign(blank(), sigandcertify=True, sigflags=level), certification=[level])
    two = made("two", sign(plain, OTHER, OTHER_CERT, auto_sigfield=True, sigfield="Signature2"), 2, mods=["form_filling", "none"])
    made("three", sign(two, sigfield="Signature3", **visible), 3, mods=["form_filling", "form_filling", "none"])
    made("over-pyhanko", sign(by_pyhanko(), sigfield="Signature2"), 2)
    made("visible-twice", sign(shown, **{**visible, "signaturebox": (50, 100, 230, 160)}, sigfield="Signature2"), 2)
    made("time-inside", sign(blank(), url="http://127.0.0.1:9/"), proven=[NOW.strftime("%Y-%m-%dT%H:%M:%SZ")])
    made("time-after", stamp(plain, "Stamp"), 2, proven=[NOW.strftime("%Y-%m-%dT%H:%M:%SZ")] * 2)
    for name in ("to-trinh", "quyet-dinh"):
        made(name, sign((DEMO / "documents" / f"{name}.pdf").read_bytes(), **visible))
    for way in ("RC4-128", "AES-256"):
        locked = PdfWriter(clone_from=io.BytesIO(blank()))
        locked.encrypt("1234", algorithm=way)
        out = io.BytesIO()
        locked.write(out)
        made(f"encrypted-{way}", sign(out.getvalue(), password="1234"), password="1234")


def by_pyhanko():
    out = IncrementalPdfFileWriter(io.BytesIO(blank()))
    meta = signers.PdfSignatureMetadata(field_name="Signature1", subfilter=SigSeedSubFilter.PADES)
    return signers.sign_pdf(out, meta, signer=signer()).getvalue()


main()
finish()
