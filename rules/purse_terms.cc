#include "rules/purse_terms.h"

#include <array>

#include "common/check.h"

namespace carecard::rules {
namespace {

/// FNV-1a.
class Fold {
   public:
    void add(std::uint64_t number) {
        for (int shift = 0; shift < 64; shift += 8) step((number >> shift) & 0xff);
    }
    void add(std::string_view text) {
        for (const char byte : text) step(static_cast<unsigned char>(byte));
        step(0xff);
    }
    [[nodiscard]] std::uint64_t value() const { return value_; }

   private:
    void step(std::uint64_t byte) {
        value_ ^= byte;
        value_ *= 0x100000001b3U;
    }
    std::uint64_t value_ = 0xcbf29ce484222325U;
};

std::uint64_t bits_of(AmountMinor amount) { return static_cast<std::uint64_t>(amount.value); }
std::uint64_t bits_of(DayNumber day) { return static_cast<std::uint64_t>(day.value); }
std::uint64_t bits_of(bool flag) { return flag ? 1 : 0; }

}  // namespace

PurseTerms shared_part(PurseTerms terms) {
    terms.spend_from = {};
    terms.spend_until = {};
    return terms;
}

std::uint64_t digest_of(const PurseTerms& terms) {
    Fold fold;
    fold.add(terms.funder.view());
    fold.add(terms.provider_register.view());
    for (const MccSpan& span : terms.mccs) {
        fold.add(span.first.value);
        fold.add(span.last.value);
    }
    const std::array<std::uint64_t, 10> rest{bits_of(terms.persons_own),
                                             bits_of(terms.exclusive),
                                             terms.weekdays.value,
                                             bits_of(terms.no_cash),
                                             bits_of(terms.spend_from),
                                             bits_of(terms.spend_until),
                                             bits_of(terms.staged),
                                             bits_of(terms.intake_closed_from),
                                             std::uint64_t{static_cast<std::uint8_t>(terms.unit)},
                                             bits_of(terms.unit_rate)};
    for (const std::uint64_t number : rest) fold.add(number);
    return fold.value();
}

CompiledTerms::CompiledTerms(const PurseTerms& shared) : terms_(shared) {
    if (shared.mccs.empty()) return;
    mccs_.reset();
    for (const MccSpan& span : shared.mccs) {
        CHECK(span.last.value < mcc_count);
        for (unsigned code = span.first.value; code <= span.last.value; ++code) mccs_.set(code);
    }
}

std::string_view name_of(PurseVerdict verdict) {
    using enum PurseVerdict;
    switch (verdict) {
        case eligible:
            return "eligible";
        case wrong_category:
            return "wrong_category";
        case kept_for_another:
            return "kept_for_another";
        case not_for_cash:
            return "not_for_cash";
        case provider_not_accredited:
            return "provider_not_accredited";
        case not_that_day:
            return "not_that_day";
        case ended:
            return "ended";
        case not_yet:
            return "not_yet";
        case not_released:
            return "not_released";
        case closed:
            return "closed";
    }
    CHECK(false);
}

}  // namespace carecard::rules
