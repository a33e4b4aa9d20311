"""Makes signed files with pyHanko, for the validator to judge.

usage: make.py OUT_DIR
"""

import subprocess

from common import *  # noqa: F403


def keys():
    case("rsa2048.pdf", sign(blank()), indications=passed(), levels=["B-B"], mods=["none"])
    for label, key, pss in [
        ("rsa3072", rsa.generate_private_key(65537, 3072), False),
        ("rsa2048-pss", rsa.generate_private_key(65537, 2048), True),
        ("p256", ec.generate_private_key(ec.SECP256R1()), False),
        ("p384", ec.generate_private_key(ec.SECP384R1()), False),
        ("p521", ec.generate_private_key(ec.SECP521R1()), False),
        ("ed25519", ed25519.Ed25519PrivateKey.generate(), False),
    ]:
        case(f"{label}.pdf", sign(blank(), signer(key=key, pss=pss)), indications=passed())
    case(
        "rsa1024.pdf",
        sign(blank(), signer(key=rsa.generate_private_key(65537, 1024))),
        indications=["INDETERMINATE"],
        subs=["CRYPTO_CONSTRAINTS_FAILURE_NO_POE"],
    )
    case(
        "sha1.pdf",
        sign(blank(), md_algorithm="sha1"),
        indications=["INDETERMINATE"],
        subs=["CRYPTO_CONSTRAINTS_FAILURE_NO_POE"],
    )
    case("sha512.pdf", sign(blank(), md_algorithm="sha512"), indications=passed())
    case(
        "adbe.pdf",
        sign(blank(), subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED),
        indications=passed(),
        levels=[None],
    )


def kinds():
    visible = SigFieldSpec("Sig1", on_page=0, box=(72, 100, 250, 180))
    case("visible.pdf", sign(blank(), new=visible), indications=passed())
    for p in (1, 2, 3):
        perm = MDPPerm(p)
        case(
            f"certified{p}.pdf",
            sign(blank(), certify=True, docmdp_permissions=perm),
            indications=passed(),
            certification=[p],
        )
    one = sign(blank())
    two = sign(one, field="Sig2")
    case("two.pdf", two, indications=passed(2), mods=["form_filling", "none"])
    case("three.pdf", sign(two, field="Sig3"), indications=passed(3))
    seal = SigFieldSpec("Sig2", on_page=0, box=(300, 100, 450, 180))
    case("two-visible.pdf", sign(one, field="Sig2", new=seal), indications=passed(2))
    empty = update(blank(), lambda w: fields.append_signature_field(w, visible))
    case("existing.pdf", sign(empty), indications=passed())


def fill(data, **values):
    def change(w):
        form = w.root["/AcroForm"]
        for ref in form["/Fields"]:
            field = ref.get_object()
            if field["/T"] in values:
                field[pdf_name("/V")] = pdf_string(values[field["/T"]])
                ap = generic.StreamObject(
                    stream_data=b"/Tx BMC BT /Helv 12 Tf 2 5 Td (12) Tj ET EMC",
                    dict_data={
                        pdf_name("/Type"): pdf_name("/XObject"),
                        pdf_name("/Subtype"): pdf_name("/Form"),
                        pdf_name("/BBox"): generic.ArrayObject(
                            [generic.NumberObject(n) for n in (0, 0, 100, 20)]
                        ),
                        pdf_name("/Resources"): generic.DictionaryObject(
                            {pdf_name("/Font"): form["/DR"]["/Font"]}
                        ),
                    },
                )
                field[pdf_name("/AP")] = generic.DictionaryObject(
                    {pdf_name("/N"): w.add_object(ap)}
                )
                w.mark_update(ref.reference if hasattr(ref, "reference") else ref)

    return update(data, change)


