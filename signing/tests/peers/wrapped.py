"""Makes signatures whose CMS is by the letter but seldom, and such as only look like it.

usage: wrapped.py OUT_DIR
"""

from asn1crypto import cms as asn1_cms
from foreign import *  # noqa: F403

MAKE = cms(KEY, CERT)
FORM = MALFORMED
UNKNOWN = dict(indications=["INDETERMINATE"], subs=["CRYPTO_CONSTRAINTS_FAILURE"], valid=[None])
CRYPTO = dict(indications=["TOTAL_FAILED"], subs=["SIG_CRYPTO_FAILURE"])
OTHER_KEY = rsa.generate_private_key(65537, 2048)


def changed(change, make=MAKE):
    """What `make` makes, with parts of it exchanged."""

    def build(covered):
        whole = asn1_cms.ContentInfo.load(make(covered))
        signed = whole["content"]
        change(signed, signed["signer_infos"][0])
        return whole.dump(force=True)

    return build


def pieces(covered, attributes, value, md="sha256", sid=None, certs=(CA, CERT), way=None, version=1, digests=None, more=b"", frame=None):
    """A ContentInfo of given pieces; `attributes` is the whole field as it stands there."""
    own = cert1(CERT)
    sid = sid or seq(own.issuer.dump(), integer(own.serial_number))
    named = algorithm(DIGESTS[md][0])
    info = seq(integer(version), sid, named, attributes, way or algorithm(RSA[md]), octets(value), more)
    body = seq(
        integer(1), tlv(0x31, *([named] if digests is None else digests)), seq(oid(DATA)),
        tlv(0xA0, *[c if isinstance(c, bytes) else der(c) for c in certs]), tlv(0x31, info),
    )
    return frame(body) if frame else seq(oid("1.2.840.113549.1.7.2"), tlv(0xA0, body))


def usual(covered, *more, md="sha256"):
    return [
        attribute("1.2.840.113549.1.9.3", oid(DATA)), attribute("1.2.840.113549.1.9.4", octets(digest(md, covered))),
        reference(CERT), *more,
    ]


def signed(content, key=KEY, md="sha256"):
    """DER of the attributes, and the value over it."""
    content = tlv(0x31, b"".join(sorted(content)))
    return content, value(key, content, md, None)


def encodings():
    """Attributes that stand there in BER: what is signed is their DER."""

    def long(covered):
        whole, made = signed(usual(covered))
        inner = whole[2:] if whole[1] < 128 else whole[2 + (whole[1] & 127) :]
        return pieces(covered, b"\xa0\x84" + len(inner).to_bytes(4, "big") + inner, made)

    foreign("attributes-with-long-lengths", long)

    def endless(covered):
        whole, made = signed(usual(covered))
        inner = whole[2:] if whole[1] < 128 else whole[2 + (whole[1] & 127) :]
        return pieces(covered, b"\xa0\x80" + inner + b"\0\0", made)

    foreign("attributes-without-length", endless)

    def inside(covered):
        _, made = signed(usual(covered))
        spread = [
            attribute("1.2.840.113549.1.9.3", oid(DATA)),
            b"\x30\x80" + oid("1.2.840.113549.1.9.4") + b"\x31\x80\x24\x80" + octets(digest("sha256", covered)[:7])
            + octets(digest("sha256", covered)[7:]) + b"\0\0\0\0\0\0",
            reference(CERT),
        ]
        return pieces(covered, tlv(0xA0, *spread), made)

    foreign("attributes-in-pieces", inside)
    foreign("everything-without-length", opened)


def at_once(covered):
    whole, made = signed(usual(covered))
    return b"\xa0" + whole[1:], made


def opened(covered):
    own = cert1(CERT)
    field, made = at_once(covered)
    info = seq(integer(1), seq(own.issuer.dump(), integer(own.serial_number)), algorithm(DIGESTS["sha256"][0]), field,
               algorithm(RSA["sha256"]), octets(made))
    body = (integer(1) + b"\x31\x80" + algorithm(DIGESTS["sha256"][0]) + b"\0\0" + b"\x30\x80" + oid(DATA) + b"\0\0"
            + b"\xa0\x80" + der(CA) + der(CERT) + b"\0\0" + b"\x31\x80" + info + b"\0\0")
    return b"\x30\x80" + oid("1.2.840.113549.1.7.2") + b"\xa0\x80\x30\x80" + body + b"\0\0" * 3


