import Cryptography
import Domain

/// By what events that say the same are recognised: SHA-256 of publisher, author, kind and text. The resource is not in it: one text posted
/// to two classes has two.
enum MergeKey {
    /// nil for an event that stands alone: without an author or a text of its own, or a revision, which replaces by itself.
    static func of(_ terms: Admission.Terms, publisher: String) -> [UInt8]? {
        let publication = terms.publication
        guard let author = publication.authorID, publication.revision == 0, publication.wantsPush else { return nil }
        let title = publication.title ?? ""
        // The fixed text of a kind says nothing of what was posted.
        guard !publication.body.isEmpty || !(title.isEmpty || MessageTexts.isKey(title)) else { return nil }
        var hash = SHA256()
        let urgency = (publication.urgency ?? .normal).name
        // What may be said differs by class of data, and an urgent one rings whatever was said before.
        for part in [
            publisher, author, publication.app, publication.action, title, publication.body, urgency,
            terms.dataClass.name,
        ] {
            withUnsafeBytes(of: UInt64(part.utf8.count).littleEndian) { hash.update($0) }
            hash.update(part)
        }
        return hash.finalize()
    }
}
