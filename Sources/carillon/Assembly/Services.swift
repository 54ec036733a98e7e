import Delivery
import Domain
import FanOut
import Logging
import Pipeline
import ServiceLifecycle
import Store

/// Dispatcher and engine: started first, stopped last, since everything else hands work to them.
struct Delivering: Service {
    let dispatcher: Dispatcher
    let engine: FanOutEngine
    /// What is in flight may finish for this long; then it counts as ambiguous.
    let drain: Duration

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await dispatcher.run()
        } onGracefulShutdown: {
            dispatcher.stop()
        }
        await engine.shutDown(within: drain)
        await dispatcher.settle()
    }
}

/// Expansion of accepted events into pages; stops after the step that is under way.
struct Expanding: Service {
    let expander: Expander

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await expander.run()
        } onGracefulShutdown: {
            expander.stop()
        }
    }
}

/// Operators' bulk orders; stops after the slice that is under way, and goes on at the next start.
struct Ordering: Service {
    let orders: OrderRunner

    func run() async throws {
        await withGracefulShutdownHandler {
            await orders.run()
        } onGracefulShutdown: {
            orders.stop()
        }
    }
}

struct LookingAtDevices: Service {
    let look: DeviceLook

    func run() async throws {
        await cancelWhenGracefulShutdown { await look.run() }
    }
}

/// What waits for quiet hours to end, when wishes or the policy change.
struct LookingAtWaiting: Service {
    let waiting: Waiting

    func run() async throws {
        await cancelWhenGracefulShutdown { await waiting.run() }
    }
}

struct Sweeping: Service {
    let sweeper: Sweeper

    func run() async throws {
        await cancelWhenGracefulShutdown { await sweeper.run() }
    }
}
