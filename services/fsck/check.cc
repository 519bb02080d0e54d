#include "services/fsck/check.h"

#include "services/journal/verify.h"

namespace carecard::fsck {

Report check(const journal::Store& store, const std::optional<journal::Head>& head_file,
             const OnProgress& on_progress) {
    Report report;
    const Sequence tail = store.tail();
    const auto count = [&](const journal::RecordView& record) -> Result<Done> {
        ++report.records;
        report.events += record.header().count;
        report.head = {.epoch = record.header().epoch,
                       .sequence = record.header().last(),
                       .chain = record.chain()};
        on_progress(report.head.sequence, tail);
        return Done{};
    };
    const Result<journal::Head> head = journal::verify_chain(store, journal::Head{}, count);
    if (!head) {
        report.damage = head.fault();
        return report;
    }
    if (!head_file) return report;
    const Result<Done> held = journal::check_head(store, *head, *head_file);
    if (!held) report.damage = held.fault();
    return report;
}

}  // namespace carecard::fsck
