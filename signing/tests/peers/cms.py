"""Signatures as other libraries write them: CMS put together octet by octet, in a hand-made revision."""

import hashlib

from asn1crypto import core
from common import *  # noqa: F403
from cryptography.hazmat.primitives.asymmetric import dsa, ed448, padding, utils

DATA = "1.2.840.113549.1.7.1"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
ROOM = 20000
DIGESTS = {
    "md5": ("1.2.840.113549.2.5", hashes.MD5),
    "sha1": ("1.3.14.3.2.26", hashes.SHA1),
    "sha224": ("2.16.840.1.101.3.4.2.4", hashes.SHA224),
    "sha256": ("2.16.840.1.101.3.4.2.1", hashes.SHA256),
    "sha384": ("2.16.840.1.101.3.4.2.2", hashes.SHA384),
    "sha512": ("2.16.840.1.101.3.4.2.3", hashes.SHA512),
    "sha3_256": ("2.16.840.1.101.3.4.2.8", hashes.SHA3_256),
    "sha3_384": ("2.16.840.1.101.3.4.2.9", hashes.SHA3_384),
    "sha3_512": ("2.16.840.1.101.3.4.2.10", hashes.SHA3_512),
    "shake256": ("2.16.840.1.101.3.4.2.12", None),
    "shake256_len": ("2.16.840.1.101.3.4.2.18", None),
}
RSA = {
    "md5": "1.2.840.113549.1.1.4",
    "sha1": "1.2.840.113549.1.1.5",
    "sha224": "1.2.840.113549.1.1.14",
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
    "sha3_256": "2.16.840.1.101.3.4.3.14",
    "sha3_384": "2.16.840.1.101.3.4.3.15",
    "sha3_512": "2.16.840.1.101.3.4.3.16",
}
ECDSA = {
    "sha256": "1.2.840.10045.4.3.2",
    "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
    "sha3_256": "2.16.840.1.101.3.4.3.10",
}


def tlv(tag, *content):
    content = b"".join(content)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 | len(octets)]) + octets + content


def seq(*content):
    return tlv(0x30, *content)


def octets(value):
    return tlv(4, value)


def oid(dotted):
    return core.ObjectIdentifier(dotted).dump()


def integer(n):
    return core.Integer(n).dump()


def algorithm(dotted, parameters=b"\x05\x00"):
    return seq(oid(dotted), parameters)


def attribute(dotted, *values):
    return seq(oid(dotted), tlv(0x31, *values))


def digest(name, data):
    if name.startswith("shake256"):
        return hashlib.shake_256(data).digest(64)
    return hashlib.new(name, data).digest()


def issuer_serial(cert):
    a = cert1(cert)
    return seq(seq(tlv(0xA4, a.issuer.dump())), integer(a.serial_number))


def reference(cert, version=2, md="sha256", issuer=True, of=None):
    """A signing-certificate attribute; `of` replaces what is hashed."""
    parts = [octets(digest("sha1" if version == 1 else md, of or der(cert)))]
    if version == 2 and md != "sha256":
        parts.insert(0, algorithm(DIGESTS[md][0], b""))
    if issuer:
        parts.append(issuer_serial(cert))
    dotted = "1.2.840.113549.1.9.16.2." + ("12" if version == 1 else "47")
    return attribute(dotted, seq(seq(seq(*parts))))


def value(key, data, md, pss):
    if isinstance(key, rsa.RSAPrivateKey):
        way = padding.PKCS1v15()
        if pss:
            way = padding.PSS(padding.MGF1(DIGESTS[pss[0]][1]()), pss[1])
        return key.sign(data, way, DIGESTS[md][1]())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(DIGESTS[md][1]()))
    if isinstance(key, dsa.DSAPrivateKey):
        return key.sign(data, DIGESTS[md][1]())
    return key.sign(data)


def scheme(key, md, pss, plain):
    if isinstance(key, rsa.RSAPrivateKey):
        if pss:
            mask = seq(oid("1.2.840.113549.1.1.8"), algorithm(DIGESTS[pss[0]][0]))
            parts = (algorithm(DIGESTS[md][0]), mask, integer(pss[1]))
            stated = [tlv(0xA0 + i, part) for i, part in enumerate(parts)]
            return seq(oid("1.2.840.113549.1.1.10"), seq(*stated))
        return algorithm("1.2.840.113549.1.1.1" if plain else RSA[md])
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return algorithm("1.2.840.10045.2.1" if plain else ECDSA[md], b"")
    if isinstance(key, dsa.DSAPrivateKey):
        return algorithm("2.16.840.1.101.3.4.3.2", b"")
    return algorithm("1.3.101.113" if isinstance(key, ed448.Ed448PrivateKey) else "1.3.101.112", b"")


