#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/limits.h"
#include "services/cli/batch_files.h"
#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/table.h"
#include "services/cli/verify_directories.h"
#include "services/cli/words.h"
#include "services/rpc/text.h"

namespace carecard::cli {
namespace {

struct Options {
    std::string day;
    std::string number;
    std::string directory = "batches";
    std::vector<std::string> directories;
    std::string ca;
    std::string signer;
};

Result<std::vector<v1::Batch>> list_all(v1::SettlementService::Stub& stub,
                                        const std::string& programme) {
    std::vector<v1::Batch> batches;
    v1::ListBatchesRequest request;
    request.set_programme(programme);
    request.set_page_size(page_items_max);
    while (true) {
        const auto page = call(stub, &v1::SettlementService::Stub::ListBatches, request);
        if (!page) return page.fault();
        batches.insert(batches.end(), page->batches().begin(), page->batches().end());
        if (page->next_page_token().empty()) break;
        request.set_page_token(page->next_page_token());
    }
    std::ranges::reverse(batches);
    return batches;
}

/// What is not in the columns, because most batches have none of it.
std::string remark_of(const v1::Batch& batch) {
    std::string remark = batch.lost() ? "lost in a restore" : "";
    const auto add = [&](const v1::BatchTotal& total, std::string_view what) {
        if (total.count() == 0) return;
        if (!remark.empty()) remark += "; ";
        remark += fmt::format("{} {}", money_of(total.amount()), what);
    };
    add(batch.returned(), "back to funders");
    add(batch.owed(), "owed to persons");
    add(batch.written_off(), "written off");
    add(batch.exposure_recovered(), "recovered from holders");
    add(batch.write_off_repaid(), "of write-offs repaid");
    add(batch.provisional_credit(), "credited for disputes");
    add(batch.provisional_debit(), "of that taken back");
    add(batch.dispute_repaid(), "repaid of disputes or kept for the network");
    add(batch.dispute_paid_back(), "kept before and paid back");
    add(batch.council_payment(), "paid by the council");
    return remark;
}

void show(const std::vector<v1::Batch>& batches) {
    Table table({{"batch", Align::right},
                 {"day"},
                 {"cleared", Align::right},
                 {"", Align::right},
                 {"refunded", Align::right},
                 {"", Align::right},
                 {"loaded", Align::right},
                 {"", Align::right},
                 {"borne", Align::right},
                 {""}});
    for (const v1::Batch& batch : batches) {
        table.add({std::to_string(batch.number()), batch.day(),
                   std::to_string(batch.cleared().count()), money_of(batch.cleared().amount()),
                   std::to_string(batch.refunded().count()), money_of(batch.refunded().amount()),
                   std::to_string(batch.loaded().count()), money_of(batch.loaded().amount()),
                   money_of(batch.exposure()), remark_of(batch)});
    }
    print(table.render());
}

Result<Done> list(const Session& session) {
    Connection connection(session.settings);
    const auto stub = connection.settlement(rpc::Role::auditor);
    if (!stub) return stub.fault();
    const auto batches = list_all(**stub, session.programme);
    if (!batches) return batches.fault();
    if (session.form == OutputForm::table) {
        show(*batches);
        return Done{};
    }
    v1::ListBatchesResponse all;
    for (const v1::Batch& batch : *batches) *all.add_batches() = batch;
    print_json(all);
    return Done{};
}

Result<Done> close(const Session& session, const Options& options) {
    Connection connection(session.settings);
    const auto stub = connection.settlement(rpc::Role::finance);
    if (!stub) return stub.fault();
    v1::CloseBatchRequest request;
    request.set_request_key(request_key_of(session));
    request.set_programme(session.programme);
    request.set_day(options.day);
    const auto answer =
        call(**stub, &v1::SettlementService::Stub::CloseBatch, request, batch_wait_max);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    print(answer->replay() ? "the day was closed before:\n" : "closed:\n");
    show({answer->batch()});
    return Done{};
}

Result<std::vector<std::uint64_t>> numbers_of(v1::SettlementService::Stub& stub,
                                              const Session& session, const Options& options) {
    if (options.number == "all") {
        const auto batches = list_all(stub, session.programme);
        if (!batches) return batches.fault();
        std::vector<std::uint64_t> numbers;
        for (const v1::Batch& batch : *batches) numbers.push_back(batch.number());
        return numbers;
    }
    std::uint64_t number = 0;
    const char* const end = options.number.data() + options.number.size();
    const auto [stop, error] = std::from_chars(options.number.data(), end, number);
    if (error == std::errc{} && stop == end && number > 0) return std::vector{number};
    return Fault{.kind = FaultKind::malformed,
                 .field = "NUMBER",
                 .detail = "is not a batch's number",
                 .remedy = "give a number from carecard batches list, or the word all"};
}

Result<Done> download(const Session& session, const Options& options) {
    Connection connection(session.settings);
    const auto stub = connection.settlement(rpc::Role::auditor);
    if (!stub) return stub.fault();
    const auto numbers = numbers_of(**stub, session, options);
    if (!numbers) return numbers.fault();
    nlohmann::ordered_json written = nlohmann::ordered_json::array();
    for (const std::uint64_t number : *numbers) {
        const auto files = download_batch(**stub, {session.programme, number});
        if (!files) return files.fault();
        const std::string directory =
            fmt::format("{}/{}/{:06}", options.directory, session.programme, number);
        const Result<Done> done = write_batch(*files, directory);
        if (!done) return done.fault();
        written.push_back(directory);
        if (session.form == OutputForm::table) print(directory + "\n");
    }
    if (session.form == OutputForm::json) print(written.dump() + "\n");
    return Done{};
}

std::string word_of_chain(const ProvedBatch& batch) {
    const std::string_view word = !batch.chained             ? "not at hand"
                                  : !batch.manifest.previous ? "none"
                                                             : "follows";
    return fmt::format("{}{}", word, batch.lost ? ", lost" : "");
}

/// Says where the journal was restored, as an auditor must know it; empty when it was not.
std::string words_of_fork(const ProvedBatch& batch) {
    if (!batch.manifest.fork) return {};
    const settlement::Manifest& manifest = batch.manifest;
    const settlement::Fork& fork = *manifest.fork;
    std::string words = fmt::format(
        "\nBefore batch {} of {} the journal was restored to sequence {}: what came after that was "
        "lost,\nand the journal goes on in epoch {}. ",
        manifest.number, manifest.programme, fork.restored_to.value, manifest.epoch.value);
    if (fork.lost_first == 0) return words + "No batch was lost with it.\n";
    const std::string numbers = fork.lost_first == fork.lost_last
                                    ? fmt::format("{} was", fork.lost_first)
                                    : fmt::format("{} to {} were", fork.lost_first, fork.lost_last);
    words += fmt::format(
        "Batch {} of the lost part: evidence of what was\npublished, and no part "
        "of the line that batch {} ends. ",
        numbers, manifest.number);
    if (fork.lost_first == 1) return words + "It begins the line.\n";
    return words + fmt::format("It follows batch {}.\n", fork.lost_first - 1);
}

void show(const std::vector<ProvedBatch>& batches, OutputForm form) {
    if (form == OutputForm::json) {
        nlohmann::ordered_json array = nlohmann::ordered_json::array();
        for (const ProvedBatch& batch : batches) {
            array.push_back({{"directory", batch.directory},
                             {"programme", batch.manifest.programme},
                             {"number", batch.manifest.number},
                             {"day", rpc::to_text(batch.manifest.day)},
                             {"verified", true},
                             {"chained", batch.chained},
                             {"lost", batch.lost}});
            if (!batch.manifest.fork) continue;
            const settlement::Fork& fork = *batch.manifest.fork;
            array.back()["fork"] = {{"epoch", batch.manifest.epoch.value},
                                    {"restored_to", fork.restored_to.value},
                                    {"lost_first", fork.lost_first},
                                    {"lost_last", fork.lost_last}};
        }
        print(array.dump() + "\n");
        return;
    }
    Table table({{"programme"},
                 {"batch", Align::right},
                 {"day"},
                 {"debits", Align::right},
                 {"credits", Align::right},
                 {"closing balance", Align::right},
                 {"signature"},
                 {"files"},
                 {"totals"},
                 {"batch before"}});
    for (const ProvedBatch& batch : batches) {
        const settlement::BatchTotals& totals = batch.manifest.totals;
        const auto currency = rpc::parse_currency(batch.manifest.currency, "currency");
        const auto money = [&](const TotalMinor& total) {
            const AmountMinor amount{static_cast<std::int64_t>(total.value)};
            return money_of(amount, currency ? *currency : CurrencyCode{});
        };
        table.add({batch.manifest.programme, std::to_string(batch.manifest.number),
                   rpc::to_text(batch.manifest.day), money(totals.debits.sum),
                   money(totals.credits.sum), money(totals.closing_balance), "right", "unchanged",
                   "add up", word_of_chain(batch)});
    }
    print(table.render());
    for (const ProvedBatch& batch : batches) print(words_of_fork(batch));
    print(fmt::format("\n{} batches verified\n", batches.size()));
}

Result<Done> verify(const Session& session, const Options& options) {
    const std::string& directory = session.settings.certificates;
    const auto trusted = read_trusted_signer(
        options.ca.empty() ? directory + "/ca.pem" : options.ca,
        options.signer.empty() ? directory + "/batch-signer.pem" : options.signer);
    if (!trusted) return trusted.fault();
    const auto found = find_batches(options.directories);
    if (!found) return found.fault();
    const auto proved = verify_directories(*found, *trusted);
    if (!proved) return proved.fault();
    show(*proved, session.form);
    return Done{};
}

}  // namespace

void add_batch_commands(CLI::App& app, Session& session) {
    CLI::App& group = *app.add_subcommand("batches", "settlement batches");
    group.require_subcommand(1);
    group.fallthrough();
    const auto options = std::make_shared<Options>();

    CLI::App& listing =
        add_command(group, session, "list", "lists a programme's batches, the oldest first",
                    "Example:\n  carecard batches list --programme riverdale-care\nRole: auditor.",
                    [&session] { return list(session); });
    add_programme_option(listing, session);

    CLI::App& closing = add_command(
        group, session, "close", "closes a settlement day and waits for its signed files",
        "Example:\n  carecard batches close 2026-07-31\n"
        "A day that was closed before is answered with its batch. Role: finance.",
        [&session, options] { return close(session, *options); });
    closing.add_option("DAY", options->day, "the settlement day, YYYY-MM-DD")->required();
    add_programme_option(closing, session);
    closing.add_option("--request-key", session.request_key, "repeat an earlier request");

    CLI::App& loading =
        add_command(group, session, "download", "downloads batches into directories",
                    "Examples:\n"
                    "  carecard batches download 12 --directory audit\n"
                    "  carecard batches download all --directory audit\n"
                    "Makes audit/PROGRAMME/000012 with the batch's four files. Role: auditor.",
                    [&session, options] { return download(session, *options); });
    loading.add_option("NUMBER", options->number, "a batch's number, or all")->required();
    add_programme_option(loading, session);
    loading.add_option("--directory", options->directory, "where to")->capture_default_str();

    CLI::App& checking = add_command(
        group, session, "verify", "proves downloaded batches, without any service",
        "Example:\n"
        "  carecard batches verify audit/riverdale-care\n"
        "Checks the signature, the files' sizes and hashes, every row, the totals recomputed, and\n"
        "with the batch before it: numbers, sequences, hashes and every account's balance. A\n"
        "directory of batches is verified in order; it may begin with any batch, but none may be\n"
        "missing after that, except those that a batch names as lost when the journal was "
        "restored;\n"
        "such a fork is told in words. Needs two certificates and nothing else: by default ca.pem "
        "and\n"
        "batch-signer.pem of --certificates. Exit status 5 when one is wrong or missing.",
        [&session, options] { return verify(session, *options); });
    checking.add_option("DIR", options->directories, "batches, or directories of batches")
        ->required();
    checking.add_option("--ca", options->ca, "the certificate authority (PEM)");
    checking.add_option("--signer", options->signer, "the signer's certificate (PEM)");
}

}  // namespace carecard::cli
