#include "services/settlement/signature.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "common/limits.h"
#include "common/sha256.h"
#include "services/settlement/damage.h"
#include "services/settlement/manifest.h"

namespace carecard::settlement {
namespace {

template <class T, void (*free)(T*)>
struct Freer {
    void operator()(T* object) const { free(object); }
};
template <class T, void (*free)(T*)>
using Owned = std::unique_ptr<T, Freer<T, free>>;

void free_bio(BIO* bio) { BIO_free(bio); }
void release_stack(STACK_OF(X509) * certificates) { sk_X509_free(certificates); }

using Bio = Owned<BIO, free_bio>;
using Cms = Owned<CMS_ContentInfo, CMS_ContentInfo_free>;
using Certificate = Owned<X509, X509_free>;
using BorrowedCertificates = Owned<STACK_OF(X509), release_stack>;
using CertificateStore = Owned<X509_STORE, X509_STORE_free>;
using Names = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

constexpr unsigned form = CMS_DETACHED | CMS_BINARY | CMS_NOCERTS | CMS_NOATTR | CMS_NOSMIMECAP;

Bio bio_of(std::span<const std::byte> bytes) {
    return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}
Bio bio_of(std::string_view text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Encrypted keys are refused instead of asking at a terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Certificate next_certificate(BIO* pem) {
    return Certificate(PEM_read_bio_X509(pem, nullptr, no_passphrase, nullptr));
}

bool on_p256(EVP_PKEY* key) {
    char curve[32] = {};
    std::size_t length = 0;
    return key != nullptr && EVP_PKEY_is_a(key, "EC") == 1 &&
           EVP_PKEY_get_group_name(key, curve, sizeof curve, &length) == 1 &&
           std::string_view(curve, length) == SN_X9_62_prime256v1;
}

/// The council that a batch signer's certificate is for, "*" for all; empty when the certificate
/// is not a batch signer's.
std::string council_of_signer(X509* certificate) {
    constexpr std::string_view scheme = "carecard://";
    constexpr std::string_view role = "/batch-signer/";
    const Names names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::string council;
    for (int index = 0; index < sk_GENERAL_NAME_num(names.get()); ++index) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), index);
        if (name->type != GEN_URI) continue;
        const ASN1_IA5STRING* const uri = name->d.uniformResourceIdentifier;
        std::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                              static_cast<std::size_t>(ASN1_STRING_length(uri)));
        if (!text.starts_with(scheme)) continue;
        if (!council.empty()) return {};  // one certificate, one role
        text.remove_prefix(scheme.size());
        const std::size_t slash = text.find('/');
        if (slash == std::string_view::npos || slash == 0) return {};
        if (!text.substr(slash).starts_with(role)) return {};
        council = text.substr(0, slash);
    }
    return council;
}

Fault unusable(std::string field, std::string detail) {
    return {FaultKind::malformed, std::move(field), std::move(detail),
            "Name the file that the certificate script made for it."};
}

Result<CertificateStore> store_of(std::string_view authorities) {
    CertificateStore store(X509_STORE_new());
    const Bio pem = bio_of(authorities);
    int count = 0;
    while (const Certificate authority = next_certificate(pem.get())) {
        if (X509_STORE_add_cert(store.get(), authority.get()) == 1) ++count;
    }
    ERR_clear_error();
    if (count == 0) return unusable("authorities", "it has no certificate in PEM");
    X509_VERIFY_PARAM* const rules = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_ANY);
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_NO_CHECK_TIME);
    return store;
}

void append(std::string& der, unsigned char tag, std::string_view content) {
    der += static_cast<char>(tag);
    const std::size_t size = content.size();
    if (size < 0x80) {
        der += static_cast<char>(size);
    } else {
        der += static_cast<char>(size < 0x100 ? 0x81 : 0x82);
        if (size >= 0x100) der += static_cast<char>(size >> 8);
        der += static_cast<char>(size & 0xff);
    }
    der += content;
}

std::string tagged(unsigned char tag, std::string_view content) {
    std::string der;
    append(der, tag, content);
    return der;
}

