#include "rules/residence.h"

#include <algorithm>
#include <variant>

namespace carecard::rules {
namespace {

void forget_name(State& state, std::uint64_t name, const AuthorisationId& id) {
    const auto [first, last] = state.authorisation_by_name.equal_range(name);
    const auto entry =
        std::find_if(first, last, [&](const auto& named) { return named.second == id; });
    if (entry != last) state.authorisation_by_name.erase(entry);
}

void forget(State& state, const AuthorisationId& id, Sequence since) {
    const auto entry = state.authorisations.find(id);
    if (entry == state.authorisations.end() || entry->second.changed != since) return;
    for (const std::uint64_t name : names_of(entry->second.authorisation).all()) {
        if (name != 0) forget_name(state, name, id);
    }
    state.authorisations.erase(entry);
}

void forget(State& state, const NaturalKey& key, Sequence) { state.applied_once.erase(key); }

}  // namespace

void remember(State& state, const Authorisation& authorisation, Sequence changed) {
    const auto [entry, is_new] = state.authorisations.try_emplace(authorisation.id);
    entry->second = {.authorisation = authorisation, .changed = changed};
    if (is_new) {
        for (const std::uint64_t name : names_of(authorisation).all()) {
            if (name != 0) state.authorisation_by_name.emplace(name, authorisation.id);
        }
    }
    if (authorisation.state != AuthorisationState::open) {
        state.leaving.push_back({.since = changed, .what = authorisation.id});
    }
}

void remember(State& state, const NaturalKey& key, const Applied& applied) {
    if (state.applied_once.emplace(key, applied).second) {
        state.leaving.push_back({.since = applied.at, .what = key});
    }
}

bool let_go(State& state, Sequence archived, std::size_t items_max) {
    for (; items_max > 0; --items_max) {
        if (state.leaving.empty() || state.leaving.front().since > archived) return false;
        const Leaving& leaving = state.leaving.front();
        std::visit([&](const auto& what) { forget(state, what, leaving.since); }, leaving.what);
        state.leaving.pop_front();
    }
    return true;
}

}  // namespace carecard::rules
