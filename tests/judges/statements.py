"""Prints what pyHanko reads of the commitment and the policy of a file's first signature, as one JSON object.

usage: statements.py FILE
"""

import json
import sys

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades import cades_asn1  # noqa: F401  (registers the attributes)

signature = PdfFileReader(open(sys.argv[1], "rb")).embedded_signatures[0]
found = {a["type"].native: a["values"][0] for a in signature.signer_info["signed_attrs"]}
policy = found["signature_policy_identifier"].chosen
print(json.dumps({
    "commitment": found["commitment_type"]["commitment_type_id"].native,
    "policy": policy["sig_policy_id"].dotted,
    "hash": policy["sig_policy_hash"]["digest"].native.hex(),
    "uri": policy["sig_policy_qualifiers"][0]["sig_qualifier"].native,
}))
