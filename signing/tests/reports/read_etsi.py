"""Reads a validation report after ETSI TS 119 102-2 (1.4.1) by a grammar of its own: the order and number of all elements,
the form of simple values, and that every reference leads to an object of the report. Prints what it found as JSON."""

import base64
import json
import re
import sys

from lxml import etree

VR = "http://uri.etsi.org/19102/v1.4.1#"
DS = "http://www.w3.org/2000/09/xmldsig#"

DIGEST = "DigestMethod DigestValue"
BASE = "AttributeObject*"
# For each element the children in order: a regular expression over names; "=" and a form where it has text.
GRAMMAR = {
    "ValidationReport": "SignatureValidationReport+ SignatureValidationObjects? SignatureValidator? Signature?",
    "SignatureValidationReport": "SignatureIdentifier? ValidationConstraintsEvaluationReport? ValidationTimeInfo? SignersDocument? "
    "SignatureAttributes? SignerInformation? SignatureQuality? SignatureValidationProcess? SignatureValidationStatus OtherInformation?",
    "SignatureIdentifier": "DigestAlgAndValue? SignatureValue? HashOnly DocHashOnly DAIdentifier? OtherInformation?",
    "ValidationTimeInfo": "ValidationTime BestSignatureTime",
    "BestSignatureTime": "POETime TypeOfProof POEObject?",
    "POE": "POETime TypeOfProof POEObject?",
    "POEProvisioning": "POETime ValidationObject* SignatureReference*",
    "SignatureReference": "PAdESFieldName",
    "SignersDocument": "DigestAlgAndValue SignersDocumentRepresentation? SignersDocumentRef?",
    "DigestAlgAndValue": DIGEST,
    "SignatureAttributes": "(SigningTime|SignatureProductionPlace|MessageDigest|Reason|SubFilter|ByteRange|SignatureTimeStamp|DocTimeStamp)+",
    "SigningTime": f"{BASE} Time",
    "SignatureProductionPlace": f"{BASE} AddressString+",
    "MessageDigest": f"{BASE} Digest",
    "Reason": f"{BASE} ReasonElement",
    "SubFilter": f"{BASE} SubFilterElement",
    "SignatureTimeStamp": f"{BASE} TimeStampValue",
    "DocTimeStamp": f"{BASE} TimeStampValue",
    "SignerInformation": "SignerCertificate Signer? OtherInformation?",
    "SignatureQuality": "SignatureQualityInformation+",
    "SignatureValidationProcess": "SignatureValidationProcessID? SignatureValidationServicePolicy? SignatureValidationPracticeStatement?",
    "SignatureValidationStatus": "MainIndication SubIndication* AssociatedValidationReportData*",
    "AssociatedValidationReportData": "TrustAnchor? CertificateChain? RelatedValidationObject* RevocationStatusInformation? "
    "CryptoInformation? AdditionalValidationReportData?",
    "CertificateChain": "SigningCertificate IntermediateCertificate* TrustAnchor? OtherInformation?",
    "RevocationStatusInformation": "ValidationObjectId RevocationTime RevocationReason? RevocationObject?",
    "CryptoInformation": "ValidationObjectId Algorithm AlgorithmParameters? SecureAlgorithm NotAfter?",
    "AdditionalValidationReportData": "ReportData+",
    "ReportData": "Type Value",
    "SignatureValidationObjects": "ValidationObject+",
    "ValidationObject": "ObjectType ValidationObjectRepresentation POE? POEProvisioning? ValidationReport?",
    "ValidationObjectRepresentation": "(direct|base64|DigestAlgAndValue|URI)+",
}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
URI = r"(urn:|http://)\S+"
BASE64 = r"[A-Za-z0-9+/\s]+=*"
SIMPLE = {
    "POETime": TIME, "ValidationTime": TIME, "Time": TIME, "TimeStampValue": TIME, "RevocationTime": TIME,
    "TypeOfProof": "urn:etsi:019102:poetype:(validation|provided|policy)",
    "MainIndication": "urn:etsi:019102:mainindication:(total-passed|total-failed|indeterminate|passed|failed)",
    "SubIndication": "urn:etsi:019102:subindication:[A-Z_]+",
    "ObjectType": "urn:etsi:019102:validationObject:(certificate|CRL|OCSPResponse|timestamp)",
    "SignatureValidationProcessID": "urn:etsi:019102:validationprocess:(Basic|LTVM|LTA)",
    "SignatureQualityInformation": "http://uri.etsi.org/ades/191x2/level/baseline/B-(B|T|LT|LTA)#",
    "HashOnly": "true|false", "DocHashOnly": "true|false", "SecureAlgorithm": "true|false",
    "base64": BASE64, "Digest": BASE64, "DigestValue": BASE64, "SignatureValue": BASE64,
    "ByteRange": r"\d+ \d+ \d+ \d+", "Algorithm": URI,
    "DAIdentifier": ".+", "Signer": ".+", "AddressString": ".*", "ReasonElement": ".*", "SubFilterElement": r"\S+",
    "PAdESFieldName": ".+", "Type": r"\S+", "Value": ".*",
}
REFERENCES = {
    "TrustAnchor", "SigningCertificate", "IntermediateCertificate", "RelatedValidationObject", "ValidationObjectId", "RevocationObject",
    "POEObject", "AttributeObject", "SignerCertificate",
}
IN_DS = {"DigestMethod", "DigestValue", "SignatureValue"}


