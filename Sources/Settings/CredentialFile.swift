package import Domain

/// The file of a provider's key.
package struct CredentialFile: Hashable, Sendable {
    /// Whose it is: a lane's name, or the provider's.
    package var subject: String
    package var path: String
    /// `APNs key ABC123DEFG`.
    package var what: String
    /// When the key has to be replaced, as configured: keys of push services carry no end of their own. An access token has an end as
    /// well, which is renewed by itself and is not meant.
    package var expires: Instant?

    package init(subject: String, path: String, what: String, expires: Instant?) {
        self.subject = subject
        self.path = path
        self.what = what
        self.expires = expires
    }
}
