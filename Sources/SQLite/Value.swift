package import Database

/// One SQLite value, for rows whose shape is known only at run time.
package enum Value: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension Value: Bindable {
    package func bind(to statement: some PreparedStatement, at index: Int) {
        switch self {
        case .null: statement.bindNull(at: index)
        case .integer(let value): value.bind(to: statement, at: index)
        case .real(let value): value.bind(to: statement, at: index)
        case .text(let value): value.bind(to: statement, at: index)
        case .blob(let value): value.bind(to: statement, at: index)
        }
    }
}
