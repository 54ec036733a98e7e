extension OpenAPIDocument {
    /// Routes of the directory, of monitoring and of the operator.
    static let operating = #"""
         "/v1/directory/imports": {
          "post": {
           "summary": "Imports a directory delivery; needs a publisher key with the right directory.",
           "x-listeners": ["public"], "security": [{"publisherKey": []}],
           "parameters": [
            {
             "name": "format", "in": "query", "description": "The feed.", "required": true,
             "schema": {"enum": ["aaf1d", "onde-csv", "ndjson"]}
            },
            {
             "name": "mode", "in": "query", "description": "complete by default, delta for ndjson.",
             "required": false, "schema": {"enum": ["complete", "delta"]}
            },
            {
             "name": "dryRun", "in": "query", "description": "Only says what would change.", "required": false,
             "schema": {"type": "boolean"}
            },
            {
             "name": "yearChange", "in": "query", "description": "Raises the share that may disappear to 60 %.",
             "required": false, "schema": {"type": "boolean"}
            }
           ],
           "requestBody": {
            "required": true,
            "content": {
             "application/x-tar": {"schema": {"type": "string", "format": "binary"}},
             "application/gzip": {"schema": {"type": "string", "format": "binary"}},
             "application/x-ndjson": {"schema": {"type": "string", "format": "binary"}}
            }
           },
           "responses": {
            "200": {
             "description": "Applied, or planned by a dry run.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Import"}}}
            },
            "202": {
             "description": "Held: a limit was passed.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Import"}}}
            },
            "422": {
             "description": "importFailed with the members of Import; nothing changed.",
             "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            },
            "503": {"$ref": "#/components/responses/Problem"},
            "400": {"$ref": "#/components/responses/Problem"},
            "401": {"$ref": "#/components/responses/Problem"},
            "403": {"$ref": "#/components/responses/Problem"},
            "408": {"$ref": "#/components/responses/Problem"},
            "413": {"$ref": "#/components/responses/Problem"},
            "415": {"$ref": "#/components/responses/Problem"},
            "501": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/livez": {
          "get": {
           "summary": "The loop turns.", "x-listeners": ["public", "metrics"], "security": [],
           "responses": {
            "200": {"description": "Alive.", "content": {"application/json": {"schema": {"type": "object"}}}},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/readyz": {
          "get": {
           "summary": "Can promise: store writable, clock sane.", "x-listeners": ["public", "metrics"],
           "security": [],
           "responses": {
            "200": {"description": "Ready.", "content": {"application/json": {"schema": {"type": "object"}}}},
            "503": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/version": {
          "get": {
           "summary": "What runs.", "x-listeners": ["public", "metrics"], "security": [],
           "responses": {
            "200": {
             "description": "Version.",
             "content": {"application/json": {"schema": {"type": "object", "properties": {"version": {"type": "string"}}}}}
            },
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/openapi.json": {
          "get": {
           "summary": "This document.", "x-listeners": ["public", "admin"], "security": [],
           "responses": {
            "200": {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {"type": "object"}}}},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/metrics": {
          "get": {
           "summary": "Prometheus text.", "x-listeners": ["metrics"], "security": [],
           "responses": {
            "200": {"description": "Exposition 0.0.4.", "content": {"text/plain": {"schema": {"type": "string"}}}},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/healthz": {
          "get": {
           "summary": "Deep health: store, lanes, oldest delivery.", "x-listeners": ["metrics"], "security": [],
           "responses": {
            "200": {"description": "Healthy.", "content": {"application/json": {"schema": {"type": "object"}}}},
            "503": {
             "description": "Failing, with reasons.",
             "content": {"application/json": {"schema": {"type": "object"}}}
            },
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/status": {
          "get": {
           "summary": "The process and its lanes.", "x-listeners": ["admin"], "security": [],
           "responses": {
            "200": {"description": "Status.", "content": {"application/json": {"schema": {"type": "object"}}}},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/lanes": {
          "get": {
           "summary": "Every lane with its backlog.", "x-listeners": ["admin"], "security": [],
           "responses": {
            "200": {
             "description": "A list.",
             "content": {
              "application/json": {
               "schema": {
                "type": "object",
                "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Lane"}}}
               }
              }
             }
            },
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/lanes/pause": {
          "post": {
           "summary": "Stops a lane; what is in flight finishes.", "x-listeners": ["admin"], "security": [],
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
         "/admin/lanes/resume": {
          "post": {
           "summary": "Ends a pause or an open breaker and probes at once.", "x-listeners": ["admin"],
           "security": [],
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
            "422": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/lanes/removals": {
          "post": {
           "summary": "Decides about what the mass guard held; removals are no longer frozen.",
           "x-listeners": ["admin"], "security": [],
           "parameters": [
            {
             "name": "lane", "in": "query", "description": "Its name: fcm/onepocket.", "required": true,
             "schema": {"type": "string"}
            }
           ],
           "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RemovalsOrder"}}}
           },
           "responses": {
            "200": {
             "description": "What became of it.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RemovalsDecided"}}}
            },
            "404": {"$ref": "#/components/responses/Problem"},
            "409": {"$ref": "#/components/responses/Problem"},
            "422": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/directory/imports": {
          "post": {
           "summary": "Imports a directory delivery.", "x-listeners": ["admin"], "security": [],
           "parameters": [
            {
             "name": "format", "in": "query", "description": "The feed.", "required": true,
             "schema": {"enum": ["aaf1d", "onde-csv", "ndjson"]}
            },
            {
             "name": "mode", "in": "query", "description": "complete by default, delta for ndjson.",
             "required": false, "schema": {"enum": ["complete", "delta"]}
            },
            {
             "name": "dryRun", "in": "query", "description": "Only says what would change.", "required": false,
             "schema": {"type": "boolean"}
            },
            {
             "name": "yearChange", "in": "query", "description": "Raises the share that may disappear to 60 %.",
             "required": false, "schema": {"type": "boolean"}
            }
           ],
           "requestBody": {
            "required": true,
            "content": {
             "application/x-tar": {"schema": {"type": "string", "format": "binary"}},
             "application/gzip": {"schema": {"type": "string", "format": "binary"}},
             "application/x-ndjson": {"schema": {"type": "string", "format": "binary"}}
            }
           },
           "responses": {
            "200": {
             "description": "Applied, or planned by a dry run.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Import"}}}
            },
            "202": {
             "description": "Held: a limit was passed.",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Import"}}}
            },
            "422": {
             "description": "importFailed with the members of Import; nothing changed.",
             "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            },
            "503": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         }
        """#
}
