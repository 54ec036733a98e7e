/// The address a provider knows a device by, as the provider read it from a registration. Only the provider looks inside.
package struct Target: Hashable, Sendable {
    package let provider: ProviderID
    /// The form that is stored, sealed: a number that tells the forms of all providers apart, then what the provider reads again.
    package let bytes: [UInt8]
    /// What it is found by: equal for equal addresses.
    package let identity: [UInt8]
    /// The identity of another form of the same address: the two are never valid together, the newer replaces the older. nil: there is none.
    package let sibling: [UInt8]?
    /// `token`, `fid`, `subscription`.
    package let kind: String
    /// Its last four characters, all of it that lists show.
    package let tail: String
    /// `host[:port]` of the push service the address itself names: its lane goes by it. nil: the lane goes by the app.
    package let authority: String?

    /// `identity`: nil when the stored form is one already.
    package init(
        provider: ProviderID,
        bytes: [UInt8],
        identity: [UInt8]? = nil,
        sibling: [UInt8]? = nil,
        kind: String,
        tail: String,
        authority: String? = nil
    ) {
        self.provider = provider
        self.bytes = bytes
        self.identity = identity ?? bytes
        self.sibling = sibling
        self.kind = kind
        self.tail = tail
        self.authority = authority
    }
}
