/// nil leaves as it is; an empty text clears.
package struct SchoolChange: Hashable, Sendable {
    package var uai: String?
    package var name: String?

    package init(uai: String? = nil, name: String? = nil) {
        self.uai = uai
        self.name = name
    }

    package func applied(to school: SchoolRecord) -> SchoolRecord {
        SchoolRecord(key: school.key, uai: uai ?? school.uai, name: name ?? school.name)
    }
}
