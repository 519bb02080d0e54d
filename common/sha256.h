#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/id.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace carecard {

/// Returns the SHA-256 digest of `bytes`.
///
/// Total, and safe on any thread: each thread keeps one digest context, made at its first call.
/// Cost: about 0.2 µs for 300 bytes; allocates nothing after the thread's first call.
[[nodiscard]] Hash32 sha256(std::span<const std::byte> bytes);

/// Returns the SHA-256 digest of `parts` one after another, as if they were one run of bytes.
[[nodiscard]] Hash32 sha256(std::initializer_list<std::span<const std::byte>> parts);

/// A digest taken piece by piece, for what does not fit in memory. One thread at a time.
class Sha256 {
   public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void update(std::span<const std::byte> bytes);

    /// Returns the digest of everything since construction or the last `finish`, and begins anew.
    [[nodiscard]] Hash32 finish();

   private:
    std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

/// The bytes of `text`, borrowed.
[[nodiscard]] inline std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

/// Returns `bytes` as lower-case hexadecimal digits, two for each byte.
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);

/// Returns the digest that `text` spells in 64 lower-case hexadecimal digits, or nothing when it
/// is anything else. Upper case is refused, so a digest has one text form.
[[nodiscard]] std::optional<Hash32> hash_from_hex(std::string_view text);

}  // namespace carecard
