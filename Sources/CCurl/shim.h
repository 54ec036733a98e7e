#pragma once
#include <curl/curl.h>

// Variadic functions cannot be used from Swift: one inline function per argument type, one per callback signature. The
// names in parentheses keep curl's type-checking macros out, which want a constant option.
typedef size_t (*carillon_curl_receive)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode carillon_curl_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode carillon_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode carillon_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode carillon_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode carillon_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode carillon_curl_set_callback(CURL *easy, CURLoption option, carillon_curl_receive value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode carillon_curl_get_long(CURL *easy, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(easy, info, value);
}
static inline CURLMcode carillon_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}
