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
    int day;    ///< When it was agreed to,
    int today;  ///< and what day it is.
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
/// What earmarks keep of a purse for others than the payee.
[[nodiscard]] long kept_of(const Account& account, const Purse& purse, const rules::Acceptor& payee,
                           int today);
/// Those that may pay, beginning with what is earmarked for the payee; `forced`, what else there is
/// of all of them, after that: what is earmarked for others last.
[[nodiscard]] std::vector<Payer> walk(const Account& account, const std::vector<Payer>& all,
                                      const rules::Acceptor& payee, int today, bool forced);
[[nodiscard]] long all_of(const std::vector<Payer>& walk);

}  // namespace carecard::model
