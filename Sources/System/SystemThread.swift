internal import Glibc

/// A detached POSIX thread that runs one function.
package enum SystemThread {
    package struct NotStarted: Error {
        package let code: Int32
    }

    /// Starts it. What `body` holds is let go of when it has returned.
    ///
    /// - Parameters:
    ///   - name: For `ps` and `top`; the first 15 bytes (Linux).
    ///   - body: All that the thread does.
    /// - Throws: When the system has no thread to give.
    package static func start(name: String, _ body: sending @escaping () -> Void) throws(NotStarted) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            &attributes,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                SystemThread.setName(start.name)
                start.body()
                return nil
            },
            start.toOpaque()
        )
        guard code == 0 else {
            start.release()
            throw NotStarted(code: code)
        }
    }

    /// The same for what cannot be without its thread.
    package static func startAtLaunch(name: String, _ body: sending @escaping () -> Void) {
        do throws(NotStarted) { try start(name: name, body) } catch {
            preconditionFailure("The system refuses a thread at start.")
        }
    }

    /// Of the calling thread; pthread_setname_np is not in the Glibc module. Without its name a thread works as well.
    private static func setName(_ name: String) {
        let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = Array(name.utf8.prefix(15)).withUnsafeBytes { Descriptor.writeAll($0, to: descriptor) }
    }

    private final class Start {
        let name: String
        let body: () -> Void

        init(name: String, body: @escaping () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
