"""For schemathesis: who asks, and what it means that something is taken or refused. Loaded by publisher_checks."""
import os

import schemathesis

# What a schema cannot say: the length of names, times that are too far ahead or in the wrong order, keys and schools of the directory, how long a text is in bytes.
BEYOND_SCHEMAS = {"tooLate", "notAfterNotBefore", "unknownValue", "tooLong", "ambiguousKey", "noLane"}


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers = case.headers or {}
    # Publishers by their key, parents by the ENT's token.
    path = case.operation.path
    isPublisher = path.startswith(("/v1/events", "/v1/directory", "/v1/persons"))
    case.headers["Authorization"] = "Bearer " + (os.environ["PUBLISHER_KEY"] if isPublisher else "ent-parent")


@schemathesis.check
def taken_or_for_a_reason(ctx, response, case):
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code < 400:
        return
    problem = response.json()
    codes = {error["code"] for error in problem.get("errors", [])}
    items = [item.get("problem", {}) for item in problem.get("results", [])]
    for item in items:
        codes |= {error["code"] for error in item.get("errors", [])}
    allowed = {"unknownEvent", "unknownSchool", "identityConflict", "staleRevision", "notFound", "batchRejected", "eventEnded", "eventWithdrawn",
               "nothingMatched", "notReady", "preconditionFailed", "unknownDevice", "unknownPerson", "noLane", "nameTooLong", "tooDeep"}
    # A cursor is opaque, and a batch has no forecast.
    if problem["code"] == "invalidParameter" and problem["detail"].startswith(("after is the next", "A preview")):
        return
    # Push services, points of a curve and words that stand for no token; zones, and pauses that leave no hour.
    places = {error["pointer"] for error in problem.get("errors", [])}
    if problem["code"] == "invalidRegistration" and all(
            place.startswith(("/subscription", "/keys/p256dh")) or "tokenBlank" in codes for place in places):
        return
    if problem["code"] == "invalidPreferences" and (codes <= {"duplicate"} or all(place.startswith(("/quietHours", "/locale")) for place in places)):
        return
    if problem["code"] in allowed or (problem["code"] == "invalidEvent" and codes <= BEYOND_SCHEMAS):
        if all(item.get("code") in allowed | {"invalidEvent"} for item in items) and codes <= BEYOND_SCHEMAS | {"nameTooLong"}:
            return
    raise AssertionError(f"the schema allows it, the gateway refuses it: {problem}")


def forbidden(case):
    """Whether something that the document describes is as it forbids it: parameters and bodies that it does not name are ignored, and may be; what cannot exist
    is gone already."""
    how = (getattr(case.meta.phase.data, "description", None) or "").lower()
    if "additionalproperties" in how or "unexpected" in how:
        return False
    described = case.operation.definition.raw
    names = {parameter.name for parameter in case.operation.query}
    for location, component in case.meta.components.items():
        if not component.mode.is_negative:
            continue
        part = location.value
        if part == "body" and "requestBody" in described or part == "path" and case.method != "DELETE" or part == "query" and names & set(case.query or {}):
            return True
    return False


@schemathesis.check
def refused(ctx, response, case):
    if case.meta is None or not case.meta.generation.mode.is_negative or not forbidden(case):
        return
    if response.status_code < 400:
        raise AssertionError(f"the schema forbids it, the gateway takes it: {response.status_code}")
