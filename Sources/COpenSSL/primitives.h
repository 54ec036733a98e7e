#pragma once
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

// What Swift cannot import: macros, variable arguments, arrays of parameters; and SHA-256 as a plain value.

// EVP wants an object and a look-up for each hash, and copies it on the heap for HMAC; the older functions work on a struct. They are
// deprecated since 3.0 and part of every 3.x.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static inline void carillon_sha256_begin(SHA256_CTX *state) { SHA256_Init(state); }
static inline void carillon_sha256_add(SHA256_CTX *state, const void *bytes, size_t count) { SHA256_Update(state, bytes, count); }
static inline void carillon_sha256_end(SHA256_CTX *state, unsigned char *hash) { SHA256_Final(hash, state); }
#pragma GCC diagnostic pop

static inline void carillon_free(void *memory) { OPENSSL_free(memory); }
static inline void carillon_clear_free(void *memory, size_t count) { OPENSSL_clear_free(memory, count); }

static inline EVP_PKEY *carillon_p256_generate(void) { return EVP_EC_gen("P-256"); }

// `point`: uncompressed, 65 bytes.
static inline EVP_PKEY *carillon_p256_public(unsigned char *point) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"prime256v1", 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 65),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (context != NULL && EVP_PKEY_fromdata_init(context) == 1) EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
    EVP_PKEY_CTX_free(context);
    return key;
}

static inline EVP_PKEY *carillon_rsa_public(const BIGNUM *modulus, const BIGNUM *exponent) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (builder != NULL && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1
        && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
        parameters = OSSL_PARAM_BLD_to_param(builder);
    if (context != NULL && parameters != NULL && EVP_PKEY_fromdata_init(context) == 1)
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    return key;
}
