#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/backup/rocksdb_stores.h"
#include "services/journal/file_system.h"

namespace carecard::backup {

/// Counts calls of all ports, and lets one of them fail.
class FaultAt {
   public:
    enum class Effect : unsigned char { none, whole };

    /// @param call  counted from 1; 0 lets none fail.
    explicit FaultAt(int call = 0, Effect effect = Effect::none) : call_(call), effect_(effect) {}

    /// Makes the call, unless it is the one that fails without effect.
    template <class Call>
    auto through(Call&& call) -> decltype(call()) {
        const bool fails = ++calls == call_;
        if (fails && effect_ == Effect::none) return broken();
        auto result = call();
        if (fails) return broken();
        return result;
    }

    int calls = 0;

   private:
    static Fault broken() {
        return {FaultKind::unavailable, "planted", "the call failed", "run it again"};
    }

    const int call_;
    const Effect effect_;
};

class FaultyStore final : public journal::Store {
   public:
    FaultyStore(std::unique_ptr<journal::Store> inner, FaultAt& faults)
        : inner_(std::move(inner)), faults_(faults) {}
    Result<Sequence> commit(Sequence tail, const journal::Record& record) override {
        return faults_.through([&] { return inner_->commit(tail, record); });
    }
    Result<journal::ReadOutcome> read(Sequence after, std::vector<std::byte>& buffer,
                                      journal::Record& out) const override {
        return faults_.through([&] { return inner_->read(after, buffer, out); });
    }
    [[nodiscard]] Sequence tail() const override { return inner_->tail(); }

   private:
    const std::unique_ptr<journal::Store> inner_;
    FaultAt& faults_;
};

class FaultyStores final : public Stores {
   public:
    explicit FaultyStores(FaultAt& faults) : faults_(faults) {}
    Result<std::unique_ptr<journal::Store>> look_at(const journal::NamedPath& journal) override {
        return wrapped([&] { return inner_.look_at(journal); });
    }
    Result<std::unique_ptr<journal::Store>> open(const journal::NamedPath& journal) override {
        return wrapped([&] { return inner_.open(journal); });
    }
    Result<journal::VaultCopied> copy_vault(const journal::NamedPath& from,
                                            const journal::NamedPath& to) override {
        return faults_.through([&] { return inner_.copy_vault(from, to); });
    }

    Result<settlement::Seen> read_settlement(const journal::NamedPath& data) override {
        return faults_.through([&] { return inner_.read_settlement(data); });
    }

   private:
    template <class Open>
    Result<std::unique_ptr<journal::Store>> wrapped(Open&& open) {
        Result<std::unique_ptr<journal::Store>> store = faults_.through(open);
        if (!store) return store;
        return std::unique_ptr<journal::Store>(
            std::make_unique<FaultyStore>(*std::move(store), faults_));
    }

    RocksDbStores inner_;
    FaultAt& faults_;
};

class FaultyFiles final : public journal::FileSystem {
   public:
    explicit FaultyFiles(FaultAt& faults) : faults_(faults) {}
    Result<std::vector<std::byte>> read_all(const journal::NamedPath& file) override {
        return faults_.through([&] { return inner_.read_all(file); });
    }
    Result<Secret> read_secret(const journal::NamedPath& file) override {
        return faults_.through([&] { return inner_.read_secret(file); });
    }
    Result<Done> write_atomically(const journal::NamedPath& file, std::span<const std::byte> bytes,
                                  journal::FileMode mode) override {
        return faults_.through([&] { return inner_.write_atomically(file, bytes, mode); });
    }
    Result<journal::Presence> exists(const journal::NamedPath& file) override {
        return faults_.through([&] { return inner_.exists(file); });
    }
    Result<Done> remove(const journal::NamedPath& file) override {
        return faults_.through([&] { return inner_.remove(file); });
    }
    Result<Done> make_directory(const journal::NamedPath& directory) override {
        return faults_.through([&] { return inner_.make_directory(directory); });
    }
    Result<std::vector<std::string>> list(const journal::NamedPath& directory) override {
        return faults_.through([&] { return inner_.list(directory); });
    }

   private:
    journal::PosixFileSystem inner_;
    FaultAt& faults_;
};

}  // namespace carecard::backup
