extension Publication {
    /// Members of `params` that the app opens.
    package static let addressParams: Set<String> = [
        "resourceUri", "resourceFolderUri", "formUri", "formResultsUri", "uri",
    ]

    /// Addresses as the app wants them: relative to the ENT, and one place for where the tap leads.
    ///
    /// `origins`: of the ENT, as ``WebOrigin`` writes them. An absolute address of it becomes relative: the app opens an empty page for it.
    /// `resourceURI` wins over `params.resourceUri`; one that is null, empty or no text hides nothing.
    package mutating func settleAddresses(origins: Set<String>) {
        var params = params.object ?? JSONObject()
        for member in params where Self.addressParams.contains(member.name) {
            guard let text = member.value.string, let relative = WebOrigin.relative(text, to: origins) else { continue }
            params[member.name] = .string(relative)
        }
        if let uri = resourceURI { resourceURI = WebOrigin.relative(uri, to: origins) ?? uri }
        let posted = params["resourceUri"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        resourceURI = resourceURI ?? posted
        params["resourceUri"] = resourceURI.map { .string($0) }
        self.params = .object(params)
    }

    /// Whether both say where the tap leads, and not the same.
    package func hasTwoAddresses(origins: Set<String>) -> Bool {
        guard let uri = resourceURI, let posted = params["resourceUri"]?.string, !posted.isEmpty else { return false }
        let first = WebOrigin.relative(uri, to: origins) ?? uri
        let second = WebOrigin.relative(posted, to: origins) ?? posted
        return !first.hasSameBytes(as: second)
    }
}