def cms(
    key, cert, md="sha256", pss=None, plain=False, attributes=None, ski=None, certs=None,
    embedded=None, kind=DATA, reverse=False, unsigned=(), revocation=b"", indefinite=False,
    spoil=lambda v: v, bare=False, raw=None, signers=1, null=True,
):
    """A function from the covered bytes to a ContentInfo.

    attributes: signed ones beside content-type and message-digest, or a function of the covered
    bytes; the v2 reference where not given. bare: no signed attributes at all.
    signers: how many times the signer stands there. null: NULL where algorithms have no parameters.
    raw: makes the signature value in place of the key. unsigned: functions of the signature value. embedded: a function that gives the content.
    """

    def build(covered):
        content = embedded(covered) if embedded else covered
        more = [reference(cert)] if attributes is None else attributes
        more = more(covered) if callable(more) else more
        signed = [
            attribute("1.2.840.113549.1.9.3", oid(kind)),
            attribute("1.2.840.113549.1.9.4", octets(digest(md, content))),
            *more,
        ]
        signed = b"".join(sorted(signed, reverse=reverse))
        covers = content if bare else tlv(0x31, signed)
        made = spoil(raw(covers) if raw else value(key, covers, md, pss))
        rest = {} if null else dict(parameters=b"")
        if md == "shake256_len":
            rest = dict(parameters=integer(512))
        named = algorithm(DIGESTS[md][0], **rest)
        way = scheme(key, md, pss, plain) if null else algorithm(RSA[md], b"")
        own = cert1(cert)
        who = tlv(0x80, ski) if ski else seq(own.issuer.dump(), integer(own.serial_number))
        info = [integer(3 if ski else 1), who, named]
        if not bare:
            info.append(tlv(0xA0, signed))
        if indefinite:
            # A constructed octet string, as streaming writers leave it.
            info += [way, b"\x24\x80", octets(made[:9]), octets(made[9:]), b"\0\0"]
        else:
            info += [way, octets(made)]
        if unsigned:
            info.append(tlv(0xA1, *[u(made) for u in unsigned]))
        body = [integer(1), tlv(0x31, named)]
        body.append(seq(oid(kind), tlv(0xA0, octets(content))) if embedded else seq(oid(kind)))
        body.append(tlv(0xA0, *[der(c) for c in ([CA, cert] if certs is None else certs)]))
        if revocation:
            body.append(tlv(0xA1, revocation))
        body.append(tlv(0x31, seq(*info) * signers))
        if indefinite:
            open_ = [b"\x30\x80", oid("1.2.840.113549.1.7.2"), b"\xa0\x80\x30\x80"]
            return b"".join(open_ + body) + b"\0\0" * 3
        return seq(oid("1.2.840.113549.1.7.2"), tlv(0xA0, seq(*body)))

    return build


def token(cert, key, at, stamped, md="sha256", certs=None, imprint=None):
    """A time-stamp token over `stamped`."""
    info = seq(
        integer(1), oid("1.2.3.4"),
        seq(algorithm(DIGESTS[md][0]), octets(imprint or digest(md, stamped))),
        integer(12345), tlv(0x18, at.strftime("%Y%m%d%H%M%SZ").encode()),
    )
    certs = [cert] if certs is None else certs
    return cms(key, cert, embedded=lambda _: info, kind=TST_INFO, certs=certs)(b"")


def append(data, objects, tail=b""):
    """One more revision with a table."""
    prev = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    out = bytearray(data)
    entries = b""
    for n, body in sorted(objects.items()):
        entries += b"%d 1\n%010d 00000 n \n" % (n, len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    start = len(out)
    out += b"xref\n%strailer\n<</Size 80/Root 1 0 R/Prev %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        entries, prev, tail, start,
    )
    return bytes(out)


def by_hand(make, subfilter=b"ETSI.CAdES.detached", extra=b"", data=None, number=0, kind=b"Sig"):
    """Signs the document of `blank` with what `make` returns for the covered bytes."""
    data = data or blank()
    own = 20 + 2 * number
    fields = b" ".join(b"%d 0 R" % n for n in [9, 10, *range(21, own + 2, 2)])
    hole, range_ = b"<" + b"0" * ROOM + b">", b"[0 ********** ********** **********]"
    objects = {
        own: b"<</Type/%s/Filter/Adobe.PPKLite/SubFilter/%s/ByteRange %s/Contents %s%s>>"
        % (kind, subfilter, range_, hole, extra),
        own + 1: b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Sig%d)/Rect[0 0 0 0]/F 132/P 3 0 R/V %d 0 R>>"
        % (number + 1, own),
        8: b"<</Fields[%s]/SigFlags 3/DR<</Font<</Helv 7 0 R>>>>/DA(/Helv 12 Tf 0 g)>>" % fields,
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R"
        b"/Resources<</Font<</F1 7 0 R>>>>/Annots[%s]>>" % fields,
    }
    out = append(data, objects)
    start = out.index(hole)
    end = start + len(hole)
    out = out.replace(range_, (b"[0 %d %d %d]" % (start, end, len(out) - end)).ljust(len(range_)))
    made = make(out[:start] + out[end:]).hex().encode()
    assert len(made) <= ROOM
    return out[: start + 1] + made.ljust(ROOM, b"0") + out[end - 1 :]
