#pragma once

// The sealed part of an event: personal texts under the account's key.
//
//     sealed  := version u8 | box                         (aes_gcm.h)
//     the box's clear text := count u8 | text*
//     text    := salt[16] | length u16 | bytes[length]
//     the box's additional data := account u32 | sequence u64
//
// Integers are little-endian. An event without personal texts has an empty sealed part.

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/id.h"
#include "common/result.h"
#include "common/secret.h"
#include "services/journal/aes_gcm.h"

namespace carecard::journal {

/// Keeps a commitment from being guessed: random, one for each text, sealed with it.
using Salt = std::array<std::byte, 16>;

/// Draws `salts.size()` salts. They are drawn before sealing, since the clear part of the event
/// carries the commitments.
void make_salts(std::span<Salt> salts);

/// Returns SHA-256(salt || text): what the clear part says about a sealed text. Whoever is shown
/// salt and text can check them; without the salt, even a guess cannot be checked.
[[nodiscard]] Hash32 commitment(const Salt& salt, std::string_view text);

/// One text out of a sealed part, with what is needed to check its commitment.
struct OpenedText {
    Salt salt;
    std::string text;
};

/// Seals and opens the personal texts of events. One thread at a time; keeps its buffers.
class Sealer {
   public:
    Sealer() = default;
    ~Sealer();
    Sealer(const Sealer&) = delete;
    Sealer& operator=(const Sealer&) = delete;

    /// Appends the sealed part for `texts` to `out`; nothing when there are none.
    ///
    /// @param key       the account's, `aes_key_bytes` bytes.
    /// @param sequence  the event's own: a sealed part moved elsewhere does not open.
    /// @param texts     at most `sealed_texts_max`, each of at most `sealed_text_bytes_max` bytes.
    /// @param salts     as many as texts, from `make_salts`.
    void seal(const Secret& key, AccountId account, Sequence sequence,
              std::span<const std::string_view> texts, std::span<const Salt> salts,
              std::vector<std::byte>& out);

    /// Opens a sealed part.
    /// @return the texts in the order they were sealed, none for an empty part; `corrupt` on
    ///         field `sealed`, naming the sequence, when the bytes, key, account or sequence are
    ///         not those it was sealed with; `conflict` when a newer release wrote it.
    [[nodiscard]] Result<std::vector<OpenedText>> open(const Secret& key, AccountId account,
                                                       Sequence sequence,
                                                       std::span<const std::byte> sealed);

   private:
    AesGcm cipher_;
    std::vector<std::byte> clear_;
};

}  // namespace carecard::journal
