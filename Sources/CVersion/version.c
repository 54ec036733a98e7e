#include "version.h"

#ifndef CARILLON_COMMIT
#define CARILLON_COMMIT unknown
#endif
#define TEXT(words) #words
#define TEXT_OF(name) TEXT(name)

const char *carillon_commit(void) { return TEXT_OF(CARILLON_COMMIT); }
