#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "carecard/v1/admin.pb.h"
#include "services/journal/head_file.h"
#include "tests/end_to_end/kill_oracle.h"

namespace carecard::end_to_end {

/// What the journal of a service that does not run comes to, by its events alone: read without the
/// service and added up without the rules.
class KillJudge {
   public:
    /// Reads the journal in `data` and compares it with what was asked and answered. The test fails
    /// unless
    ///  - every answer is there once, with the same id, amounts, authorisation code and time;
    ///  - every event about money was asked for, as it stands there;
    ///  - the postings of each event sum to zero, and no purse is ever below zero;
    ///  - the chain of records is unbroken, and goes on from where it was when last judged.
    /// @return how many answers are lost or changed.
    std::uint64_t judge(const std::string& data, const std::vector<Oracle::Entry>& entries);

    /// Compares what the service shows of an account with the postings and the approvals that were
    /// read last: balances, and the counters of the day, week and month.
    void expect_recounted(const v1::ReadAccountResponse& account) const;

    [[nodiscard]] std::uint64_t events() const { return last_.sequence.value; }

   private:
    class Reading;
    struct Sum {
        std::int64_t available = 0;
        std::int64_t held = 0;
    };
    /// An approval, and what of it was given back.
    struct Spent {
        std::string day;
        std::string week;  ///< The first day of it.
        std::string month;
        std::int64_t approved = 0;
        std::int64_t released = 0;
        bool cleared = false;
    };
    struct Account {
        std::string reference;
        std::map<int, Sum> purses;
        std::map<std::string, Spent> spent;  ///< By authorisation id.
    };

    journal::Head last_;
    std::map<std::uint32_t, Account> accounts_;
};

}  // namespace carecard::end_to_end
