/// What One Pocket needs to open the page of a publication when its notification is tapped [ENT facts 3.3].
///
/// A kind that is not here needs nothing: the app opens its address in the browser, or its own timeline.
package enum TapNeed: Hashable, Sendable {
    /// An address of this form in `resourceUri`.
    case address(AddressForm)
    /// `resource`, in figures, beside an address; the number may also stand in the address as `/info/<n>`.
    case number
    /// Address of this form and `resource`.
    case addressAndID(AddressForm)
    /// This member of `params`.
    case param(String)

    package enum AddressForm: Hashable, Sendable {
        case any
        /// `/blog…/<36>`, one or two of them.
        case blog(ids: Int)
        /// `…/word/<n>` or `…/report/<n>` below `/schoolbook`.
        case schoolbook
        /// `conversation`, or `zimbra`, somewhere.
        case mail
        /// `/communities/id/<n>`.
        case community
        /// `/wiki/id/<id>`, and with a page `…/page/<id>`.
        case wiki, wikiPage
    }

    /// By application and action as the app spells them; nil for a kind that needs nothing.
    package static func of(app: String, action: String) -> TapNeed? {
        switch (app, action) {
        case ("BLOG", "PUBLISH-POST"), ("BLOG", "SUBMIT-POST"), ("BLOG", "PUBLISH-COMMENT"): .address(.blog(ids: 2))
        case ("BLOG", "SHARE"): .address(.blog(ids: 1))
        case ("SCHOOLBOOK", "PUBLISH"), ("SCHOOLBOOK", "WORD-SHARED"), ("SCHOOLBOOK", "WORD-RESEND"),
            ("SCHOOLBOOK", "ACKNOWLEDGE"), ("SCHOOLBOOK", "RESPONSE"), ("SCHOOLBOOK", "MODIFYRESPONSE"):
            .address(.schoolbook)
        case ("HOMEWORKS", "SHARE"), ("HOMEWORKS", "ENTRIES.MODIFIED"): .address(.any)
        case ("NEWS", "INFO-SHARED"), ("NEWS", "NEWS-PUBLISHED"), ("NEWS", "NEWS-COMMENT"), ("NEWS", "NEWS-UPDATE"):
            .number
        case ("MESSAGERIE", "SEND-MESSAGE"): .addressAndID(.mail)
        case ("WORKSPACE", "SHARE-FOLDER"), ("WORKSPACE", "CONTRIB-FOLDER"): .address(.any)
        case ("WORKSPACE", "SHARE"): .param("resourceFolderUri")
        case ("FORMULAIRE", "NEW_FORM_NOTIFICATION"), ("FORMULAIRE", "CLOSING_FORM_NOTIFICATION"): .param("formUri")
        case ("FORMULAIRE", "RESPONSE_NOTIFICATION"): .param("formResultsUri")
        case ("SCRAPBOOK", "SHARE"), ("SCRAPBOOK", "MODIFIED"): .addressAndID(.any)
        case ("COMMUNITIES", "ANNOUNCEMENT_NEW"), ("COMMUNITIES", "RESOURCE_NEW"), ("COMMUNITIES", "COURSE_PAGE_NEW"),
            ("COMMUNITIES", "DISCUSSION_MESSAGE_NEW"):
            .address(.community)
        case ("WIKI", "SHARED"), ("WIKI", "PAGE-DELETED"): .address(.wiki)
        case ("WIKI", "PAGE-CREATED"), ("WIKI", "PAGE-UPDATED"), ("WIKI", "PAGE-VISIBLE"): .address(.wikiPage)
        default: nil
        }
    }

    /// What a publication lacks, as the end of a sentence, and whether it is the address; nil when its page opens.
    package func missing(in publication: Publication) -> String? {
        let address = publication.resourceURI ?? ""
        switch self {
        case .address(let form): return form.fits(address) ? nil : "an address: \(form.example)"
        case .number:
            guard !address.isEmpty else { return "an address: an id alone opens an empty page" }
            return Self.number(publication.resourceID, address) == nil
                ? "the number of the information as its resource's id" : nil
        case .addressAndID(let form):
            guard form.fits(address) else { return "an address: \(form.example)" }
            return publication.resourceID == nil ? "its resource's id" : nil
        case .param(let name):
            return publication.params[name]?.string?.isEmpty ?? true ? "params.\(name)" : nil
        }
    }

    /// The id the app compares as a number, as posted or out of the address, where apps before 2025 read it.
    package static func number(_ id: String?, _ address: String) -> String? {
        if let id, !id.isEmpty, id.utf8.allSatisfy(isDigit) { return id }
        guard let mark = address.firstRange(of: "/info/") else { return nil }
        let digits = address[mark.upperBound...].utf8.prefix(while: isDigit)
        return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
    }

    fileprivate static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension TapNeed.AddressForm {
    package func fits(_ address: String) -> Bool {
        switch self {
        case .any: !address.isEmpty
        case .blog(let ids): address.hasPrefix("/blog") && Self.ids(in: address) >= ids
        case .schoolbook:
            address.hasPrefix("/schoolbook")
                && (Self.hasNumber(address, behind: "/word/") || Self.hasNumber(address, behind: "/report/"))
        case .mail: address.contains("conversation") || address.contains("zimbra")
        case .community: Self.hasNumber(address, behind: "/communities/id/")
        case .wiki: Self.hasID(address, behind: "/wiki/id/")
        case .wikiPage: Self.hasID(address, behind: "/wiki/id/") && Self.hasID(address, behind: "/page/")
        }
    }

    fileprivate var example: String {
        switch self {
        case .any: "a path"
        case .blog(1): "/blog#/view/<blog>, relative to the ENT"
        case .blog: "/blog#/view/<blog>/<post>, relative to the ENT"
        case .schoolbook: "/schoolbook#/word/<number>, relative to the ENT"
        case .mail: "/conversation/conversation#/read-mail/<id>"
        case .community: "/communities/id/<number>"
        case .wiki: "/wiki/id/<id>"
        case .wikiPage: "/wiki/id/<id>/page/<id>"
        }
    }

    /// The most segments of 36 characters, as ids of the ENT are, that stand one behind the other.
    private static func ids(in address: String) -> Int {
        var (run, most) = (0, 0)
        for segment in address.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            // A query may stand behind the last.
            let end = segment.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? segment.endIndex
            run = segment.distance(from: segment.startIndex, to: end) == 36 ? run + 1 : 0
            most = max(most, run)
        }
        return most
    }

    private static func hasNumber(_ address: String, behind mark: String) -> Bool {
        guard let found = address.firstRange(of: mark) else { return false }
        return address[found.upperBound...].utf8.first.map(TapNeed.isDigit) ?? false
    }

    private static func hasID(_ address: String, behind mark: String) -> Bool {
        guard let found = address.firstRange(of: mark) else { return false }
        return address[found.upperBound...].utf8.first.map { $0 != UInt8(ascii: "/") } ?? false
    }
}