def versions():
    for n in (0, 3, 4, 5, 9):
        foreign(f"version-{n}", changed(lambda whole, _, n=n: whole.__setitem__("version", n)))
    foreign("signer-version-3", lambda covered: pieces(covered, *at_once(covered), version=3))
    foreign("digests-of-none", lambda covered: pieces(covered, *at_once(covered), digests=[]))
    foreign("digests-of-others", lambda covered: pieces(covered, *at_once(covered), digests=[algorithm(DIGESTS["sha512"][0])]))
    foreign("digests-of-many", lambda covered: pieces(
        covered, *at_once(covered), digests=[algorithm(DIGESTS[n][0]) for n in ("sha1", "sha256", "sha512")]))
    foreign("without-an-envelope", lambda covered: pieces(covered, *at_once(covered), frame=lambda body: body), **FORM)
    foreign("of-another-kind", lambda covered: pieces(
        covered, *at_once(covered), frame=lambda body: seq(oid("1.2.840.113549.1.7.5"), tlv(0xA0, body))), **FORM)
    foreign("in-an-envelope-twice", lambda covered: pieces(
        covered, *at_once(covered), frame=lambda body: seq(oid("1.2.840.113549.1.7.2"), tlv(0xA0, tlv(0xA0, body)))), **FORM)
    foreign("in-text", lambda covered: b"-----BEGIN CMS-----\n", **FORM)


