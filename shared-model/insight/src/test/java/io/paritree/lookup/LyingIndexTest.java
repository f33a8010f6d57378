package io.paritree.lookup;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.Sha256;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.output.DamagedFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checksums and digests have no secret: a publisher can write an index in which all of them are
 * right and what they are of is not. It is damaged, and takes neither time nor memory.
 */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LyingIndexTest {
  private static final String RUN = "run-00000000";
  private static final KeyForm INTEGER =
      new KeyForm(List.of(new KeyColumn("id", KeyColumn.Type.INTEGER, 0)));

  @TempDir Path directory;

  /** Writes the only shard, of one bucket with these entries. */
  private void write(int buckets, long bucketBytes, byte[] entries) throws IOException {
    long seal = IndexManifest.seal(RUN, "", 0);
    ByteBuffer shard =
        ByteBuffer.allocate(
            ShardLayout.HEADER + 2 * Integer.BYTES + ShardLayout.CRC + entries.length);
    long rowBytes = shard.capacity() - (ShardLayout.HEADER + (buckets + 1L) * 4 + bucketBytes);
    shard.putLong(ShardLayout.MAGIC).putInt(ShardLayout.FORMAT).putLong(seal).putInt(1);
    shard.putInt(buckets).putLong(bucketBytes).putLong(rowBytes);
    shard.putInt(ShardLayout.checksum(seal, 0, shard.duplicate().flip()));
    shard.putInt(0).putInt(ShardLayout.CRC + entries.length);
    shard.putInt(ShardLayout.checksum(seal, 0, ByteBuffer.wrap(entries))).put(entries);
    Files.write(directory.resolve("shard-0"), shard.array());
    ShardFile file = new ShardFile("shard-0", shard.capacity(), Sha256.hex(shard.array()));
    IndexManifest manifest =
        new IndexManifest(
            "",
            "identity",
            RUN,
            "run",
            "loans/1",
            "2026-11-25T02:11:09Z",
            INTEGER,
            List.of("score"),
            Optional.empty(),
            1,
            0,
            0,
            0,
            ScoreSpread.NONE,
            List.of(file));
    write(manifest.toJson(), manifest);
  }

  private void write(byte[] json, IndexManifest manifest) throws IOException {
    Files.write(directory.resolve(IndexManifest.FILE), json);
    String digests = Sha256.hex(json) + "  " + IndexManifest.FILE + "\n";
    for (ShardFile shard : manifest.shards()) {
      digests += shard.sha256() + "  " + shard.name() + "\n";
    }

    Files.writeString(directory.resolve(IndexManifest.DIGESTS), digests);
  }

  private void find(String key) throws IOException {
    try (LookupIndex index = LookupIndex.open(directory)) {
      index.find(BuiltIndex.key(index.manifest().keys(), List.of(key), new KeyBytes()));
    }
  }

  @Test
  void entriesThatLeadBackAreNotReadForEver() throws IOException {
    ByteBuffer entries = ByteBuffer.allocate(32);
    entries.put((byte) (9 << ShardLayout.KIND_BITS | ShardLayout.REPEATED));
    entries.put(new byte[9]).put((byte) 1); // a key of 9 bytes, and its rows
    long back = (-6L & 0xffff_ffffL) << ShardLayout.KIND_BITS | ShardLayout.REPEATED;
    for (int group = 0; group < 5; group++) {
      entries.put((byte) (back >>> 7 * group & 0x7f | (group < 4 ? 0x80 : 0)));
    }

    entries.put((byte) 1);
    write(1, ShardLayout.CRC + 32, entries.array());

    assertThatThrownBy(() -> find("1")).isInstanceOf(DamagedFileException.class);
  }

  @ParameterizedTest
  @CsvSource({"-2000000000,36", "-1,36", "0,36", "1,-1", "2000000000,-8000000000"})
  void headersWhoseSizesAreNegativeAreDamaged(int buckets, long bucketBytes) throws IOException {
    write(buckets, bucketBytes, new byte[32]);

    assertThatThrownBy(() -> find("1")).isInstanceOf(DamagedFileException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"400000000", "39", "4294967297"})
  void keysWithMoreDigitsThanADecimalHasAreDamaged(String scale) throws Exception {
    write(1, ShardLayout.CRC + 32, new byte[32]);
    IndexManifest manifest = LookupIndex.manifest(directory);
    String json =
        new String(manifest.toJson(), StandardCharsets.UTF_8)
            .replaceFirst("\"integer\"", "\"decimal\"")
            .replaceFirst("(\"scale\" ?: ?)0", "$1" + scale);
    write(json.getBytes(StandardCharsets.UTF_8), manifest);

    assertThatThrownBy(() -> find("1")).isInstanceOf(DamagedFileException.class);
  }
}
