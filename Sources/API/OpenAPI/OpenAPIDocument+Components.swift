extension OpenAPIDocument {
    /// Schemas, the problem codes among them, and how a request is proven.
    static let components = #"""
        {
         "securitySchemes": {
          "publisherKey": {"type": "http", "scheme": "bearer", "description": "cpk_… of a publisher."},
          "publisherSignature": {
           "type": "apiKey", "in": "header", "name": "webhook-signature",
           "description": "Standard Webhooks 1.0: webhook-id, webhook-timestamp, webhook-signature."
          },
          "parentToken": {"type": "http", "scheme": "bearer", "description": "The parent's access token of the ENT."}
         },
         "responses": {
          "Problem": {
           "description": "A problem; 401 carries WWW-Authenticate, 429 and 503 Retry-After.",
           "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
          }
         },
         "schemas": {
          "Problem": {
           "type": "object", "description": "RFC 9457. type ends in code.",
           "required": ["type", "title", "status", "code", "detail"],
           "properties": {
            "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
            "code": {
             "type": "string",
             "enum": [
              "notJSON", "notUTF8", "tooDeep", "duplicateMember", "nameTooLong", "malformedIdempotencyKey",
              "malformedWebhookID", "invalidParameter", "incompleteBody", "invalidToken", "malformedRequest", "unauthenticated",
              "invalidSignature", "unsignedAttributes", "missingRight", "forbiddenSchool", "forbiddenSource",
              "notFound", "unknownEvent", "unknownDevice", "unknownLane", "unknownOperation", "unknownImport", "nothingMatched", "methodNotAllowed", "bodyTooSlow",
              "identityConflict", "staleRevision", "eventEnded", "orderRefused", "lanePaused", "removalsNotFrozen", "importNotHeld", "clockNotSuspect", "tooLarge", "tooManyEvents", "unsupportedContentType", "invalidEvent",
              "unknownDialect", "notABatch", "emptyBatch", "batchRejected", "unknownSchool",
              "invalidRegistration", "noLane", "invalidOrder", "importFailed", "rateLimited", "tooManyScheduled", "headTooLarge", "internalError",
              "notBuilt", "storeUnavailable", "accountsUnavailable", "importBusy", "notReady", "overloaded"
             ]
            },
            "detail": {"type": "string"}, "instance": {"type": "string"},
            "errors": {
             "type": "array",
             "items": {
              "type": "object", "required": ["pointer", "code", "detail"],
              "properties": {
               "pointer": {"type": "string", "description": "RFC 6901"}, "code": {"type": "string"},
               "detail": {"type": "string"}
              }
             }
            }
           }
          },
          "Receipt": {
           "type": "object", "required": ["id", "state", "duplicate", "unresolved"],
           "properties": {
            "id": {"type": "string"}, "state": {"type": "string"}, "duplicate": {"type": "boolean"},
            "unresolved": {"type": "array", "items": {"type": "object"}}
           }
          },
          "BatchResults": {
           "type": "object", "required": ["results"],
           "properties": {
            "results": {
             "type": "array",
             "items": {
              "type": "object", "required": ["index", "status"],
              "properties": {
               "index": {"type": "integer"}, "status": {"type": "integer"}, "id": {"type": "string"},
               "state": {"type": "string"}, "duplicate": {"type": "boolean"},
               "unresolved": {"type": "array", "items": {"type": "object"}},
               "problem": {"$ref": "#/components/schemas/Problem"}
              }
             }
            }
           }
          },
          "CloudEvent": {
           "type": "object", "required": ["specversion", "id", "source", "type", "data"],
           "properties": {
            "specversion": {"const": "1.0"}, "id": {"type": "string"}, "source": {"type": "string"},
            "type": {"const": "fr.ent.publication"}, "subject": {"type": "string"},
            "time": {"type": "string", "format": "date-time"}, "datacontenttype": {"type": "string"},
            "dataclassification": {"enum": ["clear", "generic", "encrypted"]},
            "data": {"$ref": "#/components/schemas/Publication"}
           }
          },
          "Publication": {
           "type": "object", "required": ["app", "action", "school", "audience"],
           "properties": {
            "app": {"type": "string"}, "action": {"type": "string"}, "school": {"type": "string"},
            "audience": {
             "type": "array", "minItems": 1,
             "items": {"type": "object", "description": "Exactly one of class, school, pupil (or student), group, user."}
            },
            "author": {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}},
            "title": {"type": "string"}, "body": {"type": "string"},
            "resource": {
             "type": "object",
             "properties": {"id": {"type": "string"}, "subId": {"type": "string"}, "uri": {"type": "string"}}
            },
            "params": {"type": "object"}, "urgency": {"enum": ["low", "normal", "urgent"]},
            "revision": {
             "type": "integer", "minimum": 0,
             "description": "Higher than the newest of the same source and subject: replaces it on the phone and ends what waits of it."
            }, "notBefore": {"type": ["string", "null"]},
            "expiresAt": {"type": ["string", "null"]}
           }
          },
          "EventStatus": {
           "type": "object",
           "properties": {
            "id": {"type": "string"},
            "state": {"enum": ["scheduled", "accepted", "expanding", "sending", "done", "held", "withdrawn"]},
            "publisher": {"type": "string"}, "school": {"type": ["string", "null"]}, "app": {"type": "string"},
            "action": {"type": "string"}, "urgency": {"type": "string"}, "acceptedAt": {"type": "string"},
            "notBefore": {"type": ["string", "null"]}, "expiresAt": {"type": "string"},
            "doneAt": {"type": ["string", "null"]},
            "withdrawnAt": {"type": "string", "description": "Only of a withdrawn event, as withdrawnReason."},
            "withdrawnReason": {"type": "string"},
            "corrects": {"type": "string", "description": "Only of a correction: the first event of its subject."}, "dataclassification": {"type": "string"},
            "guardians": {"type": "object", "additionalProperties": {"type": "integer"}},
            "pupils": {"type": "object", "additionalProperties": {"type": "integer"}},
            "otherUsers": {"type": "integer"}, "otherUsersWaiting": {"type": "object"},
            "otherUsersNotReached": {"type": "object"}, "unresolved": {"type": "array", "items": {"type": "object"}},
            "deliveries": {"type": "object", "additionalProperties": {"type": "integer"}},
            "waiting": {"type": "object", "additionalProperties": {"type": "integer"}},
            "notReached": {"type": "object", "additionalProperties": {"type": "integer"}}
           }
          },
          "Forecast": {
           "type": "object", "required": ["preview", "guardians", "pupils", "deliveries", "lanes", "notReached"],
           "properties": {
            "preview": {"const": true}, "publisher": {"type": ["string", "null"]}, "at": {"type": "string"},
            "school": {"type": ["string", "null"]}, "app": {"type": "string"}, "action": {"type": "string"},
            "urgency": {"type": "string"}, "notBefore": {"type": ["string", "null"]}, "expiresAt": {"type": "string"},
            "dataclassification": {"type": "string"},
            "guardians": {
             "type": "object", "description": "total, reachable (a device would be rung), notReached.",
             "additionalProperties": {"type": "integer"}
            },
            "pupils": {"type": "object", "additionalProperties": {"type": "integer"}},
            "otherUsers": {"type": "integer"}, "otherUsersReachable": {"type": "integer"},
            "unresolved": {"type": "array", "items": {"type": "object"}},
            "deliveries": {"type": "object", "additionalProperties": {"type": "integer"}},
            "lanes": {"type": "object", "additionalProperties": {"type": "integer"}},
            "notReached": {
             "type": "object", "description": "Guardians by reason.", "additionalProperties": {"type": "integer"}
            }
           }
          },
          "Withdrawal": {
           "type": "object", "required": ["id", "state", "withdrawnAt", "reason"],
           "properties": {
            "id": {"type": "string"}, "state": {"const": "withdrawn"}, "withdrawnAt": {"type": "string"},
            "reason": {"type": "string"}
           }
          },
          "Reach": {
           "type": "object", "required": ["at", "source", "event", "items", "total", "next"],
           "properties": {
            "at": {"type": "string"}, "source": {"type": "string"}, "event": {"type": "string"},
            "items": {
             "type": "array",
             "items": {
              "type": "object",
              "properties": {
               "guardian": {"type": ["string", "null"], "description": "The feed's key."},
               "user": {"type": ["string", "null"], "description": "The ENT's id, else the feed's key."},
               "role": {"enum": ["guardian", "other", "author"]},
               "through": {"type": "array", "items": {"type": "string"}, "description": "Pupils, by the feed's key."},
               "state": {"enum": ["reached", "waiting", "notReached"]}, "reason": {"type": ["string", "null"]},
               "devices": {"type": "array", "items": {"type": "object"}}
              }
             }
            },
            "total": {"type": ["integer", "null"]}, "next": {"type": ["string", "null"]}
           }
          },
          "Registration": {
           "type": "object", "required": ["provider", "app"],
           "properties": {
            "provider": {"enum": ["fcm", "apns", "webpush"]}, "token": {"type": "string"},
            "tokenKind": {"enum": ["token", "fid"]},
            "subscription": {
             "type": "object",
             "properties": {
              "endpoint": {"type": "string"},
              "keys": {"type": "object", "properties": {"p256dh": {"type": "string"}, "auth": {"type": "string"}}}
             }
            },
            "environment": {"enum": ["production", "sandbox"]}, "app": {"type": "string"},
            "platform": {"enum": ["android", "ios", "web"]}, "locale": {"type": "string"},
            "timezone": {"type": "string"}, "appVersion": {"type": "string"}
           }
          },
          "Device": {
           "type": "object",
           "properties": {
            "installation": {"type": "string"}, "user": {"type": "string"}, "provider": {"type": "string"},
            "tokenKind": {"type": "string"},
            "tokenTail": {"type": "string", "description": "The last four characters."},
            "environment": {"type": "string"}, "app": {"type": "string"},
            "platform": {"type": ["string", "null"]}, "locale": {"type": ["string", "null"]},
            "state": {"enum": ["active", "suspect", "disabled", "unproven"]}, "reason": {"type": ["string", "null"]},
            "registeredAt": {"type": "string"}, "lastSeenAt": {"type": "string"}
           }
          },
          "Import": {
           "type": "object",
           "properties": {
            "import": {"type": "string"}, "state": {"enum": ["applied", "planned", "held", "failed"]},
            "diff": {"type": "object"}, "warnings": {"type": "array", "items": {"type": "object"}},
            "warningsTotal": {"type": "integer"}, "held": {"type": "array", "items": {"type": "object"}}
           }
          },
          "Lane": {
           "type": "object",
           "properties": {
            "lane": {"type": "string"}, "provider": {"type": "string"},
            "state": {"enum": ["active", "paused", "draining", "open", "halfOpen", "credentialFault"]},
            "reason": {"type": ["string", "null"]}, "until": {"type": ["string", "null"]},
            "window": {"type": "integer"}, "inFlight": {"type": "integer"}, "pending": {"type": "integer"},
            "deferred": {"type": "integer"}, "dead": {"type": "integer"},
            "held": {"type": "integer", "description": "By an operator; neither pending nor deferred."},
            "oldestSeconds": {"type": ["integer", "null"]}, "connections": {"type": "integer"},
            "removalsFrozen": {
             "type": "boolean",
             "description": "Too many targets were called bad: none is given up until a person decides."
            }
           }
          },
          "Order": {
           "type": "object",
           "properties": {
            "actor": {"type": "string"},
            "why": {"type": "string", "description": "Required to pause, drain and revoke, to switch a school and to accept the clock."},
            "until": {"type": ["string", "null"], "format": "date-time", "description": "Of a pause: when the lane resumes by itself."}
           }
          },
          "BulkOrder": {
           "type": "object", "required": ["verb"],
           "properties": {
            "verb": {"enum": ["retry", "hold", "release", "drop", "expire", "withdraw"]},
            "ids": {"type": "array", "items": {"type": "string"}, "maxItems": 10000},
            "filter": {
             "type": "object",
             "description": "Lists of words: state lane school app kind class ref event user device reason http older younger dueBefore attempts; not and where are conditions such as lane=apns/* and age>10m.",
             "additionalProperties": {"type": "array", "items": {"type": "string"}}
            },
            "dryRun": {"type": "boolean"}, "expect": {"type": "integer", "minimum": 0}, "yes": {"type": "boolean"},
            "fresh": {"type": "boolean", "description": "retry and release: what has expired gets its time to live anew."},
            "actor": {"type": "string"}, "why": {"type": "string", "description": "Required to hold, drop and withdraw."}
           }
          },
          "OrderReport": {
           "type": "object",
           "properties": {
            "operation": {"type": ["string", "null"]}, "verb": {"type": "string"}, "filter": {"type": "string"},
            "matched": {"type": "integer"}, "eligible": {"type": "integer"},
            "notEligible": {"type": "object", "additionalProperties": {"type": "integer"}},
            "changed": {"type": "integer"}, "skipped": {"type": "object", "additionalProperties": {"type": "integer"}},
            "state": {"enum": ["planned", "running", "done", "cancelled", "failed"]},
            "byEvent": {"type": "array", "items": {"type": "object"}},
            "sample": {"type": "array", "items": {"type": "string"}},
            "bindsWhatComes": {
             "type": "boolean", "description": "The event is not wholly expanded: the order holds for the rest, too."
            }
           }
          },
          "Operation": {
           "type": "object",
           "properties": {
            "operation": {"type": "string"}, "at": {"type": "string", "format": "date-time"}, "actor": {"type": "string"},
            "verb": {"type": "string"}, "filter": {"type": "string"}, "matched": {"type": "integer"},
            "eligible": {"type": "integer"}, "changed": {"type": "integer"},
            "skipped": {"type": "object", "additionalProperties": {"type": "integer"}},
            "state": {"enum": ["running", "done", "cancelled", "failed"]},
            "endedAt": {"type": ["string", "null"], "format": "date-time"}, "why": {"type": "string"}
           }
          },
          "RemovalsOrder": {
           "type": "object", "required": ["decision", "why"],
           "properties": {
            "decision": {"enum": ["apply", "discard"]}, "actor": {"type": "string"}, "why": {"type": "string"}
           }
          },
          "RemovalsDecided": {
           "type": "object",
           "properties": {
            "lane": {"type": "string"}, "decision": {"enum": ["apply", "discard"]},
            "held": {"type": "integer", "description": "Proofs that waited."},
            "changed": {"type": "integer", "description": "Devices that are not rung any more."}
           }
          }
         }
        }
        """#
}
