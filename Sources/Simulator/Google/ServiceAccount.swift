package import CryptoExtras

/// What Google knows about a service account of a Firebase project.
package struct ServiceAccount: Sendable {
    package var projectID: String
    package var clientEmail: String
    package var privateKeyID: String
    package var key: _RSA.Signing.PublicKey

    package init(projectID: String, clientEmail: String, privateKeyID: String, key: _RSA.Signing.PublicKey) {
        self.projectID = projectID
        self.clientEmail = clientEmail
        self.privateKeyID = privateKeyID
        self.key = key
    }
}
