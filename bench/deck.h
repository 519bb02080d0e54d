#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "carecard/v1/authorisation.pb.h"

namespace carecard::bench {

/// The tokens of `count` cards that no one has. The same on every run.
[[nodiscard]] std::vector<std::string> make_card_tokens(std::size_t count);

/// Deals payments at random cards, each under a request key and a network transaction id of its
/// own. Small enough that none is declined for its amount.
class Deck {
   public:
    /// @param run_id  a prefix of request keys: 1 to 32 of [A-Za-z0-9-].
    Deck(std::vector<std::string> card_tokens, std::string_view run_id);

    /// Makes `request` the next payment. Give the same message again and again: it keeps its
    /// buffers.
    void deal(v1::AuthoriseRequest& request);

   private:
    std::vector<std::string> card_tokens_;
    std::string run_id_;
    std::mt19937_64 random_;
    std::uint64_t dealt_ = 0;
};

}  // namespace carecard::bench
