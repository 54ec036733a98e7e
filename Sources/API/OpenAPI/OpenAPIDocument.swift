/// The OpenAPI 3.1 description of all three listeners; a test holds it against the routers and the problem codes.
package enum OpenAPIDocument {
    /// UTF-8 JSON, in two pieces for the reader's sake.
    package static let text = """
        {
          "openapi": "3.1.0",
          "info": {
           "title": "Carillon", "version": "1",
           "description": "x-listeners: where a route exists; admin is a Unix socket."
          },
          "paths": {\(publishing), \(devices), \(operating), \(orders), \(directory)},
          "components": \(components)
        }
        """
}
