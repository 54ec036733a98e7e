import CDocuments

/// The OpenAPI 3.1 description of all three listeners, from `openapi.json` beside this file; tests hold it against the routers and the
/// views.
package enum OpenAPI {
    package static var bytes: [UInt8] { carillon_openapi().content }
}

extension carillon_document {
    var content: [UInt8] { [UInt8](UnsafeBufferPointer(start: bytes, count: count)) }
}
