package import Domain

/// The credentials of the push services; one lane for each, or one for each host.
package struct ProviderSettings: Sendable {
    /// In the order in which the providers are known.
    package var sections: [any ProviderSection]

    package init(_ sections: [any ProviderSection] = []) { self.sections = sections }

    package subscript<Section: ProviderSection>(_ type: Section.Type) -> [Section] {
        sections.compactMap { $0 as? Section }
    }

    /// When the credential of a lane ends, as configured: the first moment of that day, UTC; nil when nothing is said.
    package func expiry(ofLane lane: String) -> Instant? {
        sections.first { $0.owns(lane: lane) }?.credential.expires
    }
}
