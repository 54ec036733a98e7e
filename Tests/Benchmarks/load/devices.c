// load-devices: registers phones at a gateway, each an installation and a token of its own, as the app does after a sign-in.
//
//   cc -O2 -o load-devices devices.c load.c
//   load-devices --port P --run NAME --first N --devices N --accounts N [--connections N]
//
// The n-th phone belongs to the account n modulo --accounts, whose bearer token is parent-NAME-<account>: whatever answers for the ENT
// has to know such tokens. --first: the number of the first phone, so that one call goes on after another.

#define _GNU_SOURCE
#include "load.h"
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const char *run;
static long first, accounts = 1;

static size_t write_request(char *at, size_t room, long number) {
    char body[256];
    long phone = first + number;
    uint64_t digits = 14695981039346656037ull;
    for (const char *letter = run; *letter; letter++) digits = (digits ^ (uint8_t)*letter) * 1099511628211ull;
    digits = (digits + phone) * 0x9e3779b97f4a7c15ull;
    int length = snprintf(body, sizeof body,
                          "{\"provider\":\"apns\",\"app\":\"onepocket\",\"environment\":\"production\",\"platform\":\"ios\","
                          "\"locale\":\"fr-FR\",\"token\":\"%016llx%016llx%016llx%016lx\"}",
                          (unsigned long long)digits, (unsigned long long)~digits, (unsigned long long)(digits * 3), phone);
    return snprintf(at, room,
                    "PUT /v1/devices/load-%s-%ld HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer parent-%s-%ld\r\n"
                    "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                    run, phone, run, phone % accounts, length, body);
}

static long judge(int status, const char *body) {
    (void)body;
    return status == 200 || status == 201;
}

int main(int argc, char **argv) {
    struct load load = {.connections = 64, .write = write_request, .judge = judge};
    int option;
    static const struct option options[] = {{"port", 1, 0, 'p'},     {"run", 1, 0, 'r'},         {"first", 1, 0, 'f'}, {"devices", 1, 0, 'n'},
                                            {"accounts", 1, 0, 'a'}, {"connections", 1, 0, 'c'}, {0, 0, 0, 0}};
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) switch (option) {
        case 'p': load.port = atoi(optarg); break;
        case 'r': run = optarg; break;
        case 'f': first = atol(optarg); break;
        case 'n': load.requests = atol(optarg); break;
        case 'a': accounts = atol(optarg); break;
        case 'c': load.connections = atoi(optarg); break;
        default: return 2;
        }
    if (!load.port || !run || load.requests < 1 || accounts < 1 || load.connections < 1) {
        fprintf(stderr, "load-devices: --port, --run, --devices and --accounts are required\n");
        return 2;
    }
    return load_run(&load);
}
