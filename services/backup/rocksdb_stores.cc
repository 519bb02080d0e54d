#include "services/backup/rocksdb_stores.h"

#include <utility>

#include "services/journal/rocksdb_store.h"
#include "services/journal/rocksdb_vault_copy.h"
#include "services/settlement/rocksdb_book.h"

namespace carecard::backup {
namespace {

journal::RocksDbPlace place_of(const journal::NamedPath& path) {
    return {.field = path.field, .directory = path.path};
}

Result<std::unique_ptr<journal::Store>> as_store(
    Result<std::unique_ptr<journal::RocksDbStore>> opened) {
    if (!opened) return opened.fault();
    return std::unique_ptr<journal::Store>(*std::move(opened));
}

}  // namespace

Result<std::unique_ptr<journal::Store>> RocksDbStores::look_at(const journal::NamedPath& journal) {
    return as_store(journal::RocksDbStore::open_read_only(place_of(journal)));
}

Result<std::unique_ptr<journal::Store>> RocksDbStores::open(const journal::NamedPath& journal) {
    return as_store(journal::RocksDbStore::open(place_of(journal)));
}

Result<settlement::Seen> RocksDbStores::read_settlement(const journal::NamedPath& data) {
    const auto book = settlement::RocksDbBook::open_read_only(
        {.field = data.field, .directory = data.path + "/book"});
    if (!book) return book.fault();
    journal::PosixFileSystem files;
    return settlement::look_back(**book, {.field = data.field, .path = data.path + "/batches"},
                                 files);
}

Result<journal::VaultCopied> RocksDbStores::copy_vault(const journal::NamedPath& from,
                                                       const journal::NamedPath& to) {
    return journal::copy_vault(place_of(from), place_of(to));
}

}  // namespace carecard::backup