template <class Object, class Encode>
std::string der_of(const Object* object, Encode encode) {
    unsigned char* bytes = nullptr;
    const int size = encode(object, &bytes);
    if (size <= 0) return {};
    std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return der;
}

std::string algorithm(int nid) {
    constexpr unsigned char sequence = 0x30;
    return tagged(sequence, der_of(OBJ_nid2obj(nid), i2d_ASN1_OBJECT));
}

/// The only structure that is accepted around a signature value by this certificate's key.
std::string one_form(X509* signer, std::string_view value) {
    constexpr unsigned char integer = 0x02;
    constexpr unsigned char octets = 0x04;
    constexpr unsigned char sequence = 0x30;
    constexpr unsigned char set = 0x31;
    constexpr unsigned char explicit_0 = 0xa0;
    const std::string version = tagged(integer, "\x01");
    const std::string issuer_and_serial =
        tagged(sequence, der_of(X509_get_issuer_name(signer), i2d_X509_NAME) +
                             der_of(X509_get0_serialNumber(signer), i2d_ASN1_INTEGER));
    const std::string signer_info =
        tagged(sequence, version + issuer_and_serial + algorithm(NID_sha256) +
                             algorithm(NID_ecdsa_with_SHA256) + tagged(octets, value));
    const std::string signed_data =
        tagged(sequence, version + tagged(set, algorithm(NID_sha256)) + algorithm(NID_pkcs7_data) +
                             tagged(set, signer_info));
    return tagged(sequence, der_of(OBJ_nid2obj(NID_pkcs7_signed), i2d_ASN1_OBJECT) +
                                tagged(explicit_0, signed_data));
}

/// The signature value of the first signer; empty when there is none.
std::string_view value_of(CMS_ContentInfo* cms) {
    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed) return {};
    STACK_OF(CMS_SignerInfo)* const signers = CMS_get0_SignerInfos(cms);
    if (sk_CMS_SignerInfo_num(signers) < 1) return {};
    const ASN1_OCTET_STRING* const value =
        CMS_SignerInfo_get0_signature(sk_CMS_SignerInfo_value(signers, 0));
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
            static_cast<std::size_t>(ASN1_STRING_length(value))};
}

Result<Cms> parse(std::span<const std::byte> signature, X509* signer) {
    if (signature.size() > batch_signature_bytes_max) {
        return damaged(signature_file, "it is larger than a signature may be");
    }
    const auto* at = reinterpret_cast<const unsigned char*>(signature.data());
    Cms cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(signature.size())));
    ERR_clear_error();
    if (!cms) return damaged(signature_file, "it is not a CMS structure in DER");
    const std::string expected = one_form(signer, value_of(cms.get()));
    if (!std::ranges::equal(signature, bytes_of(expected))) {
        return damaged(signature_file,
                       "it is not a detached ECDSA signature over SHA-256 by the trusted signer, "
                       "without attributes and certificates");
    }
    return cms;
}

/// Whether the key of `certificate`, of whoever's issue, made `signature`.
bool signed_by(X509* certificate, std::string_view content, std::span<const std::byte> signature) {
    const Result<Cms> cms = parse(signature, certificate);
    if (!cms) return false;
    const BorrowedCertificates signers(sk_X509_new_null());
    sk_X509_push(signers.get(), certificate);
    const Bio input = bio_of(content);
    const int verified = CMS_verify(cms->get(), signers.get(), nullptr, input.get(), nullptr,
                                    CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY);
    ERR_clear_error();
    return verified == 1;
}

Result<Certificate> trusted_certificate(const TrustedSigner& trusted, std::string_view council) {
    Certificate signer = next_certificate(bio_of(trusted.certificate).get());
    ERR_clear_error();
    if (!signer) return unusable("signer_certificate", "it is not a certificate in PEM");
    if (!on_p256(X509_get0_pubkey(signer.get()))) {
        return unusable("signer_certificate", "its key is not on the curve P-256");
    }
    const std::string signs_for = council_of_signer(signer.get());
    if (signs_for != "*" && signs_for != council) {
        return unusable("signer_certificate",
                        "its URI name does not give it the role batch-signer for this council");
    }
    return signer;
}

}  // namespace

