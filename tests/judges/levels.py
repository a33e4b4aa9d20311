"""Judges signed files as pyHanko does, by EN 319 102-1; prints one JSON object.

usage: levels.py ROOT.pem NAME=LEVEL=FILE ...

Up to B-T revocation data may be fetched; from B-LT on the file alone must do.
"""

import asyncio
import json
import sys
import warnings

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp, x509
from asn1crypto.pem import unarmor
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import ades, async_validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec, ValidationContext
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

warnings.simplefilter("ignore")
ROOT = x509.Certificate.load(unarmor(open(sys.argv[1], "rb").read())[2])
DECLARED = RevocationCheckingRule.CHECK_IF_DECLARED


def spec(fetch, known=LocalKnowledge()):
    rule = RevinfoOnlineFetchingRule
    return SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(trust_roots=[ROOT]),
            revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy(DECLARED, DECLARED)),
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=rule.ALWAYS_FETCH if fetch else rule.LOCAL_ONLY
        ),
        local_knowledge=known,
    )


def knowledge(reader):
    """What the file's security store holds."""
    if "/DSS" not in reader.root:
        return LocalKnowledge()
    store = DocumentSecurityStore.read_dss(reader)
    crls = [asn1_crl.CertificateList.load(c.get_object().data) for c in store.crls]
    responses = [ocsp.OCSPResponse.load(o.get_object().data) for o in store.ocsps]
    return LocalKnowledge(
        known_certs=list(store.load_certs()),
        known_crls=[CRLContainer(c) for c in crls],
        known_ocsps=[one for r in responses for one in OCSPContainer.load_multi(r)],
    )


async def judge(level, file):
    password = None
    if "#" in file:
        file, password = file.split("#")
    reader = PdfFileReader(open(file, "rb"))
    if password:
        reader.decrypt(password)
    wrong = []
    for signature in reader.embedded_regular_signatures:
        forbidden = {"signing_time", "content_hint"} & {a["type"].native for a in signature.signer_info["signed_attrs"]}
        if forbidden or str(signature.sig_object["/SubFilter"]) != "/ETSI.CAdES.detached":
            wrong.append(f"not of the baseline: {forbidden}")
        digest = signature.compute_digest()
        unsigned = {a["type"].native for a in signature.signer_info["unsigned_attrs"] or ()}
        stamped = "signature_time_stamp_token" in unsigned
        if level == "B-LTA" and stamped:
            result = await ades.ades_lta_validation(signature, PdfSignatureValidationSpec(spec(False)))
        elif not stamped:
            # pyHanko's algorithms want a time stamp inside the signature; that of the document is judged by itself below.
            judged_by = spec(level in ("B-B", "B-T"), knowledge(reader))
            result = await ades.ades_basic_validation(signature.signed_data, judged_by, raw_digest=digest)
        else:
            judged_by = spec(level == "B-T", knowledge(reader))
            result = await ades.ades_with_time_validation(signature.signed_data, judged_by, raw_digest=digest)
        if result.ades_subindic != AdESPassed.OK:
            wrong.append(f"{signature.field_name}: {result.ades_subindic} {result.failure_msg}")
        # Of its own, or of the document.
        stamped = stamped or bool(reader.embedded_timestamp_signatures)
        if (level != "B-B") != stamped:
            wrong.append("time stamp: " + str(stamped))
    for stamp in reader.embedded_timestamp_signatures:
        known = knowledge(reader)
        context = ValidationContext(
            trust_roots=[ROOT],
            allow_fetching=level == "B-T",
            revocation_mode="hard-fail",
            crls=[c.crl_data for c in known.known_crls],
            other_certs=known.known_certs,
        )
        status = await async_validate_pdf_timestamp(stamp, context)
        if not (status.valid and status.intact and status.trusted):
            wrong.append(f"{stamp.field_name}: {list(status.summary_fields())}")
    has_store = "/DSS" in reader.root
    if has_store != (level in ("B-LT", "B-LTA")):
        wrong.append("document security store: " + str(has_store))
    if has_store and "/VRI" not in reader.root["/DSS"]:
        wrong.append("no /VRI")
    if level == "B-LTA" and not reader.embedded_timestamp_signatures:
        wrong.append("document time stamp")
    return wrong


async def main():
    found = {}
    for argument in sys.argv[2:]:
        name, level, file = argument.split("=", 2)
        found[name] = await judge(level, file)
    print(json.dumps(found))


asyncio.run(main())
