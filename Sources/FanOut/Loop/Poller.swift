internal import CNGHTTP2
internal import Glibc

/// Something with a socket. Errors and hang-ups count as ready in both directions: the next call on the socket tells.
protocol IOHandler: AnyObject {
    func ready(canRead: Bool, canWrite: Bool)
}

/// epoll, level-triggered. Belongs to the loop thread.
final class Poller {
    private let descriptor: Int32
    private var handlers: [UInt64: any IOHandler] = [:]
    /// Keys are never reused, so an event of a socket closed earlier in the same batch finds nobody.
    private var lastKey: UInt64 = 0
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: eventsMax)
    private static let eventsMax = 64

    init() {
        descriptor = fanout_epoll_create()
        precondition(descriptor >= 0, "the system has no epoll instance to give (descriptor limit)")
    }

    deinit {
        events.deallocate()
        close(descriptor)
    }

    func add(_ socket: Int32, _ handler: any IOHandler, wantsWrite: Bool) -> UInt64 {
        lastKey += 1
        handlers[lastKey] = handler
        let added = fanout_epoll_add(descriptor, socket, interest(wantsWrite), lastKey)
        precondition(added == 0, "a socket of ours is watched once")
        return lastKey
    }

    func change(_ socket: Int32, _ key: UInt64, wantsWrite: Bool) {
        let changed = fanout_epoll_change(descriptor, socket, interest(wantsWrite), key)
        precondition(changed == 0, "a socket is watched while it is changed")
    }

    /// Before the socket is closed or given to another handler.
    func remove(_ socket: Int32, _ key: UInt64) {
        guard handlers.removeValue(forKey: key) != nil else { return }
        epoll_ctl(descriptor, Int32(EPOLL_CTL_DEL), socket, nil)
    }

    /// How many sockets are ready. `milliseconds` -1: for ever.
    func wait(milliseconds: Int32) -> Int {
        // Negative (EINTR) counts as none: the loop comes round again.
        max(0, Int(epoll_wait(descriptor, events, Int32(Self.eventsMax), milliseconds)))
    }

    /// Calls the handlers of the sockets that `wait` found.
    func dispatch(_ count: Int) {
        for index in 0..<count {
            guard let handler = handlers[fanout_event_key(events + index)] else { continue }
            let flags = events[index].events
            let failed = flags & ~(fanout_epoll_in() | fanout_epoll_out()) != 0
            handler.ready(
                canRead: failed || flags & fanout_epoll_in() != 0,
                canWrite: failed || flags & fanout_epoll_out() != 0
            )
        }
    }

    private func interest(_ wantsWrite: Bool) -> UInt32 {
        wantsWrite ? fanout_epoll_in() | fanout_epoll_out() : fanout_epoll_in()
    }
}
