#include "common/sha256.h"

#include <openssl/evp.h>

#include <cstdint>

#include "common/check.h"

namespace carecard {
namespace {

const EVP_MD* digest() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    CHECK(fetched != nullptr);
    return fetched;
}

Sha256& digest_of_this_thread() {
    thread_local Sha256 hash;
    return hash;
}

std::optional<std::uint8_t> nibble(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
    return std::nullopt;
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    CHECK(context_ != nullptr);
    CHECK(EVP_DigestInit_ex2(context_.get(), digest(), nullptr) == 1);
}

Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
    CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

Hash32 Sha256::finish() {
    Hash32 result;
    unsigned int size = 0;
    auto* const out = reinterpret_cast<unsigned char*>(result.data());
    CHECK(EVP_DigestFinal_ex(context_.get(), out, &size) == 1);
    CHECK(size == result.size());
    CHECK(EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) == 1);
    return result;
}

Hash32 sha256(std::span<const std::byte> bytes) {
    Sha256& hash = digest_of_this_thread();
    hash.update(bytes);
    return hash.finish();
}

Hash32 sha256(std::initializer_list<std::span<const std::byte>> parts) {
    Sha256& hash = digest_of_this_thread();
    for (const std::span<const std::byte> part : parts) hash.update(part);
    return hash.finish();
}

std::string to_hex(std::span<const std::byte> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::byte byte : bytes) {
        text.push_back(digits[std::to_integer<std::size_t>(byte >> 4)]);
        text.push_back(digits[std::to_integer<std::size_t>(byte & std::byte{0x0f})]);
    }
    return text;
}

std::optional<Hash32> hash_from_hex(std::string_view text) {
    Hash32 hash;
    if (text.size() != hash.size() * 2) return std::nullopt;
    for (std::size_t index = 0; index < hash.size(); ++index) {
        const std::optional<std::uint8_t> high = nibble(text[2 * index]);
        const std::optional<std::uint8_t> low = nibble(text[2 * index + 1]);
        if (!high || !low) return std::nullopt;
        hash[index] = static_cast<std::byte>((*high << 4) | *low);
    }
    return hash;
}

}  // namespace carecard
