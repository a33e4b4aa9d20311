"""Makes files that are encrypted for certificates, signed and not; or reads one: with SIGNED.pdf, prints whether its last signature holds.

usage: recipients.py OUT_DIR [SIGNED.pdf]
"""

from common import *  # noqa: F403
from pyhanko.pdf_utils.crypt import PubKeySecurityHandler, SecurityHandlerVersion, SimpleEnvelopeKeyDecrypter
from pyhanko.pdf_utils.crypt.pubkey import RecipientEncryptionPolicy
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.validation import validate_pdf_signature

LENIENT = RecipientEncryptionPolicy(ignore_key_usage=True)


def decrypter(label):
    read = [(OUT / f"{label}{end}").read_bytes() for end in (".der", ".key")]
    return SimpleEnvelopeKeyDecrypter(asn1_x509.Certificate.load(read[0]), asn1_keys.PrivateKeyInfo.load(read[1]))


def recipient(label):
    key = rsa.generate_private_key(65537, 2048)
    cert = certificate(label, key, CA_ISSUER)
    save(f"{label}.der", der(cert))
    save(f"{label}.key", pkcs8(key))
    return cert1(cert)


def encrypted(certs, **how):
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(blank())))
    writer._assign_security_handler(PubKeySecurityHandler.build_from_certs(certs, policy=LENIENT, **how))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def signed(data, label, name="Signature1"):
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    writer.encrypt_pubkey(decrypter(label))
    meta = signers.PdfSignatureMetadata(field_name=name, subfilter=SigSeedSubFilter.PADES, reason="Phê duyệt")
    return signers.sign_pdf(writer, meta, signer=signer()).getvalue()


def make():
    first, second = recipient("first"), recipient("second")
    recipient("stranger")
    v = SecurityHandlerVersion
    for label, how in [
        ("aes256", dict(version=v.AES256, keylen_bytes=32)),
        ("aes256-clear-metadata", dict(version=v.AES256, keylen_bytes=32, encrypt_metadata=False)),
        ("aes128", dict(version=v.RC4_OR_AES128, keylen_bytes=16, use_aes=True)),
        ("rc4", dict(version=v.RC4_OR_AES128, keylen_bytes=16, use_aes=False)),
        ("rc4-old", dict(version=v.RC4_LONGER_KEYS, keylen_bytes=16, use_aes=False, use_crypt_filters=False)),
    ]:
        plain = encrypted([first, second], **how)
        save(f"{label}.pdf", plain)
        whole = signed(plain, "second")
        for who in ("first", "second"):
            case(f"{label}-signed-{who}.pdf", whole, recipient=who, indications=passed(), levels=["B-B"])
    spoilt = whole.replace(b"/Reason", b"/Reasen", 1)
    case("spoilt.pdf", spoilt, recipient="first", indications=["TOTAL_FAILED"], subs=["HASH_FAILURE"])
    for label, who in (("for-nobody", None), ("for-others", "stranger")):
        case(f"{label}.pdf", whole, recipient=who, indications=[], error="recipient_needed")
    finish()


def read(file):
    reader = PdfFileReader(open(file, "rb"))
    print(reader.decrypt_pubkey(decrypter("first")).status.name)
    for signature in reader.embedded_signatures:
        status = validate_pdf_signature(signature, vcontext())
        print(signature.sig_object["/Reason"], status.intact, status.valid, status.coverage.name, status.modification_level.name)


read(sys.argv[2]) if len(sys.argv) > 2 else make()
