// Any bytes as the files that people give to `carecard`: of people to open accounts for, of a
// council's payments, of a sample month. What is taken is fit to be sent, and a refusal shows no
// card number. The first byte chooses the file.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/check.h"
#include "common/limits.h"
#include "common/pan_token.h"
#include "services/cli/onboard_file.h"
#include "services/cli/simulate/council_file.h"
#include "services/cli/simulate/sample_reader.h"
#include "tests/fuzz/input.h"

namespace carecard::cli {
namespace {

const Secret& token_key() {
    static const Secret key(32);
    return key;
}

void check_budget(const NewBudget& budget) {
    CHECK(!budget.reference.empty());
    CHECK(!budget.purses.empty());
    CHECK(budget.purses.size() <= purses_per_account_max);
    for (const v1::NewPurse& purse : budget.purses) {
        CHECK(purse.priority() >= 1 && purse.priority() <= 255);
    }
    for (const NewCard& card : budget.cards) {
        CHECK(parse_card_token(card.token));
        CHECK(card.last_four.size() == 4);
    }
}

void read_onboard(std::string_view bytes) {
    const auto budgets = parse_onboard_file(bytes, token_key());
    if (!budgets) {
        fuzz::check_helpful(budgets.fault());
        return;
    }
    std::ranges::for_each(*budgets, check_budget);
}

void check_script(const Result<simulate::Script>& script) {
    if (!script) {
        fuzz::check_helpful(script.fault());
        return;
    }
    std::ranges::for_each(script->budgets, check_budget);
    CHECK(!script->payments.empty());
    for (const simulate::Payment& payment : script->payments) {
        CHECK(payment.budget < script->budgets.size());
        CHECK(!script->budgets[payment.budget].cards.empty());
        CHECK(payment.billing.amount > AmountMinor{0});
    }
    for (const simulate::Load& load : script->loads) CHECK(load.budget < script->budgets.size());
}

void read_council(std::string_view bytes) {
    check_script(simulate::parse_council_file(bytes, {.programme = "programme"}, token_key()));
}

/// The five files one after another, each but the last ended by a byte 0.
void read_sample(std::string_view bytes) {
    simulate::SampleFiles files;
    for (const char* const name :
         {"onboard.csv", "agreements.csv", "loads.csv", "cards.csv", "payments.csv"}) {
        const std::size_t size = std::min(bytes.find('\0'), bytes.size());
        files.emplace_back(name, bytes.substr(0, size));
        bytes.remove_prefix(std::min(size + 1, bytes.size()));
    }
    check_script(simulate::parse_sample(files, token_key()));
}

}  // namespace
}  // namespace carecard::cli

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const carecard::fuzz::Input input(data, size);
    constexpr std::array readers{carecard::cli::read_onboard, carecard::cli::read_council,
                                 carecard::cli::read_sample};
    readers[input.choice(readers.size())](input.rest());
    return 0;
}
