internal import CCurl
internal import Glibc
import POSIX
internal import Synchronization

/// Ordinary outbound HTTP and HTTPS over libcurl, on one thread of its own: token endpoints, userinfo, keys, the admin socket.
///
/// Connections are kept and reused. HTTP/1.1 only: the multi interface of libcurl 7.88 now and then misses the end of an HTTP/2 stream
/// that was answered in less than a millisecond, and the answer counts as a timeout. Certificates are always verified against the system
/// store and `caFile`. Every client that was made is ended with `stop()`.
package final class WebClient: Sendable {
    package struct Options: Sendable {
        /// Transfers at the same time; others wait.
        package var transfersMax: Int
        /// Requests that wait for a free transfer; one more is refused with `overloaded`.
        package var waitingMax: Int
        /// PEM certificates trusted beside the system store.
        package var caFile: String?
        /// `http://host:port`; without it, libcurl's environment variables (`https_proxy`, `no_proxy`) count.
        package var proxy: String?
        /// `user:password` for it.
        package var proxyCredentials: String?
        package var userAgent: String

        package init(
            transfersMax: Int = 16,
            waitingMax: Int = 256,
            caFile: String? = nil,
            proxy: String? = nil,
            proxyCredentials: String? = nil,
            userAgent: String = "carillon"
        ) {
            self.transfersMax = transfersMax
            self.waitingMax = waitingMax
            self.caFile = caFile
            self.proxy = proxy
            self.proxyCredentials = proxyCredentials
            self.userAgent = userAgent
        }
    }

    private let inbox: TransferInbox

    /// Starts the thread.
    package init(options: Options = .init()) {
        // Counted by libcurl, and safe from any thread since 7.84 [curl.se/libcurl/c/curl_global_init.html].
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        guard let multi = curl_multi_init() else { preconditionFailure("libcurl has no memory at start.") }
        inbox = TransferInbox(multi: multi, transfersMax: options.transfersMax, waitingMax: options.waitingMax)
        let loop = TransferLoop(multi: multi, inbox: inbox, options: options)
        DetachedThread.startOrEnd("web") { loop.run() }
    }

    /// Sends the request and returns the complete answer. Cancelling the task aborts the transfer.
    package func send(_ request: WebRequest) async throws(WebClientError) -> WebResponse {
        if let mistake = request.mistake { throw mistake }
        let id = inbox.nextID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                inbox.submit(
                    TransferSubmission(id: id, request: request, deadline: .now + request.timeout) {
                        continuation.resume(returning: $0)
                    }
                )
                // A cancellation before the submission found nothing to cancel.
                if Task.isCancelled { inbox.cancel(id) }
            }
        } onCancel: {
            inbox.cancel(id)
        }
        return try result.get()
    }

    /// Refuses new requests, lets those under way come to their end (each has its timeout), and ends the thread.
    package func stop() async {
        await withCheckedContinuation { continuation in inbox.stop { continuation.resume() } }
    }
}

extension WebRequest {
    /// What libcurl would send as it stands and should not: header injection above all.
    fileprivate var mistake: WebClientError? {
        guard !method.isEmpty, method.utf8.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else {
            return .invalidRequest(reason: "method")
        }
        guard !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else { return .invalidURL }
        // Without a scheme libcurl guesses one from the name of the host.
        let start = url.prefix(8).lowercased()
        guard start.hasPrefix("http://") || start.hasPrefix("https://") else { return .invalidURL }
        for header in headers {
            guard !header.name.isEmpty, !header.name.utf8.contains(where: { $0 <= 0x20 || $0 == 0x3A || $0 >= 0x7F }),
                !header.value.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 })
            else { return .invalidRequest(reason: "a header holds a forbidden character") }
        }
        return nil
    }
}
