#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "common/id.h"
#include "common/secret.h"

namespace carecard::sequencer {

/// The live keys of accounts, beside the state. The sequencer's thread only.
class AccountKeys {
   public:
    void set(AccountId account, Secret key) {
        if (keys_.size() <= account.value) keys_.resize(account.value + 1);
        keys_[account.value].emplace(std::move(key));
    }

    /// Null once the person's data was erased.
    [[nodiscard]] const Secret* find(AccountId account) const {
        if (account.value >= keys_.size() || !keys_[account.value]) return nullptr;
        return &*keys_[account.value];
    }

   private:
    std::vector<std::optional<Secret>> keys_;  // by account number
};

}  // namespace carecard::sequencer
