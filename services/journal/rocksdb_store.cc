#include "services/journal/rocksdb_store.h"

#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "common/check.h"
#include "common/newer_version.h"

namespace carecard::journal {
namespace {

constexpr char format_version = 1;

class Key {
   public:
    constexpr explicit Key(Sequence first) {
        for (std::size_t index = 0; index < bytes_.size(); ++index) {
            bytes_[index] = static_cast<char>((first.value >> (56 - 8 * index)) & 0xff);
        }
    }
    [[nodiscard]] rocksdb::Slice slice() const { return {bytes_.data(), bytes_.size()}; }

   private:
    std::array<char, 8> bytes_{};
};

constexpr Key format_key{Sequence{0}};

rocksdb::Options journal_options(rocksdb::Env* env) {
    rocksdb::Options options = durable_options(env);
    // Keys only grow and no value is replaced: tables overlap nothing, so compaction moves them
    // down the levels by name, and each record is written twice in all (WAL and table).
    options.compression = rocksdb::kNoCompression;
    options.write_buffer_size = std::size_t{64} << 20;
    options.max_write_buffer_number = 3;
    options.target_file_size_base = std::uint64_t{64} << 20;
    options.max_bytes_for_level_base = std::uint64_t{512} << 20;
    options.allow_concurrent_memtable_write = false;  // one writer
    return options;
}

rocksdb::ReadOptions seek_options() {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    return options;
}

Fault unreadable(Sequence sequence, const std::string& why) {
    return {
        FaultKind::corrupt, "record",
        fmt::format("the record that holds sequence {} cannot be read: {}", sequence.value, why),
        "Stop, keep the directory as it is, and restore from a backup beside it."};
}

/// The header of the record at `entry`, whose key must agree with it.
Result<RecordHeader> header_at(const rocksdb::Iterator& entry) {
    const rocksdb::Slice value = entry.value();
    const Result<RecordHeader> header =
        parse_record_header(std::as_bytes(std::span(value.data(), value.size())));
    if (!header) return header.fault();
    if (entry.key() != Key(header->first).slice()) {
        return unreadable(header->first, "it is stored under the key of another");
    }
    return *header;
}

rocksdb::Slice slice_of(const Record& record) {
    return {reinterpret_cast<const char*>(record.bytes.data()), record.bytes.size()};
}

}  // namespace

Result<std::unique_ptr<RocksDbStore>> RocksDbStore::open(const RocksDbPlace& place) {
    return open_as(place, journal_options(place.env), Access::write);
}

Result<std::unique_ptr<RocksDbStore>> RocksDbStore::open_read_only(const RocksDbPlace& place) {
    rocksdb::Options options = journal_options(place.env);
    options.create_if_missing = false;
    const std::string current = place.directory + "/CURRENT";
    if (place.env->FileExists(current).IsNotFound()) {
        return Fault{FaultKind::not_found, place.field,
                     fmt::format("the directory {} holds no journal", place.directory),
                     "Name the data directory of the service, and run as its user."};
    }
    return open_as(place, options, Access::read_only);
}

Result<std::unique_ptr<RocksDbStore>> RocksDbStore::open_as(const RocksDbPlace& place,
                                                            const rocksdb::Options& options,
                                                            Access access) {
    Result<std::unique_ptr<rocksdb::DB>> database = open_durable(place, options, access);
    if (!database) return name_sequence(place, options, database.fault());
    std::unique_ptr<RocksDbStore> store(new RocksDbStore(*std::move(database)));
    if (access == Access::read_only) store->health_ = Health::read_only;
    const Result<Done> format = store->check_format(place);
    if (!format) return format.fault();
    const Result<Done> loaded = store->load_tail();
    if (!loaded) return loaded.fault();
    return store;
}

/// Adds to a fault of opening up to which sequence the journal can be read, if it can at all.
Fault RocksDbStore::name_sequence(const RocksDbPlace& place, const rocksdb::Options& options,
                                  Fault fault) {
    if (fault.kind != FaultKind::corrupt) return fault;
    rocksdb::DB* opened = nullptr;
    if (!rocksdb::DB::OpenForReadOnly(options, place.directory, &opened).ok()) return fault;
    RocksDbStore readable{std::unique_ptr<rocksdb::DB>(opened)};
    if (readable.load_tail()) {
        fault.detail += fmt::format("; it can be read up to sequence {}", readable.tail().value);
    }
    return fault;
}

Result<Done> RocksDbStore::check_tables(const RocksDbPlace& place) const {
    rocksdb::ReadOptions options = seek_options();
    options.readahead_size = std::size_t{2} << 20;
    const rocksdb::Status status = database_->VerifyChecksum(options);
    if (!status.ok()) return open_fault(place, status);
    return Done{};
}

Result<Done> RocksDbStore::check_format(const RocksDbPlace& place) {
    std::string version;
    const rocksdb::Status status = database_->Get(seek_options(), format_key.slice(), &version);
    if (status.ok()) {
        if (version.size() == 1 && version[0] == format_version) return Done{};
        const auto found = static_cast<std::uint8_t>(version.empty() ? 0 : version[0]);
        return newer_version(place.field, {.name = "the journal", .known = format_version}, found,
                             place.directory);
    }
    if (status.IsCorruption()) return first_unreadable(status.ToString());
    if (!status.IsNotFound()) return open_fault(place, status);

    const std::unique_ptr<rocksdb::Iterator> entry(database_->NewIterator(seek_options()));
    entry->SeekToFirst();
    if (!entry->status().ok()) return open_fault(place, entry->status());
    if (entry->Valid()) {
        return open_fault(place, rocksdb::Status::Corruption("entries without a format version"));
    }
    if (health_ == Health::read_only) return Done{};  // begun, and ended before its first write
    const rocksdb::Status written =
        database_->Put(synced_write(), format_key.slice(), rocksdb::Slice(&format_version, 1));
    if (!written.ok()) return write_fault(place.field, written);
    return Done{};
}

Result<Done> RocksDbStore::load_tail() {
    const std::unique_ptr<rocksdb::Iterator> entry(database_->NewIterator(seek_options()));
    entry->SeekToLast();
    if (!entry->status().ok()) return first_unreadable(entry->status().ToString());
    if (!entry->Valid() || entry->key() == format_key.slice()) return Done{};
    const Result<RecordHeader> header = header_at(*entry);
    if (!header) return header.fault();
    tail_ = header->last().value;
    return Done{};
}

/// Looks for the first record that cannot be read, from the first on, when the last cannot.
Fault RocksDbStore::first_unreadable(const std::string& why) const {
    const std::unique_ptr<rocksdb::Iterator> entry(database_->NewIterator(seek_options()));
    Sequence last;
    for (entry->SeekToFirst(); entry->Valid(); entry->Next()) {
        if (entry->key() == format_key.slice()) continue;
        const Result<RecordHeader> header = header_at(*entry);
        if (!header) return unreadable({last.value + 1}, header.fault().detail);
        last = header->last();
    }
    return unreadable({last.value + 1}, why);
}

Result<Done> RocksDbStore::may_write() const {
    if (health_ == Health::write_failed) {
        return Fault{FaultKind::unavailable, "record", "an earlier commit failed",
                     "Stop the process and start it again; it reads what is stored."};
    }
    if (health_ == Health::read_only) {
        return Fault{FaultKind::fenced, "record", "this journal was opened to be read only",
                     "Open it for writing, in the service that owns it."};
    }
    return Done{};
}

Result<Sequence> RocksDbStore::outcome_of(const rocksdb::Status& status, Sequence last) {
    if (!status.ok()) {
        health_ = Health::write_failed;
        return write_fault("record", status);
    }
    tail_ = last.value;
    return last;
}

Result<Sequence> RocksDbStore::commit(Sequence tail, const Record& record) {
    const Result<Done> healthy = may_write();
    if (!healthy) return healthy.fault();
    const Result<Done> allowed = check_append({tail_.load()}, tail, record);
    if (!allowed) return allowed.fault();
    return outcome_of(database_->Put(synced_write(), Key(record.first).slice(), slice_of(record)),
                      record.last);
}

Result<Sequence> RocksDbStore::commit_all(Sequence tail, std::span<const Record> records) {
    const Result<Done> healthy = may_write();
    if (!healthy) return healthy.fault();
    rocksdb::WriteBatch all;
    Sequence stored{tail_.load()};
    for (const Record& record : records) {
        const Result<Done> allowed = check_append(stored, tail, record);
        if (!allowed) return allowed.fault();
        (void)all.Put(Key(record.first).slice(), slice_of(record));
        stored = tail = record.last;
    }
    return outcome_of(database_->Write(synced_write(), &all), stored);
}

Result<ReadOutcome> RocksDbStore::read(Sequence after, std::vector<std::byte>& buffer,
                                       Record& out) const {
    if (after >= tail()) return ReadOutcome::end;
    const Sequence wanted{after.value + 1};
    const std::unique_ptr<rocksdb::Iterator> entry(database_->NewIterator(seek_options()));
    entry->SeekForPrev(Key(wanted).slice());
    if (!entry->Valid()) {
        const rocksdb::Status status = entry->status();
        return unreadable(wanted, status.ok() ? "it is missing" : status.ToString());
    }
    if (entry->key() == format_key.slice()) return unreadable(wanted, "it is missing");
    const Result<RecordHeader> header = header_at(*entry);
    if (!header) return unreadable(wanted, header.fault().detail);
    if (header->last() < wanted) return unreadable(wanted, "it is missing");
    const auto value = std::as_bytes(std::span(entry->value().data(), entry->value().size()));
    buffer.assign(value.begin(), value.end());
    out = {.first = header->first, .last = header->last(), .bytes = buffer};
    return ReadOutcome::record;
}

}  // namespace carecard::journal
