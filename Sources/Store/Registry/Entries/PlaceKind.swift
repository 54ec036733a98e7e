import Database

/// What a place of the directory is.
package enum PlaceKind: Int, Hashable, Sendable {
    case school = 0
    case schoolClass = 1
    case group = 2

    package var word: String {
        switch self {
        case .school: "school"
        case .schoolClass: "class"
        case .group: "group"
        }
    }
}

extension Row {
    /// The table allows no other numbers.
    borrowing func placeKind(_ column: Int) -> PlaceKind { PlaceKind(rawValue: int(column)) ?? .group }
}
