#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "rules/state.h"
#include "tests/simulation/opinion.h"

/// Everything that matters, in words that the core and the second opinion share: two that know the
/// same have equal digests.
namespace carecard::simulation {

/// One programme's books and days; one account's purses, holds, exposure and counters at `now`.
[[nodiscard]] std::string words_for(const rules::Programme& programme);
[[nodiscard]] std::string words_for(const Opinion& opinion, const model::Programme& programme);
[[nodiscard]] std::string words_for(const rules::State& state, const rules::Account& account,
                                    long now);
[[nodiscard]] std::string words_for(const Opinion& opinion, const model::Account& account,
                                    long now);
[[nodiscard]] std::string words_for(const rules::State& state, const rules::Card& card, long now);
[[nodiscard]] std::string words_for(const Opinion& opinion, const model::Card& card, long now);
[[nodiscard]] std::string words_for(const rules::Authorisation& payment);
[[nodiscard]] std::string words_for(const model::Payment& payment);

/// By what each item is called, such as "account 3".
using Digest = std::map<std::string, std::string>;
[[nodiscard]] Digest digest_of(const rules::State& state, long now);
[[nodiscard]] Digest digest_of(const Opinion& opinion, long now);

/// Takes out of `all` the payments that are over and that `known` does not have: the archive has
/// them, and the core need not.
void leave_out_archived(Digest& all, const Digest& known);

/// One number for a whole digest (FNV-1a).
[[nodiscard]] std::uint64_t hash_of(const Digest& digest);

/// The first item on which the two differ, with both versions; empty when they are equal.
[[nodiscard]] std::string difference(const Digest& core, const Digest& opinion);

}  // namespace carecard::simulation
