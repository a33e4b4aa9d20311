"""Makes files as other signing libraries write them, old ones among them.

usage: foreign.py OUT_DIR
"""

import subprocess

from cms import *  # noqa: F403

KEY = rsa.generate_private_key(65537, 2048)
CERT = certificate("Người ký", KEY, CA_ISSUER)
ADBE = dict(subfilter=b"adbe.pkcs7.detached")
OLD = dict(subfilter=b"adbe.pkcs7.sha1")
BARE = dict(subfilter=b"adbe.x509.rsa_sha1")
WEAK = dict(indications=["INDETERMINATE"], subs=["CRYPTO_CONSTRAINTS_FAILURE_NO_POE"], intact=[True], valid=[True])
MALFORMED = dict(indications=["TOTAL_FAILED"], subs=["FORMAT_FAILURE"])


def foreign(label, make, how=None, **expect):
    expect.setdefault("indications", passed())
    case(f"{label}.pdf", by_hand(make, **(how or {})), **expect)


def own(key, **kw):
    """Signed with a key that gets a certificate."""
    return cms(key, certificate("Người ký", key, CA_ISSUER), **kw)


def attributes():
    foreign("plain", cms(KEY, CERT), levels=["B-B"])
    foreign("reference-v1", cms(KEY, CERT, attributes=[reference(CERT, 1)]))
    foreign("reference-both", cms(KEY, CERT, attributes=[reference(CERT, 1), reference(CERT)]))
    foreign("reference-sha512", cms(KEY, CERT, attributes=[reference(CERT, md="sha512", issuer=False)]), levels=["B-B"])
    foreign("reference-v2-pbad", cms(KEY, CERT), dict(subfilter=b"PBAD.PAdES"), levels=[None])
    foreign("reference-none-adbe", cms(KEY, CERT, attributes=[]), ADBE, levels=[None])
    unreferenced = dict(indications=["INDETERMINATE"], subs=["SIG_CONSTRAINTS_FAILURE"])
    foreign("reference-none", cms(KEY, CERT, attributes=[]), **unreferenced)
    foreign("no-attributes", cms(KEY, CERT, bare=True), **unreferenced)
    foreign("no-attributes-adbe", cms(KEY, CERT, bare=True), ADBE, intact=[True])
    foreign(
        "reference-to-another", cms(KEY, CERT, attributes=[reference(CERT, of=b"another")]),
        indications=["INDETERMINATE"], subs=["NO_SIGNING_CERTIFICATE_FOUND"],
    )
    foreign("unsorted", cms(KEY, CERT, reverse=True))
    foreign("key-identifier", cms(KEY, CERT, ski=cert1(CERT).key_identifier))
    foreign("indefinite", cms(KEY, CERT, indefinite=True))
    foreign(
        "without-certificates", cms(KEY, CERT, certs=[]), indications=["INDETERMINATE"],
        subs=["NO_SIGNING_CERTIFICATE_FOUND"], intact=[True], valid=[None],
    )

    def protection(md):
        stated = algorithm(DIGESTS[md][0]) + tlv(0xA1, algorithm(RSA[md])[2:])
        return attribute("1.2.840.113549.1.9.52", seq(stated))

    foreign("algorithms-protected", cms(KEY, CERT, attributes=[reference(CERT), protection("sha256")]), levels=["B-B"])
    foreign("algorithms-exchanged", cms(KEY, CERT, attributes=[reference(CERT), protection("sha512")]), **MALFORMED)
    stamp = dict(subfilter=b"ETSI.RFC3161", kind=b"DocTimeStamp")
    foreign("signature-as-token", cms(KEY, CERT), stamp, warned=["timestamp_malformed"], **MALFORMED)
    twice = attribute("1.2.840.113549.1.9.4", octets(b"x" * 32))
    foreign("digest-twice", cms(KEY, CERT, attributes=[reference(CERT), twice]), **MALFORMED)
    # A time-stamp token signs no document; content that is carried along is not what is covered.
    foreign("token-as-signature", cms(KEY, CERT, kind=TST_INFO), intact=[True], **MALFORMED)
    foreign("content-inside", cms(KEY, CERT, embedded=lambda covered: covered[:100]), intact=[False],
            indications=["TOTAL_FAILED"], subs=["HASH_FAILURE"])
    foreign("whole-content-inside", cms(KEY, CERT, embedded=lambda _: b""),
            intact=[False], indications=["TOTAL_FAILED"])
    made = cms(KEY, CERT)
    known, unknown = (oid("2.16.840.1.101.3.4.2." + n) for n in ("1", "99"))
    foreign("digest-unknown", lambda covered: made(covered).replace(known, unknown), indications=["INDETERMINATE"],
            subs=["CRYPTO_CONSTRAINTS_FAILURE"], intact=[None])
    foreign(
        "value-spoiled", cms(KEY, CERT, spoil=lambda v: v[:-1] + bytes([v[-1] ^ 1])),
        indications=["TOTAL_FAILED"], subs=["SIG_CRYPTO_FAILURE"], intact=[True], valid=[False],
    )


