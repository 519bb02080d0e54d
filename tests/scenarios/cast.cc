#include "tests/scenarios/cast.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "tests/end_to_end/installation.h"
#include "tests/scenarios/sheet.h"

namespace carecard::scenarios {
namespace {

/// Cards of different scenarios are as far apart as a scenario may have cards.
constexpr unsigned cards_of_a_scenario = 100;

Result<Done> add_name(std::vector<std::string>& names, const std::string& name,
                      std::string_view what) {
    if (std::ranges::find(names, name) != names.end()) {
        return mistake(fmt::format("there is a {} \"{}\" already", what, name),
                       "give this one another name");
    }
    names.push_back(name);
    return Done{};
}

Result<std::string> name_in(const std::vector<std::string>& names, const std::string& name,
                            std::string_view what) {
    if (names.empty()) {
        return mistake(fmt::format("there is no {}", what),
                       fmt::format("add a line \"{}\" under \"Given\"", what));
    }
    if (name.empty()) return names.front();
    if (std::ranges::find(names, name) != names.end()) return name;
    return mistake(fmt::format("there is no {} \"{}\"", what, name),
                   fmt::format("name one of: {}", fmt::join(names, "; ")));
}

std::size_t place_of(const std::vector<std::string>& names, const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

}  // namespace

Cast::Cast(unsigned number, const std::string& reference) : number_(number) {
    account_.set_programme(fmt::format("scenario-{}", number));
    account_.set_reference(reference);
}

std::string Cast::key_of_line(int line) const { return fmt::format("s{}-line-{}", number_, line); }

std::string Cast::key_of(const Payment& payment) const {
    return fmt::format("s{}-payment-{}", number_, payment.number);
}

Result<Done> Cast::add_card(const std::string& name) { return add_name(cards_, name, "card"); }
Result<Done> Cast::add_purse(const std::string& name) { return add_name(purses_, name, "purse"); }

Result<Done> Cast::add_merchant(const MerchantName& merchant) {
    if (merchants_.emplace(merchant.name, merchant).second) return Done{};
    return mistake(fmt::format("there is a merchant \"{}\" already", merchant.name),
                   "give this one another name");
}

Result<Payment> Cast::add_payment(const std::string& name, const Payment& payment) {
    const auto known = payments_.find(name);
    Payment added = payment;
    if (known == payments_.end()) {
        added.number = static_cast<unsigned>(payments_.size()) + 1;
    } else if (known->second.awaited) {
        added.number = known->second.number;
    } else {
        return mistake(fmt::format("\"{}\" is the payment of line {}", name, known->second.line),
                       "give this one another name; to send the same once more, write \"repeat\"");
    }
    payments_[name] = added;
    return added;
}

Result<std::string> Cast::card(const std::string& name) const {
    return name_in(cards_, name, "card");
}

Result<std::string> Cast::purse(const std::string& name) const {
    return name_in(purses_, name, "purse");
}

Result<MerchantName> Cast::merchant(const std::string& name) const {
    const auto found = merchants_.find(name);
    if (found != merchants_.end()) return found->second;
    return mistake(fmt::format("there is no merchant \"{}\"", name),
                   fmt::format("add a line under \"Given\": merchant    {}, and its category of "
                               "four digits",
                               name));
}

Result<Payment> Cast::payment(const std::string& name) const {
    const auto found = payments_.find(name);
    if (found != payments_.end()) return found->second;
    return mistake(fmt::format("no row above makes a payment \"{}\"", name),
                   "correct the name, or say in the details that it \"comes first\" (a reversal) "
                   "or \"names no original\" (a clearing or a refund)");
}

std::string Cast::token_of(const std::string& card) const {
    return end_to_end::token_of(number_ * cards_of_a_scenario +
                                static_cast<unsigned>(place_of(cards_, card)));
}

std::string Cast::last_four_of(const std::string& card) const {
    return fmt::format("{:04}", 1'000 + place_of(cards_, card));
}

std::string acceptor_of(const MerchantName& merchant) {
    constexpr std::size_t characters_max = 15;  // ISO 8583 field 42
    return merchant.name.substr(0, characters_max);
}

std::string network_id_of(const Payment& payment) { return fmt::format("{:015}", payment.number); }

v1::OriginalReference::AcquirerTrace trace_of(const Payment& payment) {
    v1::OriginalReference::AcquirerTrace trace;
    trace.set_acquirer("476173");
    trace.set_stan(fmt::format("{:06}", payment.number));
    trace.set_transmission_time("0302090000");
    trace.set_rrn(fmt::format("{:012}", payment.number));
    trace.set_local_date("0302");
    return trace;
}

}  // namespace carecard::scenarios
