import CXattr
import Glibc

/// The access list of a file [acl(5)]: its owner and some groups may read and write it, and nobody else.
struct AccessList: Hashable {
    private static let attribute = "system.posix_acl_access"

    /// As the kernel takes it [linux/posix_acl_xattr.h], numbers in little endian: a version, then tag, permissions and number of each entry.
    let bytes: [UInt8]

    /// `groups`: in the order of their numbers.
    init(groups: [UInt32]) {
        let nobody = UInt32.max
        let entries: [(tag: UInt16, permissions: UInt16, number: UInt32)] =
            [(0x01, 6, nobody), (0x04, 0, nobody)] + groups.map { (0x08, 6, $0) } + [
                (0x10, 6, nobody), (0x20, 0, nobody),
            ]
        bytes =
            Self.bytes(UInt32(2))
            + entries.flatMap { Self.bytes($0.tag) + Self.bytes($0.permissions) + Self.bytes($0.number) }
    }

    /// - Returns: the error number where the file system has no such lists; nil when it is done.
    func apply(to path: String) -> Int32? {
        setxattr(path, Self.attribute, bytes, bytes.count, 0) == 0 ? nil : errno
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