def algorithms():
    for md in ("sha224", "sha384", "sha512", "sha3_256", "sha3_512"):
        foreign(f"rsa-{md}", cms(KEY, CERT, md=md))
        foreign(f"rsa-plain-{md}", cms(KEY, CERT, md=md, plain=True))
    for md in ("md5", "sha1"):
        foreign(f"rsa-{md}", cms(KEY, CERT, md=md), **WEAK)
    for md, mgf, salt in [("sha256", "sha256", 0), ("sha256", "sha256", 222), ("sha384", "sha384", 48), ("sha512", "sha256", 32)]:
        foreign(f"pss-{md}-{mgf}-{salt}", cms(KEY, CERT, md=md, pss=(mgf, salt)))
    for curve in (ec.SECP224R1, ec.SECP521R1, ec.BrainpoolP256R1, ec.BrainpoolP384R1, ec.BrainpoolP512R1):
        foreign(f"ec-{curve.name}", own(ec.generate_private_key(curve()), md="sha512"))
        foreign(f"ec-plain-{curve.name}", own(ec.generate_private_key(curve()), plain=True))
    foreign("ec-sha3", own(ec.generate_private_key(ec.SECP256R1()), md="sha3_256"))
    foreign("ec-192", own(ec.generate_private_key(ec.SECP192R1())), **WEAK)
    foreign("ed448", own(ed448.Ed448PrivateKey.generate(), md="shake256"))
    foreign("ed448-length-said", own(ed448.Ed448PrivateKey.generate(), md="shake256_len"))
    foreign("ed25519", own(ed25519.Ed25519PrivateKey.generate(), md="sha512"))
    foreign("ed25519-no-attributes", own(ed25519.Ed25519PrivateKey.generate(), md="sha512", bare=True), ADBE)
    foreign("dsa", own(dsa.generate_private_key(2048)))


def old():
    def sha1(covered):
        return digest("sha1", covered)

    # The document is bound by SHA-1, however strong all around it is.
    foreign("pkcs7-sha1", cms(KEY, CERT, embedded=sha1, attributes=[]), OLD, **WEAK)
    foreign("pkcs7-sha1-old", cms(KEY, CERT, md="sha1", embedded=sha1, bare=True), OLD, **WEAK)
    foreign(
        "pkcs7-sha1-of-another", cms(KEY, CERT, embedded=lambda c: sha1(c + b"x"), attributes=[]), OLD,
        indications=["TOTAL_FAILED"], subs=["HASH_FAILURE"], intact=[False],
    )

    def bare(md, more=b""):
        return lambda covered: octets(KEY.sign(covered + more, padding.PKCS1v15(), DIGESTS[md][1]()))

    def beside(*certs):
        stated = b"".join(b"<%s>" % der(c).hex().encode() for c in certs)
        return dict(BARE, extra=b"/Cert %s" % stated if len(certs) == 1 else b"/Cert[%s]" % stated)

    foreign("x509-sha1", bare("sha1"), beside(CERT), **WEAK)
    foreign("x509-sha1-chain", bare("sha1"), beside(CERT, CA), **WEAK)
    foreign("x509-sha256", bare("sha256"), beside(CERT), intact=[True], valid=[True], levels=[None])
    foreign("x509-of-another", bare("sha256", b"x"), beside(CERT), indications=["TOTAL_FAILED"], valid=[False])
    foreign("x509-without-certificate", bare("sha256"), BARE, **MALFORMED)
    foreign("x509-no-value", lambda _: b"\x30\x03\x02\x01\x00", beside(CERT), **MALFORMED)


def openssl():
    save("key.tmp", KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))
    save("cert.tmp", CERT.public_bytes(serialization.Encoding.PEM))

    def program(*options):
        def make(covered):
            save("content.tmp", covered)
            subprocess.run(
                ["openssl", "cms", "-sign", "-binary", "-in", OUT / "content.tmp", "-signer", OUT / "cert.tmp",
                 "-inkey", OUT / "key.tmp", "-outform", "DER", "-out", OUT / "cms.tmp", *options], check=True,
            )
            return (OUT / "cms.tmp").read_bytes()

        return make

    for option in ("-keyid", "-noattr", "-cades", "-nosmimecap"):
        foreign("openssl" + option, program(option), ADBE)
    foreign("openssl-pss", program("-md", "sha384", "-keyopt", "rsa_padding_mode:pss"), ADBE)
    foreign("openssl-nodetach", program("-nodetach"), ADBE, intact=[True], **MALFORMED)


if __name__ == "__main__":
    for part in (attributes, algorithms, old, openssl):
        part()
    finish()
