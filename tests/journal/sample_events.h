#pragma once

// Events with every member filled in, made from the same lists of members as the codec.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "rules/event.h"
#include "services/journal/codec.h"
#include "services/journal/values.h"

namespace carecard::journal {

/// What the members are filled with.
enum class Fill : std::uint8_t {
    distinct,  ///< No member has its default, and few have another's value.
    largest,   ///< Numbers, texts and lists at the upper end of their range.
    smallest,  ///< Numbers at the lower end; texts and lists empty.
};

/// A listed member itself, whatever the version that it came with.
template <class T>
[[nodiscard]] const auto& listed_member(const T& member) {
    if constexpr (is_since<T>) {
        return member.member;
    } else {
        return member;
    }
}

class Filler {
   public:
    /// @param version  what this version does not have stays as it is.
    explicit Filler(Fill how, std::uint8_t version = event_version)
        : how_(how), version_(version) {}

    void fill(rules::Mcc& mcc) { mcc.value = among<std::uint16_t>(0, rules::mcc_count - 1); }
    void fill(rules::Weekdays& days) { days.value = among<std::uint8_t>(0, rules::weekdays_all); }
    void fill(PurseNumber& purse) { purse.value = among<std::uint8_t>(0, purses_per_account_max); }
    void fill(ExpiryMonth& expiry) {
        fill(expiry.year);
        expiry.month = among<std::uint8_t>(0, 12);
    }

    void fill(rules::DeclineReason& reason) {
        using enum rules::DeclineReason;
        const auto last = version_ == 1   ? open_authorisations_full
                          : version_ == 2 ? kept_reversals_full
                                          : rules::DeclineReason{rules::decline_reason_last};
        reason = how_ == Fill::smallest ? none : last;
    }

    void fill(rules::TransactionKind& kind) {
        using enum rules::TransactionKind;
        const auto last = version_ < 3 ? purchase_with_cashback
                                       : rules::TransactionKind{rules::transaction_kind_last};
        kind = how_ == Fill::smallest ? unsupported : last;
    }

    void fill(rules::CardStatus& status) {
        using enum rules::CardStatus;
        status = how_ == Fill::smallest ? active : version_ < 3 ? closed : used;
    }

    void fill(rules::MatchedBy& by) {
        using enum rules::MatchedBy;
        const auto last = version_ < 3 ? authorisation_code : presentment_id;
        by = how_ == Fill::smallest ? nothing : last;
    }

    void fill(rules::LedgerAccount& account) {
        using enum rules::LedgerAccount;
        account = how_ == Fill::smallest ? available : version_ < 3 ? recovered : disputed;
    }

    template <class T>
    void fill(T& value) {
        if constexpr (is_since<T>) {
            if (T::version <= version_) fill(value.member);
        } else if constexpr (std::same_as<T, bool>) {
            value = how_ == Fill::distinct ? !value : how_ == Fill::largest;
        } else if constexpr (std::is_enum_v<T>) {
            value = how_ == Fill::smallest ? enum_range<T>.first : enum_range<T>.last;
        } else if constexpr (is_wide<T>) {
            fill_wide(value);
        } else if constexpr (std::integral<T>) {
            fill_integer(value);
        } else if constexpr (is_text<T>) {
            value = T::of(text(T::capacity));
        } else if constexpr (is_free_text<T>) {
            fill(value.text);
        } else if constexpr (is_raw<T>) {
            for (std::byte& byte : value) byte = raw_byte();
        } else if constexpr (is_array<T>) {
            for (auto& item : value) fill(item);
        } else if constexpr (is_list<T>) {
            fill_list(value);
        } else if constexpr (is_optional<T>) {
            value.reset();
            const bool is_known = first_version<typename T::value_type> <= version_;
            if (how_ != Fill::smallest && is_known) fill(value.emplace());
        } else {
            fields(value, [&](auto&&... members) { (fill(members), ...); });
        }
    }

   private:
    template <class Integer>
    Integer among(std::size_t first, std::size_t last) {
        if (how_ == Fill::smallest) return static_cast<Integer>(first);
        if (how_ == Fill::largest) return static_cast<Integer>(last);
        return static_cast<Integer>(first + 1 + ++count_ % (last - first));
    }

