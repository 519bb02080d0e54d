#include "services/journal/derive_key.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <string>

#include "common/check.h"

namespace carecard::journal {

Secret derive_key(const Secret& master_key, std::string_view purpose, std::size_t size) {
    EVP_KDF* algorithm = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
    CHECK(algorithm != nullptr);
    EVP_KDF_CTX* derivation = EVP_KDF_CTX_new(algorithm);
    EVP_KDF_free(algorithm);
    CHECK(derivation != nullptr);
    // OpenSSL's parameters are not const, and neither of the two is written to.
    std::string digest = "SHA256";
    std::string info(purpose);
    auto* key = const_cast<std::byte*>(master_key.bytes().data());
    const std::array<OSSL_PARAM, 4> params{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), digest.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key, master_key.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
        OSSL_PARAM_construct_end()};
    Secret derived(size);
    auto* out = reinterpret_cast<unsigned char*>(derived.writable().data());
    CHECK(EVP_KDF_derive(derivation, out, size, params.data()) == 1);
    EVP_KDF_CTX_free(derivation);
    return derived;
}

}  // namespace carecard::journal
