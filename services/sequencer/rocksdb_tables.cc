#include "services/sequencer/rocksdb_tables.h"

#include <fmt/format.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <string>
#include <utility>
#include <vector>

#include "services/sequencer/table_bytes.h"

namespace carecard::sequencer {
namespace {

constexpr std::array<const char*, table_count> family_names{
    "default", "image", "archive", "name", "once", "activity", "request_key"};
constexpr std::size_t name_prefix_bytes = 8;
constexpr int filter_bits_per_key = 10;
constexpr std::uint64_t periodic_compaction_seconds = 24 * 60 * 60;

using Now = std::shared_ptr<std::atomic<std::int64_t>>;

/// Drops the rows that are past their table's retention.
class RetentionFilter final : public rocksdb::CompactionFilter {
   public:
    RetentionFilter(Now now_ns, DurationNs retention)
        : now_ns_(std::move(now_ns)), retention_(retention) {}

    bool Filter(int, const rocksdb::Slice&, const rocksdb::Slice& value, std::string*,
                bool*) const override {
        RowReader row({value.data(), value.size()});
        const auto at = static_cast<std::int64_t>(row.number<std::uint64_t>());
        return row.enough() && at + retention_.value < now_ns_->load();
    }
    [[nodiscard]] const char* Name() const override { return "carecard.retention"; }

   private:
    const Now now_ns_;
    const DurationNs retention_;
};

class RetentionFilterFactory final : public rocksdb::CompactionFilterFactory {
   public:
    RetentionFilterFactory(Now now_ns, DurationNs retention)
        : now_ns_(std::move(now_ns)), retention_(retention) {}

    std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
        const rocksdb::CompactionFilter::Context&) override {
        return std::make_unique<RetentionFilter>(now_ns_, retention_);
    }
    [[nodiscard]] const char* Name() const override { return "carecard.retention"; }

   private:
    const Now now_ns_;
    const DurationNs retention_;
};

rocksdb::ColumnFamilyOptions options_of(Table table, const std::shared_ptr<rocksdb::Cache>& cache,
                                        const Now& now_ns) {
    rocksdb::ColumnFamilyOptions options;
    rocksdb::BlockBasedTableOptions blocks;
    blocks.block_cache = cache;
    // Most questions to the archive are about what is not there.
    blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(filter_bits_per_key));
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
    options.memtable_whole_key_filtering = true;
    options.memtable_prefix_bloom_size_ratio = 0.05;
    options.write_buffer_size = projections_buffer_bytes;
    if (table == Table::name) {
        options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(name_prefix_bytes));
    }
    if (const DurationNs retention = retention_of(table); retention.value > 0) {
        options.compaction_filter_factory =
            std::make_shared<RetentionFilterFactory>(now_ns, retention);
        options.periodic_compaction_seconds = periodic_compaction_seconds;
    }
    return options;
}

rocksdb::DBOptions database_options(rocksdb::Env* env) {
    rocksdb::DBOptions options;
    options.env = env;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.paranoid_checks = true;
    options.atomic_flush = true;  // all tables go back to the same batch
    options.max_bgerror_resume_count = 0;
    options.db_host_id = "";  // else each table names the machine
    options.rate_limiter.reset(
        rocksdb::NewGenericRateLimiter(static_cast<std::int64_t>(projections_bytes_per_second)));
    options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
    options.keep_log_file_num = 2;
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    return options;
}

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

/// What another process or a missing right causes, and emptying the directory would not mend.
bool is_of_the_machine(const rocksdb::Status& status) {
    return status.IsIOError() && !status.IsPathNotFound();
}

}  // namespace

Result<std::unique_ptr<RocksDbTables>> RocksDbTables::open(const journal::RocksDbPlace& place) {
    std::unique_ptr<RocksDbTables> tables(new RocksDbTables(place));
    rocksdb::Status opened = tables->try_open();
    if (!opened.ok() && !is_of_the_machine(opened)) {
        const rocksdb::Status emptied =
            rocksdb::DestroyDB(place.directory, rocksdb::Options{database_options(place.env), {}});
        opened = emptied.ok() ? tables->try_open() : emptied;
    }
    if (!opened.ok()) return journal::open_fault(place, opened);
    return tables;
}

