import Foundation

/// Makes the certificates of the TLS listener by the `openssl` command: an authority of its own and a server certificate for
/// `localhost`, `127.0.0.1` and `::1`.
struct Certificates {
    struct OpenSSLError: Error, CustomStringConvertible {
        var description: String
    }

    private static let lifetimeSeconds: Int64 = 825 * 86_400

    /// Where the files come to stand; exists.
    let folder: String
    /// Seconds since 1970.
    let now: Int64

    /// Writes `ca.pem`, `cert.pem` (the server's and the authority's) and `key.pem`.
    ///
    /// - Throws: ``OpenSSLError`` with what `openssl` said; Foundation's error when it is not installed.
    func make() throws {
        let work = folder + "/certificates.new"
        if Files.exists(work) { try FileManager.default.removeItem(atPath: work) }
        try Files.makeFolder(work)
        try Files.write([], to: work + "/index")
        try Files.write((RandomIdentifier.hexadecimal(characters: 32) + "\n").utf8, to: work + "/serial")
        try Files.write(Self.configuration(work).utf8, to: work + "/openssl.cnf")
        try sign("authority", subject: "Carillon simulator authority", in: work, by: ["-selfsign"])
        try sign("server", subject: "localhost", in: work, by: ["-cert", work + "/authority.pem"])
        let authority = try Files.read(work + "/authority.pem")
        try Files.write(authority, to: folder + "/ca.pem")
        try Files.write(try Files.read(work + "/server.pem") + authority, to: folder + "/cert.pem")
        try Files.write(try Files.read(work + "/server.key"), to: folder + "/key.pem")
        try FileManager.default.removeItem(atPath: work)
    }

    /// A new key and its certificate, valid from the day before, for clocks that are behind.
    private func sign(_ name: String, subject: String, in work: String, by issuer: [String]) throws {
        let file = work + "/" + name
        try openssl(
            "req",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=" + subject,
            "-config",
            work + "/openssl.cnf",
            "-keyout",
            file + ".key",
            "-out",
            file + ".csr"
        )
        try openssl(
            ["ca", "-batch", "-notext", "-config", work + "/openssl.cnf", "-extensions", name]
                + ["-startdate", Self.time(now - 86_400), "-enddate", Self.time(now + Self.lifetimeSeconds)]
                + ["-keyfile", work + "/authority.key", "-in", file + ".csr", "-out", file + ".pem"] + issuer
        )
    }

    private func openssl(_ arguments: String...) throws { try openssl(arguments) }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let said = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw OpenSSLError(description: "openssl \(arguments[0]): \(String(decoding: said, as: UTF8.self))")
        }
    }

    /// GeneralizedTime, UTC.
    private static func time(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(
            .iso8601.dateSeparator(.omitted).timeSeparator(.omitted)
        )
        .replacingOccurrences(of: "T", with: "")
    }

    private static func configuration(_ work: String) -> String {
        """
        [req]
        distinguished_name = name
        [name]
        [ca]
        default_ca = simulator
        [simulator]
        database = \(work)/index
        serial = \(work)/serial
        new_certs_dir = \(work)
        default_md = sha256
        unique_subject = no
        policy = policy
        [policy]
        commonName = supplied
        [authority]
        basicConstraints = critical, CA:true
        keyUsage = critical, keyCertSign, cRLSign
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid:always
        [server]
        basicConstraints = critical, CA:false
        keyUsage = critical, digitalSignature
        extendedKeyUsage = serverAuth
        subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid:always

        """
    }
}
