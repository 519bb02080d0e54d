#include "rules/matching.h"

#include <algorithm>

#include "common/limits.h"

namespace carecard::rules {
namespace {

template <class Fits>
Match only_one(const State& state, std::uint64_t name, MatchedBy by, Fits fits) {
    Match match;
    const auto [first, last] = state.authorisation_by_name.equal_range(name);
    for (auto entry = first; entry != last; ++entry) {
        const Authorisation* candidate = state.find(entry->second);
        if (candidate == nullptr || !fits(*candidate)) continue;
        if (match.authorisation != nullptr) return {.by = by, .ambiguous = true};
        match = {.by = by, .authorisation = candidate};
    }
    return match;
}

/// Whether `candidate` has the name `by` of `reference`: equal hashes may be of other names.
bool has_name(const State& state, const Authorisation& candidate, MatchedBy by,
              const Speaker& speaker, const OriginalReference& reference) {
    switch (by) {
        case MatchedBy::nothing:
        case MatchedBy::presentment_id:
            return false;
        case MatchedBy::authorisation_id:
            return candidate.id == reference.authorisation_id;
        case MatchedBy::request_key:
            return candidate.caller == reference.caller &&
                   candidate.request_key == reference.request_key;
        case MatchedBy::network_transaction_id:
            return candidate.identity.network_transaction_id ==
                   reference.identity.network_transaction_id;
        case MatchedBy::trace:
            return candidate.identity.same_trace(reference.identity);
        case MatchedBy::local_reference:
            return candidate.identity.same_reference(reference.identity) &&
                   candidate.local_date == reference.local_date;
        case MatchedBy::authorisation_code:
            return candidate.code == reference.authorisation_code &&
                   state.same_chain(candidate.card, speaker.card) &&
                   fits_code(candidate.approved, speaker.amount);
    }
    return false;
}

}  // namespace

bool fits_code(AmountMinor approved, AmountMinor amount) {
    const std::int64_t share = approved.value * code_match_over_basis_points / 10'000;
    return amount.value <= approved.value + std::max(share, code_match_over_minor.value);
}

OriginalReference original_of(const Advise& advice) {
    OriginalReference original = advice.original;
    const InlineText<15> network_transaction_id = original.identity.network_transaction_id;
    if (!original.identity.has_reference()) {
        original.identity = advice.identity;
        original.local_date = advice.local_date;
    }
    if (!network_transaction_id.empty()) {
        original.identity.network_transaction_id = network_transaction_id;
    } else {
        original.identity.network_transaction_id = advice.identity.network_transaction_id;
    }
    return original;
}

Match find_original(const State& state, const Speaker& speaker,
                    const OriginalReference& reference) {
    const Authorisation* named = state.find(reference.authorisation_id);
    if (named != nullptr && named->account == speaker.account) {
        return {.by = MatchedBy::authorisation_id, .authorisation = named};
    }
    const auto names = names_of(speaker.account, reference).all();
    static_assert(names.size() + 1 == matching_order.size());
    Match match;
    for (std::size_t index = 0; index < names.size(); ++index) {
        if (names[index] == 0) continue;
        const MatchedBy by = matching_order[index + 1];
        const Match found = only_one(state, names[index], by, [&](const Authorisation& candidate) {
            return candidate.account == speaker.account &&
                   has_name(state, candidate, by, speaker, reference);
        });
        if (found.by != MatchedBy::nothing) match = found;
        if (match.authorisation != nullptr) return match;
    }
    return match;
}

}  // namespace carecard::rules
