import Domain

/// What the receipt says of an event that is accepted and does less than its sender may think.
extension Admission {
    /// `posted` as it came, `terms` as it is accepted.
    static func warnings(
        of posted: Publication,
        accepted publication: Publication,
        dataClass: DataClass,
        expiresAt: Instant,
        now: Instant,
        origins: Set<String>
    ) -> [ReceiptWarning] {
        // CloudEvents have a source and say it all in `data`; the ENT's own messages have `params` at the top.
        let isCloudEvent = posted.source != nil
        let base = isCloudEvent ? "/data" : ""
        var warnings: [ReceiptWarning] = []
        func warn(_ pointer: String, _ code: String, _ detail: String) {
            warnings.append(ReceiptWarning(pointer: pointer, code: code, detail: detail))
        }
        if expiresAt <= now {
            warn("\(base)/expiresAt", "alreadyExpired", "Its time to live is over: nobody is rung.")
        }
        if posted.title == nil, posted.wantsPush, dataClass == .clear {
            let pointer = isCloudEvent ? "/data/title" : "/pushNotif/title"
            warn(pointer, "noTitle", "It has no title that shows anything: the text of its kind stands in.")
        }
        if posted.hasTwoAddresses(origins: origins) {
            warn("\(base)/params/resourceUri", "addressesDiffer", "The resource's own address counts.")
        }
        if let missing = TapNeed.of(app: publication.app, action: publication.action)?.missing(in: publication) {
            let pointer = isCloudEvent ? "/data/resource" : "/params/resourceUri"
            warn(pointer, "opensNothing", "A tap opens no page of \(publication.app): it needs \(missing).")
        }
        return warnings
    }
}
