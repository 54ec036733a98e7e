/// What can be bound to a parameter.
package protocol Bindable {
    /// Binds itself to the parameter of this number, from 1.
    func bind(to statement: some PreparedStatement, at index: Int)
}

extension BinaryInteger where Self: Bindable {
    /// Traps on a value above `Int64.max`: the databases have no such integer.
    package func bind(to statement: some PreparedStatement, at index: Int) {
        statement.bind(integer: Int64(self), at: index)
    }
}

extension Int: Bindable {}
extension Int64: Bindable {}
extension Int32: Bindable {}
extension UInt8: Bindable {}

extension Bool: Bindable {
    package func bind(to statement: some PreparedStatement, at index: Int) {
        statement.bind(integer: self ? 1 : 0, at: index)
    }
}

extension Double: Bindable {
    package func bind(to statement: some PreparedStatement, at index: Int) { statement.bind(real: self, at: index) }
}

extension String: Bindable {
    package func bind(to statement: some PreparedStatement, at index: Int) {
        var text = self
        text.withUTF8 { statement.bind(text: $0, at: index) }
    }
}

extension [UInt8]: Bindable {
    package func bind(to statement: some PreparedStatement, at index: Int) {
        withUnsafeBytes { statement.bind(blob: $0, at: index) }
    }
}

extension Optional: Bindable where Wrapped: Bindable {
    package func bind(to statement: some PreparedStatement, at index: Int) {
        guard let self else { return statement.bindNull(at: index) }
        self.bind(to: statement, at: index)
    }
}
