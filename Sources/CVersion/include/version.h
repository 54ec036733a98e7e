// The commit a release was made from: deploy/package names it when it builds; a constant of C, since Swift has none that a build can set.
#ifndef CARILLON_VERSION_H
#define CARILLON_VERSION_H

/// Seven digits, with "-changed" when files differed from it; "unknown" when nobody named it.
const char *carillon_commit(void);

#endif
