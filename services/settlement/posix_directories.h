#pragma once

#include "services/settlement/directories.h"

namespace carecard::settlement {

/// The machine's own directories. Has no state; safe on any thread.
class PosixDirectories final : public Directories {
   public:
    Result<Presence> exists(const std::string& path) override;
    Result<Done> make(const std::string& directory) override;
    Result<Done> write(const std::string& file, std::span<const std::byte> bytes) override;
    Result<Done> sync(const std::string& path) override;
    Result<Done> rename(const std::string& from, const std::string& to) override;
    Result<Done> remove_all(const std::string& directory) override;
    Result<std::vector<std::byte>> read(const FilePart& part) override;
};

}  // namespace carecard::settlement
