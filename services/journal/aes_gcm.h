#pragma once

// A box: what AES-256-GCM makes of a clear text.
//
//     box := nonce[12] | ciphertext[as long as the clear text] | tag[16]

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "common/secret.h"

struct evp_cipher_ctx_st;  // OpenSSL's EVP_CIPHER_CTX

namespace carecard::journal {

inline constexpr std::size_t aes_key_bytes = 32;
inline constexpr std::size_t gcm_nonce_bytes = 12;
inline constexpr std::size_t gcm_tag_bytes = 16;
inline constexpr std::size_t box_overhead_bytes = gcm_nonce_bytes + gcm_tag_bytes;

enum class BoxOutcome : unsigned char {
    opened,  ///< The clear text is as it was sealed.
    forged,  ///< Key, additional data or box are not those it was made with. Use nothing.
};

/// Encrypts and authenticates short texts. One thread at a time; keeps OpenSSL's context between
/// calls, and the schedule of the last key in it until the object goes.
///
/// The nonce is random, so one key may seal 2^32 boxes; an account or a vault never comes near.
class AesGcm {
   public:
    AesGcm();
    ~AesGcm();
    AesGcm(const AesGcm&) = delete;
    AesGcm& operator=(const AesGcm&) = delete;

    /// Appends the box of `clear` to `out`.
    /// @param key         `aes_key_bytes` bytes.
    /// @param additional  authenticated with it, not stored: the opener must know it.
    void seal(const Secret& key, std::span<const std::byte> additional,
              std::span<const std::byte> clear, std::vector<std::byte>& out);

    /// Opens `box` into `clear`.
    /// @param clear  as long as the box less `box_overhead_bytes`; zeroed when forged.
    [[nodiscard]] BoxOutcome open(const Secret& key, std::span<const std::byte> additional,
                                  std::span<const std::byte> box, std::span<std::byte> clear);

   private:
    std::unique_ptr<evp_cipher_ctx_st, void (*)(evp_cipher_ctx_st*)> context_;
};

}  // namespace carecard::journal
