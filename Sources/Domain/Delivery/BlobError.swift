/// A blob of the queue that cannot be read: unknown version, cut short, or a value out of its range.
package enum BlobError: Error, Hashable {
    case unknownVersion(UInt8)
    case endsEarly
    case outOfRange
}
