#include "services/sequencer/activity.h"

#include <string>
#include <string_view>
#include <variant>

#include "rules/apply.h"
#include "services/sequencer/table_bytes.h"

namespace carecard::sequencer {
namespace {

bool is_write_off(const rules::Event& event) {
    const auto* decided = std::get_if<rules::ResolutionDecided>(&event);
    return decided != nullptr && !decided->postings.empty();
}

bool is_shown(const rules::Event& event) {
    return is_write_off(event) || std::holds_alternative<rules::AuthorisationDecided>(event) ||
           std::holds_alternative<rules::Reversed>(event) ||
           std::holds_alternative<rules::HoldIncreased>(event) ||
           std::holds_alternative<rules::ReversalKept>(event) ||
           std::holds_alternative<rules::Presented>(event) ||
           std::holds_alternative<rules::Advised>(event) ||
           std::holds_alternative<rules::HoldExpired>(event) ||
           std::holds_alternative<rules::Loaded>(event) ||
           std::holds_alternative<rules::StageReleased>(event) ||
           std::holds_alternative<rules::PurseEnded>(event) ||
           std::holds_alternative<rules::PurseClosed>(event) ||
           std::holds_alternative<rules::ExposureRecovered>(event) ||
           std::holds_alternative<rules::EarmarkSet>(event) ||
           std::holds_alternative<rules::EarmarkWithdrawn>(event) ||
           std::holds_alternative<rules::EarmarkPaid>(event) ||
           std::holds_alternative<rules::DisputeOpened>(event) ||
           std::holds_alternative<rules::DisputeClosed>(event);
}

std::string account_prefix(AccountId account) {
    std::string key;
    append_big_endian(key, account.value);
    return key;
}

std::string key_of(AccountId account, Sequence sequence) {
    std::string key = account_prefix(account);
    append_big_endian(key, ~sequence.value);
    return key;
}

}  // namespace

Result<std::vector<Sequence>> list_activity(const Tables& tables, AccountId account,
                                            Sequence before, std::size_t count_max) {
    std::vector<Sequence> sequences;
    if (count_max == 0 || before.value == 0) return sequences;
    const std::string prefix = account_prefix(account);
    const Result<Done> scanned =
        tables.scan(Table::activity, prefix, key_of(account, {before.value - 1}),
                    [&](std::string_view key, std::string_view) {
                        RowReader row(key.substr(prefix.size()));
                        sequences.push_back({~row.number<std::uint64_t>()});
                        return sequences.size() < count_max;
                    });
    if (!scanned) return scanned.fault();
    return sequences;
}

void list_as_activity(const rules::Event& event, Sequence sequence, TableBatch& batch) {
    if (is_shown(event)) {
        batch.put(Table::activity, key_of(rules::account_of(event), sequence), {});
    }
}

}  // namespace carecard::sequencer
