extension OpenAPIDocument {
    /// Routes of publishers; `x-listeners` tells `public`, `metrics` and `admin` apart.
    static let publishing = #"""
         "/v1/events": {
          "post": {
           "summary": "Publish one event or a batch; 202 leaves after the durable commit.",
           "x-listeners": ["public"], "security": [{"publisherKey": []}, {"publisherSignature": []}],
           "parameters": [
            {
             "name": "preview", "in": "query", "description": "Only a forecast: nothing is stored, no identity is taken. Not for a batch.",
             "required": false, "schema": {"type": "boolean"}
            },
            {
             "name": "Idempotency-Key", "in": "header",
             "description": "Identity of a timeline or broker message.", "required": false,
             "schema": {"type": "string"}
            }
           ],
           "requestBody": {
            "required": true,
            "content": {
             "application/cloudevents+json": {"schema": {"$ref": "#/components/schemas/CloudEvent"}},
             "application/cloudevents-batch+json": {
              "schema": {
               "type": "array", "minItems": 1, "maxItems": 500,
               "items": {"$ref": "#/components/schemas/CloudEvent"}
              }
             },
             "application/json": {
              "schema": {
               "type": "object",
               "description": "A timeline or broker message of the ENT, or a CloudEvent's data in binary mode."
              }
             }
            }
           },
           "responses": {
            "202": {
             "description": "Accepted; for a batch, at least one event is new.",
             "headers": {"Location": {"description": "/v1/events/{id}", "schema": {"type": "string"}}},
             "content": {
              "application/json": {
               "schema": {
                "oneOf": [{"$ref": "#/components/schemas/Receipt"}, {"$ref": "#/components/schemas/BatchResults"}]
               }
              }
             }
            },
            "200": {
             "description": "Known already: the first answer with duplicate true. With preview: the forecast.",
             "headers": {"Location": {"description": "/v1/events/{id}", "schema": {"type": "string"}}},
             "content": {
              "application/json": {
               "schema": {
                "oneOf": [
                 {"$ref": "#/components/schemas/Receipt"}, {"$ref": "#/components/schemas/BatchResults"},
                 {"$ref": "#/components/schemas/Forecast"}
                ]
               }
              }
             }
            },
            "400": {"$ref": "#/components/responses/Problem"},
            "401": {"$ref": "#/components/responses/Problem"},
            "403": {"$ref": "#/components/responses/Problem"},
            "409": {"$ref": "#/components/responses/Problem"},
            "413": {"$ref": "#/components/responses/Problem"},
            "415": {"$ref": "#/components/responses/Problem"},
            "422": {"$ref": "#/components/responses/Problem"},
            "501": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/v1/events/{id}": {
          "get": {
           "summary": "State and counts of an event. A publisher sees its own; the admin socket all.",
           "x-listeners": ["public", "admin"], "security": [{"publisherKey": []}, {"publisherSignature": []}],
           "parameters": [{"name": "id", "in": "path", "description": "E-…", "required": true, "schema": {"type": "string"}}],
           "responses": {
            "200": {
             "description": "The event.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/EventStatus"}}}
            },
            "401": {"$ref": "#/components/responses/Problem"},
            "404": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/v1/events/{id}/reach": {
          "get": {
           "summary": "How each person of an event stands, a page at a time; nobody changes places while the event goes on.",
           "x-listeners": ["public"], "security": [{"publisherKey": []}, {"publisherSignature": []}],
           "parameters": [
            {"name": "id", "in": "path", "description": "E-…", "required": true, "schema": {"type": "string"}},
            {
             "name": "state", "in": "query", "description": "Only those who stand so.", "required": false,
             "schema": {"enum": ["reached", "waiting", "notReached"]}
            },
            {
             "name": "limit", "in": "query", "required": false,
             "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}
            },
            {
             "name": "after", "in": "query", "description": "The next of an earlier answer.", "required": false,
             "schema": {"type": "string"}
            }
           ],
           "responses": {
            "200": {
             "description": "A page; next is null at the end.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Reach"}}}
            },
            "400": {"$ref": "#/components/responses/Problem"},
            "401": {"$ref": "#/components/responses/Problem"},
            "404": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/v1/events/{id}/withdraw": {
          "post": {
           "summary": "Takes an event back: all that waits of it ends as withdrawn. A second withdrawal is answered as the first.",
           "x-listeners": ["public"], "security": [{"publisherKey": []}, {"publisherSignature": []}],
           "parameters": [{"name": "id", "in": "path", "description": "E-…", "required": true, "schema": {"type": "string"}}],
           "requestBody": {
            "required": true,
            "content": {
             "application/json": {
              "schema": {
               "type": "object", "required": ["reason"],
               "properties": {"reason": {"type": "string", "maxLength": 1000}}
              }
             }
            }
           },
           "responses": {
            "200": {
             "description": "Nothing more of it is sent; what was in flight finishes.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Withdrawal"}}}
            },
            "202": {
             "description": "It is on the disk, and goes on.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Withdrawal"}}}
            },
            "400": {"$ref": "#/components/responses/Problem"},
            "401": {"$ref": "#/components/responses/Problem"},
            "404": {"$ref": "#/components/responses/Problem"},
            "409": {"$ref": "#/components/responses/Problem"},
            "415": {"$ref": "#/components/responses/Problem"},
            "422": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         }
        """#
}
