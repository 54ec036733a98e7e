internal import COpenSSL

/// The curve NIST P-256 [FIPS 186-4 §D.1.2.3]: key agreement for messages, signatures for tokens.
package enum P256 {
    /// Of a coordinate, and of a private key.
    package static let scalarBytes = 32
    /// Of a point in its uncompressed form: 04, x, y.
    package static let pointBytes = 65

    /// The group and its order.
    ///
    /// `@unchecked Sendable`: made once, only read, never freed.
    struct Curve: @unchecked Sendable {
        let group: OpaquePointer
        let order: OpaquePointer
    }

    /// Not of an object of OpenSSL's for keys: each of these makes the group anew, 18 µs, which is more than the new key itself costs.
    static let curve: Curve = {
        guard let group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1), let order = EC_GROUP_get0_order(group)
        else {
            preconditionFailure("OpenSSL has no P-256")
        }
        return Curve(group: group, order: order)
    }()
}
