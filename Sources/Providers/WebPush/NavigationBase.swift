import Domain
import Text

/// Where the ENT's pages are: makes the paths of its events (`/blog#/view/…`) URLs that a browser can open without any
/// code of ours.
package struct NavigationBase: Hashable, Sendable {
    /// `https://host`, with the port when it is not 443.
    package let origin: String

    /// nil when the text is not an https origin: a path, a query or user information would be dropped in silence.
    package init?(_ text: String) {
        do {
            let parsed = try PushEndpoint(text)
            guard parsed.path == "/" else { return nil }
            origin = parsed.origin
        } catch {
            return nil
        }
    }

    /// The absolute https URL of a resource; the ENT's first page when the resource has no path; nil when there is
    /// nothing absolute.
    static func target(of resource: String?, base: NavigationBase?) -> String? {
        let resource = resource.map(percentEncoded) ?? ""
        if isAbsolute(resource) { return resource }
        guard let base else { return nil }
        return base.origin + (resource.hasPrefix("/") ? resource : "/")
    }

    /// The part before the fragment must be a URL by the rules of endpoints: https, a host, no user information.
    private static func isAbsolute(_ resource: String) -> Bool {
        do {
            _ = try PushEndpoint(String(resource.prefix { $0 != "#" }))
            return true
        } catch {
            return false
        }
    }

    /// Everything that never stands in a URL, `%` left alone since the path may be encoded already [RFC 3986 §2.1].
    private static func percentEncoded(_ text: String) -> String {
        PercentCoding.encode(text) { $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }
    }
}
