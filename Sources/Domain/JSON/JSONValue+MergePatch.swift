extension JSONValue {
    /// With a merge patch applied: null takes a member away, objects go into one another, anything else replaces [RFC 7396 §2].
    package func merged(with patch: JSONValue) -> JSONValue {
        guard let patch = patch.object else { return patch }
        var object = self.object ?? JSONObject()
        for member in patch {
            // Written out: `nil` as a value here would be a JSON null.
            let merged: JSONValue? =
                member.value.isNull ? .none : .some((object[member.name] ?? .null).merged(with: member.value))
            object[member.name] = merged
        }
        return .object(object)
    }
}
