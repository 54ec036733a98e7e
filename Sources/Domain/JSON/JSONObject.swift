/// The members of a JSON object in the order of the text; names are unique.
///
/// Two objects are equal when they have the same members in the same order. Names are compared as bytes [RFC 8259 §8.3]: two spellings
/// of one accented name are two names.
package struct JSONObject: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package let name: String
        package var value: JSONValue

        package init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }

        package static func == (left: Member, right: Member) -> Bool {
            left.name.hasSameBytes(as: right.name) && left.value == right.value
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(ExactText(name))
            hasher.combine(value)
        }
    }

    package private(set) var members: [Member]

    package init() { members = [] }

    /// `members` with unique names: only for the parser, which has checked them.
    init(uniqueMembers members: [Member]) { self.members = members }

    /// Later members replace earlier ones of the same name.
    package init(_ members: KeyValuePairs<String, JSONValue>) {
        self.init()
        for (name, value) in members { self[name] = value }
    }

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }

    /// Linear: objects met here have a dozen members. Setting nil removes the member; a new name goes to the end.
    package subscript(name: String) -> JSONValue? {
        get {
            for member in members where member.name.hasSameBytes(as: name) { return member.value }
            return nil
        }
        set {
            let index = members.firstIndex { $0.name.hasSameBytes(as: name) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONObject {
    /// The same names and order with other values; members given nil are left out.
    package func compactMapValues(_ transform: (JSONValue) -> JSONValue?) -> JSONObject {
        JSONObject(
            uniqueMembers: members.compactMap { member in
                transform(member.value).map { Member(name: member.name, value: $0) }
            }
        )
    }
}

extension JSONObject: Sequence {
    package func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}