Signer::Signer(Certificate certificate, Key key)
    : certificate_(std::move(certificate)), key_(std::move(key)) {}

Result<Signer> Signer::make(std::string_view certificate, const Secret& key) {
    Signer signer(
        {PEM_read_bio_X509(bio_of(certificate).get(), nullptr, no_passphrase, nullptr), X509_free},
        {PEM_read_bio_PrivateKey(bio_of(key.bytes()).get(), nullptr, no_passphrase, nullptr),
         EVP_PKEY_free});
    ERR_clear_error();
    if (!signer.certificate_) {
        return unusable("signing_certificate", "it is not a certificate in PEM");
    }
    if (!signer.key_) return unusable("signing_key", "it is not a private key in PEM");
    if (!on_p256(signer.key_.get())) {
        return unusable("signing_key", "it is not a key on the curve P-256");
    }
    if (X509_check_private_key(signer.certificate_.get(), signer.key_.get()) != 1) {
        ERR_clear_error();
        return unusable("signing_key", "it is not the key of the signing certificate");
    }
    if (council_of_signer(signer.certificate_.get()).empty()) {
        return unusable("signing_certificate",
                        "its URI name does not give it the role batch-signer");
    }
    return signer;
}

Result<std::vector<std::byte>> Signer::sign(std::string_view content) const {
    const Fault failed{FaultKind::unavailable, std::string(signature_file),
                       "OpenSSL could not sign the manifest",
                       "Start the service again; if it is still so, check the signing key."};
    const Bio input = bio_of(content);
    const Cms cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, form | CMS_PARTIAL));
    if (!cms ||
        CMS_add1_signer(cms.get(), certificate_.get(), key_.get(), EVP_sha256(), form) == nullptr) {
        ERR_clear_error();
        return failed;
    }
    if (CMS_final(cms.get(), input.get(), nullptr, form) != 1) {
        ERR_clear_error();
        return failed;
    }
    const int size = i2d_CMS_ContentInfo(cms.get(), nullptr);
    if (size <= 0) return failed;
    std::vector<std::byte> der(static_cast<std::size_t>(size));
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    if (i2d_CMS_ContentInfo(cms.get(), &at) != size) return failed;
    return der;
}

Result<Done> Signer::add_earlier(std::string_view certificate) {
    Certificate earlier(
        PEM_read_bio_X509(bio_of(certificate).get(), nullptr, no_passphrase, nullptr), X509_free);
    ERR_clear_error();
    if (!earlier) return unusable("earlier_signing_certificate", "it is not a certificate in PEM");
    if (council_of_signer(earlier.get()).empty()) {
        return unusable("earlier_signing_certificate",
                        "its URI name does not give it the role batch-signer");
    }
    earlier_.push_back(std::move(earlier));
    return Done{};
}

bool Signer::has_signed(std::string_view content, std::span<const std::byte> signature) const {
    return signed_by(certificate_.get(), content, signature) ||
           std::ranges::any_of(earlier_, [&](const Certificate& earlier) {
               return signed_by(earlier.get(), content, signature);
           });
}

Result<Done> verify_signature(std::string_view content, std::span<const std::byte> signature,
                              const TrustedSigner& trusted, std::string_view council) {
    const Result<CertificateStore> store = store_of(trusted.authorities);
    if (!store) return store.fault();
    const Result<Certificate> signer = trusted_certificate(trusted, council);
    if (!signer) return signer.fault();
    const Result<Cms> cms = parse(signature, signer->get());
    if (!cms) return cms.fault();
    const BorrowedCertificates signers(sk_X509_new_null());
    sk_X509_push(signers.get(), signer->get());
    const Bio input = bio_of(content);
    const int verified = CMS_verify(cms->get(), signers.get(), store->get(), input.get(), nullptr,
                                    CMS_BINARY | CMS_NOINTERN);
    ERR_clear_error();
    if (verified != 1) {
        return damaged(signature_file,
                       "it is not the trusted signer's signature over manifest.json");
    }
    return Done{};
}

}  // namespace carecard::settlement
