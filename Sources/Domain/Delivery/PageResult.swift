/// The results of a page: two bytes a slot, as many as the plan has slots, zero at expansion.
package struct PageResult: Hashable, Sendable {
    package var bytes: [UInt8]

    package init(count: Int) {
        bytes = [UInt8](repeating: 0, count: count * 2)
    }

    package init(_ results: [SlotResult]) {
        self.init(count: results.count)
        for (slot, result) in results.enumerated() { self[slot] = result }
    }

    package init(decoding buffer: UnsafeRawBufferPointer) throws(BlobError) {
        guard buffer.count.isMultiple(of: 2) else { throw .endsEarly }
        bytes = Array(buffer)
        for slot in 0..<count where SlotResult(bytes[slot * 2], bytes[slot * 2 + 1]) == nil { throw .outOfRange }
    }

    package var count: Int { bytes.count / 2 }

    package subscript(slot: Int) -> SlotResult {
        get {
            guard let result = SlotResult(bytes[slot * 2], bytes[slot * 2 + 1]) else {
                preconditionFailure("A page result is checked when it is decoded")
            }
            return result
        }
        set { (bytes[slot * 2], bytes[slot * 2 + 1]) = newValue.bytes }
    }

    /// How many slots are still to do for the first time.
    package var pendingCount: Int {
        var pending = 0
        for slot in 0..<count where bytes[slot * 2] == DeliveryState.pending.rawValue { pending += 1 }
        return pending
    }
}
