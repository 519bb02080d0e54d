#include "services/journal/vault.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/journal/random.h"
#include "services/journal/rocksdb_vault.h"
#include "tests/journal/temporary_directory.h"

namespace carecard::journal {
namespace {

rocksdb::Slice slice(const VaultKeyId& id) {
    return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

class RocksDbVaultTest : public ::testing::Test {
   protected:
    RocksDbPlace place() {
        return {.field = "vault_directory", .directory = directory_.file("vault")};
    }

    Result<std::unique_ptr<RocksDbVault>> try_open() {
        return RocksDbVault::open(place(), Secret::copy_of(master_key_.bytes()));
    }

    std::unique_ptr<RocksDbVault> open() {
        Result<std::unique_ptr<RocksDbVault>> opened = try_open();
        CHECK(opened);
        return *std::move(opened);
    }

    /// The database under the vault, without the vault's checks.
    std::unique_ptr<rocksdb::DB> open_raw() {
        rocksdb::DB* database = nullptr;
        CHECK(rocksdb::DB::Open(durable_options(rocksdb::Env::Default()), place().directory,
                                &database)
                  .ok());
        return std::unique_ptr<rocksdb::DB>(database);
    }

    /// How many files of the vault contain `bytes`.
    int files_with(const std::string& bytes) {
        int count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(place().directory)) {
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string content((std::istreambuf_iterator<char>(in)),
                                      std::istreambuf_iterator<char>());
            if (content.find(bytes) != std::string::npos) ++count;
        }
        return count;
    }

    TemporaryDirectory directory_;
    const Secret master_key_ = random_secret(aes_key_bytes);
    const VaultKeyId id_ = random_vault_key_id();
    const Secret key_ = random_secret(aes_key_bytes);
};

TEST_F(RocksDbVaultTest, GivesBackAKeyAlsoAfterReopening) {
    {
        const std::unique_ptr<RocksDbVault> vault = open();
        ASSERT_TRUE(vault->put(id_, key_));
        EXPECT_TRUE(std::ranges::equal(vault->get(id_)->bytes(), key_.bytes()));
    }
    const Result<Secret> key = open()->get(id_);
    ASSERT_TRUE(key);
    EXPECT_TRUE(std::ranges::equal(key->bytes(), key_.bytes()));
}

TEST_F(RocksDbVaultTest, ShowsEveryKeyOnce) {
    std::vector<VaultKeyId> ids;
    {
        const std::unique_ptr<RocksDbVault> vault = open();
        for (int index = 0; index < 20; ++index) {
            ids.push_back(random_vault_key_id());
            ASSERT_TRUE(vault->put(ids.back(), random_secret(aes_key_bytes)));
        }
    }
    const std::unique_ptr<RocksDbVault> vault = open();
    std::vector<VaultKeyId> seen;
    ASSERT_TRUE(vault->load_all([&](const VaultKeyId& id, Secret key) {
        EXPECT_TRUE(std::ranges::equal(key.bytes(), vault->get(id)->bytes()));
        seen.push_back(id);
    }));
    std::ranges::sort(ids);
    EXPECT_EQ(seen, ids);
}

TEST_F(RocksDbVaultTest, NeverReplacesAKey) {
    const std::unique_ptr<RocksDbVault> vault = open();
    ASSERT_TRUE(vault->put(id_, key_));
    const Result<Done> again = vault->put(id_, random_secret(aes_key_bytes));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.fault().kind, FaultKind::conflict);
    EXPECT_TRUE(std::ranges::equal(vault->get(id_)->bytes(), key_.bytes()));
}

TEST_F(RocksDbVaultTest, NamesTheMasterKeyFileWhenTheKeyIsWrong) {
    open().reset();
    Result<std::unique_ptr<RocksDbVault>> refused =
        RocksDbVault::open(place(), random_secret(aes_key_bytes));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::malformed);
    EXPECT_EQ(refused.fault().field, "master_key_file");
    EXPECT_TRUE(try_open());
}

TEST_F(RocksDbVaultTest, RefusesAMasterKeyOfAnotherLength) {
    const Result<std::unique_ptr<RocksDbVault>> refused =
        RocksDbVault::open(place(), random_secret(31));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().field, "master_key_file");
    EXPECT_NE(refused.fault().detail.find("31 bytes"), std::string::npos);
}

TEST_F(RocksDbVaultTest, StoresNoKeyInTheClear) {
    {
        const std::unique_ptr<RocksDbVault> vault = open();
        ASSERT_TRUE(vault->put(id_, key_));
    }
    const std::string marker(reinterpret_cast<const char*>(key_.bytes().data()), 8);
    EXPECT_EQ(files_with(marker), 0);
}

