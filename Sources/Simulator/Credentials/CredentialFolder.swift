import Crypto
import CryptoExtras

/// A folder with everything a gateway needs to trust and be trusted by the simulator.
///
/// For the gateway: `ca.pem`, `apns.p8`, `fcm.json`. For the simulator: `cert.pem`, `key.pem`, `simulator.json`.
package struct CredentialFolder: Sendable {
    package struct Names: Sendable {
        package var teamID = "SIMTEAM001"
        package var keyID = "SIMKEY0001"
        package var topic = "com.ode.one"
        package var projectID = "carillon-simulator"

        package init() {}
    }

    package struct ReadError: Error, Hashable, Sendable, CustomStringConvertible {
        package var description: String
    }

    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// True when credentials were made here before.
    package var exists: Bool { Files.exists(file("simulator.json")) }

    /// Makes new keys, certificates and the descriptions of both sides; an earlier set is replaced.
    ///
    /// - Parameters:
    ///   - names: Identifiers of the accounts.
    ///   - tokenURI: Where the service account gets its access tokens; `serve` corrects it when it knows its port.
    ///   - now: Seconds since 1970.
    /// - Throws: When a file cannot be written, `openssl` is not there, or a key cannot be made.
    package func make(names: Names = Names(), tokenURI: String, now: Int64) throws {
        try Files.makeFolder(path)
        try Certificates(folder: path, now: now).make()
        let apnsKey = P256.Signing.PrivateKey()
        try write(apnsKey.pemRepresentation + "\n", "apns.p8")
        let account = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let privateKeyID = RandomIdentifier.hexadecimal(characters: 40)
        let email = "carillon@\(names.projectID).iam.gserviceaccount.com"
        try write(
            JSON.object([
                "type": "service_account", "project_id": .string(names.projectID),
                "private_key_id": .string(privateKeyID),
                "private_key": .string(account.pkcs8PEMRepresentation + "\n"), "client_email": .string(email),
                "client_id": "100000000000000000001", "token_uri": .string(tokenURI),
                "universe_domain": "googleapis.com",
            ]),
            "fcm.json"
        )
        // Last: its presence says that the set is complete.
        try write(
            [
                "apns": [
                    [
                        "teamID": .string(names.teamID), "keyID": .string(names.keyID), "topic": .string(names.topic),
                        "publicKey": .string(apnsKey.publicKey.pemRepresentation),
                    ]
                ],
                "fcm": [
                    [
                        "projectID": .string(names.projectID), "clientEmail": .string(email),
                        "privateKeyID": .string(privateKeyID),
                        "publicKey": .string(account.publicKey.pemRepresentation),
                    ]
                ],
            ],
            "simulator.json"
        )
    }

    /// Writes where the token endpoint is into the gateway's service account file.
    package func setTokenURI(_ tokenURI: String) throws {
        guard var members = try read("fcm.json").object else {
            throw ReadError(description: "\(file("fcm.json")): not an object")
        }
        members["token_uri"] = .string(tokenURI)
        try write(.object(members), "fcm.json")
    }

    /// Certificate, key and accounts into the settings.
    ///
    /// - Throws: Foundation's error for a file, or ``ReadError`` with the file and what is wrong in it.
    package func load(into settings: inout SimulatorSettings) throws {
        settings.certificatePEM = try Files.read(file("cert.pem"))
        settings.privateKeyPEM = try Files.read(file("key.pem"))
        let known = try read("simulator.json")
        settings.apns = try (known["apns"]?.array ?? []).map { account in
            APNsAccount(
                teamID: try member("teamID", of: account),
                keyID: try member("keyID", of: account),
                topic: try member("topic", of: account),
                key: try P256.Signing.PublicKey(pemRepresentation: try member("publicKey", of: account))
            )
        }
        settings.fcm = try (known["fcm"]?.array ?? []).map { account in
            ServiceAccount(
                projectID: try member("projectID", of: account),
                clientEmail: try member("clientEmail", of: account),
                privateKeyID: try member("privateKeyID", of: account),
                key: try _RSA.Signing.PublicKey(pemRepresentation: try member("publicKey", of: account))
            )
        }
    }

    private func file(_ name: String) -> String { path + "/" + name }

    private func write(_ text: String, _ name: String) throws { try Files.write(text.utf8, to: file(name)) }

    private func write(_ json: JSON, _ name: String) throws {
        try Files.write(json.serialized + [UInt8(ascii: "\n")], to: file(name))
    }

    private func read(_ name: String) throws -> JSON {
        do { return try JSON(parsing: try Files.read(file(name))) } catch let error as JSON.SyntaxError {
            throw ReadError(description: "\(file(name)): not JSON: \(error.description)")
        }
    }

    private func member(_ name: String, of account: JSON) throws -> String {
        guard let text = account[name]?.string else {
            throw ReadError(description: "\(file("simulator.json")): an account without \(name)")
        }
        return text
    }
}
