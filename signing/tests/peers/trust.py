"""Makes signatures whose certificates, lists, answers and time stamps are awkward.

usage: trust.py OUT_DIR
"""

from cms import *  # noqa: F403
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509 import ocsp

STAMPING, ANSWERING = "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"
KEY, MIDDLE_KEY, OTHER_KEY, TSA_OWN_KEY = (rsa.generate_private_key(65537, 2048) for _ in range(4))
HOUR = dt.timedelta(hours=1)
Reason = x509.ReasonFlags


def issue(cn, key, issuer, issuer_key, ca=False, **kw):
    """`issuer`: a certificate or a name."""
    usage = kw.get("usage", "ca" if ca else "sign")
    bits = {
        "ca": (False,) * 5 + (True, True, False, False),
        "sign": (True, True) + (False,) * 7,
        "no-lists": (False,) * 5 + (True,) + (False,) * 3,
    }
    b = (
        x509.CertificateBuilder().subject_name(name(cn)).issuer_name(getattr(issuer, "subject", issuer))
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(kw.get("start", NOW - 30 * DAY)).not_valid_after(kw.get("end", NOW + 365 * DAY))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )
    if kw.get("constraints", True):
        b = b.add_extension(x509.BasicConstraints(ca, kw.get("length")), True)
    if usage:
        b = b.add_extension(x509.KeyUsage(*bits[usage]), True)
    if kw.get("purpose"):
        b = b.add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(kw["purpose"])]), kw.get("binding", True))
    if kw.get("list"):
        point = x509.UniformResourceIdentifier("http://127.0.0.1:9/x.crl")
        b = b.add_extension(x509.CRLDistributionPoints([x509.DistributionPoint([point], None, None, None)]), False)
    for extension in kw.get("more", ()):
        b = b.add_extension(*extension)
    return b.sign(issuer_key, hashes.SHA256())


def middle(cn="Trung gian", **kw):
    kw.setdefault("ca", True)
    return issue(cn, MIDDLE_KEY, CA, CA_KEY, **kw)


def leaf(issuer, **kw):
    return issue("Người ký", KEY, issuer, kw.pop("issuer_key", MIDDLE_KEY), **kw)


def judged(label, certs, sub=None, how=None, **expect):
    """`sub`: None where the signature passes."""
    verdict = {"NOT_YET_VALID": "TOTAL_FAILED", "REVOKED": "TOTAL_FAILED", "EXPIRED": "TOTAL_FAILED"}
    expect.setdefault("indications", [verdict.get(sub, "INDETERMINATE") if sub else "TOTAL_PASSED"])
    expect.setdefault("crls", [])
    expect.setdefault("subs", [sub])
    case(f"{label}.pdf", by_hand(cms(KEY, certs[0], **{"certs": certs, **(how or {})})), **expect)


def lists(label, *args, **kw):
    save(label, der(revocation_list(*args, **kw)))
    return [label]


def weakened(made, key):
    """The same list with SHA-1."""
    weak = asn1_crl.CertificateList.load(der(made))
    for algorithm in (weak["tbs_cert_list"]["signature"], weak["signature_algorithm"]):
        algorithm["algorithm"] = "sha1_rsa"
    weak["signature"] = key.sign(weak["tbs_cert_list"].dump(force=True), padding.PKCS1v15(), hashes.SHA1())
    return weak.dump(force=True)


def stored(data, *crls, **more):
    """With a document security store."""
    streams, lists = {}, b""
    for key, contents in {"CRLs": crls, **more}.items():
        numbers = range(50 + len(streams), 50 + len(streams) + len(contents))
        lists += b"/%s[%s]" % (key.encode(), b" ".join(b"%d 0 R" % n for n in numbers))
        streams.update((n, b"<</Length %d>>stream\n%s\nendstream" % (len(one), one)) for n, one in zip(numbers, contents))
    catalog = b"<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R/DSS<<%s>>>>" % lists
    return append(data, {1: catalog, **streams})


def stamp(at, cert, key=TSA_OWN_KEY, **kw):
    return lambda v: attribute("1.2.840.113549.1.9.16.2.14", token(cert, key, at, v, **kw))


def moment(at):
    return [at.strftime("%Y-%m-%dT%H:%M:%SZ")]


