package struct SchoolRecord: Hashable, Sendable {
    package var key: String
    package var uai: String
    package var name: String

    package init(key: String, uai: String, name: String) {
        self.key = key
        self.uai = SchoolCode.normal(uai)
        self.name = name
    }
}