TEST_F(RocksDbVaultTest, NoticesEveryFlippedByteOfAKey) {
    { ASSERT_TRUE(open()->put(id_, key_)); }
    std::string good;
    ASSERT_TRUE(open_raw()->Get(rocksdb::ReadOptions(), slice(id_), &good).ok());
    for (std::size_t index = 0; index < good.size(); index += 7) {
        std::string bad = good;
        bad[index] = static_cast<char>(bad[index] ^ 1);
        ASSERT_TRUE(open_raw()->Put(synced_write(), slice(id_), bad).ok());
        const std::unique_ptr<RocksDbVault> vault = open();
        const Result<Secret> key = vault->get(id_);
        ASSERT_FALSE(key) << index;
        EXPECT_EQ(key.fault().kind, FaultKind::corrupt);
        EXPECT_EQ(key.fault().field, "vault_directory");
        EXPECT_EQ(vault->load_all([](const VaultKeyId&, Secret) {}).fault().kind,
                  FaultKind::corrupt);
    }
}

TEST_F(RocksDbVaultTest, DoesNotGiveOneAccountsKeyForAnothers) {
    const VaultKeyId other = random_vault_key_id();
    { ASSERT_TRUE(open()->put(id_, key_)); }
    {
        const std::unique_ptr<rocksdb::DB> raw = open_raw();
        std::string value;
        ASSERT_TRUE(raw->Get(rocksdb::ReadOptions(), slice(id_), &value).ok());
        ASSERT_TRUE(raw->Put(synced_write(), slice(other), value).ok());
    }
    const Result<Secret> key = open()->get(other);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.fault().kind, FaultKind::corrupt);
}

TEST_F(RocksDbVaultTest, ErasesAKeyFromEveryFile) {
    const VaultKeyId kept = random_vault_key_id();
    {
        const std::unique_ptr<RocksDbVault> vault = open();
        ASSERT_TRUE(vault->put(id_, key_));
        ASSERT_TRUE(vault->put(kept, random_secret(aes_key_bytes)));
    }
    std::string wrapped;
    {
        const std::unique_ptr<rocksdb::DB> raw = open_raw();
        ASSERT_TRUE(raw->Get(rocksdb::ReadOptions(), slice(id_), &wrapped).ok());
        ASSERT_TRUE(raw->Flush(rocksdb::FlushOptions()).ok());
    }
    ASSERT_GT(files_with(wrapped), 0);
    {
        const std::unique_ptr<RocksDbVault> vault = open();
        ASSERT_TRUE(vault->erase(id_));
        EXPECT_EQ(files_with(wrapped), 0);
        EXPECT_EQ(vault->get(id_).fault().kind, FaultKind::not_found);
        EXPECT_TRUE(vault->erase(id_));
    }
    const std::unique_ptr<RocksDbVault> vault = open();
    EXPECT_EQ(vault->get(id_).fault().kind, FaultKind::not_found);
    EXPECT_TRUE(vault->get(kept));
}

TEST_F(RocksDbVaultTest, TellsAnErasedKeyFromOneThatWasNeverThere) {
    {
        const std::unique_ptr<RocksDbVault> vault = open();
        EXPECT_EQ(*vault->state_of(id_), KeyState::unknown);
        ASSERT_TRUE(vault->put(id_, key_));
        EXPECT_EQ(*vault->state_of(id_), KeyState::live);
        ASSERT_TRUE(vault->erase(id_));
    }
    const std::unique_ptr<RocksDbVault> vault = open();
    EXPECT_EQ(*vault->state_of(id_), KeyState::erased);
    EXPECT_EQ(vault->put(id_, key_).fault().kind, FaultKind::conflict);
    EXPECT_TRUE(vault->load_all([](const VaultKeyId&, Secret) { ADD_FAILURE() << "erased"; }));
}

TEST_F(RocksDbVaultTest, ErasesAKeyThatIsOnlyInTheLog) {
    const std::unique_ptr<RocksDbVault> vault = open();
    ASSERT_TRUE(vault->put(id_, key_));
    const std::string id(slice(id_).data(), slice(id_).size());
    ASSERT_EQ(files_with(id), 1);
    ASSERT_TRUE(vault->erase(id_));
    EXPECT_EQ(vault->get(id_).fault().kind, FaultKind::not_found);
    for (const auto& entry : std::filesystem::directory_iterator(place().directory)) {
        if (entry.path().extension() != ".log") continue;
        EXPECT_EQ(entry.file_size(), 0U);
    }
}

TEST_F(RocksDbVaultTest, RefusesAVaultThatIsOpenElsewhereOrOfANewerRelease) {
    {
        const std::unique_ptr<RocksDbVault> vault = open();
        EXPECT_EQ(try_open().fault().kind, FaultKind::fenced);
    }
    ASSERT_TRUE(open_raw()->Put(synced_write(), "format", "\x02").ok());
    EXPECT_EQ(try_open().fault().kind, FaultKind::conflict);
}

}  // namespace
}  // namespace carecard::journal