def attributes_of_all_sorts():
    def with_attributes(label, *more, base=usual, how=None, **expect):
        def make(covered):
            whole, made = signed([*base(covered), *[m(covered) if callable(m) else m for m in more]])
            return pieces(covered, b"\xa0" + whole[1:], made)

        foreign(label, make, how, **expect)

    def without(index):
        return lambda covered: [a for i, a in enumerate(usual(covered)) if i != index]

    with_attributes("kind-absent", base=without(0), **FORM)
    with_attributes("kind-of-another", attribute("1.2.840.113549.1.9.3", oid(TST_INFO)), base=without(0), **FORM)
    with_attributes("kind-twice", attribute("1.2.840.113549.1.9.3", oid(DATA)), **FORM)
    with_attributes("kind-of-two", attribute("1.2.840.113549.1.9.3", oid(DATA), oid(DATA)), base=without(0), **FORM)
    with_attributes("digest-absent", base=without(1), **FORM)
    with_attributes("digest-of-two", lambda c: attribute("1.2.840.113549.1.9.4", octets(digest("sha256", c)), octets(b"x" * 32)),
                    base=without(1), **FORM)
    with_attributes("digest-of-none", attribute("1.2.840.113549.1.9.4"), base=without(1), **FORM)
    with_attributes("digest-cut", lambda c: attribute("1.2.840.113549.1.9.4", octets(digest("sha256", c)[:20])), base=without(1),
                    indications=["TOTAL_FAILED"], subs=["HASH_FAILURE"])
    with_attributes("digest-empty", attribute("1.2.840.113549.1.9.4", octets(b"")), base=without(1),
                    indications=["TOTAL_FAILED"], subs=["HASH_FAILURE"])
    with_attributes("digest-by-another", lambda c: attribute("1.2.840.113549.1.9.4", octets(digest("sha512", c))), base=without(1),
                    indications=["TOTAL_FAILED"], subs=["HASH_FAILURE"])
    with_attributes("unknown", attribute("1.3.6.1.4.1.99999.1", octets(b"x")), levels=["B-B"])
    with_attributes("unknown-twice", attribute("1.3.6.1.4.1.99999.1", octets(b"x")), attribute("1.3.6.1.4.1.99999.1", octets(b"y")))
    # Signer attributes, commitment, place, a description of the content.
    with_attributes("commitment", attribute("1.2.840.113549.1.9.16.2.16", seq(oid("1.2.840.113549.1.9.16.6.1"))), levels=["B-B"])
    implied = attribute("1.2.840.113549.1.9.16.2.15", b"\x05\0")
    with_attributes("policy-implied", implied)
    chain = seq(seq(seq(octets(digest("sha256", der(CERT)))), seq(octets(digest("sha256", der(CA))))))
    with_attributes("reference-of-a-chain", attribute("1.2.840.113549.1.9.16.2.47", chain), base=without(2), levels=["B-B"])
    wrong = seq(seq(seq(octets(digest("sha256", der(CERT)))), seq(octets(b"x" * 32))))
    with_attributes("reference-of-another-chain", attribute("1.2.840.113549.1.9.16.2.47", wrong), base=without(2))
    turned = seq(seq(seq(octets(digest("sha256", der(CA)))), seq(octets(digest("sha256", der(CERT))))))
    with_attributes("reference-of-a-chain-turned", attribute("1.2.840.113549.1.9.16.2.47", turned), base=without(2),
                    indications=["INDETERMINATE"], subs=["NO_SIGNING_CERTIFICATE_FOUND"])
    with_attributes("reference-empty", attribute("1.2.840.113549.1.9.16.2.47", seq(seq())), base=without(2), indications=["INDETERMINATE"])
    with_attributes("reference-of-rubbish", attribute("1.2.840.113549.1.9.16.2.47", octets(b"x")), base=without(2),
                    indications=["INDETERMINATE"])
    foreign("reference-with-another-serial", cms(KEY, CERT, attributes=[
        attribute("1.2.840.113549.1.9.16.2.47", seq(seq(seq(octets(digest("sha256", der(CERT))), issuer_serial(CA)))))]),
        indications=["INDETERMINATE"], subs=["NO_SIGNING_CERTIFICATE_FOUND"])
    foreign("reference-unsigned", cms(KEY, CERT, attributes=[], unsigned=[lambda _: reference(CERT)]),
            indications=["INDETERMINATE"], subs=["SIG_CONSTRAINTS_FAILURE"])
    foreign("countersigned", cms(KEY, CERT, unsigned=[lambda _: attribute("1.2.840.113549.1.9.6", seq(octets(b"x")))]))
    foreign("unsigned-of-rubbish", cms(KEY, CERT, unsigned=[lambda _: octets(b"x")]), **FORM)
    foreign("stamp-of-rubbish", cms(KEY, CERT, unsigned=[lambda _: attribute("1.2.840.113549.1.9.16.2.14", octets(b"x"))]),
            proven=[None])


def values_of_keys():
    def valued(label, raw, key=KEY, **expect):
        cert = certificate("Người ký", key, CA_ISSUER)
        foreign(label, cms(key, cert, raw=raw), **{**CRYPTO, **expect})

    curve = ec.generate_private_key(ec.SECP256R1())
    for label, made in (("zeros", seq(integer(0), integer(0))), ("order", seq(integer(2**256), integer(2**256))), ("nothing", b""),
                        ("one-number", seq(integer(5))), ("negative", seq(integer(-5), integer(7)))):
        valued(f"ec-{label}", lambda _, made=made: made, curve)

    def plain(data):
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

        r, s = decode_dss_signature(value(curve, data, "sha256", None))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    valued("ec-without-der", plain, curve)
    valued("ec-with-more", lambda data: value(curve, data, "sha256", None) + b"\0", curve)
    modulus = KEY.private_numbers().public_numbers.n

    def number(n):
        return n.to_bytes(256, "big")

    def raised(block):
        return number(pow(int.from_bytes(block, "big"), KEY.private_numbers().d, modulus))

    frame = algorithm(DIGESTS["sha256"][0])

    def info(data, more=b""):
        return seq(frame, octets(digest("sha256", data)), more)

    def block(inner, fill=b"\xff", kind=b"\1", behind=b""):
        return b"\0" + kind + fill * (253 - len(inner) - len(behind)) + b"\0" + inner + behind

    valued("rsa-zero", lambda _: bytes(256))
    valued("rsa-one", lambda _: number(1))
    valued("rsa-nothing", lambda _: b"")
    valued("rsa-short", lambda data: value(KEY, data, "sha256", None)[1:])
    valued("rsa-more", lambda data: b"\0" + value(KEY, data, "sha256", None))
    valued("rsa-beyond-the-modulus", lambda data: (int.from_bytes(value(KEY, data, "sha256", None), "big") + modulus).to_bytes(257, "big"))
    valued("rsa-garbage-behind", lambda data: raised(b"\0\1" + b"\xff" * 8 + b"\0" + info(data) + b"x" * (256 - 11 - len(info(data)))))
    valued("rsa-garbage-inside", lambda data: raised(block(seq(frame, octets(digest("sha256", data)), octets(b"x" * 50)))))
    valued("rsa-other-filling", lambda data: raised(block(info(data), fill=b"\xfe")))
    valued("rsa-other-block", lambda data: raised(block(info(data), kind=b"\2")))
    valued("rsa-digest-only", lambda data: raised(block(digest("sha256", data))))
    valued("rsa-of-another-digest", lambda data: value(KEY, data, "sha512", None))
    valued("rsa-of-a-digest-of-another-name", lambda data: raised(block(seq(algorithm(DIGESTS["sha512"][0]), octets(digest("sha256", data))))))


