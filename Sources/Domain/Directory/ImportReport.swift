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

    /// A limit that was passed: the share of something of one school that would disappear, or what cannot be told apart.
    package struct Hold: Hashable, Sendable {
        package var school: String
        package var limit: String
        package var value: Double
        /// Both records, where two are in each other's way.
        package var detail: String?

        package init(school: String, limit: String, value: Double, detail: String? = nil) {
            self.school = school
            self.limit = limit
            self.value = value
            self.detail = detail
        }
    }

    /// The changes of one school, with a few keys of each kind; never a name of a person.
    package struct SchoolChanges: Hashable, Sendable {
        package static let examplesMax = 3

        package struct Kind: Hashable, Sendable {
            package var change = Change()
            package var added: [String] = []
            package var changed: [String] = []
            package var removed: [String] = []

            package init() {}
        }

        /// UAI; the feed's key where there is none; empty for what belongs to no school.
        package var school: String
        package private(set) var kinds: [DirectoryChange.Kind: Kind] = [:]

        package init(school: String) { self.school = school }

        /// `action`: 0 added, 1 changed, 2 removed. Once for each example, with the total each time.
        package mutating func add(_ kind: DirectoryChange.Kind, action: Int, total: Int, example: String) {
            switch action {
            case 0:
                kinds[kind, default: Kind()].change.added = total
                kinds[kind, default: Kind()].added.append(example)
            case 1:
                kinds[kind, default: Kind()].change.changed = total
                kinds[kind, default: Kind()].changed.append(example)
            default:
                kinds[kind, default: Kind()].change.removed = total
                kinds[kind, default: Kind()].removed.append(example)
            }
        }

        fileprivate var json: JSONValue {
            var object = JSONObject()
            object["school"] = .string(school)
            for kind in DirectoryChange.Kind.allCases {
                guard let changes = kinds[kind], var members = changes.change.json.object else { continue }
                var examples = JSONObject()
                for (name, keys) in [
                    ("added", changes.added), ("changed", changes.changed), ("removed", changes.removed),
                ] where !keys.isEmpty {
                    examples[name] = .array(keys.map { .string($0.showingInvisible) })
                }
                members["examples"] = .object(examples)
                object[kind.name] = .object(members)
            }
            return .object(object)
        }
    }

    package var id = ImportID(rawValue: 0)
    package var state: State
    package var diff = Diff()
    package var warnings: [ImportWarning]
    /// Warnings met; more than `warnings` holds when there were too many.
    package var warningsTotal: Int
    package var held: [Hold] = []
    /// School by school.
    package var schools: [SchoolChanges] = []
    /// The feed it speaks for.
    package var feed: String?
    /// UAI of the one school it speaks of.
    package var school: String?
    /// Why an export failed, with file and line.
    package var failure: String?
    /// Of an approval: the difference is not the one that was held.
    package var hasChanged = false
    /// Of a held import: its export waits for a person's word.
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
            held.map { hold in
                var object: JSONObject = JSONObject()
                object["school"] = .string(hold.school)
                object["limit"] = .string(hold.limit)
                object["value"] = .number("\(hold.value)")
                if let detail = hold.detail { object["detail"] = .string(detail) }
                return .object(object)
            }
        )
        object["schools"] = .array(schools.map(\.json))
        if let feed { object["feed"] = .string(feed) }
        if let school { object["school"] = .string(school) }
        if let failure { object["detail"] = .string(failure) }
        if let isKept { object["kept"] = .bool(isKept) }
        if hasChanged { object["changedSince"] = true }
        return .object(object)
    }
}
