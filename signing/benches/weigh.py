"""Peak memory of `kyhop sign`, `extend` and `verify` over large files: `weigh.py KYHOP FOLDER [PERCENT]`.

Makes the files, a certification authority with a revocation list and a time-stamping authority on a free port of this
machine. Prints `name megabytes seconds` for each step and fails when one takes more than 64 MB. PERCENT makes the files
smaller, for a quick look.
"""

import http.server
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

LIMIT = 64.0
kyhop, folder = sys.argv[1], Path(sys.argv[2])
share = int(sys.argv[3]) / 100 if len(sys.argv) > 3 else 1.0
folder.mkdir(parents=True, exist_ok=True)
noise = random.Random(1).randbytes(1 << 20)


class Authority(http.server.BaseHTTPRequestHandler):
    """Stamps what is posted, and has the list to give."""

    def answer(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer("application/pkix-crl", (folder / "ca.crl.der").read_bytes())

    def do_POST(self):
        (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        openssl("ts", "-reply", "-config", "pki.cnf", "-section", "tsa", "-queryfile", "query", "-out", "reply")
        self.answer("application/timestamp-reply", (folder / "reply").read_bytes())

    def log_message(self, *_):
        pass


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def authority():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Authority)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    (folder / "pki.cnf").write_text(
        f"""[req]
distinguished_name=dn
[dn]
[root]
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
[signer]
basicConstraints=critical,CA:false
keyUsage=critical,digitalSignature,nonRepudiation
crlDistributionPoints=URI:{url}/ca.crl
[stamper]
basicConstraints=critical,CA:false
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
crlDistributionPoints=URI:{url}/ca.crl
[ca]
default_ca=d
[d]
database=index.txt
crlnumber=number
default_md=sha256
default_crl_days=7
[tsa]
serial=serial
crypto_device=builtin
signer_cert=stamper.pem
signer_key=stamper.key
signer_digest=sha256
default_policy=1.2.3.4.1
digests=sha256
ess_cert_id_chain=no
ess_cert_id_alg=sha256
"""
    )
    for name, text in [("index.txt", ""), ("number", "01\n"), ("serial", "01\n")]:
        (folder / name).write_text(text)
    new = ["req", "-newkey", "rsa:2048", "-nodes", "-config", "pki.cnf"]
    openssl(*new, "-x509", "-days", "30", "-subj", "/CN=Root", "-extensions", "root", "-keyout", "root.key", "-out", "root.pem")
    for name in ["signer", "stamper"]:
        openssl(*new, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl(
            *["x509", "-req", "-in", f"{name}.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30"],
            *["-extfile", "pki.cnf", "-extensions", name, "-out", f"{name}.pem"],
        )
    openssl("ca", "-config", "pki.cnf", "-gencrl", "-cert", "root.pem", "-keyfile", "root.key", "-out", "ca.crl")
    openssl("crl", "-in", "ca.crl", "-outform", "DER", "-out", "ca.crl.der")
    return url


class Writer:
    """A PDF file, object by object, with a table at its end."""

    def __init__(self, path):
        self.file, self.offsets = open(path, "wb", buffering=1 << 20), []
        self.file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, *parts):
        self.offsets.append(self.file.tell())
        self.file.write(b"%d 0 obj\n" % len(self.offsets))
        for part in parts:
            self.file.write(part)
        self.file.write(b"\nendobj\n")
        return len(self.offsets)

    def close(self, root):
        at = self.file.tell()
        self.file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(self.offsets) + 1))
        for offset in self.offsets:
            self.file.write(b"%010d 00000 n \n" % offset)
        self.file.write(b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(self.offsets) + 1, root, at))
        self.file.close()


def pictures(path, count, size):
    """So many pages, each with a picture of so many bytes."""
    out = Writer(path)
    pages = []
    parent = 3 * count + 1
    for _ in range(count):
        block = [noise] * (size // len(noise)) + [noise[: size % len(noise)]]
        head = b"<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length %d>>\nstream\n" % size
        picture = out.add(head, *block, b"\nendstream")
        text = out.add(b"<</Length 7>>\nstream\n/I Do Q\nendstream")
        page = b"<</Type/Page/Parent %d 0 R/Contents %d 0 R/Resources<</XObject<</I %d 0 R>>>>>>" % (parent, text, picture)
        pages.append(out.add(page))
    kids = b" ".join(b"%d 0 R" % page for page in pages)
    out.add(b"<</Type/Pages/Count %d/MediaBox[0 0 595 842]/Kids[" % count, kids, b"]>>")
    out.close(out.add(b"<</Type/Catalog/Pages %d 0 R>>" % parent))


def objects(path, count):
    """So many small dictionaries that refer to each other, such as a tagged document has."""
    out = Writer(path)
    for n in range(1, count + 1):
        name = noise[n % 1000 : n % 1000 + 60].hex().encode()
        out.add(b"<</Type/StructElem/S/Span/P %d 0 R/K[%d]/ID(%s)>>" % (max(1, n // 10), n, name))
    page = out.add(b"<</Type/Page/Parent %d 0 R>>" % (count + 2))
    out.add(b"<</Type/Pages/Count 1/MediaBox[0 0 595 842]/Kids[%d 0 R]>>" % page)
    out.close(out.add(b"<</Type/Catalog/Pages %d 0 R/StructTreeRoot 1 0 R>>" % (count + 2)))


# A process of its own between: what is started inherits the peak of its parent, and this one is large by then.
SCALES = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:], stdout=subprocess.DEVNULL)
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


def weigh(name, *arguments):
    start = time.perf_counter()
    peak = folder / "peak"
    command = [sys.executable, "-S", "-c", SCALES, peak, kyhop, *arguments]
    done = subprocess.run([str(part) for part in command], stderr=subprocess.PIPE, check=False)
    took, memory = time.perf_counter() - start, int(peak.read_text()) / 1024
    print(f"{name} {memory:.1f} MB {took:.2f} s", flush=True)
    if done.returncode != 0:
        sys.exit(f"{name}: exit code {done.returncode}: {done.stderr.decode(errors='replace')[:2000]}")
    return memory


def main():
    url = authority()
    kinds = {
        "streams": lambda path: pictures(path, int(10_000 * share), 100_000),
        "few": lambda path: pictures(path, 4, int(250_000_000 * share)),
        "objects": lambda path: objects(path, int(1_000_000 * share)),
    }
    heaviest = 0.0
    for kind, make in kinds.items():
        plain, signed, extended = (folder / f"{kind}{n}.pdf" for n in ["", "-signed", "-extended"])
        make(plain)
        key = ["--key", folder / "signer.key", "--cert", folder / "signer.pem", "--chain", folder / "root.pem"]
        trust = ["--trust", folder / "root.pem"]
        steps = [
            weigh(f"{kind}_sign", "sign", *key, plain, signed),
            weigh(f"{kind}_extend", "extend", "--level", "b-lta", "--tsa", url, *trust, signed, extended),
            weigh(f"{kind}_verify", "verify", *trust, extended),
        ]
        heaviest = max(heaviest, *steps)
        for path in [plain, signed, extended]:
            path.unlink()
    if heaviest > LIMIT:
        sys.exit(f"{heaviest:.1f} MB: more than {LIMIT:.0f} MB")


main()
