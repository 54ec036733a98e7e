package import Contract
import Store

/// Whether the gateway can promise, and how it is.
package protocol GatewayCondition: Sendable {
    /// Why it cannot promise now; empty when it can.
    var reasonsNotReady: [String] { get }
    /// False while the disk is short of room: urgent and ordinary events pass, deliveries of the directory do not.
    var takesBulk: Bool { get }
    /// Why events of the message broker do not come; nil while they do, or none are asked for.
    var brokerAlarm: String? { get }
    /// What is known beside the lanes.
    func add(to health: inout HealthView)
}