def later_changes():
    one = sign(blank())
    filled = fill(one, number="12/QĐ-UBND", date="24/11/2026")
    case("filled.pdf", filled, indications=passed(), mods=["form_filling"])
    case("filled-sealed.pdf", sign(filled, field="Seal"), indications=passed(2))
    lock = fields.FieldMDPSpec(fields.FieldMDPAction.INCLUDE, fields=["number"])
    spec = SigFieldSpec("Sig1", field_mdp_spec=lock)
    locked = sign(update(blank(), lambda w: fields.append_signature_field(w, spec)))
    case("locked.pdf", locked, indications=passed())
    case(
        "locked-broken.pdf",
        fill(locked, number="1"),
        indications=["TOTAL_FAILED"],
        allowed=[False],
    )
    case("locked-kept.pdf", fill(locked, date="1"), indications=passed())
    # A signature changes its field, too; a time stamp is nobody's statement.
    spec = SigFieldSpec("Sig1", field_mdp_spec=fields.FieldMDPSpec(fields.FieldMDPAction.ALL))
    locked = sign(update(blank(), lambda w: fields.append_signature_field(w, spec)))
    case(
        "all-locked-signed.pdf",
        sign(locked, field="Sig2"),
        indications=["TOTAL_FAILED", "TOTAL_PASSED"],
        allowed=[False],
    )
    stamped = signers.PdfTimeStamper(stamper()).timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(locked)), "sha256", vcontext()
    )
    case("all-locked-stamped.pdf", stamped.getvalue(), indications=passed(2), mods=["lta_updates"])
    certified = sign(blank(), certify=True, docmdp_permissions=MDPPerm.NO_CHANGES)
    case(
        "certified1-place-for-a-stamp.pdf",
        update(certified, lambda w: fields.append_signature_field(w, SigFieldSpec("Later"))),
        indications=passed(),
        mods=["lta_updates"],
    )
    case(
        "certified1-filled.pdf",
        fill(certified, number="1"),
        indications=["TOTAL_FAILED"],
        allowed=[False],
    )
    certified = sign(blank(), certify=True, docmdp_permissions=MDPPerm.FILL_FORMS)
    case("certified2-filled.pdf", fill(certified, number="1"), indications=passed())
    case(
        "encrypted-signed.pdf",
        sign(encrypted(), password="secret"),
        indications=passed(),
        password="secret",
    )

    def annotate(w):
        page = w.root["/Pages"]["/Kids"][1].get_object()
        note = w.add_object(
            generic.DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/Annot"),
                    pdf_name("/Subtype"): pdf_name("/Text"),
                    pdf_name("/Rect"): generic.ArrayObject(
                        [generic.NumberObject(n) for n in (10, 10, 30, 30)]
                    ),
                    pdf_name("/Contents"): pdf_string("Đã đọc"),
                }
            )
        )
        page[pdf_name("/Annots")] = generic.ArrayObject([note])
        w.update_container(page)

    case("annotated.pdf", update(one, annotate), indications=passed(), mods=["annotations"])
    case(
        "certified2-annotated.pdf",
        update(certified, annotate),
        indications=["TOTAL_FAILED"],
        allowed=[False],
    )
    certified = sign(blank(), certify=True, docmdp_permissions=MDPPerm.ANNOTATE)
    case("certified3-annotated.pdf", update(certified, annotate), indications=passed())

    def metadata(w):
        w.set_info(
            w.add_object(generic.DictionaryObject({pdf_name("/Title"): pdf_string("Tên mới")}))
        )

    case("info.pdf", update(one, metadata), indications=passed(), mods=["lta_updates"])

    def page_content(w):
        page = w.root["/Pages"]["/Kids"][0].get_object()
        page[pdf_name("/Contents")] = w.add_object(
            generic.StreamObject(stream_data=b"BT /F1 18 Tf 72 720 Td (Khac) Tj ET")
        )
        w.update_container(page)

    case(
        "page-changed.pdf",
        update(one, page_content),
        indications=["TOTAL_FAILED"],
        subs=["FORMAT_FAILURE"],
        mods=["other"],
    )


def encrypted():
    save("plain.tmp", blank())
    subprocess.run(
        ["qpdf", "--encrypt", "secret", "owner", "256", "--", OUT / "plain.tmp", OUT / "enc.tmp"],
        check=True,
    )
    return (OUT / "enc.tmp").read_bytes()


def structures():
    save("plain.tmp", blank())
    for label, options in [
        ("objstm", ["--object-streams=generate"]),
        ("linearized", ["--linearize"]),
        ("linearized-objstm", ["--linearize", "--object-streams=generate"]),
        ("owner-password", ["--encrypt", "", "owner", "256", "--"]),
        ("rc4", ["--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=n", "--"]),
        ("aes128", ["--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=y", "--"]),
    ]:
        subprocess.run(["qpdf", *options, OUT / "plain.tmp", OUT / "made.tmp"], check=True)
        made = (OUT / "made.tmp").read_bytes()
        one = sign(made)
        case(f"{label}.pdf", one, indications=passed())
        case(f"{label}-two.pdf", sign(one, field="Sig2"), indications=passed(2))


def levels():
    lt = dict(embed_validation_info=True, validation_context=vcontext())
    case("b-t.pdf", sign(blank(), tsa=stamper()), indications=passed(), levels=["B-T"])
    case("b-lt.pdf", sign(blank(), tsa=stamper(), **lt), indications=passed(), levels=["B-LT"], crls=[])
    # pyHanko appends the validation data of the time stamp after it.
    lta = sign(blank(), tsa=stamper(), use_pades_lta=True, **lt)
    case(
        "b-lta.pdf", lta, indications=passed(2), levels=["B-LTA", None], crls=[],
        mods=["lta_updates", "lta_updates"],
    )
    # The level is what the file holds: neither time nor the lack of trust takes it away.
    saved = sign(blank(), tsa=stamper(at=NOW - 60 * dt.timedelta(seconds=1)), **lt)
    late = dict(indications=["INDETERMINATE"], levels=["B-LT"], crls=[])
    case("b-lt-untrusted.pdf", saved, trust=[], subs=["NO_CERTIFICATE_CHAIN_FOUND"], trusted=[False], **late)
    case("b-lt-years-later.pdf", saved, at=seconds(NOW + 3000 * DAY), subs=["OUT_OF_BOUNDS_NO_POE"], **late)
    # Years later, with nothing but what is inside: the signer's certificate has expired.
    past = NOW - 400 * DAY
    key = rsa.generate_private_key(65537, 2048)
    short = certificate("Ngắn hạn", key, CA_ISSUER, start=past - DAY, end=past + 30 * DAY)
    old_crl = revocation_list(CA, CA_KEY, start=past - DAY, end=past + 7 * DAY)
    who = signer(key=key, cert=short)
    tsa_key = rsa.generate_private_key(65537, 2048)
    tsa = certificate(
        "TSA cũ", tsa_key, CA_ISSUER, eku=ExtendedKeyUsageOID.TIME_STAMPING,
        start=past - DAY, end=NOW + 365 * DAY,
    )
    old = dict(
        embed_validation_info=True,
        validation_context=vcontext(old_crl, moment=past),
    )
    case(
        "expired-no-stamp.pdf", sign(blank(), who),
        indications=["INDETERMINATE"], subs=["OUT_OF_BOUNDS_NO_POE"],
    )
    stamped = sign(blank(), who, tsa=stamper(tsa, tsa_key, past))
    save("old.crl", der(old_crl))
    case(
        "expired-stamped.pdf", stamped, crls=["good.crl", "old.crl"], indications=passed(),
    )


