extension OpenAPIDocument {
    /// Schools, held imports and the clock: the operator's words.
    static let directory = #"""
         "/admin/schools/{uai}/activate": {
          "post": {
           "summary": "From now on the school's events ring.",
           "x-listeners": ["admin"], "security": [],
           "parameters": [{"name": "uai", "in": "path", "required": true, "schema": {"type": "string"}}],
           "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}
           },
           "responses": {
            "200": {
             "description": "The school: school, active, changed, operation.",
             "content": {"application/json": {"schema": {"type": "object"}}}
            },
            "422": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/schools/{uai}/deactivate": {
          "post": {
           "summary": "From now on the school's events are accepted and withheld.",
           "x-listeners": ["admin"], "security": [],
           "parameters": [{"name": "uai", "in": "path", "required": true, "schema": {"type": "string"}}],
           "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}
           },
           "responses": {
            "200": {
             "description": "The school: school, active, changed, operation.",
             "content": {"application/json": {"schema": {"type": "object"}}}
            },
            "422": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/directory/imports/{id}/approve": {
          "post": {
           "summary": "Lets a held import through; the body may say yes: true, for a difference that has changed since.",
           "x-listeners": ["admin"], "security": [],
           "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
           "requestBody": {
            "required": false,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}
           },
           "responses": {
            "200": {
             "description": "The import as it was applied.",
             "content": {"application/json": {"schema": {"type": "object"}}}
            },
            "404": {"$ref": "#/components/responses/Problem"},
            "409": {"$ref": "#/components/responses/Problem"},
            "422": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/clock": {
          "get": {
           "summary": "Wall clock, the services' time, since when they differ, and what that holds back.",
           "x-listeners": ["admin"], "security": [],
           "responses": {
            "200": {
             "description": "wall, steady, isSuspect, suspectSince, highWater, heldBack.",
             "content": {"application/json": {"schema": {"type": "object"}}}
            },
            "501": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/admin/clock/accept": {
          "post": {
           "summary": "Believes the wall clock at once.",
           "x-listeners": ["admin"], "security": [],
           "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}
           },
           "responses": {
            "200": {
             "description": "The clock as it then is.",
             "content": {"application/json": {"schema": {"type": "object"}}}
            },
            "409": {"$ref": "#/components/responses/Problem"},
            "422": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         }
        """#
}
