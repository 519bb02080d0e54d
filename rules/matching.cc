#include "rules/matching.h"

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

}  // namespace

Match find_original(const State& state, AccountId account, const OriginalReference& reference) {
    const Authorisation* named = state.find(reference.authorisation_id);
    if (named != nullptr && named->account == account) {
        return {.by = MatchedBy::authorisation_id, .authorisation = named};
    }
    const AuthorisationNames names = names_of(account, reference.caller, reference.request_key,
                                              reference.identity, reference.authorisation_code);
    Match match;
    const auto settled = [&match] { return match.authorisation != nullptr; };
    const auto ask = [&](std::uint64_t name, MatchedBy by, auto fits) {
        if (name == 0 || settled()) return;
        const Match found = only_one(state, name, by, [&](const Authorisation& candidate) {
            return candidate.account == account && fits(candidate);
        });
        if (found.by != MatchedBy::nothing) match = found;
    };
    ask(names.request_key, MatchedBy::request_key, [&](const Authorisation& candidate) {
        return candidate.caller == reference.caller &&
               candidate.request_key == reference.request_key;
    });
    ask(names.network_transaction_id, MatchedBy::network_transaction_id,
        [&](const Authorisation& candidate) {
            return candidate.identity.network_transaction_id ==
                   reference.identity.network_transaction_id;
        });
    ask(names.trace, MatchedBy::trace, [&](const Authorisation& candidate) {
        return candidate.identity.same_trace(reference.identity);
    });
    ask(names.code, MatchedBy::authorisation_code, [&](const Authorisation& candidate) {
        return candidate.code == reference.authorisation_code;
    });
    return match;
}

}  // namespace carecard::rules
