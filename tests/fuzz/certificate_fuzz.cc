// Any bytes as a certificate, a private key or the signature of a batch: they are used, or refused
// helpfully. The first byte chooses what they stand for; DER is also given in the PEM around it,
// which a search would hardly get through.

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/check.h"
#include "common/secret.h"
#include "common/sha256.h"
#include "services/rpc/pem.h"
#include "services/settlement/signature.h"
#include "tests/fuzz/certificates.h"
#include "tests/fuzz/input.h"

namespace carecard {
namespace {

std::string pem_of(std::string_view der, std::string_view label) {
    std::string base64((der.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                                     reinterpret_cast<const unsigned char*>(der.data()),
                                     static_cast<int>(der.size()));
    CHECK(size >= 0);
    base64.resize(static_cast<std::size_t>(size));
    std::string pem = "-----BEGIN " + std::string(label) + "-----\n";
    constexpr std::size_t line = 64;
    for (std::size_t at = 0; at < base64.size(); at += line) pem += base64.substr(at, line) + '\n';
    return pem + "-----END " + std::string(label) + "-----\n";
}

template <class T>
void expect_help(const Result<T>& result) {
    if (!result) fuzz::check_helpful(result.fault());
}

void use_as_certificate(const std::string& pem) {
    const rpc::TlsFiles files{.ca = "ca.pem", .certificate = "a.pem", .key = "a.key"};
    const std::string good(fuzz::signer_pem);
    expect_help(rpc::check_pems({.ca = pem, .certificate = good, .key = pem}, files));
    expect_help(rpc::check_pems({.ca = good, .certificate = pem, .key = pem}, files));
    const auto signature = bytes_of("no signature");
    const std::string authority(fuzz::authority_pem);
    expect_help(settlement::verify_signature(fuzz::signed_content, signature,
                                             {.authorities = pem, .certificate = good}, "council"));
    expect_help(settlement::verify_signature(fuzz::signed_content, signature,
                                             {.authorities = authority, .certificate = pem},
                                             "council"));
}

void use_as_key(const std::string& pem) {
    const std::string good(fuzz::signer_pem);
    const Result<Done> checked = rpc::check_pems({.ca = good, .certificate = good, .key = pem},
                                                 {.ca = "ca", .certificate = "a", .key = "b"});
    expect_help(checked);
    expect_help(settlement::Signer::make(good, Secret::copy_of(bytes_of(pem))));
}

void certificate_text(std::string_view text) { use_as_certificate(std::string(text)); }
void certificate_der(std::string_view der) { use_as_certificate(pem_of(der, "CERTIFICATE")); }
void key_text(std::string_view text) { use_as_key(std::string(text)); }
void key_der(std::string_view der) { use_as_key(pem_of(der, "PRIVATE KEY")); }

void signature(std::string_view bytes) {
    const settlement::TrustedSigner trusted{.authorities = std::string(fuzz::authority_pem),
                                            .certificate = std::string(fuzz::signer_pem)};
    const Result<Done> verified =
        settlement::verify_signature(fuzz::signed_content, bytes_of(bytes), trusted, "riverdale");
    if (verified) {
        CHECK(!settlement::verify_signature("another manifest", bytes_of(bytes), trusted,
                                            "riverdale"));
    } else {
        CHECK(verified.fault().kind == FaultKind::corrupt);
        fuzz::check_helpful(verified.fault());
    }
}

// The corpus names these by their places here: append only.
constexpr std::array uses{certificate_text, certificate_der, key_text, key_der, signature};

}  // namespace
}  // namespace carecard

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const carecard::fuzz::Input input(data, size);
    const auto& uses = carecard::uses;
    uses[input.choice(uses.size())](input.rest());
    return 0;
}
