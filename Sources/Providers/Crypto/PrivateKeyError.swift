/// Why a private key file is of no use. Says what is wrong without a byte of the key.
package enum PrivateKeyError: Error, Hashable, Sendable {
    /// No `-----BEGIN …-----` line at all.
    case notPEM
    /// PEM of something else: the label found, for example `CERTIFICATE` or `PUBLIC KEY`.
    case notPrivateKey(label: String)
    /// Needs a passphrase, and nobody can type one into a service.
    case encrypted
    /// PEM of a private key that cannot be decoded, or of another algorithm, curve or size than needed.
    case unusable(needed: String)

    package var sentence: String {
        switch self {
        case .notPEM: "it is not a PEM file (no -----BEGIN PRIVATE KEY----- line)"
        case .notPrivateKey(let label): "it holds a \(label), not a private key"
        case .encrypted: "the private key is encrypted; store it without a passphrase"
        case .unusable(let needed): "the private key is damaged or not \(needed)"
        }
    }

    /// Checks the first PEM label of a text before any decoder sees it.
    ///
    /// - Throws: every case but `unusable`.
    static func checkLabel(of pem: String) throws(PrivateKeyError) {
        guard let line = pem.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix("-----BEGIN ") }),
            line.hasSuffix("-----"), line.utf8.count > 16
        else { throw .notPEM }
        let label = String(line.dropFirst(11).dropLast(5))
        if label == "ENCRYPTED PRIVATE KEY" || pem.contains("Proc-Type: 4,ENCRYPTED") { throw .encrypted }
        guard label.hasSuffix("PRIVATE KEY") else { throw .notPrivateKey(label: String(label.prefix(40))) }
    }
}
