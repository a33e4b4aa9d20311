"""What the makers of signed files share: an authority, a document, and the list of cases."""

import datetime as dt
import io
import json
import sys
from pathlib import Path

from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

OUT = Path(sys.argv[1])
OUT.mkdir(parents=True, exist_ok=True)
NOW = dt.datetime.now(dt.timezone.utc).replace(microsecond=0)
DAY = dt.timedelta(days=1)
CASES = []


def name(cn):
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "UBND tỉnh"),
            x509.NameAttribute(NameOID.COMMON_NAME, cn),
        ]
    )


def certificate(cn, key, issuer=None, ca=False, eku=None, crl="http://127.0.0.1:9/ca.crl", **kw):
    issuer_name, issuer_key = (name(cn), key) if issuer is None else issuer
    b = (
        x509.CertificateBuilder()
        .subject_name(name(cn))
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(kw.get("start", NOW - 30 * DAY))
        .not_valid_after(kw.get("end", NOW + 365 * DAY))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if eku:
        b = b.add_extension(x509.ExtendedKeyUsage([eku]), critical=True)
    if crl and issuer is not None:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl)], None, None, None)
        b = b.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    algorithm = None if isinstance(issuer_key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return b.sign(issuer_key, algorithm)


def revocation_list(issuer_cert, issuer_key, revoked=(), start=NOW - DAY, end=NOW + 7 * DAY, scope=None):
    b = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer_cert.subject)
        .last_update(start)
        .next_update(end)
    )
    for cert, when, reason in revoked:
        entry = (
            x509.RevokedCertificateBuilder().serial_number(cert.serial_number).revocation_date(when)
        )
        if reason:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        b = b.add_revoked_certificate(entry.build())
    if scope:
        b = b.add_extension(scope, critical=True)
    return b.sign(issuer_key, hashes.SHA256())


def der(thing):
    return thing.public_bytes(serialization.Encoding.DER)


def pkcs8(key):
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def cert1(c):
    return asn1_x509.Certificate.load(der(c))


def key1(k):
    return asn1_keys.PrivateKeyInfo.load(pkcs8(k))


def save(file, data):
    (OUT / file).write_bytes(data)


CA_KEY = rsa.generate_private_key(65537, 2048)
CA = certificate("CA", CA_KEY, ca=True)
CA_ISSUER = (CA.subject, CA_KEY)
TSA_KEY = rsa.generate_private_key(65537, 2048)
TSA = certificate("TSA", TSA_KEY, CA_ISSUER, eku=ExtendedKeyUsageOID.TIME_STAMPING)
CRL = revocation_list(CA, CA_KEY)
save("ca.der", der(CA))
save("good.crl", der(CRL))


def store_of(*certs):
    s = SimpleCertificateStore()
    s.register_multiple([cert1(c) for c in certs])
    return s


def signer(cn="Nguyễn Văn An", key=None, cert=None, pss=False, **kw):
    key = key or rsa.generate_private_key(65537, 2048)
    cert = cert or certificate(cn, key, CA_ISSUER, **kw)
    return signers.SimpleSigner(
        signing_cert=cert1(cert),
        signing_key=key1(key),
        cert_registry=store_of(CA, cert),
        prefer_pss=pss,
    )


def stamper(cert=TSA, key=TSA_KEY, at=None):
    return timestamps.DummyTimeStamper(
        tsa_cert=cert1(cert), tsa_key=key1(key), certs_to_embed=store_of(CA), fixed_dt=at
    )


def vcontext(*crls, moment=None):
    return ValidationContext(
        trust_roots=[cert1(CA)],
        crls=[asn1_crl.CertificateList.load(der(c)) for c in crls or [CRL]],
        allow_fetching=False,
        moment=moment,
        best_signature_time=moment,
        revocation_mode="hard-fail",
    )


def blank(form=True):
    """Two pages with text, and a form with two text fields on the first."""
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    text = [b"BT /F1 18 Tf 72 720 Td (Quyet dinh so %d) Tj ET" % n for n in (1, 2)]
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % (b"/AcroForm 8 0 R" if form else b""),
        b"<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R"
        b"/Resources<</Font<</F1 7 0 R>>>>%s>>" % (b"/Annots[9 0 R 10 0 R]" if form else b""),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R"
        b"/Resources<</Font<</F1 7 0 R>>>>>>",
        *[b"<</Length %d>>stream\n%s\nendstream" % (len(t), t) for t in text],
        font,
    ]
    if form:
        objects += [
            b"<</Fields[9 0 R 10 0 R]/DR<</Font<</Helv 7 0 R>>>>/DA(/Helv 12 Tf 0 g)>>",
            b"<</Type/Annot/Subtype/Widget/FT/Tx/T(number)/Rect[100 650 200 670]/P 3 0 R/F 4>>",
            b"<</Type/Annot/Subtype/Widget/FT/Tx/T(date)/Rect[300 650 400 670]/P 3 0 R/F 4>>",
        ]
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for n, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for o in offsets:
        out += b"%010d 00000 n \n" % o
    out += b"trailer\n<</Size %d/Root 1 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        b"00112233445566778899aabbccddeeff",
        b"00112233445566778899aabbccddeeff",
        xref,
    )
    return bytes(out)


def sign(data, who=None, field="Sig1", new=None, tsa=None, **meta):
    meta.setdefault("subfilter", SigSeedSubFilter.PADES)
    w = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    if w.prev.encrypted:
        w.encrypt(meta.pop("password", ""))
    out = signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name=field, **meta),
        signer=who or signer(),
        timestamper=tsa,
        new_field_spec=new,
    ).sign_pdf(w, existing_fields_only=False)
    return out.getvalue()


def update(data, change):
    w = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    change(w)
    out = io.BytesIO()
    w.write(out)
    return out.getvalue()


def case(file, data, **expect):
    """`expect`: lists run over the signatures in the order of signing."""
    save(file, data)
    expect.setdefault("trust", ["ca.der"])
    expect.setdefault("crls", ["good.crl"])
    expect.setdefault("at", int(NOW.timestamp()) + 60)
    CASES.append({"file": file, **expect})


def passed(n=1):
    return ["TOTAL_PASSED"] * n


def seconds(moment):
    return int(moment.timestamp())


def finish():
    """Writes `cases.json`: what each file is and what the right verdict on it is."""
    for tmp in OUT.glob("*.tmp"):
        tmp.unlink()
    (OUT / "cases.json").write_text(json.dumps(CASES, ensure_ascii=False, indent=1))
