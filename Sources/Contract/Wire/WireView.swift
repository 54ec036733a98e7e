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
    /// False when the JSON has another type.
    let read: @Sendable (inout View, JSONValue) -> Bool
    let path: any PartialKeyPath<View> & Sendable

    /// Always written; nil as null.
    package static func always<Value: WireValue>(
        _ name: String,
        _ path: any WritableKeyPath<View, Value> & Sendable
    ) -> WireMember {
        WireMember(name, Value.wireType, mayBeAbsent: false, path) {
            $0[keyPath: path].wire
        } read: { view, json in
            guard let value = Value(wire: json) else { return false }
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
        } read: { view, json in
            guard let value = Value?(wire: json) else { return false }
            view[keyPath: path] = value
            return true
        }
    }

    private init(
        _ name: String,
        _ type: WireType,
        mayBeAbsent: Bool,
        _ path: any PartialKeyPath<View> & Sendable,
        write: @escaping @Sendable (View) -> JSONValue?,
        read: @escaping @Sendable (inout View, JSONValue) -> Bool
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
        self.init()
        for member in Self.members {
            guard let json = object[member.name], !(json.isNull && member.mayBeAbsent) else { continue }
            guard !member.read(&self, json) else { continue }
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

extension WireView {
    /// For a screen, which shows what it can: a member of another type keeps its default, too.
    package init(shown object: JSONObject) {
        var errors: [FieldError] = []
        self.init(object, errors: &errors)
    }
}
