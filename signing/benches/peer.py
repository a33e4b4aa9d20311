"""The same work with pyHanko as a library: `peer.py FOLDER` over what the benchmark left there.

Prints `name value unit`, one measurement a line, each the median of several rounds.
"""

import io
import logging
import sys
import time
from pathlib import Path
from statistics import median

from asn1crypto import pem, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)
folder = Path(sys.argv[1])
signer = signers.SimpleSigner.load(str(folder / "key.pem"), str(folder / "cert.pem"))
certificate = x509.Certificate.load(pem.unarmor((folder / "cert.pem").read_bytes())[2])


def measure(name, work, enough=3.0):
    work()
    rounds, begin = [], time.perf_counter()
    while len(rounds) < 5 or (time.perf_counter() - begin < enough and len(rounds) < 200):
        start = time.perf_counter()
        work()
        rounds.append(time.perf_counter() - start)
    print(f"{name} {median(rounds) * 1e3:.4f} ms", flush=True)


def sign(data):
    meta = signers.PdfSignatureMetadata(field_name="Sig1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data), strict=False), meta, signer)


def validate(data):
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    for embedded in reader.embedded_signatures:
        validate_pdf_signature(embedded, ValidationContext(trust_roots=[certificate]))


for size in ["10k", "10m", "100m"]:
    plain, signed = (folder / f"{size}.pdf").read_bytes(), (folder / f"{size}-signed.pdf").read_bytes()
    measure(f"peer_sign_{size}", lambda: sign(plain))
    measure(f"peer_validate_{size}", lambda: validate(signed))

mixed = sorted((folder / "mixed").glob("*.pdf"))
start, failed = time.perf_counter(), 0
for file in mixed:
    try:
        validate(file.read_bytes())
    except Exception:  # broken and forged files are part of the folder
        failed += 1
took = time.perf_counter() - start
print(f"peer_folder {len(mixed) / took:.4f} files/s", flush=True)
