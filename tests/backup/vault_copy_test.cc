#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "services/journal/random.h"
#include "services/journal/rocksdb_store.h"
#include "services/journal/rocksdb_vault.h"
#include "services/journal/rocksdb_vault_copy.h"
#include "tests/journal/temporary_directory.h"

namespace carecard::journal {
namespace {

namespace fs = std::filesystem;

class VaultCopyTest : public testing::Test {
   protected:
    [[nodiscard]] RocksDbPlace from() const {
        return {.field = "data/vault", .directory = directory_.file("vault")};
    }
    [[nodiscard]] RocksDbPlace to() const {
        return {.field = "vault-to", .directory = directory_.file("copy")};
    }
    [[nodiscard]] std::unique_ptr<RocksDbVault> open(const RocksDbPlace& place) const {
        auto vault = RocksDbVault::open(place, Secret::copy_of(master_key_.bytes()));
        EXPECT_TRUE(vault) << vault.fault().detail;
        return *std::move(vault);
    }
    VaultKeyId add_key(RocksDbVault& vault) const {
        const VaultKeyId id = random_vault_key_id();
        EXPECT_TRUE(vault.put(id, random_secret(aes_key_bytes)));
        return id;
    }
    [[nodiscard]] std::string wrapped(const VaultKeyId& id, const RocksDbPlace& place) const {
        rocksdb::DB* opened = nullptr;
        EXPECT_TRUE(rocksdb::DB::OpenForReadOnly({}, place.directory, &opened).ok());
        const std::unique_ptr<rocksdb::DB> raw(opened);
        std::string value;
        const rocksdb::Slice key(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
        EXPECT_TRUE(raw->Get({}, key, &value).ok());
        return value;
    }
    [[nodiscard]] int files_with(const std::string& bytes) const {
        int count = 0;
        for (const auto& entry : fs::directory_iterator(to().directory)) {
            std::ifstream file(entry.path(), std::ios::binary);
            const std::string whole{std::istreambuf_iterator<char>(file), {}};
            if (whole.find(bytes) != std::string::npos) ++count;
        }
        return count;
    }

    const TemporaryDirectory directory_;
    const Secret master_key_ = random_secret(aes_key_bytes);
};

TEST_F(VaultCopyTest, OpensUnderTheSameMasterKeyWithTheSameKeys) {
    const auto vault = open(from());
    std::vector<VaultKeyId> ids;
    for (int key = 0; key < 2'500; ++key) ids.push_back(add_key(*vault));
    const auto copied = copy_vault(from(), to());
    ASSERT_TRUE(copied) << copied.fault().detail;
    EXPECT_EQ(copied->live, ids.size());
    EXPECT_EQ(copied->added, ids.size());
    const auto copy = open(to());
    for (const VaultKeyId& id : ids) {
        const auto ours = vault->get(id);
        const auto theirs = copy->get(id);
        ASSERT_TRUE(theirs);
        EXPECT_TRUE(std::ranges::equal(ours->bytes(), theirs->bytes()));
    }
}

TEST_F(VaultCopyTest, AddsWhatIsNewAndCountsIt) {
    const auto vault = open(from());
    add_key(*vault);
    ASSERT_TRUE(copy_vault(from(), to()));
    add_key(*vault);
    add_key(*vault);
    const auto again = copy_vault(from(), to());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->live, 3U);
    EXPECT_EQ(again->added, 2U);
    EXPECT_EQ(again->erased, 0U);
    EXPECT_EQ(copy_vault(from(), to())->added, 0U);
}

TEST_F(VaultCopyTest, LosesAnErasedKeyFromEveryFileAtTheNextCopying) {
    const auto vault = open(from());
    const VaultKeyId erased = add_key(*vault);
    const VaultKeyId kept = add_key(*vault);
    ASSERT_TRUE(copy_vault(from(), to()));
    const std::string bytes = wrapped(erased, to());
    ASSERT_GT(files_with(bytes), 0);
    ASSERT_TRUE(vault->erase(erased));
    const auto again = copy_vault(from(), to());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->erased, 1U);
    EXPECT_EQ(again->live, 1U);
    EXPECT_EQ(files_with(bytes), 0);
    const auto copy = open(to());
    EXPECT_EQ(*copy->state_of(erased), KeyState::erased);
    EXPECT_EQ(*copy->state_of(kept), KeyState::live);
}

TEST_F(VaultCopyTest, NeverBringsAnErasedKeyBack) {
    VaultKeyId id;
    const RocksDbPlace old{.field = "old", .directory = directory_.file("old")};
    {
        const auto vault = open(from());
        id = add_key(*vault);
        ASSERT_TRUE(copy_vault(from(), old));
        ASSERT_TRUE(vault->erase(id));
        ASSERT_TRUE(copy_vault(from(), to()));
    }
    const auto from_old = copy_vault(old, to());
    ASSERT_TRUE(from_old) << from_old.fault().detail;
    EXPECT_EQ(from_old->live, 0U);
    EXPECT_EQ(*open(to())->state_of(id), KeyState::erased);
}

TEST_F(VaultCopyTest, KeepsAKeyThatTheVaultHasLostAndSaysSo) {
    const auto vault = open(from());
    const VaultKeyId lost = add_key(*vault);
    ASSERT_TRUE(copy_vault(from(), to()));
    const RocksDbPlace without{.field = "data/vault", .directory = directory_.file("without")};
    ASSERT_TRUE(copy_vault(from(), without));
    {
        rocksdb::DB* opened = nullptr;
        ASSERT_TRUE(rocksdb::DB::Open({}, without.directory, &opened).ok());
        const std::unique_ptr<rocksdb::DB> raw(opened);
        const rocksdb::Slice key(reinterpret_cast<const char*>(lost.bytes.data()),
                                 lost.bytes.size());
        ASSERT_TRUE(raw->Delete({}, key).ok());
    }
    const auto again = copy_vault(without, to());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->only_in_copy, 1U);
    EXPECT_EQ(*open(to())->state_of(lost), KeyState::live);
}

TEST_F(VaultCopyTest, RefusesTheCopyOfAnotherVaultAndAJournal) {
    const auto vault = open(from());
    add_key(*vault);
    ASSERT_NE(open({.field = "other", .directory = to().directory}), nullptr);
    const auto other = copy_vault(from(), to());
    ASSERT_FALSE(other);
    EXPECT_EQ(other.fault().kind, FaultKind::conflict);
    EXPECT_EQ(other.fault().field, "vault-to");

    const RocksDbPlace journal{.field = "vault-to", .directory = directory_.file("journal")};
    ASSERT_TRUE(RocksDbStore::open(journal));
    EXPECT_EQ(copy_vault(from(), journal).fault().kind, FaultKind::conflict);
}

TEST_F(VaultCopyTest, MissesAVaultThatIsNotThere) {
    EXPECT_EQ(copy_vault(from(), to()).fault().kind, FaultKind::not_found);
    EXPECT_FALSE(fs::exists(to().directory));
}

}  // namespace
}  // namespace carecard::journal
