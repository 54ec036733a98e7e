/// A prepared statement; belongs to its session and follows the same one-thread rule.
package protocol PreparedStatement: AnyObject {
    /// Binds one value to the parameter of this number, from 1. What goes wrong is thrown by ``finishBinding(count:)``.
    func bindNull(at index: Int)
    func bind(integer: Int64, at index: Int)
    func bind(real: Double, at index: Int)
    /// UTF-8; copied.
    func bind(text: UnsafeBufferPointer<UInt8>, at index: Int)
    /// Copied.
    func bind(blob: UnsafeRawBufferPointer, at index: Int)
    /// Parameters of the text.
    var parameterCount: Int { get }
    /// All `count` parameters have their values.
    ///
    /// - Throws: what binding met, and for another number of parameters than the text has.
    func finishBinding(count: Int) throws

    /// True while there is a row. For the caller who has to stop in the middle; ends with ``finish()``.
    func step() throws -> Bool
    /// Closes the rows and lets bound values go.
    func finish()

    // The row `step()` stands on, column by column from 0; NULL reads as zero or empty. Bytes are valid until the next step.
    func isNull(_ column: Int) -> Bool
    func int64(_ column: Int) -> Int64
    func text(_ column: Int) -> UnsafeRawBufferPointer
    func blob(_ column: Int) -> UnsafeRawBufferPointer

    /// Set by ``Row``: a plain reader met NULL.
    var hasMetNull: Bool { get set }
    /// NULL where the schema has none: damage, in the engine's own words.
    var nullError: any Error { get }
}

extension PreparedStatement {
    /// Binds all parameters by position.
    @inlinable package func bind<each B: Bindable>(_ bindings: repeat each B) throws {
        var count = 0
        for binding in repeat each bindings {
            count += 1
            binding.bind(to: self, at: count)
        }
        try finishBinding(count: count)
    }

    /// Binds integers from the first parameter on; the parameters behind the last of them are NULL.
    @inlinable package func bind(integers: some Collection<Int64>) throws {
        var index = 0
        for value in integers {
            index += 1
            bind(integer: value, at: index)
        }
        while index < parameterCount {
            index += 1
            bindNull(at: index)
        }
        try finishBinding(count: index)
    }

    /// Runs to the end, ignoring rows; bound values are let go.
    @inlinable package func run() throws {
        defer { finish() }
        while try step() {}
    }

    @inlinable package func forEach(_ body: (borrowing Row) throws -> Void) throws {
        defer { finish() }
        let row = Row(self)
        while try step() {
            try body(row)
            try refuseNull()
        }
    }

    /// The first row; the rest is not computed.
    @inlinable package func first<T>(_ body: (borrowing Row) throws -> T) throws -> T? {
        defer { finish() }
        guard try step() else { return nil }
        let result = try body(Row(self))
        try refuseNull()
        return result
    }

    /// A row read before held NULL where a plain reader expected a value.
    @inlinable package func refuseNull() throws {
        guard hasMetNull else { return }
        hasMetNull = false
        finish()
        throw nullError
    }
}
