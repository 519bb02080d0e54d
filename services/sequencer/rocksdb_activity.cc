#include "services/sequencer/rocksdb_activity.h"

#include <rocksdb/write_batch.h>

#include <string>

namespace carecard::sequencer {
namespace {

constexpr std::size_t key_bytes = 12;
constexpr std::string_view watermark_key = "watermark";

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>((value >> shift) & 0xff));
    }
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
    return value;
}

std::string entry_key(AccountId account, Sequence sequence) {
    std::string key;
    append_big_endian(key, account.value, 4);
    append_big_endian(key, sequence.value, 8);
    return key;
}

rocksdb::WriteOptions unlogged() {
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    return options;
}

rocksdb::Options options_of(const journal::RocksDbPlace& place) {
    rocksdb::Options options;
    options.env = place.env;
    options.create_if_missing = true;
    options.paranoid_checks = true;
    options.max_bgerror_resume_count = 0;
    options.keep_log_file_num = 2;
    return options;
}

}  // namespace

Result<std::unique_ptr<RocksDbActivity>> RocksDbActivity::open(const journal::RocksDbPlace& place,
                                                               Sequence durable) {
    const rocksdb::Options options = options_of(place);
    for (const bool again : {false, true}) {
        rocksdb::DB* raw = nullptr;
        const rocksdb::Status opened = rocksdb::DB::Open(options, place.directory, &raw);
        if (!opened.ok()) return journal::open_fault(place, opened);
        std::unique_ptr<RocksDbActivity> activity(
            new RocksDbActivity(std::unique_ptr<rocksdb::DB>(raw)));
        std::string stored;
        const std::string key(watermark_key);
        if (raw->Get(rocksdb::ReadOptions{}, key, &stored).ok()) {
            activity->watermark_ = big_endian(stored);
        }
        if (activity->watermark() <= durable || again) return activity;
        activity.reset();
        const rocksdb::Status emptied = rocksdb::DestroyDB(place.directory, options);
        if (!emptied.ok()) return journal::open_fault(place, emptied);
    }
    return journal::open_fault(place, rocksdb::Status::Corruption("ahead of the journal"));
}

Result<Done> RocksDbActivity::append(std::span<const ActivityEntry> entries, Sequence watermark) {
    rocksdb::WriteBatch batch;
    for (const ActivityEntry& entry : entries) {
        batch.Put(entry_key(entry.account, entry.sequence), rocksdb::Slice{});
    }
    std::string value;
    append_big_endian(value, watermark.value, 8);
    batch.Put(rocksdb::Slice(watermark_key.data(), watermark_key.size()), value);
    const rocksdb::Status written = database_->Write(unlogged(), &batch);
    if (!written.ok()) return journal::write_fault("activity_directory", written);
    watermark_ = watermark.value;
    return Done{};
}

Result<std::vector<Sequence>> RocksDbActivity::list(AccountId account, Sequence before,
                                                    std::size_t count_max) const {
    const std::unique_ptr<rocksdb::Iterator> entries(
        database_->NewIterator(rocksdb::ReadOptions{}));
    std::vector<Sequence> sequences;
    const std::string lowest = entry_key(account, {0});
    entries->SeekForPrev(entry_key(account, {before.value - 1}));
    for (; entries->Valid() && sequences.size() < count_max; entries->Prev()) {
        const rocksdb::Slice key = entries->key();
        if (key.size() != key_bytes || key.compare(lowest) < 0) break;
        sequences.push_back({big_endian({key.data() + 4, 8})});
    }
    if (!entries->status().ok()) {
        return journal::write_fault("activity_directory", entries->status());
    }
    return sequences;
}

}  // namespace carecard::sequencer