def revocation():
    who_key = rsa.generate_private_key(65537, 2048)
    cert = certificate("Thu hồi", who_key, CA_ISSUER)
    who = signer(key=who_key, cert=cert)
    plain = sign(blank(), who)
    stamped = sign(blank(), who, tsa=stamper(at=NOW - 2 * DAY))
    before = revocation_list(CA, CA_KEY, [(cert, NOW - 5 * DAY, x509.ReasonFlags.key_compromise)])
    after = revocation_list(CA, CA_KEY, [(cert, NOW - DAY, x509.ReasonFlags.superseded)])
    hold = revocation_list(CA, CA_KEY, [(cert, NOW - 5 * DAY, x509.ReasonFlags.certificate_hold)])
    stale = revocation_list(CA, CA_KEY, start=NOW - 20 * DAY, end=NOW - 10 * DAY)
    future = revocation_list(CA, CA_KEY, start=NOW + 2 * DAY, end=NOW + 10 * DAY)
    other_key = rsa.generate_private_key(65537, 2048)
    forged = revocation_list(CA, other_key)
    for label, made in [
        ("before", before), ("after", after), ("hold", hold), ("stale", stale),
        ("future", future), ("forged", forged),
    ]:
        save(f"{label}.crl", der(made))
    bad = dict(indications=["INDETERMINATE"])
    case("revoked.pdf", plain, crls=["before.crl"], subs=["REVOKED_NO_POE"], revocation=["revoked"], **bad)
    case("revoked-before-stamp.pdf", stamped, crls=["before.crl"], subs=["REVOKED_NO_POE"], **bad)
    case("revoked-after-stamp.pdf", stamped, crls=["after.crl"], indications=passed())
    case("on-hold.pdf", plain, crls=["hold.crl"], subs=["TRY_LATER"], **bad)
    case("stale-list.pdf", plain, crls=["stale.crl"], subs=["TRY_LATER"], **bad)
    case("future-list.pdf", plain, crls=["future.crl"], subs=["TRY_LATER"], **bad)
    case("forged-list.pdf", plain, crls=["forged.crl"], subs=["TRY_LATER"], **bad)
    case("no-list.pdf", plain, crls=[], subs=["TRY_LATER"], revocation=[None], **bad)
    case("no-trust.pdf", plain, trust=[], subs=["NO_CERTIFICATE_CHAIN_FOUND"], **bad)
    case(
        "not-yet-valid.pdf", plain, at=seconds(NOW - 60 * DAY),
        indications=["TOTAL_FAILED"], subs=["NOT_YET_VALID"],
    )


def authorities():
    wrong = certificate("Không phải TSA", TSA_KEY, CA_ISSUER)
    case(
        "tsa-without-purpose.pdf", sign(blank(), tsa=stamper(wrong)), indications=passed(),
        levels=["B-T"], proven=[None],
    )
    alone_key = rsa.generate_private_key(65537, 2048)
    alone = certificate("TSA lạ", alone_key, eku=ExtendedKeyUsageOID.TIME_STAMPING)
    case("tsa-untrusted.pdf", sign(blank(), tsa=stamper(alone, alone_key)), indications=passed(), proven=[None])
    # An end entity that issues certificates.
    leaf_key = rsa.generate_private_key(65537, 2048)
    leaf = certificate("Người dùng", leaf_key, CA_ISSUER)
    key = rsa.generate_private_key(65537, 2048)
    fake = certificate("Giả", key, (leaf.subject, leaf_key))
    who = signers.SimpleSigner(cert1(fake), key1(key), store_of(CA, leaf, fake))
    case(
        "issued-by-leaf.pdf", sign(blank(), who),
        indications=["INDETERMINATE"], subs=["CHAIN_CONSTRAINTS_FAILURE"],
    )


for part in (keys, kinds, later_changes, structures, levels, revocation, authorities):
    part()
finish()
