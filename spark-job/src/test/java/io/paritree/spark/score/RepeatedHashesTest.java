package io.paritree.spark.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.run.TestSpark;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No repeated key is overlooked, for any type of key, in one task or in several. */
class RepeatedHashesTest {
  private static final List<DataType> TYPES =
      List.of(
          DataTypes.LongType,
          DataTypes.IntegerType,
          DataTypes.ShortType,
          DataTypes.ByteType,
          DataTypes.BooleanType,
          DataTypes.FloatType,
          DataTypes.DoubleType,
          DataTypes.StringType,
          DataTypes.BinaryType,
          DataTypes.createDecimalType(20, 2));

  private static final int EQUAL = 10_000_000;

  @TempDir Path directory;

  @Test
  void aRepeatedHashIsFoundInEachFileAndBucket() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int buckets : new int[] {1, 32, 1_024}) {
      // More than a chunk, and more than the driver looks through without a Spark job.
      int rows = buckets == 1_024 ? 1_100_000 : 10_000;
      byte[] secret = buckets == 32 ? null : KeyHashes.secret();
      List<String> files = new ArrayList<>();
      long[] some = new long[buckets == 1_024 ? 2 : 8];
      for (int task = 0; task < 2; task++) {
        files.add(path("keys-%s-%s".formatted(buckets, task)));
        KeyHashes hashes = hashes(files.get(task), buckets, secret);
        for (int row = 0; row < rows; row++) {
          // All are different, and 0 is one of them: the factor is odd.
          long hash = (2L * row + task) * 0x9e3779b97f4a7c15L;
          hashes.add(hash);
          some[row == 0 ? 0 : random.nextInt(some.length)] = hash;
        }

        assertThat(hashes.close("attempt").get(0).rows()).isEqualTo(rows);
      }

      assertThat(any(files, buckets, 2L * rows)).as("%s buckets", buckets).isFalse();
      for (long hash : some) {
        files.add(path("again-%s-%x".formatted(buckets, hash)));
        KeyHashes again = hashes(files.get(2), buckets, secret);
        again.add(hash);
        again.close("attempt");

        assertThat(any(files, buckets, 2L * rows + 1))
            .as("%s buckets, hash %x, seed %s", buckets, hash, seed)
            .isTrue();
        files.remove(2);
      }
    }
  }

  @Test
  void hashesThatAreZeroAreFoundToo() {
    List<String> files = List.of(path("zero"));
    KeyHashes hashes = hashes(files.get(0), 2, null);
    hashes.add(0);
    hashes.add(-1);
    hashes.add(0);
    hashes.close("attempt");

    assertThat(any(files, 2, 3)).isTrue();
  }

  private String path(String name) {
    return directory.resolve(name).toUri().toString();
  }

  private static KeyHashes hashes(String file, int buckets, byte[] secret) {
    return new KeyHashes(new Configuration(), new org.apache.hadoop.fs.Path(file), buckets, secret);
  }

  private static boolean any(List<String> files, int buckets, long hashes) {
    return new RepeatedHashes(new ArrayList<>(files), buckets, hashes).any(TestSpark.session());
  }

  /** Writes {@link #EQUAL} hashes of one bucket, most of which are equal, and looks at them. */
  public static void main(String[] file) {
    KeyHashes hashes = hashes(file[0], 1, null);
    for (int row = 0; row < EQUAL; row++) {
      hashes.add(row % 100 == 0 ? row : 7);
    }

    hashes.close("attempt");
    boolean any =
        new RepeatedHashes(new ArrayList<>(List.of(file[0])), 1, EQUAL).any(0, new Configuration());
    System.out.println("repeated " + any);
  }

  @Test
  void rowsOfOneKeyNeedNoMemory() throws Exception {
    Path said = directory.resolve("said");
    Process counting =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-classpath",
                System.getProperty("java.class.path"),
                RepeatedHashesTest.class.getName(),
                path("equal"))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();

    assertThat(counting.waitFor()).as(Files.readString(said)).isZero();
    assertThat(Files.readString(said)).contains("repeated true");
  }

  @Test
  void hashesOfAnEncryptedRunDoNotGiveGuessedKeysAway() throws Exception {
    long hash = 0x1122334455667788L;
    byte[] secret = KeyHashes.secret();
    List<String> contents = new ArrayList<>();
    for (byte[] used : new byte[][] {null, secret, secret, KeyHashes.secret()}) {
      Path file = directory.resolve("keys-" + contents.size());
      KeyHashes hashes = hashes(file.toUri().toString(), 1, used);
      hashes.add(hash);
      hashes.close("attempt");
      contents.add(HexFormat.of().formatHex(Files.readAllBytes(file)));
    }

    assertThat(contents.get(0)).contains("1122334455667788");
    assertThat(contents.get(1)).isEqualTo(contents.get(2)).doesNotContain("1122334455667788");
    assertThat(contents.get(3)).isNotEqualTo(contents.get(1));
  }

  @Test
  void taskWithoutARowWritesNoFile() {
    assertThat(hashes(path("none"), 1, null).close("attempt")).isEmpty();
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void bucketsGrowWithTheRowsAndArePowersOfTwo() {
    assertThat(RepeatedHashes.buckets(0)).isEqualTo(1);
    assertThat(RepeatedHashes.buckets(1_000_000)).isEqualTo(1);
    assertThat(RepeatedHashes.buckets(10_000_000)).isEqualTo(32);
    assertThat(RepeatedHashes.buckets(Long.MAX_VALUE)).isEqualTo(4_096);
  }

  private static InternalRow row(Object... values) {
    return new GenericInternalRow(values);
  }

  private static InternalRow typical() {
    return row(
        7L,
        7,
        (short) 7,
        (byte) 7,
        true,
        0f,
        Double.NaN,
        UTF8String.fromString("seven"),
        new byte[] {7},
        Decimal.apply(new BigDecimal("7.00"), 20, 2));
  }

  @Test
  void keysThatSqlTakesAsEqualHaveOneHash() {
    KeyHasher hasher = KeyHasher.of(TYPES).orElseThrow();
    InternalRow other = typical();
    other.setFloat(5, -0f);
    other.setDouble(6, Double.longBitsToDouble(0x7ff8000000000123L));

    assertThat(hasher.hash(other)).isEqualTo(hasher.hash(typical()));
  }

  @Test
  void everyPartOfAKeyAndItsPartitionCount() {
    KeyHasher hasher = KeyHasher.of(TYPES).orElseThrow();
    Object[] others = {
      8L,
      8,
      (short) 8,
      (byte) 8,
      false,
      1f,
      1d,
      UTF8String.fromString("eight"),
      new byte[] {8},
      Decimal.apply(new BigDecimal("7.01"), 20, 2)
    };
    Set<Long> hashes = new HashSet<>();
    hashes.add(KeyHasher.ofPartition(hasher.hash(typical()), 1));
    hashes.add(KeyHasher.ofPartition(hasher.hash(typical()), 2));
    for (int part = 0; part < others.length; part++) {
      InternalRow row = typical();
      row.update(part, others[part]);
      hashes.add(KeyHasher.ofPartition(hasher.hash(row), 1));
      row.setNullAt(part);
      hashes.add(KeyHasher.ofPartition(hasher.hash(row), 1));
    }

    assertThat(hashes).hasSize(2 + 2 * others.length);
    assertThat(KeyHasher.seed("day=1")).isNotEqualTo(KeyHasher.seed("day=2"));
  }

  @Test
  void aWholeNumberHasTheHashOfItsText() {
    KeyHasher numbers = KeyHasher.of(List.of(DataTypes.LongType)).orElseThrow();
    KeyHasher texts = KeyHasher.of(List.of(DataTypes.StringType)).orElseThrow();
    Set<Long> hashes = new HashSet<>();
    for (long number : new long[] {0, 7, -7, 10, Long.MAX_VALUE, -Long.MAX_VALUE}) {
      hashes.add(numbers.hash(row(number)));
      hashes.add(texts.hash(row(UTF8String.fromString(String.valueOf(number)))));
    }

    assertThat(hashes).hasSize(6);
    for (String other : List.of("", "-", "-0", "07", "+7", "7.0", " 7", "9223372036854775808")) {
      hashes.add(texts.hash(row(UTF8String.fromString(other))));
    }

    assertThat(hashes).hasSize(14);
  }

  @Test
  void keysThatAreListsAreNotHashed() {
    assertThat(KeyHasher.of(List.of(DataTypes.createArrayType(DataTypes.DoubleType)))).isEmpty();
  }
}
