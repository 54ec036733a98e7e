package import Domain

/// An object of the contract. Its members are declared once: what is written, what is read and what `openapi.json` says comes of that.
package protocol WireView: WireValue, Hashable {
    init()
    /// In the order in which they are written.
    static var members: [WireMember<Self>] { get }
}

/// One member of a view.
package struct WireMember<View>: Sendable {
    package let name: String
    package let type: WireType
    /// Left out where it has no value, instead of null; may be absent in what is read.
    package let mayBeAbsent: Bool
    let write: @Sendable (View) -> JSONValue?
    /// False when the JSON has another type. A count: for a screen, it grows by what could not be read of a list; nil: all of it has to be.
    let read: @Sendable (inout View, JSONValue, inout Int?) -> Bool
    let path: any PartialKeyPath<View> & Sendable

    /// Always written; nil as null.
    package static func always<Value: WireValue>(
        _ name: String,
        _ path: any WritableKeyPath<View, Value> & Sendable
    ) -> WireMember {
        WireMember(name, Value.wireType, mayBeAbsent: false, path) {
            $0[keyPath: path].wire
        } read: { view, json, unread in
            guard let value: Value = read(json, &unread) else { return false }
            view[keyPath: path] = value
            return true
        }
    }

    /// Left out while it is nil.
    package static func maybe<Value: WireValue>(
        _ name: String,
        _ path: any WritableKeyPath<View, Value?> & Sendable
    ) -> WireMember {
        WireMember(name, Value.wireType, mayBeAbsent: true, path) {
            $0[keyPath: path]?.wire
        } read: { view, json, unread in
            guard let value: Value? = read(json, &unread) else { return false }
            view[keyPath: path] = value
            return true
        }
    }

    private static func read<Value: WireValue>(_ json: JSONValue, _ unread: inout Int?) -> Value? {
        guard var count = unread else { return Value(wire: json) }
        defer { unread = count }
        return Value(shown: json, unread: &count)
    }

    private init(
        _ name: String,
        _ type: WireType,
        mayBeAbsent: Bool,
        _ path: any PartialKeyPath<View> & Sendable,
        write: @escaping @Sendable (View) -> JSONValue?,
        read: @escaping @Sendable (inout View, JSONValue, inout Int?) -> Bool
    ) {
        self.name = name
        self.type = type
        self.mayBeAbsent = mayBeAbsent
        self.path = path
        self.write = write
        self.read = read
    }
}

extension WireView {
    package static var wireType: WireType { .init("object") }

    package var wire: JSONValue { .object(object) }

    package var object: JSONObject {
        var object = JSONObject()
        for member in Self.members { object[member.name] = member.write(self) }
        return object
    }

    /// Members that are absent keep their default, unknown ones are left out: the other end may be another version.
    package init?(wire: JSONValue) {
        guard let object = wire.object else { return nil }
        var errors: [FieldError] = []
        self.init(object, errors: &errors)
        guard errors.isEmpty else { return nil }
    }

    /// As ``init(wire:)``, naming every member of another type.
    package init(_ object: JSONObject, errors: inout [FieldError], at place: JSONPointer = .root) {
        var unread: Int?
        self.init(object, errors: &errors, unread: &unread, at: place)
    }

    fileprivate init(
        _ object: JSONObject,
        errors: inout [FieldError],
        unread: inout Int?,
        at place: JSONPointer = .root
    ) {
        self.init()
        for member in Self.members {
            guard let json = object[member.name], !(json.isNull && member.mayBeAbsent) else { continue }
            guard !member.read(&self, json, &unread) else { continue }
            errors.append(FieldError(place.member(member.name), "malformed", "Expected \(member.type.expected)."))
        }
    }

    /// What a member is called.
    package static func name(of path: PartialKeyPath<Self>) -> String {
        guard let member = members.first(where: { $0.path == path }) else {
            preconditionFailure("A view has a property that is no member of it.")
        }
        return member.name
    }
}

/// For a screen, which shows what it can: the other end may be another version.
extension WireView {
    /// A member of another type keeps its default, and a list has the elements that can be read.
    package init(shown object: JSONObject) {
        var unread = 0
        self.init(shown: object, unread: &unread)
    }

    /// `unread`: one more for each element of a list that could not be read and is left out.
    package init(shown object: JSONObject, unread: inout Int) {
        var errors: [FieldError] = []
        var count: Int? = unread
        self.init(object, errors: &errors, unread: &count)
        unread = count ?? unread
    }

    /// An element of a list: a number that cannot be read would stand there as its default, so the element is none.
    package init?(shown json: JSONValue, unread: inout Int) {
        guard let object = json.object else { return nil }
        var errors: [FieldError] = []
        var count: Int? = unread
        self.init(object, errors: &errors, unread: &count)
        guard errors.isEmpty else { return nil }
        unread = count ?? unread
    }
}
