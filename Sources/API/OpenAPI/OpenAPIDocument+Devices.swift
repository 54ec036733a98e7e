extension OpenAPIDocument {
    /// Routes of parents.
    static let devices = #"""
         "/v1/devices": {
          "get": {
           "summary": "The account's devices.", "x-listeners": ["public"], "security": [{"parentToken": []}],
           "responses": {
            "200": {
             "description": "At most 20.",
             "content": {
              "application/json": {
               "schema": {
                "type": "object",
                "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Device"}}}
               }
              }
             }
            },
            "401": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/v1/webpush/key": {
          "get": {
           "summary": "The VAPID public key, for applicationServerKey of a browser's subscription.",
           "x-listeners": ["public"], "security": [],
           "responses": {
            "200": {
             "description": "base64url of the uncompressed point.",
             "content": {
              "application/json": {
               "schema": {
                "type": "object", "required": ["publicKey"], "properties": {"publicKey": {"type": "string"}}
               }
              }
             }
            },
            "404": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/v1/devices/{installation}": {
          "put": {
           "summary": "Registers an installation; moves it and its target from any other account.",
           "x-listeners": ["public"], "security": [{"parentToken": []}],
           "parameters": [
            {
             "name": "installation", "in": "path",
             "description": "The app's own id, 1 to 128 of A-Z a-z 0-9 . _ : -", "required": true,
             "schema": {"type": "string"}
            }
           ],
           "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Registration"}}}
           },
           "responses": {
            "201": {
             "description": "New to the account.",
             "headers": {
              "RateLimit-Policy": {"description": "IETF draft ratelimit-headers.", "schema": {"type": "string"}},
              "RateLimit": {"description": "What is left.", "schema": {"type": "string"}}
             }
            },
            "200": {
             "description": "Known.",
             "headers": {
              "RateLimit-Policy": {"description": "IETF draft ratelimit-headers.", "schema": {"type": "string"}},
              "RateLimit": {"description": "What is left.", "schema": {"type": "string"}}
             }
            },
            "400": {"$ref": "#/components/responses/Problem"},
            "401": {"$ref": "#/components/responses/Problem"},
            "413": {"$ref": "#/components/responses/Problem"},
            "415": {"$ref": "#/components/responses/Problem"},
            "422": {"$ref": "#/components/responses/Problem"},
            "429": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          },
          "delete": {
           "summary": "Removes an installation, also an unknown one.", "x-listeners": ["public"],
           "security": [{"parentToken": []}],
           "parameters": [
            {
             "name": "installation", "in": "path", "description": "The app's own id.", "required": true,
             "schema": {"type": "string"}
            }
           ],
           "responses": {
            "204": {"description": "Gone."}, "401": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/v1/devices/{installation}/test": {
          "post": {
           "summary": "Sends a test notification. Not built yet in this release (501).",
           "x-listeners": ["public"], "security": [{"parentToken": []}],
           "parameters": [
            {
             "name": "installation", "in": "path", "description": "The app's own id.", "required": true,
             "schema": {"type": "string"}
            }
           ],
           "responses": {
            "200": {
             "description": "The provider's word.",
             "content": {
              "application/json": {
               "schema": {
                "type": "object",
                "properties": {
                 "outcome": {"enum": ["accepted", "rejected", "deferred"]},
                 "reason": {"type": ["string", "null"]}
                }
               }
              }
             }
            },
            "401": {"$ref": "#/components/responses/Problem"},
            "404": {"$ref": "#/components/responses/Problem"},
            "429": {"$ref": "#/components/responses/Problem"},
            "501": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/timeline/pushNotif/fcmToken": {
          "put": {
           "summary": "One Pocket: registers an FCM token.", "x-listeners": ["public"],
           "security": [{"parentToken": []}],
           "parameters": [
            {
             "name": "fcmToken", "in": "query", "description": "The token.", "required": true,
             "schema": {"type": "string"}
            }
           ],
           "responses": {
            "200": {
             "description": "{}",
             "headers": {
              "RateLimit-Policy": {"description": "IETF draft ratelimit-headers.", "schema": {"type": "string"}},
              "RateLimit": {"description": "What is left.", "schema": {"type": "string"}}
             },
             "content": {"application/json": {"schema": {"type": "object"}}}
            },
            "400": {"$ref": "#/components/responses/Problem"},
            "401": {"$ref": "#/components/responses/Problem"},
            "422": {"$ref": "#/components/responses/Problem"},
            "429": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          },
          "delete": {
           "summary": "One Pocket: removes an FCM token, also an unknown one.", "x-listeners": ["public"],
           "security": [{"parentToken": []}],
           "parameters": [
            {
             "name": "fcmToken", "in": "query", "description": "The token.", "required": true,
             "schema": {"type": "string"}
            }
           ],
           "responses": {
            "200": {"description": "{}", "content": {"application/json": {"schema": {"type": "object"}}}},
            "400": {"$ref": "#/components/responses/Problem"},
            "401": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         },
         "/timeline/pushNotif/fcmTokens": {
          "get": {
           "summary": "One Pocket: the account's FCM tokens.", "x-listeners": ["public"],
           "security": [{"parentToken": []}],
           "responses": {
            "200": {
             "description": "Tokens.",
             "content": {"application/json": {"schema": {"type": "array", "items": {"type": "string"}}}}
            },
            "401": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Problem"},
            "default": {"$ref": "#/components/responses/Problem"}
           }
          }
         }
        """#
}
