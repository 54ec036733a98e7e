#include "documents.h"

// C23, which clang reads in every dialect.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char openapi[] = {
#embed "../Contract/openapi.json"
};

static const unsigned char problems[] = {
#embed "../Contract/problems.json"
};

static const unsigned char operator_french[] = {
#embed "../Operator/Language/fr.json"
};

struct carillon_document carillon_openapi(void) { return (struct carillon_document){openapi, sizeof openapi}; }

struct carillon_document carillon_problems(void) { return (struct carillon_document){problems, sizeof problems}; }

struct carillon_document carillon_operator_french(void) {
  return (struct carillon_document){operator_french, sizeof operator_french};
}
