import Domain
import Glibc
import Telemetry

/// The process as the kernel sees it, under the names every Prometheus client uses
/// [prometheus.io/docs/instrumenting/writing_clientlibs, process metrics]. Read at each scrape.
enum ProcessMetrics {
    static func register(_ registry: MetricRegistry) {
        let started = Double(SystemTime.now().milliseconds) / 1000
        registry.counter("process_cpu_seconds_total", help: "Processor time used, of the user and the system.") {
            [Sample([], cpuSeconds)]
        }
        registry.gauge("process_resident_memory_bytes", help: "Memory in use.") { [Sample([], residentBytes)] }
        registry.gauge("process_open_fds", help: "Open file descriptors.") { [Sample([], Double(descriptors))] }
        registry.gauge("process_max_fds", help: "File descriptors that may be open.") { [Sample([], descriptorsMax)] }
        registry.gauge("process_threads", help: "Threads.") { [Sample([], threads)] }
        registry.gauge("process_start_time_seconds", help: "When the process began.") { [Sample([], started)] }
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static var residentBytes: Double {
        let pages = words("/proc/self/statm").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The twentieth field; those behind the name, which may hold blanks, are counted from its bracket [proc(5)].
    private static var threads: Double {
        let text = read("/proc/self/stat")
        let rest = text.lastIndex(of: ")").map { text[text.index(after: $0)...].split(separator: " ") } ?? []
        return rest.count > 17 ? Double(rest[17]) ?? 0 : 0
    }

    private static var descriptorsMax: Double {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Double(limit.rlim_cur)
    }

    private static var descriptors: Int {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Two for the folder and its parent, one for this look.
        return max(0, count - 3)
    }

    private static func words(_ path: String) -> [Substring] { read(path).split(separator: " ") }

    private static func read(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }
}
