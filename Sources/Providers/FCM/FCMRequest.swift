/// The request line and headers of a send [FCM: projects.messages.send].
package enum FCMRequest {
    /// The same for every delivery of a lane.
    package static func path(projectID: String) -> String { "/v1/projects/\(projectID)/messages:send" }

    /// Headers equal for all deliveries under one access token, to be prepared once.
    package static func repeatingHeaders(accessToken: AccessToken) -> [(name: String, value: String)] {
        [
            ("authorization", "Bearer " + accessToken.value),
            ("content-type", "application/json; charset=utf-8"),
        ]
    }
}