def paths():
    usual = middle()
    judged("chain", [leaf(usual), usual])
    judged("chain-broken", [leaf(usual)], "NO_CERTIFICATE_CHAIN_FOUND", trusted=[False])
    save("middle.der", der(usual))
    judged("anchor-in-the-middle", [leaf(usual)], trust=["middle.der"])
    bad = "CHAIN_CONSTRAINTS_FAILURE"
    judged("key-for-certificates-only", [leaf(usual, usage="no-lists"), usual], bad, warned=["key_usage_does_not_include_signing"])
    for label, kw in [
        ("no-authority", dict(ca=False, usage="ca")),
        ("may-not-issue", dict(usage="sign")),
        ("no-constraints", dict(constraints=False)),
    ]:
        wrong = middle(**kw)
        judged(label, [leaf(wrong), wrong], bad)
    below = issue("Dưới", OTHER_KEY, usual, MIDDLE_KEY, ca=True)
    for length, sub in ((0, bad), (1, None)):
        short = middle(length=length)
        judged(f"length-{length}", [leaf(below, issuer_key=OTHER_KEY), below, short], sub)

    def tree(organisation):
        at = [(NameOID.COUNTRY_NAME, "VN"), (NameOID.ORGANIZATION_NAME, organisation)]
        return [x509.DirectoryName(x509.Name([x509.NameAttribute(*a) for a in at]))]

    ours, theirs = tree("UBND tỉnh"), tree("Khác")
    for label, allowed, excluded, sub in [
        ("inside", ours, None, None), ("outside", theirs, None, bad), ("excluded", None, ours, bad),
    ]:
        narrow = middle(more=[(x509.NameConstraints(allowed, excluded), True)])
        judged(f"names-{label}", [leaf(narrow), narrow], sub)

    def policies(*dotted):
        stated = [x509.PolicyInformation(x509.ObjectIdentifier(d), None) for d in dotted]
        return (x509.CertificatePolicies(stated), False)

    demands = middle(more=[(x509.PolicyConstraints(0, None), True), policies("1.2.3.4")])
    for label, more, sub in [
        ("kept", [policies("1.2.3.4")], None), ("none", [], bad), ("another", [policies("1.2.3.9")], bad),
        ("any", [policies("2.5.29.32.0")], None),
    ]:
        judged(f"policy-{label}", [leaf(demands, more=more), demands], sub)
    other = [(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\5\0"), True)]
    judged("critical-unknown", [leaf(usual, more=other), usual], bad)
    for label, purpose, sub in [
        ("mail", "1.3.6.1.5.5.7.3.4", None), ("documents", "1.3.6.1.5.5.7.3.36", None), ("tls", "1.3.6.1.5.5.7.3.1", bad),
        ("stamps", STAMPING, bad), ("answers", ANSWERING, bad),
    ]:
        judged(f"purpose-{label}", [leaf(usual, purpose=purpose), usual], sub)
        told = ["extended_key_usage_for_another_purpose"] if sub else []
        judged(f"purpose-noted-{label}", [leaf(usual, purpose=purpose, binding=False), usual], warned=told)
    # Two roads to the same key: one that fails does not close the other.
    key_b = rsa.generate_private_key(65537, 2048)
    root_b = issue("Gốc B", key_b, name("Gốc B"), key_b, ca=True)
    mine = issue("Người ký", KEY, root_b, key_b)
    good = issue("Gốc B", key_b, CA, CA_KEY, ca=True)
    judged("cross", [mine, good, root_b])
    for label, kw in [("expired", dict(end=NOW - DAY)), ("narrow", dict(more=[(x509.NameConstraints(theirs, None), True)]))]:
        judged(f"cross-{label}", [mine, issue("Gốc B", key_b, CA, CA_KEY, ca=True, **kw), good])
    small = rsa.generate_private_key(65537, 1024)
    weak = issue("Khóa ngắn", small, CA, CA_KEY, ca=True)
    judged("short-key-above", [leaf(weak, issuer_key=small), weak], "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")
    a, b = issue("A", MIDDLE_KEY, name("B"), OTHER_KEY, ca=True), issue("B", OTHER_KEY, name("A"), MIDDLE_KEY, ca=True)
    judged("circle", [leaf(a), a, b], "NO_CERTIFICATE_CHAIN_FOUND")
    false = issue("CA", OTHER_KEY, name("CA"), OTHER_KEY, ca=True)
    judged("false-root", [leaf(false, issuer_key=OTHER_KEY), false], "NO_CERTIFICATE_CHAIN_FOUND", trusted=[False])
    judged("future", [leaf(usual, start=NOW + DAY), usual], "NOT_YET_VALID")


def revocations():
    usual = middle()
    mine, listed = leaf(usual, list=True), middle(list=True)
    chain, later = [mine, usual], "TRY_LATER"
    judged("list", chain, crls=lists("good-m.crl", usual, MIDDLE_KEY), revocation=["good"])
    revoked = lists("ca-revoked.crl", CA, CA_KEY, [(listed, NOW - 2 * DAY, Reason.ca_compromise)])
    mine_l = leaf(listed)
    judged("authority-revoked", [mine_l, listed], "REVOKED_CA_NO_POE", crls=revoked)
    judged("list-of-another-key", chain, later, crls=lists("wrong-key.crl", usual, OTHER_KEY))
    judged("list-of-another-authority", chain, later, crls=["good.crl"])
    mute = middle(usage="no-lists")
    judged("list-not-allowed", [leaf(mute, list=True), mute], later, crls=lists("mute.crl", mute, MIDDLE_KEY))
    # Anybody who has a certificate can sign another with the authority's name, and lists with that.
    false = issue("Trung gian", OTHER_KEY, mine, KEY, ca=True)
    judged("list-of-a-false-authority", chain + [false], later, crls=lists("false.crl", false, OTHER_KEY))
    indirect = x509.IssuingDistributionPoint(None, None, False, False, None, True, False)
    other = issue("Danh sách", OTHER_KEY, usual, MIDDLE_KEY, usage="ca")
    theirs = lists("indirect.crl", other, OTHER_KEY, scope=indirect)
    judged("list-of-nobody-named", chain + [other], later, crls=theirs)
    point = x509.DistributionPoint(None, None, None, [x509.DirectoryName(other.subject)])
    names = leaf(usual, more=[(x509.CRLDistributionPoints([point]), False)])
    judged("list-of-who-is-named", [names, usual, other], crls=theirs, revocation=["good"])
    stranger = issue("Danh sách", OTHER_KEY, name("Danh sách"), OTHER_KEY, usage="ca")
    judged("list-of-a-namesake", [names, usual, stranger], later, crls=theirs)
    save("sha1.crl", weakened(revocation_list(usual, MIDDLE_KEY), MIDDLE_KEY))
    judged("list-with-sha1", chain, later, crls=["sha1.crl"])
    spoken = lists("spoken.crl", usual, MIDDLE_KEY, [(mine, NOW - 2 * DAY, Reason.key_compromise)])
    judged("list-inside", chain, how=dict(revocation=(OUT / "good-m.crl").read_bytes()))
    archive = "1.2.840.113583.1.1.8"
    for label, which, sub in [("good", "good-m.crl", None), ("revoked", "spoken.crl", "REVOKED_NO_POE")]:
        inside = attribute(archive, seq(tlv(0xA0, seq((OUT / which).read_bytes()))))
        judged(f"archive-{label}", chain, sub, how=dict(attributes=[reference(mine), inside]))
    tsa = issue("TSA", TSA_OWN_KEY, CA, CA_KEY, purpose=STAMPING)
    before, after = NOW - 3 * DAY, NOW - DAY
    judged("stamped-before", chain, how=dict(unsigned=[stamp(before, tsa)]), crls=spoken, proven=moment(before))
    judged("stamped-after", chain, "REVOKED_NO_POE", how=dict(unsigned=[stamp(after, tsa)]), crls=spoken)
    def values(number, *content):
        return lambda _: attribute(f"1.2.840.113549.1.9.16.2.{number}", seq(*content))

    # CAdES-X-L: what is needed stands in unsigned attributes.
    for label, which, sub in [("good", "good-m.crl", None), ("revoked", "spoken.crl", "REVOKED_NO_POE")]:
        told = values(24, tlv(0xA0, seq((OUT / which).read_bytes())))
        judged(f"revocation-values-{label}", chain, sub, how=dict(unsigned=[told]))
    free = leaf(usual)
    judged("certificate-values", [free], how=dict(certs=[free], unsigned=[values(23, der(usual))]))
    judged("certificate-values-broken", [free], "NO_CERTIFICATE_CHAIN_FOUND",
           how=dict(certs=[free], unsigned=[values(23, b"\x30\x02\x05\x00"), values(24, b"\x05\x00")]))
    expired = leaf(usual, end=NOW - DAY)

    def begun(label, certs, at, sub=None, **expect):
        def signed(covered):
            stamped = token(tsa, TSA_OWN_KEY, at, covered)
            return [reference(certs[0]), attribute("1.2.840.113549.1.9.16.2.20", stamped)]

        judged(f"begun-{label}", certs, sub, how=dict(attributes=signed, **expect.pop("how", {})), **expect)

    begun("before", chain, before, "REVOKED_NO_POE", crls=spoken)
    begun("after", chain, after, "REVOKED", crls=spoken)
    # The key is part of the path, and of the signature as well.
    short = rsa.generate_private_key(65537, 1024)
    named = issue("Người ký", short, usual, MIDDLE_KEY)
    for label, at, sub in [("", after, "CRYPTO_CONSTRAINTS_FAILURE"), ("-alone", None, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")]:
        def along(covered, at=at):
            stamped = [attribute("1.2.840.113549.1.9.16.2.20", token(tsa, TSA_OWN_KEY, at, covered))] if at else []
            return [reference(named), *stamped]

        case(f"begun-with-a-short-key{label}.pdf", by_hand(cms(short, named, certs=[named, usual], attributes=along)), crls=[],
             indications=["INDETERMINATE"], subs=[sub])
    begun("after-expiry", [expired, usual], NOW - HOUR, "EXPIRED")
    begun("after-its-stamp", [leaf(usual), usual], after, "TIMESTAMP_ORDER_FAILURE", how=dict(unsigned=[stamp(before, tsa)]))


def answers():
    usual = middle()
    mine = leaf(usual, list=True)
    late = dt.timedelta(days=10)

    def answer(label, sub, responder, key, status=ocsp.OCSPCertStatus.GOOD, cert=None, age=DAY, by_name=False, **kw):
        shown = ocsp.OCSPResponderEncoding.NAME if by_name else ocsp.OCSPResponderEncoding.HASH
        b = ocsp.OCSPResponseBuilder().add_response(
            cert=cert or mine, issuer=usual, algorithm=hashes.SHA1(), cert_status=status, this_update=NOW - age,
            next_update=NOW - age + 2 * DAY, revocation_time=kw.get("since"), revocation_reason=kw.get("reason"),
        ).responder_id(shown, responder)
        if responder is not usual:
            b = b.certificates([responder])
        save(f"{label}.ocsp", b.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))
        judged(f"answer-{label}", [mine, usual], sub, ocsps=[f"{label}.ocsp"])

    small = rsa.generate_private_key(65537, 1024)
    later, no_check = "TRY_LATER", (x509.OCSPNoCheck(), False)
    revoked = ocsp.OCSPCertStatus.REVOKED
    answer("good", None, usual, MIDDLE_KEY)
    answer("revoked", "REVOKED_NO_POE", usual, MIDDLE_KEY, revoked, since=NOW - 5 * DAY)
    answer("hold", later, usual, MIDDLE_KEY, revoked, since=NOW - 5 * DAY, reason=Reason.certificate_hold)
    answer("unknown", later, usual, MIDDLE_KEY, ocsp.OCSPCertStatus.UNKNOWN)
    answer("old", later, usual, MIDDLE_KEY, age=late)
    answer("from-the-future", later, usual, MIDDLE_KEY, age=-2 * DAY)
    answer("on-another", later, usual, MIDDLE_KEY, cert=leaf(usual))
    answer("forged", later, issue("Trung gian", OTHER_KEY, CA, OTHER_KEY, ca=True), OTHER_KEY, by_name=True)
    answer("with-a-short-key", later, issue("OCSP", small, usual, MIDDLE_KEY, purpose=ANSWERING, more=[no_check]), small)
    for label, sub, issuer, issuer_key, kw in [
        ("delegated", None, usual, MIDDLE_KEY, dict(purpose=ANSWERING)),
        ("no-purpose", later, usual, MIDDLE_KEY, {}),
        ("of-another-authority", later, CA, CA_KEY, dict(purpose=ANSWERING)),
        ("expired-responder", later, usual, MIDDLE_KEY, dict(purpose=ANSWERING, end=NOW - 2 * DAY)),
    ]:
        answer(label, sub, issue("OCSP", OTHER_KEY, issuer, issuer_key, more=[no_check], **kw), OTHER_KEY)


def proofs(archived, tsa):
    """What speaks for a certificate must have existed before its authority ended (NO_POE), and of whom a level is claimed."""
    p, i = "TOTAL_PASSED", "INDETERMINATE"
    before = NOW - 5 * DAY
    ended = middle(end=NOW - 2 * DAY, list=True)
    fallen = middle("Bị thu hồi", list=True)
    root_list = der(revocation_list(CA, CA_KEY, start=NOW - 6 * DAY))
    save("root-6.crl", root_list)
    hit = lists("root-hit.crl", CA, CA_KEY, [(fallen, NOW - 2 * DAY, Reason.ca_compromise)], start=NOW - DAY)
    for label, authority, roots in [("ended", ended, ["root-6.crl"]), ("revoked", fallen, hit)]:
        mine = leaf(authority, list=True)
        theirs = der(revocation_list(authority, MIDDLE_KEY, start=NOW - 6 * DAY))
        save(f"{label}.crl", theirs)
        chain, stamped = [mine, authority], [stamp(before, tsa)]
        judged(f"list-of-{label}-authority", chain, "NO_POE", crls=[*roots, f"{label}.crl"], how=dict(unsigned=stamped))
        inside = attribute("1.2.840.113583.1.1.8", seq(tlv(0xA0, seq(theirs))))
        judged(f"list-of-{label}-authority-signed", chain, crls=roots,
               how=dict(unsigned=stamped, attributes=[reference(mine), inside]))
        for when, sub in [(NOW - 3 * DAY, None), (NOW - DAY, "NO_POE")]:
            archived(f"{label}-authority-{'late' if sub else 'in-time'}", chain, (when, tsa, {}), store=[theirs],
                     how=dict(unsigned=stamped), crls=[*roots, f"{label}.crl"],
                     indications=[i if sub else p, p], subs=[sub, None])
    # Whoever has the key of a revoked authority can issue authorities as well, and lists with news of later.
    stamped = dict(unsigned=[stamp(before, tsa)])
    judged("below-a-revoked-authority", [leaf(fallen), fallen], crls=hit, how=stamped)
    lower = issue("Dưới", OTHER_KEY, fallen, MIDDLE_KEY, ca=True)
    chain = [leaf(lower, issuer_key=OTHER_KEY), lower, fallen]
    judged("authority-of-a-revoked-one", chain, "NO_POE", crls=hit, how=stamped)
    archived("authority-of-a-revoked-one", chain, (NOW - 3 * DAY, tsa, {}), crls=hit, how=stamped, indications=[p, p])
    mine = leaf(fallen, list=True)
    chain, theirs = [mine, fallen], der(revocation_list(fallen, MIDDLE_KEY, start=NOW - 6 * DAY))
    news = hit + lists("news.crl", fallen, MIDDLE_KEY, [(mine, NOW - HOUR, None)])
    judged("list-of-a-later-end", chain, "NO_POE", crls=news, how=stamped)
    archived("list-of-a-later-end", chain, (NOW - 3 * DAY, tsa, {}), crls=news, how=stamped, store=[theirs], indications=[p, p])
    # What a stranger signs along proves nothing for others.
    inside = attribute("1.2.840.113583.1.1.8", seq(tlv(0xA0, seq(theirs))))
    stranger = issue("Người lạ", OTHER_KEY, name("Người lạ"), OTHER_KEY)
    data = by_hand(cms(KEY, mine, certs=chain, **stamped))
    theirs = cms(OTHER_KEY, stranger, certs=[stranger], attributes=[reference(stranger), inside], **stamped)
    case("proof-of-a-stranger.pdf", by_hand(theirs, data=data, number=1), crls=hit, indications=[i, i],
         subs=["NO_POE", "NO_CERTIFICATE_CHAIN_FOUND"])
    # Two authorities of time, each with a root and a list of its own.
    keys = [rsa.generate_private_key(65537, 2048) for _ in range(2)]
    roots = [issue(f"Gốc TSA {n}", key, name(f"Gốc TSA {n}"), key, ca=True) for n, key in enumerate(keys)]
    tsas = [issue(f"TSA {n}", TSA_OWN_KEY, root, key, purpose=STAMPING, list=True)
            for n, (root, key) in enumerate(zip(roots, keys))]
    told = [der(revocation_list(root, key, start=NOW - 6 * DAY)) for root, key in zip(roots, keys)]
    for n, (root, crl) in enumerate(zip(roots, told)):
        save(f"tsa-root-{n}.der", der(root))
        save(f"tsa-{n}.crl", crl)
    both = dict(trust=["ca.der", "tsa-root-0.der", "tsa-root-1.der"], crls=["tsa-0.crl", "tsa-1.crl"])
    signer = issue("Người ký", KEY, CA, CA_KEY, list=True)
    inside = dict(unsigned=[stamp(before, tsas[0])], certs=[signer, CA, roots[0]])
    both["crls"].append("root-6.crl")
    for label, store, level in [
        ("of-nobody", [told[1]], "B-T"), ("of-the-signer", [root_list], "B-T"), ("of-the-authority", [told[0]], "B-T"),
        ("of-both", [root_list, told[0]], "B-LT"),
    ]:
        archived(f"level-with-data-{label}", [signer], how=inside, store=store, indications=[p], levels=[level], **both)
        after = "B-LTA" if level == "B-LT" else "B-T"
        archived(f"level-with-data-{label}-stamped", [signer], (NOW - DAY, tsas[1], dict(certs=[tsas[1], roots[1]])), how=inside,
                 store=store, indications=[p, p], levels=[after], proven=moment(before) + moment(NOW - DAY), **both)
    two = [(NOW - 2 * DAY, tsas[0], {}), (NOW - DAY, tsas[1], {}), (NOW - HOUR, tsas[0], {})]
    archived("by-turns", [signer], *two, store=[root_list, *told], indications=[p] * 4, levels=["B-LTA"], **both)
    distrusted = dict(both, trust=["ca.der", "tsa-root-0.der"])
    archived("by-turns-one-distrusted", [signer], *two, store=[root_list, *told], indications=[p, p, i, p],
             subs=[None, None, "NO_CERTIFICATE_CHAIN_FOUND", None], **distrusted)


def seconds():
    """A time stamp on the value of a later signature proves the earlier one, if that later signature is good (EN 319 102-1, 5.6.2.3)."""
    p, i, f, out = "TOTAL_PASSED", "INDETERMINATE", "TOTAL_FAILED", "OUT_OF_BOUNDS_NO_POE"
    usual, before = middle(), NOW - 2 * DAY
    expired = leaf(usual, end=NOW - DAY)
    tsa = issue("TSA", TSA_OWN_KEY, CA, CA_KEY, purpose=STAMPING)
    unknown = issue("TSA", TSA_OWN_KEY, name("TSA"), TSA_OWN_KEY, purpose=STAMPING)
    good = issue("Người thứ hai", OTHER_KEY, usual, MIDDLE_KEY)

    def second(label, cert=good, key=OTHER_KEY, stamped=stamp(before, tsa), after=p, sub=None, proves=False, data=None, over=b"", **kw):
        data = data or by_hand(cms(KEY, expired, certs=[expired, usual]))
        extra = {k: kw.pop(k) for k in ("crls", "subs", "indications", "proven") if k in kw}
        make = cms(key, cert, **{"certs": [cert, usual], "unsigned": [stamped], **kw})
        data = by_hand(lambda covered: make(covered + over), data=data, number=1)
        case(f"second-{label}.pdf", data, **{
            "indications": [p if proves else i, after], "subs": [None if proves else out, sub], "crls": [],
            "proven": moment(before) if proves else [None], **extra})

    second("proves", proves=True)
    curve = ec.generate_private_key(ec.SECP256R1())
    second("in-ecdsa", cert=issue("EC", curve, usual, MIDDLE_KEY), key=curve, proves=True)
    second("stamped-late", stamped=stamp(NOW - HOUR, tsa), proven=moment(NOW - HOUR))
    second("without-a-stamp", unsigned=[])
    second("stamped-by-a-stranger", stamped=stamp(before, unknown))
    second("stamped-for-another-value", stamped=lambda v: stamp(before, tsa)(v + b"x"))
    second("over-other-bytes", over=b"x", after=f, sub="HASH_FAILURE")
    second("with-a-broken-value", spoil=lambda v: v[:-1] + bytes([v[-1] ^ 1]), after=f, sub="SIG_CRYPTO_FAILURE")
    stranger = issue("Người lạ", OTHER_KEY, name("Người lạ"), OTHER_KEY)
    second("of-a-stranger", cert=stranger, after=i, sub="NO_CERTIFICATE_CHAIN_FOUND")
    second("certified-later", cert=issue("Người thứ hai", OTHER_KEY, usual, MIDDLE_KEY, start=NOW - DAY), after=f, sub="NOT_YET_VALID")
    ended = issue("Người thứ hai", OTHER_KEY, usual, MIDDLE_KEY, list=True)
    second("revoked-before", cert=ended, after=i, sub="REVOKED_NO_POE",
           crls=lists("second.crl", usual, MIDDLE_KEY, [(ended, NOW - 3 * DAY, Reason.key_compromise)]))
    second("with-sha1", md="sha1", after=i, sub="CRYPTO_CONSTRAINTS_FAILURE_NO_POE")
    # Whoever makes a key of Edwards' curves may make one that fits several messages.
    edwards = ed25519.Ed25519PrivateKey.generate()
    second("of-edwards", cert=issue("Edwards", edwards, usual, MIDDLE_KEY), key=edwards, md="sha512")
    # What the second covers of revocation data is proven by it as well.
    authority = middle(end=NOW - DAY - HOUR, list=True)
    mine = leaf(authority, list=True)
    theirs = der(revocation_list(authority, MIDDLE_KEY, start=NOW - 6 * DAY))
    root = "root-of-second.crl"
    save(root, der(revocation_list(CA, CA_KEY, start=NOW - 6 * DAY)))
    early = dict(unsigned=[stamp(NOW - 5 * DAY, tsa)], certs=[mine, authority])
    held = stored(by_hand(cms(KEY, mine, **early)), theirs)
    direct = issue("Người thứ hai", OTHER_KEY, CA, CA_KEY)
    for label, at, sub in [("a-list", before, None), ("a-list-late", NOW - HOUR, "NO_POE")]:
        second(f"proves-{label}", cert=direct, stamped=stamp(at, tsa), data=held, crls=[root], certs=[direct],
               indications=[i if sub else p, p], subs=[sub, None], proven=None)


def signers_of_lists():
    """B-LT is claimed only with the certificates of those who signed lists and answers in the file."""
    usual = issue("Trung gian", MIDDLE_KEY, CA, CA_KEY, ca=True)
    tsa = issue("TSA", TSA_OWN_KEY, CA, CA_KEY, purpose=STAMPING)
    indirect = x509.IssuingDistributionPoint(None, None, False, False, None, True, False)
    other = issue("Danh sách", OTHER_KEY, usual, MIDDLE_KEY, usage="ca")
    point = x509.DistributionPoint(None, None, None, [x509.DirectoryName(other.subject)])
    mine = leaf(usual, more=[(x509.CRLDistributionPoints([point]), False)])
    theirs = der(revocation_list(other, OTHER_KEY, scope=indirect))
    answering = issue("OCSP", OTHER_KEY, usual, MIDDLE_KEY, purpose=ANSWERING, more=[(x509.OCSPNoCheck(), False)])
    listed = leaf(usual, list=True)
    said = ocsp.OCSPResponseBuilder().add_response(
        cert=listed, issuer=usual, algorithm=hashes.SHA1(), cert_status=ocsp.OCSPCertStatus.GOOD, this_update=NOW - DAY,
        next_update=NOW + DAY, revocation_time=None, revocation_reason=None,
    ).responder_id(ocsp.OCSPResponderEncoding.HASH, answering)
    answer = said.sign(OTHER_KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    whole = said.certificates([answering]).sign(OTHER_KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    for label, signer, by, store, inside in [
        ("list", mine, other, dict(CRLs=[theirs]), None),
        ("answer", listed, answering, dict(OCSPs=[answer]), dict(OCSPs=[whole])),
    ]:
        data = by_hand(cms(KEY, signer, certs=[signer, usual], unsigned=[stamp(NOW - HOUR, tsa, certs=[tsa])]))
        save(f"signer-of-{label}.der", der(by))
        for where, kept, level in [
            ("elsewhere", store, "B-T"), ("stored", dict(store, Certs=[der(by)]), "B-LT"), ("inside", inside, "B-LT"),
        ]:
            if kept:
                case(f"level-signer-of-{label}-{where}.pdf", stored(data, **kept), crls=[], extra=[f"signer-of-{label}.der"],
                     indications=["TOTAL_PASSED"], levels=[level], revocation=["good"])


def stamps():
    usual = middle()
    mine, expired = leaf(usual), leaf(usual, end=NOW - DAY)
    tsa = issue("TSA", TSA_OWN_KEY, CA, CA_KEY, purpose=STAMPING, start=NOW - 100 * DAY)
    ended = issue("TSA", TSA_OWN_KEY, CA, CA_KEY, purpose=STAMPING, start=NOW - 100 * DAY, end=NOW - DAY)
    alone = issue("TSA", TSA_OWN_KEY, name("TSA"), TSA_OWN_KEY, purpose=STAMPING)
    two, three = NOW - 2 * DAY, NOW - 3 * DAY
    for label, made in [
        ("of-a-stranger", stamp(two, alone)), ("without-purpose", stamp(two, issue("TSA", TSA_OWN_KEY, CA, CA_KEY))),
        ("over-another", stamp(two, tsa, imprint=b"x" * 32)), ("from-the-future", stamp(NOW + 2 * DAY, tsa)),
        ("without-certificate", stamp(two, tsa, certs=[])), ("with-sha1", stamp(two, tsa, md="sha1")),
        ("of-an-expired-authority", stamp(two, ended)),
    ]:
        judged(f"stamp-{label}", [mine, usual], proven=[None], how=dict(unsigned=[made]))
        judged(f"expired-stamp-{label}", [expired, usual], "OUT_OF_BOUNDS_NO_POE", how=dict(unsigned=[made]))
    judged("expired-stamped", [expired, usual], proven=moment(two), how=dict(unsigned=[stamp(two, tsa)]))
    judged("stamp-too-late", [expired, usual], "OUT_OF_BOUNDS_NO_POE", how=dict(unsigned=[stamp(NOW - HOUR, tsa)]))
    judged("stamp-before-issuing", [leaf(usual, start=NOW - DAY), usual], "NOT_YET_VALID", how=dict(unsigned=[stamp(two, tsa)]))

    def archived(label, certs, *after, how=None, store=(), **expect):
        data = by_hand(cms(KEY, certs[0], **{"certs": certs, **(how or {})}))
        if store:
            data = stored(data, *store)
        for number, (at, cert, kw) in enumerate(after, 1):
            def make(covered, at=at, cert=cert, kw=kw):
                return token(cert, TSA_OWN_KEY, at, covered, **kw)

            data = by_hand(make, b"ETSI.RFC3161", data=data, number=number, kind=b"DocTimeStamp")
        case(f"archived-{label}.pdf", data, **{"crls": [], **expect})

    p, i = "TOTAL_PASSED", "INDETERMINATE"
    out, order = "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_ORDER_FAILURE"
    proofs(archived, tsa)
    archived("expired", [expired, usual], (two, tsa, {}), indications=[p, p], proven=moment(two) * 2)
    archived("renewed-in-time", [expired, usual], (three, ended, {}), (two, tsa, {}), indications=[p, p, p])
    archived("not-renewed", [expired, usual], (two, ended, {}), indications=[i, i], subs=[out, out])
    archived(
        "stamp-inside-saved", [expired, usual], (two, tsa, {}), how=dict(unsigned=[stamp(three, ended)]),
        indications=[p, p], proven=moment(three) + moment(two),
    )
    archived("out-of-order", [mine, usual], (two, tsa, {}), (three, tsa, {}), indications=[p, i, p], subs=[None, order, None])
    archived("older-than-its-stamp", [mine, usual], (three, tsa, {}), how=dict(unsigned=[stamp(two, tsa)]),
             indications=[i, p], subs=[order, None])
    archived("of-a-stranger", [mine, usual], (two, alone, {}), indications=[p, i], proven=[None, None],
             subs=[None, "NO_CERTIFICATE_CHAIN_FOUND"])
    archived("over-another", [mine, usual], (two, tsa, dict(imprint=b"x" * 32)), indications=[p, "TOTAL_FAILED"],
             subs=[None, "HASH_FAILURE"])
    # Weak today, but proven to be from a time when it was not.
    then = dt.datetime(2009, 6, 1, tzinfo=dt.timezone.utc)
    long = dict(start=then - 100 * DAY, end=NOW + DAY)
    root = issue("Gốc cũ", OTHER_KEY, name("Gốc cũ"), OTHER_KEY, ca=True, **long)
    save("old-root.der", der(root))
    old = leaf(root, issuer_key=OTHER_KEY, **long)
    old_tsa = issue("TSA", TSA_OWN_KEY, root, OTHER_KEY, purpose=STAMPING, **long)
    weak = dict(trust=["old-root.der"])
    judged("sha1-then", [old], how=dict(md="sha1", unsigned=[stamp(then, old_tsa)]), **weak)
    judged("sha1-now", [old], "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", how=dict(md="sha1"), **weak)
    judged("sha1-late", [old], "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", how=dict(md="sha1", unsigned=[stamp(two, old_tsa)]), **weak)
    for label, at, sub in [("then", then, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"), ("late", two, "CRYPTO_CONSTRAINTS_FAILURE")]:
        def begun(covered, at=at):
            return [reference(old), attribute("1.2.840.113549.1.9.16.2.20", token(old_tsa, TSA_OWN_KEY, at, covered))]

        judged(f"sha1-begun-{label}", [old], sub, how=dict(md="sha1", attributes=begun), **weak)
    # A list of then, too, must be proven to be from then: its algorithm protects nothing any more.
    old_listed = leaf(root, issuer_key=OTHER_KEY, list=True, **long)
    dated = weakened(revocation_list(root, OTHER_KEY, start=then - DAY, end=then + 7 * DAY), OTHER_KEY)
    save("dated.crl", dated)
    judged("list-of-then-with-sha1", [old_listed], "NO_POE", how=dict(unsigned=[stamp(then, old_tsa)]), crls=["dated.crl"], **weak)
    inside = attribute("1.2.840.113583.1.1.8", seq(tlv(0xA0, seq(dated))))
    judged("list-of-then-with-sha1-signed", [old_listed],
           how=dict(attributes=[reference(old_listed), inside], unsigned=[stamp(then, old_tsa)]), **weak)


if __name__ == "__main__":
    for part in (paths, revocations, answers, seconds, signers_of_lists, stamps):
        part()
    finish()
