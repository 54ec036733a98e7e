import Glibc
import POSIX
import Synchronization

/// Where a signal's handler writes its number: the pipe of the terminal that is open, else -1. A signal belongs to the process, hence
/// a global; an atomic integer is all a handler may touch [signal-safety(7)].
private let signalEnd = Atomic<Int32>(-1)

/// The terminal a live screen is drawn on: its size, and its keys one by one.
///
/// Between ``open(every:)`` and ``close()`` the terminal shows its second screen without a cursor and hands over keys at once, Ctrl-C
/// as a key among them. SIGTERM, SIGHUP and SIGINT give it back before they end the process.
package final class Terminal: Sendable {
    package enum Event: Sendable, Equatable {
        /// The time of a new frame.
        case tick
        case key(UInt8)
        /// Nobody types any more.
        case closed
    }

    private struct State {
        var saved: termios?
        var wake: Int32 = -1
    }

    /// Signals that would leave the terminal as it is.
    private static let signals = [SIGTERM, SIGHUP, SIGINT]

    private let state = Mutex(State())

    package init() {}

    /// True when a person sits at both ends.
    static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    /// Columns and rows; asked anew for every frame, so that a window may change.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20, size.ws_row >= 5 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Takes the terminal over. Keys and ticks come from a thread of their own, which waits in poll(2); the stream ends at ``close()``.
    func open(every interval: Duration) -> TerminalEvents.Stream {
        var now = termios()
        tcgetattr(STDIN_FILENO, &now)
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        let (read, write) = (ends[0], ends[1])
        let saved = now
        state.withLock { state in
            state.saved = saved
            state.wake = write
        }
        signalEnd.store(write, ordering: .sequentiallyConsistent)
        for number in Self.signals { Self.handle(number) }
        now.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &now)
        draw("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
        let events = TerminalEvents()
        let watch = KeyWatch(
            wake: read,
            milliseconds: Int32(
                clamping: interval.components.seconds * 1000 + interval.components.attoseconds / 1_000_000_000_000_000
            ),
            events: events,
            onSignal: { [self] number in
                close()
                // As if nobody had caught it: whoever waits for the process sees why it ended.
                kill(getpid(), number)
                // The signal may come a moment later; going back would end the stream, and the process with 0.
                while true { pause() }
            }
        )
        watch.start()
        return events.stream
    }

    /// The watch's thread, not the handler, gives the terminal back: that takes a lock.
    private static func handle(_ number: Int32) {
        signal(number) { number in
            var byte = UInt8(truncatingIfNeeded: number)
            let end = signalEnd.load(ordering: .sequentiallyConsistent)
            if end >= 0 { _ = Glibc.write(end, &byte, 1) }
        }
    }

    /// Gives the terminal back as it was.
    func close() {
        let (saved, wake) = state.withLock { state in
            defer { state = State() }
            return (state.saved, state.wake)
        }
        guard var saved else { return }
        for number in Self.signals { signal(number, SIG_DFL) }
        signalEnd.store(-1, ordering: .sequentiallyConsistent)
        draw("\u{1B}[?25h\u{1B}[?1049l")
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved)
        // The other end of the pipe sees its end, and the thread ends with it.
        if wake >= 0 { Glibc.close(wake) }
    }

    /// A frame from the first line on; what is left of the last one is wiped.
    func draw(frame lines: [String], isASCII: Bool = false) {
        // After a signal the screen is another's again.
        guard state.withLock({ $0.saved != nil }) else { return }
        let lines = isASCII ? lines.map(PlainASCII.text) : lines
        draw("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
    }

    private func draw(_ text: String) {
        // A terminal that takes no more is closing, and its end comes as an event.
        do { try Descriptor.write(Array(text.utf8), to: STDOUT_FILENO) } catch {}
    }
}

/// The thread that waits for keys.
private final class KeyWatch: Sendable {
    private let wake: Int32
    private let milliseconds: Int32
    private let events: TerminalEvents
    private let onSignal: @Sendable (Int32) -> Void

    init(
        wake: Int32,
        milliseconds: Int32,
        events: TerminalEvents,
        onSignal: @escaping @Sendable (Int32) -> Void
    ) {
        self.wake = wake
        self.milliseconds = milliseconds
        self.events = events
        self.onSignal = onSignal
    }

    func start() {
        DetachedThread.startOrEnd("keys") { self.run() }
    }

    private func run() {
        defer {
            close(wake)
            events.finish()
        }
        while true {
            var descriptors = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&descriptors, 2, milliseconds)
            if descriptors[1].revents != 0 {
                // A signal's number, or the end: the terminal is closed.
                var number: UInt8 = 0
                if read(wake, &number, 1) == 1 { onSignal(Int32(number)) }
                return
            }
            if count == 0 {
                events.yield(.tick)
                continue
            }
            // Interrupted by a signal, whose number is in the pipe now. Its errno is not asked for: it may be another call's by here.
            guard count > 0 else { continue }
            var byte: UInt8 = 0
            guard read(STDIN_FILENO, &byte, 1) == 1 else {
                events.yield(.closed)
                return
            }
            events.yield(.key(byte))
        }
    }
}
