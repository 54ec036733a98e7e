import Domain
import Pipeline
import Settings
import Synchronization
import WebClient

/// Who wants to be told how events stand; replaced at a reload.
final class CallbackTargets: Sendable {
    private let targets: Mutex<[String: CallbackTarget]>

    init(_ settings: Settings) { targets = Mutex(Self.targets(settings)) }

    var all: [String: CallbackTarget] { targets.withLock { $0 } }

    func replace(_ settings: Settings) { targets.withLock { $0 = Self.targets(settings) } }

    private static func targets(_ settings: Settings) -> [String: CallbackTarget] {
        var targets: [String: CallbackTarget] = [:]
        for publisher in settings.publishers {
            guard let callback = publisher.callback else { continue }
            targets[publisher.name] = CallbackTarget(url: callback.url, secrets: callback.secrets.map(\.bytes))
        }
        return targets
    }
}

extension CallbackAnswer {
    /// Posts by the ordinary client; no answer is an answer, too.
    static func of(_ request: CallbackRequest, _ client: WebClient) async -> CallbackAnswer {
        await of(url: request.url, headers: request.headers, body: request.body, client)
    }

    static func of(
        url: String,
        headers: [(name: String, value: String)],
        body: [UInt8],
        _ client: WebClient
    ) async -> CallbackAnswer {
        do throws(WebClientError) {
            let response = try await client.send(
                WebRequest(
                    method: "POST",
                    url: url,
                    headers: headers.map { WebHeader($0.name, $0.value) },
                    body: .bytes(body),
                    // Only the status counts.
                    responseBytesMax: 64 * 1024
                )
            )
            let seconds = response.header("retry-after").flatMap { Int64($0) }
            return CallbackAnswer(status: response.status, retryAfter: seconds.map { .seconds($0) })
        } catch { return CallbackAnswer(status: nil) }
    }
}
