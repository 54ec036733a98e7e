internal import COpenSSL

extension P256 {
    /// Somebody's public key: a point on the curve, which was checked.
    ///
    /// `@unchecked Sendable`: written by `init` only.
    package final class Point: @unchecked Sendable {
        fileprivate let point: OpaquePointer

        /// - Parameter x963: the uncompressed form [X9.63], 65 bytes with 04 in front.
        /// - Throws: `malformedPoint` only.
        package init(x963: [UInt8]) throws(CryptographyError) {
            // The compressed forms and the one octet of infinity are shorter.
            guard x963.count == P256.pointBytes, x963[0] == 4 else { throw .malformedPoint }
            guard let point = EC_POINT_new(P256.curve.group) else { preconditionFailure("No memory for a point") }
            // > EC_POINT_oct2point … checks that the point is on the curve.
            guard EC_POINT_oct2point(P256.curve.group, point, x963, x963.count, nil) == 1 else {
                EC_POINT_free(point)
                ErrorQueue.clear()
                throw .malformedPoint
            }
            self.point = point
        }

        deinit { EC_POINT_free(point) }
    }

    /// A key pair for ECDH [NIST SP 800-56A §5.7.1.2].
    ///
    /// `@unchecked Sendable`: written by `init` and wiped by `deinit` only.
    package final class AgreementKey: @unchecked Sendable {
        private let scalar: OpaquePointer
        /// The uncompressed point, 65 bytes.
        package let publicKey: [UInt8]

        /// A new pair.
        package convenience init() {
            guard let scalar = BN_new() else { preconditionFailure("No memory for a key") }
            repeat {
                let isDrawn = BN_priv_rand_range(scalar, P256.curve.order) == 1
                precondition(isDrawn, "The kernel gives no random bytes; no key can be made without them")
            } while BN_is_zero(scalar) == 1
            self.init(scalar: scalar)
        }

        /// A pair that is known: only vectors need it, and only this file may set the numbers.
        ///
        /// - Parameter privateKey: 32 bytes, big-endian, from 1 to the order of the curve less 1.
        /// - Throws: `malformedKey` only.
        package convenience init(privateKey: [UInt8]) throws(CryptographyError) {
            guard privateKey.count == P256.scalarBytes,
                let scalar = BN_bin2bn(privateKey, Int32(privateKey.count), nil)
            else { throw .malformedKey }
            guard BN_is_zero(scalar) == 0, BN_cmp(scalar, P256.curve.order) < 0 else {
                BN_clear_free(scalar)
                throw .malformedKey
            }
            self.init(scalar: scalar)
        }

        /// Takes `scalar` over.
        private init(scalar: OpaquePointer) {
            BN_set_flags(scalar, BN_FLG_CONSTTIME)
            self.scalar = scalar
            let group = P256.curve.group
            let work = Work()
            let isComputed = EC_POINT_mul(group, work.point, scalar, nil, nil, work.numbers) == 1
            publicKey = [UInt8](unsafeUninitializedCapacity: P256.pointBytes) { bytes, filled in
                filled = EC_POINT_point2oct(
                    group,
                    work.point,
                    POINT_CONVERSION_UNCOMPRESSED,
                    bytes.baseAddress,
                    P256.pointBytes,
                    work.numbers
                )
            }
            precondition(isComputed && publicKey.count == P256.pointBytes, "P-256 gave no public key")
        }

        deinit { BN_clear_free(scalar) }

        /// The x coordinate of the common point, 32 bytes: to be put through a key derivation, never used as a key.
        package func sharedSecret(with other: Point) -> [UInt8] {
            let group = P256.curve.group
            let work = Work()
            let secret = [UInt8](unsafeUninitializedCapacity: P256.scalarBytes) { bytes, filled in
                // A point on the curve times a number below its order is never infinity: the order is prime.
                guard EC_POINT_mul(group, work.point, nil, other.point, scalar, work.numbers) == 1,
                    EC_POINT_get_affine_coordinates(group, work.point, work.x, nil, work.numbers) == 1
                else { return }
                filled = Int(max(0, BN_bn2binpad(work.x, bytes.baseAddress, Int32(P256.scalarBytes))))
            }
            precondition(secret.count == P256.scalarBytes, "P-256 gave no shared secret")
            return secret
        }
    }

    /// What one multiplication needs; wiped behind it.
    private struct Work: ~Copyable {
        let point: OpaquePointer
        let x: OpaquePointer
        let numbers: OpaquePointer

        init() {
            guard let point = EC_POINT_new(P256.curve.group), let x = BN_new(), let numbers = BN_CTX_new() else {
                preconditionFailure("No memory for a point")
            }
            self.point = point
            self.x = x
            self.numbers = numbers
        }

        deinit {
            EC_POINT_clear_free(point)
            BN_clear_free(x)
            BN_CTX_free(numbers)
        }
    }
}
