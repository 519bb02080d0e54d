#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/table.h"
#include "services/cli/words.h"
#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::cli {
namespace {

struct OpenOptions {
    std::string account;
    std::string name;
    std::string from_template;
    std::uint32_t priority = 0;
    std::string funder;
    bool persons_own = false;
    std::vector<std::string> mccs;
    std::string provider_register;
    std::vector<std::string> weekdays;
    bool no_cash = false;
    std::string from;
    std::string until;
    std::string closed_from;
    bool staged = false;
    std::string hour_rate;
    std::string reason;
};

struct ReleaseOptions {
    std::string account;
    std::string purse;
    std::string amount;
    std::string currency = "GBP";
    std::string stage;
    std::string reason;
};

struct CloseOptions {
    std::string account;
    std::string purse;
    std::string reason;
};

Fault malformed(std::string field, std::string detail, std::string remedy) {
    return {.kind = FaultKind::malformed,
            .field = std::move(field),
            .detail = std::move(detail),
            .remedy = std::move(remedy)};
}

Result<Done> set_weekdays(const OpenOptions& options, v1::PurseTerms& terms) {
    for (const std::string& name : options.weekdays) {
        const auto day = weekday_named(name);
        if (!day) return malformed("--on", "names no day", "give days as monday,tuesday");
        terms.add_weekdays(*day);
    }
    return Done{};
}

/// What the options say over the template; what they do not say is left as it is there.
Result<Done> set_terms(const OpenOptions& options, v1::PurseTerms& terms) {
    if (!options.funder.empty()) terms.set_funder(options.funder);
    if (options.persons_own) terms.set_persons_own(true);
    for (const std::string& mcc : options.mccs) terms.add_mccs(mcc);
    if (!options.provider_register.empty()) {
        terms.set_provider_register(options.provider_register);
    }
    if (options.no_cash) terms.set_no_cash(true);
    if (!options.from.empty()) terms.set_spend_from(options.from);
    if (!options.until.empty()) terms.set_spend_until(options.until);
    if (!options.closed_from.empty()) terms.set_intake_closed_from(options.closed_from);
    if (options.staged) terms.set_staged(true);
    if (!options.hour_rate.empty()) {
        // A programme's rates have two places, as sterling has.
        const auto rate = rpc::parse_amount(options.hour_rate, CurrencyCode{826}, "--hour-rate");
        if (!rate) return rate.fault();
        terms.set_hour_rate_minor_units(rate->value);
    }
    return set_weekdays(options, terms);
}

Result<Done> open(const Session& session, const OpenOptions& options) {
    v1::OpenPurseRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.reason);
    request.mutable_account()->set_programme(session.programme);
    request.mutable_account()->set_reference(options.account);
    v1::NewPurse& purse = *request.mutable_purse();
    purse.set_name(options.name);
    purse.set_priority(options.priority);
    purse.set_template_(options.from_template);
    const Result<Done> terms = set_terms(options, *purse.mutable_terms());
    if (!terms) return terms.fault();
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::support);
    if (!stub) return stub.fault();
    const auto answer = call(**stub, &v1::AdminService::Stub::OpenPurse, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    print(fmt::format("the purse {} of {} is open, and empty\n", options.name, options.account));
    return Done{};
}

Result<Done> release(const Session& session, const ReleaseOptions& options) {
    const auto currency = rpc::parse_currency(options.currency, "--currency");
    if (!currency) return currency.fault();
    const auto amount = rpc::parse_amount(options.amount, *currency, "AMOUNT");
    if (!amount) return amount.fault();
    v1::ReleaseStageRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.reason);
    request.mutable_account()->set_programme(session.programme);
    request.mutable_account()->set_reference(options.account);
    request.set_purse(options.purse);
    rpc::set_money({*amount, *currency}, *request.mutable_amount());
    request.set_stage(options.stage);
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::finance);
    if (!stub) return stub.fault();
    const auto answer = call(**stub, &v1::AdminService::Stub::ReleaseStage, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    print(fmt::format("{} {} of {}; {} still waits\n",
                      answer->receipt().replay() ? "was released before:" : "released",
                      money_of(request.amount()), options.account, money_of(answer->unreleased())));
    return Done{};
}

Result<Done> close(const Session& session, const CloseOptions& options) {
    v1::ClosePurseRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.reason);
    request.mutable_account()->set_programme(session.programme);
    request.mutable_account()->set_reference(options.account);
    request.set_purse(options.purse);
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::finance);
    if (!stub) return stub.fault();
    const auto answer = call(**stub, &v1::AdminService::Stub::ClosePurse, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    const std::string to = answer->persons_own() ? "is owed to the person"
                                                 : fmt::format("goes back to {}", answer->funder());
    print(fmt::format("the purse {} of {} {}closed; {} {}\n", options.purse, options.account,
                      answer->receipt().replay() ? "was already " : "is ",
                      money_of(answer->returned()), to));
    return Done{};
}

