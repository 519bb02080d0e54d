#pragma once

#include <vector>

#include "rules/purse_terms.h"
#include "tests/register/register.h"

/// A second opinion on which purses may pay.
namespace carecard::model {

/// Where and when a payment is made.
struct Place {
    rules::Mcc mcc;
    rules::Acceptor acceptor;
    bool cash;
    int day;
};
/// What one purse has for it at most, and what stands against that, as the core counts verdicts.
struct Payer {
    Purse purse;
    long most;
    long against;
};
[[nodiscard]] std::vector<Payer> payers(const Account& account, const Place& place);
[[nodiscard]] std::vector<Payer> payers(const Account& account, const rules::Authorise& command,
                                        long now);
/// Those that may pay; `forced`, what else there is of all of them, after that.
[[nodiscard]] std::vector<Payer> walk(const Account& account, const std::vector<Payer>& all,
                                      bool forced);
[[nodiscard]] long all_of(const std::vector<Payer>& walk);

}  // namespace carecard::model
