"""Makes a CA and certificates for the TLS tests: certificates.py FOLDER. The names in FOLDER say what each is."""
import datetime, ipaddress, os, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

folder = sys.argv[1]
now = datetime.datetime.now(datetime.timezone.utc)
day = datetime.timedelta(days=1)


def name(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def make(file, subject, issuer, signer, begin=-2 * day, end=30 * day, is_ca=False, address=None):
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now + begin).not_valid_after(now + end)
        .add_extension(x509.SubjectAlternativeName(
            [x509.IPAddress(ipaddress.ip_address(address)) if address else x509.DNSName(subject)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .sign(signer or key, hashes.SHA256()))
    with open(os.path.join(folder, file + ".pem"), "wb") as out:
        out.write(certificate.public_bytes(serialization.Encoding.PEM))
    with open(os.path.join(folder, file + ".key"), "wb") as out:
        out.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                    serialization.NoEncryption()))
    return key


ca = make("ca", "Test CA", "Test CA", None, is_ca=True)
other = make("other-ca", "Other CA", "Other CA", None, is_ca=True)
make("good", "localhost", "Test CA", ca)
make("expired", "localhost", "Test CA", ca, end=-day)
make("future", "localhost", "Test CA", ca, begin=day)
make("wrong-name", "elsewhere.example", "Test CA", ca)
make("numeric", "address", "Test CA", ca, address="127.0.0.1")
make("proxied", "provider.invalid", "Test CA", ca)
make("wrong-ca", "localhost", "Other CA", other)