def ways():
    """What the algorithm is said to be, against what it is."""
    def said(way, pss=None, key=KEY, md="sha256", **how):
        cert = CERT if key is KEY else certificate("Người ký", key, CA_ISSUER)
        return changed(lambda _, info: info.__setitem__("signature_algorithm", asn1_cms.SignedDigestAlgorithm.load(way)),
                       cms(key, cert, pss=pss, md=md, **how))

    pss = ("sha256", 32)

    def parameters(*parts):
        return seq(oid("1.2.840.113549.1.1.10"), seq(*[tlv(0xA0 + i, part) for i, part in parts]))

    named, mask = algorithm(DIGESTS["sha256"][0]), seq(oid("1.2.840.113549.1.1.8"), algorithm(DIGESTS["sha256"][0]))
    foreign("pss-said-plain", said(algorithm("1.2.840.113549.1.1.1"), pss), **CRYPTO)
    foreign("plain-said-pss", said(parameters((0, named), (1, mask), (2, integer(32)))), **CRYPTO)
    foreign("pss-other-salt", said(parameters((0, named), (1, mask), (2, integer(20))), pss), **CRYPTO)
    foreign("pss-without-parameters", said(seq(oid("1.2.840.113549.1.1.10")), pss), indications=["TOTAL_FAILED"])
    foreign("pss-with-nothing", said(parameters(), pss), indications=["TOTAL_FAILED"])
    foreign("pss-other-trailer", said(parameters((0, named), (1, mask), (2, integer(32)), (3, integer(2))), pss), **UNKNOWN)
    foreign("pss-trailer-said", said(parameters((0, named), (1, mask), (2, integer(32)), (3, integer(1))), pss))
    foreign("pss-without-null", said(seq(oid("1.2.840.113549.1.1.10"), seq(
        tlv(0xA0, algorithm(DIGESTS["sha256"][0], b"")), tlv(0xA1, seq(oid("1.2.840.113549.1.1.8"), algorithm(DIGESTS["sha256"][0], b""))),
        tlv(0xA2, integer(32)))), pss))
    foreign("pss-huge-salt", said(parameters((0, named), (1, mask), (2, integer(2**40))), pss), **UNKNOWN)
    foreign("rsa-said-ecdsa", said(algorithm(ECDSA["sha256"], b"")), indications=["TOTAL_FAILED"])
    foreign("rsa-said-nothing", said(algorithm("1.2.3.4.5", b"")), **UNKNOWN)
    foreign("rsa-said-digest", said(algorithm(DIGESTS["sha256"][0])), indications=["INDETERMINATE"])
    curve = ec.generate_private_key(ec.SECP256R1())
    foreign("ecdsa-said-rsa", said(algorithm(RSA["sha256"]), key=curve), indications=["TOTAL_FAILED"])
    foreign("ecdsa-with-null", said(algorithm(ECDSA["sha256"]), key=curve))
    foreign("ecdsa-said-key", said(seq(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")), key=curve))
    foreign("ecdsa-said-value", said(algorithm("1.2.840.10045.4", b""), key=curve))

    def numbers(der_value, size=32):
        return b"".join(n.to_bytes(size, "big") for n in utils.decode_dss_signature(der_value))

    way = algorithm("0.4.0.127.0.7.1.1.4.1.3", b"")
    foreign("ecdsa-two-numbers", said(way, key=curve, spoil=numbers))
    foreign("ecdsa-two-long-numbers", said(way, key=curve, spoil=lambda v: numbers(v, 33)), **CRYPTO)
    foreign("ecdsa-der-said-two-numbers", said(way, key=curve), **CRYPTO)
    foreign("ecdsa-two-numbers-said-der", said(algorithm(ECDSA["sha256"], b""), key=curve, spoil=numbers), **CRYPTO)
    edwards = ed25519.Ed25519PrivateKey.generate()
    foreign("ed25519-with-sha256", own(edwards), levels=["B-B"])


def certificates_of_all_sorts():
    def store(label, certs, **expect):
        foreign(f"store-{label}", lambda covered: pieces(covered, *at_once(covered), certs=certs), **expect)

    store("with-rubbish", (CA, octets(b"x"), CERT))
    store("with-an-attribute-certificate", (CA, CERT, tlv(0xA2, seq(integer(1)))))
    store("with-another-kind", (CA, CERT, tlv(0xA3, oid("1.2.3"), octets(b"x"))))
    twin = certificate("CA", OTHER_KEY, ca=True)
    store("with-a-twin-of-the-authority", (twin, CA, CERT))
    store("of-nothing", (), indications=["INDETERMINATE"], subs=["NO_SIGNING_CERTIFICATE_FOUND"])
    number = CERT.serial_number
    same = (
        x509.CertificateBuilder().subject_name(name("Kẻ giả")).issuer_name(CA.subject).public_key(OTHER_KEY.public_key())
        .serial_number(number).not_valid_before(NOW - DAY).not_valid_after(NOW + DAY).sign(OTHER_KEY, hashes.SHA256())
    )
    store("with-a-namesake-before", (same, CERT, CA))
    store("with-a-namesake-after", (CA, CERT, same))
    store("with-only-a-namesake", (CA, same), indications=["TOTAL_FAILED"])


def additions():
    """What stands where nothing belongs: other readers could take it for the signer."""
    def grown(place):
        def build(covered):
            own, (field, made) = cert1(CERT), at_once(covered)
            sid, named, way = seq(own.issuer.dump(), integer(own.serial_number)), algorithm(DIGESTS["sha256"][0]), algorithm(RSA["sha256"])
            more = octets(b"x")
            parts = dict(none=b"", signers=b"", sid=sid, digest=named, way=way, signer=b"", content=oid(DATA), body=b"", outside=b"")
            parts[place] = seq(parts[place][2:], more) if place in ("sid", "digest", "way") else parts[place] + more
            info = seq(integer(1), parts["sid"], parts["digest"], field, parts["way"], octets(made), parts["signer"])
            second = tlv(0x31, info) if place == "signers" else b""
            body = seq(integer(1), tlv(0x31, named), seq(parts["content"]), tlv(0xA0, der(CA), der(CERT)), tlv(0x31, info), second,
                       parts["body"])
            return seq(oid("1.2.840.113549.1.7.2"), tlv(0xA0, body), parts["outside"])

        return build

    foreign("grown-nowhere", grown("none"), levels=["B-B"])
    for place in ("sid", "digest", "way", "signer", "content", "body", "outside", "signers"):
        foreign(f"grown-{place}", grown(place), **FORM)


for part in (additions, encodings, versions, attributes_of_all_sorts, values_of_keys, ways, certificates_of_all_sorts):
    part()
finish()
