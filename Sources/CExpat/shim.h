#pragma once
// The header hides the limits of entity expansion unless this is set; the library is built with it wherever it has them.
#ifndef XML_DTD
#define XML_DTD 1
#endif
#include <expat.h>
