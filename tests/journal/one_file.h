#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/journal/file_system.h"

namespace carecard::journal {

/// A file system with one plain file, whatever its name, in memory.
class OneFile final : public FileSystem {
   public:
    Result<std::vector<std::byte>> read_all(const NamedPath& file) override {
        if (bytes) return *bytes;
        return Fault{.kind = FaultKind::not_found,
                     .field = file.field,
                     .detail = "there is none",
                     .remedy = "make it"};
    }
    Result<Secret> read_secret(const NamedPath& file) override {
        const auto read = read_all(file);
        if (!read) return read.fault();
        return Secret::copy_of(*read);
    }
    Result<Done> write_atomically(const NamedPath& file, std::span<const std::byte> written,
                                  FileMode) override {
        if (is_full) {
            return Fault{.kind = FaultKind::unavailable,
                         .field = file.field,
                         .detail = "the disk is full",
                         .remedy = "make room"};
        }
        bytes.emplace(written.begin(), written.end());
        return Done{};
    }
    Result<Presence> exists(const NamedPath&) override {
        return bytes ? Presence::present : Presence::absent;
    }
    Result<Done> remove(const NamedPath&) override {
        bytes.reset();
        return Done{};
    }
    Result<Done> make_directory(const NamedPath&) override { return Done{}; }
    Result<std::vector<std::string>> list(const NamedPath&) override {
        return std::vector<std::string>{};
    }

    std::optional<std::vector<std::byte>> bytes;
    bool is_full = false;
};

}  // namespace carecard::journal
