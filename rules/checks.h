#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/limits.h"
#include "common/result.h"
#include "rules/command.h"

/// What `fault_in` of every command is written with. Not for other folders.
namespace carecard::rules {

/// A field as its caller knows it: "parent.name", or "name" when there is no parent.
struct FieldPath {
    std::string_view parent;
    std::string_view name;
    constexpr FieldPath(const char* text) : name(text) {}  // NOLINT(google-explicit-constructor)
    constexpr FieldPath(std::string_view within, std::string_view text)
        : parent(within), name(text) {}
    [[nodiscard]] std::string str() const;
};

/// "list[index]", "list[index].member".
[[nodiscard]] std::string indexed(std::string_view list, std::size_t index,
                                  std::string_view member = {});

/// Asks one thing after another and keeps the first that does not hold. Asking costs a branch;
/// only a failure builds text. Later questions are asked all the same, so each must be safe to
/// ask of any command.
class Checks {
   public:
    struct Flaw {
        std::string_view detail;
        std::string_view remedy;
    };

    void that(bool holds, const FieldPath& field, std::string_view detail,
              std::string_view remedy) {
        if (holds) [[likely]]
            return;
        fail(field, {detail, remedy});
    }
    /// Both ends are included.
    void within(AmountMinor amount, AmountMinor least, AmountMinor most, const FieldPath& field) {
        if (amount >= least && amount <= most) [[likely]]
            return;
        fail_within(least, most, field);
    }
    void currency(CurrencyCode code, const FieldPath& field) {
        that(code.value >= 1 && code.value <= 999, field, "is no currency",
             "give an ISO 4217 currency");
    }
    /// Valid UTF-8, at least `bytes_min` bytes of it, without control characters or card numbers.
    void free_text(std::string_view text, std::size_t bytes_min, const FieldPath& field) {
        if (std::optional<Flaw> flaw = flaw_in(text, bytes_min)) [[unlikely]] {
            fail(field, *flaw);
        }
    }
    void fail(std::string field, std::string detail, std::string remedy);

    [[nodiscard]] bool failed() const { return fault_.has_value(); }
    [[nodiscard]] std::optional<Fault> take() && { return std::move(fault_); }

    [[nodiscard]] static std::optional<Flaw> flaw_in(std::string_view text, std::size_t bytes_min);

   private:
    void fail(const FieldPath& field, const Flaw& flaw);
    void fail_within(AmountMinor least, AmountMinor most, const FieldPath& field);

    std::optional<Fault> fault_;
};

/// Whether an enumerator is one of `first` to `last`.
template <class E>
[[nodiscard]] constexpr bool among(E value, E first, E last) {
    return value >= first && value <= last;
}

// Parts that several commands share.
void check_request(Checks& checks, const Request& request);
void check_token(Checks& checks, const CardToken& token);
void check_account_name(Checks& checks, const AccountName& account);
/// @param parent  the field that holds the rules: "rules" or "defaults".
void check_spending_rules(Checks& checks, const SpendingRules& rules, std::string_view parent);

}  // namespace carecard::rules