    template <class Integer>
    void fill_integer(Integer& value) {
        using Limits = std::numeric_limits<Integer>;
        if (how_ == Fill::smallest) {
            value = Limits::min();
        } else if (how_ == Fill::largest) {
            value = Limits::max();
        } else if constexpr (sizeof(Integer) == 1) {
            value = static_cast<Integer>(2 + ++count_ % 200);
        } else {
            const auto number = static_cast<Integer>(1'000 + 7 * ++count_);
            value = std::signed_integral<Integer> && count_ % 2 == 0 ? static_cast<Integer>(-number)
                                                                     : number;
        }
    }

    void fill_wide(int128& value) {
        constexpr int128 largest = static_cast<int128>(~uint128{0} >> 1);
        if (how_ == Fill::smallest) {
            value = -largest - 1;
        } else if (how_ == Fill::largest) {
            value = largest;
        } else {
            value = -(static_cast<int128>(++count_) << 70) - 1;
        }
    }

    std::string text(std::size_t capacity) {
        if (how_ == Fill::smallest) return {};
        if (how_ == Fill::largest) return std::string(capacity, '\xff');
        std::string letters;
        const std::size_t size = std::min<std::size_t>(capacity, 3 + ++count_ % 5);
        while (letters.size() < size) {
            letters += static_cast<char>('a' + (count_ + letters.size()) % 26);
        }
        return letters;
    }

    std::byte raw_byte() {
        if (how_ == Fill::smallest) return std::byte{0};
        if (how_ == Fill::largest) return std::byte{0xff};
        return static_cast<std::byte>(++count_ & 0xff);
    }

    template <class Items>
    void fill_list(Items& items) {
        const std::size_t count = how_ == Fill::smallest  ? 0
                                  : how_ == Fill::largest ? items_max<Items>()
                                                          : std::size_t{2};
        items.clear();
        while (items.size() < count) {
            ItemOf<Items> item{};
            fill(item);
            items.push_back(item);
        }
    }

    Fill how_;
    std::uint8_t version_;
    std::size_t count_ = 0;
};

/// One event of each kind, in the order of the kinds.
inline std::vector<rules::Event> sample_events(Fill how, std::uint8_t version = event_version) {
    std::vector<rules::Event> events;
    const auto add = [&]<std::size_t... index>(std::index_sequence<index...>) {
        (events.emplace_back(std::in_place_index<index>), ...);
    };
    add(std::make_index_sequence<std::variant_size_v<rules::EventKinds>>{});
    for (rules::Event& event : events) {
        std::visit([&](auto& fact) { Filler(how, version).fill(fact); }, event);
    }
    return events;
}

inline rules::Stamp sample_stamp(Fill how) {
    rules::Stamp stamp;
    Filler filler(how);
    filler.fill(stamp.epoch);
    filler.fill(stamp.sequence);
    filler.fill(stamp.now_ns);
    return stamp;
}

/// As many commitments as the event has personal texts, all different.
inline Commitments sample_commitments(const rules::Event& event) {
    Commitments commitments;
    for (std::size_t index = 0; index < texts_of(event).size(); ++index) {
        Hash32 commitment;
        commitment.fill(static_cast<std::byte>(0xa0 + index));
        commitments.push_back(commitment);
    }
    return commitments;
}

inline std::vector<std::byte> encoded(const rules::Event& event, const rules::Stamp& stamp,
                                      const Commitments& commitments) {
    std::vector<std::byte> clear;
    encode_clear(event, stamp, commitments, clear);
    return clear;
}

inline std::vector<std::byte> encoded(const rules::Event& event, Fill how = Fill::distinct) {
    return encoded(event, sample_stamp(how), sample_commitments(event));
}

inline std::vector<std::string> copies_of_texts(const rules::Event& event) {
    std::vector<std::string> texts;
    for (const std::string_view text : texts_of(event)) texts.emplace_back(text);
    return texts;
}

}  // namespace carecard::journal
