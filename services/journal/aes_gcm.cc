#include "services/journal/aes_gcm.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "common/check.h"
#include "services/journal/random.h"

namespace carecard::journal {
namespace {

const EVP_CIPHER* cipher() {
    static const EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    CHECK(fetched != nullptr);
    return fetched;
}

const unsigned char* raw(std::span<const std::byte> bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* raw(std::span<std::byte> bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

int length(std::span<const std::byte> bytes) { return static_cast<int>(bytes.size()); }

}  // namespace

AesGcm::AesGcm() : context_(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free) {
    CHECK(context_ != nullptr);
    CHECK(EVP_EncryptInit_ex2(context_.get(), cipher(), nullptr, nullptr, nullptr) == 1);
}

AesGcm::~AesGcm() = default;

void AesGcm::seal(const Secret& key, std::span<const std::byte> additional,
                  std::span<const std::byte> clear, std::vector<std::byte>& out) {
    CHECK(key.size() == aes_key_bytes);
    const std::size_t start = out.size();
    out.resize(start + box_overhead_bytes + clear.size());
    const std::span<std::byte> box = std::span(out).subspan(start);
    const std::span<std::byte> nonce = box.first(gcm_nonce_bytes);
    const std::span<std::byte> ciphertext = box.subspan(gcm_nonce_bytes, clear.size());
    const std::span<std::byte> tag = box.last(gcm_tag_bytes);
    fill_random(nonce);

    EVP_CIPHER_CTX* const context = context_.get();
    int count = 0;
    CHECK(EVP_EncryptInit_ex2(context, nullptr, raw(key.bytes()), raw(nonce), nullptr) == 1);
    CHECK(EVP_EncryptUpdate(context, nullptr, &count, raw(additional), length(additional)) == 1);
    CHECK(EVP_EncryptUpdate(context, raw(ciphertext), &count, raw(clear), length(clear)) == 1);
    CHECK(count == length(clear));
    CHECK(EVP_EncryptFinal_ex(context, raw(tag), &count) == 1);
    CHECK(count == 0);
    CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()),
                              tag.data()) == 1);
}

BoxOutcome AesGcm::open(const Secret& key, std::span<const std::byte> additional,
                        std::span<const std::byte> box, std::span<std::byte> clear) {
    CHECK(key.size() == aes_key_bytes);
    if (box.size() < box_overhead_bytes) return BoxOutcome::forged;
    CHECK(clear.size() == box.size() - box_overhead_bytes);
    const std::span<const std::byte> nonce = box.first(gcm_nonce_bytes);
    const std::span<const std::byte> ciphertext = box.subspan(gcm_nonce_bytes, clear.size());
    std::array<std::byte, gcm_tag_bytes> tag;
    std::ranges::copy(box.last(gcm_tag_bytes), tag.begin());

    EVP_CIPHER_CTX* const context = context_.get();
    int count = 0;
    CHECK(EVP_DecryptInit_ex2(context, nullptr, raw(key.bytes()), raw(nonce), nullptr) == 1);
    CHECK(EVP_DecryptUpdate(context, nullptr, &count, raw(additional), length(additional)) == 1);
    CHECK(EVP_DecryptUpdate(context, raw(clear), &count, raw(ciphertext), length(ciphertext)) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                              tag.data()) == 1);
    std::array<unsigned char, gcm_tag_bytes> rest;
    if (EVP_DecryptFinal_ex(context, rest.data(), &count) == 1) return BoxOutcome::opened;
    OPENSSL_cleanse(clear.data(), clear.size());
    return BoxOutcome::forged;
}

}  // namespace carecard::journal
