internal import CNGHTTP2
internal import Glibc

/// A detached POSIX thread that runs one function.
enum LoopThread {
    struct StartError: Error {
        let code: Int32
    }

    /// Throws when the system has no thread to give.
    static func run(name: String, _ body: @escaping @Sendable () -> Void) throws(StartError) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            &attributes,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                fanout_name_thread(start.name)
                start.body()
                return nil
            },
            start.toOpaque()
        )
        guard code == 0 else {
            start.release()
            throw StartError(code: code)
        }
    }

    /// See the shim: OpenSSL writes without MSG_NOSIGNAL.
    static func blockBrokenPipeSignal() {
        fanout_block_sigpipe()
    }

    private final class Start {
        /// At most 15 bytes (Linux).
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
