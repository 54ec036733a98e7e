import Domain

/// An object as one row: members of members under `outer.inner`, lists in one cell. A spreadsheet reads no JSON.
struct CSVCells {
    private(set) var names: [String] = []
    private(set) var values: [String] = []

    init(_ object: JSONObject) { add(object, under: "") }

    private mutating func add(_ object: JSONObject, under prefix: String) {
        for member in object {
            if let inner = member.value.object {
                add(inner, under: prefix + member.name + ".")
            } else {
                names.append(prefix + member.name)
                values.append(member.value.isNull ? "" : Self.text(member.value))
            }
        }
    }

    /// Of a list its members, joined by semicolons; of an object in it `name value`, joined by commas.
    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .array(let members): members.map(text).joined(separator: "; ")
        case .object(let object): object.map { "\($0.name) \(text($0.value))" }.joined(separator: ", ")
        default: Listing.Column.plain(value)
        }
    }
}
