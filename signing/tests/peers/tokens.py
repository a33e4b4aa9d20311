"""Makes time stamps whose tokens are seldom or wrong, in a signature that has expired since and as time stamps of documents.

usage: tokens.py OUT_DIR
"""

from trust import *  # noqa: F403

TWO = NOW - 2 * DAY
AT = TWO.strftime("%Y%m%d%H%M%S").encode()
MIDDLE = middle()
EXPIRED = leaf(MIDDLE, end=NOW - DAY)
OLD = dict(start=NOW - 100 * DAY)


def stamper_of(**kw):
    return issue("TSA", TSA_OWN_KEY, CA, CA_KEY, **{"purpose": STAMPING, **OLD, **kw})


TSA_CERT = stamper_of()


def imprint_of(data, md="sha256", null=b"\x05\0", cut=None):
    return seq(algorithm(DIGESTS[md][0], null), octets(digest(md, data)[:cut]))


def made(stamped, cert=TSA_CERT, time=AT + b"Z", after=b"", version=1, imprint=imprint_of, kind=TST_INFO, certs=None, **how):
    info = seq(integer(version), oid("1.2.3.4"), imprint(stamped), integer(7), tlv(0x18, time), after)
    return cms(TSA_OWN_KEY, cert, embedded=lambda _: info, kind=kind, certs=certs or [cert], **how)(b"")


def inside(label, good=True, **kw):
    """Whether it proves that the signature is older than the end of its certificate."""
    def attached(value):
        return attribute("1.2.840.113549.1.9.16.2.14", made(value, **kw))

    sub = None if good else "OUT_OF_BOUNDS_NO_POE"
    judged(f"token-{label}", [EXPIRED, MIDDLE], sub, how=dict(unsigned=[attached]), proven=moment(TWO) if good else [None])


def times():
    inside("plain")
    for label, text in (("tenths", b".5Z"), ("zeros", b".500Z"), ("micro", b".123456Z")):
        inside(f"of-{label}", time=AT + text)
    for label, text in (("minutes", AT[:-2] + b"Z"), ("another-zone", AT + b"+0700"), ("no-zone", AT), ("a-word", b"yesterday")):
        inside(f"of-{label}", good=False, time=text)


def contents():
    accuracy, order, nonce = seq(integer(1), tlv(0x80, b"\1"), tlv(0x81, b"\1")), b"\1\1\xff", integer(2**70)
    own = tlv(0xA0, tlv(0xA4, cert1(TSA_CERT).subject.dump()))
    inside("with-accuracy", after=accuracy)
    inside("with-a-nonce", after=nonce)
    inside("with-everything", after=accuracy + order + nonce + own + tlv(0xA1, seq(oid("1.2.3"), octets(b"x"))))
    inside("of-version-0", good=False, version=0)
    inside("of-version-2", good=False, version=2)
    for md in ("sha512", "sha3_256"):
        inside(f"over-{md}", imprint=lambda data, md=md: imprint_of(data, md))
    inside("over-sha1", good=False, imprint=lambda data: imprint_of(data, "sha1"))
    inside("over-a-digest-without-null", imprint=lambda data: imprint_of(data, null=b""))
    inside("over-part-of-a-digest", good=False, imprint=lambda data: imprint_of(data, cut=20))
    inside("over-nothing", good=False, imprint=lambda data: imprint_of(data, cut=0))


def signatures():
    inside("with-the-old-reference", attributes=[reference(TSA_CERT, 1)])
    inside("without-a-reference", good=False, attributes=[])
    inside("with-another-reference", good=False, attributes=[reference(TSA_CERT, of=b"x")])
    inside("of-two-signers", good=False, signers=2)
    inside("of-no-signer", good=False, signers=0)
    inside("of-data", good=False, kind=DATA)
    inside("with-pss", pss=("sha256", 32))
    inside("spoilt", good=False, spoil=lambda v: v[:-1] + bytes([v[-1] ^ 1]))
    inside("without-attributes", good=False, bare=True)
    twin = (
        x509.CertificateBuilder().subject_name(name("Kẻ giả")).issuer_name(CA.subject).public_key(OTHER_KEY.public_key())
        .serial_number(TSA_CERT.serial_number).not_valid_before(NOW - DAY).not_valid_after(NOW + DAY).sign(OTHER_KEY, hashes.SHA256())
    )
    inside("beside-a-namesake", certs=[twin, TSA_CERT])


def authorities():
    mail = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.4")
    two = x509.ExtendedKeyUsage([x509.ObjectIdentifier(STAMPING), mail])
    for label, kw in [
        ("for-two-purposes", dict(purpose=None, more=[(two, True)])), ("for-a-purpose-not-critical", dict(binding=False)),
        ("for-any-purpose", dict(purpose="2.5.29.37.0")), ("for-certificates", dict(usage="ca")), ("ended", dict(end=NOW - 3 * DAY)),
        ("of-later", dict(start=NOW - DAY)),
    ]:
        inside(f"of-an-authority-{label}", good=False, cert=stamper_of(**kw))
    below = issue("TSA", TSA_OWN_KEY, EXPIRED, KEY, purpose=STAMPING, **OLD)
    inside("of-the-signer", good=False, cert=below, certs=[below, EXPIRED])


def documents():
    p, i = "TOTAL_PASSED", "INDETERMINATE"

    def stamp_of(label, indication=p, sub=None, kind=b"DocTimeStamp", **kw):
        data = by_hand(lambda covered: made(covered, **kw), b"ETSI.RFC3161", kind=kind)
        known = [None] if sub == "FORMAT_FAILURE" else [True]
        case(f"stamp-{label}.pdf", data, crls=[], indications=[indication], subs=[sub], valid=known)

    stamp_of("alone")
    stamp_of("of-tenths", time=AT + b".5Z")
    stamp_of("of-no-zone", "TOTAL_FAILED", "FORMAT_FAILURE", time=AT)
    stamp_of("called-a-signature", kind=b"Sig")
    stamp_of("without-a-reference", i, "SIG_CONSTRAINTS_FAILURE", attributes=[])
    stamp_of("with-another-reference", i, "NO_SIGNING_CERTIFICATE_FOUND", attributes=[reference(TSA_CERT, of=b"x")])
    stamp_of("without-purpose", i, "CHAIN_CONSTRAINTS_FAILURE", cert=stamper_of(purpose=None))
    stranger = issue("TSA", TSA_OWN_KEY, name("TSA"), TSA_OWN_KEY, purpose=STAMPING, **OLD)
    stamp_of("of-a-stranger", i, "NO_CERTIFICATE_CHAIN_FOUND", cert=stranger)


for part in (times, contents, signatures, authorities, documents):
    part()
finish()
