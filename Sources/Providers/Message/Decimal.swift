enum Decimal {
    /// The digits of a number that is not negative. From the front, since reversing a slice of the buffer would copy it.
    static func append(_ number: Int64, to buffer: inout [UInt8]) {
        precondition(number >= 0, "Only times and durations are written, and they are not negative.")
        var divisor: Int64 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            buffer.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}
