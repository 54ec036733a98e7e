// swift-format-ignore-file: NeverForceUnwrap

import Domain
import Providers

/// The forms of all addresses, with push services of a test's own.
enum TestForms {
    static func all(hosts: [String]) -> [any TargetForm] {
        let rules = EndpointRules(hosts.map { EndpointRules.Entry($0)! })
        return [FCM.targetForm([]), APNs.targetForm([]), WebPush.targetForm(allowing: rules)]
    }
}
