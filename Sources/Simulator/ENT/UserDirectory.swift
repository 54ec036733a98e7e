/// Who a bearer token of the ENT stands for.
package struct UserDirectory: Sendable {
    /// Tokens with a profile of their own; every other `ent-<userId>` is a parent of that id.
    private let profiles: [String: JSON]

    package init(profiles: [String: JSON] = [:]) {
        self.profiles = profiles
    }

    /// Reads a users file: `{"<token>": {"userId": …}, …}`.
    ///
    /// - Parameter file: Its bytes.
    /// - Throws: ``JSON/SyntaxError`` when it is not a JSON object.
    package init(parsing file: [UInt8]) throws {
        guard let profiles = try JSON(parsing: file).object else {
            throw JSON.SyntaxError(description: "not an object")
        }
        self.profiles = profiles
    }

    /// Userinfo version 2.0 for a token, nil when the ENT does not know it.
    package func userinfo(bearer: String) -> JSON? {
        if let profile = profiles[bearer] { return profile }
        let prefix = "ent-"
        guard bearer.hasPrefix(prefix), bearer.utf8.count > prefix.utf8.count else { return nil }
        let userID = String(bearer.dropFirst(prefix.count))
        return [
            "userId": .string(userID), "externalId": .string("ext-\(userID)"), "login": .string("login.\(userID)"),
            "username": .string("Parent \(userID)"), "lastName": .string(userID), "firstName": "Parent",
            "type": "Relative",
            "children": .object([:]), "groupsIds": [], "structures": [], "classes": [], "hasPw": true,
            "deletePending": false, "forceChangePassword": false, "needRevalidateTerms": false,
        ]
    }
}
