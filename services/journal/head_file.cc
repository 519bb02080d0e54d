#include "services/journal/head_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "common/newer_version.h"
#include "common/sha256.h"
#include "services/journal/little_endian.h"

namespace carecard::journal {
namespace {

constexpr std::string_view magic = "CCHD";
constexpr std::uint8_t head_version = 1;
constexpr std::size_t version_at = 4;
constexpr std::size_t epoch_at = 5;
constexpr std::size_t sequence_at = 9;
constexpr std::size_t chain_at = 17;
constexpr std::size_t hash_at = 49;
constexpr std::size_t file_bytes = 81;
static_assert(chain_at + sizeof(Hash32) == hash_at);
static_assert(hash_at + sizeof(Hash32) == file_bytes);

Fault damaged(const NamedPath& file, std::string_view what) {
    return {FaultKind::corrupt, file.field, fmt::format("the head file {} {}", file.path, what),
            "Check the journal with carecard-fsck, and restore the head file from a backup."};
}

std::vector<std::byte> encode(const Head& head) {
    std::vector<std::byte> bytes;
    bytes.reserve(file_bytes);
    std::ranges::copy(bytes_of(magic), std::back_inserter(bytes));
    append_little_endian(bytes, head_version);
    append_little_endian(bytes, head.epoch.value);
    append_little_endian(bytes, head.sequence.value);
    std::ranges::copy(head.chain, std::back_inserter(bytes));
    std::ranges::copy(sha256(bytes), std::back_inserter(bytes));
    return bytes;
}

Result<Head> decode(const NamedPath& file, std::span<const std::byte> bytes) {
    if (bytes.size() < version_at + 1 + sizeof(Hash32)) return damaged(file, "is too short");
    if (!std::ranges::equal(bytes.first(magic.size()), bytes_of(magic))) {
        return damaged(file, "does not begin with CCHD");
    }
    const std::size_t hashed_bytes = bytes.size() - sizeof(Hash32);
    if (!std::ranges::equal(sha256(bytes.first(hashed_bytes)), bytes.last(sizeof(Hash32)))) {
        return damaged(file, "does not match its checksum");
    }
    const auto version = std::to_integer<std::uint8_t>(bytes[version_at]);
    if (version > head_version) {
        return newer_version(file.field, {.name = "the head file", .known = head_version}, version,
                             file.path);
    }
    if (version != head_version || bytes.size() != file_bytes) {
        return damaged(file, "has a wrong length or version");
    }
    Head head{.epoch = {load_little_endian<std::uint32_t>(bytes.subspan(epoch_at))},
              .sequence = {load_little_endian<std::uint64_t>(bytes.subspan(sequence_at))}};
    std::ranges::copy(bytes.subspan(chain_at, sizeof(Hash32)), head.chain.begin());
    return head;
}

}  // namespace

Result<std::optional<Head>> read_head(FileSystem& files, const NamedPath& file) {
    const Result<std::vector<std::byte>> bytes = files.read_all(file);
    if (!bytes) {
        if (bytes.fault().kind == FaultKind::not_found) return std::optional<Head>{};
        return bytes.fault();
    }
    const Result<Head> head = decode(file, *bytes);
    if (!head) return head.fault();
    return std::optional<Head>{*head};
}

Result<Done> write_head(FileSystem& files, const NamedPath& file, const Head& head) {
    return files.write_atomically(file, encode(head), FileMode::owner_only);
}

HeadWriter::HeadWriter(FileSystem& files, NamedPath file, OnFailure on_failure, DurationNs interval)
    : files_(files),
      file_(std::move(file)),
      on_failure_(std::move(on_failure)),
      interval_(interval),
      thread_([this] { run(); }) {}

HeadWriter::~HeadWriter() {
    {
        const std::lock_guard lock(mutex_);
        stage_ = Stage::ending;
    }
    ending_.notify_one();
    thread_.join();
}

void HeadWriter::set(const Head& head) {
    const std::lock_guard lock(mutex_);
    latest_ = head;
}

void HeadWriter::run() {
    const std::chrono::nanoseconds interval(interval_.value);
    Stage stage = Stage::running;
    while (stage == Stage::running) {
        {
            std::unique_lock lock(mutex_);
            ending_.wait_for(lock, interval, [this] { return stage_ == Stage::ending; });
            stage = stage_;
        }
        write_latest();
    }
}

void HeadWriter::write_latest() {
    std::optional<Head> head;
    {
        const std::lock_guard lock(mutex_);
        head = std::exchange(latest_, std::nullopt);
    }
    if (!head) return;
    const Result<Done> written = write_head(files_, file_, *head);
    if (written) return;
    {
        const std::lock_guard lock(mutex_);
        if (!latest_) latest_ = head;
    }
    on_failure_(written.fault());
}

}  // namespace carecard::journal
