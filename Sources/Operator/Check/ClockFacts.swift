import Contract
import Domain
import Glibc
import Settings
import Store

/// The clock against everything on this machine that remembers a time.
struct ClockFacts {
    /// How far the newest event lies in the future; 0 when it does not.
    var behindStore: Int64
    /// How far the newest write of the store's files lies in the future.
    var behindFiles: Int64
    /// Against the service's clock; nil when it does not answer.
    var againstService: Int64?
    /// What the kernel says; nil when it does not tell.
    var isSynchronised: Bool?

    var offSeconds: Int64 { max(behindStore, behindFiles, abs(againstService ?? 0)) }

    var sentence: String {
        if behindStore > 0 {
            return say("the newest event lies \(RelativeTime.length(behindStore)) in the future: the clock went back")
        }
        if behindFiles > 0 {
            return say("the store was written \(RelativeTime.length(behindFiles)) in the future: the clock went back")
        }
        if let off = againstService, off != 0 {
            return say("the service's clock differs by \(RelativeTime.length(abs(off)))")
        }
        return say("not behind the store") + (againstService == nil ? "" : say(", equal to the service's"))
    }

    static func read(_ inspection: Inspection, context: OperatorContext) async throws -> ClockFacts {
        let status = await AdminClient.status(inspection.adminSocket)
        let now = context.time.now()
        let service = status.map { ($0.at - now).components.seconds }
        let newest = try inspection.ask { try $0.newestInstant() }
        // A second is what file systems and event numbers may differ by.
        let behindStore = newest.map { ($0 - now).components.seconds - 1 } ?? 0
        let behindFiles = ["/queue.db", "/queue.db-wal"].map { name -> Int64 in
            var found = stat()
            // An empty log is made by whoever reads, now.
            guard stat(inspection.settings.data + name, &found) == 0, found.st_size > 0 else { return 0 }
            return Int64(found.st_mtim.tv_sec) - now.seconds - 1
        }
        return ClockFacts(
            behindStore: max(0, behindStore),
            behindFiles: max(0, behindFiles.max() ?? 0),
            againstService: service,
            isSynchronised: kernelWord()
        )
    }

    /// [ntp_gettime(3)]: TIME_ERROR (5) when "the system clock is not synchronized to a reliable server". Looked up by name, because
    /// Swift's module of glibc leaves <sys/timex.h> out; the structure it fills is 72 bytes long.
    private static func kernelWord() -> Bool? {
        guard let symbol = dlsym(nil, "ntp_gettime") else { return nil }
        let get = unsafeBitCast(symbol, to: (@convention(c) (UnsafeMutableRawPointer) -> Int32).self)
        let code = withUnsafeTemporaryAllocation(byteCount: 256, alignment: 16) { buffer in
            buffer.baseAddress.map(get) ?? -1
        }
        return code < 0 ? nil : code != 5
    }
}
