#pragma once
// Of glibc; Swift's own module of it leaves them out.
#include <sys/xattr.h>
