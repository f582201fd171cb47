"""Certificates by the openssl command, and a small TLS server: what tests of secured connections talk to.

    tls_server.py certificates FOLDER
    tls_server.py serve FOLDER [--certificate NAME] [--client-ca NAME] [--max 1.2] [--forward PORT]

`serve` prints its port. Without --forward it sends back what it gets; a line "close" ends with a goodbye, "abort" without one.
With --forward it hands the plain bytes on to a port of this machine, and back.
"""

import argparse
import os
import select
import socket
import ssl
import struct
import subprocess
import sys
import threading


def openssl(folder, *words):
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"openssl {' '.join(words)}: {done.stderr}")


NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def authority(folder, name):
    openssl(folder, "req", "-x509", *NEW_KEY, "-days", "30", "-subj", f"/CN={name}", "-keyout", f"{name}.key",
            "-out", f"{name}.pem")
    open(f"{folder}/{name}.txt", "w").close()
    with open(f"{folder}/{name}.cnf", "w") as config:
        config.write(f"[ca]\ndefault_ca = it\n[it]\ndatabase = {name}.txt\nnew_certs_dir = .\ncertificate = {name}.pem\n"
                     f"private_key = {name}.key\nrand_serial = yes\ndefault_md = sha256\npolicy = any\n"
                     "copy_extensions = copy\nunique_subject = no\n[any]\ncommonName = supplied\n")


def certificate(folder, name, hosts, ca="ca", start="20250101000000Z", end="20990101000000Z"):
    names = ["-addext", f"subjectAltName={hosts}"] if hosts else []
    openssl(folder, "req", *NEW_KEY, "-subj", f"/CN={name}", *names, "-keyout", f"{name}.key", "-out", f"{name}.csr")
    openssl(folder, "ca", "-batch", "-notext", "-config", f"{ca}.cnf", "-startdate", start, "-enddate", end, "-in",
            f"{name}.csr", "-out", f"{name}.pem")


def certificates(folder):
    for name in ["ca", "other-ca"]:
        authority(folder, name)
    here = "DNS:localhost,IP:127.0.0.1"
    certificate(folder, "server", here)
    certificate(folder, "elsewhere", "DNS:db.internal,IP:10.0.0.1")
    certificate(folder, "expired", here, start="20200101000000Z", end="20210203040506Z")
    certificate(folder, "future", here, start="20880101000000Z")
    certificate(folder, "client", None)
    certificate(folder, "stranger", None, ca="other-ca")
    openssl(folder, "ec", "-in", "client.key", "-aes128", "-passout", "pass:open", "-out", "locked.key")
    with open(f"{folder}/both.pem", "w") as out:
        for part in ["client.pem", "client.key"]:
            with open(f"{folder}/{part}") as text:
                out.write(text.read())


def forward(connection, port):
    """One thread reads and writes the secured end by turns, for Python's TLS is not made for two at once."""
    inner = socket.create_connection(("127.0.0.1", port))
    inner.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        ready = [connection] if connection.pending() else select.select([connection, inner], [], [])[0]
        for source in ready:
            data = source.recv(1 << 16)
            if not data:
                return
            (inner if source is connection else connection).sendall(data)


def echo(connection):
    while True:
        data = connection.recv(1 << 16)
        if not data:
            return
        if data.endswith(b"abort"):
            connection.sendall(data)
            raw = socket.socket(fileno=connection.detach())
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0) if b"reset" in data else
                           struct.pack("ii", 1, 5))
            raw.close()
            return
        connection.sendall(data)
        if data.endswith(b"close"):
            connection.unwrap()
            return


def serve(options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    here = options.folder
    context.load_cert_chain(f"{here}/{options.certificate}.pem", f"{here}/{options.certificate}.key")
    if options.max == "1.2":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if options.client_ca:
        context.load_verify_locations(f"{here}/{options.client_ca}.pem")
        context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)

    def handle(raw):
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with context.wrap_socket(raw, server_side=True) as connection:
                forward(connection, options.forward) if options.forward else echo(connection)
        except (OSError, ValueError):
            pass

    # Ends with the tests, however these end.
    parent = os.getppid()
    listener.settimeout(1)
    while os.getppid() == parent:
        try:
            raw, _ = listener.accept()
        except TimeoutError:
            continue
        raw.settimeout(None)
        threading.Thread(target=handle, args=(raw,), daemon=True).start()


parser = argparse.ArgumentParser()
parser.add_argument("verb", choices=["certificates", "serve"])
parser.add_argument("folder")
parser.add_argument("--certificate", default="server")
parser.add_argument("--client-ca")
parser.add_argument("--max", default="1.3")
parser.add_argument("--forward", type=int)
options = parser.parse_args()
os.makedirs(options.folder, exist_ok=True)
certificates(options.folder) if options.verb == "certificates" else serve(options)
