import Crypto
import CryptoExtras
import Simulator
import Testing

struct CertificateTests {
    @Test func `a folder of credentials loads what it made and takes a new token URI`() throws {
        let temporary = try TemporaryFolder()
        let folder = CredentialFolder(path: temporary.path)
        #expect(!folder.exists)
        try folder.make(tokenURI: "https://localhost/token", now: Fixture.now)
        #expect(folder.exists)

        var settings = SimulatorSettings()
        try folder.load(into: &settings)
        try folder.setTokenURI("https://localhost:4242/token")

        let key = try P256.Signing.PrivateKey(
            pemRepresentation: String(decoding: try Files.read(temporary.path + "/apns.p8"), as: UTF8.self)
        )
        #expect(settings.apns.first?.key.rawRepresentation == key.publicKey.rawRepresentation)
        let account = try JSON(parsing: try Files.read(temporary.path + "/fcm.json"))
        #expect(account["token_uri"] == "https://localhost:4242/token")
        let rsa = try _RSA.Signing.PrivateKey(pemRepresentation: try #require(account["private_key"]?.string))
        #expect(settings.fcm.first?.key.derRepresentation == rsa.publicKey.derRepresentation)
        #expect(settings.fcm.first?.clientEmail == account["client_email"]?.string)
    }

    @Test func `an account without a member is named`() throws {
        let temporary = try TemporaryFolder()
        let folder = CredentialFolder(path: temporary.path)
        try folder.make(tokenURI: "https://localhost/token", now: Fixture.now)
        try Files.write(Array(#"{"apns":[{"teamID":"T"}]}"#.utf8), to: temporary.path + "/simulator.json")
        var settings = SimulatorSettings()
        #expect {
            try folder.load(into: &settings)
        } throws: { error in
            (error as? CredentialFolder.ReadError)?.description.hasSuffix("an account without keyID") == true
        }
    }
}
