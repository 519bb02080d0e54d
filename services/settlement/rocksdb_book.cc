#include "services/settlement/rocksdb_book.h"

#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include <utility>

namespace carecard::settlement {
namespace {

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

}  // namespace

RocksDbBook::RocksDbBook(std::unique_ptr<rocksdb::DB> database) : database_(std::move(database)) {}

Result<std::unique_ptr<RocksDbBook>> RocksDbBook::open(const journal::RocksDbPlace& place) {
    rocksdb::DB* opened = nullptr;
    rocksdb::Status status =
        rocksdb::DB::Open(journal::durable_options(place.env), place.directory, &opened);
    std::unique_ptr<rocksdb::DB> database(opened);
    if (status.ok()) status = journal::sync_name(place);
    if (!status.ok()) return journal::open_fault(place, status);
    return std::unique_ptr<RocksDbBook>(new RocksDbBook(std::move(database)));
}

Result<std::unique_ptr<RocksDbBook>> RocksDbBook::open_read_only(
    const journal::RocksDbPlace& place) {
    if (place.env->FileExists(place.directory + "/CURRENT").IsNotFound()) {
        return Fault{FaultKind::not_found, place.field,
                     fmt::format("the directory {} holds no settlement book", place.directory),
                     "Name the data directory of carecard-settlement, and run as its user."};
    }
    rocksdb::Options options = journal::durable_options(place.env);
    options.create_if_missing = false;
    rocksdb::DB* opened = nullptr;
    const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(options, place.directory, &opened);
    if (!status.ok()) return journal::open_fault(place, status);
    return std::unique_ptr<RocksDbBook>(new RocksDbBook(std::unique_ptr<rocksdb::DB>(opened)));
}

Result<Done> RocksDbBook::write(std::span<const Change> changes) {
    rocksdb::WriteBatch batch;
    for (const Change& change : changes) {
        if (change.value) {
            batch.Put(slice(change.key), slice(*change.value));
        } else {
            batch.Delete(slice(change.key));
        }
    }
    const rocksdb::Status status = database_->Write({}, &batch);
    if (!status.ok()) return journal::write_fault("data", status);
    return Done{};
}

Result<Done> RocksDbBook::scan(const KeyRange& range, const RowVisitor& visitor) const {
    const rocksdb::Slice end = slice(range.to);
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &end;
    const std::unique_ptr<rocksdb::Iterator> row(database_->NewIterator(options));
    for (row->Seek(slice(range.from)); row->Valid(); row->Next()) {
        const Result<Done> visited = visitor(view(row->key()), view(row->value()));
        if (!visited) return visited.fault();
    }
    if (row->status().ok()) return Done{};
    return Fault{
        FaultKind::corrupt, "data",
        fmt::format("a row of the settlement's book cannot be read: {}", row->status().ToString()),
        "Stop the service, move its book directory away, and start it again: it reads "
        "the journal from the beginning."};
}

}  // namespace carecard::settlement
