/// An error of FCM HTTP v1: a `google.rpc.Status` in JSON, with the detail types the service really sends.
package struct FCMError: Error, Hashable, Sendable {
    package struct Violation: Hashable, Sendable {
        package var field: String
        package var description: String
    }

    package var code: Int
    package var status: String
    package var message: String
    /// `google.firebase.fcm.v1.FcmError.errorCode`, when the error comes from FCM itself and not from the layer before it.
    package var errorCode: String?
    /// `google.rpc.BadRequest.fieldViolations`.
    package var violations: [Violation]
    /// `google.rpc.QuotaFailure.violations`; `field` is what it calls the subject.
    package var quotaViolations: [Violation]

    package init(
        _ code: Int,
        _ status: String,
        _ message: String,
        errorCode: String? = nil,
        violations: [Violation] = [],
        quotaViolations: [Violation] = []
    ) {
        self.code = code
        self.status = status
        self.message = message
        self.errorCode = errorCode
        self.violations = violations
        self.quotaViolations = quotaViolations
    }

    package func answer(headers: [(name: String, value: String)] = []) -> Answer {
        var error: [String: JSON] = [
            "code": .integer(Int64(code)), "message": .string(message), "status": .string(status),
        ]
        var details: [JSON] = []
        if let errorCode {
            details.append([
                "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": .string(errorCode),
            ])
        }
        if !violations.isEmpty {
            details.append([
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": .array(
                    violations.map { ["field": .string($0.field), "description": .string($0.description)] }
                ),
            ])
        }
        if !quotaViolations.isEmpty {
            details.append([
                "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                "violations": .array(
                    quotaViolations.map { ["subject": .string($0.field), "description": .string($0.description)] }
                ),
            ])
        }
        if !details.isEmpty { error["details"] = .array(details) }
        return Answer(status: code, json: ["error": .object(error)], headers: headers)
    }
}

extension FCMError {
    /// JSON that does not fit the schema: refused before FCM looks at it, hence without FcmError.
    static func schema(_ field: String, _ description: String) -> FCMError {
        FCMError(
            400,
            "INVALID_ARGUMENT",
            description,
            violations: [Violation(field: field, description: description)]
        )
    }

    /// Fits the schema, but FCM refuses the value.
    static func semantic(_ field: String, _ description: String) -> FCMError {
        FCMError(
            400,
            "INVALID_ARGUMENT",
            description,
            errorCode: "INVALID_ARGUMENT",
            violations: [Violation(field: field, description: description)]
        )
    }

    package static let unauthenticated = FCMError(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential."
    )
    package static let permissionDenied = FCMError(
        403,
        "PERMISSION_DENIED",
        "Permission 'cloudmessaging.messages.create' denied on resource (or it may not exist)."
    )
    /// Bare on purpose: a wrong project says nothing about the device.
    package static let notFound = FCMError(404, "NOT_FOUND", "Requested entity was not found.")
    package static let unregistered = FCMError(
        404,
        "NOT_FOUND",
        "Requested entity was not found.",
        errorCode: "UNREGISTERED"
    )
    package static let invalidToken = FCMError(
        400,
        "INVALID_ARGUMENT",
        "The registration token is not a valid FCM registration token",
        errorCode: "INVALID_ARGUMENT"
    )
    package static let tooBig = FCMError(400, "INVALID_ARGUMENT", "Message too big", errorCode: "INVALID_ARGUMENT")
    package static let senderIDMismatch = FCMError(
        403,
        "PERMISSION_DENIED",
        "SenderId mismatch",
        errorCode: "SENDER_ID_MISMATCH"
    )
    package static let thirdPartyAuth = FCMError(
        401,
        "UNAUTHENTICATED",
        "Request is missing required authentication credential for the push service behind FCM.",
        errorCode: "THIRD_PARTY_AUTH_ERROR"
    )
    package static let quotaExceeded = FCMError(
        429,
        "RESOURCE_EXHAUSTED",
        "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'.",
        errorCode: "QUOTA_EXCEEDED"
    )
    package static let `internal` = FCMError(500, "INTERNAL", "Internal error encountered.", errorCode: "INTERNAL")
    package static let unavailable = FCMError(
        503,
        "UNAVAILABLE",
        "The service is currently unavailable.",
        errorCode: "UNAVAILABLE"
    )
    package static let unspecified = FCMError(500, "UNKNOWN", "Unknown error.", errorCode: "UNSPECIFIED_ERROR")
    /// The quota of one device, not of the project.
    package static let deviceRateExceeded = FCMError(
        429,
        "RESOURCE_EXHAUSTED",
        "Message rate exceeded for the device.",
        errorCode: "QUOTA_EXCEEDED",
        quotaViolations: [Violation(field: "device", description: "Device message rate exceeded")]
    )
}
