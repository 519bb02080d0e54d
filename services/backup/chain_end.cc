#include "services/backup/chain_end.h"

#include <fmt/format.h>

#include <cstddef>
#include <vector>

#include "services/journal/verify.h"

namespace carecard::backup {

Result<ChainEnd> end_of(const journal::Store& store) {
    const Sequence tail = store.tail();
    if (tail.value == 0) return ChainEnd{};
    std::vector<std::byte> buffer;
    journal::Record record;
    const auto outcome = store.read({tail.value - 1}, buffer, record);
    if (!outcome) return outcome.fault();
    const auto view = journal::parse_record(record.bytes);
    if (!view) return view.fault();
    return ChainEnd{
        .head = {.epoch = view->header().epoch, .sequence = tail, .chain = view->chain()},
        .stamp = view->header().stamp};
}

Result<Done> verify_up_to(const journal::Store& store, const journal::Head& from,
                          const journal::Head& end,
                          const std::function<void(Sequence)>& on_verified) {
    const auto head = journal::verify_chain(
        store, from, [&on_verified](const journal::RecordView& record) -> Result<Done> {
            on_verified(record.header().last());
            return Done{};
        });
    if (!head) return head.fault();
    if (*head == end) return Done{};
    return Fault{FaultKind::corrupt, "record",
                 fmt::format("what was written cannot be read back: it ends at sequence {} and not "
                             "at {}",
                             head->sequence.value, end.sequence.value),
                 "Do not rely on this copy: look after its disk, and make a new one elsewhere."};
}

}  // namespace carecard::backup
