#include "tests/end_to_end/forge.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <atomic>

#include "common/check.h"
#include "tests/end_to_end/process.h"

namespace carecard::end_to_end {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;
using Bio = std::unique_ptr<BIO, int (*)(BIO*)>;

constexpr long x509_version_3 = 2;

Bio memory(const std::string& text = {}) {
    return {text.empty() ? ::BIO_new(::BIO_s_mem())
                         : ::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
            &::BIO_free};
}

std::string text_of(const Bio& bio) {
    char* start = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &start);
    return {start, static_cast<std::size_t>(size)};
}

std::string pem_of(const Certificate& certificate) {
    const Bio out = memory();
    CHECK(::PEM_write_bio_X509(out.get(), certificate.get()) == 1);
    return text_of(out);
}

std::string pem_of(const Key& key) {
    const Bio out = memory();
    CHECK(::PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
          1);
    return text_of(out);
}

void extend(const Certificate& certificate, const Certificate& issuer, int what,
            const std::string& value) {
    X509V3_CTX context;
    ::X509V3_set_ctx(&context, issuer.get(), certificate.get(), nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
        ::X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()), &::X509_EXTENSION_free);
    CHECK(extension != nullptr);
    CHECK(::X509_add_ext(certificate.get(), extension.get(), -1) == 1);
}

std::string names_of(const Wanted& wanted) {
    std::string names;
    if (!wanted.uri.empty()) names = "URI:" + wanted.uri;
    if (wanted.holder == Holder::server) {
        if (!names.empty()) names += ",";
        names += "DNS:localhost,IP:127.0.0.1";
    }
    return names;
}

/// @param issuer  null: the certificate itself.
Certificate sign(const Wanted& wanted, const Key& key, Certificate issuer, const Key& issuer_key) {
    static std::atomic<long> serial{1'000};
    const Certificate certificate(::X509_new(), &::X509_free);
    X509* const raw = certificate.get();
    CHECK(::X509_set_version(raw, x509_version_3) == 1);
    CHECK(::ASN1_INTEGER_set(::X509_get_serialNumber(raw), ++serial) == 1);
    CHECK(::X509_gmtime_adj(::X509_getm_notBefore(raw), wanted.valid_from_s) != nullptr);
    CHECK(::X509_gmtime_adj(::X509_getm_notAfter(raw), wanted.valid_until_s) != nullptr);
    CHECK(::X509_set_pubkey(raw, key.get()) == 1);
    const auto* const name = reinterpret_cast<const unsigned char*>("forged");
    CHECK(::X509_NAME_add_entry_by_txt(::X509_get_subject_name(raw), "CN", MBSTRING_ASC, name, -1,
                                       -1, 0) == 1);
    if (issuer == nullptr) issuer = certificate;
    CHECK(::X509_set_issuer_name(raw, ::X509_get_subject_name(issuer.get())) == 1);
    extend(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
    extend(certificate, issuer, NID_key_usage, "critical,digitalSignature");
    extend(certificate, issuer, NID_ext_key_usage,
           wanted.holder == Holder::server ? "serverAuth" : "clientAuth");
    const std::string names = names_of(wanted);
    if (!names.empty()) extend(certificate, issuer, NID_subject_alt_name, names);
    CHECK(::X509_sign(raw, issuer_key.get(), ::EVP_sha256()) > 0);
    return certificate;
}

Key new_key() { return {EVP_EC_gen("P-256"), &::EVP_PKEY_free}; }

}  // namespace

Forge::Forge(const std::string& folder)
    : ca_pem_(read_text(folder + "/ca.pem")),
      ca_(::PEM_read_bio_X509(memory(ca_pem_).get(), nullptr, nullptr, nullptr), &::X509_free),
      ca_key_(::PEM_read_bio_PrivateKey(memory(read_text(folder + "/ca.key")).get(), nullptr,
                                        nullptr, nullptr),
              &::EVP_PKEY_free) {
    CHECK(ca_ != nullptr && ca_key_ != nullptr);
}

rpc::TlsPems Forge::make(const Wanted& wanted) const {
    const Key key = new_key();
    return {
        .ca = ca_pem_, .certificate = pem_of(sign(wanted, key, ca_, ca_key_)), .key = pem_of(key)};
}

rpc::TlsPems Forge::make_self_signed(const Wanted& wanted) const {
    const Key key = new_key();
    return {
        .ca = ca_pem_, .certificate = pem_of(sign(wanted, key, nullptr, key)), .key = pem_of(key)};
}

}  // namespace carecard::end_to_end
