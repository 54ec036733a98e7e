import Domain
import WebClient

/// Whether an endpoint is a push server's: a GET of it says so [UnifiedPush SERV 1.2.0, Discovery]. Application servers should ask when an
/// endpoint registers, so that nobody can make them call what is none.
package enum UnifiedPushDiscovery {
    private static let timeout = Duration.seconds(5)
    private static let answerBytesMax = 4096

    /// nil: it is one. `isAddressAllowed`: which addresses may be called; nil: all.
    static func verify(
        _ endpoint: String,
        with client: WebClient,
        isAddressAllowed: (@Sendable ([UInt8]) -> Bool)?
    ) async -> FieldError? {
        do throws(WebClientError) {
            let response = try await client.send(
                WebRequest(
                    method: "GET",
                    url: endpoint,
                    timeout: timeout,
                    connectTimeout: timeout,
                    responseBytesMax: answerBytesMax,
                    isAddressAllowed: isAddressAllowed
                )
            )
            return isServer(status: response.status, body: response.body) ? nil : notServer
        } catch {
            switch error {
            case .tooLarge: return notServer
            case .forbiddenAddress:
                return FieldError(pointer, "endpointAddressLiteral", PushEndpoint.Fault.addressLiteral.sentence)
            default: return FieldError(pointer, "endpointUnreachable", "The endpoint's push server does not answer.")
            }
        }
    }

    /// The one answer that counts: 200 and `{"unifiedpush":{"version":1}}`, whatever else the object holds.
    package static func isServer(status: Int, body: [UInt8]) -> Bool {
        guard status == 200 else { return false }
        do { return try JSONParser.parse(body, depthMax: 8)["unifiedpush"]?["version"]?.int64 == 1 } catch {
            // A page of something else.
            return false
        }
    }

    private static let pointer: JSONPointer = "/subscription/endpoint"
    private static let notServer = FieldError(
        pointer,
        "endpointNotUnifiedPush",
        "The endpoint does not say that it is a UnifiedPush server."
    )
}
