import Glibc

/// A POSIX thread that runs one function and ends with it; nobody waits for it.
package enum DetachedThread {
    /// The system has no thread to give.
    package struct StartError: Error {
        /// Of `pthread_create`.
        package let code: Int32
    }

    /// Starts it; `body` runs on it once, and what it captured is let go there.
    ///
    /// - Parameters:
    ///   - name: what `top -H` and a debugger show; at most 15 bytes (Linux).
    ///   - body: what it does.
    /// - Throws: ``StartError``, when nothing was started.
    package static func start(_ name: String, _ body: sending @escaping () -> Void) throws(StartError) {
        let start = Unmanaged.passRetained(Start(name, body))
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
                DetachedThread.name(start.name)
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

    /// As ``start(_:_:)``, for what the process cannot run without.
    package static func startOrEnd(_ name: String, _ body: sending @escaping () -> Void) {
        do { try start(name, body) } catch { preconditionFailure("The system refuses a thread at start.") }
    }

    /// Of the calling thread [proc_pid_comm(5)]: what `prctl` would do, which Swift cannot call. Without `/proc` it has no name.
    private static func name(_ name: String) {
        let comm = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard comm >= 0 else { return }
        _ = write(comm, name, name.utf8.count)
        close(comm)
    }

    private final class Start {
        let name: String
        let body: () -> Void

        init(_ name: String, _ body: sending @escaping () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
