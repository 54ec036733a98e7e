// Files of Sources/Contract and Sources/Operator as they are, in the executable. By C's #embed: as an array in Swift they took the compiler a minute and 600 MB.
#ifndef CARILLON_DOCUMENTS_H
#define CARILLON_DOCUMENTS_H

#include <stddef.h>

/// A file's bytes, there as long as the process.
struct carillon_document {
  const unsigned char *_Nonnull bytes;
  size_t count;
};

struct carillon_document carillon_openapi(void);
struct carillon_document carillon_problems(void);
struct carillon_document carillon_operator_french(void);

#endif
