extension OpenAPIDocument {
    /// The operator's orders.
    static let orders = #"""
         "/admin/lanes/drain": {
          "post": {
           "summary": "Sends what is loaded, then stops.",
           "x-listeners": ["admin"], "security": [],
           "parameters": [
            {
             "name": "lane", "in": "query", "description": "Its name: fcm/onepocket.", "required": true,
             "schema": {"type": "string"}
            }
           ],
           "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}
           },
           "responses": {
            "200": {
             "description": "The lane.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lane"}}}
            },
            "404": {"$ref": "#/components/responses/Problem"},
            "422": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/lanes/probe": {
          "post": {
           "summary": "Asks a lane that the provider closed at once.",
           "x-listeners": ["admin"], "security": [],
           "parameters": [
            {
             "name": "lane", "in": "query", "description": "Its name: fcm/onepocket.", "required": true,
             "schema": {"type": "string"}
            }
           ],
           "requestBody": {
            "required": false,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}
           },
           "responses": {
            "200": {
             "description": "The lane.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lane"}}}
            },
            "404": {"$ref": "#/components/responses/Problem"},
            "409": {"$ref": "#/components/responses/Problem"},
            "422": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/storage/reseal": {
          "post": {
           "summary": "Seals the next devices with the first storage key; asked again with `after` until `next` is null.",
           "x-listeners": ["admin"], "security": [],
           "requestBody": {
            "required": false,
            "content": {
             "application/json": {
              "schema": {
               "allOf": [{"$ref": "#/components/schemas/Order"}],
               "properties": {"after": {"type": "integer", "description": "`next` of the answer before."}}
              }
             }
            }
           },
           "responses": {
            "200": {
             "description": "How many were looked at, moved, and cannot be opened.",
             "content": {
              "application/json": {
               "schema": {
                "type": "object",
                "properties": {
                 "looked": {"type": "integer"}, "moved": {"type": "integer"}, "failed": {"type": "integer"},
                 "next": {"type": ["integer", "null"]}
                }
               }
              }
             }
            },
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/devices/restore": {
          "post": {
           "summary": "Rings devices again that a lane's answers made suspect or disabled since an instant.",
           "x-listeners": ["admin"], "security": [],
           "requestBody": {
            "required": true,
            "content": {
             "application/json": {
              "schema": {
               "allOf": [{"$ref": "#/components/schemas/Order"}],
               "properties": {
                "lane": {"type": "string"}, "since": {"type": "string", "format": "date-time"}, "dryRun": {"type": "boolean"}
               }
              }
             }
            }
           },
           "responses": {
            "200": {
             "description": "How many ring again, or would.",
             "content": {
              "application/json": {
               "schema": {
                "type": "object",
                "properties": {
                 "lane": {"type": "string"}, "since": {"type": "string"}, "restored": {"type": "integer"},
                 "dryRun": {"type": "boolean"}
                }
               }
              }
             }
            },
            "422": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/orders": {
          "post": {
           "summary": "Retries, holds, releases, drops or expires deliveries.",
           "x-listeners": ["admin"], "security": [],
           "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BulkOrder"}}}
           },
           "responses": {
            "200": {
             "description": "Planned by a dry run, or done.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OrderReport"}}}
            },
            "202": {
             "description": "It goes on; look at the operation.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OrderReport"}}}
            },
            "404": {"$ref": "#/components/responses/Problem"},
            "409": {"$ref": "#/components/responses/Problem"},
            "422": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/operations": {
          "get": {
           "summary": "Orders, the newest first.",
           "x-listeners": ["admin"], "security": [],
           "parameters": [
            {"name": "limit", "in": "query", "required": false, "schema": {"type": "integer"}},
            {"name": "after", "in": "query", "required": false, "schema": {"type": "string"}}
           ],
           "responses": {
            "200": {
             "description": "A list.",
             "content": {"application/json": {"schema": {"type": "object", "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Operation"}}}}}}
            },
            "400": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/operations/{id}": {
          "get": {
           "summary": "One order and how far it has come.",
           "x-listeners": ["admin"], "security": [],
           "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
           "responses": {
            "200": {
             "description": "The order.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Operation"}}}
            },
            "404": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/operations/{id}/cancel": {
          "post": {
           "summary": "Lets a running order stop; what it changed stays.",
           "x-listeners": ["admin"], "security": [],
           "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
           "requestBody": {
            "required": false,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}
           },
           "responses": {
            "200": {
             "description": "The order.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Operation"}}}
            },
            "404": {"$ref": "#/components/responses/Problem"},
            "422": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/devices/{installation}/test": {
          "post": {
           "summary": "Rings one device with a test notification.",
           "x-listeners": ["admin"], "security": [],
           "parameters": [{"name": "installation", "in": "path", "required": true, "schema": {"type": "string"}}],
           "responses": {
            "200": {
             "description": "The provider's word.",
             "content": {"application/json": {"schema": {"type": "object"}}}
            },
            "404": {"$ref": "#/components/responses/Problem"},
            "422": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/devices/{installation}/revoke": {
          "post": {
           "summary": "Ends a device until it registers anew.",
           "x-listeners": ["admin"], "security": [],
           "parameters": [{"name": "installation", "in": "path", "required": true, "schema": {"type": "string"}}],
           "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}
           },
           "responses": {
            "200": {
             "description": "Revoked.",
             "content": {"application/json": {"schema": {"type": "object"}}}
            },
            "404": {"$ref": "#/components/responses/Problem"},
            "422": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         }
        """#
}
