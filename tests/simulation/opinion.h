#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/model/ledger.h"
#include "tests/register/register.h"

namespace carecard::simulation {

/// The whole second opinion: the register of names, the ledger of money, and the books that a
/// programme's money makes. Answers what should come of each command, one after the other.
class Opinion {
   public:
    /// What should come of `command` as the event `sequence` at `now`; when there is no event, a
    /// sentence that begins with "refused". Remembers its effect.
    std::string answer(const rules::Command& command, long now, long sequence);

    /// What is due by itself, in the order in which it is taken in one instant.
    enum class Kind : std::uint8_t { cut_off, purse_end, council_payment, expiry };
    /// What is due first: when, what, and of which number; of a purse, by account and its own;
    /// of a council's payment, by the event that set its earmark.
    using Due = std::tuple<long, Kind, long>;
    static constexpr long purse_number(long account, long purse) { return account * 100 + purse; }
    [[nodiscard]] Due next_cut_off() const;
    [[nodiscard]] Due next_purse_end() const;
    [[nodiscard]] Due next_council_payment() const;
    [[nodiscard]] Due next_expiry() const;
    [[nodiscard]] Due next() const {
        return std::min({next_cut_off(), next_purse_end(), next_council_payment(), next_expiry()});
    }

    /// What a programme's payments came to.
    struct Cleared {
        long debits = 0, debited = 0, credits = 0, credited = 0;
    };
    /// On the business days after `after`, up to `last`.
    [[nodiscard]] Cleared cleared(int programme, int after, int last) const;
    [[nodiscard]] long loaded(int programme) const;

    model::Register people;
    model::Ledger money;
    long last_now = 0;  ///< The stamp of the last event.

   private:
    std::string closing(const rules::CloseSettlement& command, const model::Programme& programme);
    void learn_approved(const model::Subject& of, long sequence);
    void enter(const rules::Command& command, const model::Subject& of);

    /// A presentment in a programme's business day; credits are below zero.
    struct Entry {
        int programme, day;
        long amount;
    };
    std::vector<Entry> cleared_;
    std::vector<std::pair<int, long>> loads_;  // programme, amount
};

}  // namespace carecard::simulation