Result<std::unique_ptr<RocksDbTables>> RocksDbTables::open_read_only(
    const journal::RocksDbPlace& place) {
    if (place.env->FileExists(place.directory + "/CURRENT").IsNotFound()) {
        return Fault{
            .kind = FaultKind::not_found,
            .field = place.field,
            .detail = fmt::format("the directory {} holds no projections", place.directory),
            .remedy = "nothing needs to be done: the service makes them"};
    }
    std::unique_ptr<RocksDbTables> tables(new RocksDbTables(place));
    const rocksdb::Status opened = tables->try_open(journal::Access::read_only);
    if (!opened.ok()) return journal::open_fault(place, opened);
    return tables;
}

rocksdb::Status RocksDbTables::try_open(journal::Access access) {
    const auto cache = rocksdb::NewLRUCache(projections_cache_bytes);
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (std::size_t index = 0; index < table_count; ++index) {
        families.emplace_back(family_names[index],
                              options_of(static_cast<Table>(index), cache, now_ns_));
    }
    rocksdb::DB* opened = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    const rocksdb::DBOptions options = database_options(place_.env);
    const rocksdb::Status status =
        access == journal::Access::write
            ? rocksdb::DB::Open(options, place_.directory, families, &handles, &opened)
            : rocksdb::DB::OpenForReadOnly(options, place_.directory, families, &handles, &opened);
    if (!status.ok()) return status;
    database_.reset(opened);
    std::copy(handles.begin(), handles.end(), handles_.begin());
    return status;
}

RocksDbTables::~RocksDbTables() { close(); }

void RocksDbTables::close() {
    for (rocksdb::ColumnFamilyHandle*& handle : handles_) {
        if (handle != nullptr) (void)database_->DestroyColumnFamilyHandle(handle);
        handle = nullptr;
    }
    database_.reset();
}

Result<Done> RocksDbTables::write(const TableBatch& batch) {
    rocksdb::WriteBatch writes(batch.bytes());
    for (const TableBatch::Row& row : batch.rows()) {
        const rocksdb::Status put = writes.Put(handle(row.table), row.key, row.value);
        if (!put.ok()) return journal::write_fault(place_.field, put);
    }
    rocksdb::WriteOptions unlogged;
    unlogged.disableWAL = true;
    const rocksdb::Status written = database_->Write(unlogged, &writes);
    if (!written.ok()) return journal::write_fault(place_.field, written);
    return Done{};
}

Result<Done> RocksDbTables::flush() {
    const rocksdb::Status flushed =
        database_->Flush(rocksdb::FlushOptions{}, {handles_.begin(), handles_.end()});
    if (!flushed.ok()) return journal::write_fault(place_.field, flushed);
    return Done{};
}

Result<Done> RocksDbTables::clear() {
    close();
    const rocksdb::Options options{database_options(place_.env), {}};
    rocksdb::Status status = rocksdb::DestroyDB(place_.directory, options);
    if (status.ok()) status = try_open();
    if (!status.ok()) return journal::open_fault(place_, status);
    return Done{};
}

Result<Lookup> RocksDbTables::get(Table table, std::string_view key, std::string& value) const {
    const rocksdb::Status status =
        database_->Get(rocksdb::ReadOptions{}, handle(table), slice(key), &value);
    if (status.ok()) return Lookup::found;
    if (status.IsNotFound()) return Lookup::none;
    return read_fault(status);
}

Result<Done> RocksDbTables::scan(Table table, std::string_view prefix, std::string_view from,
                                 const Visitor& visitor) const {
    rocksdb::ReadOptions options;
    const bool is_by_prefix = table == Table::name && prefix.size() >= name_prefix_bytes;
    options.prefix_same_as_start = is_by_prefix;
    options.total_order_seek = !is_by_prefix;
    const std::unique_ptr<rocksdb::Iterator> row(database_->NewIterator(options, handle(table)));
    for (row->Seek(slice(from)); row->Valid(); row->Next()) {
        if (!row->key().starts_with(slice(prefix))) break;
        if (!visitor({row->key().data(), row->key().size()},
                     {row->value().data(), row->value().size()})) {
            break;
        }
    }
    if (!row->status().ok()) return read_fault(row->status());
    return Done{};
}

Fault RocksDbTables::read_fault(const rocksdb::Status& status) const {
    return {.kind = FaultKind::unavailable,
            .field = place_.field,
            .detail = fmt::format("the projections cannot be read: {}", status.ToString()),
            .remedy = "stop the service, remove the directory, and start again: it is made anew"};
}

}  // namespace carecard::sequencer
