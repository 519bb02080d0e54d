#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "common/limits.h"
#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/words.h"
#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::cli {
namespace {

struct Options {
    std::string account;
    std::string amount;
    std::string hours;
    std::string currency = "GBP";
    std::string purse;
    std::string reference;
    std::string reason;
};

std::string loaded_of(const v1::LoadPurseRequest& request) {
    return request.has_amount() ? money_of(request.amount()) : hours_of(request.units_hundredths());
}

/// How much, in money or in hours.
Result<Done> set_size(const Options& options, CurrencyCode currency,
                      v1::LoadPurseRequest& request) {
    if (options.hours.empty() == options.amount.empty()) {
        return Fault{.kind = FaultKind::malformed,
                     .field = "AMOUNT",
                     .detail = "is given beside --hours, or neither is",
                     .remedy = "give an amount, or --hours for a purse that is counted in hours"};
    }
    const std::string& text = options.hours.empty() ? options.amount : options.hours;
    // Hours have two places, as sterling has.
    const CurrencyCode places = options.hours.empty() ? currency : CurrencyCode{826};
    const auto amount =
        rpc::parse_amount(text, places, options.hours.empty() ? "AMOUNT" : "--hours");
    if (!amount) return amount.fault();
    if (options.hours.empty()) {
        rpc::set_money({*amount, currency}, *request.mutable_amount());
    } else {
        request.set_units_hundredths(static_cast<std::uint32_t>(
            std::clamp<std::int64_t>(amount->value, 0, load_unit_hundredths_max + 1)));
    }
    return Done{};
}

Result<Done> run(const Session& session, const Options& options) {
    const auto currency = rpc::parse_currency(options.currency, "--currency");
    if (!currency) return currency.fault();
    v1::LoadPurseRequest request;
    const Result<Done> size = set_size(options, *currency, request);
    if (!size) return size.fault();
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::finance);
    if (!stub) return stub.fault();
    request.set_request_key(request_key_of(session));
    request.set_reason(options.reason);
    request.mutable_account()->set_programme(session.programme);
    request.mutable_account()->set_reference(options.account);
    request.set_purse(options.purse);
    request.set_reference(options.reference);
    const auto answer = call(**stub, &v1::AdminService::Stub::LoadPurse, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    print(fmt::format("{} {} into {}; available now {}\n",
                      answer->receipt().replay() ? "was loaded before:" : "loaded",
                      loaded_of(request), options.account, money_of(answer->available())));
    return Done{};
}

}  // namespace

void add_load_command(CLI::App& app, Session& session) {
    const auto options = std::make_shared<Options>();
    CLI::App& command = add_command(
        app, session, "load", "puts money into a purse",
        "Example:\n"
        "  carecard load DP-1001 412.50 --reference PAY-2026-07 --reason 'four weeks from 6 July'\n"
        "A second load with the same reference changes nothing. Role: finance.",
        [&session, options] { return run(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    command.add_option("AMOUNT", options->amount, "in major units, e.g. 412.50");
    command.add_option("--hours", options->hours,
                       "in place of AMOUNT, into a purse that is counted in hours, e.g. 12.5");
    add_programme_option(command, session);
    command.add_option("--currency", options->currency, "ISO 4217 code")->capture_default_str();
    command.add_option("--purse", options->purse, "the purse's name; the first without");
    command
        .add_option("--reference", options->reference,
                    "the council's reference of the payment, unique in the account")
        ->required();
    add_change_options(command, session, options->reason);
}

}  // namespace carecard::cli
