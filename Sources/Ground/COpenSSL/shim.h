// OpenSSL, and what of it are macros that Swift does not see.
#ifndef ASSAY_COPENSSL_H
#define ASSAY_COPENSSL_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static const unsigned long copenssl_name_flags = XN_FLAG_RFC2253;
static const uint64_t copenssl_no_renegotiation = SSL_OP_NO_RENEGOTIATION;
static const int copenssl_retry_flags = BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY;

// Reads as much as has come with each call of the transport.
static inline void copenssl_set_read_ahead(SSL_CTX *context) { SSL_CTX_set_read_ahead(context, 1); }

#endif
