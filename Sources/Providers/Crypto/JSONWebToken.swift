import Domain
import Text

/// JSON Web Token in compact form [RFC 7519; RFC 7515 §7.1].
enum JSONWebToken {
    /// `sign` makes the raw signature of the bytes it is handed.
    static func signed<Failure: Error>(
        header: JSONObject,
        claims: JSONObject,
        sign: ([UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> String {
        let input =
            Base64.encodeURL(JSONWriter.bytes(.object(header))) + "."
            + Base64.encodeURL(JSONWriter.bytes(.object(claims)))
        return input + "." + Base64.encodeURL(try sign(Array(input.utf8)))
    }
}
