import Domain

/// The error of Google's APIs, `google.rpc.Status` with details. Details of unknown `@type` are passed over.
struct FCMErrorBody {
    /// `error.status`, for example `NOT_FOUND`.
    var status: String?
    /// `error.message`: only looked into for known sentences, never shown.
    var message = ""
    /// `FcmError.errorCode`, the only place that may speak about a token's end.
    var errorCode: String?
    /// `ApnsError.reason`: Apple's word for an iPhone behind Firebase.
    var apnsReason: String?
    /// `BadRequest.fieldViolations[].field`.
    var violatedFields: [String] = []
    /// Texts of `QuotaFailure.violations`.
    var quotas: [String] = []

    /// Everything stays empty when the body is not this JSON, for example a proxy's page.
    init(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        let error: JSONValue?
        do {
            error = try JSONParser.parse(bytes, depthMax: 16)["error"]
        } catch {
            // Not JSON is an answer too: the status classifies it.
            return
        }
        guard let error else { return }
        status = ReasonWord.checked(error["status"]?.string)
        message = error["message"]?.string ?? ""
        for detail in error["details"]?.array ?? [] { read(detail) }
    }

    private mutating func read(_ detail: JSONValue) {
        switch detail["@type"]?.string?.split(separator: "/").last {
        case "google.firebase.fcm.v1.FcmError":
            errorCode = ReasonWord.checked(detail["errorCode"]?.string)
        case "google.firebase.fcm.v1.ApnsError":
            apnsReason = ReasonWord.checked(detail["reason"]?.string)
        case "google.rpc.BadRequest":
            violatedFields += (detail["fieldViolations"]?.array ?? []).map { $0["field"]?.string ?? "" }
        case "google.rpc.QuotaFailure":
            for violation in detail["violations"]?.array ?? [] {
                quotas += [violation["subject"]?.string ?? "", violation["description"]?.string ?? ""]
            }
        default: break
        }
    }

    /// The message itself is refused, whatever the code says.
    var blamesMessage: Bool {
        let message = message.lowercased()
        return message.contains("too big") || message.contains("cannot find field")
    }

    /// The quota that was passed is one device's, not the project's.
    var blamesDeviceRate: Bool {
        quotas.contains { $0.lowercased().contains("device") } || message.lowercased().contains("device message rate")
    }
}
