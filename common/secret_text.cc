#include "common/secret_text.h"

#include <openssl/crypto.h>

#include "common/sha256.h"

namespace carecard {

std::optional<Secret> secret_from_hex(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    std::optional<Hash32> bytes = hash_from_hex(text);
    if (!bytes) return std::nullopt;
    std::optional<Secret> secret = Secret::copy_of(*bytes);
    OPENSSL_cleanse(bytes->data(), bytes->size());
    return secret;
}

}  // namespace carecard
