#include "services/journal/rocksdb_journal.h"

#include "services/journal/verify.h"

namespace carecard::journal {

Result<std::unique_ptr<RocksDbStore>> open_journal(const RocksDbPlace& place,
                                                   const std::optional<Head>& head) {
    if (head) {
        const auto look = RocksDbStore::open_read_only(place);
        if (!look) return look.fault();
        const Result<Done> held =
            check_head(**look, {.epoch = head->epoch, .sequence = (*look)->tail()}, *head);
        if (!held) return held.fault();
    }
    return RocksDbStore::open(place);
}

}  // namespace carecard::journal
