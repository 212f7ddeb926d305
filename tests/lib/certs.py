# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for tests, made with openssl when they are needed."""

import hashlib
import os
import ssl
import subprocess

NAMES = "DNS:localhost,DNS:gateway.test,DNS:gateway.tail0lab.ts.net,IP:127.0.0.1"

CONFIG = """
[ca]
default_ca = here
[here]
database = {folder}/index
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
"""


def _openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise AssertionError(f"openssl {arguments}: {done.stdout.decode()}")


class Certificate:
    def __init__(self, certificate, key):
        self.certificate, self.key = certificate, key

    def fingerprint(self):
        with open(self.certificate, encoding="ascii") as file:
            return hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest()

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


class Authority:
    """Issues certificates below a folder; authority.crt is what a client may trust."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self.config = os.path.join(folder, "ca.cnf")
        with open(self.config, "w", encoding="ascii") as file:
            file.write(CONFIG.format(folder=folder))
        open(os.path.join(folder, "index"), "w", encoding="ascii").close()
        with open(os.path.join(folder, "serial"), "w", encoding="ascii") as file:
            file.write("01\n")
        self.certificate = os.path.join(folder, "authority.crt")
        self.key = os.path.join(folder, "authority.key")
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                 "-subj", "/CN=Moltzer test authority", "-keyout", self.key, "-out", self.certificate)

    def issue(self, name, alternatives=NAMES, start="20200101000000Z", end="20491231235959Z"):
        path = os.path.join(self.folder, name)
        with open(path + ".ext", "w", encoding="ascii") as file:
            file.write(f"subjectAltName={alternatives}\nbasicConstraints=CA:FALSE\n")
        _openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                 "-keyout", path + ".key", "-out", path + ".csr")
        _openssl("ca", "-batch", "-notext", "-config", self.config, "-cert", self.certificate, "-keyfile", self.key,
                 "-in", path + ".csr", "-out", path + ".crt", "-extfile", path + ".ext",
                 "-startdate", start, "-enddate", end)
        return Certificate(path + ".crt", path + ".key")

    def self_signed(self, name):
        path = os.path.join(self.folder, name)
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                 "-subj", f"/CN={name}", "-addext", f"subjectAltName={NAMES}", "-keyout", path + ".key", "-out", path + ".crt")
        return Certificate(path + ".crt", path + ".key")