def pattern(order):
    return re.sub(r"([A-Za-z0-9]+)", r"(?:\1,)", order).replace(" ", "")


def check(element, ids):
    name = etree.QName(element)
    where = element.getroottree().getpath(element)
    assert name.namespace == (DS if name.localname in IN_DS else VR), where
    local = name.localname
    # One name for two things: a validation object's own report is a signature's, not a whole one.
    if local == "ValidationReport" and element.getparent() is not None:
        local = "SignatureValidationReport"
    if local in REFERENCES:
        wanted = element.get("VOReference").split()
        assert wanted and set(wanted) <= ids, f"{where} leads nowhere: {wanted}"
        assert len(element) == 0, where
    elif local == "DigestMethod":
        assert re.fullmatch(URI, element.get("Algorithm")), where
    elif local in SIMPLE:
        assert len(element) == 0 and re.fullmatch(SIMPLE[local], element.text or "", re.S), f"{where}: {element.text!r}"
    else:
        children = "".join(etree.QName(c).localname + "," for c in element)
        assert re.fullmatch(pattern(GRAMMAR[local]), children), f"{where}: {children}"
        assert not (element.text or "").strip(), where
        for child in element:
            check(child, ids)


def main(file):
    root = etree.parse(file).getroot()
    assert etree.QName(root).localname == "ValidationReport"
    everything = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(everything) == len(set(everything)), "an identifier is given twice"
    objects = {e.get("id"): e for e in root.iter(f"{{{VR}}}ValidationObject") if e.get("id")}
    check(root, set(objects))
    text = lambda e, path: e.findtext("/".join(f"{{{VR}}}{p}" for p in path.split("/")))
    found = {"signatures": [], "objects": {}}
    for s in root.findall(f"{{{VR}}}SignatureValidationReport"):
        certificate = s.find(f"{{{VR}}}SignerInformation/{{{VR}}}SignerCertificate")
        found["signatures"].append({
            "name": text(s, "SignatureIdentifier/DAIdentifier"),
            "main": text(s, "SignatureValidationStatus/MainIndication").rsplit(":", 1)[1],
            "sub": (text(s, "SignatureValidationStatus/SubIndication") or "").rsplit(":", 1)[-1],
            "quality": text(s, "SignatureQuality/SignatureQualityInformation"),
            "process": text(s, "SignatureValidationProcess/SignatureValidationProcessID"),
            "digest": s.findtext(f"{{{VR}}}SignersDocument/{{{VR}}}DigestAlgAndValue/{{{DS}}}DigestValue"),
            "time": text(s, "ValidationTimeInfo/BestSignatureTime/POETime"),
            "certificate": None if certificate is None else text(objects[certificate.get("VOReference")], "ValidationObjectRepresentation/base64"),
        })
    for e in objects.values():
        kind = text(e, "ObjectType").rsplit(":", 1)[1]
        assert base64.b64decode(text(e, "ValidationObjectRepresentation/base64"))[0] == 0x30, "not DER"
        found["objects"][kind] = found["objects"].get(kind, 0) + 1
    json.dump(found, sys.stdout)


main(sys.argv[1])
