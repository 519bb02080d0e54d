#include "common/pan_token.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include "common/check.h"
#include "common/sha256.h"

namespace carecard {
namespace {

using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

MacContext make_context() {
    static EVP_MAC* const fetched = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    CHECK(fetched != nullptr);
    MacContext context(EVP_MAC_CTX_new(fetched), EVP_MAC_CTX_free);
    CHECK(context != nullptr);
    std::array<char, 7> digest_name{"SHA256"};
    const std::array<OSSL_PARAM, 2> params{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name.data(), 0),
        OSSL_PARAM_construct_end()};
    CHECK(EVP_MAC_CTX_set_params(context.get(), params.data()) == 1);
    return context;
}

Hash32 hmac_sha256(const Secret& key, std::string_view message) {
    thread_local const MacContext context = make_context();
    const auto* const key_bytes = reinterpret_cast<const unsigned char*>(key.bytes().data());
    CHECK(EVP_MAC_init(context.get(), key_bytes, key.size(), nullptr) == 1);
    const auto* const text = reinterpret_cast<const unsigned char*>(message.data());
    CHECK(EVP_MAC_update(context.get(), text, message.size()) == 1);
    Hash32 mac;
    std::size_t size = 0;
    auto* const out = reinterpret_cast<unsigned char*>(mac.data());
    CHECK(EVP_MAC_final(context.get(), out, &size, mac.size()) == 1);
    CHECK(size == mac.size());
    return mac;
}

std::optional<std::uint8_t> parse_key_id(std::string_view text) {
    if (text.size() < 2 || text[0] != 'k' || text[1] == '0') return std::nullopt;
    std::uint8_t key_id = 0;
    const char* const end = text.data() + text.size();
    const auto [parsed_to, error] = std::from_chars(text.data() + 1, end, key_id);
    if (error != std::errc{} || parsed_to != end) return std::nullopt;
    return key_id;
}

Fault malformed_token() {
    return {.kind = FaultKind::malformed,
            .field = "card_token",
            .detail = "is not of the form k1:<64 lower-case hexadecimal digits>",
            .remedy = "Send the token that the card import made, never a card number."};
}

}  // namespace

CardToken card_token(std::uint8_t key_id, const Secret& key, std::string_view pan) {
    CHECK(key_id != 0);
    CHECK(!key.empty());
    return {.key_id = key_id, .mac = hmac_sha256(key, pan)};
}

std::string to_text(const CardToken& token) {
    return "k" + std::to_string(token.key_id) + ":" + to_hex(token.mac);
}

Result<CardToken> parse_card_token(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return malformed_token();
    const std::optional<std::uint8_t> key_id = parse_key_id(text.substr(0, colon));
    const std::optional<Hash32> mac = hash_from_hex(text.substr(colon + 1));
    if (!key_id || !mac) return malformed_token();
    return CardToken{.key_id = *key_id, .mac = *mac};
}

}  // namespace carecard
