// An HTTP/1.1 client that asks a gateway on loopback as fast as it answers, or at a rate: what events.c and devices.c share.
#ifndef LOAD_H
#define LOAD_H
#include <stddef.h>

struct load {
    int port, connections;
    long requests;
    // Requests a second; 0: as fast as the answers come. The n-th is due at n / rate, and its time is counted from then, also when no
    // connection was free: a stall is not hidden from the requests that it held up.
    double rate;
    // Writes a whole request, returns its length.
    size_t (*write)(char *at, size_t room, long number);
    // How many of what was asked for were granted; 0: the request failed, and the first such answer is shown.
    long (*judge)(int status, const char *body);
};

enum { LOAD_OUT_MAX = 1 << 20, LOAD_IN_MAX = 1 << 20 };

// Runs to the end and prints a line of JSON: granted, failed, seconds, perSecond (granted), p50us, p99us and worstus of a request, and
// what the client itself cost. Returns the exit code.
int load_run(const struct load *load);
void load_die(const char *what);
#endif