Result<Done> list(const Session& session) {
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::support);
    if (!stub) return stub.fault();
    const v1::ListPurseTemplatesRequest request;
    const auto answer = call(**stub, &v1::AdminService::Stub::ListPurseTemplates, request);
    if (!answer) return answer.fault();
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    for (const v1::PurseTemplate& one : answer->templates()) {
        print(fmt::format("{}  (priority {})\n  {}\n  {}\n", one.name(), one.priority(), one.says(),
                          line_of(one.terms())));
    }
    return Done{};
}

void add_open(CLI::App& group, Session& session) {
    const auto options = std::make_shared<OpenOptions>();
    CLI::App& command = add_command(
        group, session, "open", "adds a purse to an account",
        "Example:\n"
        "  carecard purse open DP-1001 'support hours' --template voucher --hour-rate 17.50 \\\n"
        "      --until 2026-12-31 --reason 'voucher of October'\n"
        "The options change what the template says; carecard purse templates lists them. Without "
        "a\n"
        "template and options a purse pays anywhere. Role: support.",
        [&session, options] { return open(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    command.add_option("NAME", options->name, "the purse's name, e.g. 'social care'")->required();
    add_programme_option(command, session);
    command.add_option("--template", options->from_template, "the funding stream");
    command.add_option("--priority", options->priority,
                       "1 to 255, the smallest pays first; the template's without");
    command.add_option("--funder", options->funder, "whose money, e.g. council, icb, dwp");
    command.add_flag("--persons-own", options->persons_own, "the money is the person's own");
    command.add_option("--mcc", options->mccs, "where it pays: codes, ranges or groups")
        ->delimiter(',');
    command.add_option("--register", options->provider_register,
                       "pays only providers on this register (carecard provider)");
    command.add_option("--on", options->weekdays, "days on which it pays, e.g. monday,friday")
        ->delimiter(',');
    command.add_flag("--no-cash", options->no_cash, "no cash is taken from it");
    command.add_option("--from", options->from, "the first day on which it pays: YYYY-MM-DD");
    command.add_option("--until", options->until, "the last day on which it pays: YYYY-MM-DD");
    command.add_option("--intake-closed-from", options->closed_from,
                       "from this day on it takes no load: YYYY-MM-DD");
    command.add_flag("--staged", options->staged,
                     "what is loaded waits for carecard purse release");
    command.add_option("--hour-rate", options->hour_rate,
                       "it is counted in hours, each at so much, e.g. 17.50");
    add_change_options(command, session, options->reason);
}

void add_release(CLI::App& group, Session& session) {
    const auto options = std::make_shared<ReleaseOptions>();
    CLI::App& command =
        add_command(group, session, "release", "lets a part of a staged purse be spent",
                    "Example:\n"
                    "  carecard purse release DP-1001 adaptations 2500.00 --stage 'ramp built' \\\n"
                    "      --reason 'inspected 3 June, photograph on file'\n"
                    "A stage is released once; the same again changes nothing. Role: finance.",
                    [&session, options] { return release(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    command.add_option("PURSE", options->purse, "the purse's name")->required();
    command.add_option("AMOUNT", options->amount, "in major units, e.g. 2500.00")->required();
    add_programme_option(command, session);
    command.add_option("--currency", options->currency, "ISO 4217 code")->capture_default_str();
    command
        .add_option("--stage", options->stage,
                    "the council's name of the stage, unique in the purse")
        ->required();
    add_change_options(command, session, options->reason);
}

void add_close(CLI::App& group, Session& session) {
    const auto options = std::make_shared<CloseOptions>();
    CLI::App& command =
        add_command(group, session, "close", "ends a purse for good",
                    "Example:\n"
                    "  carecard purse close DP-1001 adaptations --reason 'the works are done'\n"
                    "What is in it goes back to its funder, or is owed to the person whose own it "
                    "is. What is\n"
                    "held in it still clears; what comes back to it later goes the same way. Role: "
                    "finance.",
                    [&session, options] { return close(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    command.add_option("PURSE", options->purse, "the purse's name")->required();
    add_programme_option(command, session);
    add_change_options(command, session, options->reason);
}

}  // namespace

void add_purse_commands(CLI::App& app, Session& session) {
    CLI::App& group = *app.add_subcommand("purse", "funding streams within an account");
    group.require_subcommand(1);
    group.fallthrough();
    add_open(group, session);
    add_release(group, session);
    add_close(group, session);
    add_command(group, session, "templates", "lists the funding streams to open a purse from",
                "Example:\n"
                "  carecard purse templates\n"
                "Whose money each is, and where and when it is spent. Role: support.",
                [&session] { return list(session); });
}

}  // namespace carecard::cli
