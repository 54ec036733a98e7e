/// The answer to an import: what it changed, or would change, and what was read with reserve.
package struct ImportReport: Sendable {
    package enum State: String, Sendable {
        case applied, planned, held, failed
    }

    package struct Change: Hashable, Sendable {
        package var added = 0
        package var changed = 0
        package var removed = 0

        package init(added: Int = 0, changed: Int = 0, removed: Int = 0) {
            self.added = added
            self.changed = changed
            self.removed = removed
        }

        fileprivate var json: JSONValue {
            ["added": .number(added), "changed": .number(changed), "removed": .number(removed)]
        }
    }

    package struct Diff: Hashable, Sendable {
        package var schools = Change()
        package var classes = Change()
        package var groups = Change()
        package var pupils = Change()
        /// Adults with at least one pupil; a record nobody names is kept but is no guardian.
        package var guardians = Change()
        package var staff = Change()
        package var links = Change()
        package var users = Change()

        package init() {}
    }

    /// A limit that was passed: the share of something of one school that would disappear.
    package struct Hold: Hashable, Sendable {
        package var school: String
        package var limit: String
        package var value: Double

        package init(school: String, limit: String, value: Double) {
            self.school = school
            self.limit = limit
            self.value = value
        }
    }

    package var id = ImportID(rawValue: 0)
    package var state: State
    package var diff = Diff()
    package var warnings: [ImportWarning]
    /// Warnings met; more than `warnings` holds when there were too many.
    package var warningsTotal: Int
    package var held: [Hold] = []
    /// Why a delivery failed, with file and line.
    package var failure: String?
    /// Of an approval: the difference is not the one that was held.
    package var hasChanged = false
    /// Of a held import: its delivery waits for a person's word.
    package var isKept: Bool?

    package init(state: State, warnings: [ImportWarning], warningsTotal: Int) {
        self.state = state
        self.warnings = warnings
        self.warningsTotal = warningsTotal
    }

    /// Everything that changes, in one number.
    package var changes: Int {
        [diff.schools, diff.classes, diff.groups, diff.pupils, diff.guardians, diff.staff, diff.links, diff.users]
            .reduce(0) { $0 + $1.added + $1.changed + $1.removed }
    }

    /// As many warnings as an answer may hold; the total counts all.
    private static let warningsMax = 1000

    package mutating func add(_ more: [ImportWarning]) {
        warnings += more.prefix(max(0, Self.warningsMax - warnings.count))
        warningsTotal += more.count
    }

    /// The object of the API and of `-o json`.
    package var json: JSONValue {
        var object: JSONObject = JSONObject()
        object["import"] = .string(id.description)
        object["state"] = .string(state.rawValue)
        object["diff"] = [
            "schools": diff.schools.json, "classes": diff.classes.json, "groups": diff.groups.json,
            "pupils": diff.pupils.json,
            "guardians": diff.guardians.json, "staff": diff.staff.json, "links": diff.links.json,
            "users": diff.users.json,
        ]
        object["warnings"] = .array(
            warnings.map {
                [
                    "file": .string($0.file), "line": .number($0.line), "record": .string($0.record),
                    "code": .string($0.code),
                    "detail": .string($0.detail),
                ]
            }
        )
        object["warningsTotal"] = .number(warningsTotal)
        object["held"] = .array(
            held.map { ["school": .string($0.school), "limit": .string($0.limit), "value": .number("\($0.value)")] }
        )
        if let failure { object["detail"] = .string(failure) }
        if let isKept { object["kept"] = .bool(isKept) }
        if hasChanged { object["changedSince"] = true }
        return .object(object)
    }
}
