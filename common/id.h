#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "common/inline_text.h"

namespace carecard {

/// Position of one event in the journal: 1 for the first, no gaps, never reused within an epoch.
struct Sequence {
    std::uint64_t value = 0;
    friend constexpr auto operator<=>(Sequence, Sequence) = default;
};

/// Which life of the journal: 1 until a restore to service starts the next. Every record,
/// authorisation id and manifest carries it.
struct Epoch {
    std::uint32_t value = 1;
    friend constexpr auto operator<=>(Epoch, Epoch) = default;
};

/// Dense numbers given in the order of opening, 1 for the first; 0 is "none". They are indexes
/// into the state, and mean nothing outside one journal.
struct ProgrammeId {
    std::uint32_t value = 0;
    friend constexpr auto operator<=>(ProgrammeId, ProgrammeId) = default;
};
struct AccountId {
    std::uint32_t value = 0;
    friend constexpr auto operator<=>(AccountId, AccountId) = default;
};
struct CardId {
    std::uint32_t value = 0;
    friend constexpr auto operator<=>(CardId, CardId) = default;
};
struct AgreementId {
    std::uint32_t value = 0;
    friend constexpr auto operator<=>(AgreementId, AgreementId) = default;
};
/// Which of an account's agreements, counted from 1.
struct AgreementVersion {
    std::uint32_t value = 0;
    friend constexpr auto operator<=>(AgreementVersion, AgreementVersion) = default;
};

/// Of the terms of purses, those that differ. 0 is those of a purse that pays anywhere.
struct PurseTermsId {
    std::uint32_t value = 0;
    friend constexpr auto operator<=>(PurseTermsId, PurseTermsId) = default;
};

/// Position of a purse within its account, 1 for the first; 0 is "none".
struct PurseNumber {
    std::uint8_t value = 0;
    friend constexpr auto operator<=>(PurseNumber, PurseNumber) = default;
};

/// An authorisation, or a presentment that had none: the epoch and sequence of the event that
/// began it. Written "1-42" for people and on the wire.
struct AuthorisationId {
    Epoch epoch{0};
    Sequence sequence;
    friend constexpr auto operator<=>(AuthorisationId, AuthorisationId) = default;
    [[nodiscard]] constexpr bool none() const { return sequence.value == 0; }
};

/// Names the key in the vault that seals one account's personal data. Random, made before the
/// account is opened.
struct VaultKeyId {
    std::array<std::byte, 16> bytes{};
    friend constexpr auto operator<=>(const VaultKeyId&, const VaultKeyId&) = default;
};

/// A SHA-256 digest.
using Hash32 = std::array<std::byte, 32>;

/// What stands for a card number everywhere in the system: HMAC-SHA-256(key, PAN) and the number
/// of the key. Made by the gateway and the card import (see pan_token.h), never by the service.
struct CardToken {
    std::uint8_t key_id = 0;
    Hash32 mac{};
    friend constexpr auto operator<=>(const CardToken&, const CardToken&) = default;
};

// Names that people and other systems choose. Their forms are checked in rules/validate.
using RequestKey = InlineText<64>;        ///< [A-Za-z0-9._:-]{1,64}, unique for a caller.
using CallerId = InlineText<64>;          ///< Who asks: the id in the client's certificate.
using CouncilCode = InlineText<32>;       ///< [a-z0-9-]{1,32}, e.g. "riverdale".
using ProgrammeCode = InlineText<32>;     ///< [a-z0-9-]{1,32}, unique in a journal.
using AccountReference = InlineText<64>;  ///< The council's own, unique in a programme.
using LoadReference = InlineText<64>;     ///< The council's own, unique in an account.
using PurseName = InlineText<32>;         ///< e.g. "social care", unique in an account.

}  // namespace carecard
